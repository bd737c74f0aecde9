/* Invariants:
 *   the whole covariance is symmetric to the last bit (a difference, once there, grows until the filter breaks) and
 *   its diagonal > 0: transitions are shears, a row operation and the same on the column, and measurements take off
 *   r rᵀ; no product of two matrices is ever made;
 *   traits do not move: a transition never touches cov_traits, only a measurement does;
 *   the traits stay within what a working sensor can have, whatever the samples said.
 */
#include "attitude_kf.h"

/* Noises and priors: chosen by hand on BROAD (Laidig et al., Data 6(7), 2021) beside the same trials with a scale or
 * cross-axis error of 1 %, so figures on BROAD are in sample. Flat: any of them varied alone by 20 to 100 % moves the mean
 * error by at most 0.002°. */
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

/* The covariance while a step is made: whole, and in rows of whole vector registers, four columns at a time. Of what
 * traits and motion have in common only the motions' rows are kept: traits, two idle columns, motion, two idle ones.
 * Idle columns stay 0. */
enum { TRAIT_COLUMNS = 20, MOTION_COLUMN = TRAIT_COLUMNS, COLUMNS = 28 };
struct covariance {
    float traits[TRAITS][TRAIT_COLUMNS], motion[MOTIONS][COLUMNS];
};

static void unpack(struct attitude_kf *kf, struct covariance *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < TRAITS; i++) {
        memcpy(p->traits[i], trait_row(kf, i), (size_t)(i + 1) * sizeof(float));
        for (int j = 0; j < i; j++) p->traits[j][i] = p->traits[i][j];
    }
    for (int i = 0; i < MOTIONS; i++) {
        memcpy(p->motion[i], kf->cov_mixed[i], sizeof kf->cov_mixed[i]);
        memcpy(p->motion[i] + MOTION_COLUMN, kf->cov_motion[i], sizeof kf->cov_motion[i]);
    }
}

static void pack(const struct covariance *p, struct attitude_kf *kf)
{
    for (int i = 0; i < TRAITS; i++) memcpy(trait_row(kf, i), p->traits[i], (size_t)(i + 1) * sizeof(float));
    for (int i = 0; i < MOTIONS; i++) {
        memcpy(kf->cov_mixed[i], p->motion[i], sizeof kf->cov_mixed[i]);
        memcpy(kf->cov_motion[i], p->motion[i] + MOTION_COLUMN, sizeof kf->cov_motion[i]);
    }
}

/* A motion state that gains Σ gain[k] × trait FIRST + k; SPREAD is the traits' covariance times that. */
struct influence {
    int first, n;
    float gain[GYRO_TRAITS], spread[TRAIT_COLUMNS];
};

static void spread_of(const struct covariance *p, struct influence *f)
{
    float sum[TRAIT_COLUMNS] = {0};
    for (int k = 0; k < f->n; k++)
        for (int j = 0; j < TRAIT_COLUMNS; j++) sum[j] += f->gain[k] * p->traits[f->first + k][j];
    memcpy(f->spread, sum, sizeof sum);
}

static float gained(const struct influence *f, const float traits[TRAITS])
{
    float sum = 0;
    for (int k = 0; k < f->n; k++) sum += f->gain[k] * traits[f->first + k];
    return sum;
}

/* Row TO has changed: so does the column. */
static void mirror(struct covariance *p, int to)
{
    for (int i = 0; i < MOTIONS; i++) p->motion[i][MOTION_COLUMN + to] = p->motion[to][MOTION_COLUMN + i];
}

/* Motion state TO += gain × traits, on the covariance. */
static void shear_by_traits(struct covariance *p, int to, const struct influence *restrict f)
{
    float *row = p->motion[to];
    for (int i = 0; i < MOTIONS; i++) row[MOTION_COLUMN + i] += gained(f, p->motion[i]);
    for (int i = 0; i < TRAIT_COLUMNS; i++) row[i] += f->spread[i];
    row[MOTION_COLUMN + to] += gained(f, row);
    mirror(p, to);
}

/* Motion state TO += gain × motion state FROM, on the covariance. */
static void shear(struct covariance *p, int to, int from, float gain)
{
    float *restrict row = p->motion[to];
    const float *restrict other = p->motion[from];
    for (int i = 0; i < COLUMNS; i++) row[i] += gain * other[i];
    row[MOTION_COLUMN + to] += gain * row[MOTION_COLUMN + from];
    mirror(p, to);
}

static void influences(const struct attitude_kf *kf, const struct covariance *p, struct influence tilt[2],
                       struct influence push[2])
{
    for (int i = 0; i < 2; i++) {
        tilt[i].first = TRAIT_GYRO, tilt[i].n = GYRO_TRAITS;
        for (int k = 0; k < GYRO_TRAITS; k++) tilt[i].gain[k] = -kf->turned[k % GYRO_AXIS][i][k / GYRO_AXIS];
        push[i].first = TRAIT_FORCE_BIAS, push[i].n = TRAITS - TRAIT_FORCE_BIAS;
        for (int k = 0; k < 3; k++) {
            push[i].gain[k] = -0.5f * kf->turned[0][i][k]; /* of both biases it is ∫ rotation dt */
            push[i].gain[3 + k] = -0.5f * kf->pushed[i][k];
        }
        spread_of(p, &tilt[i]);
        spread_of(p, &push[i]);
    }
}

/* Half of the step's velocity. A tilt about y pushes along +x, about x along −y. */
static void kick(const struct attitude_kf *kf, struct covariance *p, const struct influence push[2])
{
    float half = 0.5f * kf->dv_mps[2];
    shear(p, MOTION_VELOCITY, MOTION_TILT + 1, half);
    shear(p, MOTION_VELOCITY + 1, MOTION_TILT, -half);
    for (int i = 0; i < 2; i++) shear_by_traits(p, MOTION_VELOCITY + i, &push[i]);
}

static void drift(const struct attitude_kf *kf, struct covariance *p)
{
    for (int i = 0; i < 2; i++) shear(p, MOTION_POSITION + i, MOTION_VELOCITY + i, 0.5f * kf->span_s);
}

/* Split symmetrically, which is right to the second order of the step (Strang 1968). */
static void propagate(struct attitude_kf *kf, struct covariance *p)
{
    struct influence tilt[2], push[2];
    influences(kf, p, tilt, push);
    drift(kf, p);
    kick(kf, p, push);
    for (int i = 0; i < 2; i++) shear_by_traits(p, MOTION_TILT + i, &tilt[i]);
    kick(kf, p, push);
    drift(kf, p);
    for (int i = 0; i < 2; i++) {
        kf->position_m[i] += (kf->velocity_mps[i] + 0.5f * kf->dv_mps[i]) * kf->span_s;
        kf->velocity_mps[i] += kf->dv_mps[i];
    }
}

static void add_noise(const struct attitude_kf *kf, struct covariance *p)
{
    float t = kf->span_s;
    /* what is beyond a range is one error for the whole of a peak: it adds up with time, not with its root */
    float unturned = clipped_gyro_rads * kf->clipped_gyro_s, unpushed = clipped_accel_mps2 * kf->clipped_accel_s;
    float tilt = gyro_noise * gyro_noise * t + unturned * unturned;
    float velocity = accel_noise * accel_noise * t + unpushed * unpushed;
    for (int i = 0; i < 2; i++) {
        p->motion[MOTION_TILT + i][MOTION_COLUMN + MOTION_TILT + i] += tilt;
        p->motion[MOTION_VELOCITY + i][MOTION_COLUMN + MOTION_VELOCITY + i] += velocity;
    }
    for (int i = 0; i < TRAITS; i++) {
        bool gyro_bias = i < GYRO_TRAITS && i % GYRO_AXIS == 0;
        bool force_bias = i >= TRAIT_FORCE_BIAS && i < TRAIT_FORCE_SCALE;
        float walk = gyro_bias ? bias_walk * bias_walk : force_bias ? force_bias_walk : trait_walk;
        p->traits[i][i] += walk * t;
    }
}

/* Takes r rᵀ off the covariance. */
static void shrink(struct covariance *restrict p, const float *restrict r)
{
    for (int i = 0; i < TRAITS; i++)
        for (int j = 0; j < TRAIT_COLUMNS; j++) p->traits[i][j] -= r[i] * r[j];
    for (int i = 0; i < MOTIONS; i++)
        for (int j = 0; j < COLUMNS; j++) p->motion[i][j] -= r[MOTION_COLUMN + i] * r[j];
}

/* Scalar measurement of the state with variance OWN and covariances R, whose nominal value missed by MISS (less what
 * the correction found so far, in DX, has made good). */
static void measure(struct covariance *p, float *restrict r, float own, float miss, float variance, float *restrict dx)
{
    float root = 1 / sqrtf(own + variance), innovation = miss * root;
    for (int i = 0; i < COLUMNS; i++) {
        r[i] *= root;
        dx[i] += r[i] * innovation;
    }
    shrink(p, r);
}

static void measure_trait(struct covariance *p, int trait, float miss, float variance, float dx[COLUMNS])
{
    float r[COLUMNS] = {0};
    memcpy(r, p->traits[trait], sizeof p->traits[trait]);
    for (int i = 0; i < MOTIONS; i++) r[MOTION_COLUMN + i] = p->motion[i][trait];
    measure(p, r, r[trait], miss - dx[trait], variance, dx);
}

static void measure_motion(struct covariance *p, int motion, float miss, float variance, float dx[COLUMNS])
{
    float r[COLUMNS];
    memcpy(r, p->motion[motion], sizeof r);
    measure(p, r, r[MOTION_COLUMN + motion], miss - dx[MOTION_COLUMN + motion], variance, dx);
}

static void learn(float *value, const float *by, int n, float limit)
{
    for (int i = 0; i < n; i++) {
        float x = value[i] + by[i];
        value[i] = x > limit ? limit : x < -limit ? -limit : x;
    }
}

static void inject(struct attitude_kf *kf, const float dx[COLUMNS], float tilt_rad[2])
{
    const float *motion = dx + MOTION_COLUMN;
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
    float t = kf->span_s, ax = kf->dv_mps[0] / t, ay = kf->dv_mps[1] / t, dx[COLUMNS] = {0};
    float distrust = 1 + power_gain * (ax * ax + ay * ay);
    struct covariance p;

    unpack(kf, &p);
    propagate(kf, &p);
    add_noise(kf, &p);
    for (int i = 0; rest_rads && i < 3; i++)
        measure_trait(&p, TRAIT_GYRO + GYRO_AXIS * i, rest_rads[i] - kf->gyro[i][0], rest_bias_noise / t, dx);
    for (int i = 0; i < 2; i++)
        measure_motion(&p, MOTION_POSITION + i, -kf->position_m[i], position_noise * distrust / t, dx);
    pack(&p, kf);
    inject(kf, dx, tilt_rad);
    attitude_kf_clear(kf);
}
