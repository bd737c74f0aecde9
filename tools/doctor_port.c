/* One port: may it be opened, who else has it, and what stands between it and its bytes? The port itself is never
 * opened here: opening one restarts some boards. */
#include "doctor.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { NAMES = 65536, LATENCY_MS = 4 };

/* ---- may it be opened ---- */

static void refused(const struct doctor *d, const char *path, const struct stat *st, const char *usb_id,
                    enum verdict fault)
{
    const struct group *g = getgrgid(st->st_gid);
    bool group_may = st->st_gid != 0 && (st->st_mode & 0060) == 0060;
    if (group_may)
        doctor_say(d, fault, "access", "%s belongs to group %s: sudo usermod -aG %s $USER, then log in again", path,
                   g ? g->gr_name : "?", g ? g->gr_name : "dialout");
    else if (usb_id[0])
        doctor_say(d, fault, "access",
                   "%s is root's alone. Put this line into /etc/udev/rules.d/71-my-sensor.rules and plug it in again: "
                   "SUBSYSTEM==\"usb|tty|hidraw\", ATTRS{idVendor}==\"%.4s\", ATTRS{idProduct}==\"%s\", "
                   "TAG+=\"uaccess\"",
                   path, usb_id, usb_id + 5);
    else
        doctor_say(d, fault, "access",
                   "%s is root's alone; another port, or a udev rule that gives it to you, would help", path);
}

void doctor_port_access(const struct doctor *d, const char *path, const char *usb_id, enum verdict fault)
{
    char whole[1024];
    struct stat st;
    snprintf(whole, sizeof whole, "%s%s", d->root, path);
    if (stat(whole, &st))
        doctor_say(d, MEND, "sensor", "%s: %s; plug it in or set another device", path, strerror(errno));
    else if (d->access(whole, R_OK | W_OK) == 0)
        doctor_say(d, OK, "sensor", "%s can be opened", path);
    else
        refused(d, path, &st, usb_id, fault);
}

/* ---- who else has it ---- */

static bool is_number(const char *s) { return s[0] && s[strspn(s, "0123456789")] == 0; }

/* One process that has PATH open, or 0. Of other people's processes the kernel shows no files, but it does show locks.
 */
static long by_files(const struct doctor *d, const char *path, const char *pid)
{
    char folder[64], names[NAMES / 8], link[1200], target[512];
    snprintf(folder, sizeof folder, "/proc/%.20s/fd", pid);
    const char *name = names;
    for (int n = doctor_list(d, folder, names, sizeof names); n > 0; n--, name += strlen(name) + 1) {
        snprintf(link, sizeof link, "%s%s/%s", d->root, folder, name);
        ssize_t length = readlink(link, target, sizeof target - 1);
        if (length <= 0) continue;
        target[length] = 0;
        if (!strcmp(target, path)) return strtol(pid, NULL, 10);
    }
    return 0;
}

static long by_locks(const struct doctor *d, const char *path)
{
    char whole[1024], line[256];
    struct stat st;
    snprintf(whole, sizeof whole, "%s%s", d->root, path);
    if (stat(whole, &st)) return 0;
    snprintf(whole, sizeof whole, "%s/proc/locks", d->root);
    FILE *f = fopen(whole, "re");
    long holder = 0;
    while (f && !holder && fgets(line, sizeof line, f)) {
        long pid;
        unsigned maj, min;
        unsigned long inode; /* 1: FLOCK  ADVISORY  WRITE 1234 00:05:678 0 EOF */
        if (sscanf(line, "%*d: %*s %*s %*s %ld %x:%x:%lu", &pid, &maj, &min, &inode) == 4 && inode == st.st_ino &&
            maj == major(st.st_dev) && min == minor(st.st_dev))
            holder = pid;
    }
    if (f) fclose(f);
    return holder;
}

static void tell_holder(const struct doctor *d, const char *path, long pid, enum verdict fault)
{
    char name[32];
    doctor_read(d, name, sizeof name, "/proc/%ld/comm", pid);
    if (!strcmp(name, "plumblined"))
        doctor_say(d, OK, "owner", "%s is read by plumblined (process %ld)", path, pid);
    else if (!strcmp(name, "ModemManager"))
        doctor_say(d, NOTE, "owner", "ModemManager holds %s; it lets go of a new port after about ten seconds", path);
    else
        doctor_say(d, fault, "owner",
                   "%s is in use by %s (process %ld); two readers get half of the bytes each: end it", path,
                   name[0] ? name : "another program", pid);
}

static void check_owners(const struct doctor *d, const char *path, enum verdict fault)
{
    static char pids[NAMES];
    const char *pid = pids;
    long locked = by_locks(d, path);
    bool seen = false;
    for (int n = doctor_list(d, "/proc", pids, sizeof pids); n > 0; n--, pid += strlen(pid) + 1) {
        long holder = is_number(pid) ? by_files(d, path, pid) : 0;
        if (holder) tell_holder(d, path, holder, fault);
        seen |= holder && holder == locked;
    }
    if (locked > 0 && !seen) tell_holder(d, path, locked, fault);
}

/* ---- what stands in between ---- */

static bool modem_manager_runs(const struct doctor *d)
{
    static char pids[NAMES];
    const char *pid = pids;
    char name[32];
    for (int n = doctor_list(d, "/proc", pids, sizeof pids); n > 0; n--, pid += strlen(pid) + 1)
        if (is_number(pid) && doctor_read(d, name, sizeof name, "/proc/%s/comm", pid) && !strcmp(name, "ModemManager"))
            return true;
    return false;
}

/* Whether udev's record of the port holds the property. */
static bool ignored(const struct doctor *d, const char *tty)
{
    char numbers[32], path[1024], line[512];
    if (!doctor_read(d, numbers, sizeof numbers, "/sys/class/tty/%s/dev", tty))
        return true; /* not there: nothing to say */
    snprintf(path, sizeof path, "%s/run/udev/data/c%s", d->root, numbers);
    FILE *f = fopen(path, "re");
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f)) found = !strcmp(line, "E:ID_MM_DEVICE_IGNORE=1\n");
    if (f) fclose(f);
    return found;
}

/* It probes modems by AT commands; of the bridges it keeps away by itself. */
static void check_modem_manager(const struct doctor *d, const char *tty, const char *usb_id)
{
    if (strncmp(tty, "ttyACM", 6) != 0 || !usb_id[0] || ignored(d, tty) || !modem_manager_runs(d)) return;
    doctor_say(
        d, NOTE, "modem",
        "ModemManager takes %s for a modem for ten seconds after each plugging in. To keep it away put this line "
        "into /etc/udev/rules.d/71-my-sensor.rules: ATTRS{idVendor}==\"%.4s\", ATTRS{idProduct}==\"%s\", "
        "ENV{ID_MM_DEVICE_IGNORE}=\"1\"",
        tty, usb_id, usb_id + 5);
}

static void check_latency(const struct doctor *d, const char *tty)
{
    char ms[16];
    if (!doctor_read(d, ms, sizeof ms, "/sys/class/tty/%s/device/latency_timer", tty) ||
        strtol(ms, NULL, 10) <= LATENCY_MS)
        return;
    doctor_say(d, NOTE, "latency",
               "%s holds bytes back for %s ms; plumblined asks it for 1 ms when it reads. By hand: echo 1 | sudo tee "
               "/sys/class/tty/%s/device/latency_timer",
               tty, ms, tty);
}

/* Boards whose reset hangs on DTR, which the kernel raises at every opening. */
static void check_reset(const struct doctor *d, const struct device_info *device, const char *tty)
{
    if (device->class != DEVICE_BOARD || !strncmp(device->usb_id, "303a", 4))
        return; /* Espressif's own port ignores it */
    doctor_say(d, NOTE, "reset",
               "many boards start anew each time %s is opened, which costs two seconds; plumblined opens it once and "
               "leaves the line up when it closes it",
               tty);
}

static void usb_node(const struct doctor *d, const struct device_info *device, char path[64])
{
    char bus[16], number[16];
    const char *at = strchr(device->address, '@');
    path[0] = 0;
    if (!at || !doctor_read(d, bus, sizeof bus, "/sys/bus/usb/devices/%s/busnum", at + 1) ||
        !doctor_read(d, number, sizeof number, "/sys/bus/usb/devices/%s/devnum", at + 1))
        return;
    snprintf(path, 64, "/dev/bus/usb/%03ld/%03ld", strtol(bus, NULL, 10), strtol(number, NULL, 10));
}

void doctor_port(const struct doctor *d, const struct device_info *device, enum verdict fault)
{
    const char *colon = strchr(device->address, ':');
    char path[96];
    if (!colon) return;
    if (!strncmp(device->address, "usb:", 4)) {
        usb_node(d, device, path);
        if (path[0]) doctor_port_access(d, path, device->usb_id, fault);
        return;
    }
    snprintf(path, sizeof path, "%s", colon + 1);
    const char *slash = strrchr(path, '/'), *tty = slash ? slash + 1 : path;
    doctor_port_access(d, path, device->usb_id, fault);
    check_owners(d, path, fault);
    check_modem_manager(d, tty, device->usb_id);
    check_latency(d, tty);
    check_reset(d, device, tty);
}
