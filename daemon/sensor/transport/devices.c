/* What is plugged in: serial ports as libserialport lists them, joined to the USB devices of sysfs by bus and number,
 * and those USB devices that speak to us without a serial port. Motherboard ports are left out: a sensor comes by USB
 * or Bluetooth, unless its wearer names another port. */
#include "transport.h"
#include "usb_ids.h"
#include "usb_sysfs.h"

#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    struct device_info *out;
    size_t max, n;
    struct usb_sysfs usb[USB_SYSFS_MAX];
    bool has_port[USB_SYSFS_MAX];
    size_t usb_n;
};

static struct device_info *next(struct listing *l)
{
    struct device_info *d = l->n < l->max ? &l->out[l->n] : NULL;
    l->n++;
    if (d) *d = (struct device_info){.class = DEVICE_OTHER};
    return d;
}

/* The ports of one device (FT4232, a composite board) are told apart by interface: "/2" after its key, nothing for the
 * first one. A USB serial driver puts its port one folder below the interface, CDC in it. */
static unsigned interface_of(const char *port_path)
{
    static const char *const ways[] = {"device", "device/.."};
    const char *name = strrchr(port_path, '/');
    unsigned number = 0;
    for (size_t i = 0; name && i < sizeof ways / sizeof ways[0]; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "/sys/class/tty%s/%s/bInterfaceNumber", name, ways[i]);
        FILE *f = fopen(path, "re");
        if (!f) continue;
        if (fscanf(f, "%2x", &number) != 1) number = 0;
        fclose(f);
        break;
    }
    return number;
}

static void say_usb(const struct listing *l, const struct usb_sysfs *usb, struct device_info *d)
{
    snprintf(d->usb_id, sizeof d->usb_id, "%04x:%04x", usb->vid & 0xffff, usb->pid & 0xffff);
    usb_sysfs_key(l->usb, l->usb_n, usb, d->key);
    d->class = usb_ids_class(usb->vid, usb->pid, usb->product, &d->protocol);
}

static const struct usb_sysfs *usb_of(struct listing *l, const struct sp_port *port)
{
    int bus, address;
    if (sp_get_port_usb_bus_address(port, &bus, &address) != SP_OK) return NULL;
    const struct usb_sysfs *usb = usb_sysfs_at(l->usb, l->usb_n, (unsigned)bus, (unsigned)address);
    if (usb) l->has_port[usb - l->usb] = true;
    return usb;
}

static void add_port(struct listing *l, const struct sp_port *port)
{
    const char *about = sp_get_port_description(port), *path = sp_get_port_name(port);
    const struct usb_sysfs *usb = usb_of(l, port);
    struct device_info *d = next(l);
    if (!d) return;
    char name[sizeof d->address - sizeof "serial:" + 1];
    transport_clean(name, sizeof name, path);
    snprintf(d->address, sizeof d->address, "serial:%s", name);
    transport_clean(d->description, sizeof d->description, about ? about : "");
    if (!usb) return;
    say_usb(l, usb, d);
    unsigned interface = interface_of(path);
    size_t length = strlen(d->key);
    if (interface) snprintf(d->key + length, sizeof d->key - length, "/%u", interface);
}

static void add_ports(struct listing *l)
{
    struct sp_port **ports = NULL;
    if (sp_list_ports(&ports) != SP_OK) return; /* also where there is no /sys/class/tty */
    if (!ports) return;                         /* one left while they were listed: no error, but no list either */
    for (struct sp_port **p = ports; *p; p++) {
        enum sp_transport way = sp_get_port_transport(*p);
        if (way == SP_TRANSPORT_USB || way == SP_TRANSPORT_BLUETOOTH) add_port(l, *p);
    }
    sp_free_port_list(ports);
}

/* Reports of a tracker, or our own firmware's vendor interface. */
static bool speaks_without_port(const struct usb_sysfs *usb)
{
    const struct usb_id *id = usb_ids_find(usb->vid, usb->pid);
    if (id && id->hid) return usb_sysfs_has_interface(usb, "03");
    return !strcmp(usb->product, USB_IDS_OWN_PRODUCT) && usb_sysfs_has_interface(usb, "ff");
}

static void add_usb(struct listing *l, const struct usb_sysfs *usb)
{
    struct device_info *d = next(l);
    if (!d) return;
    say_usb(l, usb, d);
    snprintf(d->address, sizeof d->address, "usb:%s@%s", d->usb_id, usb->port);
    snprintf(d->description, sizeof d->description, "%s", usb->product);
}

int devices_list(struct device_info *out, size_t max)
{
    struct listing l = {.out = out, .max = max};
    l.usb_n = usb_sysfs_list(l.usb, USB_SYSFS_MAX);
    add_ports(&l);
    for (size_t i = 0; i < l.usb_n; i++)
        if (!l.has_port[i] && speaks_without_port(&l.usb[i])) add_usb(&l, &l.usb[i]);
    return (int)l.n;
}
