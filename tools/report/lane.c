/* Invariant: from_min + columns × column_min covers every run with wear and every mark; a column is never split. */
#include "lane.h"

#include "date.h"

#include <math.h>
#include <string.h>

static void extent(const struct report_day *day, int *from_min, int *to_min)
{
    *from_min = day->length_min;
    *to_min = 0;
    for (size_t i = 0; i < day->n_runs; i++) {
        const struct report_run *run = &day->run[i];
        if (run->posture >= POSTURE_NOT_WORN) continue;
        if (run->at_min < *from_min) *from_min = run->at_min;
        if (run->at_min + run->length_min > *to_min) *to_min = run->at_min + run->length_min;
    }
    for (size_t i = 0; i < day->n_marks; i++) {
        int at_min = (int)day->mark[i].at_min;
        if (at_min < *from_min) *from_min = at_min;
        if (at_min >= *to_min) *to_min = at_min + 1;
    }
}

struct lane lane_of(const struct report_day *day)
{
    static const int widths_min[] = {10, 15, 20, 30, 60};
    struct lane lane = {0, 0, 0};
    int from_min, to_min;
    extent(day, &from_min, &to_min);
    if (from_min >= to_min) return lane;
    lane.from_min = from_min / HOUR_MIN * HOUR_MIN;
    int span_min = to_min - lane.from_min;
    for (size_t i = 0; i < sizeof widths_min / sizeof widths_min[0]; i++) {
        lane.column_min = widths_min[i];
        lane.columns = (unsigned)((span_min + lane.column_min - 1) / lane.column_min);
        if (lane.columns <= LANE_COLUMNS) return lane;
    }
    lane.columns = LANE_COLUMNS; /* cannot happen within 72 h; a day has at most 52 */
    return lane;
}

static int overlap_min(int a_from, int a_to, int b_from, int b_to)
{
    int from = a_from > b_from ? a_from : b_from, to = a_to < b_to ? a_to : b_to;
    return to > from ? to - from : 0;
}

void lane_postures(const struct lane *lane, const struct report_day *day, enum posture cell[LANE_COLUMNS])
{
    for (unsigned c = 0; c < lane->columns; c++) {
        int minutes[POSTURE_COUNT] = {0}, from_min = lane->from_min + (int)c * lane->column_min;
        cell[c] = POSTURE_MISSING;
        for (size_t i = 0; i < day->n_runs; i++) {
            const struct report_run *run = &day->run[i];
            minutes[run->posture] +=
                overlap_min(run->at_min, run->at_min + run->length_min, from_min, from_min + lane->column_min);
        }
        for (int p = 0; p < POSTURE_MISSING; p++)
            if (minutes[p] > minutes[cell[c]]) cell[c] = (enum posture)p;
    }
}

void lane_angles(const struct lane *lane, const struct report_day *day, double cell[LANE_COLUMNS])
{
    for (unsigned c = 0; c < lane->columns; c++) {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < lane->column_min; i++) {
            int at_min = lane->from_min + (int)c * lane->column_min + i;
            if (at_min >= day->length_min || isnan(day->angle_deg[at_min])) continue;
            sum += (double)day->angle_deg[at_min];
            n++;
        }
        cell[c] = n ? sum / n : NAN;
    }
}

void lane_marks(const struct lane *lane, const struct report_day *day, enum report_mark_kind cell[LANE_COLUMNS])
{
    static const int weight[MARK_KIND_COUNT] = {
        [MARK_WORKOUT] = 8, [MARK_ROUTINE] = 7, [MARK_CALIBRATION] = 6, [MARK_CORRECTED] = 5, [MARK_WRONG] = 4,
        [MARK_SNOOZED] = 3, [MARK_SKIPPED] = 2, [MARK_IGNORED] = 1,     [MARK_WITHDRAWN] = 0,
    };
    for (unsigned c = 0; c < lane->columns; c++) cell[c] = MARK_KIND_COUNT;
    for (size_t i = 0; i < day->n_marks; i++) {
        const struct report_mark *m = &day->mark[i];
        int c = ((int)m->at_min - lane->from_min) / lane->column_min;
        if (c < 0 || c >= (int)lane->columns) continue;
        if (cell[c] == MARK_KIND_COUNT || weight[m->kind] > weight[cell[c]]) cell[c] = m->kind;
    }
}

void lane_hours(const struct lane *lane, const struct report_day *day, char line[LANE_COLUMNS + 1])
{
    memset(line, ' ', lane->columns);
    line[lane->columns] = '\0';
    int free_from = 0;
    for (size_t i = 0; i < day->n_ticks; i++) {
        const struct report_tick *t = &day->tick[i];
        int c = (t->at_min - lane->from_min) / lane->column_min;
        if (t->at_min < lane->from_min || c < free_from || c + 2 > (int)lane->columns) continue;
        line[c] = (char)('0' + t->local_min / HOUR_MIN / 10);
        line[c + 1] = (char)('0' + t->local_min / HOUR_MIN % 10);
        free_from = c + 6;
    }
}
