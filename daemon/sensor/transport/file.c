/* A recorded stream, plain or gzip (zlib reads both): always ready, ends once, cannot be written to. */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static int file_open(struct transport *t, const char *path, const struct transport_options *options, char why[256])
{
    (void)options;
    struct stat st;
    t->receive_only = true;
    t->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (t->fd < 0 || fstat(t->fd, &st) < 0) return transport_explain(path, errno, why);
    if (S_ISDIR(st.st_mode)) return transport_explain(path, EISDIR, why);
    if (!S_ISREG(st.st_mode))
        return transport_refuse(path, EINVAL, "is no regular file; leave out 'file:' to let plumbline choose", why);
    t->gz = gzdopen(t->fd, "rb");
    if (!t->gz) return transport_explain(path, ENOMEM, why);
    t->fd = -1; /* gzclose() closes it */
    return 0;
}

static ssize_t file_read(struct transport *t, void *buf, size_t n)
{
    if (n > INT32_MAX) n = INT32_MAX;
    int r = gzread(t->gz, buf, (unsigned)n);
    if (r > 0) return r;
    int error;
    gzerror(t->gz, &error);
    if (r == 0 && (error == Z_OK || error == Z_STREAM_END)) return -ENODATA;
    return error == Z_ERRNO ? -EIO : -EBADMSG;
}

static ssize_t file_write(struct transport *t, const void *buf, size_t n)
{
    (void)t, (void)buf, (void)n;
    return -EPERM;
}

static void file_close(struct transport *t)
{
    if (t->gz) gzclose_r(t->gz);
    if (t->fd >= 0) close(t->fd);
}

const struct transport_kind file_transport = {.name = "file", .open = file_open, .read = file_read,
                                              .write = file_write, .close = file_close};
