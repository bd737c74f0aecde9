/* A recorded day into the wearer's own store: raw log, minutes and events, by the way that live samples go.
 *
 * The recording is read twice: first to know what it spans, for time that the store holds already is not written over;
 * then through the pipeline. Interrupted, it ends with the running minute, and says how to go on from there.
 */
#include "tool.h"
#include "import/recording.h"
#include "plumbline/replay.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 256, RATE_MIN = 2, RATE_MAX = 4000, WHEN = 32 };

struct wish {
    const char *file;
    const struct import_format *format;
    struct import_options table;
    struct recording_options span;
    struct config config;
    bool dry;
};

/* ---- words ------------------------------------------------------------------------------------------------------- */

static int take_time(const char *value, int64_t *wall_s)
{
    if (tool_time(value, wall_s)) return 0;
    return tool_fail(2, "'%s' is no time; use '2026-03-02 18:00', 2026-03-02 or yesterday", value);
}

static int take(struct wish *w, const char *name, const char *value)
{
    char *end;
    if (!strcmp(name, "--start")) return take_time(value, &w->span.start_s);
    if (!strcmp(name, "--from")) return take_time(value, &w->span.from_s);
    if (!strcmp(name, "--to")) return take_time(value, &w->span.to_s);
    if (!strcmp(name, "--columns")) return w->table.columns = value, 0;
    if (!strcmp(name, "--data")) return snprintf(w->config.data, sizeof w->config.data, "%s", value), 0;
    if (!strcmp(name, "--rate")) {
        w->span.rate_hz = strtod(value, &end);
        bool right = end != value && !*end && w->span.rate_hz >= 0.1 && w->span.rate_hz <= RATE_MAX;
        return right ? 0 : tool_fail(2, "'%s' is not 0.1 to %d samples a second", value, RATE_MAX);
    }
    if (!strcmp(name, "--as")) {
        w->format = import_find(value);
        return w->format ? 0 : tool_fail(2, "'%s' is not cwa, witmotion, plumbline or csv", value);
    }
    if (strcmp(name, "--placement") != 0) return tool_fail(2, "'%s' is not known; see plumbline import --help", name);
    if (strcmp(value, "upper-back") && strcmp(value, "lower-back"))
        return tool_fail(2, "'%s' is not upper-back or lower-back", value);
    w->config.tracker.placement = !strcmp(value, "lower-back") ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK;
    return 0;
}

static int parse(int argc, char **argv, struct wish *w)
{
    w->config = *tool_config();
    w->span = (struct recording_options){.start_s = INT64_MIN, .to_s = INT64_MAX};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--dry-run"))
            w->dry = true;
        else if (argv[i][0] != '-' && w->file)
            return tool_fail(2, "one file at a time; what is '%s'?", argv[i]);
        else if (argv[i][0] != '-')
            w->file = argv[i];
        else if (i + 1 == argc)
            return tool_fail(2, "'%s' wants a value or is not known; see plumbline import --help", argv[i]);
        else if (take(w, argv[i], argv[i + 1]))
            return 2;
        else
            i++;
    }
    w->config.rate_hz = (float)w->span.rate_hz; /* that of the wearer's own sensor says nothing here */
    return w->file ? 0 : tool_fail(2, "expected a file; see plumbline import --help");
}

/* ---- what there is ----------------------------------------------------------------------------------------------- */

static const char *when(int64_t wall_ns, char text[WHEN])
{
    time_t t = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    localtime_r(&t, &tm);
    strftime(text, WHEN, "%Y-%m-%d %H:%M:%S", &tm);
    return text;
}

static void show_percent(const struct recording *r, bool last)
{
    static time_t shown;
    if (!isatty(STDERR_FILENO) || (time(NULL) == shown && !last)) return;
    shown = time(NULL);
    fprintf(stderr, "\rreading: %d %%%s", last ? 100 : import_percent(r->file), last ? "\n" : "");
}

/* Reads R to its end. */
static int look(const struct wish *w, struct recording *r)
{
    struct raw_sample batch[BATCH];
    char why[256];
    int n;
    while ((n = recording_read(r, batch, BATCH, why)) > 0) show_percent(r, false);
    if (n < 0) return tool_fail(1, "%s: %s", w->file, why);
    show_percent(r, true);
    double span_s = (double)(r->last_ns - r->first_ns) / NS_PER_S;
    if (r->samples == 0 && r->started) return tool_fail(1, "%s: no sample of it lies between --from and --to", w->file);
    if (r->samples == 0)
        return tool_fail(1, "%s: there is no sample in it; is it damaged, or something else than --as says?", w->file);
    if (r->samples > 100 && (double)r->samples > span_s * RATE_MAX)
        return tool_fail(
            1, "%s: %llu samples in %.1f s: its times cannot be right; which column is the time, --columns t=…?",
            w->file, (unsigned long long)r->samples, span_s);
    return 0;
}

static void summarize(const struct wish *w, const struct recording *r)
{
    struct import_told t;
    char first[WHEN], last[WHEN];
    import_told(r->file, &t);
    double span_s = (double)(r->last_ns - r->first_ns - r->missing_ns) / NS_PER_S;
    printf("%s: %s, %llu samples", w->file, t.what, (unsigned long long)r->samples);
    double rate_hz = span_s > 0 ? (double)(r->samples - 1 - r->gaps) / span_s : 0;
    if (rate_hz > 0) printf(" at %.4g Hz", rate_hz);
    printf("\nfrom %s to %s (%.2f h)\n", when(r->first_ns, first), when(r->last_ns, last),
           (double)(r->last_ns - r->first_ns) / NS_PER_S / 3600);
    tool_count(r->gaps, "gap", "gaps");
    if (r->gaps) printf(" (%.1f s in all)", (double)r->missing_ns / NS_PER_S);
    printf(", %llu %s, ", (unsigned long long)t.units, t.unit);
    if (t.damaged)
        printf("%llu damaged and left out", (unsigned long long)t.damaged);
    else
        printf("none damaged");
    if (t.skipped_bytes) printf(", %llu bytes passed over", (unsigned long long)t.skipped_bytes);
    putchar('\n');
    if (rate_hz > 0 && rate_hz < RATE_MIN && !r->on_change)
        puts("so few samples a second are kept, but tell no postures: 2 Hz is the least, 20 Hz or more is good");
    if (t.cut_off) puts("the file was cut off or is damaged: this is what stands before");
    if (r->timebase.steps)
        printf("its clock was set %llu times on the way: what comes behind follows on without a pause\n",
               (unsigned long long)r->timebase.steps);
    int days = w->config.retention_days;
    if (days > 0 && r->last_ns / NS_PER_S < time(NULL) - (int64_t)days * 86400)
        printf("older than the %d days that the raw log is kept (retention-days): the daemon will remove its samples, "
               "not its minutes\n",
               days);
}

/* ---- what is there already --------------------------------------------------------------------------------------- */

struct taken {
    int64_t first_ns, last_ns; /* INT64_MAX, INT64_MIN: nothing */
};

static void widen(struct taken *t, int64_t from_ns, int64_t to_ns)
{
    if (from_ns < t->first_ns) t->first_ns = from_ns;
    if (to_ns > t->last_ns) t->last_ns = to_ns;
}

static int on_minute(void *arg, const struct minute *m)
{
    if (m->posture_s[POSTURE_MISSING] < 60) widen(arg, m->minute * SECONDS_NS(60), (m->minute + 1) * SECONDS_NS(60));
    return 0;
}

/* What log and diary hold of the minutes between. */
static int find_taken(const char *data, int64_t from_ns, int64_t to_ns, struct taken *taken, char why[256])
{
    int64_t from_min = from_ns / SECONDS_NS(60), to_min = to_ns / SECONDS_NS(60) + 1, wall_ns;
    struct log_reader *log;
    struct diary *d;
    struct sample s;
    *taken = (struct taken){INT64_MAX, INT64_MIN};
    int failed = diary_open(data, &d, why);
    if (failed == -ENOENT) return 0;
    if (failed) return failed;
    failed = diary_minutes(d, from_min, to_min, on_minute, taken);
    diary_close(d);
    if (!failed) failed = log_reader_open(data, from_ns, to_ns + 1, &log);
    if (failed) return snprintf(why, 256, "%s: %s", data, strerror(-failed)), failed;
    while (log_reader_next(log, &s, &wall_ns) == 1) widen(taken, wall_ns, wall_ns);
    log_reader_close(log);
    return 0;
}

static int refuse_taken(const struct wish *w, const struct recording *r)
{
    struct taken t;
    char first[WHEN], last[WHEN], why[256];
    if (find_taken(w->config.data, r->first_ns, r->last_ns, &t, why)) return tool_fail(1, "%s", why);
    if (t.first_ns > t.last_ns) return 0;
    int64_t next_min_ns = (t.last_ns / SECONDS_NS(60) + (t.last_ns % SECONDS_NS(60) != 0)) * SECONDS_NS(60);
    when(t.first_ns / SECONDS_NS(60) * SECONDS_NS(60), first);
    when(next_min_ns, last);
    return tool_fail(1,
                     "nothing was imported: %s holds time between %s and %s already;\n"
                     "import what lies before with --to '%s', and after with --from '%s'",
                     w->config.data, first, last, first, last);
}

/* ---- bringing it in ---------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

struct stream {
    struct recording recording;
    char why[256];
    bool failed, cut;
};

/* The pipeline's source. After an interruption it goes on to the end of the minute, so that none is halved. */
static size_t read_stream(void *arg, struct raw_sample *out, size_t max)
{
    struct stream *s = arg;
    if (interrupted && !s->cut) {
        int64_t end_ns = (s->recording.last_ns / SECONDS_NS(60) + 1) * SECONDS_NS(60);
        s->cut = true;
        if (end_ns < s->recording.to_ns) s->recording.to_ns = end_ns;
    }
    int n = recording_read(&s->recording, out, (int)max, s->why);
    s->failed = n < 0;
    return n > 0 ? (size_t)n : 0;
}

static int open_store(const struct wish *w, struct store **store)
{
    struct store_options o;
    char why[256], memory[PATH_LEN];
    store_options_default(&o);
    o.wait_when_full = true;
    o.retention_days = 0;
    if (config_memory_path(memory) == 0 && !strcmp(w->config.data, tool_config()->data)) o.memory = memory;
    int failed = store_open(w->config.data, &o, store, why);
    if (failed != -EWOULDBLOCK) return failed ? tool_fail(1, "%s", why) : 0;
    return tool_fail(1,
                     "%s\nthe daemon, most likely:  systemctl --user stop plumblined\n"
                     "and after the import:     systemctl --user start plumblined",
                     why);
}

/* Whether all of it is on the disk. */
static int settle(const struct wish *w, struct store *store)
{
    struct store_state state;
    store_flush(store);
    store_state(store, &state);
    if (state.error || state.samples_lost)
        return tool_fail(1, "%s: not all could be written: %s", w->config.data,
                         state.error ? state.error_text : "look at the disk");
    return 0;
}

static int play(const struct wish *w, const struct recording *looked, struct stream *s, struct store *store)
{
    struct replay_options o = {.import = true, .start_wall_ns = looked->first_ns, .source = {s, read_stream}};
    struct sigaction catch = {.sa_handler = interrupt};
    if (recording_open(&s->recording, w->file, import_format_of(looked->file), &w->table, &w->span, s->why))
        return tool_fail(1, "%s: %s", w->file, s->why);
    sigaction(SIGINT, &catch, NULL);
    sigaction(SIGTERM, &catch, NULL);
    int code = replay_run(&w->config, &o, store, NULL);
    if (!code && s->failed) code = tool_fail(1, "%s: %s; what lies before is in the store", w->file, s->why);
    return code ? code : settle(w, store);
}

static void say_where(const struct recording *r)
{
    char text[WHEN];
    bool days = r->last_ns - r->first_ns > SECONDS_NS(86400);
    when(days ? r->last_ns : r->first_ns, text);
    printf("imported; see it with:  plumbline report%s %.10s\n", days ? " week" : "", text);
}

static int bring_in(const struct wish *w, const struct recording *looked)
{
    static struct stream s;
    struct store *store;
    char text[WHEN];
    int code = open_store(w, &store);
    if (code) return code;
    code = refuse_taken(w, looked);
    if (!code) code = play(w, looked, &s, store);
    store_close(store);
    if (!code && s.recording.samples < looked->samples)
        code = tool_fail(1, "interrupted; go on with --from '%s'", when(s.recording.to_ns, text));
    else if (!code)
        say_where(looked);
    recording_close(&s.recording);
    return code;
}

int cmd_import(int argc, char **argv)
{
    static struct wish w;
    struct recording r;
    char why[256];
    int code = parse(argc, argv, &w);
    if (code) return code;
    if (recording_open(&r, w.file, w.format, &w.table, &w.span, why)) return tool_fail(1, "%s: %s", w.file, why);
    code = look(&w, &r);
    if (!code) summarize(&w, &r);
    if (!code) fflush(stdout);
    if (!code && w.dry) {
        code = refuse_taken(&w, &r);
        if (!code) printf("nothing was written; without --dry-run it would go into %s\n", w.config.data);
    } else if (!code) {
        code = bring_in(&w, &r);
    }
    recording_close(&r);
    return code;
}
