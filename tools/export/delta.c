/* Differences wrap around, as the specification has it: any number follows on any other. */
#include "delta.h"

#include <string.h>

enum { MINIBLOCKS = 4, MINIBLOCK = DELTA_VALUES / MINIBLOCKS };

static size_t put_varint(uint8_t *out, uint64_t v)
{
    size_t n = 0;
    for (; v >= 0x80; v >>= 7) out[n++] = (uint8_t)(v | 0x80);
    out[n++] = (uint8_t)v;
    return n;
}

static size_t put_zigzag(uint8_t *out, int64_t v)
{
    return put_varint(out, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

size_t delta_head(uint32_t n, int64_t first, uint8_t out[DELTA_HEAD_BYTES])
{
    size_t at = put_varint(out, DELTA_VALUES);
    at += put_varint(out + at, MINIBLOCKS);
    at += put_varint(out + at, n);
    return at + put_zigzag(out + at, first);
}

/* The low WIDTH bits of V, the others of which are 0, from bit AT of OUT on, which is 0 there. */
static void put_bits(uint8_t *out, size_t at, uint64_t v, unsigned width)
{
    for (unsigned done = 0; done < width;) {
        unsigned shift = (at + done) % 8;
        out[(at + done) / 8] |= (uint8_t)(v >> done << shift);
        done += 8 - shift;
    }
}

size_t delta_block(const int64_t *v, unsigned n, uint8_t out[DELTA_BLOCK_BYTES])
{
    uint64_t delta[DELTA_VALUES] = {0};
    int64_t least = INT64_MAX;
    for (unsigned i = 0; i < n; i++) {
        delta[i] = (uint64_t)v[i] - (uint64_t)v[(int)i - 1];
        if ((int64_t)delta[i] < least) least = (int64_t)delta[i];
    }
    for (unsigned i = 0; i < n; i++) delta[i] -= (uint64_t)least;
    size_t at = put_zigzag(out, least);
    uint8_t *widths = out + at;
    memset(widths, 0, MINIBLOCKS);
    at += MINIBLOCKS;
    for (unsigned m = 0; m * MINIBLOCK < n; m++) { /* one without numbers is left out */
        uint64_t all = 0;
        unsigned width = 0;
        for (unsigned i = 0; i < MINIBLOCK; i++) all |= delta[m * MINIBLOCK + i];
        while (width < 64 && all >> width) width++;
        widths[m] = (uint8_t)width;
        memset(out + at, 0, MINIBLOCK / 8 * width);
        for (unsigned i = 0; i < MINIBLOCK; i++) put_bits(out + at, (size_t)i * width, delta[m * MINIBLOCK + i], width);
        at += MINIBLOCK / 8 * width;
    }
    return at;
}
