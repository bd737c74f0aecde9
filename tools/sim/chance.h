/* chance — all randomness of the simulator: the same seed gives the same numbers with every compiler. Only integer
 * arithmetic and exact conversions stand between seed and number.
 */
#ifndef PLUMBLINE_SIM_CHANCE_H
#define PLUMBLINE_SIM_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state;
};

void chance_init(struct chance *c, uint64_t seed, uint64_t stream);
uint64_t chance_bits(struct chance *c);
/* In [low, high). */
double chance_between(struct chance *c, double low, double high);
/* Mean 0, SD 1, never beyond ±4.9 (the sum of eight even numbers, Irwin–Hall). */
double chance_normal(struct chance *c);

/* A smooth random function of X with mean 0, SD 1 and continuous second derivative, whose values are unrelated beyond
 * |Δx| ≈ 2: a cubic B-spline through a random number at each integer. Each CHANNEL of a seed is another function. */
double chance_wander(uint64_t seed, unsigned channel, double x);

#endif
