/* features — what five seconds of samples say about activity. Sums only, no buffer. Pure.
 *
 * Samples that come evenly count alike (WEIGHT 1). Those of a device that speaks on change count as long as what they
 * say has held, in hundredths of a second: else the moments of movement would outvote the stillness between them. */
#ifndef POSTURE_FEATURES_H
#define POSTURE_FEATURES_H

#include "sway.h"

#include <stdbool.h>

struct features {
    float n;              /* samples with specific force, weighted */
    float force[3];       /* sums, m/s² */
    double size, size_sq; /* sums of |a| and |a|² */
    float up[3];          /* sum of up from the attitude, for sensors without specific force */
    struct sway_sums sway;
    unsigned regular_steps;
    float sitting_odds; /* log-odds of sitting that are known from outside the sensor; 0 without */
    bool lifeless;      /* too still, and for too long, for stillness to speak of what a wearer does */
};

static inline void features_clear(struct features *f) { *f = (struct features){0}; }
void features_add_force(struct features *f, const float force_mps2[3], float weight);

/* Mean direction of up; false when there is none. */
bool features_up(const struct features *f, float up[3]);
/* Standard deviation of |a|, and mean |a| − |mean a|, in g; NAN with fewer than 8 samples. */
float features_spread_g(const struct features *f);
float features_surplus_g(const struct features *f);

#endif
