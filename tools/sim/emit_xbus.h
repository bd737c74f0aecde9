/* emit_xbus — MTData2 messages as an Xsens MTi sends them: packet counter, sample time in 100 µs, attitude, acceleration
 * and rate of turn as 32-bit floats. Source: MT Low Level Communication Protocol, MT0101P.
 */
#ifndef PLUMBLINE_SIM_EMIT_XBUS_H
#define PLUMBLINE_SIM_EMIT_XBUS_H

#include "imu.h"

/* Writes one message to OUT, 66 bytes, and returns its size. */
size_t emit_xbus(const struct imu *imu, const struct reading *r, uint16_t counter, double device_s, uint8_t *out);

#endif
