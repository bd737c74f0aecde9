/* umockdev 0.17 never forgets the node of a removed device, nor the pty behind it: so each comes under a new name, and
 * the note of its pty is taken away by hand. */
#include "acm_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define DEVICE "/devices/pci0000:00/0000:00:14.0/usb1/1-1"

struct acm {
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *lines;
    char port[32];
    unsigned address;
    int wire;
    atomic_uint line_writes;
};

static void fail(const char *what)
{
    fprintf(stderr, "FAILED: acm: %s\n", what);
    abort();
}

/* A pty has no modem lines, a modem class device has. Called by umockdev's own thread. */
static gboolean on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer arg)
{
    struct acm *d = arg;
    (void)handler;
    switch (umockdev_ioctl_client_get_request(client)) {
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC: d->line_writes++; /* fall through */
    case TIOCMGET: umockdev_ioctl_client_complete(client, 0, 0); return TRUE;
    default: return FALSE;
    }
}

static void add(struct acm *d, const char *text)
{
    GError *error = NULL;
    if (!umockdev_testbed_add_from_string(d->testbed, text, &error)) fail(error->message);
}

static void add_parts(struct acm *d)
{
    static const char descriptors[] = "1201000200000040"
                                      "09120100"
                                      "000101020301" /* device */
                                      "090212000101008032"
                                      "090400000002020100"; /* configuration, interface */
    char text[1024];
    snprintf(
        text, sizeof text,
        "P: " DEVICE "\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: DEVNAME=/dev/bus/usb/001/%03u\n"
        "E: BUSNUM=001\nE: DEVNUM=%03u\nA: busnum=1\\n\nA: devnum=%u\\n\nA: speed=12\\n\nA: bConfigurationValue=1\\n\n"
        "A: idVendor=1209\\n\nA: idProduct=0001\\n\nA: product=Plumbline sensor\\n\nA: serial=7A3F19\\n\n"
        "H: descriptors=%s\n",
        d->address, d->address, d->address, descriptors);
    add(d, text);
    add(d, "P: " DEVICE "/1-1:1.0\nE: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\nA: bInterfaceClass=02\\n\n"
           "A: bInterfaceNumber=00\\n\n");
    snprintf(text, sizeof text,
             "P: " DEVICE "/1-1:1.0/tty/ttyACM%u\nN: ttyACM%u\nE: DEVNAME=%s\nE: SUBSYSTEM=tty\n"
             "A: dev=166:%u\\n\nL: device=../../../1-1:1.0\n",
             d->address, d->address, d->port, d->address);
    add(d, text);
}

struct acm *acm_plug(UMockdevTestbed *testbed, unsigned address)
{
    GError *error = NULL;
    struct acm *d = calloc(1, sizeof *d);
    if (!d) fail("no memory");
    d->testbed = testbed;
    d->address = address;
    snprintf(d->port, sizeof d->port, "/dev/ttyACM%u", address);
    d->lines = umockdev_ioctl_base_new();
    g_signal_connect(d->lines, "handle-ioctl", G_CALLBACK(on_ioctl), d);
    if (!umockdev_testbed_attach_ioctl(testbed, d->port, d->lines, &error)) fail(error->message);
    add_parts(d);
    d->wire = umockdev_testbed_get_dev_fd(testbed, d->port);
    if (d->wire < 0 || fcntl(d->wire, F_SETFL, O_NONBLOCK) < 0) fail("the port has no other end");
    return d;
}

static void forget_pty(struct acm *d)
{
    char *root = umockdev_testbed_get_root_dir(d->testbed), pty[64], note[512];
    if (ptsname_r(d->wire, pty, sizeof pty)) fail("the port is no pty");
    for (char *p = pty; *p; p++)
        if (*p == '/') *p = '_';
    snprintf(note, sizeof note, "%s/dev/.ptymap/%s", root, pty);
    if (unlink(note)) fail(note);
    g_free(root);
}

/* First the names, then the wire: the number of its pty may be another's at once. */
void acm_unplug(struct acm *d)
{
    char port[160];
    snprintf(port, sizeof port, "/sys" DEVICE "/1-1:1.0/tty/ttyACM%u", d->address);
    const char *const inner_first[] = {port, "/sys" DEVICE "/1-1:1.0", "/sys" DEVICE};
    umockdev_testbed_uevent(d->testbed, "/sys" DEVICE, "remove"); /* it is not said by itself */
    for (size_t i = 0; i < sizeof inner_first / sizeof inner_first[0]; i++)
        umockdev_testbed_remove_device(d->testbed, inner_first[i]);
    forget_pty(d);
    close(d->wire);
}

void acm_forget(struct acm *d)
{
    umockdev_testbed_detach_ioctl(d->testbed, d->port, NULL);
    g_object_unref(d->lines);
    free(d);
}

size_t acm_send(struct acm *d, const uint8_t *bytes, size_t n)
{
    ssize_t sent = write(d->wire, bytes, n);
    if (sent < 0 && errno != EAGAIN) fail("the port cannot be written to");
    return sent < 0 ? 0 : (size_t)sent;
}

unsigned acm_line_writes(const struct acm *d) { return d->line_writes; }

/* The master end of a pty tells the settings of the other. */
static struct termios settings(const struct acm *d)
{
    struct termios tio;
    if (tcgetattr(d->wire, &tio) < 0) fail("the port has no settings");
    return tio;
}

unsigned acm_baud(const struct acm *d)
{
    struct termios tio = settings(d);
    return cfgetospeed(&tio) == B57600 ? 57600 : cfgetospeed(&tio) == B115200 ? 115200 : 0;
}

bool acm_would_hang_up(const struct acm *d) { return settings(d).c_cflag & HUPCL; }
