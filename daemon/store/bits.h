/* bits — a row of bits in bytes, lowest first. Neither side can be made to leave its buffer: what does not fit is not
 * written, what is not there reads as zeros, and both say so at the end. */
#ifndef STORE_BITS_H
#define STORE_BITS_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>

struct bits {
    uint8_t *to;         /* writing */
    const uint8_t *from; /* reading */
    size_t at, size;     /* bytes */
    uint64_t held;       /* bits on their way, the next one lowest */
    unsigned n_held;
    unsigned made_up;   /* reading: zeros added behind the end, some of them still held */
    bool short_of_room; /* writing */
};

static inline void bits_write(struct bits *b, uint64_t value, unsigned n) /* n <= 32 */
{
    b->held |= value << b->n_held;
    b->n_held += n;
    for (; b->n_held >= 8; b->n_held -= 8, b->held >>= 8) {
        if (b->at < b->size)
            b->to[b->at++] = (uint8_t)b->held;
        else
            b->short_of_room = true;
    }
}

static inline void bits_write_end(struct bits *b)
{
    if (b->n_held > 0) bits_write(b, 0, 8 - b->n_held);
}

static inline void bits_fill(struct bits *b)
{
    if (b->at + 8 <= b->size) {
        uint64_t word;
        memcpy(&word, b->from + b->at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        b->held |= word << b->n_held;
        b->at += (63 - b->n_held) / 8;
        b->n_held |= 56;
        return;
    }
    for (; b->n_held <= 56; b->n_held += 8) {
        if (b->at < b->size)
            b->held |= (uint64_t)b->from[b->at++] << b->n_held;
        else
            b->made_up += 8;
    }
}

static inline uint32_t bits_read(struct bits *b, unsigned n) /* n <= 32 */
{
    if (b->n_held < n) bits_fill(b);
    uint32_t value = (uint32_t)(b->held & ((UINT64_C(1) << n) - 1));
    b->held >>= n;
    b->n_held -= n;
    return value;
}

/* More was read than there is. */
static inline bool bits_overrun(const struct bits *b) { return b->made_up > b->n_held; }

#endif
