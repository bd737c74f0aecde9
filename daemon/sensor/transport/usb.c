/* A USB device without a serial port, through libusb: a vendor interface with bulk endpoints, or the reports of a HID
 * tracker. "usb:VID:PID", with ":SERIAL" or "@PORT" for one of several. Invariants:
 *   every slot of in[] is in flight, or holds what came and has not been read; they come back in the order in which
 *   they were given out, and head is the next to read. So nothing is copied into a queue that could overflow: a reader
 *   who comes five times a second finds all of a thousand packets a second, one who comes later makes the device wait
 *   once failed is set no slot is given out again
 *   events are handled only when somebody reads or writes; then the descriptor stays readable while there is more
 *   a kernel driver is asked to let go only if it is the HID one and the id is a sensor's, and is put back at the end
 */
#include "transport.h"
#include "usb_ends.h"
#include "usb_ids.h"
#include "usb_loop.h"
#include "usb_sysfs.h"

#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_SLOTS = 256, OUT_SLOTS = 8, SLOT_SIZE = 512, ERRORS_MAX = 8, WRITE_MS = 1000, FAREWELL_TURNS = 200 };

struct slot {
    struct usb *usb;
    struct libusb_transfer *transfer;
    uint8_t *bytes;
    size_t length, taken; /* what came, and how much of it has been read */
    bool flying;
};

struct usb {
    struct usb_loop loop;
    libusb_device_handle *handle;
    struct usb_ends ends;
    bool claimed, stalled;
    int failed;      /* negative errno; 0: all is well */
    int errors;      /* in a row */
    unsigned flying; /* transfers, both ways */
    unsigned head;
    size_t size; /* of an IN slot */
    struct slot in[IN_SLOTS], out[OUT_SLOTS];
};

/* One bad packet is noise; a row of them, or a halted endpoint, is for a new start. */
static void note_status(struct usb *u, enum libusb_transfer_status status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED: u->errors = 0; return;
    case LIBUSB_TRANSFER_CANCELLED: return;
    case LIBUSB_TRANSFER_NO_DEVICE: u->failed = -ENODEV; return;
    case LIBUSB_TRANSFER_STALL: u->stalled = true; break;
    default: break;
    }
    u->errors++;
    if (!u->failed && (u->stalled || u->errors > ERRORS_MAX)) u->failed = -EIO;
}

static void on_done(struct libusb_transfer *x)
{
    struct slot *s = x->user_data;
    s->flying = false;
    s->length = x->actual_length > 0 ? (size_t)x->actual_length : 0;
    s->taken = 0;
    s->usb->flying--;
    if (x->status != LIBUSB_TRANSFER_TIMED_OUT) note_status(s->usb, x->status);
}

static int submit(struct slot *s)
{
    struct usb *u = s->usb;
    int r = libusb_submit_transfer(s->transfer);
    if (r < 0 && !u->failed) u->failed = usb_loop_errno(r);
    s->length = s->taken = 0;
    s->flying = r == 0;
    u->flying += r == 0;
    return r < 0 ? u->failed : 0;
}

/* ---- opening */

static int explain_usb(const char *path, int error, char why[256])
{
    static const struct {
        int error;
        const char *words;
    } table[] = {
        {ENOENT, "is not there; plug it in, or run 'plumbline doctor'"},
        {EACCES, "may not be opened by you; install 70-plumbline.rules (see README), then plug it in again"},
        {EBUSY, "is in use: end the other program, or name its serial port instead"},
        {ENOTSUP, "has no interface that a sensor would have; name its serial port, if it has one"},
    };
    if (error == -ENODEV) error = -ENOENT; /* it left while it was opened */
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (error == -table[i].error) return transport_refuse(path, table[i].error, table[i].words, why);
    return transport_explain(path, -error, why);
}

static libusb_device *find(struct usb *u, const struct usb_sysfs *wanted)
{
    libusb_device **list, *found = NULL;
    if (libusb_get_device_list(u->loop.context, &list) < 0) return NULL;
    for (libusb_device **d = list; *d && !found; d++)
        if (libusb_get_bus_number(*d) == wanted->bus && libusb_get_device_address(*d) == wanted->address) found = *d;
    if (found) libusb_ref_device(found);
    libusb_free_device_list(list, 1);
    return found;
}

static int open_device(struct usb *u, const struct usb_sysfs *wanted, bool hid)
{
    struct libusb_config_descriptor *config;
    libusb_device *device = find(u, wanted);
    if (!device) return -ENODEV;
    int r = libusb_get_active_config_descriptor(device, &config);
    bool fits = r == 0 && usb_ends_choose(config, hid, &u->ends);
    if (r == 0) libusb_free_config_descriptor(config);
    if (r == 0) r = fits ? libusb_open(device, &u->handle) : LIBUSB_ERROR_NOT_SUPPORTED;
    libusb_unref_device(device);
    return usb_loop_errno(r);
}

static int claim(struct usb *u)
{
    if (u->ends.interrupt) libusb_set_auto_detach_kernel_driver(u->handle, 1);
    else if (libusb_kernel_driver_active(u->handle, u->ends.interface) == 1) return -EBUSY;
    int r = libusb_claim_interface(u->handle, u->ends.interface);
    u->claimed = r == 0;
    return usb_loop_errno(r);
}

static int make_slot(struct usb *u, struct slot *s, size_t size, uint8_t end, unsigned timeout_ms)
{
    s->usb = u;
    s->transfer = libusb_alloc_transfer(0);
    s->bytes = malloc(size);
    if (!s->transfer || !s->bytes) return -ENOMEM;
    libusb_fill_bulk_transfer(s->transfer, u->handle, end, s->bytes, (int)size, on_done, s, timeout_ms);
    if (u->ends.interrupt) s->transfer->type = LIBUSB_TRANSFER_TYPE_INTERRUPT;
    return 0;
}

/* An interrupt transfer is one report; a bulk one ends with a short packet, or when it is full of whole ones. */
static int start(struct usb *u)
{
    size_t packet = (size_t)u->ends.packet;
    u->size = u->ends.interrupt || packet > SLOT_SIZE ? packet : SLOT_SIZE / packet * packet;
    for (int i = 0; i < OUT_SLOTS && u->ends.out; i++) {
        int r = make_slot(u, &u->out[i], SLOT_SIZE, u->ends.out, WRITE_MS);
        if (r < 0) return r;
    }
    for (int i = 0; i < IN_SLOTS; i++) {
        int r = make_slot(u, &u->in[i], u->size, u->ends.in, 0);
        if (r == 0) r = submit(&u->in[i]);
        if (r < 0) return r;
    }
    return 0;
}

static bool look_up(const char *name, struct usb_sysfs *found)
{
    struct usb_sysfs all[USB_SYSFS_MAX];
    size_t n = usb_sysfs_list(all, USB_SYSFS_MAX);
    for (size_t i = 0; i < n; i++)
        if (usb_sysfs_named(&all[i], name)) return *found = all[i], true;
    return false;
}

static int usb_open(struct transport *t, const char *path, const struct transport_options *options, char why[256])
{
    struct usb_sysfs wanted;
    (void)options;
    if (!look_up(path, &wanted)) return explain_usb(path, -ENOENT, why);
    struct usb *u = t->usb = calloc(1, sizeof *u);
    if (!u) return transport_explain(path, ENOMEM, why);
    u->loop.epoll = -1;
    const struct usb_id *id = usb_ids_find(wanted.vid, wanted.pid);
    int r = usb_loop_open(&u->loop);
    if (r == 0) r = open_device(u, &wanted, id && id->hid);
    if (r == 0) r = claim(u);
    if (r == 0) r = start(u);
    if (r < 0) return explain_usb(path, r, why);
    t->receive_only = !u->ends.out;
    t->pollable = u->loop.epoll;
    snprintf(t->description, sizeof t->description, "usb:%04x:%04x@%s%s%s%s", wanted.vid, wanted.pid, wanted.port,
             wanted.product[0] ? " (" : "", wanted.product, wanted.product[0] ? ")" : "");
    return 0;
}

/* ---- reading and writing */

/* Handling events empties the descriptor; what has not been read yet makes it readable again. */
static void keep_readable(struct usb *u)
{
    if (u->failed || !u->in[u->head].flying) libusb_interrupt_event_handler(u->loop.context);
}

static bool has_come(struct usb *u)
{
    struct slot *s = &u->in[u->head];
    if (s->flying) usb_loop_turn(&u->loop);
    return !s->flying && s->taken < s->length;
}

static size_t take(struct usb *u, uint8_t *buf, size_t n)
{
    struct slot *s = &u->in[u->head];
    size_t part = s->length - s->taken < n ? s->length - s->taken : n;
    memcpy(buf, s->bytes + s->taken, part);
    s->taken += part;
    return part;
}

/* The slot that has been read is given out again, unless there is nobody to give it to. */
static bool pass_on(struct usb *u)
{
    struct slot *s = &u->in[u->head];
    if (s->flying || s->taken < s->length || u->failed || submit(s) < 0) return false;
    u->head = (u->head + 1) % IN_SLOTS;
    return true;
}

static ssize_t usb_read(struct transport *t, void *buf, size_t n)
{
    struct usb *u = t->usb;
    size_t total = 0;
    for (int i = 0; i < IN_SLOTS && total < n; i++) {
        if (has_come(u)) total += take(u, (uint8_t *)buf + total, n - total);
        if (!pass_on(u)) break;
    }
    keep_readable(u);
    return total ? (ssize_t)total : u->failed;
}

static struct slot *free_slot(struct usb *u)
{
    for (int i = 0; i < OUT_SLOTS; i++)
        if (!u->out[i].flying) return &u->out[i];
    return NULL;
}

static ssize_t usb_write(struct transport *t, const void *buf, size_t n)
{
    struct usb *u = t->usb;
    if (u->failed) return u->failed;
    if (n > SLOT_SIZE) return -EMSGSIZE;
    struct slot *s = free_slot(u);
    if (!s) {
        usb_loop_turn(&u->loop);
        keep_readable(u);
        s = free_slot(u);
    }
    if (!s) return -EAGAIN;
    memcpy(s->bytes, buf, n);
    s->transfer->length = (int)n;
    s->transfer->flags = LIBUSB_TRANSFER_ADD_ZERO_PACKET; /* or the device would wait for the rest of a full packet */
    int r = submit(s);
    return r < 0 ? r : (ssize_t)n;
}

/* ---- closing */

static void each_slot(struct usb *u, void (*act)(struct slot *s))
{
    for (int i = 0; i < IN_SLOTS; i++) act(&u->in[i]);
    for (int i = 0; i < OUT_SLOTS; i++) act(&u->out[i]);
}

static void cancel_slot(struct slot *s)
{
    if (s->flying) libusb_cancel_transfer(s->transfer);
}

static void free_slot_memory(struct slot *s)
{
    libusb_free_transfer(s->transfer);
    free(s->bytes);
}

/* Closing the handle takes back what has not come home by then. */
static void close_device(struct usb *u)
{
    each_slot(u, cancel_slot);
    for (int i = 0; i < FAREWELL_TURNS && u->flying; i++) {
        struct timeval wait = {.tv_usec = 5000};
        libusb_handle_events_timeout_completed(u->loop.context, &wait, NULL);
    }
    if (u->stalled) libusb_clear_halt(u->handle, u->ends.in);
    if (u->stalled && u->ends.out) libusb_clear_halt(u->handle, u->ends.out);
    if (u->claimed) libusb_release_interface(u->handle, u->ends.interface);
    libusb_close(u->handle);
}

static void usb_close(struct transport *t)
{
    struct usb *u = t->usb;
    if (!u) return;
    if (u->handle) close_device(u);
    each_slot(u, free_slot_memory);
    usb_loop_close(&u->loop);
    free(u);
}

const struct transport_kind usb_transport = {.name = "usb", .open = usb_open, .read = usb_read, .write = usb_write,
                                             .close = usb_close};
