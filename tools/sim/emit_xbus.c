#include "emit_xbus.h"

#include <math.h>
#include <string.h>

static uint8_t *put(uint8_t *p, uint32_t v, unsigned size)
{
    while (size-- > 0) *p++ = (uint8_t)(v >> 8 * size);
    return p;
}

static uint8_t *put_float(uint8_t *p, double v)
{
    float f = (float)v;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return put(p, bits, 4);
}

static uint8_t *put_three(uint8_t *p, unsigned kind, const int16_t count[3], double unit)
{
    p = put(put(p, kind, 2), 12, 1);
    for (int i = 0; i < 3; i++) p = put_float(p, count[i] * unit);
    return p;
}

size_t emit_xbus(const struct imu *imu, const struct reading *r, uint16_t counter, double device_s, uint8_t *out)
{
    static const uint8_t head[4] = {0xfa, 0xff, 0x36, 0};
    const double quat[4] = {r->attitude.w, r->attitude.x, r->attitude.y, r->attitude.z};
    memcpy(out, head, sizeof head);
    uint8_t *p = put(put(put(out + sizeof head, 0x1020, 2), 2, 1), counter, 2), sum = 0;
    p = put(put(put(p, 0x1060, 2), 4, 1), (uint32_t)(int64_t)llround(device_s * 1e4), 4);
    p = put(put(p, 0x2010, 2), 16, 1);
    for (int i = 0; i < 4; i++) p = put_float(p, quat[i]);
    p = put_three(p, 0x4020, r->accel, imu->accel_lsb_mps2);
    p = put_three(p, 0x8020, r->gyro, imu->gyro_lsb_rads);
    out[3] = (uint8_t)(p - out - (int)sizeof head);
    for (const uint8_t *q = out + 1; q < p; q++) sum = (uint8_t)(sum + *q);
    *p++ = (uint8_t)-sum;
    return (size_t)(p - out);
}
