/* Whatever a place in an array, or how often something is done, is reckoned from. The rest are numbers, of which any does. */
#include "tracker.h"

#include <math.h>

static bool config_sound(const struct tracker_config *c)
{
    return (unsigned)c->placement <= PLACEMENT_LOWER_BACK && (unsigned)c->desk <= DESK_MIXED &&
           (unsigned)c->sensitivity <= SENSITIVITY_HIGH && isfinite(c->sitting_bias);
}

static bool activity_sound(const struct activity *a)
{
    for (int i = 0; i < ACTIVITY_SLOTS; i++)
        if (a->slot[i].steps > 1 + ACTIVITY_SKIP_MOST) return false;
    return a->n <= ACTIVITY_SLOTS && a->next < ACTIVITY_SLOTS && a->skipped <= ACTIVITY_SKIP_MOST;
}

static bool names_sound(const struct tracker *t)
{
    return (unsigned)t->capture.pose < POSE_COUNT && (unsigned)t->calibration.state <= REFERENCE_DOUBTFUL &&
           (unsigned)t->said_state <= REFERENCE_DOUBTFUL && (unsigned)t->live.posture < POSTURE_COUNT;
}

bool tracker_sound(const struct tracker *t)
{
    return config_sound(&t->config) && names_sound(t) && activity_sound(&t->activity) &&
           t->attitude.past_n <= ATTITUDE_LAG_SLOTS && t->attitude.past_next < ATTITUDE_LAG_SLOTS &&
           t->swing.n <= SWING_SLOTS && t->swing.next < SWING_SLOTS && t->transition.n <= TRANSITION_SLOTS &&
           t->transition.next < TRANSITION_SLOTS && t->settle.n <= ACTIVITY_LAG && t->settle.n_bends <= BENDS_WAITING;
}
