/* Looks only at each interface's first setting: another would have to be asked for, and no sensor here wants that. */
#include "usb_ends.h"

#include <libusb-1.0/libusb.h>
#include <string.h>

enum { PACKET_MASK = 0x7ff };

static void take_endpoint(const struct libusb_endpoint_descriptor *e, bool hid, struct usb_ends *ends)
{
    int kind = e->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK;
    bool in = e->bEndpointAddress & LIBUSB_ENDPOINT_IN;
    if (in && !ends->in && kind == (hid ? LIBUSB_TRANSFER_TYPE_INTERRUPT : LIBUSB_TRANSFER_TYPE_BULK)) {
        ends->in = e->bEndpointAddress;
        ends->packet = e->wMaxPacketSize & PACKET_MASK;
    }
    if (!in && !ends->out && !hid && kind == LIBUSB_TRANSFER_TYPE_BULK) ends->out = e->bEndpointAddress;
}

static bool choose_interface(const struct libusb_interface_descriptor *i, bool hid, struct usb_ends *ends)
{
    *ends = (struct usb_ends){.interface = i->bInterfaceNumber, .interrupt = hid};
    if (i->bInterfaceClass != (hid ? LIBUSB_CLASS_HID : LIBUSB_CLASS_VENDOR_SPEC)) return false;
    if (hid && i->bInterfaceProtocol != 0) return false; /* keyboard or mouse */
    for (int k = 0; k < i->bNumEndpoints; k++) take_endpoint(&i->endpoint[k], hid, ends);
    return ends->in && ends->packet > 0;
}

bool usb_ends_choose(const struct libusb_config_descriptor *config, bool hid, struct usb_ends *out)
{
    for (int k = 0; k < config->bNumInterfaces; k++)
        if (config->interface[k].num_altsetting > 0 && choose_interface(config->interface[k].altsetting, hid, out))
            return true;
    return false;
}
