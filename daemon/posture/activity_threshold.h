/* activity_threshold — the wearer's own border between standing and sitting on the lower back, learnt from how the tilt
 * of still epochs is spread: two Gaussians with strong priors, by expectation maximisation over a histogram (Dempster,
 * Laird & Rubin, J. R. Stat. Soc. B 39, 1977). Without labels; a day of nothing but standing moves it little. Pure.
 */
#ifndef POSTURE_ACTIVITY_THRESHOLD_H
#define POSTURE_ACTIVITY_THRESHOLD_H

#include <stdint.h>

enum { TILT_BINS = 110 };

struct activity_threshold {
    uint32_t still[TILT_BINS]; /* epochs by tilt, 1° each from −20° */
    uint32_t n;
    float shift_deg; /* how far behind the tables' border the wearer's is */
};

void activity_threshold_init(struct activity_threshold *a);
/* A still epoch's tilt from walking, backward positive. */
void activity_threshold_learn(struct activity_threshold *a, float tilt_deg);

#endif
