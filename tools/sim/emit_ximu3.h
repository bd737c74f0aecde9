/* emit_ximu3 — an x-io x-IMU3 in its binary mode: an inertial and a quaternion message a sample, a battery message a
 * second, each with the device's µs, stuffed and ended by a line feed. Source: x-IMU3 User Manual.
 */
#ifndef PLUMBLINE_SIM_EMIT_XIMU3_H
#define PLUMBLINE_SIM_EMIT_XIMU3_H

#include "imu.h"

/* Writes one sample to OUT (EMIT_MAX holds it) and returns its size. DEVICE_S: by the device's clock. */
size_t emit_ximu3(const struct imu *imu, const struct reading *r, uint64_t index, double device_s, uint8_t *out);

#endif
