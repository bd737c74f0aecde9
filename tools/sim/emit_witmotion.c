#include "emit_witmotion.h"

#include <math.h>

static int16_t angle_count(double rad) { return (int16_t)lrint(rad / DEG_RAD / 180 * 32767); }

static void angles_of(struct quaternion q, int16_t angle[3])
{
    angle[0] = angle_count(atan2(2 * (q.w * q.x + q.y * q.z), 1 - 2 * (q.x * q.x + q.y * q.y)));
    angle[1] = angle_count(asin(fmax(-1, fmin(1, 2 * (q.w * q.y - q.z * q.x)))));
    angle[2] = angle_count(atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z)));
}

static uint8_t *put_three(uint8_t *p, const int16_t v[3])
{
    for (int i = 0; i < 3; i++) {
        *p++ = (uint8_t)v[i];
        *p++ = (uint8_t)((uint16_t)v[i] >> 8);
    }
    return p;
}

static uint8_t *put_frame(uint8_t *frame, uint8_t type, const int16_t v[3], int16_t fourth)
{
    frame[0] = 0x55;
    frame[1] = type;
    uint8_t *p = put_three(frame + 2, v), sum = 0;
    *p++ = (uint8_t)fourth;
    *p++ = (uint8_t)((uint16_t)fourth >> 8);
    for (const uint8_t *q = frame; q < p; q++) sum = (uint8_t)(sum + *q);
    *p++ = sum;
    return p;
}

size_t emit_witmotion_55(const struct reading *r, uint8_t *out)
{
    static const int16_t temperature_c100 = 2530, version = 4;
    int16_t angle[3];
    angles_of(r->attitude, angle);
    uint8_t *p = put_frame(out, 0x51, r->accel, temperature_c100);
    p = put_frame(p, 0x52, r->gyro, temperature_c100);
    p = put_frame(p, 0x53, angle, version);
    return (size_t)(p - out);
}

size_t emit_witmotion_61(const struct reading *r, uint8_t *out)
{
    int16_t angle[3];
    angles_of(r->attitude, angle);
    out[0] = 0x55;
    out[1] = 0x61;
    uint8_t *p = put_three(put_three(put_three(out + 2, r->accel), r->gyro), angle);
    return (size_t)(p - out);
}
