/* A pty's master hangs up (POLLHUP) from the moment its slave was closed until it is opened again: opening and closing
 * it once ourselves makes "nobody there yet" visible. */
#include "out_end.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static int complain(const char *what, const char *path)
{
    int error = errno;
    fprintf(stderr, "plumbline-sim: cannot %s %s: %s\n", what, path, strerror(error));
    return -error;
}

static int point_link(const char *link_path, const char *target)
{
    char old[256];
    ssize_t n = readlink(link_path, old, sizeof old);
    if (n > 9 && memcmp(old, "/dev/pts/", 9) == 0) unlink(link_path); /* only ever one of our own kind */
    return symlink(target, link_path) == 0 ? 0 : complain("make the link", link_path);
}

static int open_slave(const struct out *o)
{
    char path[64];
    if (ptsname_r(o->fd, path, sizeof path) != 0) return -1;
    return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int out_end_pty(struct out *o)
{
    char path[64];
    struct termios mode;
    o->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (o->fd < 0 || grantpt(o->fd) || unlockpt(o->fd) || ptsname_r(o->fd, path, sizeof path))
        return complain("make", "a pseudo-terminal");
    int slave = open_slave(o);
    if (slave < 0) return complain("open", path);
    if (tcgetattr(slave, &mode) == 0) {
        cfmakeraw(&mode);
        tcsetattr(slave, TCSANOW, &mode);
    }
    close(slave);
    o->reader = false;
    int error = o->link ? point_link(o->link, path) : 0;
    if (error) return error;
    printf("%s\n", o->link ? o->link : path);
    fflush(stdout);
    return 0;
}

int out_end_listen(struct out *o)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(o->path);
    if (n == 0 || n >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return complain("listen at", o->path);
    }
    memcpy(address.sun_path, o->path, n);
    o->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (o->listener < 0 || bind(o->listener, (struct sockaddr *)&address, sizeof address) || listen(o->listener, 1)) {
        int error = complain("listen at", o->path);
        if (error == -EADDRINUSE) fprintf(stderr, "plumbline-sim: remove it if no other simulator uses it\n");
        if (o->listener >= 0) close(o->listener);
        o->listener = -1;
        return error;
    }
    return 0;
}

void out_end_find_reader(struct out *o, int wait_ms)
{
    if (o->kind == OUT_SOCKET) {
        struct pollfd p = {.fd = o->listener, .events = POLLIN};
        if (poll(&p, 1, wait_ms) > 0) o->fd = accept4(o->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        o->reader = o->fd >= 0;
        return;
    }
    struct pollfd p = {.fd = o->fd};
    poll(&p, 1, 0);
    o->reader = !(p.revents & POLLHUP);
    if (!o->reader && wait_ms > 0) poll(NULL, 0, wait_ms < 20 ? wait_ms : 20);
}

/* Bytes the reader has not taken, or −1 when it left. */
static int unread(const struct out *o, int slave)
{
    struct pollfd p = {.fd = o->fd};
    int n = 0;
    if (o->kind == OUT_SOCKET) {
        if (poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR)) return -1;
        return ioctl(o->fd, TIOCOUTQ, &n) == 0 ? n : -1;
    }
    return ioctl(slave, FIONREAD, &n) == 0 ? n : -1;
}

void out_end_drain(struct out *o)
{
    enum { STEP_MS = 10, PATIENCE = 50, QUIET = 3 };
    if (!o->reader || o->fd < 0) return;
    int slave = o->kind == OUT_PTY ? open_slave(o) : -1, before = -1;
    for (int still = 0, empty = 0; still < PATIENCE && empty < QUIET;) {
        int n = unread(o, slave);
        if (n < 0) break;
        still = n == before ? still + 1 : 0;
        empty = n == 0 ? empty + 1 : 0;
        before = n;
        poll(NULL, 0, STEP_MS);
    }
    if (slave >= 0) close(slave);
}

void out_end_remove(struct out *o)
{
    bool plugged = o->fd >= 0 || o->listener >= 0;
    if (o->kind == OUT_PTY && o->link && plugged) unlink(o->link);
    if (o->kind == OUT_SOCKET && o->listener >= 0) unlink(o->path);
    if (o->fd >= 0) close(o->fd);
    if (o->listener >= 0) close(o->listener);
    o->fd = o->listener = -1;
}
