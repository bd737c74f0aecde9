#include "usbfs_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define DEVICE "/devices/pci0000:00/0000:00:14.0/usb1/1-1"

enum { PACKET = 64, OUT_MAX = 4096 };

struct urb {
    UMockdevIoctlData *urb, *buffer; /* in the client's memory */
    unsigned long address;
    int status, actual;
};

struct usbfs {
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *handler;
    GMutex lock;
    GQueue waiting, done; /* struct urb */
    char node[32];
    int master, slave;
    bool gone, claimed;
    bool driver; /* usbhid holds the interface */
    unsigned detached, attached;
    uint8_t out[OUT_MAX];
    size_t out_n;
};

static void fail(const char *what)
{
    fprintf(stderr, "FAILED: usbfs: %s\n", what);
    abort();
}

/* ---- transfers; all with the lock held */

/* poll() says writable while there is something to reap. */
static void show(struct usbfs *d)
{
    if (!d->gone && tcflow(d->slave, g_queue_is_empty(&d->done) ? TCOOFF : TCOON) < 0) fail("tcflow");
}

static void finish(struct usbfs *d, struct urb *u, int status, int actual)
{
    u->status = status;
    u->actual = actual;
    g_queue_push_tail(&d->done, u);
}

static void free_urb(struct urb *u)
{
    g_object_unref(u->urb);
    if (u->buffer) g_object_unref(u->buffer);
    free(u);
}

static void take_out(struct usbfs *d, struct urb *u)
{
    size_t n = u->buffer ? (size_t)u->buffer->data_len : 0;
    if (d->out_n + n > sizeof d->out) fail("nobody reads what the host sends");
    if (n) memcpy(d->out + d->out_n, u->buffer->data, n);
    d->out_n += n;
    finish(d, u, 0, (int)n);
}

static int submit(struct usbfs *d, UMockdevIoctlData *arg)
{
    if (d->gone) return ENODEV;
    if (!d->claimed) return EINVAL;
    struct urb *u = calloc(1, sizeof *u);
    if (!u) fail("no memory");
    u->urb = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL);
    if (!u->urb) fail("no transfer");
    u->address = u->urb->client_addr;
    struct usbdevfs_urb said;
    memcpy(&said, u->urb->data, sizeof said);
    if (said.buffer_length)
        u->buffer =
            umockdev_ioctl_data_resolve(u->urb, offsetof(struct usbdevfs_urb, buffer), (gsize)said.buffer_length, NULL);
    if (said.endpoint & 0x80)
        g_queue_push_tail(&d->waiting, u);
    else
        take_out(d, u);
    return 0;
}

static int discard(struct usbfs *d, unsigned long address)
{
    for (GList *l = d->waiting.head; l; l = l->next) {
        struct urb *u = l->data;
        if (u->address != address) continue;
        g_queue_delete_link(&d->waiting, l);
        finish(d, u, -ENOENT, 0);
        return 0;
    }
    return d->gone ? ENODEV : EINVAL;
}

static void put(UMockdevIoctlData *data, size_t offset, const void *bytes, size_t n)
{
    umockdev_ioctl_data_update(data, offset, (guint8 *)(uintptr_t)bytes, (gint)n);
}

static int reap(struct usbfs *d, UMockdevIoctlData *arg)
{
    struct urb *u = g_queue_pop_head(&d->done);
    if (!u) return d->gone ? ENODEV : EAGAIN;
    put(u->urb, offsetof(struct usbdevfs_urb, status), &u->status, sizeof u->status);
    put(u->urb, offsetof(struct usbdevfs_urb, actual_length), &u->actual, sizeof u->actual);
    UMockdevIoctlData *out = umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL);
    if (!out) fail("no place for a transfer");
    umockdev_ioctl_data_set_ptr(out, 0, u->urb);
    g_object_unref(out);
    free_urb(u);
    return 0;
}

/* ---- ioctls; called by umockdev's thread */

static int capabilities(UMockdevIoctlData *arg)
{
    guint32 can = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    UMockdevIoctlData *out = umockdev_ioctl_data_resolve(arg, 0, sizeof can, NULL);
    if (!out) return EFAULT;
    put(out, 0, &can, sizeof can);
    g_object_unref(out);
    return 0;
}

static int claim(struct usbfs *d, bool detach)
{
    if (d->gone) return ENODEV;
    if (d->claimed || (d->driver && !detach)) return EBUSY;
    d->detached += d->driver;
    d->driver = false;
    d->claimed = true;
    return 0;
}

static int attach(struct usbfs *d)
{
    if (d->gone) return ENODEV;
    d->attached += !d->driver;
    d->driver = true;
    return 0;
}

static int answer(struct usbfs *d, unsigned long request, UMockdevIoctlData *arg)
{
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES: return capabilities(arg);
    case USBDEVFS_GETDRIVER: return ENODATA; /* none but usbhid, which is told by the claim */
    case USBDEVFS_DISCONNECT_CLAIM: return claim(d, true);
    case USBDEVFS_CLAIMINTERFACE: return claim(d, false);
    case USBDEVFS_RELEASEINTERFACE: d->claimed = false; return d->gone ? ENODEV : 0;
    case USBDEVFS_IOCTL: return attach(d);
    case USBDEVFS_SUBMITURB: return submit(d, arg);
    case USBDEVFS_REAPURBNDELAY: return reap(d, arg);
    case USBDEVFS_DISCARDURB: return discard(d, *(unsigned long *)(void *)arg->data);
    default: return ENOTTY;
    }
}

static gboolean on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer arg)
{
    struct usbfs *d = arg;
    (void)handler;
    g_mutex_lock(&d->lock);
    int error = answer(d, umockdev_ioctl_client_get_request(client), umockdev_ioctl_client_get_arg(client));
    show(d);
    g_mutex_unlock(&d->lock);
    umockdev_ioctl_client_complete(client, error ? -1 : 0, error);
    return TRUE;
}

/* ---- plugging */

/* What the kernel reads of a device when it comes: device, configuration, interface and endpoint descriptors in hex. */
static const char *descriptors(enum usbfs_kind kind)
{
    if (kind == USBFS_HID)
        return "1201000200000040"
               "09129076"
               "000101020301" /* device */
               "09022200010100a032"
               "090400000103000000" /* configuration, interface */
               "092111010001221600"
               "07058103400001"; /* HID, endpoint */
    return "1201000200000040"
           "09120100"
           "000101020301"
           "090220000101008032"
           "0904000002ff000000"
           "07058102400000"
           "07050102400000";
}

static void add(struct usbfs *d, const char *text)
{
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(d->testbed, text, &error)) fail(error->message);
}

/* Before anybody is told of the device, so that nobody finds half of one. */
static void make_node(struct usbfs *d)
{
    char *root = umockdev_testbed_get_root_dir(d->testbed), folder[512], path[600], pty[64];
    GError *error = NULL;
    snprintf(folder, sizeof folder, "%s/dev/bus/usb/001", root);
    snprintf(path, sizeof path, "%s%s", root, d->node);
    if (openpty(&d->master, &d->slave, pty, NULL, NULL) < 0) fail("no pty");
    if (g_mkdir_with_parents(folder, 0755) < 0 || symlink(pty, path) < 0) fail(path);
    if (!umockdev_testbed_attach_ioctl(d->testbed, d->node, d->handler, &error)) fail(error->message);
    show(d);
    g_free(root);
}

struct usbfs *usbfs_plug(UMockdevTestbed *testbed, enum usbfs_kind kind, unsigned address)
{
    char text[1024];
    bool hid = kind == USBFS_HID;
    struct usbfs *d = calloc(1, sizeof *d);
    if (!d) fail("no memory");
    d->testbed = testbed;
    d->driver = hid;
    g_mutex_init(&d->lock);
    snprintf(d->node, sizeof d->node, "/dev/bus/usb/001/%03u", address);
    d->handler = umockdev_ioctl_base_new();
    g_signal_connect(d->handler, "handle-ioctl", G_CALLBACK(on_ioctl), d);
    make_node(d);
    snprintf(text, sizeof text,
             "P: " DEVICE "/1-1:1.0\nE: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\n"
             "A: bInterfaceClass=%s\\n\nA: bInterfaceNumber=00\\n\n",
             hid ? "03" : "ff");
    add(d, text);
    snprintf(
        text, sizeof text,
        "P: " DEVICE "\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: DEVNAME=%s\n"
        "E: BUSNUM=001\nE: DEVNUM=%03u\nA: busnum=1\\n\nA: devnum=%u\\n\nA: speed=12\\n\nA: bConfigurationValue=1\\n\n"
        "A: idVendor=1209\\n\nA: idProduct=%s\\n\nA: product=%s\\n\nA: serial=%s\\n\nH: descriptors=%s\n",
        d->node, address, address, hid ? "7690" : "0001", hid ? "SlimeVR receiver" : "Plumbline sensor",
        hid ? "" : "7A3F19", descriptors(kind));
    add(d, text);
    return d;
}

void usbfs_unplug(struct usbfs *d)
{
    g_mutex_lock(&d->lock);
    d->gone = true;
    for (struct urb *u; (u = g_queue_pop_head(&d->waiting));) finish(d, u, -ESHUTDOWN, 0);
    close(d->master);
    g_mutex_unlock(&d->lock);
    umockdev_testbed_uevent(d->testbed, "/sys" DEVICE, "remove"); /* umockdev does not say it by itself */
    umockdev_testbed_remove_device(d->testbed, "/sys" DEVICE "/1-1:1.0");
    umockdev_testbed_remove_device(d->testbed, "/sys" DEVICE);
}

void usbfs_forget(struct usbfs *d)
{
    char *root = umockdev_testbed_get_root_dir(d->testbed), path[600];
    umockdev_testbed_detach_ioctl(d->testbed, d->node, NULL);
    snprintf(path, sizeof path, "%s%s", root, d->node);
    if (unlink(path)) fail(path);
    g_free(root);
    g_object_unref(d->handler);
    g_queue_clear_full(&d->done, (GDestroyNotify)free_urb);
    close(d->slave);
    g_mutex_clear(&d->lock);
    free(d);
}

/* ---- the device's side */

size_t usbfs_send(struct usbfs *d, const uint8_t *bytes, size_t n)
{
    size_t sent = 0;
    g_mutex_lock(&d->lock);
    for (struct urb *u; !d->gone && sent < n && (u = g_queue_pop_head(&d->waiting));) {
        size_t part = n - sent < PACKET ? n - sent : PACKET;
        put(u->buffer, 0, bytes + sent, part);
        finish(d, u, 0, (int)part);
        sent += part;
    }
    show(d);
    g_mutex_unlock(&d->lock);
    return sent;
}

size_t usbfs_receive(struct usbfs *d, uint8_t *bytes, size_t cap)
{
    g_mutex_lock(&d->lock);
    size_t n = d->out_n < cap ? d->out_n : cap;
    memcpy(bytes, d->out, n);
    memmove(d->out, d->out + n, d->out_n - n);
    d->out_n -= n;
    g_mutex_unlock(&d->lock);
    return n;
}

struct usbfs_state usbfs_state(struct usbfs *d)
{
    g_mutex_lock(&d->lock);
    struct usbfs_state s = {d->waiting.length, d->claimed, d->detached, d->attached};
    g_mutex_unlock(&d->lock);
    return s;
}
