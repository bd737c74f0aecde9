/* Invariant: each prompt has exactly one fate, so acted on + snoozed + skipped + ignored + wrong = sent, less those
 * withdrawn. */
#include "array.h"
#include "day.h"

#include <errno.h>
#include <math.h>

enum { QUICK_S = 60, ANSWER_WITHIN_H = 24 };

static bool is_prompt(const struct diary_event *e)
{
    return e->kind == EVENT_ALERT && (e->reason == TOPIC_SLOUCH || e->reason == TOPIC_BREAK || e->reason == TOPIC_LEAN);
}

/* The last answer to the alert that settles something; ANSWER_COUNT without one. */
static enum answer answer_to(const struct report_source *s, size_t index)
{
    const struct diary_event *alert = &s->event[index];
    enum answer answer = ANSWER_COUNT;
    for (size_t i = index + 1; i < s->n_events; i++) {
        const struct diary_event *e = &s->event[i];
        if (e->start_wall_ns - alert->start_wall_ns > SECONDS_NS(ANSWER_WITHIN_H * 3600)) break;
        if (e->kind != EVENT_ANSWER || e->id != alert->id) continue;
        if (e->reason >= 0 && e->reason < ANSWER_COUNT && e->reason != ANSWER_DETAILS) answer = (enum answer)e->reason;
    }
    return answer;
}

enum report_mark_kind alerts_fate(const struct report_source *s, size_t index, double *recovery_s)
{
    static const enum report_mark_kind fates[ANSWER_COUNT] = {
        [ANSWER_DONE] = MARK_CORRECTED, [ANSWER_RECOVERED] = MARK_CORRECTED, [ANSWER_SNOOZE] = MARK_SNOOZED,
        [ANSWER_SKIP] = MARK_SKIPPED,   [ANSWER_WRONG] = MARK_WRONG,         [ANSWER_IGNORED] = MARK_IGNORED,
    };
    const struct diary_event *alert = &s->event[index];
    enum answer answer = answer_to(s, index);
    bool recovered = alert->end_wall_ns != EVENT_OPEN && isfinite(alert->value) && alert->value >= 0;
    enum report_mark_kind fate = MARK_WITHDRAWN;
    if (answer < ANSWER_COUNT)
        fate = fates[answer];
    else if (recovered)
        fate = MARK_CORRECTED;
    *recovery_s = recovered && fate == MARK_CORRECTED ? (double)alert->value : NAN;
    return fate;
}

static void count_fate(struct report_day *day, enum report_mark_kind fate)
{
    day->responses.sent++;
    day->acted_on += fate == MARK_CORRECTED;
    day->responses.snoozed += fate == MARK_SNOOZED;
    day->responses.skipped += fate == MARK_SKIPPED;
    day->responses.ignored += fate == MARK_IGNORED;
    day->responses.wrong += fate == MARK_WRONG;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    if (n == 0) return NAN;
    qsort(values, n, sizeof *values, ascending);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

int alerts_make(const struct report_source *s, struct report_day *day)
{
    double *recovery_s = NULL;
    size_t n = 0;
    int error = 0;
    for (size_t i = 0; error == 0 && i < s->n_events; i++) {
        if (!is_prompt(&s->event[i]) || !day_holds(day, s->event[i].start_wall_ns / NS_PER_S)) continue;
        double seconds;
        count_fate(day, alerts_fate(s, i, &seconds));
        day->responses.done += answer_to(s, i) == ANSWER_DONE;
        if (isnan(seconds)) continue;
        day->responses.corrected_60s += seconds <= QUICK_S;
        double *room = array_room(recovery_s, n, sizeof *room);
        if (!room)
            error = -ENOMEM;
        else
            (recovery_s = room)[n++] = seconds;
    }
    day->responses.median_recovery_s = median(recovery_s, n);
    free(recovery_s);
    return error;
}
