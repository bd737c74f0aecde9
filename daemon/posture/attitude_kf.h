/* attitude_kf — the error-state Kalman filter behind attitude.h: what is known of tilt, horizontal velocity and
 * position, gyro bias, gyro scale and gyro cross-axis terms (15 states), five times a second.
 *
 * Nominal state and covariance in SI units, earth frame z up, heading free. Errors are "true minus estimate", in the
 * order tilt (earth x y, rad), velocity, position, bias, scale, cross-axis. The one pseudo-measurement is that a worn
 * sensor stays where its wearer is: horizontal position is 0, with a noise that follows recent acceleration (cf. the
 * rest and inertial-frame ideas of Laidig & Seel, VQF, Information Fusion 91, 2023). At rest the gyro reads its bias.
 *
 * Pure; the caller owns the storage.
 */
#ifndef POSTURE_ATTITUDE_KF_H
#define POSTURE_ATTITUDE_KF_H

#include <stdbool.h>

enum { KF_TILT = 0, KF_VELOCITY = 2, KF_POSITION = 4, KF_GYRO = 6, KF_STATES = 15, KF_GYRO_STATES = 9, KF_ROW = 16 };
#define KF_STEP_S 0.2f

struct attitude_kf {
    float velocity_mps[2], position_m[2];
    float bias_rads[3], scale[3], cross[3]; /* scale and cross: dimensionless; cross axes yz, xz, xy */
    float cov[KF_STATES][KF_ROW];           /* the last column is padding, for whole vector registers */
    float accel_power;                      /* recent horizontal (m/s²)² */

    float span_s;                   /* gathered since the last step: */
    float dv_mps[3];                /* integral of specific force, earth frame */
    float drift[2][KF_GYRO_STATES]; /* how gyro errors turned into tilt */
    float clipped_gyro_s;           /* time for which a sensor was clipped */
    float clipped_accel_s;
};

void attitude_kf_init(struct attitude_kf *kf);

/* Angular rate without the known gyro errors. */
void attitude_kf_correct(const struct attitude_kf *kf, const float gyro_rads[3], float rate_rads[3]);

/* Adds a sample of DT_S: ROTATION sensor to earth at its end, FORCE_MPS2 in the sensor frame, RATE_RADS corrected. */
void attitude_kf_gather(struct attitude_kf *kf, float rotation[3][3], const float force_mps2[3],
                        const float rate_rads[3], float dt_s);

/* When span_s has reached KF_STEP_S. REST_RADS is the gyro's mean at rest, NULL in motion. TILT_RAD is by how much the
 * attitude must be turned about the earth's x and y. */
void attitude_kf_step(struct attitude_kf *kf, const float rest_rads[3], float tilt_rad[2]);

/* Forgets motion and tilt (SD_RAD from now on), keeps what is known of the gyro. */
void attitude_kf_reseed(struct attitude_kf *kf, float sd_rad);

/* Drops what has been gathered since the last step. */
void attitude_kf_clear(struct attitude_kf *kf);

#endif
