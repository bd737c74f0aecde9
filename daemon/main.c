/* plumblined: options, configuration, store; then the live loop or a replay. Exit codes: 0 done, 1 failed while running,
 * 2 could not start (standard error says what to do). */
#include "daemon.h"
#include "plumbline/replay.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "plumblined " PLUMBLINE_VERSION " — reads a sensor on the back, keeps every sample, speaks up seldom\n"
    "\n"
    "  plumblined                          run with ~/.config/plumbline/plumbline.conf (as the systemd user unit does)\n"
    "  plumblined --device /dev/ttyUSB0    the same with another sensor\n"
    "  plumblined --clock=samples --start '2026-03-02 08:30' --device day.plumb --data /tmp/day --sink -\n"
    "                                      replay a recorded stream: a day in seconds, notices on standard output\n"
    "\n"
    "  -c, --config FILE     configuration instead of the usual one\n"
    "  -d, --data DIR        data folder instead of the configured one\n"
    "      --device ADDRESS  a tty, pty, FIFO, socket or file; or serial:…, usb:VID:PID, stream:…, file:…; stream:- is stdin\n"
    "      --protocol NAME   auto, or a protocol by name\n"
    "      --rate HZ         samples a second, for replaying a sensor without a clock\n"
    "      --sink bus|-|FILE where notices go: the desktop (usual), standard output or a file\n"
    "      --clock=samples   time comes from the samples; needs --start, ends with the stream\n"
    "      --start TIME      local time of the first sample: 'YYYY-MM-DD HH:MM[:SS]'\n"
    "      --script FILE     commands at given seconds of a replay\n"
    "      --trace FILE      each event and minute of a replay as a line ('-': standard output)\n"
    "      --version, --help\n";

struct arguments {
    const char *config, *data, *device, *protocol, *rate, *sink, *clock, *start, *script, *trace;
};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "plumblined: %s: %s\n", what, why);
    return 2;
}

/* 0, 2 for a mistake, −1 when there is nothing left to do. */
static int parse(int argc, char **argv, struct arguments *a)
{
    enum { DEVICE = 256, PROTOCOL, RATE, SINK, CLOCK, START, SCRIPT, TRACE, VERSION };
    static const struct option options[] = {
        {"config", 1, NULL, 'c'},   {"data", 1, NULL, 'd'},     {"device", 1, NULL, DEVICE}, {"protocol", 1, NULL, PROTOCOL},
        {"rate", 1, NULL, RATE},    {"sink", 1, NULL, SINK},    {"clock", 1, NULL, CLOCK},   {"start", 1, NULL, START},
        {"script", 1, NULL, SCRIPT}, {"trace", 1, NULL, TRACE}, {"version", 0, NULL, VERSION}, {"help", 0, NULL, 'h'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "c:d:h", options, NULL)) != -1;)
        switch (o) {
        case 'c': a->config = optarg; break;
        case 'd': a->data = optarg; break;
        case DEVICE: a->device = optarg; break;
        case PROTOCOL: a->protocol = optarg; break;
        case RATE: a->rate = optarg; break;
        case SINK: a->sink = optarg; break;
        case CLOCK: a->clock = optarg; break;
        case START: a->start = optarg; break;
        case SCRIPT: a->script = optarg; break;
        case TRACE: a->trace = optarg; break;
        case VERSION: puts("plumblined " PLUMBLINE_VERSION); return -1;
        case 'h': fputs(help, stdout); return -1;
        default: return fail("options", "see plumblined --help");
        }
    return optind < argc ? fail(argv[optind], "not an option; see plumblined --help") : 0;
}

void main_override(const struct daemon *d, struct config *c)
{
    if (d->device) snprintf(c->device, sizeof c->device, "%s", d->device);
    if (d->protocol) snprintf(c->protocol, sizeof c->protocol, "%s", d->protocol);
    if (d->rate_hz > 0) c->rate_hz = d->rate_hz;
}

static int configure(struct daemon *d, const struct arguments *a)
{
    config_default(&d->config);
    if (a->config)
        snprintf(d->config_path, sizeof d->config_path, "%s", a->config);
    else
        config_default_path(d->config_path);
    int mistakes = config_read(&d->config, d->config_path, stderr);
    if (mistakes == -ENOENT && !a->config) mistakes = 0; /* the defaults will do */
    if (mistakes < 0) return fail(d->config_path, strerror(-mistakes));
    if (mistakes) return fail(d->config_path, "mend the lines above, then start again ('plumbline config check' looks too)");
    if (a->data) snprintf(d->config.data, sizeof d->config.data, "%s", a->data);
    d->device = a->device;
    d->protocol = a->protocol;
    char *end = NULL;
    if (a->rate) d->rate_hz = strtof(a->rate, &end);
    if (a->rate && (*end || !(d->rate_hz > 0 && d->rate_hz <= 1000)))
        return fail("--rate", "expected 0.1 to 1000 samples a second");
    main_override(d, &d->config);
    char known[128];
    if (!config_protocol_known(d->config.protocol, known)) {
        fprintf(stderr, "plumblined: there is no protocol '%s'; use one of %s\n", d->config.protocol, known);
        return 2;
    }
    return 0;
}

static bool parse_start(const char *text, int64_t *wall_ns)
{
    struct tm tm = {.tm_isdst = -1};
    const char *rest = strptime(text, "%Y-%m-%d %H:%M", &tm);
    if (!rest) rest = strptime(text, "%Y-%m-%dT%H:%M", &tm);
    if (rest && *rest == ':') rest = strptime(rest, ":%S", &tm);
    if (!rest || *rest) return false;
    if (tm.tm_year < 70 || tm.tm_year > 300) return false; /* 1970 to 2200: what nanoseconds since 1970 can hold */
    time_t t = mktime(&tm);
    *wall_ns = (int64_t)t * NS_PER_S;
    return t != (time_t)-1;
}

static FILE *open_out(const char *name) { return !strcmp(name, "-") ? stdout : fopen(name, "we"); }

static int open_sink(struct daemon *d, const char *sink)
{
    if (!sink || !strcmp(sink, "bus")) return 0;
    FILE *f = open_out(sink);
    if (!f) return fail(sink, strerror(errno));
    return desk_open_file(f, &d->desk) ? fail(sink, "out of memory") : 0;
}

static int open_store(struct daemon *d, bool replay)
{
    struct store_options options;
    char why[256], memory[PATH_LEN];
    store_options_default(&options);
    options.wait_when_full = replay;
    options.retention_days = replay ? 0 : d->config.retention_days;
    if (!replay && config_memory_path(memory) == 0) options.memory = memory;
    if (store_open(d->config.data, &options, &d->store, why)) return fail(d->config.data, why);
    struct store_state state;
    store_state(d->store, &state);
    if (state.recovered[0]) fprintf(stderr, "%s: %s\n", d->config.data, state.recovered);
    return 0;
}

static int run_replay(struct daemon *d, const struct arguments *a)
{
    struct replay_options o = {.input = d->config.device, .script = a->script};
    if (strcmp(a->clock, "samples") != 0) return fail("--clock", "only 'samples' is known");
    if (!a->data) return fail("--clock", "a replay wants a data folder of its own: --data DIR");
    if (!a->start || !parse_start(a->start, &o.start_wall_ns)) return fail("--start", "expected 'YYYY-MM-DD HH:MM[:SS]'");
    if (a->trace && !(o.trace = open_out(a->trace))) return fail(a->trace, strerror(errno));
    int code = replay_run(&d->config, &o, d->store, d->desk);
    if (o.trace && o.trace != stdout) fclose(o.trace);
    return code;
}

/* Two threads that allocate little share one heap, and what was large for a moment goes back at once. */
static void keep_memory_small(void)
{
    enum { LARGE = 64 * 1024 };
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, LARGE);
}

int main(int argc, char **argv)
{
    static struct daemon daemon;
    struct arguments a = {0};
    int code = parse(argc, argv, &a);
    if (code) return code < 0 ? 0 : code;
    keep_memory_small();
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stderr, NULL, _IOLBF, 0);
    if (!a.clock && (a.start || a.script || a.trace)) return fail("--start, --script and --trace", "only with --clock=samples");
    if ((code = configure(&daemon, &a))) return code;
    if ((code = open_sink(&daemon, a.sink))) return code;
    if ((code = open_store(&daemon, a.clock != NULL))) return code;
    code = a.clock ? run_replay(&daemon, &a) : live_run(&daemon);
    store_close(daemon.store);
    if (a.clock) desk_close(daemon.desk);
    return code;
}
