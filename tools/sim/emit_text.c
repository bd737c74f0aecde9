#include "emit_text.h"

#include "plumbline/sample.h"

size_t emit_text_header(char *out) { return (size_t)snprintf(out, EMIT_TEXT_MAX, "t_ms,ax,ay,az,gx,gy,gz\n"); }

size_t emit_text_line(const struct imu *imu, const struct reading *r, double device_s, char *out)
{
    double g = imu->accel_lsb_mps2 / (double)STANDARD_GRAVITY_MPS2, dps = imu->gyro_lsb_rads / DEG_RAD;
    return (size_t)snprintf(out, EMIT_TEXT_MAX, "%.0f,%.4f,%.4f,%.4f,%.3f,%.3f,%.3f\n", device_s * 1e3, r->accel[0] * g,
                            r->accel[1] * g, r->accel[2] * g, r->gyro[0] * dps, r->gyro[1] * dps, r->gyro[2] * dps);
}
