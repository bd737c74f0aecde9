/* Nothing here reads past the HELD bytes or the item's SIZE. Eight bits of sum let one piece of garbage in 256 pass. So
 * an MTData2 whose items do not fill it exactly is no message; and one that holds what looks like the head of another may
 * have lost bytes and swallowed that head: it is believed when a message follows right behind it. */
#include "xbus_message.h"

#include <math.h>
#include <string.h>

enum { PREAMBLE = 0xfa, BUS_ID = 0xff, HEAD = 4, EXTENDED = 255, ITEM_HEAD = 3 };

uint32_t xbus_unsigned(const uint8_t *p, unsigned size)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < size; i++) v = v << 8 | p[i];
    return v;
}

static bool sum_is_right(const uint8_t *p, unsigned length)
{
    uint8_t sum = 0;
    for (unsigned i = 1; i < length; i++) sum = (uint8_t)(sum + p[i]);
    return sum == 0;
}

static bool items_fill(const struct xbus_message *m)
{
    unsigned at = 0;
    struct xbus_item item;
    while (xbus_next_item(m, &at, &item)) continue;
    return m->size > 0 && at == m->size;
}

static bool is_head(const uint8_t *p) { return p[0] == PREAMBLE && p[1] == BUS_ID; }

static bool holds_a_head(const uint8_t *p, unsigned length)
{
    for (unsigned i = HEAD; i < length - 1; i++)
        if (is_head(p + i)) return true;
    return p[length - 1] == PREAMBLE;
}

enum xbus_verdict xbus_look(const uint8_t *p, unsigned held, struct xbus_message *m)
{
    if (p[0] != PREAMBLE || (held > 1 && p[1] != BUS_ID)) return XBUS_NOTHING;
    if (held < HEAD) return XBUS_MORE;
    unsigned head = HEAD;
    m->id = p[2];
    m->size = p[3];
    if (m->size == EXTENDED) {
        head += 2;
        if (held < head) return XBUS_MORE;
        m->size = xbus_unsigned(p + HEAD, 2);
        if (m->size > XBUS_DATA_MAX) return XBUS_BAD;
    }
    m->data = p + head;
    m->length = head + m->size + 1;
    if (held < m->length) return XBUS_MORE;
    if (!sum_is_right(p, m->length) || (m->id == XBUS_MTDATA2 && !items_fill(m))) return XBUS_BAD;
    if (!holds_a_head(p, m->length)) return XBUS_MESSAGE;
    if (held < m->length + 2) return XBUS_MORE;
    return is_head(p + m->length) ? XBUS_MESSAGE : XBUS_BAD;
}

bool xbus_next_item(const struct xbus_message *m, unsigned *at, struct xbus_item *item)
{
    const uint8_t *p = m->data + *at;
    unsigned left = m->size - *at;
    if (left < ITEM_HEAD || left - ITEM_HEAD < p[2]) return false;
    unsigned kind = xbus_unsigned(p, 2), frame = kind >> 2 & 3;
    item->kind = kind & 0xfff0;
    item->format = kind & 3;
    item->frame = frame == 1 ? XBUS_NED : frame == 2 ? XBUS_NWU : XBUS_ENU;
    item->size = p[2];
    item->data = p + ITEM_HEAD;
    *at += ITEM_HEAD + item->size;
    return true;
}

static double float32(const uint8_t *p)
{
    uint32_t bits = xbus_unsigned(p, 4);
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static double float64(const uint8_t *p)
{
    uint64_t bits = (uint64_t)xbus_unsigned(p, 4) << 32 | xbus_unsigned(p + 4, 4);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The fraction stands before the whole. */
static double fixed_16_32(const uint8_t *p)
{
    return (double)(int16_t)(uint16_t)xbus_unsigned(p + 4, 2) + ldexp((double)xbus_unsigned(p, 4), -32);
}

static double number(const uint8_t *p, unsigned format)
{
    switch (format) {
    case 0: return float32(p);
    case 1: return ldexp((double)(int32_t)xbus_unsigned(p, 4), -20);
    case 2: return fixed_16_32(p);
    default: return float64(p);
    }
}

bool xbus_numbers(const struct xbus_item *item, double *value, unsigned n)
{
    static const unsigned sizes[] = {4, 4, 6, 8};
    unsigned size = sizes[item->format];
    if (item->size != n * size) return false;
    for (unsigned i = 0; i < n; i++) {
        value[i] = number(item->data + i * size, item->format);
        if (!isfinite(value[i])) return false;
    }
    return true;
}

size_t xbus_put(uint8_t id, const uint8_t *data, unsigned size, uint8_t *buf, size_t cap)
{
    size_t length = HEAD + size + 1;
    if (size >= EXTENDED || length > cap) return 0;
    buf[0] = PREAMBLE;
    buf[1] = BUS_ID;
    buf[2] = id;
    buf[3] = (uint8_t)size;
    if (size > 0) memcpy(buf + HEAD, data, size);
    uint8_t sum = 0;
    for (size_t i = 1; i < length - 1; i++) sum = (uint8_t)(sum + buf[i]);
    buf[length - 1] = (uint8_t)-sum;
    return length;
}
