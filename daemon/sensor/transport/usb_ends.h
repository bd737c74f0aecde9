/* usb_ends — which interface of a USB device speaks to us, and by which endpoints.
 *
 *   HID (only for ids known to be a sensor, never a keyboard): class 3, no boot protocol, interrupt IN
 *   vendor: class 0xFF, bulk IN, and bulk OUT when the device takes commands
 */
#ifndef PLUMBLINE_USB_ENDS_H
#define PLUMBLINE_USB_ENDS_H

#include <stdbool.h>
#include <stdint.h>

struct libusb_config_descriptor;

struct usb_ends {
    int interface;
    uint8_t in, out; /* endpoint addresses; out 0: none */
    bool interrupt;  /* IN is an interrupt endpoint (HID), else bulk */
    int packet;      /* the largest one of IN, bytes */
};

/* False when there is none. */
bool usb_ends_choose(const struct libusb_config_descriptor *config, bool hid, struct usb_ends *out);

#endif
