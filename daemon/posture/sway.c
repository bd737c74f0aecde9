/* Invariants: dt_s and the gains belong together; the first sample after a break sets the filters at rest. */
#include "sway.h"

#include "plumbline/sample.h"
#include "vec.h"

static const float centre_hz[SWAY_BANDS] = {0.274f, 0.775f, 1.73f, 3.54f, 7.07f}; /* of .15-.5-1.2-2.5-5-10 Hz */
static const float damping[SWAY_LANES] = {1.28f, 0.9f, 0.75f, 0.707f, 0.707f};    /* width over centre */
static const float interval_most_s = 1 / 24.0f, interval_change = 0.02f, least = 1e-7f;
enum { SAMPLES_LEAST = 96 };

static void tune(struct sway *s, float dt_s)
{
    s->dt_s = dt_s;
    for (int b = 0; b < SWAY_BANDS; b++) {
        float g = tanf(3.14159265f * centre_hz[b] * dt_s);
        s->gain[0][b] = 1 / (1 + g * (g + damping[b]));
        s->gain[1][b] = g * s->gain[0][b];
        s->gain[2][b] = g * s->gain[1][b];
    }
}

void sway_break(struct sway *s) { s->dt_s = 0; }

/* A step of filter B for one axis: X in, its output back. */
static inline float filter(struct sway *s, int axis, int b, float x)
{
    float *band = &s->band[axis][b], *low = &s->low[axis][b], rest = x - *low;
    float m = s->gain[0][b] * *band + s->gain[1][b] * rest;
    float l = *low + s->gain[1][b] * *band + s->gain[2][b] * rest;
    *band = 2 * m - *band;
    *low = 2 * l - *low;
    return damping[b] * m;
}

static inline void step(struct sway *restrict s, float (*restrict product)[SWAY_LANES], float fx, float fy, float fz)
{
    for (int b = 0; b < SWAY_LANES; b++) {
        float x = filter(s, 0, b, fx), y = filter(s, 1, b, fy), z = filter(s, 2, b, fz);
        product[0][b] += x * x, product[1][b] += y * y, product[2][b] += z * z;
        product[3][b] += x * y, product[4][b] += x * z, product[5][b] += y * z;
    }
}

static void rest_at(struct sway *s, const float x[3])
{
    memset(s->band, 0, sizeof s->band);
    for (int i = 0; i < 3; i++)
        for (int b = 0; b < SWAY_LANES; b++) s->low[i][b] = x[i];
}

void sway_add(struct sway *s, struct sway_sums *sums, const float force[3], float dt_s)
{
    if (!(dt_s > 0 && dt_s <= interval_most_s)) return;
    if (s->dt_s <= 0) rest_at(s, force);
    if (fabsf(dt_s - s->dt_s) > interval_change * s->dt_s) tune(s, dt_s);
    step(s, sums->product, force[0], force[1], force[2]);
    sums->n++;
}

bool sway_levels(const struct sway_sums *sums, const float u[3], float level[SWAY_LEVELS])
{
    if (sums->n < SAMPLES_LEAST) return false;
    float scale = 1 / (sums->n * STANDARD_GRAVITY_MPS2 * STANDARD_GRAVITY_MPS2);
    for (int b = 0; b < SWAY_BANDS; b++) {
        float p[6];
        for (int k = 0; k < 6; k++) p[k] = sums->product[k][b];
        float along = u[0] * u[0] * p[0] + u[1] * u[1] * p[1] + u[2] * u[2] * p[2] +
                      2 * (u[0] * u[1] * p[3] + u[0] * u[2] * p[4] + u[1] * u[2] * p[5]);
        float across = p[0] + p[1] + p[2] - along;
        level[b] = log10f(fmaxf(0, along * scale) + least);
        level[SWAY_BANDS + b] = log10f(fmaxf(0, across * scale) + least);
    }
    return true;
}
