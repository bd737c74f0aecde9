/* transport — what serial.c, usb.c, stream.c and file.c share: an open link, and how each kind opens, reads and writes.
 *
 * Errors are spoken where the system gives them: an open that fails writes one line to WHY that says what to do.
 */
#ifndef PLUMBLINE_TRANSPORT_H
#define PLUMBLINE_TRANSPORT_H

#include "plumbline/sensor.h"

#include <limits.h>

struct gzFile_s;
struct sp_port;
struct usb;

struct transport {
    const struct transport_kind *kind;
    int fd;       /* −1 for a file and for USB */
    int pollable; /* what transport_fd() gives */
    bool receive_only;
    bool shared;          /* standard input: other programs hold this descriptor too */
    struct gzFile_s *gz;  /* file */
    struct sp_port *port; /* serial */
    struct usb *usb;
    char description[160];
};

struct transport_kind {
    const char *name;
    /* Opens PATH into T (cleared, fd −1). 0, or a negative errno with WHY written; what was taken is then in T for
     * close(). */
    int (*open)(struct transport *t, const char *path, const struct transport_options *options, char why[256]);
    ssize_t (*read)(struct transport *t, void *buf, size_t n);
    ssize_t (*write)(struct transport *t, const void *buf, size_t n);
    void (*close)(struct transport *t);
    int (*set_baud)(struct transport *t, unsigned baud); /* NULL: it has no speed */
};

extern const struct transport_kind serial_transport, usb_transport, stream_transport, file_transport;

/* Writes to WHY what stands in the way of PATH and what to do about it; returns −ERROR. ERROR > 0. */
int transport_explain(const char *path, int error, char why[256]);

/* Writes "PATH WORDS" to WHY; returns −ERROR. */
int transport_refuse(const char *path, int error, const char *words, char why[256]);

/* Takes an exclusive lock on T's descriptor, so that no second daemon shares a device's bytes. 0 or −EBUSY. */
int transport_claim(struct transport *t);

/* Whether nobody is at the other end any more; asked when a read gave 0 bytes. */
bool transport_hung_up(const struct transport *t);

/* The path of the node that PATH leads to (libserialport knows no links). False with errno set. */
bool transport_resolve(const char *path, char real[PATH_MAX]);

/* Copies TEXT with everything but printable ASCII replaced by '?'. */
void transport_clean(char *out, size_t cap, const char *text);

#endif
