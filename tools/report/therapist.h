/* therapist — one printed sheet to take along: where it hurts and how that went, the load of the days, what was tried.
 *
 * Four to eight weeks that end with a day, summed by week from the diary's totals of days and from what the wearer
 * noted. Of health answers and red flags nothing stands on it unless the wearer asks for them: paper gets left lying
 * about, and a therapist asks anyway.
 *
 * Errors: 0 or a negative errno, as report.h has them.
 */
#ifndef PLUMBLINE_REPORT_THERAPIST_H
#define PLUMBLINE_REPORT_THERAPIST_H

#include "report.h"

#include "plumbline/range.h"
#include "plumbline/routine.h"

enum { THERAPIST_WEEKS_MIN = 4, THERAPIST_WEEKS_MAX = 8 };

struct therapist_request {
    struct report_date last;
    unsigned weeks;                  /* THERAPIST_WEEKS_MIN … _MAX */
    int32_t utc_offset_s;            /* for notes of days on which nothing was worn before */
    bool with_health;
    bool health_configured;            /* CONTRA, letters as in health.h, holds as well */
    uint32_t contra;
    const struct catalogue *catalogue; /* for the names of what was done; NULL: ids */
};

/* What was noted, 0 to 10. */
struct therapist_notes {
    unsigned n;
    double sum;
};
/* Its mean, NAN without any. */
double therapist_mean(const struct therapist_notes *notes);

struct therapist_week {
    struct report_date first;
    unsigned days;                                  /* worn long enough; the means below are theirs, NAN without any */
    double sitting_min, long_sits, slouch_min, bends; /* a day */
    struct therapist_notes stress, soreness;
};

enum { THERAPIST_AREAS = 4, THERAPIST_AREA_NAME = 24 };
struct therapist_area { /* most noted first; the last may be all others together */
    char name[THERAPIST_AREA_NAME];
    unsigned n;
    struct therapist_notes week[THERAPIST_WEEKS_MAX];
};

struct therapist_range { /* the first and the newest self-test */
    unsigned n;
    int first_deg, newest_deg;
    struct report_date first, newest;
};

enum { THERAPIST_ITEMS = 6, THERAPIST_SESSIONS = 4, THERAPIST_WORDS = 240 };
struct therapist_item {
    char id[ITEM_ID_MAX], name[56];
    unsigned times;
};
struct therapist_session {
    struct report_date date;
    char kind[24];
    struct around_outcome pain;
};

struct therapist {
    struct report_date first, last;
    unsigned n_weeks, n_areas, n_items, n_sessions, sessions, pain_notes, item_times;
    struct therapist_week week[THERAPIST_WEEKS_MAX];
    struct therapist_area area[THERAPIST_AREAS];
    struct therapist_range range[RANGE_WAYS];
    struct therapist_item item[THERAPIST_ITEMS];           /* most done first */
    struct therapist_session session[THERAPIST_SESSIONS]; /* the newest, oldest first */
    bool with_health;
    char health[THERAPIST_WORDS], red_flags[THERAPIST_WORDS]; /* in words */
};

/* −EINVAL when the request names no date or a number of weeks out of range. */
int therapist_read(struct diary *d, const struct therapist_request *q, struct therapist *t);

/* At most 80 columns. */
int therapist_text(const struct therapist *t, const struct report_style *style, FILE *out);
/* A page that prints on one sheet of PAPER ("a4", "letter"; NULL: what the printer has), in black. Loads nothing. */
int therapist_html(const struct therapist *t, const char *paper, FILE *out);

#endif
