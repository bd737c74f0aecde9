/* Invariant: a cell is a string made by words.h; a row is added whole or not at all. */
#include "table.h"

#include "array.h"
#include "date.h"
#include "sums.h"
#include "words.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static void begin(struct table *t, const char *caption, unsigned columns, ...)
{
    va_list heads;
    memset(t, 0, sizeof *t);
    t->caption = caption;
    t->columns = columns;
    va_start(heads, columns);
    for (unsigned c = 0; c < columns; c++) snprintf(t->head[c], TABLE_CELL, "%s", va_arg(heads, const char *));
    va_end(heads);
}

static char (*add_row(struct table *t))[TABLE_CELL]
{
    char(*room)[TABLE_COLUMNS][TABLE_CELL] = array_room(t->cell, t->rows, sizeof *room);
    if (!room) {
        t->failed = true;
        return NULL;
    }
    t->cell = room;
    memset(room[t->rows], 0, sizeof room[t->rows]);
    return t->cell[t->rows++];
}

void table_free(struct table *t)
{
    free(t->cell);
    memset(t, 0, sizeof *t);
}

/* "10 to 20°", for bin 0…INCLINATION_BINS − 1. */
static void bin_name(int bin, char words[TABLE_CELL])
{
    const float *border = inclination_borders_deg;
    if (bin == 0)
        snprintf(words, TABLE_CELL, "more than %.0f° back", -(double)border[0]);
    else if (bin == INCLINATION_BINS - 1)
        snprintf(words, TABLE_CELL, "more than %.0f°", (double)border[bin - 1]);
    else if (border[bin] <= 0)
        snprintf(words, TABLE_CELL, "%.0f to %.0f° back", fabs((double)border[bin]), -(double)border[bin - 1]);
    else
        snprintf(words, TABLE_CELL, "%.0f to %.0f°", (double)border[bin - 1], (double)border[bin]);
}

void table_hours(const struct report *r, struct table *t)
{
    begin(t, "The day, hour by hour", 7, "Hour", "Sitting", "Slouched", "Standing", "Walking", "Lying", "Mean angle");
    for (int h = 0; h < REPORT_HOURS; h++) {
        const struct report_hour *hour = &r->day->hour[h];
        char angle[WORDS_SHORT];
        double worn_min = 0;
        for (int p = 0; p < POSTURE_NOT_WORN; p++) worn_min += hour->posture_min[p];
        char(*row)[TABLE_CELL] = worn_min > 0 ? add_row(t) : NULL;
        if (!row) continue;
        words_clock(h * HOUR_MIN, row[0]);
        words_duration(hour->posture_min[POSTURE_SITTING], row[1]);
        words_duration(hour->slouch_min, row[2]);
        words_duration(hour->posture_min[POSTURE_STANDING], row[3]);
        words_duration(hour->posture_min[POSTURE_WALKING], row[4]);
        words_duration(hour->posture_min[POSTURE_LYING], row[5]);
        words_number(hour->flexion_deg, 0, angle);
        snprintf(row[6], TABLE_CELL, "%s%s", angle, isfinite(hour->flexion_deg) ? "°" : "");
    }
}

void table_bouts(const struct report *r, struct table *t)
{
    begin(t, "Every stretch of sitting", 4, "From", "To", "Length", "");
    for (size_t i = 0; i < r->day->n_bouts; i++) {
        const struct report_bout *b = &r->day->bout[i];
        char(*row)[TABLE_CELL] = add_row(t);
        if (!row) return;
        words_clock(b->from_local_min, row[0]);
        words_clock(b->to_local_min, row[1]);
        words_duration(b->length_min, row[2]);
        const char *class = b->length_min >= 60 ? "60 min and more" : b->length_min >= 30 ? "30 min and more" : "";
        snprintf(row[3], TABLE_CELL, "%s%s%s", class, b->open && *class ? ", " : "",
                 b->open ? "still sitting when last seen" : "");
    }
}

void table_prompts(const struct report *r, struct table *t)
{
    begin(t, "Every prompt", 3, "At", "About", "What became of it");
    for (size_t i = 0; i < r->day->n_marks; i++) {
        const struct report_mark *m = &r->day->mark[i];
        char(*row)[TABLE_CELL] = m->topic < TOPIC_COUNT ? add_row(t) : NULL;
        if (!row) continue;
        words_clock(m->local_min, row[0]);
        snprintf(row[1], TABLE_CELL, "%s", words_topic(m->topic));
        snprintf(row[2], TABLE_CELL, "%s", words_mark(m->kind));
    }
}

void table_angles(const struct report *r, struct table *t)
{
    struct sums sums;
    sums_of(r->day, r->request.n_days, &sums);
    begin(t, "Trunk angle from upright", 3, "Angle", "Time", "Share");
    for (int b = 0; sums.angle_min > 0 && b < INCLINATION_BINS; b++) {
        char(*row)[TABLE_CELL] = add_row(t);
        if (!row) return;
        bin_name(b, row[0]);
        words_duration(sums.bin_min[b], row[1]);
        words_share(sums.bin_min[b] / sums.angle_min, row[2]);
    }
}

void table_side(const struct report *r, struct table *t)
{
    struct sums sums;
    sums_of(r->day, r->request.n_days, &sums);
    begin(t, "Leaning more than 10°", 3, "Left", "Right", "Difference");
    if (sums.lean_left_min + sums.lean_right_min <= 0) return;
    char(*row)[TABLE_CELL] = add_row(t);
    if (!row) return;
    words_duration(sums.lean_left_min, row[0]);
    words_duration(sums.lean_right_min, row[1]);
    words_duration(fabs(sums.lean_left_min - sums.lean_right_min), row[2]);
}

static void workout_row(const struct report *r, const struct report_day *d, const struct report_workout *w,
                        char (*row)[TABLE_CELL])
{
    char clock[WORDS_SHORT];
    words_clock(w->local_min, clock);
    if (r->request.n_days > 1)
        snprintf(row[0], TABLE_CELL, "%.3s %d, %s", date_weekday_name(d->date), d->date.day, clock);
    else
        snprintf(row[0], TABLE_CELL, "%s", clock);
    snprintf(row[1], TABLE_CELL, "%s", w->title[0] ? w->title : workout_type_name(w->type));
    words_duration(w->sitting_before_min, row[2]);
    words_duration(w->slouch_before_min, row[3]);
    words_number(w->creep, 2, row[4]);
    const char *routine = w->routine_done ? "done" : w->offered ? "offered" : "–";
    if (w->items_done)
        snprintf(row[5], TABLE_CELL, "done, %u item%s", w->items_done, w->items_done == 1 ? "" : "s");
    else
        snprintf(row[5], TABLE_CELL, "%s", routine);
    words_said(w->feel, row[6]);
    words_said(w->soreness_24h, row[7]);
    words_said(w->soreness_48h, row[8]);
}

void table_workouts(const struct report *r, struct table *t)
{
    begin(t, "Before and after each workout", 9, "Start", "Workout", "Sat before", "Slouched before", "Creep*",
          "Routine", "Feel (0–10)", "Sore next day", "Day after");
    for (unsigned d = 0; d < r->request.n_days; d++)
        for (size_t i = 0; i < r->day[d].n_workouts; i++) {
            char(*row)[TABLE_CELL] = add_row(t);
            if (row) workout_row(r, &r->day[d], &r->day[d].workout[i], row);
        }
}

static void add_figure(struct table *t, const char *name, double value, int digits, const char *unit)
{
    char number[WORDS_SHORT];
    char(*row)[TABLE_CELL] = add_row(t);
    if (!row) return;
    words_number(value, digits, number);
    snprintf(row[0], TABLE_CELL, "%s", name);
    snprintf(row[1], TABLE_CELL, "%s%s%s", number, isfinite(value) && *unit ? " " : "", isfinite(value) ? unit : "");
}

void table_more(const struct report *r, struct table *t)
{
    const struct report_day *d = r->day;
    begin(t, "More figures", 2, "Figure", "Value");
    if (r->request.n_days > 1 || d->figures.worn_min <= 0) return;
    add_figure(t, "Half of sitting in stretches beyond (W50)", d->bouts.n ? d->bouts.w50_fit_min : NAN, 0, "min");
    add_figure(t, "Sitting in stretches of 30 min and more", d->bouts.n ? d->bouts.prolonged_share * 100 : NAN, 0, "%");
    add_figure(t, "Times you stood up", d->rises, 0, "");
    add_figure(t, "Breaks of a minute and more", d->breaks, 0, "");
    add_figure(t, "Shifts of posture an hour seated", d->figures.shifts_per_h, 1, "");
    add_figure(t, "Beyond 20° forward", d->figures.flexed_20_min, 0, "min");
    add_figure(t, "Slouched while standing", d->figures.slouch_standing_min, 0, "min");
    add_figure(t, "Bends", d->figures.bends, 0, "");
    add_figure(t, "Steps", d->figures.steps, 0, "");
}

static void day_name(const struct report_day *d, char words[TABLE_CELL])
{
    char date[WORDS_SHORT];
    date_words(d->date, date);
    strchr(date, ' ')[4] = '\0'; /* "14 Oct" */
    snprintf(words, TABLE_CELL, "%.3s %s", date_weekday_name(d->date), date);
}

void table_days(const struct report *r, struct table *t)
{
    begin(t, "Day by day", 8, "Day", "Worn", "Sitting", "Standing", "Walking", "Longest", "Slouched", "of sitting");
    for (unsigned i = 0; i < r->request.n_days; i++) {
        const struct report_day *d = &r->day[i];
        char(*row)[TABLE_CELL] = add_row(t);
        if (!row) return;
        bool worn = d->figures.worn_min > 0;
        day_name(d, row[0]);
        words_duration(worn ? d->figures.worn_min : NAN, row[1]);
        words_duration(worn ? d->figures.posture_min[POSTURE_SITTING] : NAN, row[2]);
        words_duration(worn ? d->figures.posture_min[POSTURE_STANDING] : NAN, row[3]);
        words_duration(worn ? d->figures.posture_min[POSTURE_WALKING] : NAN, row[4]);
        words_duration(d->longest ? d->longest->length_min : NAN, row[5]);
        words_duration(worn ? d->figures.slouch_min : NAN, row[6]);
        words_share(d->figures.slouch_share, row[7]);
    }
}

void table_responses(const struct report *r, struct table *t)
{
    begin(t, "Prompts, day by day", 8, "Day", "Prompts", "Acted on", "Within a minute", "Snoozed", "Skipped",
          "Not answered", "Wrong");
    for (unsigned i = 0; i < r->request.n_days; i++) {
        const struct report_day *d = &r->day[i];
        const unsigned values[] = {d->responses.sent,    d->acted_on,          d->responses.corrected_60s,
                                   d->responses.snoozed, d->responses.skipped, d->responses.ignored,
                                   d->responses.wrong};
        char(*row)[TABLE_CELL] = d->responses.sent ? add_row(t) : NULL;
        if (!row) continue;
        day_name(d, row[0]);
        for (size_t c = 0; c < sizeof values / sizeof values[0]; c++) words_number(values[c], 0, row[c + 1]);
    }
}

void table_map(const struct report *r, struct table_map map[REPORT_HOURS][7])
{
    memset(map, 0, REPORT_HOURS * sizeof map[0]);
    for (unsigned i = 0; i < r->request.n_days; i++)
        for (int h = 0; h < REPORT_HOURS; h++) {
            const struct report_hour *hour = &r->day[i].hour[h];
            struct table_map *cell = &map[h][date_weekday(r->day[i].date)];
            double worn_min = 0;
            for (int p = 0; p < POSTURE_NOT_WORN; p++) worn_min += hour->posture_min[p];
            cell->days += worn_min > 0;
            cell->seated_min += hour->seated_min;
            cell->slouch_min += hour->slouch_min;
        }
}

static void fill_map(const struct report *r, struct table *t, bool slouch)
{
    struct table_map map[REPORT_HOURS][7];
    table_map(r, map);
    for (int h = 0; h < REPORT_HOURS; h++) {
        unsigned days = 0;
        for (int w = 0; w < 7; w++) days += map[h][w].days;
        char(*row)[TABLE_CELL] = days ? add_row(t) : NULL;
        if (!row) continue;
        words_clock(h * HOUR_MIN, row[0]);
        for (int w = 0; w < 7; w++) {
            const struct table_map *c = &map[h][w];
            if (slouch)
                words_share(c->seated_min >= 5 ? c->slouch_min / c->seated_min : NAN, row[w + 1]);
            else
                words_duration(c->days ? c->seated_min / c->days : NAN, row[w + 1]);
        }
    }
}

void table_slouch_map(const struct report *r, struct table *t)
{
    begin(t, "Slouched, of sitting", 8, "Hour", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    fill_map(r, t, true);
}

void table_sitting_map(const struct report *r, struct table *t)
{
    begin(t, "Sitting in each hour", 8, "Hour", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    fill_map(r, t, false);
}
