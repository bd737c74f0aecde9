/* Invariants: buffer[0 .. used) is not yet written; fd ≥ 0 while plugged in (a socket's is its reader); a link or a
 * socket exists in the file system only while plugged in. SIGPIPE is ignored: a reader that left shows as EPIPE.
 */
#include "out.h"

#include "out_end.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}


static void catch_signals(void)
{
    struct sigaction end = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

bool out_is_two_way(const char *spec) { return strcmp(spec, "pty") == 0 || strncmp(spec, "socket:", 7) == 0; }

int out_open(struct out *o, const char *spec, const char *link, bool keep_up)
{
    memset(o, 0, sizeof *o);
    o->fd = o->listener = -1;
    o->link = link;
    o->keep_up = keep_up;
    catch_signals();
    if (strcmp(spec, "pty") == 0) {
        o->kind = OUT_PTY;
        return out_plug(o, true);
    }
    if (strncmp(spec, "socket:", 7) == 0) {
        o->kind = OUT_SOCKET;
        o->path = spec + 7;
        return out_plug(o, true);
    }
    o->kind = OUT_FILE;
    o->reader = true;
    if (strcmp(spec, "-") == 0) {
        o->fd = STDOUT_FILENO;
        return 0;
    }
    if (strncmp(spec, "file:", 5) != 0) {
        fprintf(stderr, "plumbline-sim: --out %s: expected pty, socket:PATH, file:PATH or -\n", spec);
        return -EINVAL;
    }
    o->fd = open(spec + 5, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (o->fd >= 0) return 0;
    int error = errno;
    fprintf(stderr, "plumbline-sim: cannot write %s: %s\n", spec + 5, strerror(error));
    return -error;
}

int out_plug(struct out *o, bool wait)
{
    if (o->kind == OUT_FILE || o->fd >= 0) return 0;
    int error = o->kind == OUT_PTY ? out_end_pty(o) : out_end_listen(o);
    while (!error && wait && !o->reader) {
        if (interrupted) return -EINTR;
        out_end_find_reader(o, 100);
    }
    return error;
}

/* The reader left. On a wire the device would go on unheard; otherwise there is nobody to play for. */
static int reader_left(struct out *o)
{
    o->used = 0;
    o->reader = false;
    if (o->kind == OUT_SOCKET && o->fd >= 0) {
        close(o->fd);
        o->fd = -1;
    }
    return o->kind != OUT_FILE && o->keep_up ? 0 : -EPIPE;
}

static int write_some(struct out *o, size_t *done)
{
    ssize_t n = write(o->fd, o->buffer + *done, o->used - *done);
    if (n >= 0) {
        *done += (size_t)n;
        return 0;
    }
    if (errno == EINTR) return interrupted ? -EINTR : 0;
    if (errno == EPIPE || errno == ECONNRESET || errno == EIO) return -EPIPE;
    if (errno != EAGAIN) return -errno;
    if (o->keep_up) {
        *done = o->used;
        return 0;
    }
    struct pollfd p = {.fd = o->fd, .events = POLLOUT};
    poll(&p, 1, 1000);
    if (p.revents & (POLLHUP | POLLERR)) return -EPIPE;
    return interrupted ? -EINTR : 0;
}

int out_flush(struct out *o)
{
    size_t done = 0;
    if (!o->reader || o->fd < 0) done = o->used;
    while (done < o->used) {
        int error = write_some(o, &done);
        if (error == -EPIPE) return reader_left(o);
        if (error) return error;
    }
    o->used = 0;
    return 0;
}

int out_write(struct out *o, const uint8_t *bytes, size_t n)
{
    if (o->used + n > sizeof o->buffer) {
        int error = out_flush(o);
        if (error) return error;
    }
    memcpy(o->buffer + o->used, bytes, n);
    o->used += n;
    return 0;
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Sleeps until DEADLINE_NS or until there is something to read; true in the latter case. */
static bool sleep_or_hear(struct out *o, int64_t deadline_ns)
{
    int64_t left_ns = deadline_ns ? deadline_ns - now_ns() : 0;
    if (left_ns < 0) left_ns = 0;
    struct timespec left = {.tv_sec = left_ns / 1000000000, .tv_nsec = left_ns % 1000000000};
    struct pollfd p = {.fd = o->kind == OUT_FILE || !o->reader ? -1 : o->fd, .events = POLLIN};
    return ppoll(&p, 1, &left, NULL) > 0 && p.revents;
}

ssize_t out_wait(struct out *o, int64_t deadline_ns, uint8_t *in, size_t cap)
{
    if (interrupted) return -EINTR;
    if (o->kind != OUT_FILE && !o->reader) out_end_find_reader(o, 0);
    if (!sleep_or_hear(o, deadline_ns)) return interrupted ? -EINTR : 0;
    ssize_t n = read(o->fd, in, cap);
    if (n > 0) return n;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    return reader_left(o);
}

void out_unplug(struct out *o)
{
    if (o->kind == OUT_FILE) return;
    out_flush(o);
    out_end_drain(o);
    out_end_remove(o);
    o->reader = false;
    o->used = 0;
}

void out_close(struct out *o)
{
    out_unplug(o);
    if (o->kind == OUT_FILE && o->fd > STDOUT_FILENO) close(o->fd);
    o->fd = -1;
}
