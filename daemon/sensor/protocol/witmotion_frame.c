/* Nothing here reads past the HELD bytes it was given. A 55 61 frame has no checksum: a header behind it and a
 * specific force between 0.1 and 6 g stand in for one (a register that changes its payload keeps its type). */
#include "witmotion_frame.h"

#include "plumbline/sample.h"

#include <string.h>

enum { SYNC = 0x55, COUNTS_PER_G = 2048 };

void witmotion_int16(const uint8_t *p, int16_t *out, unsigned n)
{
    for (unsigned i = 0; i < n; i++, p += 2) out[i] = (int16_t)(uint16_t)(p[0] | p[1] << 8);
}

static bool sum_is_right(const uint8_t *p)
{
    uint8_t sum = 0;
    for (unsigned i = 0; i < WITMOTION_SHORT - 1; i++) sum = (uint8_t)(sum + p[i]);
    return sum == p[WITMOTION_SHORT - 1];
}

static bool is_short_header(const uint8_t *p) { return p[0] == SYNC && p[1] >> 4 == 5; }

/* Eight bits of sum let one piece of garbage in 256 pass. A frame that lost bytes and took the next one's instead holds
 * that one's head: it is believed when a frame follows right behind it. */
static bool holds_a_head(const uint8_t *p)
{
    for (unsigned i = 2; i < WITMOTION_SHORT - 1; i++)
        if (is_short_header(p + i)) return true;
    return p[WITMOTION_SHORT - 1] == SYNC;
}

static bool is_long_header(const uint8_t *p)
{
    return p[0] == SYNC && (p[1] == WITMOTION_DATA || p[1] == WITMOTION_REGISTER);
}

static bool is_date(const uint8_t *p) { return p[1] > 0 && p[2] > 0 && witmotion_time_ns(p) != NO_DEVICE_TIME; }

static bool force_is_plausible(const uint8_t *frame)
{
    int16_t a[3];
    witmotion_int16(frame + 2, a, 3);
    float square = 0;
    for (int i = 0; i < 3; i++) {
        float g = (float)a[i] / COUNTS_PER_G;
        square += g * g;
    }
    return square > 0.1f * 0.1f && square < 6.0f * 6.0f;
}

static enum witmotion_verdict look_long(const uint8_t *p, unsigned held, unsigned long_length, unsigned *length)
{
    if (held < WITMOTION_LONG + 2) return WITMOTION_MORE;
    bool reply = p[1] == WITMOTION_REGISTER, followed = is_long_header(p + WITMOTION_LONG);
    if (followed && (reply || long_length != WITMOTION_DATED))
        *length = WITMOTION_LONG;
    else if (reply || long_length == WITMOTION_LONG)
        return WITMOTION_BAD;
    else if (held >= WITMOTION_DATED && !is_date(p + WITMOTION_LONG))
        return WITMOTION_BAD;
    else if (held < WITMOTION_DATED + 2)
        return WITMOTION_MORE;
    else if (is_long_header(p + WITMOTION_DATED))
        *length = WITMOTION_DATED;
    else
        return WITMOTION_BAD;
    return reply || force_is_plausible(p) ? WITMOTION_FRAME : WITMOTION_BAD;
}

enum witmotion_verdict witmotion_look(const uint8_t *p, unsigned held, unsigned long_length, unsigned *length)
{
    if (p[0] != SYNC) return WITMOTION_NOTHING;
    if (held < 2) return WITMOTION_MORE;
    if (is_long_header(p)) return look_long(p, held, long_length, length);
    if (!is_short_header(p)) return WITMOTION_NOTHING;
    if (held < WITMOTION_SHORT) return WITMOTION_MORE;
    *length = WITMOTION_SHORT;
    if (!sum_is_right(p)) return WITMOTION_BAD;
    if (!holds_a_head(p)) return WITMOTION_FRAME;
    if (held < WITMOTION_SHORT + 2) return WITMOTION_MORE;
    return is_short_header(p + WITMOTION_SHORT) ? WITMOTION_FRAME : WITMOTION_BAD;
}

/* Days since 2000-01-01 of a date in this century. Years run from March, so that the leap day is a year's last. */
static int64_t days_of(int year, int month, int day)
{
    enum { FIRST = 730440 }; /* the same sum for 2000-01-01 */
    int y = month > 2 ? year : year - 1;
    int m = (month + 9) % 12;
    return (int64_t)365 * y + y / 4 + (153 * m + 2) / 5 + day - 1 - FIRST;
}

int64_t witmotion_time_ns(const uint8_t date[8])
{
    int ms = date[6] | date[7] << 8;
    if (date[0] > 99 || date[1] > 12 || date[2] > 31) return NO_DEVICE_TIME;
    if (date[3] > 23 || date[4] > 59 || date[5] > 59 || ms > 999) return NO_DEVICE_TIME;
    int64_t s = ((days_of(2000 + date[0], date[1], date[2]) * 24 + date[3]) * 60 + date[4]) * 60 + date[5];
    return SECONDS_NS(s) + (int64_t)ms * NS_PER_MS;
}

bool witmotion_clipped(const int16_t v[3])
{
    for (int i = 0; i < 3; i++)
        if (v[i] == INT16_MAX || v[i] == INT16_MIN) return true;
    return false;
}

void witmotion_version(unsigned version, char *out, size_t cap)
{
    char digits[5];
    unsigned n = 0;
    for (; version > 0 && n < sizeof digits; version /= 10) digits[n++] = (char)('0' + version % 10);
    if (n >= cap) n = 0;
    for (unsigned i = 0; i < n; i++) out[i] = digits[n - 1 - i];
    out[n] = '\0';
}
