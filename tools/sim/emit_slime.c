#include "emit_slime.h"

#include "plumbline/sample.h"

#include <math.h>
#include <string.h>

enum { PACKET = 16, BATTERY = 0x80 | 77, VOLTS = 142, DATE = 5 << 9 | 9 << 5 | 14 /* 2025-09-14 */ };

static uint8_t *put16(uint8_t *p, double v)
{
    int16_t count = (int16_t)fmax(INT16_MIN, fmin(INT16_MAX, rint(v)));
    *p++ = (uint8_t)count;
    *p++ = (uint8_t)((uint16_t)count >> 8);
    return p;
}

static void put_accel(uint8_t *p, const double a[3])
{
    for (int i = 0; i < 3; i++) p = put16(p, a[i] * 128);
}

static void put_precise(uint8_t *p, struct quaternion q, const double a[3])
{
    p[0] = 1;
    double xyzw[4] = {q.x, q.y, q.z, q.w};
    for (int i = 0; i < 4; i++) put16(p + 2 + 2 * i, xyzw[i] * 32768);
    put_accel(p + 10, a);
}

static uint32_t fixed(double v, unsigned bits)
{
    double top = (double)(1u << bits) - 1;
    return (uint32_t)fmax(0, fmin(top, rint((v + 1) / 2 * (top + 1))));
}

static void put_compact(uint8_t *p, struct quaternion q, const double a[3])
{
    double turn[3];
    quaternion_difference((struct quaternion){1, 0, 0, 0}, q, turn);
    for (int i = 0; i < 3; i++) turn[i] /= DEG_RAD * 180;
    uint32_t bits = fixed(turn[0], 10) | fixed(turn[1], 11) << 10 | fixed(turn[2], 11) << 21;
    p[0] = 2;
    p[2] = BATTERY;
    p[3] = VOLTS;
    p[4] = 128;
    for (int i = 0; i < 4; i++) p[5 + i] = (uint8_t)(bits >> 8 * i);
    put_accel(p + 9, a);
}

static void put_info(uint8_t *p)
{
    p[2] = BATTERY;
    p[3] = VOLTS;
    p[10] = (uint8_t)DATE;
    p[11] = (uint8_t)(DATE >> 8);
    p[12] = 1;
}

static void put_addresses(uint8_t *p)
{
    for (uint8_t i = 0; i < 3; i++, p += PACKET) {
        static const uint8_t address[6] = {0x1c, 0x52, 0x0f, 0x9e, 0x33, 0xd4};
        p[0] = 255;
        memcpy(p + 2, address, sizeof address);
    }
}

/* Worth sending: the attitude turned by a thousandth, or the acceleration changed by 0.05 m/s². */
static bool changed(struct emit_slime *e, struct quaternion q, const double a[3])
{
    double turn[3], square = 0, other = 0;
    quaternion_difference(e->sent, q, turn);
    for (int i = 0; i < 3; i++) {
        square += turn[i] * turn[i];
        other = fmax(other, fabs(a[i] - e->sent_mps2[i]));
    }
    if (e->have_sent && square < 1e-6 && other < 0.05) return false;
    e->sent = q;
    memcpy(e->sent_mps2, a, sizeof e->sent_mps2);
    e->have_sent = true;
    return true;
}

size_t emit_slime(struct emit_slime *e, const struct imu *imu, const struct reading *r, uint64_t index, uint8_t *out)
{
    double up[3], a[3];
    quaternion_rotate(quaternion_conjugate(r->attitude), (double[3]){0, 0, 1}, up);
    for (int i = 0; i < 3; i++) a[i] = r->accel[i] * imu->accel_lsb_mps2 - (double)STANDARD_GRAVITY_MPS2 * up[i];
    memset(out, 0, EMIT_SLIME);
    put_addresses(out + PACKET);
    if (index % 50 == 20)
        put_info(out);
    else if (index % 50 == 45)
        out[0] = 3;
    else if (!changed(e, r->attitude, a))
        out[0] = 6;
    else if (index % 5 == 3)
        put_compact(out, r->attitude, a);
    else
        put_precise(out, r->attitude, a);
    return EMIT_SLIME;
}
