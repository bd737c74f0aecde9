/* Invariants: bouts come in time order and do not overlap; an open bout ends at the last minute seen, or where the next
 * bout begins (its closing was lost then). The lists hold only what lies within the day, the break counts by its end.
 */
#include "array.h"
#include "date.h"
#include "day.h"
#include "source.h"

#include <errno.h>
#include <math.h>

enum { BREAK_S = 60 };

static const struct diary_event *next_of(const struct report_source *s, size_t i, enum event_kind kind)
{
    for (i++; i < s->n_events; i++)
        if (s->event[i].kind == kind) return &s->event[i];
    return NULL;
}

static int64_t end_wall_ns(const struct report_source *s, const struct diary_event *e, const struct diary_event *next)
{
    int64_t limit_ns = next ? next->start_wall_ns : INT64_MAX;
    if (e->end_wall_ns != EVENT_OPEN) return e->end_wall_ns < limit_ns ? e->end_wall_ns : limit_ns;
    int64_t seen_s = source_last_seen_s(s, limit_ns / NS_PER_S);
    if (seen_s == INT64_MIN) return e->start_wall_ns;
    return seen_s * NS_PER_S < limit_ns ? seen_s * NS_PER_S : limit_ns;
}

static bool is_break(const struct diary_event *e, const struct diary_event *next)
{
    if (e->end_wall_ns == EVENT_OPEN || (e->reason != BOUT_ROSE && e->reason != BOUT_WALKED)) return false;
    return !next || next->start_wall_ns - e->end_wall_ns >= SECONDS_NS(BREAK_S);
}

static int add_bout(const struct report_source *s, struct report_day *day, double from_min, double to_min, bool open)
{
    if (from_min < 0) from_min = 0;
    if (to_min > day->length_min) to_min = day->length_min;
    if (to_min <= from_min) return 0;
    struct report_bout *room = array_room(day->bout, day->n_bouts, sizeof *room);
    if (!room) return -ENOMEM;
    day->bout = room;
    day->bout[day->n_bouts++] = (struct report_bout){from_min, to_min - from_min, day_local_min(s, day, from_min),
                                                     day_local_min(s, day, to_min), open};
    return 0;
}

static int make_outcome(struct report_day *day)
{
    size_t n = day->n_bouts;
    double *scratch_min = malloc((n + 1) * sizeof *scratch_min);
    struct bout *bout = malloc((n + 1) * sizeof *bout);
    int error = scratch_min && bout ? 0 : -ENOMEM;
    for (size_t i = 0; error == 0 && i < n; i++) {
        const struct report_bout *b = &day->bout[i];
        int64_t start_ns = llround(b->at_min * 60e9);
        bout[i] = (struct bout){start_ns, start_ns + llround(b->length_min * 60e9), b->open};
    }
    if (error == 0) outcome_bouts(bout, n, scratch_min, &day->bouts);
    free(scratch_min);
    free(bout);
    return error;
}

static const struct report_bout *longest(const struct report_day *day)
{
    const struct report_bout *best = NULL;
    for (size_t i = 0; i < day->n_bouts; i++)
        if (!best || day->bout[i].length_min > best->length_min) best = &day->bout[i];
    return best;
}

int bouts_make(const struct report_source *s, struct report_day *day)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < s->n_events; i++) {
        const struct diary_event *e = &s->event[i];
        if (e->kind == EVENT_RISE && day_holds(day, e->start_wall_ns / NS_PER_S)) day->rises++;
        if (e->kind != EVENT_SITTING) continue;
        const struct diary_event *next = next_of(s, i, EVENT_SITTING);
        int64_t end_ns = end_wall_ns(s, e, next);
        if (day_holds(day, end_ns / NS_PER_S) && is_break(e, next)) day->breaks++;
        bool open = e->end_wall_ns == EVENT_OPEN && !next;
        error = add_bout(s, day, day_at_min(day, e->start_wall_ns), day_at_min(day, end_ns), open);
    }
    if (error == 0) error = make_outcome(day);
    day->longest = longest(day);
    return error;
}
