/* Invariants:
 *   cov is symmetric to the last bit (a difference, once there, grows until the filter breaks) and its diagonal > 0;
 *   every transition is a row operation followed by the same column operation: no product of two 15 × 15 matrices;
 *   the padding column stays 0;
 *   the biases stay within what a working gyro can have, whatever the samples said.
 */
#include "attitude_kf.h"

#include "vec.h"

/* Tuned once on BROAD (Laidig et al., Data 6(7), 2021) with wide priors; differences of 20 % do not matter. */
static const float gyro_noise = 0.003f;        /* rad/√s */
static const float accel_noise = 0.13f;        /* m/s/√s */
static const float accel_noise_share = 0.006f; /* of the acceleration beside gravity */
static const float bias_walk = 2e-4f;          /* rad/s/√s */
static const float shape_walk = 1e-12f;        /* 1/s, variance of scale and cross-axis terms */
static const float position_noise = 0.012f;    /* m² s */
static const float power_gain = 2.0f;          /* of accel_power on position_noise */
static const float power_tau_s = 0.02f;
static const float rest_bias_noise = 7e-5f;    /* (rad/s)² s */
static const float rest_velocity_noise = 0.1f; /* (m/s)² s */
static const float rest_position_factor = 16;
/* By how much a clipped sensor may be wrong; half or twice as much hardly matters. */
static const float clipped_gyro_rads = 8, clipped_accel_mps2 = 20;
static const float bias_max_rads = 0.05f, shape_max = 0.03f;

void attitude_kf_init(struct attitude_kf *kf)
{
    static const float sd[KF_STATES] = {.1f,  .1f,   .1f,   .1f,   .1f,   .1f,   .03f, .03f,
                                        .03f, .004f, .004f, .004f, .004f, .004f, .004f};
    memset(kf, 0, sizeof *kf);
    for (int i = 0; i < KF_STATES; i++) kf->cov[i][i] = sd[i] * sd[i];
}

void attitude_kf_clear(struct attitude_kf *kf)
{
    kf->span_s = kf->clipped_gyro_s = kf->clipped_accel_s = 0;
    memset(kf->dv_mps, 0, sizeof kf->dv_mps);
    memset(kf->drift, 0, sizeof kf->drift);
}

void attitude_kf_reseed(struct attitude_kf *kf, float sd_rad)
{
    for (int i = 0; i < KF_GYRO; i++) {
        for (int j = 0; j < KF_STATES; j++) kf->cov[i][j] = kf->cov[j][i] = 0;
        kf->cov[i][i] = i < KF_VELOCITY ? sd_rad * sd_rad : 0.1f;
    }
    memset(kf->velocity_mps, 0, sizeof kf->velocity_mps);
    memset(kf->position_m, 0, sizeof kf->position_m);
}

void attitude_kf_correct(const struct attitude_kf *kf, const float gyro_rads[3], float rate_rads[3])
{
    float u[3];
    for (int i = 0; i < 3; i++) u[i] = (gyro_rads[i] - kf->bias_rads[i]) * (1 - kf->scale[i]);
    const float *m = kf->cross;
    rate_rads[0] = u[0] - (m[2] * u[1] + m[1] * u[2]);
    rate_rads[1] = u[1] - (m[2] * u[0] + m[0] * u[2]);
    rate_rads[2] = u[2] - (m[1] * u[0] + m[0] * u[1]);
}

void attitude_kf_gather(struct attitude_kf *kf, float rotation[3][3], const float force_mps2[3],
                        const float rate_rads[3], float dt_s)
{
    const float *w = rate_rads;
    float middle[3]; /* the force belongs to the middle of the interval, the rotation to its end */
    vec_cross(w, force_mps2, middle);
    for (int i = 0; i < 3; i++) middle[i] = force_mps2[i] - 0.5f * dt_s * middle[i];
    for (int i = 0; i < 3; i++) kf->dv_mps[i] += dt_s * vec_dot(rotation[i], middle);
    for (int i = 0; i < 2; i++) {
        float r[3] = {rotation[i][0] * dt_s, rotation[i][1] * dt_s, rotation[i][2] * dt_s};
        float *g = kf->drift[i];
        for (int j = 0; j < 3; j++) {
            g[j] += r[j];
            g[3 + j] += r[j] * w[j];
        }
        g[6] += r[1] * w[2] + r[2] * w[1];
        g[7] += r[0] * w[2] + r[2] * w[0];
        g[8] += r[0] * w[1] + r[1] * w[0];
    }
    kf->span_s += dt_s;
}

/* State TO += Σ gain[k] × state FROM+k, on the covariance: a row operation and the same on the column. */
static void cov_shear(struct attitude_kf *kf, int to, int from, const float *gain, int n)
{
    float sum[KF_ROW] = {0}, own = 0;
    for (int k = 0; k < n; k++)
        for (int j = 0; j < KF_ROW; j++) sum[j] += gain[k] * kf->cov[from + k][j];
    for (int j = 0; j < KF_ROW; j++) kf->cov[to][j] += sum[j];
    for (int k = 0; k < n; k++) own += gain[k] * kf->cov[to][from + k];
    kf->cov[to][to] += own;
    for (int j = 0; j < KF_STATES; j++) kf->cov[j][to] = kf->cov[to][j];
}

static void shear_tilt_by_gyro(struct attitude_kf *kf)
{
    for (int i = 0; i < 2; i++) {
        float gain[KF_GYRO_STATES];
        for (int k = 0; k < KF_GYRO_STATES; k++) gain[k] = -0.5f * kf->drift[i][k];
        cov_shear(kf, KF_TILT + i, KF_GYRO, gain, KF_GYRO_STATES);
    }
}

static void propagate(struct attitude_kf *kf)
{
    float t = kf->span_s, dvz = kf->dv_mps[2];
    float toward[2] = {dvz, -dvz}; /* a tilt about y pushes along +x, about x along −y */
    shear_tilt_by_gyro(kf);
    for (int i = 0; i < 2; i++) cov_shear(kf, KF_POSITION + i, KF_VELOCITY + i, &t, 1);
    for (int i = 0; i < 2; i++) cov_shear(kf, KF_POSITION + i, KF_TILT + 1 - i, &(float){0.5f * t * toward[i]}, 1);
    for (int i = 0; i < 2; i++) cov_shear(kf, KF_VELOCITY + i, KF_TILT + 1 - i, &toward[i], 1);
    shear_tilt_by_gyro(kf);
    for (int i = 0; i < 2; i++) {
        kf->position_m[i] += (kf->velocity_mps[i] + 0.5f * kf->dv_mps[i]) * t;
        kf->velocity_mps[i] += kf->dv_mps[i];
    }
}

static void add_noise(struct attitude_kf *kf, float horizontal_power)
{
    float t = kf->span_s, vertical = kf->dv_mps[2] / t - 9.81f;
    float power = horizontal_power + vertical * vertical;
    /* what is beyond a range is one error for the whole of a peak: it adds up with time, not with its root */
    float unturned = clipped_gyro_rads * kf->clipped_gyro_s, unpushed = clipped_accel_mps2 * kf->clipped_accel_s;
    float tilt = gyro_noise * gyro_noise * t + unturned * unturned;
    float velocity =
        (accel_noise * accel_noise + accel_noise_share * accel_noise_share * power) * t + unpushed * unpushed;
    for (int i = 0; i < 2; i++) {
        kf->cov[KF_TILT + i][KF_TILT + i] += tilt;
        kf->cov[KF_VELOCITY + i][KF_VELOCITY + i] += velocity;
    }
    for (int i = 0; i < 3; i++) kf->cov[KF_GYRO + i][KF_GYRO + i] += bias_walk * bias_walk * t;
    for (int i = 3; i < KF_GYRO_STATES; i++) kf->cov[KF_GYRO + i][KF_GYRO + i] += shape_walk * t;
}

/* Scalar measurement of state I, whose nominal value missed by MISS; the correction found so far is in DX. Written as
 * r rᵀ so that what is taken off is symmetric to the last bit. */
static void measure(struct attitude_kf *kf, int i, float miss, float variance, float dx[KF_STATES])
{
    float r[KF_ROW], root = 1 / sqrtf(kf->cov[i][i] + variance), innovation = (miss - dx[i]) * root;
    for (int j = 0; j < KF_ROW; j++) r[j] = kf->cov[i][j] * root;
    for (int j = 0; j < KF_STATES; j++) {
        float rj = r[j];
        dx[j] += rj * innovation;
        for (int k = 0; k < KF_ROW; k++) kf->cov[j][k] -= rj * r[k];
    }
}

static float clamp(float x, float limit) { return x > limit ? limit : x < -limit ? -limit : x; }

static void inject(struct attitude_kf *kf, const float dx[KF_STATES], float tilt_rad[2])
{
    for (int i = 0; i < 2; i++) {
        tilt_rad[i] = dx[KF_TILT + i];
        kf->velocity_mps[i] += dx[KF_VELOCITY + i];
        kf->position_m[i] += dx[KF_POSITION + i];
    }
    for (int i = 0; i < 3; i++) {
        kf->bias_rads[i] = clamp(kf->bias_rads[i] + dx[KF_GYRO + i], bias_max_rads);
        kf->scale[i] = clamp(kf->scale[i] + dx[KF_GYRO + 3 + i], shape_max);
        kf->cross[i] = clamp(kf->cross[i] + dx[KF_GYRO + 6 + i], shape_max);
    }
}

void attitude_kf_step(struct attitude_kf *kf, const float rest_rads[3], float tilt_rad[2])
{
    float t = kf->span_s, ax = kf->dv_mps[0] / t, ay = kf->dv_mps[1] / t;
    float power = ax * ax + ay * ay, dx[KF_STATES] = {0};

    propagate(kf);
    add_noise(kf, power);
    kf->accel_power += t / (power_tau_s + t) * (power - kf->accel_power);
    float distrust = 1 + power_gain * kf->accel_power;
    if (rest_rads) distrust = rest_position_factor;

    if (rest_rads) {
        for (int i = 0; i < 3; i++) measure(kf, KF_GYRO + i, rest_rads[i] - kf->bias_rads[i], rest_bias_noise / t, dx);
        for (int i = 0; i < 2; i++) measure(kf, KF_VELOCITY + i, -kf->velocity_mps[i], rest_velocity_noise / t, dx);
    }
    for (int i = 0; i < 2; i++) measure(kf, KF_POSITION + i, -kf->position_m[i], position_noise * distrust / t, dx);
    inject(kf, dx, tilt_rad);
    attitude_kf_clear(kf);
}
