/* imu — what a sensor on the back reports of a motion: specific force and angular rate in its own frame, with bias,
 * noise, quantisation and clipping of a named part.
 *
 * Rate is the rotation over the sampling interval divided by its length and force is that of the interval's middle, so
 * that integrating one gives exactly the attitude behind the other. No filter of the part is modelled, and no scale or
 * cross-axis error.
 */
#ifndef PLUMBLINE_SIM_IMU_H
#define PLUMBLINE_SIM_IMU_H

#include "chance.h"
#include "motion.h"

struct imu_part {
    const char *name, *title;
    double accel_noise_ug, gyro_noise_mdps; /* per √Hz, typical */
    double accel_lsb_mg, gyro_lsb_mdps;     /* at the ranges below */
    unsigned accel_range_g, gyro_range_dps;
    double accel_bias_mg, gyro_bias_dps; /* SD among parts, after the trim that firmware does at rest */
};
extern const struct imu_part imu_parts[]; /* ends with a NULL name */
const struct imu_part *imu_part_find(const char *name);

struct reading {
    double t_s;                /* true time of the middle of the interval */
    int16_t gyro[3], accel[3]; /* counts */
    bool clipped;
    struct quaternion attitude; /* the truth: sensor to earth, middle of the interval */
};

struct imu {
    const struct imu_part *part;
    double rate_hz;          /* true */
    struct quaternion mount; /* sensor to body, at the start */
    const struct scenario *scenario; /* for how the sensor turns on the way */
    bool turns;
    double accel_lsb_mps2, gyro_lsb_rads;
    double accel_bias_mps2[3], gyro_bias_rads[3];
    double accel_sd_mps2, gyro_sd_rads;
    bool ideal; /* neither bias nor noise: for tests */
    uint64_t seed;
    struct chance chance;
};

/* RANGE_16G_2000DPS: the wide ranges of WitMotion devices instead of the part's. */
void imu_init(struct imu *imu, const struct scenario *s, double rate_hz, bool range_16g_2000dps);

/* POSE: at T_S − half an interval, at T_S, and half an interval later. */
void imu_read(struct imu *imu, const struct trunk_pose pose[3], double t_s, struct reading *r);

#endif
