/* activity_sway — sitting told from standing by how the trunk sways (sway.h), on the upper back.
 *
 * The levels of still epochs are averaged since the last walk, with a memory of a few epochs; a weighted sum of them is
 * looked up in the placement's table. What was learnt of one kind of sensor does not hold for another (on two other
 * makes it told nothing), so it speaks only where the quietest epochs' highest band, the sensor's noise, is in the range
 * of those it was learnt from. Pure.
 */
#ifndef POSTURE_ACTIVITY_SWAY_H
#define POSTURE_ACTIVITY_SWAY_H

#include "sway.h"

enum { SWAY_TURN = SWAY_LEVELS, SWAY_FEATURES, SWAY_BINS = 16, SWAY_KINDS = 2 /* sitting, standing */ };

/* Part of the tables. */
struct sway_table {
    float weight[SWAY_FEATURES];
    float edge[SWAY_BINS - 1];          /* of the weighted sum, rising */
    float like[SWAY_KINDS][SWAY_BINS];  /* logarithms */
    float noise_from, noise_to;         /* log10 g², of people's sensors; from > to: no such table */
};

struct activity_sway {
    float mean[SWAY_FEATURES]; /* levels, then log10 of the turn since the epoch before in degrees */
    float n;                   /* epochs in it, up to the memory */
    float before[3];           /* direction of up an epoch ago; zero after walking */
    float noise;               /* a low quantile of the highest band's level, so far */
    unsigned noise_n;
};

void activity_sway_init(struct activity_sway *s);
/* Forgets the average, keeps what is known of the sensor. */
void activity_sway_clear(struct activity_sway *s);
/* A still epoch that was summed up in SUMS with up at UP (unit). */
void activity_sway_add(struct activity_sway *s, const struct sway_sums *sums, const float up[3]);
/* Entry of the table for the present average, −1 where it may not be asked. */
int activity_sway_bin(const struct activity_sway *s, const struct sway_table *t);

#endif
