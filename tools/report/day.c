/* Invariant: the figures of a day are those of its total (outcome.h), whether the diary kept it or it is made here. */
#include "day.h"

#include "date.h"
#include "source.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t end_wall_s(const struct report_day *day) { return day->start_wall_s + (int64_t)day->length_min * 60; }

bool day_holds(const struct report_day *day, int64_t wall_s)
{
    return wall_s >= day->start_wall_s && wall_s < end_wall_s(day);
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

static void add_hours(const struct report_source *s, struct report_day *day, int64_t number)
{
    struct day_rows all = source_rows(s), rows = outcome_rows_about(&all, number);
    double angle_min[REPORT_HOURS] = {0};
    for (size_t i = 0; i < rows.n_minutes; i++) {
        const struct minute *m = &rows.minute[i];
        int64_t wall_s = m->minute * 60;
        if (date_number_of(wall_s, m->utc_offset_s) != number) continue;
        hour_add(day->hour, angle_min, m, date_local_min(wall_s, m->utc_offset_s) / HOUR_MIN);
    }
    for (int h = 0; h < REPORT_HOURS; h++)
        day->hour[h].flexion_deg = angle_min[h] > 0 ? day->hour[h].flexion_deg / angle_min[h] : NAN;
}

static double calibration_age_days(const struct report_source *s, const struct report_day *day)
{
    int64_t end_s = end_wall_s(day);
    double age_days = NAN;
    if (end_s / DAY_S > OUTCOME_DATE_MAX) return NAN;
    for (size_t i = 0; i < s->n_events; i++) {
        const struct diary_event *e = &s->event[i];
        if (e->kind != EVENT_REFERENCE || e->reason != REFERENCE_CALIBRATED) continue;
        int64_t age_ns = end_s * NS_PER_S - e->start_wall_ns;
        if (age_ns > 0) age_days = (double)age_ns / ((double)DAY_S * NS_PER_S);
    }
    return age_days;
}

static void take_total(const struct day_total *total, struct report_day *day)
{
    day->start_wall_s = total->span.start_wall_s;
    day->length_min = total->span.length_min;
    day->utc_offset_s = total->utc_offset_s;
    day->figures = total->figures;
    day->bouts = total->bouts;
    day->responses = total->responses;
    day->acted_on = total->acted_on;
    day->breaks = total->breaks;
    day->rises = total->rises;
    day->gaps = total->gaps;
    day->rezeros = total->rezeros;
    day->gap_min = total->gap_min;
}

/* Its total, and its bouts when LISTED. Where nothing was seen for days, the clock of before still tells midnight. */
static int make_total(const struct report_source *s, int64_t number, bool listed, struct report_day *day,
                      struct day_total *total)
{
    struct day_rows all = source_rows(s), rows = outcome_rows_about(&all, number);
    double *scratch = malloc((rows.n_events + 1) * sizeof *scratch);
    struct day_bout *bout = malloc((rows.n_events + 1) * sizeof *bout);
    int error = scratch && bout ? 0 : -ENOMEM;
    if (error == 0) {
        outcome_total(&rows, number, bout, scratch, total);
        if (rows.n_minutes == 0) {
            total->span = outcome_span(&all, number);
            total->utc_offset_s = source_offset_at(s, total->span.start_wall_s);
        }
        take_total(total, day);
        if (listed) error = bouts_make(s, bout, total->bouts.n, day);
    }
    free(scratch);
    free(bout);
    return error;
}

int day_make(const struct report_source *s, int64_t number, bool in_full, struct report_day *day)
{
    struct day_total total;
    memset(day, 0, sizeof *day);
    day->date = date_of_number(number);
    int error = make_total(s, number, true, day, &total);
    add_hours(s, day, number);
    day->calibration_age_days = calibration_age_days(s, day);
    if (error == 0) error = workouts_make(s, day);
    if (error == 0 && in_full) error = ribbon_make(s, day);
    if (error == 0 && in_full) error = noted_make(s, day);
    return error;
}

int day_recall(const struct report_source *s, int64_t number, struct report_day *day)
{
    struct day_total made;
    const struct day_total *total = source_total(s, number);
    memset(day, 0, sizeof *day);
    day->date = date_of_number(number);
    if (!total && number < s->totals_until) return 0;
    if (total) {
        take_total(total, day);
    } else {
        int error = make_total(s, number, false, day, &made);
        if (error) return error;
        total = &made;
    }
    if (total->bouts.n == 0) return 0;
    const struct day_bout longest = {total->longest_from_min, total->longest_to_min, false};
    return bouts_make(s, &longest, 1, day);
}

void day_free(struct report_day *day)
{
    free(day->bout);
    free(day->workout);
    free(day->run);
    free(day->mark);
    free(day->tick);
    free(day->noted);
    free(day->angle_deg);
    memset(day, 0, sizeof *day);
}
