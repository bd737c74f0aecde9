/* Invariant: each prompt has exactly one fate, so acted on + snoozed + skipped + ignored + wrong = sent, less those
 * withdrawn. */
#include "prompts.h"

#include "rows.h"

#include <math.h>
#include <stdlib.h>

enum { QUICK_S = 60 };
#define ANSWER_WITHIN_NS (ROWS_DAY_S * ROWS_NS_PER_S)

static bool is_prompt(const struct diary_event *e)
{
    return e->kind == EVENT_ALERT && (e->reason == TOPIC_SLOUCH || e->reason == TOPIC_BREAK || e->reason == TOPIC_LEAN);
}

/* The last answer to the alert that settles something; ANSWER_COUNT without one. */
static enum answer answer_to(const struct day_rows *rows, size_t index)
{
    const struct diary_event *alert = &rows->event[index];
    enum answer answer = ANSWER_COUNT;
    for (size_t i = index + 1; i < rows->n_events; i++) {
        const struct diary_event *e = &rows->event[i];
        if (e->start_wall_ns - alert->start_wall_ns > ANSWER_WITHIN_NS) break;
        if (e->kind != EVENT_ANSWER || e->id != alert->id) continue;
        if (e->reason >= 0 && e->reason < ANSWER_COUNT && e->reason != ANSWER_DETAILS) answer = (enum answer)e->reason;
    }
    return answer;
}

enum fate outcome_fate(const struct day_rows *rows, size_t index, double *recovery_s)
{
    static const enum fate fates[ANSWER_COUNT] = {
        [ANSWER_DONE] = FATE_CORRECTED, [ANSWER_RECOVERED] = FATE_CORRECTED, [ANSWER_SNOOZE] = FATE_SNOOZED,
        [ANSWER_SKIP] = FATE_SKIPPED,   [ANSWER_WRONG] = FATE_WRONG,         [ANSWER_IGNORED] = FATE_IGNORED,
    };
    const struct diary_event *alert = &rows->event[index];
    enum answer answer = answer_to(rows, index);
    bool recovered = alert->end_wall_ns != EVENT_OPEN && isfinite(alert->value) && alert->value >= 0;
    enum fate fate = FATE_WITHDRAWN;
    if (answer < ANSWER_COUNT)
        fate = fates[answer];
    else if (recovered)
        fate = FATE_CORRECTED;
    *recovery_s = recovered && fate == FATE_CORRECTED ? (double)alert->value : NAN;
    return fate;
}

static void count_fate(struct day_total *out, enum fate fate)
{
    out->responses.sent++;
    out->acted_on += fate == FATE_CORRECTED;
    out->responses.snoozed += fate == FATE_SNOOZED;
    out->responses.skipped += fate == FATE_SKIPPED;
    out->responses.ignored += fate == FATE_IGNORED;
    out->responses.wrong += fate == FATE_WRONG;
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

void prompts_count(const struct day_rows *rows, double *scratch, struct day_total *out)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n_events; i++) {
        const struct diary_event *e = &rows->event[i];
        if (!is_prompt(e) || !outcome_span_holds(&out->span, e->start_wall_ns / ROWS_NS_PER_S)) continue;
        double seconds;
        count_fate(out, outcome_fate(rows, i, &seconds));
        out->responses.done += answer_to(rows, i) == ANSWER_DONE;
        if (isnan(seconds)) continue;
        out->responses.corrected_60s += seconds <= QUICK_S;
        scratch[n++] = seconds;
    }
    out->responses.median_recovery_s = median(scratch, n);
}
