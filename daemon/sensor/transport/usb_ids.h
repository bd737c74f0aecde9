/* usb_ids — what a USB id says of a device before a byte of it is read.
 *
 * Exact ids are opened unasked, so only those belong there that no other kind of thing carries. A bridge's id is its
 * maker's default and sits in printers and controllers as well.
 */
#ifndef PLUMBLINE_USB_IDS_H
#define PLUMBLINE_USB_IDS_H

#include "plumbline/sensor.h"

/* What our own firmware calls itself, whatever its id (PROTOCOL.md). */
#define USB_IDS_OWN_PRODUCT "Plumbline sensor"

struct usb_id {
    uint16_t vid, pid_first, pid_last;
    enum device_class class;
    const char *protocol; /* NULL: listen */
    bool hid;             /* speaks by HID reports; nothing else has this id, so hid-generic may be asked to let go */
};

/* NULL: nothing is known of it. */
const struct usb_id *usb_ids_find(unsigned vid, unsigned pid);

/* By product name first, then by id. *PROTOCOL: what it speaks, NULL: listen. */
enum device_class usb_ids_class(unsigned vid, unsigned pid, const char *product, const char **protocol);

#endif
