/* out — where the simulated device's bytes go: a pseudo-terminal, a Unix socket, a file or standard output.
 *
 * A pty and a socket carry the host's commands back and can be unplugged: the reader sees a hang-up, and finds the
 * device again under the same --link (pty) or path (socket). Both wait for their first reader, so that a scenario is
 * seen from its start.
 */
#ifndef PLUMBLINE_SIM_OUT_H
#define PLUMBLINE_SIM_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum out_kind { OUT_PTY, OUT_SOCKET, OUT_FILE };

struct out {
    enum out_kind kind;
    const char *path, *link; /* of the caller; NULL where there is none */
    bool keep_up;            /* pty, socket: a slow or missing reader loses bytes, as on a wire; else wait for it */
    int fd, listener;        /* −1 when not there */
    bool reader;             /* someone reads, as far as known */
    size_t used;
    uint8_t buffer[1 << 16];
};

/* SPEC: pty, socket:PATH, file:PATH or -. LINK: a symbolic link to be kept to the pty, or NULL. KEEP_UP as above. 0, or
 * a negative errno after saying why. */
int out_open(struct out *o, const char *spec, const char *link, bool keep_up);
/* Whether SPEC carries commands back. */
bool out_is_two_way(const char *spec);

/* 0; −EPIPE when the reader left and none is to be waited for; −EINTR when a signal asks to end; another errno. Bytes
 * are collected until out_flush(), or until the buffer is full. */
int out_write(struct out *o, const uint8_t *bytes, size_t n);
int out_flush(struct out *o);

/* Waits until DEADLINE_NS (CLOCK_MONOTONIC; 0: not at all), or until the host said something: then returns how many
 * bytes it wrote to IN. 0 when the time has come, or a negative errno as above. */
ssize_t out_wait(struct out *o, int64_t deadline_ns, uint8_t *in, size_t cap);

/* Pulls the plug, and puts it in again; WAIT for a reader, or go on unheard. On a file both do nothing. */
void out_unplug(struct out *o);
int out_plug(struct out *o, bool wait);

/* Gives the reader time to take what was written, then closes and removes link and socket. */
void out_close(struct out *o);

#endif
