/* sway — how much the trunk moves in five bands of frequency, where it neither walks nor lies: a sitter and a stander
 * sway alike in size but not in tempo. Band-pass filters of second order (state-variable form: stable whatever the
 * interval does), three axes each, and sums of their outputs' products; no buffer. Pure. */
#ifndef POSTURE_SWAY_H
#define POSTURE_SWAY_H

#include <stdbool.h>

enum { SWAY_BANDS = 5, SWAY_LEVELS = 2 * SWAY_BANDS };
enum { SWAY_LANES = 8 }; /* bands, and idle ones that a compiler takes along in one go; they stay 0, or at rest */

struct sway {
    float dt_s;                              /* the filters are made for this interval; 0 before the first sample */
    float gain[3][SWAY_LANES];               /* of each filter */
    float band[3][SWAY_LANES], low[3][SWAY_LANES]; /* of each axis, m/s² */
};

/* Sums over an epoch. */
struct sway_sums {
    float n;
    float product[6][SWAY_LANES]; /* of outputs: xx yy zz xy xz yz, (m/s²)² */
};

/* FORCE came DT_S after the sample before. Samples more than 1/24 s apart do not hold the upper bands: nothing is added. */
void sway_add(struct sway *s, struct sway_sums *sums, const float force_mps2[3], float dt_s);
void sway_break(struct sway *s);

/* log10 of the power in g², of each band along UP, then of each across it; false without enough samples. */
bool sway_levels(const struct sway_sums *sums, const float up[3], float level[SWAY_LEVELS]);

#endif
