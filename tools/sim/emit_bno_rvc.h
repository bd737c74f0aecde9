/* emit_bno_rvc — a BNO08x in UART-RVC mode: `AA AA`, index, yaw, pitch and roll in 0.01°, acceleration in mg, an 8-bit
 * sum. Angles as the data sheet's example frame has them: yaw about z, then pitch about x, then roll about y. The chip
 * does so a hundred times a second: scenarios for it `set rate 100`. Source: data sheet BNO080 1000-3927.
 */
#ifndef PLUMBLINE_SIM_EMIT_BNO_RVC_H
#define PLUMBLINE_SIM_EMIT_BNO_RVC_H

#include "imu.h"

enum { EMIT_BNO_RVC = 19 };

/* Writes sample number INDEX of IMU to OUT and returns its size. */
size_t emit_bno_rvc(const struct imu *imu, const struct reading *r, uint64_t index, uint8_t *out);

#endif
