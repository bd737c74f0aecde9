/* Word of devices that come and go, by libusb, which has it from udev. Where no udev runs libusb would stay silent, and
 * the kernel itself is listened to: NETLINK_KOBJECT_UEVENT, whose group 1 is the kernel's word and group 2 udev's.
 * In a callback libusb allows little: it sets a flag. A port's node may come a moment after its device. */
#include "transport.h"
#include "usb_loop.h"

#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KERNEL_GROUP = 1, MESSAGE_MAX = 8192 };

struct hotplug {
    struct usb_loop loop; /* by libusb */
    int kernel;           /* by the kernel; −1: by libusb */
    bool came;
};

static int on_change(libusb_context *context, libusb_device *device, libusb_hotplug_event event, void *arg)
{
    struct hotplug *h = arg;
    (void)context, (void)device, (void)event;
    h->came = true;
    return 0;
}

static int ask_libusb(struct hotplug *h)
{
    if (!libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG)) return -ENOTSUP;
    int r = usb_loop_open(&h->loop);
    if (r < 0) return r;
    r = libusb_hotplug_register_callback(h->loop.context,
                                         LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
                                         LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                         on_change, h, NULL);
    return usb_loop_errno(r);
}

static int listen_to_kernel(struct hotplug *h)
{
    struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP};
    h->kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    if (h->kernel < 0) return -errno;
    return bind(h->kernel, (struct sockaddr *)&group, sizeof group) < 0 ? -errno : 0;
}

static bool udev_runs(void) { return access("/run/udev/control", F_OK) == 0; }

int hotplug_open(struct hotplug **out)
{
    struct hotplug *h = calloc(1, sizeof *h);
    *out = NULL;
    if (!h) return -ENOMEM;
    h->kernel = h->loop.epoll = -1;
    int r = udev_runs() ? ask_libusb(h) : listen_to_kernel(h);
    if (r < 0) {
        hotplug_close(h);
        return r;
    }
    *out = h;
    return 0;
}

int hotplug_fd(const struct hotplug *h) { return h->kernel >= 0 ? h->kernel : h->loop.epoll; }

static bool is_ours(const char *message, size_t n)
{
    static const char usb[] = "SUBSYSTEM=usb", tty[] = "SUBSYSTEM=tty";
    return memmem(message, n, usb, sizeof usb) || memmem(message, n, tty, sizeof tty);
}

static void read_kernel(struct hotplug *h)
{
    char message[MESSAGE_MAX];
    for (;;) {
        ssize_t n = recv(h->kernel, message, sizeof message, 0);
        bool overrun = n < 0 && errno == ENOBUFS; /* some were lost: perhaps ours */
        if (n == 0 || (n < 0 && !overrun && errno != EINTR)) return;
        h->came |= overrun || (n > 0 && is_ours(message, (size_t)n));
    }
}

bool hotplug_take(struct hotplug *h)
{
    if (h->kernel >= 0) read_kernel(h);
    else usb_loop_turn(&h->loop);
    bool came = h->came;
    h->came = false;
    return came;
}

void hotplug_close(struct hotplug *h)
{
    if (!h) return;
    if (h->kernel >= 0) close(h->kernel);
    usb_loop_close(&h->loop);
    free(h);
}
