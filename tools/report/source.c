/* Invariants: every minute kept has finite, possible seconds and an offset within ±14 h; minutes ascend strictly; every
 * event kept has a known kind, an offset within ±14 h and an end that does not lie before its start. What fails this is
 * counted in damaged and never seen by the model.
 */
#include "source.h"

#include "array.h"
#include "date.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { OFFSET_MAX_S = 14 * 3600, SORENESS_DAYS = 3 };

static bool seconds_possible(float s) { return isfinite(s) && s >= 0 && s <= 61; }

static bool minute_possible(const struct minute *m)
{
    bool fine = m->utc_offset_s >= -OFFSET_MAX_S && m->utc_offset_s <= OFFSET_MAX_S;
    for (int p = 0; p < POSTURE_COUNT; p++) fine = fine && seconds_possible(m->posture_s[p]);
    for (int b = 0; b < INCLINATION_BINS; b++) fine = fine && seconds_possible(m->bin_s[b]);
    fine = fine && seconds_possible(m->slouch_sitting_s) && seconds_possible(m->slouch_standing_s);
    fine =
        fine && seconds_possible(m->lean_left_s) && seconds_possible(m->lean_right_s) && seconds_possible(m->angle_s);
    fine = fine && (isnan(m->flexion_mean_deg) || fabsf(m->flexion_mean_deg) <= 180);
    return fine && !(m->p_sitting < 0 || m->p_sitting > 1 || m->creep < 0 || m->creep > 1);
}

int source_add_minute(struct report_source *s, const struct minute *m)
{
    bool later = s->n_minutes == 0 || m->minute > s->minute[s->n_minutes - 1].minute;
    if (!later || !minute_possible(m)) {
        s->damaged++;
        return 0;
    }
    struct minute *room = array_room(s->minute, s->n_minutes, sizeof *room);
    if (!room) return -ENOMEM;
    s->minute = room;
    s->minute[s->n_minutes] = *m;
    if (isnan(m->p_sitting)) s->minute[s->n_minutes].p_sitting = 0.5f; /* no evidence either way */
    if (isnan(m->creep)) s->minute[s->n_minutes].creep = 0;
    s->n_minutes++;
    return 0;
}

int source_add_event(struct report_source *s, const struct diary_event *e)
{
    bool fine = e->kind > EVENT_NONE && e->kind < EVENT_KIND_COUNT && e->utc_offset_s >= -OFFSET_MAX_S &&
                e->utc_offset_s <= OFFSET_MAX_S && (e->end_wall_ns == EVENT_OPEN || e->end_wall_ns >= e->start_wall_ns);
    if (!fine) {
        s->damaged++;
        return 0;
    }
    struct diary_event *room = array_room(s->event, s->n_events, sizeof *room);
    if (!room) return -ENOMEM;
    s->event = room;
    s->event[s->n_events++] = *e;
    return 0;
}

int source_add_entry(struct report_source *s, const struct entry *e)
{
    struct entry *room = array_room(s->entry, s->n_entries, sizeof *room);
    if (!room) return -ENOMEM;
    s->entry = room;
    s->entry[s->n_entries++] = *e;
    return 0;
}

int source_add_workout(struct report_source *s, const struct workout *w)
{
    if (w->end_wall_s < w->start_wall_s) {
        s->damaged++;
        return 0;
    }
    struct workout *room = array_room(s->workout, s->n_workouts, sizeof *room);
    if (!room) return -ENOMEM;
    s->workout = room;
    s->workout[s->n_workouts++] = *w;
    return 0;
}

static int on_minute(void *s, const struct minute *m) { return source_add_minute(s, m); }
static int on_event(void *s, const struct diary_event *e) { return source_add_event(s, e); }
static int on_entry(void *s, const struct entry *e) { return source_add_entry(s, e); }
static int on_workout(void *s, const struct workout *w) { return source_add_workout(s, w); }

int source_read(struct report_source *s, struct diary *d, int64_t first, unsigned n_days)
{
    /* A day more on both sides holds every local day, whatever its offset, and a bout begun before it. */
    int64_t from_s = (first - 1) * DAY_S, to_s = (first + n_days + 1) * DAY_S;
    struct calibration calibration;
    memset(s, 0, sizeof *s);
    int error = diary_minutes(d, from_s / 60, to_s / 60, on_minute, s);
    if (error == 0) error = diary_events(d, from_s, to_s, on_event, s);
    if (error == 0) error = diary_entries(d, from_s, to_s + SORENESS_DAYS * DAY_S, on_entry, s);
    if (error == 0) error = diary_workouts(d, from_s, to_s, on_workout, s);
    if (error == 0) {
        error = diary_calibration(d, &calibration);
        for (int i = 0; error == 0 && i < POSE_COUNT; i++) s->calibrated |= calibration.pose[i].valid; /* else a guess */
        if (error == -ENOENT) error = 0;
    }
    return error;
}

void source_free(struct report_source *s)
{
    free(s->minute);
    free(s->event);
    free(s->entry);
    free(s->workout);
    memset(s, 0, sizeof *s);
}

/* How many minutes began at or before WALL_S. */
static size_t minutes_until(const struct report_source *s, int64_t wall_s)
{
    size_t low = 0, high = s->n_minutes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->minute[middle].minute * 60 <= wall_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int32_t source_offset_at(const struct report_source *s, int64_t wall_s)
{
    if (s->n_minutes == 0) return 0;
    size_t n = minutes_until(s, wall_s);
    return s->minute[n ? n - 1 : 0].utc_offset_s;
}

int64_t source_last_seen_s(const struct report_source *s, int64_t wall_s)
{
    for (size_t i = minutes_until(s, wall_s - 1); i > 0; i--) {
        const struct minute *m = &s->minute[i - 1];
        for (int p = 0; p < POSTURE_MISSING; p++)
            if (m->posture_s[p] > 0) return (m->minute + 1) * 60;
    }
    return INT64_MIN;
}
