/* attitude_fixture — a body that swings about a slowly wandering axis, with gravity and nothing else but noise: its truth
 * is known exactly. */
#ifndef TEST_ATTITUDE_FIXTURE_H
#define TEST_ATTITUDE_FIXTURE_H

#include "daemon/posture/attitude.h"
#include "daemon/posture/vec.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* q: sensor to earth at the end of the last sample; jitter: share of an interval by which its length may differ. */
struct body {
    float q[4], rate_hz, swing_rads, jitter, bias_rads[3];
    int64_t t_ns;
    uint32_t noise;
};

static inline float chance(struct body *b)
{
    b->noise = b->noise * 1664525u + 1013904223u;
    return (float)(b->noise >> 8) / (1 << 24) - 0.5f;
}

static inline struct body body_at(float tilt_deg, float rate_hz)
{
    float half = 0.5f * tilt_deg / DEG_PER_RAD;
    return (struct body){.q = {cosf(half), sinf(half), 0, 0}, .rate_hz = rate_hz, .noise = 7};
}

static inline struct sample next(struct body *b)
{
    float dt = 1 / b->rate_hz, t = (float)(b->t_ns / NS_PER_MS) * 1e-3f, up[3], middle[4];
    if (b->jitter > 0) dt *= 1 + 2 * b->jitter * chance(b);
    float w[3] = {b->swing_rads * sinf(2.1f * t), b->swing_rads * cosf(1.3f * t),
                  0.5f * b->swing_rads * sinf(0.7f * t)};
    for (int half = 0; half < 2; half++) {
        float step[4] = {1, w[0] * dt / 4, w[1] * dt / 4, w[2] * dt / 4};
        quat_multiply(b->q, step, b->q);
        quat_unit(b->q);
        if (half == 0) memcpy(middle, b->q, sizeof middle);
    }
    b->t_ns += (int64_t)(dt * 1e9f);
    struct sample s = {.t_ns = b->t_ns, .raw = {.have = HAVE_ACCEL | HAVE_GYRO, .scale = SCALE_16G_2000DPS}};
    quat_up(middle, up);
    for (int i = 0; i < 3; i++) {
        s.accel_mps2[i] = STANDARD_GRAVITY_MPS2 * up[i] + 0.03f * chance(b);
        s.gyro_rads[i] = w[i] + b->bias_rads[i] + 0.004f * chance(b);
    }
    return s;
}

static inline float error_deg(const struct attitude *a, const struct body *b)
{
    float up[3], truth[3];
    assert_true(attitude_up(a, up));
    quat_up(b->q, truth);
    return vec_angle_deg(up, truth);
}

static inline float run(struct attitude *a, struct body *b, float seconds)
{
    float worst = 0;
    for (int i = 0; i < (int)(seconds * b->rate_hz); i++) {
        struct sample s = next(b);
        attitude_push(a, &s);
        worst = fmaxf(worst, error_deg(a, b));
    }
    return worst;
}

#endif
