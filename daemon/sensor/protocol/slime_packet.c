/* Nothing here reads past the 16 bytes it was given. */
#include "slime_packet.h"

#include "plumbline/sample.h"

#include <math.h>
#include <string.h>

enum { BATTERY_KNOWN = 0x80, BATTERY_FULL = 255 };
static const float Q15 = 32768, HALF_PI = 1.57079633f, UNIT_SLACK = 0.003f;

static uint16_t u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static int16_t i16(const uint8_t *p) { return (int16_t)u16(p); }

static bool all_zero(const uint8_t *p, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (p[i] != 0) return false;
    return true;
}

static void put_quat(const float q[4], struct slime_packet *out)
{
    for (int i = 0; i < 4; i++) out->quat[i] = (int16_t)lroundf(fminf(fmaxf(q[i], -1), 1) * QUAT_COUNTS);
    out->have_quat = true;
}

static void read_accel(const uint8_t *p, struct slime_packet *out)
{
    for (int i = 0; i < 3; i++) out->accel[i] = i16(p + 2 * i);
    out->have_accel = true;
}

/* x y z w. The receiver itself passes on none that is off unit length by more than a thousandth. */
static bool read_precise(const uint8_t *p, struct slime_packet *out)
{
    float q[4], square = 0;
    for (int i = 0; i < 4; i++) {
        q[(i + 1) % 4] = i16(p + 2 * i) / Q15;
        square += q[(i + 1) % 4] * q[(i + 1) % 4];
    }
    if (fabsf(square - 1) > UNIT_SLACK) return false;
    put_quat(q, out);
    out->unmistakable = true;
    return true;
}

/* The rotation vector over π, in 10, 11 and 11 bits from −1 to 1 (an exponential map: B. Reynolds, "Quaternion
 * quantization", 2017). */
static bool read_compact(const uint8_t *p, struct slime_packet *out)
{
    uint32_t bits = (uint32_t)u16(p) | (uint32_t)u16(p + 2) << 16;
    float v[3] = {(float)(bits & 1023) / 512 - 1, (float)(bits >> 10 & 2047) / 1024 - 1,
                  (float)(bits >> 21) / 1024 - 1};
    float length = sqrtf(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (length > 1 + UNIT_SLACK) return false;
    float k = length > 1e-6f ? sinf(HALF_PI * length) / length : 0;
    put_quat((float[4]){cosf(HALF_PI * length), k * v[0], k * v[1], k * v[2]}, out);
    return true;
}

static bool read_battery(uint8_t b, struct slime_packet *out)
{
    if (b == 0) return true;
    out->battery_percent = b == BATTERY_FULL ? 100 : b - BATTERY_KNOWN;
    return out->battery_percent >= 0 && out->battery_percent <= 100;
}

static bool is_date(uint16_t date)
{
    unsigned month = date >> 5 & 15, day = date & 31;
    return month >= 1 && month <= 12 && day >= 1;
}

static uint64_t read_address(const uint8_t *p)
{
    uint64_t address = 0;
    for (int i = 5; i >= 0; i--) address = address << 8 | p[i];
    return address;
}

bool slime_packet_read(const uint8_t p[SLIME_PACKET], struct slime_packet *out)
{
    memset(out, 0, sizeof *out);
    out->type = p[0];
    out->tracker = p[1];
    out->battery_percent = -1;
    switch (p[0]) {
    case SLIME_INFO: out->date = u16(p + 10); return is_date(out->date);
    case SLIME_PRECISE: read_accel(p + 10, out); return read_precise(p + 2, out);
    case SLIME_COMPACT: read_accel(p + 9, out); return read_battery(p[2], out) && read_compact(p + 5, out);
    case SLIME_STATUS: out->lost = p[5]; return true;
    case SLIME_MAGNETIC: return read_precise(p + 2, out);
    case SLIME_RUNTIME: return all_zero(p + 10, 5);
    case SLIME_BUTTON: return all_zero(p + 5, 10);
    case SLIME_COMPACT_BUTTON: read_accel(p + 9, out); return read_compact(p + 5, out);
    case SLIME_ADDRESS:
        out->address = read_address(p + 2);
        out->unmistakable = all_zero(p + 8, 8);
        return out->unmistakable;
    default: return p[0] <= SLIME_TYPES_MAX;
    }
}

static char *put_number(char *p, unsigned v, unsigned digits)
{
    for (unsigned i = digits; i > 0; i--, v /= 10) p[i - 1] = (char)('0' + v % 10);
    return p + digits;
}

void slime_packet_date(uint16_t date, char out[11])
{
    char *p = put_number(out, 2020u + (date >> 9 & 127), 4);
    *p++ = '-';
    p = put_number(p, date >> 5 & 15, 2);
    *p++ = '-';
    p = put_number(p, date & 31, 2);
    *p = '\0';
}
