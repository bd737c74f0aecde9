/* Invariants: nothing here trusts a number of a row before outcome_minute_possible() or outcome_event_possible() has
 * seen it; all searching is in rows that ascend in time. */
#include "rows.h"

#include <math.h>

enum { OFFSET_MAX_S = 14 * 3600 };
#define LAST_S ((int64_t)(OUTCOME_DATE_MAX + 2) * ROWS_DAY_S)

static bool seconds_possible(float s) { return isfinite(s) && s >= 0 && s <= 61; }

bool outcome_minute_possible(struct minute *m)
{
    const float seconds[] = {m->slouch_sitting_s, m->slouch_standing_s, m->lean_left_s, m->lean_right_s, m->angle_s};
    bool fine = m->minute >= 0 && m->minute < LAST_S / 60;
    fine = fine && m->utc_offset_s >= -OFFSET_MAX_S && m->utc_offset_s <= OFFSET_MAX_S;
    for (int p = 0; p < POSTURE_COUNT; p++) fine = fine && seconds_possible(m->posture_s[p]);
    for (int b = 0; b < INCLINATION_BINS; b++) fine = fine && seconds_possible(m->bin_s[b]);
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) fine = fine && seconds_possible(seconds[i]);
    fine = fine && (isnan(m->flexion_mean_deg) || fabsf(m->flexion_mean_deg) <= 180);
    if (!fine || m->p_sitting < 0 || m->p_sitting > 1 || m->creep < 0 || m->creep > 1) return false;
    if (isnan(m->p_sitting)) m->p_sitting = 0.5f;
    if (isnan(m->creep)) m->creep = 0;
    return true;
}

bool outcome_event_possible(const struct diary_event *e)
{
    bool fine = e->kind > EVENT_NONE && e->kind < EVENT_KIND_COUNT;
    fine = fine && e->start_wall_ns >= 0 && e->start_wall_ns < LAST_S * ROWS_NS_PER_S;
    fine = fine && e->utc_offset_s >= -OFFSET_MAX_S && e->utc_offset_s <= OFFSET_MAX_S;
    return fine && (e->end_wall_ns == EVENT_OPEN || e->end_wall_ns >= e->start_wall_ns);
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* How many minutes began before MINUTE (UTC minutes). */
static size_t minutes_before(const struct day_rows *rows, int64_t minute)
{
    size_t low = 0, high = rows->n_minutes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows->minute[middle].minute < minute)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t events_before(const struct day_rows *rows, int64_t wall_ns)
{
    size_t low = 0, high = rows->n_events;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows->event[middle].start_wall_ns < wall_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct day_rows outcome_rows_about(const struct day_rows *rows, int64_t date)
{
    if (date < 0 || date > OUTCOME_DATE_MAX) return (struct day_rows){0};
    int64_t from_s = (date - OUTCOME_DAYS_AROUND) * ROWS_DAY_S, to_s = (date + 1 + OUTCOME_DAYS_AROUND) * ROWS_DAY_S;
    size_t minute = minutes_before(rows, from_s / 60), event = events_before(rows, from_s * ROWS_NS_PER_S);
    return (struct day_rows){
        .minute = rows->n_minutes ? rows->minute + minute : NULL,
        .event = rows->n_events ? rows->event + event : NULL,
        .n_minutes = minutes_before(rows, to_s / 60) - minute,
        .n_events = events_before(rows, to_s * ROWS_NS_PER_S) - event,
    };
}

int32_t outcome_offset_at(const struct day_rows *rows, int64_t wall_s)
{
    if (rows->n_minutes == 0) return 0;
    size_t n = minutes_before(rows, floor_div(wall_s, 60) + 1);
    return rows->minute[n ? n - 1 : 0].utc_offset_s;
}

int64_t outcome_last_seen_s(const struct day_rows *rows, int64_t wall_s)
{
    for (size_t i = minutes_before(rows, floor_div(wall_s - 1, 60) + 1); i > 0; i--) {
        const struct minute *m = &rows->minute[i - 1];
        for (int p = 0; p < POSTURE_MISSING; p++)
            if (m->posture_s[p] > 0) return (m->minute + 1) * 60;
    }
    return INT64_MIN;
}

/* ---- midnight ---------------------------------------------------------------------------------------------------- */

/* Local midnight that begins DATE: by the clock that was in use the evening before. */
static int64_t midnight_wall_s(const struct day_rows *rows, int64_t date)
{
    int32_t offset_s = rows->n_minutes ? rows->minute[0].utc_offset_s : 0;
    int64_t first_s = INT64_MAX;
    for (size_t i = 0; i < rows->n_minutes && first_s == INT64_MAX; i++) {
        const struct minute *m = &rows->minute[i];
        if (rows_date(m) >= date)
            first_s = m->minute * 60;
        else
            offset_s = m->utc_offset_s;
    }
    int64_t midnight_s = date * ROWS_DAY_S - offset_s;
    return midnight_s < first_s ? midnight_s : first_s; /* a flight east reaches the new date before midnight here */
}

struct day_span outcome_span(const struct day_rows *rows, int64_t date)
{
    struct day_span span = {.date = date, .start_wall_s = midnight_wall_s(rows, date)};
    int64_t length_s = midnight_wall_s(rows, date + 1) - span.start_wall_s;
    span.length_min = length_s > 0 ? (int)(length_s / 60) : 0;
    return span;
}

bool outcome_span_holds(const struct day_span *span, int64_t wall_s)
{
    return wall_s >= span->start_wall_s && wall_s < span->start_wall_s + (int64_t)span->length_min * 60;
}

int64_t rows_date(const struct minute *m) { return floor_div(m->minute * 60 + m->utc_offset_s, ROWS_DAY_S); }
