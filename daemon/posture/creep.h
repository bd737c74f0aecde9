/* creep — how far sustained flexion may have stretched the spine's tissues: an indicator from a laboratory model.
 *
 * McGill & Brown, Clinical Biomechanics 7 (1992) 43–46: creep in full flexion with a time constant of 9.4 min, about
 * half of the stiffness back within 2 min of standing, the rest slower (25 min here). 0…1. Pure.
 */
#ifndef POSTURE_CREEP_H
#define POSTURE_CREEP_H

struct creep {
    float level; /* 0…1 */
    float peak;  /* level at which the present recovery began */
};

/* Held for DT_S a flexion of FLEXED_DEG (0 when not beyond the threshold) of the wearer's FULL_DEG. Steps of any
 * length: a gap is one. */
void creep_step(struct creep *c, float flexed_deg, float full_deg, float dt_s);

#endif
