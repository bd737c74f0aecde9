#include "usb_sysfs.h"

#include "transport.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/sys/bus/usb/devices"

/* One attribute, without its newline; empty when there is none. */
static void read_text(const char *name, const char *attribute, char *out, size_t cap)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, FOLDER "/%s/%s", name, attribute);
    out[0] = '\0';
    FILE *f = fopen(path, "re");
    if (!f) return;
    if (!fgets(out, (int)cap, f)) out[0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

static unsigned read_number(const char *name, const char *attribute, int base)
{
    char text[16];
    read_text(name, attribute, text, sizeof text);
    return (unsigned)strtoul(text, NULL, base);
}

/* A key is one word, and '@' and '/' part it. */
static void clean_serial(char *serial)
{
    for (char *p = serial; *p; p++)
        if (*p <= ' ' || *p > '~' || *p == '@' || *p == '/') *p = '_';
}

static bool read_device(const char *name, struct usb_sysfs *d)
{
    char product[sizeof d->product];
    if (strlen(name) >= sizeof d->port) return false;
    snprintf(d->port, sizeof d->port, "%s", name);
    d->vid = read_number(name, "idVendor", 16) & 0xffff;
    d->pid = read_number(name, "idProduct", 16) & 0xffff;
    d->bus = read_number(name, "busnum", 10);
    d->address = read_number(name, "devnum", 10);
    read_text(name, "serial", d->serial, sizeof d->serial);
    clean_serial(d->serial);
    read_text(name, "product", product, sizeof product);
    transport_clean(d->product, sizeof d->product, product);
    return d->address != 0; /* 0: it left while it was read */
}

/* Neither "usb1", a root hub, nor "1-2:1.0", an interface. */
static bool is_device(const char *name) { return name[0] >= '0' && name[0] <= '9' && !strchr(name, ':'); }

size_t usb_sysfs_list(struct usb_sysfs *out, size_t max)
{
    size_t n = 0;
    DIR *folder = opendir(FOLDER);
    if (!folder) return 0;
    for (struct dirent *e; n < max && (e = readdir(folder));)
        if (is_device(e->d_name) && read_device(e->d_name, &out[n])) n++;
    closedir(folder);
    return n;
}

const struct usb_sysfs *usb_sysfs_at(const struct usb_sysfs *all, size_t n, unsigned bus, unsigned address)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].bus == bus && all[i].address == address) return &all[i];
    return NULL;
}

bool usb_sysfs_has_interface(const struct usb_sysfs *d, const char *class)
{
    char said[4];
    bool has = false;
    size_t length = strlen(d->port);
    DIR *folder = opendir(FOLDER);
    if (!folder) return false;
    for (struct dirent *e; !has && (e = readdir(folder));) {
        if (strncmp(e->d_name, d->port, length) != 0 || e->d_name[length] != ':') continue;
        read_text(e->d_name, "bInterfaceClass", said, sizeof said);
        has = !strcmp(said, class);
    }
    closedir(folder);
    return has;
}

/* A number that tells devices apart has three different characters at least and does not simply count. */
static bool tells_apart(const char *serial)
{
    char seen[3] = "";
    size_t different = 0;
    for (const char *p = serial; *p && different < 3; p++)
        if (!memchr(seen, *p, different)) seen[different++] = *p;
    return different == 3 && !strcasestr("01234567890", serial) && !strcasestr("0123456789abcdef", serial);
}

static bool is_twin(const struct usb_sysfs *a, const struct usb_sysfs *b)
{
    return a->vid == b->vid && a->pid == b->pid && !strcmp(a->serial, b->serial) && strcmp(a->port, b->port) != 0;
}

void usb_sysfs_key(const struct usb_sysfs *all, size_t n, const struct usb_sysfs *d, char key[USB_SYSFS_KEY])
{
    bool known = tells_apart(d->serial), twins = false;
    for (size_t i = 0; i < n; i++) twins |= is_twin(&all[i], d);
    snprintf(key, USB_SYSFS_KEY, "%04x:%04x%s%s%s%s", d->vid, d->pid, known ? ":" : "", known ? d->serial : "",
             known && !twins ? "" : "@", known && !twins ? "" : d->port);
}

bool usb_sysfs_named(const struct usb_sysfs *d, const char *name)
{
    char id[10];
    snprintf(id, sizeof id, "%04x:%04x", d->vid & 0xffff, d->pid & 0xffff);
    if (strncasecmp(name, id, 9) != 0) return false;
    const char *serial = name + 9, *port = strchr(serial, '@');
    size_t length = port ? (size_t)(port - serial) : strlen(serial);
    if (length && serial[0] != ':') return false;
    if (length && (strlen(d->serial) != length - 1 || memcmp(serial + 1, d->serial, length - 1) != 0)) return false;
    return !port || !strcmp(port + 1, d->port);
}
