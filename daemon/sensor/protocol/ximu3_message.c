/* Hostile bytes: every access is bounded by LENGTH. What a chip of ±2000 deg/s and ±16 g cannot have measured (a tenth
 * more is granted to its calibration), and a quaternion that is not of unit length, is no data. */
#include "ximu3_message.h"

#include "text_line.h"

#include <math.h>
#include <string.h>

enum { BINARY = 0x80, HEAD = 9, US_MAX_BITS = 51 }; /* 71 years: in ns it still fits an int64 */
static const float rate_max_dps = 2200, force_max_g = 17.6f, unit_slack = 0.01f;

static const struct {
    char letter;
    uint8_t values;
} kinds[] = {{'I', 6}, {'M', 3}, {'Q', 4}, {'R', 9}, {'A', 3}, {'L', 7},
             {'E', 7}, {'U', 4}, {'H', 3}, {'T', 1}, {'B', 3}, {'W', 2}};

static unsigned values_of(char letter)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].letter == letter) return kinds[i].values;
    return 0;
}

static bool is_words(char letter) { return letter == 'S' || letter == 'N' || letter == 'F'; }

static bool within(const float *v, int n, float limit)
{
    for (int i = 0; i < n; i++)
        if (!(fabsf(v[i]) <= limit)) return false;
    return true;
}

static bool is_plausible(const struct ximu3_message *m, unsigned values)
{
    const float *v = m->value;
    for (unsigned i = 0; i < values; i++)
        if (!isfinite(v[i])) return false;
    if (m->us >> US_MAX_BITS) return false;
    if (m->letter == 'I') return within(v, 3, rate_max_dps) && within(v + 3, 3, force_max_g);
    if (m->letter != 'Q' && m->letter != 'L' && m->letter != 'E') return true;
    if (!within(v, 4, 1 + unit_slack)) return false;
    return fabsf(v[0] * v[0] + v[1] * v[1] + v[2] * v[2] + v[3] * v[3] - 1) < 2 * unit_slack;
}

static float float_at(const uint8_t *p)
{
    uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static enum ximu3_kind read_binary(const uint8_t *line, size_t length, struct ximu3_message *m)
{
    m->letter = (char)(line[0] - BINARY);
    m->binary = true;
    if (is_words(m->letter) && length >= HEAD) return XIMU3_WORDS;
    unsigned values = values_of(m->letter);
    if (values == 0 || length != HEAD + 4 * values) return XIMU3_NOTHING;
    for (unsigned i = 8; i > 0; i--) m->us = m->us << 8 | line[i];
    for (unsigned i = 0; i < values; i++) m->value[i] = float_at(line + HEAD + 4 * i);
    return is_plausible(m, values) ? XIMU3_DATA : XIMU3_NOTHING;
}

static enum ximu3_kind read_text(const char *line, size_t length, struct ximu3_message *m)
{
    struct text_line t;
    m->letter = line[0];
    if (length < 2 || line[1] != ',') return XIMU3_NOTHING;
    if (is_words(m->letter)) return XIMU3_WORDS;
    unsigned values = values_of(m->letter);
    if (values == 0 || !text_line_read(line, length, &t) || t.words != 1 || t.values != values + 1)
        return XIMU3_NOTHING;
    if (!(t.value[0] >= 0) || t.value[0] >= (double)(1ull << US_MAX_BITS)) return XIMU3_NOTHING;
    m->us = (uint64_t)t.value[0];
    for (unsigned i = 0; i < values; i++) m->value[i] = (float)t.value[1 + i];
    return is_plausible(m, values) ? XIMU3_DATA : XIMU3_NOTHING;
}

enum ximu3_kind ximu3_message_read(const uint8_t *line, size_t length, struct ximu3_message *m)
{
    memset(m, 0, sizeof *m);
    if (length > 1 && line[0] < BINARY && line[length - 1] == '\r') length--;
    if (length == 0) return XIMU3_NOTHING;
    if (line[0] == '{') return line[length - 1] == '}' ? XIMU3_WORDS : XIMU3_NOTHING;
    return line[0] > BINARY ? read_binary(line, length, m) : read_text((const char *)line, length, m);
}

bool ximu3_message_string(const uint8_t *line, size_t length, const char *key, char *out, size_t cap)
{
    char want[24];
    size_t n = strlen(key), used = 0;
    if (n + 4 > sizeof want) return false;
    want[0] = '"';
    memcpy(want + 1, key, n);
    memcpy(want + 1 + n, "\":\"", 3);
    n += 4;
    for (size_t at = 0; at + n <= length; at++) {
        if (memcmp(line + at, want, n) != 0) continue;
        for (at += n; at < length && line[at] != '"' && used + 1 < cap; at++)
            if (line[at] >= 0x20 && line[at] < 0x7f) out[used++] = (char)line[at];
        out[used] = '\0';
        return true;
    }
    return false;
}
