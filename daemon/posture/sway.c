/* Invariants: dt_s and the gains belong together; the first sample after a break sets the filters at rest. */
#include "sway.h"

#include "plumbline/sample.h"
#include "vec.h"

static const float centre_hz[SWAY_BANDS] = {0.274f, 0.775f, 1.73f, 3.54f, 7.07f}; /* of .15-.5-1.2-2.5-5-10 Hz */
static const float damping[SWAY_BANDS] = {1.28f, 0.9f, 0.75f, 0.707f, 0.707f};    /* width over centre */
static const float interval_most_s = 1 / 24.0f, interval_change = 0.02f, least = 1e-7f;
enum { SAMPLES_LEAST = 96 };

static void tune(struct sway *s, float dt_s)
{
    s->dt_s = dt_s;
    for (int b = 0; b < SWAY_BANDS; b++) {
        float g = tanf(3.14159265f * centre_hz[b] * dt_s);
        s->gain[b][0] = 1 / (1 + g * (g + damping[b]));
        s->gain[b][1] = g * s->gain[b][0];
        s->gain[b][2] = g * s->gain[b][1];
    }
}

void sway_break(struct sway *s) { s->dt_s = 0; }

void sway_add(struct sway *s, struct sway_sums *sums, const float force[3], float dt_s)
{
    if (!(dt_s > 0 && dt_s <= interval_most_s)) return;
    bool first = s->dt_s <= 0;
    if (first || fabsf(dt_s - s->dt_s) > interval_change * s->dt_s) tune(s, dt_s);
    for (int b = 0; b < SWAY_BANDS; b++) {
        const float *gain = s->gain[b];
        float y[3];
        for (int i = 0; i < 3; i++) {
            float *at = s->state[b][i];
            if (first) at[0] = 0, at[1] = force[i];
            float rest = force[i] - at[1];
            float band = gain[0] * at[0] + gain[1] * rest, low = at[1] + gain[1] * at[0] + gain[2] * rest;
            at[0] = 2 * band - at[0];
            at[1] = 2 * low - at[1];
            y[i] = damping[b] * band;
        }
        float *p = sums->product[b];
        p[0] += y[0] * y[0], p[1] += y[1] * y[1], p[2] += y[2] * y[2];
        p[3] += y[0] * y[1], p[4] += y[0] * y[2], p[5] += y[1] * y[2];
    }
    sums->n++;
}

bool sway_levels(const struct sway_sums *sums, const float u[3], float level[SWAY_LEVELS])
{
    if (sums->n < SAMPLES_LEAST) return false;
    float scale = 1 / (sums->n * STANDARD_GRAVITY_MPS2 * STANDARD_GRAVITY_MPS2);
    for (int b = 0; b < SWAY_BANDS; b++) {
        const float *p = sums->product[b];
        float along = u[0] * u[0] * p[0] + u[1] * u[1] * p[1] + u[2] * u[2] * p[2] +
                      2 * (u[0] * u[1] * p[3] + u[0] * u[2] * p[4] + u[1] * u[2] * p[5]);
        float across = p[0] + p[1] + p[2] - along;
        level[b] = log10f(fmaxf(0, along * scale) + least);
        level[SWAY_BANDS + b] = log10f(fmaxf(0, across * scale) + least);
    }
    return true;
}
