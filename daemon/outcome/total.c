/* Invariant: a total is made from outcome_rows_about() its date and from nothing else, so that whoever holds more rows
 * gets the same one. */
#include "prompts.h"
#include "rows.h"
#include "sitting.h"

#include <string.h>

static void add_minutes(const struct day_rows *rows, struct day_total *out)
{
    outcome_day_begin(&out->figures);
    out->utc_offset_s = outcome_offset_at(rows, out->span.start_wall_s);
    for (size_t i = 0; i < rows->n_minutes; i++) {
        const struct minute *m = &rows->minute[i];
        if (rows_date(m) != out->span.date) continue;
        if (out->figures.minutes == 0) out->utc_offset_s = m->utc_offset_s;
        outcome_day_add(&out->figures, m);
    }
    outcome_day_finish(&out->figures);
}

static bool worn(const struct minute *m)
{
    float worn_s = 0;
    for (int p = 0; p < POSTURE_NOT_WORN; p++) worn_s += m->posture_s[p];
    return worn_s > 0;
}

/* First and last moment of the day at which the sensor was worn; FROM_S > TO_S when it never was. */
static void worn_span(const struct day_rows *rows, const struct day_span *span, int64_t *from_s, int64_t *to_s)
{
    *from_s = INT64_MAX;
    *to_s = INT64_MIN;
    for (size_t i = 0; i < rows->n_minutes; i++) {
        int64_t wall_s = rows->minute[i].minute * 60;
        if (!outcome_span_holds(span, wall_s) || !worn(&rows->minute[i])) continue;
        if (*from_s == INT64_MAX) *from_s = wall_s;
        *to_s = wall_s + 60;
    }
}

static void add_quality(const struct day_rows *rows, struct day_total *out)
{
    int64_t from_s, to_s;
    worn_span(rows, &out->span, &from_s, &to_s);
    for (size_t i = 0; i < rows->n_events; i++) {
        const struct diary_event *e = &rows->event[i];
        int64_t gap_from_s = e->start_wall_ns / ROWS_NS_PER_S;
        if (e->kind == EVENT_REZERO && outcome_span_holds(&out->span, gap_from_s)) out->rezeros++;
        if (e->kind != EVENT_GAP || from_s > to_s) continue;
        int64_t gap_to_s = e->end_wall_ns == EVENT_OPEN ? to_s : e->end_wall_ns / ROWS_NS_PER_S;
        if (gap_from_s < from_s) gap_from_s = from_s;
        if (gap_to_s > to_s) gap_to_s = to_s;
        if (gap_to_s <= gap_from_s) continue;
        out->gaps++;
        out->gap_min += (double)(gap_to_s - gap_from_s) / 60;
    }
}

void outcome_total(const struct day_rows *rows, int64_t date, struct day_bout *bout, double *scratch,
                   struct day_total *out)
{
    struct day_rows about = outcome_rows_about(rows, date);
    memset(out, 0, sizeof *out);
    out->span = outcome_span(&about, date);
    add_minutes(&about, out);
    add_quality(&about, out);
    sitting_count(&about, bout, scratch, out);
    prompts_count(&about, scratch, out);
}
