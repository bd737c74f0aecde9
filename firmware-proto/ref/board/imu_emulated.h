/* imu_emulated — the sensor chip of a machine that has none: its samples come from a file. See imu_emulated.c. */
#ifndef PLUMB_REF_IMU_EMULATED_H
#define PLUMB_REF_IMU_EMULATED_H

#include "../imu.h"

struct imu_chip imu_emulated_chip(struct imu_mode *mode, unsigned watermark);
/* Whether a watermark of samples is due at NOW_US, and *WHEN the last of them was. */
bool imu_emulated_ready(uint64_t now_us, uint64_t *when_us);

#endif
