#include "chance.h"

#include <math.h>

/* SplitMix64 (Steele, Lea & Flood, OOPSLA 2014). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static const uint64_t STEP = UINT64_C(0x9E3779B97F4A7C15);

void chance_init(struct chance *c, uint64_t seed, uint64_t stream)
{
    c->state = mix(seed + STEP) ^ mix(~stream * STEP);
}

uint64_t chance_bits(struct chance *c) { return mix(c->state += STEP); }

static double unit(uint64_t bits) { return (double)(bits >> 11) * 0x1p-53; }

double chance_between(struct chance *c, double low, double high) { return low + (high - low) * unit(chance_bits(c)); }

double chance_normal(struct chance *c)
{
    uint32_t sum = 0;
    for (int i = 0; i < 2; i++) {
        uint64_t b = chance_bits(c);
        sum +=
            (uint32_t)(b & 0xFFFF) + (uint32_t)(b >> 16 & 0xFFFF) + (uint32_t)(b >> 32 & 0xFFFF) + (uint32_t)(b >> 48);
    }
    return ((double)sum - 8 * 32767.5) * (1 / 53509.9); /* 65536 √(8/12) */
}

double chance_wander(uint64_t seed, unsigned channel, double x)
{
    double floor_x = floor(x), u = x - floor_x, v = 1 - u;
    uint64_t i = (uint64_t)(int64_t)floor_x, key = mix(seed + STEP * (channel + 1));
    double weight[4] = {v * v * v, 4 - 6 * u * u + 3 * u * u * u, 4 - 6 * v * v + 3 * v * v * v, u * u * u};
    double sum = 0;
    for (unsigned k = 0; k < 4; k++) sum += weight[k] * (2 * unit(mix(key ^ (i + k) * STEP)) - 1);
    return sum * (2.5017 / 6); /* SD of an even number in ±1 is √(1/3), of the spline √(151/315) of that */
}
