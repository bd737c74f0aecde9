/* Traps of USB on a desktop, as sysfs shows them: a bridge whose port was taken away (brltty unbinds the common ones,
 * for they may be a Braille display), and hubs that give too little power. */
#include "doctor.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 16384, PORT_MA = 500, SELF_POWERED = 0x40, HUB_CLASS = 9, OFTEN = 6 };
#define DEVICES "/sys/bus/usb/devices"

/* Bridges and the kernel module that makes a port of each. */
static const struct {
    const char *id, *module;
} bridges[] = {{"1a86:7523", "ch341"},    {"1a86:55d4", "cdc_acm"},  {"10c4:ea60", "cp210x"}, {"10c4:ea61", "cp210x"},
               {"0403:6001", "ftdi_sio"}, {"0403:6015", "ftdi_sio"}, {"067b:2303", "pl2303"}};

static const char *module_for(const char *id)
{
    for (size_t i = 0; i < sizeof bridges / sizeof bridges[0]; i++)
        if (!strcmp(id, bridges[i].id)) return bridges[i].module;
    return NULL;
}

static bool brltty_rules(const struct doctor *d)
{
    static const char *const folders[] = {"/usr/lib/udev/rules.d", "/lib/udev/rules.d", "/etc/udev/rules.d"};
    static char names[NAMES];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const char *name = names;
        for (int n = doctor_list(d, folders[i], names, sizeof names); n > 0; n--, name += strlen(name) + 1)
            if (strstr(name, "brltty")) return true;
    }
    return false;
}

/* Ports are called ttyUSB0 in the interface's own folder, or tty/ttyACM0 for CDC. */
static bool has_port(const struct doctor *d, const char *device, const char *all, int n)
{
    char path[512], names[4096];
    size_t length = strlen(device);
    for (; n > 0; n--, all += strlen(all) + 1) {
        if (strncmp(all, device, length) != 0 || all[length] != ':') continue;
        snprintf(path, sizeof path, DEVICES "/%s", all);
        const char *name = names;
        for (int k = doctor_list(d, path, names, sizeof names); k > 0; k--, name += strlen(name) + 1)
            if (!strncmp(name, "tty", 3)) return true;
    }
    return false;
}

static void check_bridge(const struct doctor *d, const char *device, const char *all, int n)
{
    char vid[8], pid[8], id[20];
    doctor_read(d, vid, sizeof vid, DEVICES "/%s/idVendor", device);
    doctor_read(d, pid, sizeof pid, DEVICES "/%s/idProduct", device);
    snprintf(id, sizeof id, "%s:%s", vid, pid);
    const char *module = module_for(id);
    if (!module || has_port(d, device, all, n)) return;
    if (brltty_rules(d))
        doctor_say(d, MEND, "brltty",
                   "%s is plugged in and has no port: brltty takes such bridges for Braille displays. "
                   "Nobody here reads Braille with it? sudo apt remove brltty, then plug it in again",
                   id);
    else
        doctor_say(d, MEND, "port",
                   "%s is plugged in and has no port: its kernel module may be missing (sudo modprobe %s)", id, module);
}

/* ---- power ---- */

static long number(const struct doctor *d, const char *device, const char *name, int base)
{
    char text[32];
    return doctor_read(d, text, sizeof text, DEVICES "/%s/%s", device, name) ? strtol(text, NULL, base) : 0;
}

/* "1-2.3" hangs on "1-2". */
static bool hangs_on(const char *device, const char *hub)
{
    size_t n = strlen(hub);
    return !strncmp(device, hub, n) && device[n] == '.' && !strpbrk(device + n + 1, ".:");
}

static void check_hub(const struct doctor *d, const char *hub, const char *all, int n)
{
    long attributes = number(d, hub, "bmAttributes", 16), wanted = 0, own = number(d, hub, "bMaxPower", 10);
    if (!isdigit((unsigned char)hub[0]) || number(d, hub, "bDeviceClass", 16) != HUB_CLASS || attributes & SELF_POWERED)
        return;
    for (; n > 0; n--, all += strlen(all) + 1)
        if (hangs_on(all, hub)) wanted += number(d, all, "bMaxPower", 10);
    if (wanted > PORT_MA - own)
        doctor_say(d, NOTE, "power",
                   "the hub %s has no supply of its own and may give %ld mA; what hangs on it may draw %ld. Plug the "
                   "sensor into the computer, or use a hub with a power supply",
                   hub, PORT_MA - own, wanted);
}

/* A hub's ports lie below its interface: 1-2:1.0/1-2-port1. */
static void check_over_current(const struct doctor *d, const char *interface)
{
    char path[512], names[4096], count[32];
    snprintf(path, sizeof path, DEVICES "/%s", interface);
    const char *name = names;
    for (int k = doctor_list(d, path, names, sizeof names); k > 0; k--, name += strlen(name) + 1) {
        if (!strstr(name, "-port")) continue;
        doctor_read(d, count, sizeof count, "%s/%s/over_current_count", path, name);
        long n = strtol(count, NULL, 10);
        if (n > 0)
            doctor_say(d, NOTE, "power",
                       "USB port %s has cut its power %ld time%s since the start: something draws too much; "
                       "use another port, or a hub with a power supply",
                       name, n, n > 1 ? "s" : "");
    }
}

void doctor_usb(const struct doctor *d)
{
    static char all[NAMES];
    int n = doctor_list(d, DEVICES, all, sizeof all);
    const char *name = all;
    for (int i = 0; i < n; i++, name += strlen(name) + 1) {
        if (strchr(name, ':')) {
            check_over_current(d, name);
            continue;
        }
        check_bridge(d, name, all, n);
        check_hub(d, name, all, n);
    }
}

void doctor_usb_arrivals(const struct doctor *d, double arrivals)
{
    if (arrivals > OFTEN)
        doctor_say(d, NOTE, "plug",
                   "devices came back %.0f times in the last hour: a loose cable or a hub short of power; try another "
                   "cable, or a port of the computer itself",
                   arrivals);
}
