/* sums — figures over all days of a report, for pictures and sentences that speak of all of them at once. */
#ifndef PLUMBLINE_REPORT_SUMS_H
#define PLUMBLINE_REPORT_SUMS_H

#include "report.h"

struct sums {
    double worn_min, posture_min[POSTURE_COUNT], slouch_min, lean_left_min, lean_right_min;
    double bin_min[INCLINATION_BINS], angle_min; /* angle_min: the sum of the bins */
    double prolonged_min, longest_min, gap_min;
    const struct report_day *longest_day; /* NULL without a bout */
    unsigned bouts, prolonged, breaks, sent, acted_on, corrected_60s, snoozed, skipped, ignored, wrong;
    unsigned days_worn;                         /* with enough wear to be compared */
    double sitting_a_day_min, slouch_a_day_min; /* means over days_worn; NAN without any */
    double slouch_share;                        /* slouched over seated time; NAN without sitting */
    double confidence;                          /* mean, weighted by wear; NAN without wear */
};
void sums_of(const struct report_day *days, unsigned n, struct sums *sums);

#endif
