/* therapist_notes — what the wearer noted in the weeks of the sheet, gathered entry by entry. */
#ifndef PLUMBLINE_REPORT_THERAPIST_NOTES_H
#define PLUMBLINE_REPORT_THERAPIST_NOTES_H

#include "therapist.h"

#include "plumbline/health.h"

enum { NOTEBOOK_AREAS = 32 };
struct therapist_notebook {
    int64_t first; /* date number of the first day */
    unsigned n_weeks, n_areas, n_items, n_sessions, sessions, item_times;
    struct therapist_area area[NOTEBOOK_AREAS];
    struct therapist_item item[CATALOGUE_MAX];
    struct therapist_notes stress[THERAPIST_WEEKS_MAX], soreness[THERAPIST_WEEKS_MAX];
    struct therapist_range range[RANGE_WAYS];
    struct therapist_session session[THERAPIST_SESSIONS];
    int64_t session_s[THERAPIST_SESSIONS];
    struct rating *rating; /* of pain, from a week before the first day on; owned */
    size_t n_ratings, room;
    struct health health;
};

/* E, in time order, of the local date DATE_NUMBER. Health is taken from all, the rest from the weeks only. 0 or
 * −ENOMEM. */
int therapist_notes_add(struct therapist_notebook *b, const struct entry *e, int64_t date_number);
/* Into T, whose weeks are counted; sorts B. */
void therapist_notes_put(struct therapist_notebook *b, const struct catalogue *catalogue, struct therapist *t);

#endif
