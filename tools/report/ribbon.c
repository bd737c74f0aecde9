/* Invariants: runs are in order, do not overlap and cover exactly the minutes observed; angle_deg has length_min
 * entries; there is a tick at every full hour of the wall clock that the day passed through.
 */
#include "array.h"
#include "date.h"
#include "day.h"
#include "source.h"

#include <errno.h>
#include <math.h>

enum { ROUTINE_S = 30 * 60 };

static enum posture prevailing(const struct minute *m)
{
    int best = POSTURE_MISSING;
    float observed_s = 0;
    for (int p = 0; p < POSTURE_MISSING; p++) {
        observed_s += m->posture_s[p];
        if (best == POSTURE_MISSING || m->posture_s[p] > m->posture_s[best]) best = p;
    }
    return observed_s > 0 ? (enum posture)best : POSTURE_MISSING;
}

static int add_run(struct report_day *day, int at_min, enum posture posture)
{
    struct report_run *last = day->n_runs ? &day->run[day->n_runs - 1] : NULL;
    if (last && last->posture == posture && last->at_min + last->length_min == at_min) {
        last->length_min++;
        return 0;
    }
    struct report_run *room = array_room(day->run, day->n_runs, sizeof *room);
    if (!room) return -ENOMEM;
    day->run = room;
    day->run[day->n_runs++] = (struct report_run){at_min, 1, posture};
    return 0;
}

static int add_mark(const struct report_source *s, struct report_day *day, double at_min, enum report_mark_kind kind,
                    enum topic topic)
{
    struct report_mark *room = array_room(day->mark, day->n_marks, sizeof *room);
    if (!room) return -ENOMEM;
    day->mark = room;
    day->mark[day->n_marks++] = (struct report_mark){at_min, day_local_min(s, day, at_min), kind, topic};
    return 0;
}

static int add_tick(struct report_day *day, int at_min, int local_min)
{
    struct report_tick *room = array_room(day->tick, day->n_ticks, sizeof *room);
    if (!room) return -ENOMEM;
    day->tick = room;
    day->tick[day->n_ticks++] = (struct report_tick){at_min, local_min};
    return 0;
}

static int make_runs(const struct report_source *s, struct report_day *day)
{
    int error = 0;
    day->angle_deg = malloc(((size_t)day->length_min + 1) * sizeof *day->angle_deg);
    if (!day->angle_deg) return -ENOMEM;
    for (int i = 0; i < day->length_min; i++) day->angle_deg[i] = NAN;
    for (size_t i = 0; error == 0 && i < s->n_minutes; i++) {
        const struct minute *m = &s->minute[i];
        if (!day_holds(day, m->minute * 60)) continue;
        int at_min = (int)(m->minute - day->start_wall_s / 60);
        if (at_min < day->length_min && m->angle_s > 0) day->angle_deg[at_min] = m->flexion_mean_deg;
        enum posture posture = prevailing(m);
        if (posture != POSTURE_MISSING) error = add_run(day, at_min, posture);
    }
    return error;
}

static int make_ticks(const struct report_source *s, struct report_day *day)
{
    int error = 0;
    for (int at = 0; error == 0 && at < day->length_min; at++) {
        int local_min = day_local_min(s, day, at);
        if (local_min % HOUR_MIN == 0) error = add_tick(day, at, local_min);
    }
    return error;
}

static int mark_event(const struct report_source *s, size_t index, struct report_day *day)
{
    const struct diary_event *e = &s->event[index];
    double at_min = day_at_min(day, e->start_wall_ns), recovery_s;
    if (e->kind == EVENT_ALERT && e->reason >= TOPIC_SLOUCH && e->reason <= TOPIC_LEAN)
        return add_mark(s, day, at_min, alerts_fate(s, index, &recovery_s), (enum topic)e->reason);
    if (e->kind == EVENT_REFERENCE && e->reason == REFERENCE_CALIBRATED)
        return add_mark(s, day, at_min, MARK_CALIBRATION, TOPIC_COUNT);
    return 0;
}

/* The items of one routine, entered one after the other, are one mark. */
static int mark_routines(const struct report_source *s, struct report_day *day)
{
    int64_t last_s = INT64_MIN / 2;
    int error = 0;
    for (size_t i = 0; error == 0 && i < s->n_entries; i++) {
        const struct entry *e = &s->entry[i];
        if (e->kind != ENTRY_ROUTINE || !day_holds(day, e->wall_s)) continue;
        if (e->wall_s - last_s > ROUTINE_S)
            error = add_mark(s, day, day_at_min(day, e->wall_s * NS_PER_S), MARK_ROUTINE, TOPIC_COUNT);
        last_s = e->wall_s;
    }
    return error;
}

static int make_marks(const struct report_source *s, struct report_day *day)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < s->n_events; i++)
        if (day_holds(day, s->event[i].start_wall_ns / NS_PER_S)) error = mark_event(s, i, day);
    if (error == 0) error = mark_routines(s, day);
    for (size_t i = 0; error == 0 && i < day->n_workouts; i++)
        error = add_mark(s, day, day->workout[i].at_min, MARK_WORKOUT, TOPIC_COUNT);
    return error;
}

int ribbon_make(const struct report_source *s, struct report_day *day)
{
    int error = make_runs(s, day);
    if (error == 0) error = make_ticks(s, day);
    if (error == 0) error = make_marks(s, day);
    return error;
}

const char *report_mark_name(enum report_mark_kind kind)
{
    static const char *const names[MARK_KIND_COUNT] = {"corrected", "snoozed", "skipped", "ignored",    "wrong",
                                                       "withdrawn", "routine", "workout", "calibration"};
    return (unsigned)kind < MARK_KIND_COUNT ? names[kind] : "unknown";
}
