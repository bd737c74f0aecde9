/* Invariants: a minute belongs to the date that its own offset gives it; the border between two days is one function of
 * the date, so days neither overlap nor leave a hole, whatever the clock did in between.
 */
#include "day.h"

#include "date.h"
#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t minute_wall_s(const struct minute *m) { return m->minute * 60; }

static int64_t minute_date(const struct minute *m) { return date_number_of(minute_wall_s(m), m->utc_offset_s); }

/* Local midnight that begins day NUMBER: by the clock that was in use the evening before. */
static int64_t midnight_wall_s(const struct report_source *s, int64_t number)
{
    int32_t offset_s = s->n_minutes ? s->minute[0].utc_offset_s : 0;
    int64_t first_s = INT64_MAX;
    for (size_t i = 0; i < s->n_minutes && first_s == INT64_MAX; i++) {
        if (minute_date(&s->minute[i]) >= number)
            first_s = minute_wall_s(&s->minute[i]);
        else
            offset_s = s->minute[i].utc_offset_s;
    }
    int64_t midnight_s = number * DAY_S - offset_s;
    return midnight_s < first_s ? midnight_s : first_s; /* a flight east reaches the new date before midnight here */
}

int64_t day_end_wall_s(const struct report_day *day) { return day->start_wall_s + (int64_t)day->length_min * 60; }

bool day_holds(const struct report_day *day, int64_t wall_s)
{
    return wall_s >= day->start_wall_s && wall_s < day_end_wall_s(day);
}

double day_at_min(const struct report_day *day, int64_t wall_ns)
{
    return (double)(wall_ns - day->start_wall_s * NS_PER_S) / (60.0 * NS_PER_S);
}

int day_local_min(const struct report_source *s, const struct report_day *day, double at_min)
{
    int64_t wall_s = day->start_wall_s + (int64_t)(at_min * 60);
    return date_local_min(wall_s, source_offset_at(s, wall_s));
}

static void hour_add(struct report_hour *h, double angle_min[], const struct minute *m, int hour)
{
    for (int p = 0; p < POSTURE_COUNT; p++) h[hour].posture_min[p] += (double)m->posture_s[p] / 60;
    h[hour].slouch_min += (double)m->slouch_sitting_s / 60;
    h[hour].seated_min = h[hour].posture_min[POSTURE_SITTING];
    if (m->angle_s > 0 && !isnan(m->flexion_mean_deg)) {
        h[hour].flexion_deg += (double)m->flexion_mean_deg * (double)m->angle_s / 60;
        angle_min[hour] += (double)m->angle_s / 60;
    }
}

static void add_minutes(const struct report_source *s, int64_t number, struct report_day *day)
{
    double angle_min[REPORT_HOURS] = {0};
    bool first = true;
    outcome_day_begin(&day->figures);
    for (size_t i = 0; i < s->n_minutes; i++) {
        const struct minute *m = &s->minute[i];
        if (minute_date(m) != number) continue;
        if (first) day->utc_offset_s = m->utc_offset_s;
        first = false;
        outcome_day_add(&day->figures, m);
        hour_add(day->hour, angle_min, m, date_local_min(minute_wall_s(m), m->utc_offset_s) / HOUR_MIN);
    }
    outcome_day_finish(&day->figures);
    for (int h = 0; h < REPORT_HOURS; h++)
        day->hour[h].flexion_deg = angle_min[h] > 0 ? day->hour[h].flexion_deg / angle_min[h] : NAN;
}

static bool minute_worn(const struct minute *m)
{
    float worn_s = 0;
    for (int p = 0; p < POSTURE_NOT_WORN; p++) worn_s += m->posture_s[p];
    return worn_s > 0;
}

/* First and last moment of the day at which the sensor was worn; FROM_S > TO_S when it never was. */
static void worn_span(const struct report_source *s, const struct report_day *day, int64_t *from_s, int64_t *to_s)
{
    *from_s = INT64_MAX;
    *to_s = INT64_MIN;
    for (size_t i = 0; i < s->n_minutes; i++) {
        int64_t wall_s = minute_wall_s(&s->minute[i]);
        if (!day_holds(day, wall_s) || !minute_worn(&s->minute[i])) continue;
        if (*from_s == INT64_MAX) *from_s = wall_s;
        *to_s = wall_s + 60;
    }
}

/* A gap counts as far as it lies between putting the sensor on and taking it off. */
static void add_quality(const struct report_source *s, struct report_day *day)
{
    int64_t from_s, to_s, end_ns = day_end_wall_s(day) * NS_PER_S;
    worn_span(s, day, &from_s, &to_s);
    day->calibration_age_days = NAN;
    for (size_t i = 0; i < s->n_events; i++) {
        const struct diary_event *e = &s->event[i];
        if (e->kind == EVENT_REFERENCE && e->reason == REFERENCE_CALIBRATED && e->start_wall_ns < end_ns)
            day->calibration_age_days = (double)(end_ns - e->start_wall_ns) / ((double)DAY_S * NS_PER_S);
        if (e->kind == EVENT_REZERO && day_holds(day, e->start_wall_ns / NS_PER_S)) day->rezeros++;
        if (e->kind != EVENT_GAP || from_s > to_s) continue;
        int64_t gap_from_s = e->start_wall_ns / NS_PER_S;
        int64_t gap_to_s = e->end_wall_ns == EVENT_OPEN ? to_s : e->end_wall_ns / NS_PER_S;
        if (gap_from_s < from_s) gap_from_s = from_s;
        if (gap_to_s > to_s) gap_to_s = to_s;
        if (gap_to_s <= gap_from_s) continue;
        day->gaps++;
        day->gap_min += (double)(gap_to_s - gap_from_s) / 60;
    }
}

int day_make(const struct report_source *s, int64_t number, bool in_full, struct report_day *day)
{
    memset(day, 0, sizeof *day);
    day->date = date_of_number(number);
    day->start_wall_s = midnight_wall_s(s, number);
    int64_t length_s = midnight_wall_s(s, number + 1) - day->start_wall_s;
    day->length_min = length_s > 0 ? (int)(length_s / 60) : 0;
    day->utc_offset_s = source_offset_at(s, day->start_wall_s);
    add_minutes(s, number, day);
    add_quality(s, day);
    int error = bouts_make(s, day);
    if (error == 0) error = alerts_make(s, day);
    if (error == 0) error = workouts_make(s, day);
    if (error == 0 && in_full) error = ribbon_make(s, day);
    return error;
}

void day_free(struct report_day *day)
{
    free(day->bout);
    free(day->workout);
    free(day->run);
    free(day->mark);
    free(day->tick);
    free(day->angle_deg);
    memset(day, 0, sizeof *day);
}
