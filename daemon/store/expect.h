/* expect — how large the next residual will be, from those before it and from what the other axes do just then. Both
 * sides of the coder keep it alike, in integers; it picks the class whose Huffman table the residual is written with
 * (the idea of adaptive Golomb coders: Weinberger, Seroussi & Sapiro, LOCO-I, IEEE Trans. Image Proc. 9(8), 2000).
 * Sizes are logarithms in sixteenths of an octave. Pure. */
#ifndef STORE_EXPECT_H
#define STORE_EXPECT_H

#include <stdint.h>

enum { EXPECT_CLASSES = 116 }; /* quarters of an octave of the expected residual; more is never expected */

struct expect {
    /* running means of folded residuals over some 8 and 32 samples, × 256; they wrap, harmlessly */
    uint32_t fast, slow;
};

static inline void expect_begin(struct expect *e) { e->fast = e->slow = 8 << 8; }

static inline void expect_update(struct expect *e, uint32_t folded)
{
    e->fast += (folded << 5) - (e->fast >> 3);
    e->slow += (folded << 3) - (e->slow >> 5);
}

/* 16 log2(x), its fraction linear between powers of 2; x >= 16. */
static inline unsigned expect_log(uint32_t x)
{
    unsigned octave = 31u ^ (unsigned)__builtin_clz(x);
    return 16 * octave + (x >> (octave - 4)) - 16;
}

/* What is usual for the axis: 0 is 1/4. */
static inline unsigned expect_usual(const struct expect *e)
{
    return expect_log((e->fast >> 2) + (e->slow >> 2) + 32) - 16 * 5;
}

/* FOLDED in sixteenths of the usual one: what its axis tells the others. INVERSE is expect_inverse() of USUAL. */
static inline unsigned expect_surprise(uint32_t folded, uint32_t inverse)
{
    uint64_t surprise = (uint64_t)folded * inverse >> 16;
    return surprise < 128 ? (unsigned)surprise : 128;
}

/* 2^20 over the middle of a quarter of an octave, for a table of EXPECT_CLASSES: USUAL / 4 is its index. */
static inline uint32_t expect_inverse(unsigned quarter)
{
    static const uint32_t of[4] = {3846194, 3234252, 2719672, 2286964}; /* 2^(22 − (i + 1/2)/4) */
    return of[quarter & 3] >> (quarter >> 2);
}

/* By how much to expect more or less where the neighbours' surprises, weighed, sum to SURPRISE: 11/16 of what is usual
 * stay, 5/16 follow their mean. SHARE is made of the sum of the weights. The least is 2. */
static inline uint32_t expect_share(unsigned weights) { return (5u << 16) / weights; }
static inline unsigned expect_lively(uint32_t surprise, uint32_t share)
{
    return expect_log(180 + (surprise * share >> 16)) - 116;
}

static inline unsigned expect_class(unsigned usual, unsigned lively) { return (usual + lively) >> 2; }

/* Of a residual of CLASS so many low bits are as good as random, and are written as they are. */
static inline unsigned expect_low_bits(unsigned class) { return class < 21 ? 0 : (class - 17) / 4; }

#endif
