/* Two descriptors are there from the beginning and are not announced; the rest comes by notifiers. On Linux libusb's
 * timeouts are a descriptor too. (libusb: "Polling and timing".) */
#include "usb_loop.h"

#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static void add(int fd, short events, void *arg)
{
    struct usb_loop *l = arg;
    struct epoll_event e = {.events = (events & POLLIN ? EPOLLIN : 0U) | (events & POLLOUT ? EPOLLOUT : 0U)};
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) < 0) l->broken = true;
}

static void drop(int fd, void *arg)
{
    struct usb_loop *l = arg;
    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* The thread that libusb_init() starts inherits what is blocked. */
static int init_without_signals(struct usb_loop *l)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = libusb_init(&l->context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return usb_loop_errno(r);
}

static int gather(struct usb_loop *l)
{
    const struct libusb_pollfd **fds = libusb_get_pollfds(l->context);
    if (!fds) return -ENOMEM;
    for (size_t i = 0; fds[i]; i++) add(fds[i]->fd, fds[i]->events, l);
    libusb_free_pollfds(fds);
    libusb_set_pollfd_notifiers(l->context, add, drop, l);
    return l->broken ? -EIO : 0;
}

int usb_loop_open(struct usb_loop *l)
{
    l->context = NULL;
    l->broken = false;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (l->epoll < 0) return -errno;
    int r = init_without_signals(l);
    if (r == 0) r = gather(l);
    if (r < 0) usb_loop_close(l);
    return r;
}

void usb_loop_turn(struct usb_loop *l)
{
    struct timeval now = {0};
    (void)libusb_handle_events_timeout_completed(l->context, &now, NULL);
}

void usb_loop_close(struct usb_loop *l)
{
    if (l->context) {
        libusb_set_pollfd_notifiers(l->context, NULL, NULL, NULL);
        libusb_exit(l->context);
    }
    if (l->epoll >= 0) close(l->epoll);
    l->context = NULL;
    l->epoll = -1;
}

int usb_loop_errno(int result)
{
    switch (result) {
    case LIBUSB_ERROR_INVALID_PARAM: return -EINVAL;
    case LIBUSB_ERROR_ACCESS: return -EACCES;
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND: return -ENODEV;
    case LIBUSB_ERROR_BUSY: return -EBUSY;
    case LIBUSB_ERROR_NO_MEM: return -ENOMEM;
    case LIBUSB_ERROR_NOT_SUPPORTED: return -ENOTSUP;
    default: return result < 0 ? -EIO : 0;
    }
}
