/* attitude_kf — the error-state Kalman filter behind attitude.h, five times a second: 24 states in two groups.
 *
 * Motion (6): tilt about the earth's x and y (rad), horizontal velocity (m/s) and position (m). Earth frame z up,
 * heading free. Traits of the sensor (18), sensor frame: for each axis the gyro's bias (rad/s) and its row of a matrix
 * (the diagonal is scale, the rest cross-axis and misalignment to the accelerometer), then the accelerometer's bias
 * (m/s²) and scale. What was read is
 *     gyro = (1 + matrix) rate + bias,   force = (1 + scale) true + bias,   to first order.
 * Errors are "true minus estimate".
 *
 * The one pseudo-measurement is that a worn sensor stays where its wearer is: horizontal position is 0, with a noise
 * that follows the present acceleration (cf. the inertial-frame filtering and the rest phases of Laidig & Seel, VQF,
 * Information Fusion 91, 2023). At rest the gyro reads its bias. Error-state form and error models: Groves,
 * Principles of GNSS, Inertial, and Multisensor Integrated Navigation Systems, 2nd ed. 2013, chapters 4 and 14.
 *
 * Limits: bias ± 0.05 rad/s, matrix ± 0.05, force bias ± 0.5 m/s², force scale ± 0.05; what is beyond stays as error.
 * Force bias is seen only as far as the sensor is turned over: of 20 mg most remains, 1.2° for the trials of BROAD.
 *
 * Pure; the caller owns the storage.
 */
#ifndef POSTURE_ATTITUDE_KF_H
#define POSTURE_ATTITUDE_KF_H

#include "vec.h"

#include <stdbool.h>

enum { TRAIT_GYRO = 0, GYRO_AXIS = 4, TRAIT_FORCE_BIAS = 12, TRAIT_FORCE_SCALE = 15, TRAITS = 18 };
enum { MOTION_TILT = 0, MOTION_VELOCITY = 2, MOTION_POSITION = 4, MOTIONS = 6 };
enum { GYRO_TRAITS = TRAIT_FORCE_BIAS, KF_STATES = TRAITS + MOTIONS, TRAIT_PAIRS = TRAITS * (TRAITS + 1) / 2 };
#define KF_STEP_S 0.2f

struct attitude_kf {
    float velocity_mps[2], position_m[2];
    float gyro[3][GYRO_AXIS]; /* bias, then the row of the matrix */
    float force_bias_mps2[3], force_scale[3];

    /* Covariance. Of the traits, which are most of it, the lower triangle, row behind row. */
    float cov_traits[TRAIT_PAIRS], cov_mixed[MOTIONS][TRAITS], cov_motion[MOTIONS][MOTIONS];

    float span_s;                 /* gathered since the last step: */
    float dv_mps[3];              /* integral of specific force, earth frame */
    float turned[GYRO_AXIS][2][3]; /* tilt about x, y that a unit of each axis' gyro traits has made, trait by trait */
    float pushed[2][3];           /* how much velocity along x, y a unit of each force scale has made */
    float clipped_gyro_s;         /* time for which a sensor was clipped */
    float clipped_accel_s;
};

void attitude_kf_init(struct attitude_kf *kf);

/* These two are called at every sample, and inline so that its numbers stay in registers on their way. */

/* The readings without what is known of the sensor's errors. In and out may be the same. */
static inline void attitude_kf_correct(const struct attitude_kf *kf, float rate_rads[3], float force_mps2[3])
{
    float u[3];
    for (int i = 0; i < 3; i++) u[i] = rate_rads[i] - kf->gyro[i][0];
    for (int i = 0; i < 3; i++) rate_rads[i] = u[i] - vec_dot(kf->gyro[i] + 1, u);
    for (int i = 0; i < 3; i++) force_mps2[i] = (force_mps2[i] - kf->force_bias_mps2[i]) * (1 - kf->force_scale[i]);
}

/* Adds a sample of DT_S: ROTATION sensor to earth at its end, both readings corrected and in the sensor frame. */
static inline void attitude_kf_gather(struct attitude_kf *kf, float rotation[3][3], const float force_mps2[3],
                                      const float rate_rads[3], float dt_s)
{
    float middle[3]; /* the force belongs to the middle of the interval, the rotation to its end */
    vec_cross(rate_rads, force_mps2, middle);
    for (int i = 0; i < 3; i++) middle[i] = force_mps2[i] - 0.5f * dt_s * middle[i];
    for (int i = 0; i < 3; i++) kf->dv_mps[i] += dt_s * vec_dot(rotation[i], middle);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++) {
            float r = rotation[i][j] * dt_s;
            kf->turned[0][i][j] += r;
            for (int k = 0; k < 3; k++) kf->turned[1 + k][i][j] += r * rate_rads[k];
            kf->pushed[i][j] += r * force_mps2[j];
        }
    }
    kf->span_s += dt_s;
}

/* When span_s has reached KF_STEP_S. REST_RADS is the gyro's mean at rest, NULL in motion. TILT_RAD is by how much the
 * attitude must be turned about the earth's x and y. */
void attitude_kf_step(struct attitude_kf *kf, const float rest_rads[3], float tilt_rad[2]);

/* Forgets motion and tilt (SD_RAD from now on), keeps what is known of the sensor. */
void attitude_kf_reseed(struct attitude_kf *kf, float sd_rad);

/* Drops what has been gathered since the last step. */
void attitude_kf_clear(struct attitude_kf *kf);

/* The variance of state 0…KF_STATES − 1 (traits, then motion), for adding to or looking at. */
float *attitude_kf_variance(struct attitude_kf *kf, int state);

#endif
