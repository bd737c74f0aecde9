/* activity_tables — log-likelihoods of an epoch's tilt and movement when sitting, standing, walking, by placement.
 *
 * Made by tests/accuracy/make_tables.c from recordings of labelled people; never edited by hand. Upper back: chest
 * accelerometers (Casale et al. 2012), unsigned tilt. Lower back: HAR70+ (Logacjov & Ustad), signed tilt and roll.
 */
#ifndef POSTURE_ACTIVITY_TABLES_H
#define POSTURE_ACTIVITY_TABLES_H

#include "activity_sway.h"
#include "plumbline/posture.h"

enum { TABLE_CLASSES = 3, TABLE_TILT_MAX = 60, TABLE_MOTION = 24, TABLE_ROLLS = 3 };

struct activity_tables {
    unsigned tilt_bins, rolls; /* index of an entry: tilt bin × rolls + roll bin */
    float tilt_from_deg, tilt_step_deg;
    float motion_from, motion_to; /* log10(g + 1e-4) at the ends */
    float walking_g;              /* movement above this is a walking epoch */
    float tilt[TABLE_CLASSES][TABLE_TILT_MAX];
    float motion[TABLE_CLASSES][TABLE_MOTION];
    struct sway_table sway;
};

extern const struct activity_tables activity_tables_upper, activity_tables_lower;

/* Those of a placement. In an object of its own, so that a program that measures may link another choice. */
const struct activity_tables *activity_tables_of(enum placement placement);

#endif
