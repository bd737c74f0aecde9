/* outcome — a day's (or week's) figures from minutes and sitting bouts. The coach and the reports use the same ones.
 *
 * Definitions follow the activPAL literature: sitting bouts and W50 (usual bout duration) after Chastin & Granat, Gait &
 * Posture 31 (2010) 82–86; fragmentation after Chastin et al. 2010; alpha as the maximum-likelihood exponent of Clauset,
 * Shalizi & Newman, SIAM Rev. 51 (2009); prolonged = 30 min and more. A trunk sensor is not a thigh sensor: give the
 * confidence beside every figure that tells sitting from standing.
 *
 * Pure. Minutes in any order, bouts in any order; units in the names.
 */
#ifndef PLUMBLINE_OUTCOME_H
#define PLUMBLINE_OUTCOME_H

#include "plumbline/event.h"

#include <stdbool.h>
#include <stddef.h>

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

/* Answers to alerts. */
struct response_outcome {
    unsigned sent, corrected_60s, done, snoozed, skipped, ignored, wrong;
    double median_recovery_s; /* NAN without any */
};

#endif
