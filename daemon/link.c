/* Invariants:
 *   state UP has an open transport and an io source; WAITING has neither, and a timer and a watch on the device's folder;
 *   no state spins: a link that fails at once waits longer each time, up to RETRY_MAX_S;
 *   nothing is written to a device before its protocol is known.
 */
#include "daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>

enum { CHUNK = 4096, CHUNKS_AT_ONCE = 16, PACE_US = 200 * 1000, RETRY_FIRST_S = 1, RETRY_MAX_S = 30 };

#define START_AFTER_NS (3 * (int64_t)NS_PER_S / 2)

struct link {
    struct daemon *daemon;
    struct transport *transport; /* NULL while waiting */
    sd_event_source *io, *next_read, *retry, *folder;
    int retry_s;
    bool was_up;                 /* at this address, since the daemon began */
    int64_t greeted_ns;          /* when the device was asked what it is; 0 not yet */
    bool started;                /* it streams, or was asked to */
    char why[256];               /* why the device could not be opened */
    char told[512];              /* what the journal was told last: said once, not at every try */
};

static void try_open(struct link *l);

static int64_t boot_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_BOOTTIME, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* TEXT is what status shows from now on. */
static void tell(struct link *l, bool up, const char *text)
{
    struct daemon *d = l->daemon;
    d->link_up = up;
    snprintf(d->link_text, sizeof d->link_text, "%s", text);
    if (!strcmp(l->told, text)) return;
    snprintf(l->told, sizeof l->told, "%s", text);
    fprintf(stderr, "%s\n", text);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *arg)
{
    (void)source, (void)usec;
    try_open(arg);
    return 0;
}

static int on_folder(sd_event_source *source, const struct inotify_event *event, void *arg)
{
    struct link *l = arg;
    const char *name = strrchr(l->daemon->config.device, '/');
    (void)source;
    if (!l->transport && event->len && name && !strcmp(event->name, name + 1)) try_open(l);
    return 0;
}

/* Waits for the device: for a new name in its folder, and by a timer for everything that makes no name. */
static void wait_for_device(struct link *l)
{
    sd_event *loop = l->daemon->loop;
    uint64_t wait_us = (uint64_t)l->retry_s * 1000000;
    if (!l->retry)
        sd_event_add_time_relative(loop, &l->retry, CLOCK_BOOTTIME, wait_us, wait_us / 8, on_retry, l);
    else
        sd_event_source_set_time_relative(l->retry, wait_us);
    if (l->retry) sd_event_source_set_enabled(l->retry, SD_EVENT_ONESHOT);
    l->retry_s = l->retry_s * 2 < RETRY_MAX_S ? l->retry_s * 2 : RETRY_MAX_S;
    const char *path = strchr(l->daemon->config.device, '/');
    if (l->folder || !path) return;
    char folder[PATH_LEN];
    snprintf(folder, sizeof folder, "%s", path);
    char *end = strrchr(folder, '/');
    end[end == folder] = 0;
    if (sd_event_add_inotify(loop, &l->folder, folder, IN_CREATE | IN_MOVED_TO | IN_ATTRIB, on_folder, l) < 0) l->folder = NULL;
}

static void go_down(struct link *l, const char *why, enum gap_reason reason)
{
    l->io = sd_event_source_disable_unref(l->io);
    l->next_read = sd_event_source_disable_unref(l->next_read);
    transport_close(l->transport);
    l->transport = NULL;
    tell(l, false, why);
    pipeline_end_stream(l->daemon->pipeline, reason);
    wait_for_device(l);
    live_rearm(l->daemon);
}

static void send(struct link *l, const struct sensor_command *command)
{
    uint8_t bytes[64];
    size_t n = pipeline_encode(l->daemon->pipeline, command, bytes, sizeof bytes);
    if (n) transport_write(l->transport, bytes, n);
}

/* A device whose protocol is known is asked what it is and what its numbers mean (it may have been streaming for long),
 * and when still no sample comes of it, to stream. */
static void start_streaming(struct link *l)
{
    struct pipeline_status s;
    if (l->started) return;
    pipeline_status(l->daemon->pipeline, &s);
    if (!s.protocol) return;
    if (!l->greeted_ns) {
        l->greeted_ns = boot_ns();
        send(l, &(struct sensor_command){.kind = SENSOR_HELLO});
    }
    l->started = s.link.samples || boot_ns() - l->greeted_ns > START_AFTER_NS;
    if (!l->started || s.link.samples) return;
    float rate_hz = l->daemon->config.rate_hz; /* 0: the one it has */
    send(l, &(struct sensor_command){.kind = SENSOR_START, .rate_hz = rate_hz, .batch = rate_hz > 80 ? 19 : 10});
}

/* Everything that has come, but not for ever: a device that sends faster than it is read must not starve the rest.
 * Returns how much it was, or a negative errno. */
static ssize_t read_all(struct link *l)
{
    uint8_t bytes[CHUNK];
    ssize_t n = 0, total = 0;
    for (int i = 0; i < CHUNKS_AT_ONCE && (n = transport_read(l->transport, bytes, sizeof bytes)) > 0; i++) {
        pipeline_on_bytes(l->daemon->pipeline, bytes, (size_t)n, boot_ns());
        total += n;
    }
    return total ? total : n;
}

/* A sensor sends a little every few milliseconds. Reading it five times a second is enough for a back and lets the
 * processor sleep; the kernel's buffer holds far more than that. Without data the descriptor itself is waited for. */
static void pace(struct link *l, bool flowing)
{
    sd_event_source_set_enabled(l->io, flowing ? SD_EVENT_OFF : SD_EVENT_ON);
    if (flowing) sd_event_source_set_time_relative(l->next_read, PACE_US);
    sd_event_source_set_enabled(l->next_read, flowing ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void take_what_came(struct link *l)
{
    ssize_t n = read_all(l);
    if (n >= 0) {
        if (n > 0) l->retry_s = RETRY_FIRST_S;
        if (n > 0) start_streaming(l);
        pace(l, n > 0);
        live_rearm(l->daemon);
        return;
    }
    char why[256];
    snprintf(why, sizeof why, "%s is gone (%s); waiting for it to come back", l->daemon->config.device,
             n == -ENODEV || n == -ENODATA ? "unplugged or closed" : strerror((int)-n));
    go_down(l, why, GAP_UNPLUGGED);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    (void)source, (void)fd, (void)events;
    take_what_came(arg);
    return 0;
}

static int on_next_read(sd_event_source *source, uint64_t usec, void *arg)
{
    (void)source, (void)usec;
    take_what_came(arg);
    return 0;
}

static void go_up(struct link *l)
{
    struct daemon *d = l->daemon;
    l->folder = sd_event_source_disable_unref(l->folder);
    l->retry = sd_event_source_disable_unref(l->retry);
    l->started = false;
    l->greeted_ns = 0;
    l->was_up = true;
    pipeline_begin_stream(d->pipeline, d->config.protocol);
    if (sd_event_add_io(d->loop, &l->io, transport_fd(l->transport), EPOLLIN, on_readable, l) < 0 ||
        sd_event_add_time_relative(d->loop, &l->next_read, CLOCK_BOOTTIME, PACE_US, PACE_US / 8, on_next_read, l) < 0) {
        go_down(l, "this device cannot be waited for; use a tty, a FIFO or a socket", GAP_UNPLUGGED);
        return;
    }
    char text[512];
    pace(l, false);
    snprintf(text, sizeof text, "reading %s", transport_describe(l->transport));
    tell(l, true, text);
    live_rearm(d);
}

static void try_open(struct link *l)
{
    struct transport_options options = {.baud = l->daemon->config.baud};
    int failed = transport_open(l->daemon->config.device, &options, &l->transport, l->why);
    if (!failed) {
        go_up(l);
        return;
    }
    l->transport = NULL;
    if (failed != -ENOENT || !l->was_up) tell(l, false, l->why); /* one that was there is known to be gone */
    wait_for_device(l);
}

static void begin(struct link *l)
{
    if (l->daemon->config.device[0])
        try_open(l);
    else
        tell(l, false, "no sensor is set; add 'device = /dev/ttyUSB0' under [sensor] (see 'plumbline doctor')");
}

int link_open(struct daemon *d, struct link **out)
{
    struct link *l = calloc(1, sizeof *l);
    if (!l) return -ENOMEM;
    l->daemon = d;
    l->retry_s = RETRY_FIRST_S;
    *out = l;
    begin(l);
    return 0;
}

void link_restart(struct link *l)
{
    if (l->transport) go_down(l, "the sensor's settings changed", GAP_UNPLUGGED);
    l->folder = sd_event_source_disable_unref(l->folder);
    l->retry = sd_event_source_disable_unref(l->retry);
    l->retry_s = RETRY_FIRST_S;
    l->was_up = false;
    begin(l);
}

void link_close(struct link *l)
{
    if (!l) return;
    sd_event_source_disable_unref(l->io);
    sd_event_source_disable_unref(l->next_read);
    sd_event_source_disable_unref(l->retry);
    sd_event_source_disable_unref(l->folder);
    transport_close(l->transport);
    free(l);
}
