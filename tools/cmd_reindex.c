/* Minutes and derived events once more from the raw log, by the way that samples go live.
 *
 * Invariants:
 *   a span begins at a snapshot of this program and goes on while the log has all that the tracker was told;
 *   only within spans is anything compared or replaced, and all of it in one transaction;
 *   imported samples had pipelines of their own: their time is left as it is.
 */
#include "tool.h"
#include "plumbline/pipeline.h"
#include "plumbline/upkeep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400, DAYS = 32768 /* since 1970 */, SHOWN_MAX = 20, WHEN = 32 };
#define BEFORE_NS SECONDS_NS(3 * DAY_S)  /* how far back a snapshot is looked for */
#define LATE_NS SECONDS_NS(3600)         /* after so long all that does not last is known */
#define UNSETTLED_NS SECONDS_NS(1800)    /* before a span that was cut off ends, not all was known yet */
#define APART_NS SECONDS_NS(60)

struct job {
    int64_t from_ns, to_ns; /* wall time asked for */
    bool check;
    struct rebuild *rebuild;
    struct pipeline *pipeline;
    struct log_reader *log;
    bool exact;              /* within a span */
    int64_t begin_ns;        /* of the span */
    int64_t last_ns;         /* wall time of the newest sample in it */
    int64_t apart_ns, apart_end_ns; /* imported samples; INT64_MIN none */
    int64_t looked_ns;       /* when it was last looked whether all is settled */
    int64_t rebuilt_ns;      /* how much time the spans hold */
    uint64_t damaged, shown;
    bool any_apart, strange; /* some was imported, recorded by another version */
    uint8_t bad_day[DAYS / 8];
    unsigned bad_days;
};

static const char *when(int64_t wall_ns, char text[WHEN])
{
    time_t t = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    localtime_r(&t, &tm);
    strftime(text, WHEN, "%Y-%m-%d %H:%M:%S", &tm);
    return text;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* The local midnight before DATE, or with NEXT the one after it. */
static int take_date(const char *text, bool next, int64_t *wall_ns)
{
    int64_t at_s;
    struct tm tm;
    if (!tool_time(text, &at_s)) return tool_fail(2, "'%s' is no date; use 2026-03-02, yesterday or today", text);
    time_t t = (time_t)at_s;
    localtime_r(&t, &tm);
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_mday += next;
    tm.tm_isdst = -1;
    *wall_ns = SECONDS_NS(mktime(&tm));
    return 0;
}

static int parse(int argc, char **argv, struct job *j)
{
    j->from_ns = 0;
    j->to_ns = INT64_MAX;
    for (int i = 1; i < argc; i++) {
        int code = 0;
        if (!strcmp(argv[i], "--check")) j->check = true;
        else if (!strcmp(argv[i], "--from") && i + 1 < argc) code = take_date(argv[++i], false, &j->from_ns);
        else if (!strcmp(argv[i], "--to") && i + 1 < argc) code = take_date(argv[++i], true, &j->to_ns);
        else if (!strcmp(argv[i], "--from") || !strcmp(argv[i], "--to")) return tool_fail(2, "%s wants a date", argv[i]);
        else return tool_fail(2, "'%s' is not known; see plumbline reindex --help", argv[i]);
        if (code) return code;
    }
    return j->from_ns < j->to_ns ? 0 : tool_fail(2, "--from lies behind --to");
}

/* ---- spans --------------------------------------------------------------------------------------------------------- */

static void begin_span(struct job *j, int64_t wall_ns)
{
    j->exact = true;
    j->begin_ns = j->last_ns = wall_ns;
}

/* CUT: what the log holds breaks off here; else it is the end of all. */
static void end_span(struct job *j, bool cut)
{
    struct rebuild_span s = {.from_wall_ns = j->begin_ns, .anew = j->begin_ns >= j->from_ns, .cut = cut};
    if (!j->exact) return;
    j->exact = false;
    if (__builtin_add_overflow(j->last_ns, cut ? -UNSETTLED_NS : SECONDS_NS(60), &s.to_wall_ns)) return; /* made up */
    if (!s.anew) s.from_wall_ns = j->from_ns;
    if (s.to_wall_ns > j->to_ns) s.to_wall_ns = j->to_ns;
    if (s.to_wall_ns <= s.from_wall_ns) return;
    j->rebuilt_ns += s.to_wall_ns - s.from_wall_ns;
    rebuild_add_span(j->rebuild, &s);
}

static void take_minute(void *arg, const struct minute *m)
{
    struct job *j = arg;
    if (j->exact) rebuild_minute(j->rebuild, m);
}

static void take_event(void *arg, const struct event *e, const struct now *now)
{
    struct job *j = arg;
    if (j->exact) rebuild_event(j->rebuild, e, now);
}

static void leave_out(struct job *j)
{
    if (j->apart_ns != INT64_MIN) rebuild_leave_out(j->rebuild, j->apart_ns, j->apart_end_ns);
    j->apart_ns = INT64_MIN;
}

static void take_imported(struct job *j, int64_t wall_ns)
{
    j->any_apart = true;
    if (j->apart_ns != INT64_MIN && (wall_ns < j->apart_end_ns || wall_ns - j->apart_end_ns > APART_NS)) leave_out(j);
    if (j->apart_ns == INT64_MIN) j->apart_ns = wall_ns;
    j->apart_end_ns = wall_ns;
}

/* ---- through the log ----------------------------------------------------------------------------------------------- */

static int note_bad_day(void *arg, const struct log_day *d, unsigned left)
{
    struct job *j = arg;
    (void)left;
    if (!d->damaged || d->day < 0 || d->day >= DAYS) return 0;
    j->bad_day[d->day / 8] |= (uint8_t)(1u << d->day % 8);
    j->bad_days++;
    return 0;
}

static bool lies_in_bad_day(const struct job *j, const struct log_item *item)
{
    int64_t day = (item->wall_ns / NS_PER_S + item->utc_offset_s) / DAY_S;
    return day >= 0 && day < DAYS && j->bad_day[day / 8] >> day % 8 & 1;
}

/* Goes to the newest snapshot before what was asked for, else to the first one there is; false without one. */
static bool find_begin(struct job *j)
{
    struct log_item item;
    bool found = false;
    int64_t place_ns = 0;
    uint64_t number = 0;
    while (log_reader_next_context(j->log, &item) == 1) {
        if (found && item.wall_ns > j->from_ns) break;
        if (!pipeline_can_begin(&item.context)) {
            j->strange |= !found && item.wall_ns >= j->from_ns && item.wall_ns < j->to_ns;
            continue;
        }
        found = true;
        place_ns = item.context.place_ns;
        number = item.context.number;
    }
    log_reader_seek(j->log, place_ns, number);
    return found;
}

static void take(struct job *j, const struct log_item *item)
{
    uint64_t damaged = log_reader_damaged(j->log);
    bool bad = lies_in_bad_day(j, item);
    if (bad || damaged > j->damaged) end_span(j, true);
    j->damaged = damaged;
    if (!item->is_context && item->sample.raw.flags & SAMPLE_IMPORTED) take_imported(j, item->wall_ns);
    if (bad) return;
    bool can_begin = item->is_context && pipeline_can_begin(&item->context);
    switch (pipeline_replay(j->pipeline, item)) {
    case REPLAY_BEGINS: end_span(j, true); break;
    case REPLAY_STRANGE:
        end_span(j, true);
        j->strange |= item->wall_ns >= j->from_ns && item->wall_ns < j->to_ns;
        break;
    case REPLAY_DONE: if (!item->is_context && item->wall_ns > j->last_ns) j->last_ns = item->wall_ns; break;
    case REPLAY_NOTHING:
    case REPLAY_RESUMES: break;
    }
    if (can_begin && !j->exact) begin_span(j, item->wall_ns);
}

/* Behind the end of what was asked for: whether what comes can change nothing of it. */
static bool is_over(struct job *j, int64_t wall_ns)
{
    if (j->to_ns == INT64_MAX || wall_ns < j->to_ns + LATE_NS || wall_ns < j->looked_ns + SECONDS_NS(60)) return false;
    j->looked_ns = wall_ns;
    return rebuild_is_settled(j->rebuild, j->from_ns, j->to_ns);
}

static void show_progress(const struct job *j, int64_t wall_ns, int64_t end_ns, bool last)
{
    static int64_t first_ns;
    if (!first_ns) first_ns = wall_ns;
    uint64_t done = wall_ns > first_ns ? (uint64_t)(wall_ns - first_ns) / NS_PER_S : 0;
    uint64_t all = end_ns > first_ns ? (uint64_t)(end_ns - first_ns) / NS_PER_S + 1 : 1;
    progress_show(j->check ? "checking" : "rebuilding", last ? all : done < all ? done : all - 1, all);
}

static void replay(struct job *j)
{
    struct log_item item;
    int64_t now_ns = SECONDS_NS(time(NULL)), end_ns = j->to_ns < now_ns ? j->to_ns : now_ns, wall_ns = 0;
    j->damaged = log_reader_damaged(j->log);
    for (uint64_t n = 0; log_reader_next_item(j->log, &item) == 1; n++) {
        wall_ns = item.wall_ns;
        take(j, &item);
        if (n % 4096 == 0) show_progress(j, wall_ns, end_ns, false);
        if (is_over(j, wall_ns)) break;
    }
    show_progress(j, wall_ns, end_ns, true);
    end_span(j, log_reader_damaged(j->log) > j->damaged);
    leave_out(j);
}

/* ---- what came of it ----------------------------------------------------------------------------------------------- */

static void show_difference(void *arg, const struct rebuild_difference *d)
{
    struct job *j = arg;
    char text[WHEN];
    if (!j->check || j->shown++ >= SHOWN_MAX) return;
    printf("%s %s: ", when(d->wall_ns, text), d->what);
    if (d->in_diary && d->in_log) printf("%s\n", d->columns);
    else puts(d->in_diary ? "only in the diary" : "not in the diary");
}

static int conclude(struct job *j, const char *data)
{
    struct rebuild_sum sum;
    progress_show("comparing", 0, 1);
    int failed = rebuild_compare(j->rebuild, &sum, show_difference, j);
    if (!failed && !j->check) {
        progress_show("writing", 0, 1);
        failed = rebuild_replace(j->rebuild);
    }
    progress_clear();
    if (failed) return tool_fail(1, "%s: %s; nothing was changed", data, strerror(-failed));
    if (j->shown > SHOWN_MAX) printf("… and %llu more\n", (unsigned long long)(j->shown - SHOWN_MAX));
    printf("%.1f h: ", (double)j->rebuilt_ns / 1e9 / 3600);
    tool_count(sum.minutes, "minute and ", "minutes and ");
    tool_count(sum.events, "event ", "events ");
    fputs(j->check ? "checked, " : "rebuilt, ", stdout);
    tool_count(sum.differences, "differs\n", "differ\n");
    if (j->damaged) puts("the raw log is damaged: what that touches was left as it is; see 'plumbline check'");
    if (j->any_apart) puts("what was imported was left as it is; import it again instead");
    if (j->strange) puts("some of it was recorded by a version that keeps its state otherwise: that was left as it is");
    if (pipeline_replayed_other(j->pipeline)) puts("some of it was recorded by another version, which may have seen it otherwise");
    return j->check && sum.differences ? 1 : 0;
}

static int work(struct job *j, const struct config *config)
{
    const struct pipeline_rows rows = {j, take_minute, take_event};
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .rows = &rows};
    int64_t from_ns = j->from_ns > BEFORE_NS ? j->from_ns - BEFORE_NS : 0;
    int64_t to_ns = j->to_ns == INT64_MAX ? INT64_MAX : j->to_ns + BEFORE_NS;
    int failed = log_days(config->data, INT32_MAX, note_bad_day, j);
    if (!failed) failed = log_reader_open(config->data, from_ns, to_ns, &j->log);
    if (!failed) failed = rebuild_open(config->data, &j->rebuild);
    if (!failed) failed = pipeline_open(config, &options, NULL, NULL, &j->pipeline);
    if (failed) return tool_fail(1, "%s: %s", config->data, strerror(-failed));
    if (!find_begin(j))
        return tool_fail(1, "%s: no raw data of that time can be made anew: %s", config->data,
                         j->strange ? "another version recorded it, and its minutes stay as they are"
                                    : "there is none, or it was imported");
    replay(j);
    return conclude(j, config->data);
}

int cmd_reindex(int argc, char **argv)
{
    static struct job j;
    const struct config *config = tool_config();
    struct store *store;
    struct hold hold;
    int code = parse(argc, argv, &j);
    j.apart_ns = INT64_MIN;
    if (code) return code;
    if (tool_data_folder(1)) return 1;
    code = hold_ask(&hold, config->data);
    if (code) return code;
    code = offline_open(&store);
    if (!code) {
        code = work(&j, config);
        pipeline_close(j.pipeline);
        rebuild_close(j.rebuild);
        log_reader_close(j.log);
        store_close(store);
    }
    hold_end(&hold);
    return code;
}
