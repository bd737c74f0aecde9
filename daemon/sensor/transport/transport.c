/* Invariant: a transport that was handed out has a kind and is open; one that failed to open is freed here. */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct transport_kind *const transports[] = {&serial_transport, &usb_transport, &stream_transport,
                                                          &file_transport, NULL};

void transport_clean(char *out, size_t cap, const char *text)
{
    size_t n = 0;
    for (; text[n] && n + 1 < cap; n++) out[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
    out[n] = '\0';
}

bool transport_hung_up(const struct transport *t)
{
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

int transport_claim(struct transport *t) { return flock(t->fd, LOCK_EX | LOCK_NB) < 0 ? -EBUSY : 0; }

/* " Another one is here: serial:/dev/ttyACM0." or nothing. PATH itself is no other; it may be listed before its node is
 * there. */
static void name_port(const char *path, char *out, size_t cap)
{
    struct device_info device[2];
    int n = devices_list(device, 2);
    out[0] = '\0';
    for (int i = 0; i < n && i < 2; i++)
        if (!strstr(device[i].address, path)) snprintf(out, cap, " Another one is here: %s.", device[i].address);
}

int transport_refuse(const char *path, int error, const char *words, char why[256])
{
    char name[81];
    transport_clean(name, sizeof name, path);
    snprintf(why, 256, "%s %s", name, words);
    return -error;
}

static int explain_missing(const char *path, int error, char why[256])
{
    char port[128], words[200];
    if (strncmp(path, "/dev/", 5) != 0) return transport_refuse(path, error, "is not there; check its name", why);
    name_port(path, port, sizeof port);
    snprintf(words, sizeof words, "is not there; plug it in, or run 'plumbline doctor'.%s", port);
    return transport_refuse(path, error, words, why);
}

int transport_explain(const char *path, int error, char why[256])
{
    switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO: return explain_missing(path, error, why);
    case EACCES:
    case EPERM:
        return transport_refuse(path, error,
                                "may not be opened by you; for a serial port run 'sudo usermod -aG dialout "
                                "$USER', then log out and in again",
                                why);
    case EBUSY:
        return transport_refuse(path, error,
                                "is in use by another program; end it, or wait: ModemManager lets go of a new "
                                "port after about 10 s",
                                why);
    case EISDIR: return transport_refuse(path, error, "is a folder; name the sensor's port or a recorded file", why);
    case ECONNREFUSED:
        return transport_refuse(path, error, "is a socket nobody listens on; start the program that serves it", why);
    default: {
        char words[120];
        snprintf(words, sizeof words, "cannot be opened: %s", strerror(error));
        return transport_refuse(path, error, words, why);
    }
    }
}

/* A node of /dev that is no link stays as it is: under umockdev, realpath() of an emulated one overruns its buffer. */
bool transport_resolve(const char *path, char real[PATH_MAX])
{
    struct stat st;
    bool settled = strncmp(path, "/dev/", 5) == 0 && lstat(path, &st) == 0 && S_ISCHR(st.st_mode);
    if (!settled) return realpath(path, real) != NULL;
    snprintf(real, PATH_MAX, "%s", path);
    return true;
}

static bool is_serial_port(const char *path)
{
    char real[PATH_MAX], sys[PATH_MAX + 20];
    if (!transport_resolve(path, real)) return false;
    const char *base = strrchr(real, '/');
    snprintf(sys, sizeof sys, "/sys/class/tty%s", base ? base : "/");
    return strncmp(real, "/dev/pts/", 9) != 0 && access(sys, F_OK) == 0;
}

static const struct transport_kind *kind_for(const char *path, char why[256], int *error)
{
    struct stat st;
    if (strcmp(path, "-") == 0) return &stream_transport;
    if (stat(path, &st) < 0) {
        *error = transport_explain(path, errno, why);
        return NULL;
    }
    if (S_ISREG(st.st_mode)) return &file_transport;
    if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) return &stream_transport;
    if (S_ISCHR(st.st_mode)) return is_serial_port(path) ? &serial_transport : &stream_transport;
    if (S_ISDIR(st.st_mode)) {
        *error = transport_explain(path, EISDIR, why);
        return NULL;
    }
    *error = transport_refuse(path, EINVAL, "is no sensor; name a serial port, a pty, a pipe, a socket or a file", why);
    return NULL;
}

/* Splits "serial:/dev/ttyUSB0"; a path may hold colons itself, so only the known names count. */
static const struct transport_kind *kind_named(const char *address, const char **path)
{
    for (const struct transport_kind *const *k = transports; *k; k++) {
        size_t n = strlen((*k)->name);
        if (strncmp(address, (*k)->name, n) != 0 || address[n] != ':') continue;
        *path = address + n + 1;
        return *k;
    }
    return NULL;
}

int transport_open(const char *address, const struct transport_options *options, struct transport **t, char why[256])
{
    static const struct transport_options usual = {0};
    const char *path = address;
    int r = 0;
    why[0] = '\0';
    *t = NULL;
    if (address[0] == '\0') {
        snprintf(why, 256, "no sensor is named; set 'device' to its port, or run 'plumbline doctor'");
        return -EINVAL;
    }
    const struct transport_kind *kind = kind_named(address, &path);
    if (!kind) kind = kind_for(path, why, &r);
    if (!kind) return r;
    struct transport *new = calloc(1, sizeof *new);
    if (!new) return transport_explain(path, ENOMEM, why);
    new->kind = kind;
    new->fd = new->pollable = -1;
    r = kind->open(new, path, options ? options : &usual, why);
    if (r < 0) {
        transport_close(new);
        return r;
    }
    if (new->description[0] == '\0') {
        char name[120];
        transport_clean(name, sizeof name, path);
        snprintf(new->description, sizeof new->description, "%s:%s", kind->name, name);
    }
    *t = new;
    return 0;
}

int transport_fd(const struct transport *t) { return t->pollable; }

ssize_t transport_read(struct transport *t, void *buf, size_t n) { return t->kind->read(t, buf, n); }

/* Half a command is none: the device finds the next border by itself, the caller learns that this one went wrong. */
int transport_write(struct transport *t, const void *buf, size_t n)
{
    if (t->receive_only) return -EPERM;
    ssize_t written = t->kind->write(t, buf, n);
    if (written < 0) return (int)written;
    return (size_t)written == n ? 0 : -EIO;
}

int transport_set_baud(struct transport *t, unsigned baud)
{
    return t->kind->set_baud ? t->kind->set_baud(t, baud) : -ENOTSUP;
}

bool transport_has_speed(const struct transport *t) { return t->kind == &serial_transport; }

const char *transport_describe(const struct transport *t) { return t->description; }

void transport_close(struct transport *t)
{
    if (!t) return;
    t->kind->close(t);
    free(t);
}
