/* A pty, a FIFO, a Unix socket or standard input. Invariants:
 *   a descriptor we opened does not block; standard input is another program's too, so it is polled instead of changed
 *   a FIFO whose writer has not come yet is silent, one whose writer has left is gone
 */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static int open_stdin(struct transport *t, char why[256])
{
    struct stat st;
    t->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (t->fd < 0 || fstat(t->fd, &st) < 0) return transport_explain("standard input", errno, why);
    t->receive_only = t->shared = true;
    t->pollable = S_ISREG(st.st_mode) ? -1 : t->fd;
    snprintf(t->description, sizeof t->description, "standard input");
    return 0;
}

static int open_socket(struct transport *t, const char *path, char why[256])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return transport_explain(path, ENAMETOOLONG, why);
    memcpy(address.sun_path, path, strlen(path));
    t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (t->fd < 0) return transport_explain(path, errno, why);
    if (connect(t->fd, (struct sockaddr *)&address, sizeof address) < 0)
        return transport_explain(path, errno == EAGAIN ? EBUSY : errno, why);
    return 0;
}

/* Like the serial port it stands for: every byte as it is. */
static int make_raw(struct transport *t)
{
    struct termios raw;
    if (tcgetattr(t->fd, &raw) < 0) return -errno;
    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(t->fd, TCSANOW, &raw) < 0 ? -errno : 0;
}

static int open_node(struct transport *t, const char *path, mode_t mode, char why[256])
{
    t->receive_only = S_ISFIFO(mode);
    t->fd = open(path, (t->receive_only ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (t->fd < 0) return transport_explain(path, errno, why);
    if (transport_claim(t) < 0) return transport_explain(path, EBUSY, why);
    if (!S_ISCHR(mode)) return 0;
    int r = make_raw(t);
    if (r == -ENOTTY)
        return transport_refuse(path, ENOTTY, "is no terminal; name a serial port, a pty, a pipe or a socket", why);
    return r < 0 ? transport_explain(path, -r, why) : 0;
}

static int stream_open(struct transport *t, const char *path, const struct transport_options *options, char why[256])
{
    (void)options;
    if (strcmp(path, "-") == 0) return open_stdin(t, why);
    struct stat st;
    if (stat(path, &st) < 0) return transport_explain(path, errno, why);
    if (S_ISDIR(st.st_mode)) return transport_explain(path, EISDIR, why);
    int r;
    if (S_ISSOCK(st.st_mode)) {
        r = open_socket(t, path, why);
    } else if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
        r = open_node(t, path, st.st_mode, why);
    } else {
        r = transport_refuse(path, EINVAL, "is no stream; leave out 'stream:' to let plumbline choose", why);
    }
    t->pollable = t->fd;
    return r;
}

static bool is_fifo(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static ssize_t read_stdin(struct transport *t, void *buf, size_t n)
{
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    if (poll(&p, 1, 0) <= 0) return 0;
    ssize_t r = read(t->fd, buf, n);
    if (r > 0) return r;
    if (r < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    return r == 0 || errno == EIO ? -ENODATA : -errno;
}

static ssize_t stream_read(struct transport *t, void *buf, size_t n)
{
    if (t->shared) return read_stdin(t, buf, n);
    ssize_t r = read(t->fd, buf, n);
    if (r > 0) return r;
    if (r < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (r < 0) return errno == EIO || errno == ECONNRESET ? -ENODEV : -errno;
    return is_fifo(t->fd) && !transport_hung_up(t) ? 0 : -ENODEV;
}

static ssize_t stream_write(struct transport *t, const void *buf, size_t n)
{
    ssize_t r = send(t->fd, buf, n, MSG_NOSIGNAL);
    if (r < 0 && errno == ENOTSOCK) r = write(t->fd, buf, n);
    if (r >= 0) return r;
    return errno == EIO || errno == EPIPE ? -ENODEV : -errno;
}

static void stream_close(struct transport *t)
{
    if (t->fd >= 0) close(t->fd);
}

const struct transport_kind stream_transport = {.name = "stream", .open = stream_open, .read = stream_read,
                                              .write = stream_write, .close = stream_close};
