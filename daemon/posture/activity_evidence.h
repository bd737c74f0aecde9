/* activity_evidence — what one epoch says of each class, in log-likelihoods: tilt and movement by the tables of its
 * placement, the wearer's captured poses, what the wearer tells, what is known from outside. Pure.
 */
#ifndef POSTURE_ACTIVITY_EVIDENCE_H
#define POSTURE_ACTIVITY_EVIDENCE_H

#include "activity.h"
#include "activity_tables.h"

/* An epoch seen from the reference. */
struct look {
    const struct activity_tables *tables;
    bool have_tilt, lying;
    float beyond_lying_deg; /* lying from 0 on */
    bool senses;            /* there is an accelerometer: without one nobody is seen to walk, and counts as standing */
    bool from_seat;         /* tilt is from sitting upright: no measure of standing or walking */
    float up[3], tilt_deg, roll_deg, movement_g;
    bool moves;   /* in regular steps */
    bool goes_on; /* moves as much as in walking, and did in the epoch before: longer than a change of posture takes */
    int sway_bin; /* −1: nothing is known of it */
    float sitting_odds; /* features.sitting_odds */
    bool lifeless;      /* features.lifeless */
};

void activity_evidence_look(struct look *look, const struct tracker_config *config, const struct calibration *c,
                            const struct features *f);

/* X by class; SHIFT_DEG is the wearer's threshold's difference from the tables'. */
void activity_evidence_weigh(const struct look *look, float shift_deg, enum told told,
                             const struct tracker_config *config, const struct calibration *c,
                             float x[ACTIVITY_CLASSES]);

#endif
