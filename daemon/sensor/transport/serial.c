/* A serial port through libserialport. Invariants:
 *   the port is ours alone (TIOCEXCL, flock) before a byte is read
 *   DTR and RTS are written once, by the one sp_set_config(); HUPCL is off, so that closing resets no board
 *   the library is for set-up only: after an unplug its reads say "0 bytes" for ever, so we read the descriptor and
 *   ask at 0 bytes whether the port hung up
 */
#include "transport.h"

#include <errno.h>
#include <libserialport.h>
#include <limits.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { BAUD = 115200 };

/* libserialport leaves errno stale for SP_ERR_ARG: what it refuses by itself is no serial port. */
static int error_of(enum sp_return r)
{
    if (r == SP_ERR_ARG) return ENOTTY;
    if (r == SP_ERR_MEM) return ENOMEM;
    return errno ? errno : EIO;
}

static int explain(const char *path, int error, char why[256])
{
    if (error != ENOTTY && error != EINVAL) return transport_explain(path, error, why);
    return transport_refuse(path, error, "is no serial port; leave out 'serial:' to let plumbline choose", why);
}

static enum sp_return configure(struct sp_port *port, int baud)
{
    struct sp_port_config *c;
    enum sp_return r = sp_new_config(&c);
    if (r != SP_OK) return r;
    sp_set_config_baudrate(c, baud);
    sp_set_config_bits(c, 8);
    sp_set_config_parity(c, SP_PARITY_NONE);
    sp_set_config_stopbits(c, 1);
    sp_set_config_rts(c, SP_RTS_ON);
    sp_set_config_dtr(c, SP_DTR_ON);
    sp_set_config_cts(c, SP_CTS_IGNORE);
    sp_set_config_dsr(c, SP_DSR_IGNORE);
    sp_set_config_xon_xoff(c, SP_XONXOFF_DISABLED);
    r = sp_set_config(port, c);
    sp_free_config(c);
    return r;
}

static int keep_lines_up(int fd)
{
    struct termios tio;
    if (tcgetattr(fd, &tio) < 0) return -errno;
    tio.c_cflag &= ~(tcflag_t)HUPCL;
    tio.c_cc[VMIN] = 1;
    tio.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &tio) < 0 ? -errno : 0;
}

/* FTDI chips hold bytes back for 16 ms unless asked not to; other drivers need not know the request. */
static void hurry(int fd)
{
    struct serial_struct s;
    if (ioctl(fd, TIOCGSERIAL, &s) < 0) return;
    s.flags = (int)((unsigned)s.flags | ASYNC_LOW_LATENCY);
    (void)ioctl(fd, TIOCSSERIAL, &s);
}

/* "1a86:7523", empty when the port is not on USB. */
static void usb_id(const struct sp_port *port, char id[10])
{
    int vid, pid;
    id[0] = '\0';
    if (sp_get_port_usb_vid_pid(port, &vid, &pid) != SP_OK) return;
    snprintf(id, 10, "%04x:%04x", (unsigned)vid & 0xffff, (unsigned)pid & 0xffff);
}

static void describe(struct transport *t, const char *path)
{
    char id[10], about[60], name[64];
    const char *said = sp_get_port_description(t->port);
    usb_id(t->port, id);
    transport_clean(about, sizeof about, said ? said : "");
    transport_clean(name, sizeof name, path);
    if (id[0] == '\0' && about[0] == '\0')
        snprintf(t->description, sizeof t->description, "serial:%s", name);
    else
        snprintf(t->description, sizeof t->description, "serial:%s (%s%s%s)", name, id, id[0] && about[0] ? " " : "",
                 about);
}

static int take(struct transport *t, const char *path, const struct transport_options *options, char why[256])
{
    errno = 0;
    enum sp_return r = sp_open(t->port, SP_MODE_READ_WRITE);
    if (r != SP_OK) return explain(path, error_of(r), why);
    if (sp_get_port_handle(t->port, &t->fd) != SP_OK) return explain(path, EIO, why);
    if (transport_claim(t) < 0) return explain(path, EBUSY, why);
    (void)ioctl(t->fd, TIOCEXCL); /* for those who take no locks; an emulated port need not know it */
    r = configure(t->port, options->baud ? (int)options->baud : BAUD);
    int error = r == SP_OK ? -keep_lines_up(t->fd) : error_of(r);
    if (error) {
        char words[120];
        unsigned baud = options->baud ? options->baud : (unsigned)BAUD;
        snprintf(words, sizeof words, "does not take %u baud, 8N1: %s", baud, strerror(error));
        return transport_refuse(path, error, words, why);
    }
    hurry(t->fd);
    return 0;
}

static int serial_open(struct transport *t, const char *path, const struct transport_options *options, char why[256])
{
    char real[PATH_MAX];
    struct stat st;
    if (options->baud > INT_MAX) return explain(path, EINVAL, why);
    if (!transport_resolve(path, real) || stat(real, &st) < 0) return explain(path, errno, why);
    if (S_ISDIR(st.st_mode)) return explain(path, EISDIR, why);
    if (access(real, R_OK | W_OK) < 0) return explain(path, errno, why);
    enum sp_return r = sp_get_port_by_name(real, &t->port);
    if (r != SP_OK) return explain(path, r == SP_ERR_MEM ? ENOMEM : ENOTTY, why);
    int error = take(t, path, options, why);
    if (error < 0) return error;
    t->pollable = t->fd;
    describe(t, path);
    return 0;
}

static ssize_t serial_read(struct transport *t, void *buf, size_t n)
{
    ssize_t r = read(t->fd, buf, n);
    if (r > 0) return r;
    if (r < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (r == 0) return transport_hung_up(t) ? -ENODEV : 0;
    return errno == EIO || errno == ENXIO ? -ENODEV : -errno;
}

static ssize_t serial_write(struct transport *t, const void *buf, size_t n)
{
    ssize_t r = write(t->fd, buf, n);
    if (r >= 0) return r;
    return errno == EIO || errno == ENXIO ? -ENODEV : -errno;
}

static void serial_close(struct transport *t)
{
    if (t->fd >= 0) {
        (void)ioctl(t->fd, TIOCNXCL);
        sp_close(t->port);
    }
    if (t->port) sp_free_port(t->port);
}

/* The lines stay as they are: DTR moves only at speed 0, which is not in the table. What came at the old speed is
 * noise. */
static int serial_set_baud(struct transport *t, unsigned baud)
{
    static const struct {
        unsigned baud;
        speed_t speed;
    } table[] = {{4800, B4800},     {9600, B9600},     {19200, B19200},   {38400, B38400},   {57600, B57600},
                 {115200, B115200}, {230400, B230400}, {460800, B460800}, {921600, B921600}, {1000000, B1000000}};
    struct termios tio;
    size_t i = 0, n = sizeof table / sizeof table[0];
    while (i < n && table[i].baud != baud) i++;
    if (i == n) return -EINVAL;
    if (tcgetattr(t->fd, &tio) < 0 || cfsetspeed(&tio, table[i].speed) < 0) return -errno;
    if (tcsetattr(t->fd, TCSANOW, &tio) < 0 || tcflush(t->fd, TCIFLUSH) < 0) return -errno;
    return 0;
}

const struct transport_kind serial_transport = {.name = "serial", .open = serial_open, .read = serial_read,
                                                .write = serial_write, .close = serial_close,
                                                .set_baud = serial_set_baud};
