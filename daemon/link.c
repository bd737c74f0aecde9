/* Invariants:
 *   UP: an open transport, an io source and the reading timer; else seek.c waits for reason to look again;
 *   no state spins: a device that is away wakes nobody, one that fails at once is tried less and less often;
 *   nothing is written to a device before its protocol is known.
 */
#include "seek.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096, CHUNKS_AT_ONCE = 16, PACE_US = 300 * 1000, QUIET_PACE_US = 1000 * 1000 };

static const int64_t START_AFTER_NS = 3 * (int64_t)NS_PER_S / 2;
static const int64_t TALKS_FOR_NS = SECONDS_NS(30); /* into silence */
static const int64_t GUESS_FOR_NS = SECONDS_NS(5);

struct link {
    struct daemon *daemon;
    struct seek *seek;
    struct transport *transport;  /* NULL while waiting */
    sd_event_source *io, *next_read;
    struct target target;
    struct hunt hunt;
    bool known;                   /* who speaks */
    bool guessed;                 /* what it may speak, from what it spoke before */
    bool was_up;                  /* since the daemon began, or its settings changed */
    struct target last;           /* that was understood, and as what */
    int64_t up_ns, heard_ns, asked_ns;
    char told[512];               /* what the journal was told last: said once, not at every try */
};

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

/* For status, and for what looks at the devices. */
static void show_device(const struct link *l)
{
    struct daemon *d = l->daemon;
    snprintf(d->link_address, sizeof d->link_address, "%s", l->transport ? l->target.address : "");
    snprintf(d->link_key, sizeof d->link_key, "%s", l->transport ? l->target.key : "");
    d->link_baud = l->transport && transport_has_speed(l->transport) ? hunt_baud(&l->hunt) : 0;
}

static void go_down(struct link *l, const char *why, enum gap_reason reason)
{
    l->io = sd_event_source_disable_unref(l->io);
    l->next_read = sd_event_source_disable_unref(l->next_read);
    transport_close(l->transport);
    l->transport = NULL;
    show_device(l);
    tell(l, false, why);
    pipeline_end_stream(l->daemon->pipeline, reason);
    seek_wait(l->seek);
    live_rearm(l->daemon);
}

/* ---- who is it: the protocol and the speed ---- */

/* What to take it for at first. What was understood before counts only for the same device, not for whatever else is in
 * that port by now: to a protocol that is taken for known things are said. */
static const char *first_guess(const struct link *l)
{
    const struct target *t = &l->target;
    bool sure = !transport_has_speed(l->transport) || (t->key[0] && !strchr(t->key, '@'));
    bool same = !strcmp(t->key, l->last.key) && (t->key[0] || !strcmp(t->address, l->last.address));
    if (strcmp(t->protocol, "auto") != 0 || !sure) return t->protocol;
    return same ? l->last.protocol : t->guess[0] ? t->guess : t->protocol;
}

static void begin_stream(struct link *l, const char *protocol)
{
    l->known = false;
    l->guessed = strcmp(protocol, l->target.protocol) != 0;
    l->asked_ns = 0;
    pipeline_begin_stream(l->daemon->pipeline, protocol);
}

/* Speeds, then the same from the start; a device that stays strange gives way to another. */
static void listen_anew(struct link *l, enum hunt_turn turn)
{
    if (turn == HUNT_SPEED) transport_set_baud(l->transport, hunt_baud(&l->hunt));
    if (l->known) pipeline_end_stream(l->daemon->pipeline, GAP_LOSS);
    show_device(l);
    begin_stream(l, l->target.protocol);
}

/* A board may have been given another program, a name another device behind it. */
static bool guessed_wrong(const struct link *l, const struct pipeline_link *k, bool heard, int64_t now_ns)
{
    return l->guessed && !l->known && heard && !k->promising && now_ns - l->up_ns > GUESS_FOR_NS;
}

static void recognise(struct link *l, const struct pipeline_link *k, bool heard, int64_t now_ns)
{
    if (k->samples && !l->known) {
        l->known = true;
        l->last = l->target;
        snprintf(l->last.protocol, sizeof l->last.protocol, "%s", k->protocol);
        l->last.baud = transport_has_speed(l->transport) ? hunt_baud(&l->hunt) : 0;
        hunt_locked(&l->hunt, now_ns);
        seek_settle(l->seek, &l->target, k->protocol, transport_has_speed(l->transport) ? hunt_baud(&l->hunt) : 0);
    }
    if (!l->known && heard) hunt_heard(&l->hunt, k->promising, now_ns);
    if (l->known) hunt_watch(&l->hunt, &k->stats, now_ns);
    enum hunt_turn turn = hunt_turn(&l->hunt, now_ns);
    if (turn != HUNT_STAY || guessed_wrong(l, k, heard, now_ns)) listen_anew(l, turn);
}

/* A candidate among several had its time: silent, or not understood at any speed. */
static bool is_hopeless(const struct link *l, int64_t now_ns)
{
    return !l->known && now_ns - l->up_ns > TALKS_FOR_NS;
}

/* ---- what is said to it ---- */

static int write_command(struct link *l, const struct sensor_command *command)
{
    uint8_t bytes[512];
    size_t n = pipeline_encode(l->daemon->pipeline, command, bytes, sizeof bytes);
    return n ? transport_write(l->transport, bytes, n) : -ENOTSUP;
}

/* The protocol's own questions; and a device that sends no samples is asked to. */
static void talk(struct link *l, const struct pipeline_link *k, int64_t now_ns)
{
    uint8_t bytes[512];
    size_t n;
    if (!k->protocol) return;
    for (int i = 0; i < 4 && (n = pipeline_poll(l->daemon->pipeline, bytes, sizeof bytes)) > 0; i++)
        if (transport_write(l->transport, bytes, n)) break;
    if (!l->asked_ns) l->asked_ns = k->stats.samples ? 1 : now_ns; /* one that is known need not be waited for */
    if (k->samples || now_ns - l->asked_ns < START_AFTER_NS) return;
    l->asked_ns = now_ns;
    float rate_hz = l->daemon->config.rate_hz; /* 0: the one it has */
    write_command(l, &(struct sensor_command){.kind = SENSOR_START, .rate_hz = rate_hz, .batch = rate_hz > 80 ? 19 : 10});
}

int link_send(struct link *l, const struct sensor_command *command)
{
    return l->transport && l->known ? write_command(l, command) : -ENOTCONN;
}

/* ---- what comes from it ---- */

/* Everything that has come, but not for ever: a device that sends faster than it is read must not starve the rest.
 * Returns how much it was, or a negative errno. */
static ssize_t read_all(struct link *l)
{
    uint8_t bytes[CHUNK];
    ssize_t n = 0, total = 0;
    for (int i = 0; i < CHUNKS_AT_ONCE && (n = transport_read(l->transport, bytes, sizeof bytes)) > 0; i++) {
        pipeline_on_bytes(l->daemon->pipeline, bytes, (size_t)n, pipeline_clock_ns(CLOCK_BOOTTIME));
        total += n;
    }
    return total ? total : n;
}

/* A sensor sends a little every few milliseconds. Reading it three times a second is enough for a back and lets the
 * processor sleep; the kernel's buffer holds far more than that. Without data the descriptor itself is waited for, and for
 * a while a timer as well, because a device may have to be asked. */
static void pace(struct link *l, bool flowing, int64_t now_ns)
{
    int64_t since_ns = l->heard_ns > l->up_ns ? l->heard_ns : l->up_ns;
    bool talks = now_ns - since_ns < TALKS_FOR_NS || !l->target.settled;
    sd_event_source_set_enabled(l->io, flowing ? SD_EVENT_OFF : SD_EVENT_ON);
    if (flowing || talks) sd_event_source_set_time_relative(l->next_read, flowing ? PACE_US : QUIET_PACE_US);
    sd_event_source_set_enabled(l->next_read, flowing || talks ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void lose(struct link *l, int error)
{
    char why[PATH_LEN + 100];
    snprintf(why, sizeof why, "%s is gone (%s); waiting for it to come back", l->target.address,
             error == -ENODEV || error == -ENODATA ? "unplugged or closed" : strerror(-error));
    go_down(l, why, GAP_UNPLUGGED);
}

static void take_what_came(struct link *l)
{
    struct pipeline_link k;
    ssize_t n = read_all(l);
    if (n < 0) {
        lose(l, (int)n);
        return;
    }
    int64_t now_ns = pipeline_clock_ns(CLOCK_BOOTTIME);
    if (n > 0) l->heard_ns = now_ns;
    pipeline_link(l->daemon->pipeline, &k);
    talk(l, &k, now_ns);
    recognise(l, &k, n > 0, now_ns);
    if (is_hopeless(l, now_ns) && seek_pass_over(l->seek, &l->target)) {
        go_down(l, "this is no sensor; looking at the next device", GAP_UNPLUGGED);
        return;
    }
    pace(l, n > 0, now_ns);
    live_rearm(l->daemon);
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

/* ---- up and down ---- */

static void go_up(struct link *l)
{
    struct daemon *d = l->daemon;
    seek_stop_waiting(l->seek);
    l->was_up = true;
    l->up_ns = pipeline_clock_ns(CLOCK_BOOTTIME);
    l->heard_ns = 0;
    hunt_begin(&l->hunt, transport_has_speed(l->transport) && !d->config.baud, l->target.baud);
    show_device(l);
    pipeline_name_device(d->pipeline, l->target.key);
    begin_stream(l, first_guess(l));
    if (sd_event_add_io(d->loop, &l->io, transport_fd(l->transport), EPOLLIN, on_readable, l) < 0 ||
        sd_event_add_time_relative(d->loop, &l->next_read, CLOCK_BOOTTIME, PACE_US, PACE_US / 8, on_next_read, l) < 0) {
        go_down(l, "this device cannot be waited for; use a tty, a FIFO or a socket", GAP_UNPLUGGED);
        return;
    }
    char text[512];
    snprintf(text, sizeof text, "reading %s", transport_describe(l->transport));
    tell(l, true, text);
    pace(l, false, l->up_ns);
    live_rearm(d);
}

static void look(void *arg)
{
    struct link *l = arg;
    char why[256];
    if (l->transport) return;
    int failed = seek_find(l->seek, &l->target, why);
    if (!l->target.baud && l->target.key[0] && !strcmp(l->target.key, l->last.key)) l->target.baud = l->last.baud;
    struct transport_options options = {.baud = l->target.baud};
    if (!failed) failed = transport_open(l->target.address, &options, &l->transport, why);
    if (!failed) {
        go_up(l);
        return;
    }
    l->transport = NULL;
    if (failed != -ENOENT || !l->was_up) tell(l, false, why); /* one that was there is known to be gone */
    if (failed != -ENOENT) seek_pass_over(l->seek, &l->target);
    seek_wait(l->seek);
}

int link_open(struct daemon *d, struct link **out)
{
    struct link *l = calloc(1, sizeof *l);
    if (!l) return -ENOMEM;
    l->daemon = d;
    int failed = seek_open(d, look, l, &l->seek);
    if (failed < 0) {
        free(l);
        return failed;
    }
    *out = l;
    look(l);
    return 0;
}

void link_restart(struct link *l)
{
    if (l->transport) go_down(l, "the sensor's settings changed", GAP_UNPLUGGED);
    seek_forget(l->seek);
    l->was_up = false;
    look(l);
}

void link_wake(struct link *l)
{
    if (l->transport) take_what_came(l);
    else look(l);
}

void link_close(struct link *l)
{
    if (!l) return;
    sd_event_source_disable_unref(l->io);
    sd_event_source_disable_unref(l->next_read);
    transport_close(l->transport);
    seek_close(l->seek);
    free(l);
}
