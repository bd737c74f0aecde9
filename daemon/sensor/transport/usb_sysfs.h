/* usb_sysfs — the USB devices that are plugged in, as the kernel lists them in /sys/bus/usb/devices: read without
 * opening a device, so without permission and without waking it.
 *
 * Who a device is: its serial number; or the port it is in, for one without, with a number that its maker left at the
 * default ("0001", "123456"), or with a twin plugged in that claims the same number.
 */
#ifndef PLUMBLINE_USB_SYSFS_H
#define PLUMBLINE_USB_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

enum { USB_SYSFS_MAX = 64, USB_SYSFS_KEY = 128 };

struct usb_sysfs {
    char port[32]; /* "1-2.3": the bus, and the ports on the way from its root */
    unsigned bus, address, vid, pid;
    char serial[64];  /* printable, without spaces, '@' and '/'; empty: none */
    char product[64]; /* printable */
};

/* Fills at most MAX, returns how many were filled. */
size_t usb_sysfs_list(struct usb_sysfs *out, size_t max);

/* The one with that number on that bus, or NULL. */
const struct usb_sysfs *usb_sysfs_at(const struct usb_sysfs *all, size_t n, unsigned bus, unsigned address);

/* Whether one of its interfaces is of CLASS ("03", "ff"), as the kernel writes it. */
bool usb_sysfs_has_interface(const struct usb_sysfs *d, const char *class);

/* "VID:PID:SERIAL", "VID:PID@PORT" or, for twins, "VID:PID:SERIAL@PORT". */
void usb_sysfs_key(const struct usb_sysfs *all, size_t n, const struct usb_sysfs *d, char key[USB_SYSFS_KEY]);

/* "VID:PID", with ":SERIAL" or "@PORT" or both: a key names the device it was made of. */
bool usb_sysfs_named(const struct usb_sysfs *d, const char *name);

#endif
