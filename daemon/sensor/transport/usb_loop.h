/* usb_loop — a libusb context whose descriptors are gathered in one epoll descriptor, so that who waits for it need not
 * know that there are several, which come and go.
 *
 * libusb keeps a helper thread for its word from udev while any context is open; it takes no signals.
 */
#ifndef PLUMBLINE_USB_LOOP_H
#define PLUMBLINE_USB_LOOP_H

#include <stdbool.h>

struct libusb_context;

struct usb_loop {
    struct libusb_context *context;
    int epoll;   /* readable: usb_loop_turn() has something to do */
    bool broken; /* a descriptor could not be added */
};

/* 0 or a negative errno. L must stay where it is until it is closed. */
int usb_loop_open(struct usb_loop *l);
/* Does what is to be done now, calls the callbacks for it, does not wait. */
void usb_loop_turn(struct usb_loop *l);
void usb_loop_close(struct usb_loop *l);

/* The errno (negative) for what libusb calls RESULT. */
int usb_loop_errno(int result);

#endif
