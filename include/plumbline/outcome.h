/* outcome — a day's (or week's) figures from minutes and sitting bouts. The coach and the reports use the same ones.
 *
 * Definitions follow the activPAL literature: sitting bouts and W50 (usual bout duration) after Chastin & Granat, Gait &
 * Posture 31 (2010) 82–86; fragmentation after Chastin et al. 2010; alpha as the maximum-likelihood exponent of Clauset,
 * Shalizi & Newman, SIAM Rev. 51 (2009); prolonged = 30 min and more. A trunk sensor is not a thigh sensor: give the
 * confidence beside every figure that tells sitting from standing.
 *
 * Pure. Minutes in any order, bouts in any order, unless said otherwise; units in the names. Dates are local days,
 * counted from 1 January 1970.
 */
#ifndef PLUMBLINE_OUTCOME_H
#define PLUMBLINE_OUTCOME_H

#include "plumbline/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bout {
    int64_t start_ns, end_ns; /* wall or run time, as long as all are alike */
    bool open;                /* not ended yet */
};

/* Accumulation of sitting bouts. Figures that need more bouts than there are are NAN. */
struct bout_outcome {
    unsigned n, n_prolonged;
    double total_min, mean_min, median_min, longest_min;
    double prolonged_min, prolonged_share; /* in bouts ≥ 30 min */
    double bin_min[3];                     /* time in bouts of 0–14, 15–29, ≥ 30 min (Hibbing) */
    double fragmentation_per_h;            /* breaks / sitting hours; an open bout is no break */
    double alpha, alpha_se;                /* power-law exponent, x_min = shortest bout */
    double w50_fit_min;                    /* y = t^n / (t^n + W50^n), least squares over unique lengths */
    double w50_fit_n, w50_fit_sse;
    double w50_nearest_min, w50_first_min; /* empirical: share nearest to one half, first at or over it */
    double gini_biased, gini;              /* n/(n−1) corrected */
};
/* Needs scratch for N lengths in minutes. */
void outcome_bouts(const struct bout *bouts, size_t n, double *scratch_min, struct bout_outcome *out);

struct day_outcome {
    unsigned minutes;                     /* minute records seen */
    double worn_min, posture_min[POSTURE_COUNT];
    double slouch_min;                    /* seated */
    double slouch_standing_min;
    double slouch_share;                  /* seated slouch over seated time; NAN without sitting */
    double lean_left_min, lean_right_min, asymmetry_min; /* left − right */
    double flexed_20_min;                 /* beyond 20°, upper back */
    double bin_min[INCLINATION_BINS];
    double flexion_mean_deg;              /* time-weighted; NAN */
    double angle_min;                     /* time for which flexion is known */
    unsigned steps, bends, shifts;
    double shifts_per_h;                  /* per seated hour; NAN */
    double creep_max, creep_last;
    double confidence;                    /* mean of max(p, 1−p) of sitting over worn, still time */
    bool enough_wear;                     /* worn ≥ 4 h: below that the day is shown, not compared */
};
void outcome_day_begin(struct day_outcome *d);
void outcome_day_add(struct day_outcome *d, const struct minute *m);
void outcome_day_finish(struct day_outcome *d);

/* ---- around a date: pain before and after a therapist session ---------------------------------------------------- */

/* A number from 0 to 10 that the wearer gave. */
struct rating {
    int64_t wall_s;
    int value;
};
/* Whether WORD is a kind of session: "swedish", "deep-tissue", "trigger-point", "other". */
bool outcome_session_known(const char *word);
enum around_change { AROUND_UNKNOWN, AROUND_LESS, AROUND_ALIKE, AROUND_MORE };
struct around_outcome {
    unsigned n_before, n_after;
    double before, after; /* means of the seven days up to it, and of those from then on; NAN without any */
    enum around_change change; /* beyond 2 points or 30 %, the minimal important change (Ostelo et al., Spine 33 (2008)
                                * 90–94); unknown with fewer than two ratings on a side */
};
/* RATINGS in any order; AT_S itself belongs to what was before, and so does nothing from NEXT_S on (the next session;
 * INT64_MAX: none) to what came after. */
void outcome_around(const struct rating *ratings, size_t n, int64_t at_s, int64_t next_s, struct around_outcome *out);

/* ---- a local day from the rows of the diary --------------------------------------------------------------------- */

/* Rows in time order, minutes without repeats. Not owned. */
struct day_rows {
    const struct minute *minute;
    const struct diary_event *event;
    size_t n_minutes, n_events;
};

enum { OUTCOME_DATE_MAX = 106000 }; /* in 2260; nanoseconds of wall time end in 2262 */

/* Whether a row can be true; what cannot must be left out of day_rows. A minute's p_sitting and creep are filled in
 * where nothing is known of them (0.5: no evidence either way; 0). */
bool outcome_minute_possible(struct minute *m);
bool outcome_event_possible(const struct diary_event *e);

/* What a day is made of: the rows from a UTC day before DATE to a UTC day after it, which hold the local day, whatever
 * its offset, the bout that ran into it and what came of its last prompts. A part of ROWS. */
struct day_rows outcome_rows_about(const struct day_rows *rows, int64_t date);
enum { OUTCOME_DAYS_AROUND = 1 };

/* UTC offset of the last minute that began at or before WALL_S, else of the first; 0 without minutes. */
int32_t outcome_offset_at(const struct day_rows *rows, int64_t wall_s);
/* End of the last minute that was observed and began before WALL_S; INT64_MIN without any. */
int64_t outcome_last_seen_s(const struct day_rows *rows, int64_t wall_s);

/* From local midnight to local midnight. A minute belongs to the date that its own offset gives it; midnight is told by
 * the clock in use the evening before, as far as it was seen. */
struct day_span {
    int64_t date, start_wall_s;
    int length_min; /* 1440; 1380 or 1500 on a clock change; other lengths while travelling */
};
struct day_span outcome_span(const struct day_rows *rows, int64_t date);
bool outcome_span_holds(const struct day_span *span, int64_t wall_s);

struct day_bout { /* sitting, clipped to the day */
    double from_min, to_min; /* after local midnight, elapsed */
    bool open;               /* counted to the last minute seen */
};

/* What became of a prompt: each has exactly one fate. */
enum fate {
    FATE_CORRECTED, /* the body answered, or "done" */
    FATE_SNOOZED,
    FATE_SKIPPED,
    FATE_IGNORED,
    FATE_WRONG,
    FATE_WITHDRAWN /* open still, or taken back because it no longer applied */
};
/* Of the alert at INDEX of the rows' events; RECOVERY_S is NAN when the body did not answer. */
enum fate outcome_fate(const struct day_rows *rows, size_t index, double *recovery_s);

/* Answers to alerts. */
struct response_outcome {
    unsigned sent, corrected_60s, done, snoozed, skipped, ignored, wrong;
    double median_recovery_s; /* NAN without any */
};

/* A whole day, as weeks and years are made of it. */
struct day_total {
    struct day_span span;
    int32_t utc_offset_s; /* at the first minute seen */
    struct day_outcome figures;
    struct bout_outcome bouts;
    double longest_from_min, longest_to_min; /* the longest bout; both 0 without any */
    struct response_outcome responses;  /* to prompts about posture and breaks */
    unsigned acted_on;                  /* of responses.sent: the body answered, or "done" */
    unsigned breaks;                    /* bouts ended by standing or walking for 60 s and more */
    unsigned rises;                     /* sit-to-stand transitions */
    unsigned gaps, rezeros;
    double gap_min; /* as far as it lies between putting the sensor on and taking it off */
};

/* Raise it when the same rows give another day_total: what was kept of the old kind is then made anew. */
enum { OUTCOME_VERSION = 1 };

/* ROWS: at least outcome_rows_about(DATE). BOUT and SCRATCH have room for n_events each; the day's bouts are left in
 * BOUT, OUT->bouts.n of them. DATE lies within 1 … OUTCOME_DATE_MAX. */
void outcome_total(const struct day_rows *rows, int64_t date, struct day_bout *bout, double *scratch,
                   struct day_total *out);

#endif
