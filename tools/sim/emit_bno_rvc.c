#include "emit_bno_rvc.h"

#include "plumbline/sample.h"

#include <math.h>

static uint8_t *put(uint8_t *p, double v)
{
    int16_t count = (int16_t)lrint(v);
    *p++ = (uint8_t)count;
    *p++ = (uint8_t)((uint16_t)count >> 8);
    return p;
}

static uint8_t *put_angles(uint8_t *p, struct quaternion q)
{
    double up[3], across[3];
    quaternion_rotate(quaternion_conjugate(q), (double[3]){0, 0, 1}, up);
    quaternion_rotate(q, (double[3]){0, 1, 0}, across);
    p = put(p, atan2(-across[0], across[1]) / DEG_RAD * 100);
    p = put(p, asin(fmax(-1, fmin(1, up[1]))) / DEG_RAD * 100);
    return put(p, atan2(-up[0], up[2]) / DEG_RAD * 100);
}

size_t emit_bno_rvc(const struct imu *imu, const struct reading *r, uint64_t index, uint8_t *out)
{
    double mg = imu->accel_lsb_mps2 / (double)STANDARD_GRAVITY_MPS2 * 1e3;
    out[0] = out[1] = 0xaa;
    out[2] = (uint8_t)index;
    uint8_t *p = put_angles(out + 3, r->attitude), sum = 0;
    for (int i = 0; i < 3; i++) p = put(p, r->accel[i] * mg);
    for (int i = 0; i < 3; i++) *p++ = 0;
    for (const uint8_t *q = out + 2; q < p; q++) sum = (uint8_t)(sum + *q);
    *p++ = sum;
    return (size_t)(p - out);
}
