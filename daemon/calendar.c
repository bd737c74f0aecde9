/* Invariants: after a run there is a rest of twenty times as long as it took, within bounds, so that calendars which
 * change all the time cost little; what was asked for meanwhile is one more run. A run that fails changes nothing but
 * what status says, and is tried again, less and less often. */
#include "calendar.h"

#include "plumbline/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SETTLE_MS = 500, RESTS = 20, REST_LEAST_S = 2, REST_MOST_S = 10 };
enum { RETRY_FIRST_S = 60, RETRY_MOST_S = 3600, DAY_S = 86400, ACCURACY_MS = 250 };

struct calendar {
    struct daemon *daemon;
    struct calendar_child *child;
    struct calendar_watch *watch;
    sd_event_source *wait; /* until the next run */
    bool asked;            /* while one runs */
    /* CLOCK_BOOTTIME: the newest run's begin and its rest's end; the next run, INT64_MAX none */
    int64_t begun_ns, rested_ns, due_ns;
    int retry_s, unwatched; /* unwatched: negative errno */
    unsigned days;          /* pipeline_days_turned() at the newest run */
};

/* TEXT is what status shows from now on; the journal is told what is new. */
__attribute__((format(printf, 2, 3))) static void tell(struct calendar *c, const char *format, ...)
{
    char raw[CALENDAR_TEXT_LEN], text[CALENDAR_TEXT_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_copy(text, sizeof text, raw); /* a file's name may have been cut within a character */
    if (!strcmp(c->daemon->calendar_text, text)) return;
    memcpy(c->daemon->calendar_text, text, sizeof text);
    fprintf(stderr, "calendar: %s\n", text);
}

static void wait_until(struct calendar *c, int64_t due_ns)
{
    if (due_ns >= c->due_ns) return;
    c->due_ns = due_ns;
    sd_event_source_set_time(c->wait, (uint64_t)(due_ns > 0 ? due_ns : 0) / NS_PER_US);
    sd_event_source_set_enabled(c->wait, SD_EVENT_ONESHOT);
}

static void no_calendar(struct calendar *c)
{
    static const struct agenda_calendar nothing;
    calendar_watch_set(c->watch, &c->daemon->config);
    pipeline_set_calendar(c->daemon->pipeline, &nothing);
    c->daemon->calendar_text[0] = 0;
    c->daemon->calendar_failed = false;
    c->daemon->calendar_read_s = 0;
    live_rearm(c->daemon);
}

static void tell_failure(struct calendar *c, const char *why)
{
    c->daemon->calendar_failed = true;
    c->retry_s = !c->retry_s ? RETRY_FIRST_S : c->retry_s > RETRY_MOST_S / 2 ? RETRY_MOST_S : c->retry_s * 2;
    tell(c, "not read: %s; what was known stays, the next try is when a file changes or in %d min", why,
         c->retry_s / 60);
    wait_until(c, pipeline_clock_ns(CLOCK_BOOTTIME) + SECONDS_NS(c->retry_s));
}

/* The answer is of yesterday, too. */
static unsigned workouts_ahead(const struct agenda_calendar *c, int64_t now_s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < c->n_workouts; i++) n += c->workout[i].end_wall_s > now_s;
    return n;
}

static unsigned busy_ahead(const struct agenda_calendar *c, int64_t now_s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < c->n_busy; i++) n += c->busy[i].to_wall_s > now_s;
    return n;
}

static void tell_answer(struct calendar *c, const struct calendar_lines *l)
{
    unsigned workouts = workouts_ahead(&l->calendar, c->daemon->calendar_read_s);
    unsigned busy = busy_ahead(&l->calendar, c->daemon->calendar_read_s);
    char more[CALENDAR_NOTE_LEN + 64] = "", full[96] = "", unwatched[96] = "";
    if (l->n_notes == 1) snprintf(more, sizeof more, "; %s", l->note);
    if (l->n_notes > 1) snprintf(more, sizeof more, "; %s (and %u more)", l->note, l->n_notes - 1);
    if (l->left_out) snprintf(full, sizeof full, "; of more than %d and %d, the nearest", WORKOUTS_MAX, BUSY_MAX);
    if (c->unwatched)
        snprintf(unwatched, sizeof unwatched, "; changes are noticed at midnight only (%s)", strerror(-c->unwatched));
    tell(c, "%u workout%s and %u busy time%s ahead%s%s%s", workouts, workouts == 1 ? "" : "s", busy,
         busy == 1 ? "" : "s", full, more, unwatched);
}

static void rest(struct calendar *c)
{
    int64_t now_ns = pipeline_clock_ns(CLOCK_BOOTTIME), rest_ns = RESTS * (now_ns - c->begun_ns);
    if (rest_ns < SECONDS_NS(REST_LEAST_S)) rest_ns = SECONDS_NS(REST_LEAST_S);
    if (rest_ns > SECONDS_NS(REST_MOST_S)) rest_ns = SECONDS_NS(REST_MOST_S);
    c->rested_ns = now_ns + rest_ns;
}

static void on_ended(void *arg, const struct calendar_lines *lines, const char *why)
{
    struct calendar *c = arg;
    struct daemon *d = c->daemon;
    rest(c);
    if (!d->config.n_calendar) return; /* none is wanted any more */
    if (why && lines->fault) {
        char text[128];
        snprintf(text, sizeof text, "the answer has %s (line %u)", why, lines->n_lines);
        tell_failure(c, text);
    } else if (why) {
        tell_failure(c, why);
    } else {
        c->retry_s = 0;
        d->calendar_failed = false;
        d->calendar_read_s = pipeline_clock_ns(CLOCK_REALTIME) / NS_PER_S;
        tell_answer(c, lines);
        pipeline_on_time(d->pipeline);
        pipeline_set_calendar(d->pipeline, &lines->calendar);
        live_rearm(d);
    }
    if (c->asked) wait_until(c, c->rested_ns);
    c->asked = false;
}

static void begin(struct calendar *c)
{
    struct daemon *d = c->daemon;
    int64_t now_s = pipeline_clock_ns(CLOCK_REALTIME) / NS_PER_S;
    pipeline_on_time(d->pipeline);
    c->begun_ns = pipeline_clock_ns(CLOCK_BOOTTIME);
    c->days = pipeline_days_turned(d->pipeline);
    c->unwatched = calendar_watch_set(c->watch, &d->config);
    int failed = calendar_child_start(c->child, &d->config, now_s - DAY_S, now_s + (int64_t)AGENDA_DAYS * DAY_S);
    if (failed == -ENOENT)
        tell_failure(c, "there is no plumbline-calendar beside plumblined or in " PLUMBLINE_LIBEXEC
                        "; build it with libical");
    else if (failed)
        tell_failure(c, strerror(-failed));
}

static int on_due(sd_event_source *source, uint64_t usec, void *arg)
{
    struct calendar *c = arg;
    (void)source, (void)usec;
    c->due_ns = INT64_MAX;
    if (calendar_child_runs(c->child))
        c->asked = true;
    else if (c->daemon->config.n_calendar)
        begin(c);
    return 0;
}

void calendar_ask(struct calendar *c)
{
    if (!c) return;
    int64_t soon_ns = pipeline_clock_ns(CLOCK_BOOTTIME) + SETTLE_MS * NS_PER_MS;
    if (!c->daemon->config.n_calendar)
        no_calendar(c);
    else if (calendar_child_runs(c->child))
        c->asked = true;
    else
        wait_until(c, c->rested_ns > soon_ns ? c->rested_ns : soon_ns);
}

void calendar_look(struct calendar *c)
{
    if (!c || !c->daemon->config.n_calendar || pipeline_days_turned(c->daemon->pipeline) == c->days) return;
    c->days = pipeline_days_turned(c->daemon->pipeline);
    calendar_ask(c);
}

static void on_changed(void *arg) { calendar_ask(arg); }

int calendar_open(struct daemon *d, struct calendar **out)
{
    struct calendar *c = calloc(1, sizeof *c);
    if (!c) return -ENOMEM;
    c->daemon = d;
    c->due_ns = INT64_MAX;
    int failed = calendar_child_open(d->loop, on_ended, c, &c->child);
    if (!failed) failed = calendar_watch_open(d->loop, on_changed, c, &c->watch);
    if (!failed) failed = sd_event_add_time(d->loop, &c->wait, CLOCK_BOOTTIME, 0, ACCURACY_MS * 1000, on_due, c);
    if (failed < 0) {
        calendar_close(c);
        return failed;
    }
    sd_event_source_set_enabled(c->wait, SD_EVENT_OFF);
    if (d->config.n_calendar)
        begin(c);
    else
        no_calendar(c);
    *out = c;
    return 0;
}

void calendar_close(struct calendar *c)
{
    if (!c) return;
    calendar_child_close(c->child);
    calendar_watch_close(c->watch);
    sd_event_source_disable_unref(c->wait);
    free(c);
}
