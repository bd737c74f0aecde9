/* Invariants: weeks are whole and end with the last day; a mean of a week is over its days with enough wear. The local
 * date of a note is told by the offset of the newest worn day up to it. */
#include "therapist.h"

#include "array.h"
#include "date.h"
#include "therapist_notes.h"

#include <errno.h>
#include <math.h>
#include <string.h>

struct reading {
    struct therapist *sheet;
    const struct therapist_request *request;
    struct therapist_notebook *notes;
    int64_t first;
    struct offset {
        int64_t from_s;
        int32_t utc_offset_s;
    } *offset; /* one a worn day; owned */
    size_t n_offsets, at;
};

double therapist_mean(const struct therapist_notes *notes) { return notes->n ? notes->sum / notes->n : (double)NAN; }

static int keep_offset(struct reading *r, const struct day_total *day)
{
    struct offset *room = array_room(r->offset, r->n_offsets, sizeof *room);
    if (!room) return -ENOMEM;
    r->offset = room;
    r->offset[r->n_offsets++] = (struct offset){day->span.start_wall_s, day->utc_offset_s};
    return 0;
}

static int add_day(void *arg, const struct day_total *day)
{
    struct reading *r = arg;
    struct therapist_week *w = &r->sheet->week[(day->span.date - r->first) / 7];
    if (day->figures.enough_wear) {
        w->days++;
        w->sitting_min += day->figures.posture_min[POSTURE_SITTING];
        w->slouch_min += day->figures.slouch_min;
        w->long_sits += day->bouts.n_prolonged;
        w->bends += day->figures.bends;
    }
    return keep_offset(r, day);
}

static int add_entry(void *arg, const struct entry *e)
{
    struct reading *r = arg;
    while (r->at < r->n_offsets && r->offset[r->at].from_s <= e->wall_s) r->at++;
    int32_t utc_offset_s = r->at ? r->offset[r->at - 1].utc_offset_s : r->request->utc_offset_s;
    return therapist_notes_add(r->notes, e, date_number_of(e->wall_s, utc_offset_s));
}

static void finish_weeks(struct therapist *t, int64_t first)
{
    for (unsigned i = 0; i < t->n_weeks; i++) {
        struct therapist_week *w = &t->week[i];
        double days = w->days ? (double)w->days : (double)NAN;
        w->first = date_of_number(first + 7 * (int64_t)i);
        w->sitting_min /= days;
        w->slouch_min /= days;
        w->long_sits /= days;
        w->bends /= days;
    }
}

/* Health answers may be of any age, so all entries are gone through; there are a few a day. */
int therapist_read(struct diary *d, const struct therapist_request *q, struct therapist *t)
{
    int64_t last;
    memset(t, 0, sizeof *t);
    if (date_number(q->last, &last) || q->weeks < THERAPIST_WEEKS_MIN || q->weeks > THERAPIST_WEEKS_MAX) return -EINVAL;
    int64_t first = last + 1 - 7 * (int64_t)q->weeks;
    struct therapist_notebook *notes = calloc(1, sizeof *notes);
    struct reading r = {.sheet = t, .request = q, .notes = notes, .first = first};
    if (!notes) return -ENOMEM;
    t->first = date_of_number(first);
    t->last = q->last;
    t->n_weeks = q->weeks;
    t->with_health = q->with_health;
    notes->first = first;
    notes->n_weeks = q->weeks;
    int error = diary_days(d, first, last + 1, add_day, &r);
    if (error == 0) error = diary_entries(d, INT64_MIN, (last + 2) * DAY_S, add_entry, &r);
    if (q->health_configured) health_unite(&notes->health, q->contra);
    if (error == 0) {
        finish_weeks(t, first);
        therapist_notes_put(notes, q->catalogue, t);
    }
    free(r.offset);
    free(notes->rating);
    free(notes);
    return error;
}
