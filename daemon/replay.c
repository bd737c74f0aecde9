/* A stream with the time of its samples: the daemon's own path, as fast as it can be read. */
#include "plumbline/replay.h"
#include "daemon.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16384, RAW_BATCH = 256 };

/* Shows on a terminal how far the replay is, once a second. READ: samples that no protocol made. */
static void show_progress(struct pipeline *p, uint64_t read, bool last)
{
    static time_t shown;
    time_t now = time(NULL);
    struct pipeline_status s;
    if (!isatty(STDERR_FILENO) || (now == shown && !last)) return;
    shown = now;
    pipeline_status(p, &s);
    time_t local = (time_t)(s.now.wall_ns / NS_PER_S + s.now.utc_offset_s);
    struct tm tm;
    gmtime_r(&local, &tm);
    fprintf(stderr, "\r%02d:%02d:%02d  %llu samples%s", tm.tm_hour, tm.tm_min, tm.tm_sec,
            (unsigned long long)(s.link.samples + read), last ? "\n" : "");
}

/* Whether the samples can be timed: a protocol without a clock needs to be told the rate. */
static bool timed(struct daemon *d, const char *input)
{
    struct pipeline_status s;
    pipeline_status(d->pipeline, &s);
    if (!s.link.samples || s.sensor.has_clock || d->config.rate_hz > 0) return true;
    fprintf(stderr, "%s: this sensor (%s) sends no time; say how many samples a second it sent, with --rate HZ\n", input, s.protocol);
    return false;
}

/* Everything until the end of the stream; 0 or a negative errno, −EDOM (told) when its samples cannot be timed. */
static int pump(struct daemon *d, struct transport *t, const char *input)
{
    static uint8_t bytes[CHUNK];
    while (timed(d, input)) {
        ssize_t n = transport_read(t, bytes, sizeof bytes);
        if (n > 0) {
            pipeline_on_bytes(d->pipeline, bytes, (size_t)n, 0);
            show_progress(d->pipeline, 0, false);
        } else if (n == -ENODATA || n == -ENODEV) {
            return 0;
        } else if (n < 0) {
            return (int)n;
        } else {
            struct pollfd poll_fd = {.fd = transport_fd(t), .events = POLLIN};
            if (poll(&poll_fd, 1, -1) < 0 && errno != EINTR) return -errno;
        }
    }
    return -EDOM;
}

static int check_found(struct daemon *d, const char *input)
{
    struct pipeline_status s;
    pipeline_status(d->pipeline, &s);
    if (!s.protocol) {
        fprintf(stderr, "%s: no known sensor protocol was recognised in it; name it with --protocol\n", input);
        return 2;
    }
    if (s.link.samples) return 0;
    fprintf(stderr, "%s: %s was recognised, but there was no sample in it\n", input, s.protocol);
    return 2;
}

static int play_stream(struct daemon *d, const char *input)
{
    char why[256];
    struct transport *t;
    if (transport_open(input, &(struct transport_options){.baud = d->config.baud}, &t, why)) {
        fprintf(stderr, "%s\n", why);
        return 2;
    }
    int failed = pipeline_begin_stream(d->pipeline, d->config.protocol);
    if (!failed) failed = pump(d, t, input);
    transport_close(t);
    if (failed == -EDOM) return 2;
    if (failed) {
        fprintf(stderr, "%s: %s\n", input, strerror(-failed));
        return 1;
    }
    show_progress(d->pipeline, 0, true);
    return check_found(d, input);
}

static int play_source(struct daemon *d, const struct replay_source *source)
{
    struct raw_sample raw[RAW_BATCH];
    uint64_t read = 0;
    pipeline_begin_stream(d->pipeline, "auto");
    for (size_t n; (n = source->read(source->arg, raw, RAW_BATCH)) > 0;) {
        pipeline_on_raw(d->pipeline, raw, n, 0);
        read += n;
        show_progress(d->pipeline, read, false);
    }
    show_progress(d->pipeline, read, true);
    return 0;
}

int replay_run(const struct config *config, const struct replay_options *o, struct store *store, struct desk *desk)
{
    static struct daemon d;
    struct script *script = NULL;
    struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = o->start_wall_ns, .import = o->import, .trace = o->trace};
    d = (struct daemon){.config = *config, .store = store, .desk = desk, .link_text = "replay", .link_up = true};
    int failed = o->script ? script_open(&d, o->script, &script) : 0;
    if (failed) {
        fprintf(stderr, "%s: %s\n", o->script, strerror(-failed));
        return 2;
    }
    if (script) options.hook = script_hook(script);
    failed = pipeline_open(&d.config, &options, store, desk, &d.pipeline);
    int code = failed ? 2 : o->input ? play_stream(&d, o->input) : play_source(&d, &o->source);
    if (!failed) pipeline_finish(d.pipeline);
    pipeline_close(d.pipeline);
    script_close(script);
    return code;
}
