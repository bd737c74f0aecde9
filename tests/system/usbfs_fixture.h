/* A USB device without a driver, made up: under umockdev-wrapper its sysfs entries and its node in /dev/bus/usb, whose
 * ioctls (submit, reap and discard transfers, claim, detach) are answered here as the kernel does.
 *
 * The node is a pty, because of what poll() says of one: with its output stopped it is not writable, which is how
 * usbfs says "nothing to reap"; with its other end closed it has hung up, as usbfs when the device is gone. So libusb
 * sleeps and wakes as on a real bus.
 */
#ifndef USBFS_FIXTURE_H
#define USBFS_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <umockdev.h>

struct usbfs; /* one device; its lock is taken by every function here and by umockdev's thread */

enum usbfs_kind { USBFS_BULK, USBFS_HID };

/* Plugs a device in at bus 1, port 1-1, as number ADDRESS. BULK: vendor interface with bulk IN 0x81 and OUT 0x01,
 * "Plumbline sensor" 1209:0001. HID: interrupt IN 0x81, 1209:7690, held by usbhid. Ends the program when it cannot. */
struct usbfs *usbfs_plug(UMockdevTestbed *testbed, enum usbfs_kind kind, unsigned address);
/* It is gone for the host, in the middle of whatever it did. */
void usbfs_unplug(struct usbfs *d);
/* Frees it; the host must have closed it. */
void usbfs_forget(struct usbfs *d);

/* The device sends N bytes, as far as the host has asked for some; returns how many. Packets have at most 64 bytes. */
size_t usbfs_send(struct usbfs *d, const uint8_t *bytes, size_t n);
/* What the host has sent since. */
size_t usbfs_receive(struct usbfs *d, uint8_t *bytes, size_t cap);

struct usbfs_state {
    unsigned waiting; /* transfers that wait for the device to send */
    bool claimed;
    unsigned detached, attached; /* how often the kernel's driver was asked to let go, and was put back */
};
struct usbfs_state usbfs_state(struct usbfs *d);

#endif
