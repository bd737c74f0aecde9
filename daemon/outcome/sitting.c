/* Invariants: bouts come in time order and do not overlap; an open bout ends at the last minute seen, or where the next
 * bout begins (its closing was lost then). The list holds only what lies within the day, a break counts by its end. */
#include "sitting.h"

#include "bouts.h"
#include "rows.h"

#include <math.h>

#define BREAK_NS (60 * ROWS_NS_PER_S)
#define NS_PER_MIN 60e9

static const struct diary_event *next_of(const struct day_rows *rows, size_t i, enum event_kind kind)
{
    for (i++; i < rows->n_events; i++)
        if (rows->event[i].kind == kind) return &rows->event[i];
    return NULL;
}

static int64_t end_wall_ns(const struct day_rows *rows, const struct diary_event *e, const struct diary_event *next)
{
    int64_t limit_ns = next ? next->start_wall_ns : INT64_MAX;
    if (e->end_wall_ns != EVENT_OPEN) return e->end_wall_ns < limit_ns ? e->end_wall_ns : limit_ns;
    int64_t seen_s = outcome_last_seen_s(rows, limit_ns / ROWS_NS_PER_S);
    if (seen_s == INT64_MIN) return e->start_wall_ns;
    return seen_s * ROWS_NS_PER_S < limit_ns ? seen_s * ROWS_NS_PER_S : limit_ns;
}

static bool is_break(const struct diary_event *e, const struct diary_event *next)
{
    if (e->end_wall_ns == EVENT_OPEN || (e->reason != BOUT_ROSE && e->reason != BOUT_WALKED)) return false;
    return !next || next->start_wall_ns - e->end_wall_ns >= BREAK_NS;
}

static double at_min(const struct day_span *span, int64_t wall_ns)
{
    return (double)(wall_ns - span->start_wall_s * ROWS_NS_PER_S) / NS_PER_MIN;
}

/* The part of FROM_MIN … TO_MIN that lies in the day; false when there is none. */
static bool clip(const struct day_span *span, double from_min, double to_min, struct day_bout *bout)
{
    *bout = (struct day_bout){.from_min = fmax(from_min, 0), .to_min = fmin(to_min, span->length_min)};
    return bout->to_min > bout->from_min;
}

static void note_longest(const struct day_bout *bout, struct day_total *out)
{
    if (bout->to_min - bout->from_min <= out->longest_to_min - out->longest_from_min) return;
    out->longest_from_min = bout->from_min;
    out->longest_to_min = bout->to_min;
}

void sitting_count(const struct day_rows *rows, struct day_bout *bout, double *scratch, struct day_total *out)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n_events; i++) {
        const struct diary_event *e = &rows->event[i];
        if (e->kind == EVENT_RISE && outcome_span_holds(&out->span, e->start_wall_ns / ROWS_NS_PER_S)) out->rises++;
        if (e->kind != EVENT_SITTING) continue;
        const struct diary_event *next = next_of(rows, i, EVENT_SITTING);
        int64_t end_ns = end_wall_ns(rows, e, next);
        if (outcome_span_holds(&out->span, end_ns / ROWS_NS_PER_S) && is_break(e, next)) out->breaks++;
        if (!clip(&out->span, at_min(&out->span, e->start_wall_ns), at_min(&out->span, end_ns), &bout[n])) continue;
        bout[n].open = e->end_wall_ns == EVENT_OPEN && !next;
        note_longest(&bout[n++], out);
    }
    size_t open = 0;
    for (size_t i = 0; i < n; i++) {
        /* whole ns, as the events had it */
        scratch[i] = (double)llround((bout[i].to_min - bout[i].from_min) * NS_PER_MIN) / NS_PER_MIN;
        open += bout[i].open;
    }
    bouts_figures(scratch, n, open, &out->bouts);
}
