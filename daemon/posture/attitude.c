/* Invariants:
 *   q and learnt have unit length from the first accepted sample on, up to the rounding of one filter step;
 *   t_ns is the time of the last accepted sample, interval_s > 0 from the second one on;
 *   the lag ring holds nothing from before a restart or a clipped gyro;
 *   every number that enters has been checked to be one.
 */
#include "attitude.h"

#include "vec.h"

static const float gap_s = 0.1f, gap_intervals = 2.5f, bridge_intervals = 1.5f, interval_max_s = 0.3f;
static const float rest_step_s = 1.5f * KF_STEP_S; /* nothing happens fast at rest */
static const float rest_tau_s = 0.25f, rest_after_s = 1.5f, rest_cap_s = 10;
static const float rest_gyro_rads = 0.14f, rest_accel_mps2 = 1.25f, rest_bias_rads = 0.035f;
static const float guard_tau_s = 3, guard_small_rad = 0.02f, guard_large_rad = 0.25f, guard_patience_s = 1;
static const float seed_after_guard_rad = 0.2f, seed_after_gap_rad = 0.05f, bias_doubt = 1e-5f;
static const float least_range_mps2 = 18; /* ± 2 g, less tolerance */
static const float accel_only_tau_s = 0.5f, accel_only_quiet_mps2 = 1.5f;
enum { COUNTS_AT_END = 32700 };

/* It is in every snapshot, and meant for small processors as well. */
_Static_assert(sizeof(struct attitude) <= 1792, "the attitude's state has grown beyond 1.75 KiB");

void attitude_init(struct attitude *a)
{
    memset(a, 0, sizeof *a);
    a->q[0] = a->learnt[0] = 1;
    a->since_clipped_s = guard_tau_s;
    attitude_kf_init(&a->kf);
}

void attitude_gap(struct attitude *a)
{
    attitude_kf_reseed(&a->kf, seed_after_gap_rad);
    attitude_kf_clear(&a->kf);
    memset(a->rate_before_rads, 0, sizeof a->rate_before_rads);
    a->quiet_s = a->settling_s = a->astray_s = 0;
    a->guard_n = a->past_n = a->past_next = 0;
    a->restarts++;
}

static bool is_within(const float v[3], float limit)
{
    return fabsf(v[0]) < limit && fabsf(v[1]) < limit && fabsf(v[2]) < limit;
}

/* By what the sample holds, not by what of it is good: one bad number must not change the way and start anew. */
static enum attitude_way way_of(const struct sample *s)
{
    unsigned have = s->raw.have;
    bool force = (have & HAVE_ACCEL) && !(have & HAVE_LINEAR_ACCEL);
    if (force && (have & HAVE_GYRO)) return ATTITUDE_BY_FUSION;
    if (have & HAVE_QUAT) return ATTITUDE_BY_QUATERNION;
    return force ? ATTITUDE_BY_ACCEL : ATTITUDE_NO_WAY;
}

static bool believable(const struct sample *s, enum attitude_way way)
{
    if (way == ATTITUDE_BY_QUATERNION) {
        const float *q = s->quat;
        float norm2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
        return norm2 > 0.5f && norm2 < 2;
    }
    bool force = is_within(s->accel_mps2, 1e4f) && vec_norm(s->accel_mps2) > 1e-3f;
    return force && (way == ATTITUDE_BY_ACCEL || is_within(s->gyro_rads, 1e3f));
}

static void level_by(float q[4], const float force[3])
{
    static const float earth_up[3] = {0, 0, 1};
    float unit[3];
    vec_copy(unit, force);
    if (vec_unit(unit)) quat_between(unit, earth_up, q);
}

static void start(struct attitude *a, const struct sample *s, enum attitude_way way)
{
    uint32_t faults = a->faults, restarts = a->restarts;
    attitude_init(a);
    a->faults = faults, a->restarts = restarts;
    a->way = way;
    if (way == ATTITUDE_BY_QUATERNION)
        memcpy(a->q, s->quat, sizeof a->q);
    else
        level_by(a->q, s->accel_mps2);
    vec_copy(a->force_mean, s->accel_mps2);
    vec_copy(a->gyro_mean, s->gyro_rads);
    a->t_ns = s->t_ns;
}

/* q ← q ⊗ exp(turn/2), TURN in rad in the sensor frame: series to the fourth order, no call of libm. */
static void turn(float q[4], const float turn_rad[3])
{
    float h2 = 0.25f * vec_dot(turn_rad, turn_rad);
    float half_sinc = 0.5f * (1 - h2 / 6 + h2 * h2 / 120);
    float d[4] = {1 - h2 / 2 + h2 * h2 / 24, half_sinc * turn_rad[0], half_sinc * turn_rad[1], half_sinc * turn_rad[2]};
    quat_multiply(q, d, q);
}

static void rotation_of(const float q[4], float r[3][3])
{
    float w = q[0], x = q[1], y = q[2], z = q[3];
    r[0][0] = w * w + x * x - y * y - z * z, r[0][1] = 2 * (x * y - w * z), r[0][2] = 2 * (x * z + w * y);
    r[1][0] = 2 * (x * y + w * z), r[1][1] = w * w - x * x + y * y - z * z, r[1][2] = 2 * (y * z - w * x);
    r[2][0] = 2 * (x * z - w * y), r[2][1] = 2 * (y * z + w * x), r[2][2] = w * w - x * x - y * y + z * z;
}

static bool at_end(const int16_t counts[3])
{
    for (int i = 0; i < 3; i++)
        if (counts[i] >= COUNTS_AT_END || counts[i] <= -COUNTS_AT_END) return true;
    return false;
}

/* Is a peak cut flat: the very same high reading three times running? */
static bool cut_flat(struct attitude *a, const float force_mps2[3])
{
    float peak = 0;
    for (int i = 0; i < 3; i++) peak = larger(peak, fabsf(force_mps2[i]));
    a->flat_n = peak > least_range_mps2 && peak == a->peak_before_mps2 ? a->flat_n + 1 : 0;
    a->peak_before_mps2 = peak;
    return a->flat_n >= 2;
}

/* A protocol flags the sample; which sensor it was shows in the counts, and where it does not both are suspected. An
 * accelerometer that clips below the end of its counts shows by its peaks. */
static void note_clipping(struct attitude *a, const struct sample *s, float dt)
{
    bool flagged = s->raw.flags & SAMPLE_CLIPPED, accel = at_end(s->raw.accel), gyro = at_end(s->raw.gyro);
    if (flagged && !accel && !gyro) accel = gyro = true;
    if (cut_flat(a, s->accel_mps2)) accel = true;
    if (gyro) {
        a->kf.clipped_gyro_s += dt;
        a->past_n = a->past_next = 0; /* what is corrected now came after the past that the lag keeps */
    }
    if (accel) a->kf.clipped_accel_s += dt;
    a->since_clipped_s = accel ? 0 : smaller(a->since_clipped_s + dt, guard_tau_s);
}

static void watch_rest(struct attitude *a, const struct sample *s, float dt)
{
    float k = dt / (rest_tau_s + dt), gyro2 = 0, accel2 = 0, bias = 0;
    for (int i = 0; i < 3; i++) {
        a->gyro_mean[i] += k * (s->gyro_rads[i] - a->gyro_mean[i]);
        a->force_mean[i] += k * (s->accel_mps2[i] - a->force_mean[i]);
        float g = s->gyro_rads[i] - a->gyro_mean[i], f = s->accel_mps2[i] - a->force_mean[i];
        gyro2 += g * g;
        accel2 += f * f;
        bias = larger(bias, fabsf(a->gyro_mean[i]));
    }
    bool quiet =
        gyro2 < rest_gyro_rads * rest_gyro_rads && accel2 < rest_accel_mps2 * rest_accel_mps2 && bias < rest_bias_rads;
    a->quiet_s = quiet ? smaller(a->quiet_s + dt, rest_cap_s) : 0;
}

static void level_by_guard(struct attitude *a, float sd_rad)
{
    float q[4] = {1, 0, 0, 0};
    level_by(q, a->vertical);
    quat_multiply(q, a->q, a->q);
    a->vertical[2] = vec_norm(a->vertical);
    a->vertical[0] = a->vertical[1] = 0;
    attitude_kf_reseed(&a->kf, sd_rad);
    a->past_n = a->past_next = 0;
    a->restarts++;
}

/* Over some seconds the mean specific force of anyone who does not leave the room is up: where the attitude disagrees
 * for long, the attitude is wrong, whatever the covariance says. */
static void guard(struct attitude *a, const float dv_mps[3], float t, bool rest)
{
    a->guard_n++;
    float k = larger(t / (guard_tau_s + t), 1.0f / (float)a->guard_n);
    for (int i = 0; i < 3; i++) a->vertical[i] += k * (dv_mps[i] / t - a->vertical[i]);
    float off = atan2f(hypotf(a->vertical[0], a->vertical[1]), a->vertical[2]);

    bool settling = a->settling_s < guard_tau_s;
    a->settling_s = rest ? guard_tau_s : smaller(a->settling_s + t, guard_tau_s);
    if (settling && !rest) {
        if (a->guard_n == 1 || off > guard_small_rad) level_by_guard(a, seed_after_guard_rad);
        return;
    }
    a->astray_s = off > guard_large_rad && a->since_clipped_s >= guard_tau_s ? a->astray_s + t : 0;
    if (a->astray_s <= guard_patience_s) return;
    a->astray_s = 0;
    level_by_guard(a, seed_after_guard_rad);
    for (int i = 0; i < 3; i++) *attitude_kf_variance(&a->kf, TRAIT_GYRO + GYRO_AXIS * i) += bias_doubt;
}

static void filter_step(struct attitude *a)
{
    float dv[3], t = a->kf.span_s, tilt[2];
    bool rest = a->quiet_s >= rest_after_s;
    vec_copy(dv, a->kf.dv_mps);
    attitude_kf_step(&a->kf, rest ? a->gyro_mean : NULL, tilt);
    float small[4] = {1, 0.5f * tilt[0], 0.5f * tilt[1], 0};
    quat_multiply(small, a->q, a->q);
    quat_unit(a->q);
    quat_multiply(small, a->learnt, a->learnt);
    quat_unit(a->learnt);
    guard(a, dv, t, rest);
}

static int64_t time_of_past(const struct attitude *a, unsigned slot)
{
    return a->t_ns - (uint32_t)((uint32_t)a->t_ns - a->past[slot].low_ns);
}

static void keep_for_lag(struct attitude *a)
{
    unsigned slot = a->past_next, newest = (slot + ATTITUDE_LAG_SLOTS - 1) % ATTITUDE_LAG_SLOTS;
    if (a->past_n > 0 && a->t_ns - time_of_past(a, newest) < ATTITUDE_LAG_STEP_MS * (int64_t)NS_PER_MS) return;
    float back[4] = {a->learnt[0], -a->learnt[1], -a->learnt[2], -a->learnt[3]}, q[4];
    quat_multiply(back, a->q, q);
    for (int i = 0; i < 4; i++) a->past[slot].q[i] = (int16_t)lrintf(q[i] * QUAT_COUNTS);
    a->past[slot].low_ns = (uint32_t)a->t_ns;
    a->past_next = (slot + 1) % ATTITUDE_LAG_SLOTS;
    if (a->past_n < ATTITUDE_LAG_SLOTS) a->past_n++;
}

/* A sample or two are missing: while they were, the rate was between the last one and OWN. */
static void bridge(const struct attitude *a, const float own[3], float dt, float rate[3])
{
    float missing = dt < bridge_intervals * a->interval_s ? 0 : (dt - a->interval_s) / dt;
    for (int i = 0; i < 3; i++) rate[i] = own[i] + 0.5f * missing * (a->rate_before_rads[i] - own[i]);
}

static void fuse(struct attitude *a, const struct sample *s, float dt)
{
    float own[3], rate[3], force[3], coning[3], turned[3], rotation[3][3];
    vec_copy(own, s->gyro_rads);
    vec_copy(force, s->accel_mps2);
    attitude_kf_correct(&a->kf, own, force);
    bridge(a, own, dt, rate);
    vec_cross(a->rate_before_rads, rate, coning); /* the axis moved within the interval: Bortz, second order */
    for (int i = 0; i < 3; i++) turned[i] = dt * (rate[i] + dt / 12 * coning[i]);
    vec_copy(a->rate_before_rads, own);
    turn(a->q, turned);
    rotation_of(a->q, rotation);
    attitude_kf_gather(&a->kf, rotation, force, rate, dt);
    note_clipping(a, s, dt);
    watch_rest(a, s, dt);
    bool resting = a->quiet_s >= rest_after_s && a->settling_s >= guard_tau_s;
    float step_s = resting ? rest_step_s : KF_STEP_S;
    if (a->kf.span_s >= step_s * 0.999f) filter_step(a);
    keep_for_lag(a);
}

static void follow_accel(struct attitude *a, const struct sample *s, float dt)
{
    float k = dt / (accel_only_tau_s + dt), off[3];
    for (int i = 0; i < 3; i++) {
        a->force_mean[i] += k * (s->accel_mps2[i] - a->force_mean[i]);
        off[i] = s->accel_mps2[i] - a->force_mean[i];
    }
    bool quiet = vec_norm(off) < accel_only_quiet_mps2 &&
                 fabsf(vec_norm(s->accel_mps2) - STANDARD_GRAVITY_MPS2) < accel_only_quiet_mps2;
    a->quiet_s = quiet ? smaller(a->quiet_s + dt, rest_cap_s) : 0;
    a->settling_s = smaller(a->settling_s + dt, guard_tau_s);
    level_by(a->q, a->force_mean);
}

/* The device has turned it itself, and knows of no hole. */
static void follow_device(struct attitude *a, const struct sample *s, float dt)
{
    float back[4] = {a->q[0], -a->q[1], -a->q[2], -a->q[3]}, turned[4];
    quat_multiply(back, s->quat, turned);
    bool quiet = 2 * vec_norm(turned + 1) < rest_gyro_rads * dt;
    float seen = s->raw.flags & SAMPLE_ON_CHANGE ? dt : smaller(dt, interval_max_s); /* what was in a hole nobody saw */
    a->quiet_s = quiet ? smaller(a->quiet_s + seen, rest_cap_s) : 0;
    memcpy(a->q, s->quat, sizeof a->q);
}

/* Length of the sample's own interval; over a hole the usual one, after telling the filter. */
static float interval_of(struct attitude *a, int64_t t_ns)
{
    float dt = (float)(t_ns - a->t_ns) * 1e-9f;
    if (a->interval_s <= 0) a->interval_s = smaller(dt, interval_max_s);
    bool hole = a->way != ATTITUDE_BY_QUATERNION && dt > larger(gap_s, gap_intervals * a->interval_s);
    float own = hole ? a->interval_s : dt;
    a->interval_s += (smaller(dt, interval_max_s) - a->interval_s) / 16;
    if (hole) attitude_gap(a);
    return own;
}

bool attitude_takes(const struct attitude *a, const struct sample *s)
{
    enum attitude_way way = way_of(s);
    return way != ATTITUDE_NO_WAY && believable(s, way) && (a->way == ATTITUDE_NO_WAY || s->t_ns > a->t_ns);
}

bool attitude_push(struct attitude *a, const struct sample *s)
{
    enum attitude_way way = way_of(s);
    if (!attitude_takes(a, s)) {
        a->faults++;
        return false;
    }
    if (a->way != way || !(fabsf(a->q[0]) < 2 && is_within(a->q + 1, 2))) {
        start(a, s, way);
        return true;
    }
    float dt = interval_of(a, s->t_ns);
    a->t_ns = s->t_ns;
    if (way == ATTITUDE_BY_FUSION)
        fuse(a, s, dt);
    else if (way == ATTITUDE_BY_ACCEL)
        follow_accel(a, s, dt);
    else
        follow_device(a, s, dt);
    return true;
}

bool attitude_up(const struct attitude *a, float up[3])
{
    if (a->way == ATTITUDE_NO_WAY) return false;
    quat_up(a->q, up);
    return vec_unit(up);
}

bool attitude_settled(const struct attitude *a, float up[3], int64_t *t_ns)
{
    if (a->way != ATTITUDE_BY_FUSION || a->past_n < ATTITUDE_LAG_SLOTS) return false;
    float q[4];
    for (int i = 0; i < 4; i++) q[i] = (float)a->past[a->past_next].q[i];
    quat_multiply(a->learnt, q, q);
    quat_up(q, up);
    *t_ns = time_of_past(a, a->past_next);
    return vec_unit(up);
}

enum attitude_quality attitude_quality(const struct attitude *a)
{
    if (a->way == ATTITUDE_NO_WAY) return ATTITUDE_NONE;
    if (a->quiet_s >= rest_after_s) return ATTITUDE_STILL;
    return a->way != ATTITUDE_BY_QUATERNION && a->settling_s < guard_tau_s ? ATTITUDE_COASTING : ATTITUDE_MOVING;
}
