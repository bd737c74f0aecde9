/* Invariants:
 *   the truth is integrated in double precision, in four parts of an interval; a sample is the mean over its interval;
 *   at rest nothing of it changes, and nothing is computed that a long rest need not pay for.
 */
#include "attitude_body.h"

#include <math.h>
#include <string.h>

enum { PARTS = 4, BURST_SAMPLES = BODY_BURST_S * BODY_RATE_HZ };
static const double pi = 3.14159265358979323846, gravity = 9.80665;
static const double gyro_noise_dps = 0.06, accel_noise_mps2 = 0.03, counts_per_dps = 16.384;
static const double counts_per_mps2 = 2048 / 9.80665;

void attitude_body_init(struct attitude_body *b, uint64_t seed, double tilt_deg)
{
    double half = tilt_deg * pi / 360;
    *b = (struct attitude_body){.random = {seed}, .q = {cos(half), sin(half), 0, 0}};
}

void attitude_body_move(struct attitude_body *b)
{
    b->burst = 1;
    for (int i = 0; i < 3; i++) {
        b->turn_rads[i] = seeded_between(&b->random, -2, 2);
        b->push_mps2[i] = seeded_between(&b->random, -4, 4);
        b->turn_hz[i] = (2 + (double)(seeded_next(&b->random) % 11)) / BODY_BURST_S;
        b->push_hz[i] = (6 + (double)(seeded_next(&b->random) % 19)) / BODY_BURST_S;
    }
}

static void up_of(const double q[4], double up[3])
{
    up[0] = 2 * (q[1] * q[3] - q[0] * q[2]);
    up[1] = 2 * (q[2] * q[3] + q[0] * q[1]);
    up[2] = q[0] * q[0] - q[1] * q[1] - q[2] * q[2] + q[3] * q[3];
}

static void turn(double q[4], const double rad[3])
{
    double d[4] = {1, rad[0] / 2, rad[1] / 2, rad[2] / 2}, w = q[0], x = q[1], y = q[2], z = q[3];
    q[0] = w * d[0] - x * d[1] - y * d[2] - z * d[3];
    q[1] = w * d[1] + x * d[0] + y * d[3] - z * d[2];
    q[2] = w * d[2] - x * d[3] + y * d[0] + z * d[1];
    q[3] = w * d[3] + x * d[2] - y * d[1] + z * d[0];
    double norm = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++) q[i] /= norm;
}

/* An acceleration in the earth's frame, seen by the sensor: the conjugate's rotation of it. */
static void to_sensor(const double q[4], const double v[3], double out[3])
{
    double w = q[0], x = -q[1], y = -q[2], z = -q[3];
    double t[3] = {2 * (y * v[2] - z * v[1]), 2 * (z * v[0] - x * v[2]), 2 * (x * v[1] - y * v[0])};
    out[0] = v[0] + w * t[0] + y * t[2] - z * t[1];
    out[1] = v[1] + w * t[1] + z * t[0] - x * t[2];
    out[2] = v[2] + w * t[2] + x * t[1] - y * t[0];
}

/* Mean rate and specific force of one interval within a burst. */
static void move(struct attitude_body *b, double rate[3], double force[3])
{
    const double dt = 1.0 / BODY_RATE_HZ / PARTS;
    for (int part = 0; part < PARTS; part++) {
        double t = ((double)(b->burst - 1) + (part + 0.5) / PARTS) / BODY_RATE_HZ, half[3], earth[3], seen[3];
        double envelope = 0.5 - 0.5 * cos(2 * pi * t / BODY_BURST_S);
        for (int i = 0; i < 3; i++) {
            double w = envelope * b->turn_rads[i] * sin(2 * pi * b->turn_hz[i] * t);
            rate[i] += w / PARTS;
            half[i] = w * dt / 2;
            earth[i] = envelope * b->push_mps2[i] * cos(2 * pi * b->push_hz[i] * t) + (i == 2 ? gravity : 0);
        }
        turn(b->q, half);
        to_sensor(b->q, earth, seen);
        for (int i = 0; i < 3; i++) force[i] += seen[i] / PARTS;
        turn(b->q, half);
    }
    b->burst = b->burst < BURST_SAMPLES ? b->burst + 1 : 0;
}

void attitude_body_next(struct attitude_body *b, struct sample *s, float up[3])
{
    double rate[3] = {0}, force[3] = {0}, now[3];
    bool moves = b->burst > 0;
    if (moves) move(b, rate, force);
    up_of(b->q, now);
    memset(s, 0, sizeof *s);
    s->t_ns = ++b->n * (NS_PER_S / BODY_RATE_HZ);
    s->raw.have = HAVE_ACCEL | HAVE_GYRO;
    s->raw.scale = SCALE_16G_2000DPS;
    for (int i = 0; i < 3; i++) {
        double f = (moves ? force[i] : gravity * now[i]) + accel_noise_mps2 * seeded_normal(&b->random);
        double w = rate[i] * 180 / pi + b->bias_dps[i] + gyro_noise_dps * seeded_normal(&b->random);
        s->raw.accel[i] = (int16_t)lrint(f * counts_per_mps2);
        s->raw.gyro[i] = (int16_t)lrint(w * counts_per_dps);
        up[i] = (float)now[i];
    }
    sample_convert(s);
}
