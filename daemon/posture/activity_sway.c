/* Invariants: mean holds n > 0 epochs or nothing; noise is meant once noise_n is enough. */
#include "activity_sway.h"

#include "vec.h"

static const float memory = 12, noise_down = 0.2f, noise_up = 0.01f, turn_least_deg = 0.1f;
enum { NOISE_LEAST = 12 };

void activity_sway_init(struct activity_sway *s) { memset(s, 0, sizeof *s); }

void activity_sway_clear(struct activity_sway *s)
{
    memset(s->before, 0, sizeof s->before);
    s->n = 0;
}

static void learn_noise(struct activity_sway *s, const float level[SWAY_LEVELS])
{
    float highest = log10f(powf(10, level[SWAY_BANDS - 1]) + powf(10, level[SWAY_LEVELS - 1]));
    if (s->noise_n == 0) s->noise = highest;
    s->noise += (highest < s->noise ? noise_down : noise_up) * (highest - s->noise);
    s->noise_n++;
}

void activity_sway_add(struct activity_sway *s, const struct sway_sums *sums, const float up[3])
{
    float x[SWAY_FEATURES];
    bool have_before = vec_norm(s->before) > 0.5f;
    bool have = sway_levels(sums, up, x);
    if (have && have_before) {
        x[SWAY_TURN] = log10f(vec_angle_deg(s->before, up) + turn_least_deg);
        learn_noise(s, x);
        s->n = fminf(s->n + 1, memory);
        for (int i = 0; i < SWAY_FEATURES; i++) s->mean[i] = s->n > 1 ? s->mean[i] + (x[i] - s->mean[i]) / s->n : x[i];
    }
    vec_copy(s->before, up);
}

int activity_sway_bin(const struct activity_sway *s, const struct sway_table *t)
{
    if (s->n <= 0 || s->noise_n < NOISE_LEAST || s->noise < t->noise_from || s->noise > t->noise_to) return -1;
    float score = 0;
    for (int i = 0; i < SWAY_FEATURES; i++) score += t->weight[i] * s->mean[i];
    int bin = 0;
    while (bin < SWAY_BINS - 1 && score >= t->edge[bin]) bin++;
    return bin;
}
