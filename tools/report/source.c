/* Invariants: every minute and event kept is possible (outcome.h); minutes ascend strictly. What fails this is counted
 * in damaged and never seen by the model.
 */
#include "source.h"

#include "array.h"
#include "date.h"

#include <errno.h>
#include <string.h>

enum { SORENESS_DAYS = 3 };

int source_add_minute(struct report_source *s, const struct minute *m)
{
    bool later = s->n_minutes == 0 || m->minute > s->minute[s->n_minutes - 1].minute;
    struct minute mended = *m;
    if (!later || !outcome_minute_possible(&mended)) {
        s->damaged++;
        return 0;
    }
    struct minute *room = array_room(s->minute, s->n_minutes, sizeof *room);
    if (!room) return -ENOMEM;
    s->minute = room;
    s->minute[s->n_minutes++] = mended;
    return 0;
}

int source_add_event(struct report_source *s, const struct diary_event *e)
{
    if (!outcome_event_possible(e)) {
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
static int on_workout(void *s, const struct workout *w)
{
    return w->end_wall_s > w->start_wall_s ? source_add_workout(s, w) : 0; /* of no length: called off */
}

static int on_day(void *arg, const struct day_total *total)
{
    struct report_source *s = arg;
    struct day_total *room = array_room(s->total, s->n_totals, sizeof *room);
    if (!room) return -ENOMEM;
    s->total = room;
    s->total[s->n_totals++] = *total;
    return 0;
}

int source_read(struct report_source *s, struct diary *d, int64_t first, unsigned n_days)
{
    /* A day more on both sides holds every local day, whatever its offset, and a bout begun before it. */
    int64_t history = first - REPORT_HISTORY, from_s = (first - 1) * DAY_S, to_s = (first + n_days + 1) * DAY_S;
    struct calibration calibration;
    memset(s, 0, sizeof *s);
    int error = diary_days(d, history, first, on_day, s);
    if (error == 0) error = diary_minutes(d, from_s / 60, to_s / 60, on_minute, s);
    if (error == 0) error = diary_events(d, (history - 1) * DAY_S, to_s, on_event, s);
    if (error == 0) error = diary_entries(d, from_s, to_s + SORENESS_DAYS * DAY_S, on_entry, s);
    if (error == 0) error = diary_workouts(d, from_s, to_s, on_workout, s);
    if (error == 0) {
        error = diary_calibration(d, &calibration);
        for (int i = 0; error == 0 && i < POSE_COUNT; i++) s->calibrated |= calibration.pose[i].valid; /* else a guess */
        if (error == -ENOENT) error = 0;
    }
    s->totals_until = first;
    return error;
}

void source_free(struct report_source *s)
{
    free(s->minute);
    free(s->event);
    free(s->entry);
    free(s->workout);
    free(s->total);
    memset(s, 0, sizeof *s);
}

struct day_rows source_rows(const struct report_source *s)
{
    return (struct day_rows){s->minute, s->event, s->n_minutes, s->n_events};
}

int32_t source_offset_at(const struct report_source *s, int64_t wall_s)
{
    struct day_rows rows = source_rows(s);
    return outcome_offset_at(&rows, wall_s);
}

const struct day_total *source_total(const struct report_source *s, int64_t date)
{
    for (size_t i = 0; i < s->n_totals; i++)
        if (s->total[i].span.date == date) return &s->total[i];
    return NULL;
}
