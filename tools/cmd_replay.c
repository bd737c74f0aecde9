/* A recording through the whole program: into a data folder of its own, then the report of its first day. */
#include "tool.h"
#include "columns.h"
#include "samples.h"
#include "report/report.h"
#include "plumbline/desk.h"
#include "plumbline/replay.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct wish {
    const char *file, *script, *keep;
    struct columns_options columns;
    struct config config;
    int64_t start_s;
    bool trace, samples;
};

static int number(const char *text, double low, double high, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && !*end && *value >= low && *value <= high ? 0 : tool_fail(2, "'%s' is out of range or no number", text);
}

static bool option_known(const char *name)
{
    static const char *const names[] = {"--start", "--columns", "--rate", "--offset", "--scale", "--gyro-scale", "--placement",
                                        "--protocol", "--script", "--keep"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}

/* One of the known options. */
static int take(struct wish *w, const char *name, const char *value)
{
    double v;
    if (!strcmp(name, "--start")) return tool_time(value, &w->start_s) ? 0 : tool_fail(2, "'%s' is no time", value);
    if (!strcmp(name, "--columns")) return w->columns.names = value, 0;
    if (!strcmp(name, "--rate")) return number(value, 0.1, 1000, &v) ? 2 : (w->config.rate_hz = (float)v, 0);
    if (!strcmp(name, "--offset")) return number(value, -1e9, 1e9, &w->columns.offset);
    if (!strcmp(name, "--scale")) return number(value, 1e-9, 1e3, &w->columns.scale_g);
    if (!strcmp(name, "--gyro-scale")) return number(value, 1e-9, 1e3, &w->columns.gyro_rads);
    if (!strcmp(name, "--script")) return w->script = value, 0;
    if (!strcmp(name, "--keep")) return w->keep = value, 0;
    if (!strcmp(name, "--protocol")) {
        char known[128];
        if (!config_protocol_known(value, known)) return tool_fail(2, "there is no protocol '%s'; use one of %s", value, known);
        snprintf(w->config.protocol, sizeof w->config.protocol, "%s", value);
        return 0;
    }
    if (strcmp(value, "upper-back") && strcmp(value, "lower-back")) return tool_fail(2, "'%s' is not upper-back or lower-back", value);
    w->config.tracker.placement = !strcmp(value, "lower-back") ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK;
    return 0;
}

static int parse(int argc, char **argv, struct wish *w)
{
    w->columns.gyro_rads = 1;
    w->config = *tool_config();
    tool_time("today 08:00", &w->start_s);
    for (int i = 1; i < argc; i++) w->samples = w->samples || !strcmp(argv[i], "--samples");
    if (w->samples) { /* what the wearer's own sensor is says nothing of a capture */
        strcpy(w->config.protocol, "auto");
        w->config.rate_hz = 0;
    }
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--trace")) w->trace = true;
        else if (!strcmp(argv[i], "--samples")) continue;
        else if (argv[i][0] != '-' && !w->file) w->file = argv[i];
        else if (argv[i][0] != '-') return tool_fail(2, "one file is enough; what is '%s'?", argv[i]);
        else if (!option_known(argv[i])) return tool_fail(2, "'%s' is not known; see plumbline replay --help", argv[i]);
        else if (i + 1 == argc) return tool_fail(2, "'%s' wants a value; see plumbline replay --help", argv[i]);
        else if (take(w, argv[i], argv[i + 1])) return 2;
        else i++;
    }
    if (!w->file) return tool_fail(2, "expected a file; see plumbline replay --help");
    if (w->columns.names && !w->samples && !(w->config.rate_hz > 0))
        return tool_fail(2, "--columns wants --rate as well");
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static int report(const struct wish *w)
{
    struct diary *d;
    struct report r;
    char why[256];
    time_t start = (time_t)w->start_s;
    struct tm tm;
    localtime_r(&start, &tm);
    struct report_request q = {.first = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday}, .n_days = 1, .slouch_threshold_deg = NAN};
    const struct report_style style = {.ascii = !tool_utf8(), .colour = tool_colour(stdout)};
    int failed = diary_open(w->config.data, &d, why);
    if (failed) return tool_fail(1, "%s", why);
    failed = report_read(d, &q, &r);
    if (!failed) failed = report_text(&r, &style, stdout);
    report_free(&r);
    diary_close(d);
    return failed ? tool_fail(1, "%s", strerror(-failed)) : 0;
}

/* The samples of a table, as replay_run() asks for them. */
struct table {
    struct raw_sample *raw;
    size_t n, at;
};

static size_t read_table(void *arg, struct raw_sample *out, size_t max)
{
    struct table *t = arg;
    size_t n = t->n - t->at < max ? t->n - t->at : max;
    memcpy(out, t->raw + t->at, n * sizeof *out);
    t->at += n;
    return n;
}

static int play(const struct wish *w)
{
    struct replay_options o = {.input = w->file, .script = w->script, .start_wall_ns = SECONDS_NS(w->start_s), .trace = w->trace ? stdout : NULL};
    struct store_options store_options;
    struct store *store = NULL;
    struct desk *desk = NULL;
    struct table table = {0};
    size_t bad = 0;
    char why[256];
    if (w->columns.names) {
        if (columns_read(w->file, &w->columns, &table.raw, &table.n, &bad, why)) return tool_fail(1, "%s: %s", w->file, why);
        if (bad) fprintf(stderr, "%s: %zu lines were no numbers and were skipped\n", w->file, bad);
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "%zu samples, %.1f h\n", table.n, (double)table.n / (double)w->config.rate_hz / 3600);
        o.source = (struct replay_source){&table, read_table};
        o.input = NULL;
    }
    store_options_default(&store_options);
    store_options.wait_when_full = true;
    store_options.retention_days = 0;
    int code = store_open(w->config.data, &store_options, &store, why) ? tool_fail(1, "%s", why) : 0;
    if (!code && desk_open_file(stdout, &desk)) code = 1;
    if (!code) code = replay_run(&w->config, &o, store, desk);
    desk_close(desk);
    store_close(store);
    free(table.raw);
    return code;
}

/* In a child: when it is interrupted, the parent still takes the temporary folder away. */
static int play_apart(const struct wish *w)
{
    int status;
    fflush(NULL);
    signal(SIGINT, SIG_IGN);
    pid_t child = fork();
    if (child < 0) return tool_fail(1, "%s", strerror(errno));
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        int code = play(w);
        fflush(NULL);
        _exit(code);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    signal(SIGINT, SIG_DFL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cmd_replay(int argc, char **argv)
{
    static struct wish w;
    char temporary[] = "/tmp/plumbline-replay-XXXXXX";
    int code = parse(argc, argv, &w);
    if (code) return code;
    if (w.samples) return samples_print(w.file, w.config.protocol, w.columns.names, (double)w.config.rate_hz);
    if (!w.keep && !mkdtemp(temporary)) return tool_fail(1, "%s: %s", temporary, strerror(errno));
    snprintf(w.config.data, sizeof w.config.data, "%s", w.keep ? w.keep : temporary);
    code = play_apart(&w);
    if (!code) code = report(&w);
    if (w.keep) printf("data kept in %s\n", w.keep);
    else nftw(temporary, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return code;
}
