/* Invariants:
 *   the whole covariance is symmetric to the last bit (a difference, once there, grows until the filter breaks) and
 *   its diagonal > 0: transitions are shears, a row operation and the same on the column, and measurements take off
 *   r rᵀ; no product of two matrices is ever made;
 *   traits do not move: a transition never touches cov_traits, only a measurement does;
 *   the traits stay within what a working sensor can have, whatever the samples said.
 */
#include "attitude_kf.h"

#include "vec.h"

/* Noises: judged on BROAD (Laidig et al., Data 6(7), 2021) leaving out one of its sensors at a time, beside the same
 * trials with a scale or cross-axis error of 1 %. Flat: 30 % more or less of any changes the mean error by < 1 %. */
static const float gyro_noise = 0.003f;        /* rad/√s; mostly for what no trait describes */
static const float accel_noise = 0.13f;        /* m/s/√s */
static const float bias_walk = 2e-4f;          /* rad/s/√s, temperature */
static const float trait_walk = 1e-12f;        /* 1/s, variance of matrix and scale: keeps them alive */
static const float force_bias_walk = 1e-8f;    /* (m/s²)²/s, variance */
static const float position_noise = 0.018f;    /* m² s */
static const float power_gain = 2.0f;          /* of (m/s²)² on position_noise */
static const float rest_bias_noise = 7e-5f;    /* (rad/s)² s */
/* By how much a clipped sensor may be wrong; half or twice as much hardly matters. */
static const float clipped_gyro_rads = 8, clipped_accel_mps2 = 20;

/* Priors, standard deviations: what data sheets of small IMUs tell, rounded; force bias is tighter than theirs, because
 * what is constant is taken out by the wearer's calibration, and a wide prior explains movement away. */
static const float motion_sd = 0.1f, movement_variance = 0.1f; /* the latter of velocity and position anew */
static const float gyro_bias_sd = 0.03f, gyro_scale_sd = 0.0045f, gyro_cross_sd = 0.006f;
static const float force_bias_sd = 0.03f, force_scale_sd = 0.01f;

static const float gyro_bias_max = 0.05f, gyro_matrix_max = 0.05f, force_bias_max = 0.5f, force_scale_max = 0.05f;

static float *trait_row(struct attitude_kf *kf, int i) { return kf->cov_traits + i * (i + 1) / 2; }

float *attitude_kf_variance(struct attitude_kf *kf, int state)
{
    return state < TRAITS ? trait_row(kf, state) + state : &kf->cov_motion[state - TRAITS][state - TRAITS];
}

static float prior_sd(int state)
{
    if (state >= TRAITS) return motion_sd;
    if (state >= TRAIT_FORCE_SCALE) return force_scale_sd;
    if (state >= TRAIT_FORCE_BIAS) return force_bias_sd;
    int axis = state / GYRO_AXIS, part = state % GYRO_AXIS;
    return part == 0 ? gyro_bias_sd : part == 1 + axis ? gyro_scale_sd : gyro_cross_sd;
}

void attitude_kf_init(struct attitude_kf *kf)
{
    memset(kf, 0, sizeof *kf);
    for (int i = 0; i < KF_STATES; i++) *attitude_kf_variance(kf, i) = prior_sd(i) * prior_sd(i);
}

void attitude_kf_clear(struct attitude_kf *kf)
{
    kf->span_s = kf->clipped_gyro_s = kf->clipped_accel_s = 0;
    memset(kf->dv_mps, 0, sizeof kf->dv_mps);
    memset(kf->turned, 0, sizeof kf->turned);
    memset(kf->pushed, 0, sizeof kf->pushed);
}

void attitude_kf_reseed(struct attitude_kf *kf, float sd_rad)
{
    memset(kf->cov_mixed, 0, sizeof kf->cov_mixed);
    memset(kf->cov_motion, 0, sizeof kf->cov_motion);
    for (int i = 0; i < MOTIONS; i++) kf->cov_motion[i][i] = i < MOTION_VELOCITY ? sd_rad * sd_rad : movement_variance;
    memset(kf->velocity_mps, 0, sizeof kf->velocity_mps);
    memset(kf->position_m, 0, sizeof kf->position_m);
}

void attitude_kf_correct(const struct attitude_kf *kf, float rate_rads[3], float force_mps2[3])
{
    float u[3];
    for (int i = 0; i < 3; i++) u[i] = rate_rads[i] - kf->gyro[i][0];
    for (int i = 0; i < 3; i++) rate_rads[i] = u[i] - vec_dot(kf->gyro[i] + 1, u);
    for (int i = 0; i < 3; i++) force_mps2[i] = (force_mps2[i] - kf->force_bias_mps2[i]) * (1 - kf->force_scale[i]);
}

void attitude_kf_gather(struct attitude_kf *kf, float rotation[3][3], const float force_mps2[3],
                        const float rate_rads[3], float dt_s)
{
    float unit[GYRO_AXIS] = {1, rate_rads[0], rate_rads[1], rate_rads[2]}; /* what a unit of each gyro trait does */
    float middle[3]; /* the force belongs to the middle of the interval, the rotation to its end */
    vec_cross(rate_rads, force_mps2, middle);
    for (int i = 0; i < 3; i++) middle[i] = force_mps2[i] - 0.5f * dt_s * middle[i];
    for (int i = 0; i < 3; i++) kf->dv_mps[i] += dt_s * vec_dot(rotation[i], middle);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++) {
            float r = rotation[i][j] * dt_s, *turned = kf->turned[i] + GYRO_AXIS * j;
            for (int k = 0; k < GYRO_AXIS; k++) turned[k] += r * unit[k];
            kf->pushed[i][j] += r * force_mps2[j];
        }
    }
    kf->span_s += dt_s;
}

/* A motion state that gains Σ gain[k] × trait FIRST + k; SPREAD is the traits' covariance times that. */
enum { COLUMNS = 20 }; /* traits, padded to whole vector registers */
struct influence {
    int first, n;
    float gain[GYRO_TRAITS], spread[COLUMNS];
};

static void unpack(struct attitude_kf *kf, float full[TRAITS][COLUMNS])
{
    for (int i = 0; i < TRAITS; i++) {
        const float *row = trait_row(kf, i);
        for (int j = 0; j <= i; j++) full[i][j] = full[j][i] = row[j];
    }
}

static void spread_of(float cov[TRAITS][COLUMNS], struct influence *f)
{
    float sum[COLUMNS] = {0};
    for (int k = 0; k < f->n; k++)
        for (int j = 0; j < COLUMNS; j++) sum[j] += f->gain[k] * cov[f->first + k][j];
    memcpy(f->spread, sum, sizeof sum);
}

static float gained(const struct influence *f, const float traits[TRAITS])
{
    float sum = 0;
    for (int k = 0; k < f->n; k++) sum += f->gain[k] * traits[f->first + k];
    return sum;
}

/* Motion state TO += gain × traits, on the covariance. */
static void shear_by_traits(struct attitude_kf *kf, int to, const struct influence *f)
{
    for (int i = 0; i < MOTIONS; i++) kf->cov_motion[to][i] += gained(f, kf->cov_mixed[i]);
    for (int i = 0; i < TRAITS; i++) kf->cov_mixed[to][i] += f->spread[i];
    kf->cov_motion[to][to] += gained(f, kf->cov_mixed[to]);
    for (int i = 0; i < MOTIONS; i++) kf->cov_motion[i][to] = kf->cov_motion[to][i];
}

/* Motion state TO += gain × motion state FROM, on the covariance. */
static void shear(struct attitude_kf *kf, int to, int from, float gain)
{
    for (int i = 0; i < TRAITS; i++) kf->cov_mixed[to][i] += gain * kf->cov_mixed[from][i];
    for (int i = 0; i < MOTIONS; i++) kf->cov_motion[to][i] += gain * kf->cov_motion[from][i];
    kf->cov_motion[to][to] += gain * kf->cov_motion[to][from];
    for (int i = 0; i < MOTIONS; i++) kf->cov_motion[i][to] = kf->cov_motion[to][i];
}

static void influences(struct attitude_kf *kf, struct influence tilt[2], struct influence push[2])
{
    float cov[TRAITS][COLUMNS] = {0};
    unpack(kf, cov);
    for (int i = 0; i < 2; i++) {
        tilt[i].first = TRAIT_GYRO, tilt[i].n = GYRO_TRAITS;
        for (int k = 0; k < GYRO_TRAITS; k++) tilt[i].gain[k] = -kf->turned[i][k];
        push[i].first = TRAIT_FORCE_BIAS, push[i].n = TRAITS - TRAIT_FORCE_BIAS;
        for (int k = 0; k < 3; k++) {
            push[i].gain[k] = -0.5f * kf->turned[i][GYRO_AXIS * k]; /* of both biases it is ∫ rotation dt */
            push[i].gain[3 + k] = -0.5f * kf->pushed[i][k];
        }
        spread_of(cov, &tilt[i]);
        spread_of(cov, &push[i]);
    }
}

/* Half of the step's velocity. A tilt about y pushes along +x, about x along −y. */
static void kick(struct attitude_kf *kf, const struct influence push[2])
{
    float half = 0.5f * kf->dv_mps[2];
    shear(kf, MOTION_VELOCITY, MOTION_TILT + 1, half);
    shear(kf, MOTION_VELOCITY + 1, MOTION_TILT, -half);
    for (int i = 0; i < 2; i++) shear_by_traits(kf, MOTION_VELOCITY + i, &push[i]);
}

static void drift(struct attitude_kf *kf)
{
    for (int i = 0; i < 2; i++) shear(kf, MOTION_POSITION + i, MOTION_VELOCITY + i, 0.5f * kf->span_s);
}

/* Split symmetrically, which is right to the second order of the step (Strang 1968). */
static void propagate(struct attitude_kf *kf)
{
    struct influence tilt[2], push[2];
    influences(kf, tilt, push);
    drift(kf);
    kick(kf, push);
    for (int i = 0; i < 2; i++) shear_by_traits(kf, MOTION_TILT + i, &tilt[i]);
    kick(kf, push);
    drift(kf);
    for (int i = 0; i < 2; i++) {
        kf->position_m[i] += (kf->velocity_mps[i] + 0.5f * kf->dv_mps[i]) * kf->span_s;
        kf->velocity_mps[i] += kf->dv_mps[i];
    }
}

static void add_noise(struct attitude_kf *kf)
{
    float t = kf->span_s;
    /* what is beyond a range is one error for the whole of a peak: it adds up with time, not with its root */
    float unturned = clipped_gyro_rads * kf->clipped_gyro_s, unpushed = clipped_accel_mps2 * kf->clipped_accel_s;
    float tilt = gyro_noise * gyro_noise * t + unturned * unturned;
    float velocity = accel_noise * accel_noise * t + unpushed * unpushed;
    for (int i = 0; i < 2; i++) {
        kf->cov_motion[MOTION_TILT + i][MOTION_TILT + i] += tilt;
        kf->cov_motion[MOTION_VELOCITY + i][MOTION_VELOCITY + i] += velocity;
    }
    for (int i = 0; i < TRAITS; i++) {
        bool gyro_bias = i < GYRO_TRAITS && i % GYRO_AXIS == 0;
        bool force_bias = i >= TRAIT_FORCE_BIAS && i < TRAIT_FORCE_SCALE;
        float walk = gyro_bias ? bias_walk * bias_walk : force_bias ? force_bias_walk : trait_walk;
        *attitude_kf_variance(kf, i) += walk * t;
    }
}

/* Takes r rᵀ off the covariance, R = traits, then motion. */
static void shrink(struct attitude_kf *kf, const float r[KF_STATES])
{
    float *trait = kf->cov_traits;
    for (int i = 0; i < TRAITS; i++)
        for (int j = 0; j <= i; j++) *trait++ -= r[i] * r[j];
    for (int i = 0; i < MOTIONS; i++) {
        float ri = r[TRAITS + i];
        for (int j = 0; j < TRAITS; j++) kf->cov_mixed[i][j] -= ri * r[j];
        for (int j = 0; j < MOTIONS; j++) kf->cov_motion[i][j] -= ri * r[TRAITS + j];
    }
}

/* Scalar measurement of STATE, whose nominal value missed by MISS; the correction found so far is in DX. */
static void measure(struct attitude_kf *kf, int state, float miss, float variance, float dx[KF_STATES])
{
    float r[KF_STATES], root = 1 / sqrtf(*attitude_kf_variance(kf, state) + variance);
    float innovation = (miss - dx[state]) * root;
    if (state >= TRAITS) {
        memcpy(r, kf->cov_mixed[state - TRAITS], sizeof kf->cov_mixed[0]);
        memcpy(r + TRAITS, kf->cov_motion[state - TRAITS], sizeof kf->cov_motion[0]);
    } else {
        for (int i = 0; i < TRAITS; i++) r[i] = i < state ? trait_row(kf, state)[i] : trait_row(kf, i)[state];
        for (int i = 0; i < MOTIONS; i++) r[TRAITS + i] = kf->cov_mixed[i][state];
    }
    for (int i = 0; i < KF_STATES; i++) {
        r[i] *= root;
        dx[i] += r[i] * innovation;
    }
    shrink(kf, r);
}

static void learn(float *value, const float *by, int n, float limit)
{
    for (int i = 0; i < n; i++) {
        float x = value[i] + by[i];
        value[i] = x > limit ? limit : x < -limit ? -limit : x;
    }
}

static void inject(struct attitude_kf *kf, const float dx[KF_STATES], float tilt_rad[2])
{
    const float *motion = dx + TRAITS;
    for (int i = 0; i < 2; i++) {
        tilt_rad[i] = motion[MOTION_TILT + i];
        kf->velocity_mps[i] += motion[MOTION_VELOCITY + i];
        kf->position_m[i] += motion[MOTION_POSITION + i];
    }
    for (int i = 0; i < 3; i++) {
        learn(kf->gyro[i], dx + TRAIT_GYRO + GYRO_AXIS * i, 1, gyro_bias_max);
        learn(kf->gyro[i] + 1, dx + TRAIT_GYRO + GYRO_AXIS * i + 1, 3, gyro_matrix_max);
    }
    learn(kf->force_bias_mps2, dx + TRAIT_FORCE_BIAS, 3, force_bias_max);
    learn(kf->force_scale, dx + TRAIT_FORCE_SCALE, 3, force_scale_max);
}

void attitude_kf_step(struct attitude_kf *kf, const float rest_rads[3], float tilt_rad[2])
{
    float t = kf->span_s, ax = kf->dv_mps[0] / t, ay = kf->dv_mps[1] / t, dx[KF_STATES] = {0};
    float distrust = 1 + power_gain * (ax * ax + ay * ay);

    propagate(kf);
    add_noise(kf);
    for (int i = 0; rest_rads && i < 3; i++)
        measure(kf, TRAIT_GYRO + GYRO_AXIS * i, rest_rads[i] - kf->gyro[i][0], rest_bias_noise / t, dx);
    for (int i = 0; i < 2; i++)
        measure(kf, TRAITS + MOTION_POSITION + i, -kf->position_m[i], position_noise * distrust / t, dx);
    inject(kf, dx, tilt_rad);
    attitude_kf_clear(kf);
}
