/* Invariants: between begin and finish, confidence and flexion_mean_deg hold sums over time, which finish divides,
 * once. */
#include "plumbline/outcome.h"

#include <math.h>
#include <string.h>

static const double enough_min = 240;

void outcome_day_begin(struct day_outcome *d) { memset(d, 0, sizeof *d); }

static double still_min(const struct day_outcome *d)
{
    return d->posture_min[POSTURE_SITTING] + d->posture_min[POSTURE_STANDING];
}

void outcome_day_add(struct day_outcome *d, const struct minute *m)
{
    double seconds = 0, still_s = (double)(m->posture_s[POSTURE_SITTING] + m->posture_s[POSTURE_STANDING]);
    d->minutes++;
    for (int i = 0; i < POSTURE_COUNT; i++) {
        d->posture_min[i] += (double)m->posture_s[i] / 60;
        if (i != POSTURE_NOT_WORN && i != POSTURE_MISSING) seconds += (double)m->posture_s[i];
    }
    d->worn_min += seconds / 60;
    d->slouch_min += (double)m->slouch_sitting_s / 60;
    d->slouch_standing_min += (double)m->slouch_standing_s / 60;
    d->lean_left_min += (double)m->lean_left_s / 60;
    d->lean_right_min += (double)m->lean_right_s / 60;
    for (int i = 0; i < INCLINATION_BINS; i++) d->bin_min[i] += (double)m->bin_s[i] / 60;
    d->steps += m->steps;
    d->bends += m->bends;
    d->shifts += m->shifts;
    d->creep_max = fmax(d->creep_max, (double)m->creep);
    d->creep_last = (double)m->creep;
    d->confidence += fmax((double)m->p_sitting, 1 - (double)m->p_sitting) * still_s / 60;
    if (m->angle_s <= 0 || isnan(m->flexion_mean_deg)) return;
    d->flexion_mean_deg += (double)m->flexion_mean_deg * (double)m->angle_s / 60;
    d->angle_min += (double)m->angle_s / 60;
}

void outcome_day_finish(struct day_outcome *d)
{
    double sitting = d->posture_min[POSTURE_SITTING];
    d->slouch_share = sitting > 0 ? d->slouch_min / sitting : NAN;
    d->shifts_per_h = sitting > 0 ? d->shifts / (sitting / 60) : NAN;
    d->asymmetry_min = d->lean_left_min - d->lean_right_min;
    d->flexed_20_min = 0;
    for (int i = 0; i < INCLINATION_BINS; i++)
        if (i > 0 && inclination_borders_deg[i - 1] >= 20) d->flexed_20_min += d->bin_min[i];
    d->confidence = still_min(d) > 0 ? d->confidence / still_min(d) : NAN;
    d->flexion_mean_deg = d->angle_min > 0 ? d->flexion_mean_deg / d->angle_min : NAN;
    d->enough_wear = d->worn_min >= enough_min;
}
