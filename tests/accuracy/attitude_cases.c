/* Invariants:
 *   a case that draws which samples it strikes draws once for each sample and from RANDOM alone, what it then does to
 *   them from a generator split off: cases with the same share strike the same samples and can be compared;
 *   times increase strictly, and a moment keeps its truth when its sample changes.
 */
#include "attitude_cases.h"

#include "daemon/posture/vec.h"

static const double jitter_share = 0.2, struck_share = 0.01;

static float dps(double x) { return (float)x / DEG_PER_RAD; }

static struct seeded split(struct seeded *random) { return (struct seeded){seeded_next(random)}; }

static void halve_rate(struct trial *t, struct seeded *random)
{
    (void)random;
    for (size_t k = 0; k + 1 < t->n; k += 2) {
        struct moment pair = t->moment[k + 1];
        for (int i = 0; i < 3; i++) {
            pair.s.accel_mps2[i] = 0.5f * (pair.s.accel_mps2[i] + t->moment[k].s.accel_mps2[i]);
            pair.s.gyro_rads[i] = 0.5f * (pair.s.gyro_rads[i] + t->moment[k].s.gyro_rads[i]);
        }
        t->moment[k / 2] = pair;
    }
    t->n /= 2;
    t->period_ns *= 2;
    attitude_trial_number_times(t);
}

/* ---- times --------------------------------------------------------------------------------------------------------- */

static float between(float a, float b, float share) { return a + share * (b - a); }

/* The signals read at times up to 20 % of the period off; told or not. The truth that counts is that of the time that
 * the filter was given. */
static void jitter_by(struct trial *t, struct seeded *random, bool told)
{
    struct moment before = t->moment[0];
    for (size_t k = 0; k + 1 < t->n; k++) {
        struct moment *m = &t->moment[k], own = *m;
        float off = (float)seeded_between(random, -jitter_share, jitter_share), share = fabsf(off);
        const struct moment *beside = off < 0 ? &before : &t->moment[k + 1];
        for (int i = 0; i < 3; i++) {
            m->s.accel_mps2[i] = between(own.s.accel_mps2[i], beside->s.accel_mps2[i], share);
            m->s.gyro_rads[i] = between(own.s.gyro_rads[i], beside->s.gyro_rads[i], share);
            if (told) m->up[i] = between(own.up[i], beside->up[i], share);
        }
        if (told) m->s.t_ns += (int64_t)((double)off * (double)t->period_ns);
        if (told && !vec_unit(m->up)) memset(m->up, 0, sizeof m->up);
        before = own;
    }
}

static void jitter(struct trial *t, struct seeded *random) { jitter_by(t, random, false); }
static void jitter_told(struct trial *t, struct seeded *random) { jitter_by(t, random, true); }

static void drop_stamped(struct trial *t, struct seeded *random)
{
    split(random); /* so that it strikes the same samples as the cases that draw what they do to them */
    size_t kept = 0;
    for (size_t k = 0; k < t->n; k++)
        if (!seeded_chance(random, struck_share)) t->moment[kept++] = t->moment[k];
    t->n = kept;
}

static void drop(struct trial *t, struct seeded *random)
{
    drop_stamped(t, random);
    attitude_trial_number_times(t);
}

static void hold(struct trial *t, struct seeded *random)
{
    split(random);
    for (size_t k = 0; k < t->n; k++) {
        if (!seeded_chance(random, struck_share) || k == 0) continue;
        vec_copy(t->moment[k].s.accel_mps2, t->moment[k - 1].s.accel_mps2);
        vec_copy(t->moment[k].s.gyro_rads, t->moment[k - 1].s.gyro_rads);
    }
}

static void fast_clock(struct trial *t, struct seeded *random)
{
    (void)random;
    t->period_ns = t->period_ns * 101 / 100;
    attitude_trial_number_times(t);
}

/* ---- numbers that are none ----------------------------------------------------------------------------------------- */

static void no_numbers(struct trial *t, struct seeded *random)
{
    static const float none[] = {NAN, INFINITY, -INFINITY};
    struct seeded what = split(random);
    for (size_t k = 0; k < t->n; k++) {
        if (!seeded_chance(random, struck_share)) continue;
        struct sample *s = &t->moment[k].s;
        uint64_t draw = seeded_next(&what);
        float *sensor = draw & 1 ? s->accel_mps2 : s->gyro_rads;
        sensor[(draw >> 8) % 3] = none[(draw >> 16) % 3];
    }
}

uint32_t attitude_cases_no_numbers(const struct trial *t)
{
    uint32_t n = 0;
    for (size_t k = 0; k < t->n; k++) {
        const struct sample *s = &t->moment[k].s;
        bool all = true;
        for (int i = 0; i < 3; i++) all = all && isfinite(s->accel_mps2[i]) && isfinite(s->gyro_rads[i]);
        n += !all;
    }
    return n;
}

/* ---- ranges -------------------------------------------------------------------------------------------------------- */

/* As a sensor of another range reads it: its own integers, clipped at their ends and flagged. */
static void clip(struct trial *t, float accel_range_mps2, float gyro_range_rads)
{
    struct scale scale = {accel_range_mps2 / 32768.0f, gyro_range_rads / 32768.0f};
    for (size_t k = 0; k < t->n; k++) {
        struct sample *s = &t->moment[k].s;
        s->raw.scale = scale;
        for (int i = 0; i < 3; i++) {
            s->raw.accel[i] = sample_count((double)(s->accel_mps2[i] / scale.accel_mps2), &s->raw.flags);
            s->raw.gyro[i] = sample_count((double)(s->gyro_rads[i] / scale.gyro_rads), &s->raw.flags);
        }
        sample_convert(s);
    }
}

/* A driver that neither flags nor hands on the sensor's own integers. */
static void hide_clipping(struct trial *t)
{
    for (size_t k = 0; k < t->n; k++) {
        struct raw_sample *raw = &t->moment[k].s.raw;
        raw->flags &= (uint16_t)~SAMPLE_CLIPPED;
        memset(raw->accel, 0, sizeof raw->accel);
        memset(raw->gyro, 0, sizeof raw->gyro);
    }
}

static void accel_4g(struct trial *t, struct seeded *r) { (void)r, clip(t, 4 * STANDARD_GRAVITY_MPS2, dps(2000)); }
static void accel_2g(struct trial *t, struct seeded *r) { (void)r, clip(t, 2 * STANDARD_GRAVITY_MPS2, dps(2000)); }
static void accel_2g_hidden(struct trial *t, struct seeded *r) { accel_2g(t, r), hide_clipping(t); }
static void gyro_500(struct trial *t, struct seeded *r) { (void)r, clip(t, 16 * STANDARD_GRAVITY_MPS2, dps(500)); }
static void gyro_500_hidden(struct trial *t, struct seeded *r) { gyro_500(t, r), hide_clipping(t); }

/* ---- the sensor's own faults --------------------------------------------------------------------------------------- */

static void add_noise(struct trial *t, struct seeded *random, double gyro_dps, double accel_mps2)
{
    for (size_t k = 0; k < t->n; k++)
        for (int i = 0; i < 3; i++) {
            t->moment[k].s.gyro_rads[i] += dps(gyro_dps * seeded_normal(random));
            t->moment[k].s.accel_mps2[i] += (float)(accel_mps2 * seeded_normal(random));
        }
}

static void noise_x3(struct trial *t, struct seeded *random) { add_noise(t, random, 0.1, 0.05); }
static void noise_x10(struct trial *t, struct seeded *random) { add_noise(t, random, 0.3, 0.15); }

static void bias_step(struct trial *t, struct seeded *random)
{
    (void)random;
    size_t first, last;
    if (!attitude_trial_movement(t, &first, &last)) return;
    for (size_t k = (first + last) / 2; k < t->n; k++) t->moment[k].s.gyro_rads[0] += dps(1);
}

/* gyro ← (1 + M) gyro */
static void shape_gyro(struct trial *t, float m[3][3])
{
    for (size_t k = 0; k < t->n; k++) {
        float *gyro = t->moment[k].s.gyro_rads, own[3];
        vec_copy(own, gyro);
        for (int i = 0; i < 3; i++) gyro[i] += vec_dot(m[i], own);
    }
}

static void scale(struct trial *t, float by) { shape_gyro(t, (float[3][3]){{by, 0, 0}, {0, -by, 0}, {0, 0, by}}); }
static void scale_1(struct trial *t, struct seeded *random) { (void)random, scale(t, 0.01f); }
static void scale_3(struct trial *t, struct seeded *random) { (void)random, scale(t, 0.03f); }

static void cross_axis(struct trial *t, struct seeded *random)
{
    (void)random;
    shape_gyro(t, (float[3][3]){{0, .01f, .01f}, {.01f, 0, .01f}, {.01f, .01f, 0}});
}

/* the gyro turned by 0.6° against the accelerometer, about (1 1 1) */
static void misaligned(struct trial *t, struct seeded *random)
{
    (void)random;
    float r = 0.6f / DEG_PER_RAD / sqrtf(3);
    shape_gyro(t, (float[3][3]){{0, -r, r}, {r, 0, -r}, {-r, r, 0}});
}

static void accel_bias(struct trial *t, struct seeded *random)
{
    (void)random;
    for (size_t k = 0; k < t->n; k++) {
        t->moment[k].s.accel_mps2[0] += 0.02f * STANDARD_GRAVITY_MPS2;
        t->moment[k].s.accel_mps2[1] -= 0.02f * STANDARD_GRAVITY_MPS2;
    }
}

static void coarse_gyro(struct trial *t, struct seeded *random)
{
    (void)random;
    const float step = dps(0.5);
    for (size_t k = 0; k < t->n; k++)
        for (int i = 0; i < 3; i++) {
            float *gyro = &t->moment[k].s.gyro_rads[i];
            *gyro = step * rintf(*gyro / step);
        }
}

/* ---- where it begins, and holes ------------------------------------------------------------------------------------ */

static size_t after(const struct trial *t, double seconds) { return (size_t)(seconds * 1e9 / (double)t->period_ns); }

static void cut(struct trial *t, size_t from, size_t n)
{
    memmove(t->moment + from, t->moment + from + n, (t->n - from - n) * sizeof *t->moment);
    t->n -= n;
}

static void cold_start(struct trial *t, struct seeded *random)
{
    (void)random;
    size_t first, last;
    if (!attitude_trial_movement(t, &first, &last) || first + after(t, 10) >= t->n) return;
    cut(t, 0, first + after(t, 10));
}

size_t attitude_cases_hole(struct trial *t, enum hole kind)
{
    size_t first, last, n = after(t, 2);
    if (!attitude_trial_movement(t, &first, &last)) return t->n;
    size_t from = first + (last - first) * 2 / 5;
    if (from + n >= t->n) return t->n;
    cut(t, from, n);
    if (kind != HOLE_TIMED) attitude_trial_number_times(t);
    t->moment[from].gap_before = kind == HOLE_TOLD;
    return from;
}

const struct attitude_case attitude_cases[] = {
    {"nominal", "as recorded", 0.707, 0.386, NULL, GUARD_ON},
    {"48hz", "48 Hz: mean of sample pairs", 1.046, 0.421, halve_rate, GUARD_ON},
    {"jitter", "sampled up to 20 % early or late", 0.838, 0.679, jitter, GUARD_ON},
    {"jitter_told", "the same, with true times", NAN, NAN, jitter_told, GUARD_ON},
    {"drop_1pct", "1 % of samples missing", 3.45, 3.517, drop, GUARD_ON},
    {"drop_1pct_told", "the same, with true times", NAN, NAN, drop_stamped, GUARD_ON},
    {"no_numbers_1pct", "1 % of samples NaN or infinite", NAN, NAN, no_numbers, GUARD_ON},
    {"held_1pct", "1 % missing, last value held", 0.825, 0.663, hold, GUARD_ON},
    {"clock_fast", "sensor's clock 1 % fast", 2.13, 0.723, fast_clock, GUARD_ON},
    {"accel_clip_4g", "accelerometer clipped at 4 g", 1.472, 1.189, accel_4g, GUARD_ON},
    {"accel_clip_2g", "accelerometer clipped at 2 g", 3.11, 2.935, accel_2g, GUARD_ON},
    {"accel_clip_2g_no_guard", "the same, guard held off", NAN, NAN, accel_2g, GUARD_HELD},
    {"accel_clip_2g_hidden", "at 2 g, clipping not told", NAN, NAN, accel_2g_hidden, GUARD_ON},
    {"accel_clip_2g_hidden_no_guard", "the same, guard held off", NAN, NAN, accel_2g_hidden, GUARD_HELD},
    {"gyro_clip_500", "gyro clipped at 500 deg/s", 4.94, 3.139, gyro_500, GUARD_ON},
    {"gyro_clip_500_hidden", "the same, clipping not told", NAN, NAN, gyro_500_hidden, GUARD_ON},
    {"noise_x3", "noise of 0.1 deg/s, 0.05 m/s2 added", 0.708, 0.388, noise_x3, GUARD_ON},
    {"noise_x10", "noise of 0.3 deg/s, 0.15 m/s2 added", 0.711, 0.400, noise_x10, GUARD_ON},
    {"bias_step", "gyro x +1 deg/s from mid-movement", 1.445, 1.369, bias_step, GUARD_ON},
    {"scale_1pct", "gyro scale +1, -1, +1 %", 1.724, 0.719, scale_1, GUARD_ON},
    {"scale_3pct", "gyro scale +3, -3, +3 %", 5.36, 1.863, scale_3, GUARD_ON},
    {"cross_axis_1pct", "gyro cross-axis 1 %, symmetric", 2.05, 0.754, cross_axis, GUARD_ON},
    {"misaligned", "gyro turned 0.6 deg about (1 1 1)", 0.777, 0.491, misaligned, GUARD_ON},
    {"accel_bias", "accelerometer +20 mg x, -20 mg y", 1.562, 1.227, accel_bias, GUARD_ON},
    {"coarse_gyro", "gyro in steps of 0.5 deg/s", 0.822, 0.511, coarse_gyro, GUARD_ON},
    {"cold_start", "starts 10 s into the movement", 1.734, 1.802, cold_start, GUARD_ON},
};
const size_t attitude_cases_count = sizeof attitude_cases / sizeof attitude_cases[0];
