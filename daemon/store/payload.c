/* Invariants:
 *   What payload_encode() is given, payload_decode() gives back, to the bit, for any readings whatever.
 *   Each symbol that a group's heading announces is used exactly once.
 */
#include "payload_axes.h"
#include "predict.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum {
    COUNT_BITS = 17,  /* of symbols in a group */
    LENGTH_BITS = 20, /* of bytes of bits */
    HEADING_MAX = 512,
};

enum type { TYPE_I64, TYPE_U16 };

static const struct {
    size_t offset;
    enum type type;
} lines_of[PAYLOAD_LINES] = {
    {offsetof(struct reading, t_ns), TYPE_I64},
    {offsetof(struct reading, index), TYPE_I64},
    {offsetof(struct reading, have), TYPE_U16},
    {offsetof(struct reading, flags), TYPE_U16},
};
enum { LINE_TIME = 0, LINE_INDEX = 1 };

int payload_open(struct payload_coder *c)
{
    memset(&c->deflate, 0, sizeof c->deflate);
    memset(&c->inflate, 0, sizeof c->inflate);
    for (unsigned k = 0; k < EXPECT_CLASSES; k++) c->inverse[k] = expect_inverse(k);
    if (deflateInit2(&c->deflate, 6, Z_DEFLATED, -12, 9, Z_RLE) != Z_OK) return -ENOMEM;
    return inflateInit2(&c->inflate, -15) == Z_OK ? 0 : -ENOMEM;
}

void payload_close(struct payload_coder *c)
{
    deflateEnd(&c->deflate);
    inflateEnd(&c->inflate);
}

/* ---- time, index and flags: bytes --------------------------------------------------------------------------------- */

static uint64_t line(const struct payload_lines *l, unsigned which, uint64_t i)
{
    if (which == LINE_TIME) return (uint64_t)l->first_t_ns + ((i * l->period_q16_ns + (1u << 15)) >> 16);
    return which == LINE_INDEX ? l->first_index + i : 0;
}

static void squeeze(z_stream *z, const uint8_t *bytes, size_t n, int flush)
{
    z->next_in = (z_const Bytef *)(uintptr_t)bytes;
    z->avail_in = (uInt)n;
    deflate(z, flush); /* room is never short: PAYLOAD_BYTES_MAX is above the worst case */
}

static bool draw(z_stream *z, uint8_t *to, size_t n)
{
    z->next_out = to;
    z->avail_out = (uInt)n;
    while (z->avail_out > 0) {
        int result = inflate(z, Z_NO_FLUSH);
        if (result != Z_OK) return result == Z_STREAM_END && z->avail_out == 0;
    }
    return true;
}

static unsigned width_of(uint64_t all)
{
    unsigned width = 0;
    for (; all; all >>= 8) width++;
    return width;
}

static void encode_line(struct payload_coder *c, const struct payload_lines *l, unsigned which,
                        const struct reading *reading)
{
    const char *at = (const char *)reading + lines_of[which].offset;
    for (uint32_t i = 0; i < l->count; i++, at += sizeof *reading) {
        bool small = lines_of[which].type == TYPE_U16;
        uint64_t value = small ? *(const uint16_t *)(const void *)at : *(const uint64_t *)(const void *)at;
        c->value[i] = (int64_t)(value - line(l, which, i));
    }
    unsigned order = predict_choose(c->value, l->count);
    unsigned width = width_of(predict_residuals(c->value, l->count, order, c->residual));
    uint8_t descriptor = (uint8_t)(order << 4 | width);
    squeeze(&c->deflate, &descriptor, 1, Z_NO_FLUSH);
    for (unsigned k = 0; k < width; k++) {
        for (uint32_t i = 0; i < l->count; i++) c->plane[i] = (uint8_t)(c->residual[i] >> (8 * k));
        squeeze(&c->deflate, c->plane, l->count, l->count < PAYLOAD_ALONE_FROM ? Z_NO_FLUSH : Z_BLOCK);
    }
}

/* The next line's distances into c->value. */
static bool draw_line(struct payload_coder *c, uint32_t n)
{
    uint8_t descriptor;
    if (!draw(&c->inflate, &descriptor, 1)) return false;
    unsigned order = descriptor >> 4, width = descriptor & 15;
    if (order >= PREDICT_ORDERS || width > 8) return false;
    if (width == 0) memset(c->value, 0, n * sizeof *c->value);
    for (unsigned k = 0; k < width; k++) {
        if (!draw(&c->inflate, c->plane, n)) return false;
        for (uint32_t i = 0; i < n; i++)
            c->residual[i] = (k > 0 ? c->residual[i] : 0) | (uint64_t)c->plane[i] << (8 * k);
    }
    if (width > 0) predict_restore(c->residual, n, order, c->value);
    return true;
}

static bool decode_lines(struct payload_coder *c, const struct payload_lines *l, struct reading *reading)
{
    const uint32_t n = l->count;
    if (!draw_line(c, n)) return false;
    for (uint32_t i = 0; i < n; i++) reading[i].t_ns = (int64_t)((uint64_t)c->value[i] + line(l, LINE_TIME, i));
    if (!draw_line(c, n)) return false;
    for (uint32_t i = 0; i < n; i++) reading[i].index = (uint64_t)c->value[i] + line(l, LINE_INDEX, i);
    if (!draw_line(c, n)) return false;
    for (uint32_t i = 0; i < n; i++) reading[i].have = (uint16_t)c->value[i];
    if (!draw_line(c, n)) return false;
    for (uint32_t i = 0; i < n; i++) reading[i].flags = (uint16_t)c->value[i];
    return true;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

/* Groups and how many bytes of bits follow; returns its own length. */
static size_t write_heading(const struct groups *groups, size_t n_bits, uint8_t *out)
{
    struct bits b = {.to = out, .size = HEADING_MAX};
    bits_write(&b, groups->n, 7);
    for (unsigned g = 0; g < groups->n; g++) {
        bits_write(&b, groups->last_class[g], 7);
        bits_write(&b, groups->symbols[g], COUNT_BITS);
    }
    bits_write(&b, n_bits, LENGTH_BITS);
    bits_write_end(&b);
    return b.at;
}

size_t payload_encode(struct payload_coder *c, const struct payload_lines *l, const struct reading *reading,
                      uint8_t *out)
{
    struct bits b = {.to = c->bits, .size = sizeof c->bits};
    struct groups groups;
    unsigned axes = 0;
    memset(c->surprise, 0, (l->count + 2) * sizeof *c->surprise);
    for (unsigned k = 0; k < PAYLOAD_SENSORS; k++) axes += payload_axes_encode(c, &b, k, reading, l->count, axes);
    bits_write_end(&b);
    size_t symbols = (size_t)axes * l->count;
    groups_make(&groups, c->class, c->symbol, symbols, l->count >= PAYLOAD_ALONE_FROM);

    uint8_t *at = out + write_heading(&groups, b.at, out);
    memcpy(at, c->bits, b.at);
    at += b.at;

    deflateReset(&c->deflate);
    c->deflate.next_out = at;
    c->deflate.avail_out = (uInt)(PAYLOAD_BYTES_MAX - (size_t)(at - out));
    deflateParams(&c->deflate, 6, Z_RLE);
    for (unsigned which = 0; which < PAYLOAD_LINES; which++) encode_line(c, l, which, reading);
    deflateParams(&c->deflate, 6, Z_HUFFMAN_ONLY);
    groups_sort(&groups, c->class, c->symbol, symbols, c->bits);
    size_t from = 0;
    for (unsigned g = 0; g < groups.n; from += groups.symbols[g++])
        squeeze(&c->deflate, c->bits + from, groups.symbols[g], Z_BLOCK);
    squeeze(&c->deflate, NULL, 0, Z_FINISH);
    return PAYLOAD_BYTES_MAX - c->deflate.avail_out;
}

/* Returns its length, 0 when it does not make sense. */
static size_t read_heading(const uint8_t *bytes, size_t n, struct groups *groups, size_t *n_bits)
{
    struct bits b = {.from = bytes, .size = n};
    groups->n = bits_read(&b, 7);
    if (groups->n > EXPECT_CLASSES) return 0;
    for (unsigned g = 0; g < groups->n; g++) {
        groups->last_class[g] = (uint8_t)bits_read(&b, 7);
        groups->symbols[g] = bits_read(&b, COUNT_BITS);
    }
    *n_bits = bits_read(&b, LENGTH_BITS);
    size_t length = (7 + groups->n * (7 + COUNT_BITS) + LENGTH_BITS + 7) / 8;
    return !bits_overrun(&b) && groups_sound(groups) && *n_bits <= n - length ? length : 0;
}

int payload_decode(struct payload_coder *c, const struct payload_lines *l, const uint8_t *bytes, size_t n,
                   struct reading *reading)
{
    struct groups groups;
    struct feed feed;
    size_t n_bits, heading = read_heading(bytes, n, &groups, &n_bits);
    if (heading == 0) return -EBADMSG;
    struct bits b = {.from = bytes + heading, .size = n_bits};

    inflateReset(&c->inflate);
    c->inflate.next_in = (z_const Bytef *)(uintptr_t)(bytes + heading + n_bits);
    c->inflate.avail_in = (uInt)(n - heading - n_bits);
    memset(reading, 0, l->count * sizeof *reading);
    if (!decode_lines(c, l, reading)) return -EBADMSG;
    if (!draw(&c->inflate, c->symbol, groups_total(&groups))) return -EBADMSG;
    groups_feed(&groups, c->symbol, &feed);

    unsigned axes = 0;
    memset(c->surprise, 0, (l->count + 2) * sizeof *c->surprise);
    for (unsigned k = 0; k < PAYLOAD_SENSORS; k++)
        if (!payload_axes_decode(c, &b, k, reading, l->count, &axes, &feed)) return -EBADMSG;
    return bits_overrun(&b) || !groups_eaten(&groups, c->symbol, &feed) ? -EBADMSG : 0;
}

/* ---- bytes of any meaning ---------------------------------------------------------------------------------------- */

size_t payload_encode_bytes(struct payload_coder *c, const void *from, size_t count, uint8_t *out)
{
    deflateReset(&c->deflate);
    c->deflate.next_out = out;
    c->deflate.avail_out = PAYLOAD_BYTES_MAX;
    deflateParams(&c->deflate, 6, Z_DEFAULT_STRATEGY);
    squeeze(&c->deflate, from, count, Z_FINISH);
    return PAYLOAD_BYTES_MAX - c->deflate.avail_out;
}

int payload_decode_bytes(struct payload_coder *c, const uint8_t *bytes, size_t n, void *to, size_t count)
{
    inflateReset(&c->inflate);
    c->inflate.next_in = (z_const Bytef *)(uintptr_t)bytes;
    c->inflate.avail_in = (uInt)n;
    return draw(&c->inflate, to, count) ? 0 : -EBADMSG;
}
