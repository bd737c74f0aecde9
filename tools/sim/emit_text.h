/* emit_text — comma-separated lines as a maker's sketch prints them: a header, then milliseconds since boot,
 * acceleration in g and rate in deg/s.
 */
#ifndef PLUMBLINE_SIM_EMIT_TEXT_H
#define PLUMBLINE_SIM_EMIT_TEXT_H

#include "imu.h"

enum { EMIT_TEXT_MAX = 128 };

/* Both write one line and return its length, less than EMIT_TEXT_MAX. */
size_t emit_text_header(char *out);
size_t emit_text_line(const struct imu *imu, const struct reading *r, double device_s, char *out);

#endif
