#include "emit_ximu3.h"

#include "plumbline/sample.h"

#include <math.h>
#include <string.h>

enum { END = 0x0a, ESCAPE = 0xdb, ESCAPED_END = 0xdc, ESCAPED_ESCAPE = 0xdd };

static uint8_t *put_stuffed(uint8_t *p, uint64_t bits, unsigned bytes)
{
    for (; bytes > 0; bytes--, bits >>= 8) {
        uint8_t byte = (uint8_t)bits;
        bool special = byte == END || byte == ESCAPE;
        if (special) *p++ = ESCAPE;
        *p++ = special ? byte == END ? ESCAPED_END : ESCAPED_ESCAPE : byte;
    }
    return p;
}

static uint8_t *put_message(uint8_t *p, char letter, uint64_t us, const double *value, unsigned n)
{
    *p++ = (uint8_t)(0x80 + letter);
    p = put_stuffed(p, us, 8);
    for (unsigned i = 0; i < n; i++) {
        float v = (float)value[i];
        uint32_t bits;
        memcpy(&bits, &v, sizeof bits);
        p = put_stuffed(p, bits, 4);
    }
    *p++ = END;
    return p;
}

size_t emit_ximu3(const struct imu *imu, const struct reading *r, uint64_t index, double device_s, uint8_t *out)
{
    double dps = imu->gyro_lsb_rads / DEG_RAD, g = imu->accel_lsb_mps2 / (double)STANDARD_GRAVITY_MPS2;
    double inertial[6], quat[4] = {r->attitude.w, r->attitude.x, r->attitude.y, r->attitude.z};
    uint64_t us = (uint64_t)llrint(fmax(0, device_s) * 1e6);
    for (int i = 0; i < 3; i++) {
        inertial[i] = r->gyro[i] * dps;
        inertial[3 + i] = r->accel[i] * g;
    }
    uint8_t *p = put_message(out, 'I', us, inertial, 6);
    p = put_message(p, 'Q', us, quat, 4);
    if (index % (uint64_t)lrint(imu->rate_hz) == 0) p = put_message(p, 'B', us, (double[3]){83, 3.98, 0}, 3);
    return (size_t)(p - out);
}
