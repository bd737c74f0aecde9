/* seeded — random numbers that are the same on every machine: integers only, until the last division. The generator is
 * SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
 */
#ifndef ACCURACY_SEEDED_H
#define ACCURACY_SEEDED_H

#include <stdbool.h>
#include <stdint.h>

struct seeded {
    uint64_t state;
};

static inline uint64_t seeded_next(struct seeded *r)
{
    uint64_t z = r->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* 0 ≤ x < 1 */
static inline double seeded_share(struct seeded *r) { return (double)(seeded_next(r) >> 11) / 9007199254740992.0; }
static inline double seeded_between(struct seeded *r, double low, double high)
{
    return low + (high - low) * seeded_share(r);
}
static inline bool seeded_chance(struct seeded *r, double p) { return seeded_share(r) < p; }

/* Mean 0, variance 1, bell-shaped, never beyond 3.5: the sum of four even ones, which needs no libm. */
static inline double seeded_normal(struct seeded *r)
{
    uint64_t x = seeded_next(r);
    double sum = (double)((x & 0xFFFF) + (x >> 16 & 0xFFFF) + (x >> 32 & 0xFFFF) + (x >> 48));
    return (sum - 2 * 65535.0) / 65536.0 * 1.7320508075688772;
}

#endif
