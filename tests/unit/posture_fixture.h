/* posture_fixture — samples of a body in a given posture, for the tests of the posture room. Sensor frame: mounted so
 * that sensor x is up, y is left, z is backward (a board flat on the back), at 50 Hz unless told. */
#ifndef TEST_POSTURE_FIXTURE_H
#define TEST_POSTURE_FIXTURE_H

#include "plumbline/posture.h"

#include <math.h>
#include <string.h>

struct wearer {
    int64_t t_ns;
    double rate_hz;
    double flexion_deg, lateral_deg; /* aimed at */
    double now_flexion_deg, now_lateral_deg;
    double step_hz, step_g; /* vertical bounce while walking */
    double sway_deg;
    bool no_gyro;
    uint32_t noise;
};

static inline double wearer_chance(struct wearer *w)
{
    w->noise = w->noise * 1664525u + 1013904223u;
    return (double)(w->noise >> 8) / (1 << 24) - 0.5;
}

/* Up in the sensor frame at a flexion and a lateral flexion: z of the body turned forward takes up backward. */
static inline void wearer_up(double flexion_deg, double lateral_deg, double up[3])
{
    double f = flexion_deg / 57.29577951308232, l = lateral_deg / 57.29577951308232;
    double forward = -sin(f) * cos(l), left = -sin(l), upward = cos(f) * cos(l);
    up[0] = upward;
    up[1] = left;
    up[2] = -forward;
}

static inline struct sample wearer_sample(struct wearer *w)
{
    double dt = 1 / w->rate_hz, before[3], after[3], t = (double)w->t_ns * 1e-9;
    double sway = w->sway_deg * (sin(1.9 * t) + 0.6 * sin(0.31 * t));
    wearer_up(w->now_flexion_deg, w->now_lateral_deg, before);
    double step = 40 * dt; /* at most 40 °/s */
    w->now_flexion_deg += fmax(-step, fmin(step, w->flexion_deg + sway - w->now_flexion_deg));
    w->now_lateral_deg += fmax(-step, fmin(step, w->lateral_deg - w->now_lateral_deg));
    wearer_up(w->now_flexion_deg, w->now_lateral_deg, after);
    struct sample s;
    memset(&s, 0, sizeof s);
    w->t_ns += (int64_t)(dt * 1e9);
    s.t_ns = w->t_ns;
    s.raw.have = w->no_gyro ? HAVE_ACCEL : HAVE_ACCEL | HAVE_GYRO;
    s.raw.scale = SCALE_16G_2000DPS;
    double bounce = w->step_hz > 0 ? w->step_g * sin(2 * M_PI * w->step_hz * t) : 0;
    double sway_g = w->step_hz > 0 ? 0.5 * w->step_g * sin(M_PI * w->step_hz * t) : 0; /* from side to side, a stride */
    for (int i = 0; i < 3; i++) {
        double g = after[i] * (1 + bounce) + (i == 1 ? sway_g : 0) + 0.004 * wearer_chance(w);
        s.raw.accel[i] = (int16_t)lrint(g * 2048);
        int j = (i + 1) % 3, k = (i + 2) % 3;
        double rate = -(before[j] * after[k] - before[k] * after[j]) / dt; /* up turns against the body */
        s.raw.gyro[i] = (int16_t)lrint(rate * (double)57.29577951f * 16.384 + 2 * wearer_chance(w));
    }
    sample_convert(&s);
    return s;
}

#endif
