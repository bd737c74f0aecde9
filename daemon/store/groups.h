/* groups — neighbouring classes of residuals (expect.h) that share a Huffman table, and their symbols in order. A table
 * costs some 50 bytes in the deflate stream, so few groups are better than many; which ones, a small dynamic programme
 * says. Pure. */
#ifndef STORE_GROUPS_H
#define STORE_GROUPS_H

#include "expect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct groups {
    unsigned n;
    uint8_t last_class[EXPECT_CLASSES]; /* rising; group g begins behind that of g − 1 */
    uint32_t symbols[EXPECT_CLASSES];
};

/* For N symbols and their classes. One group for all unless SEVERAL may be. */
void groups_make(struct groups *g, const uint8_t *class, const uint8_t *symbol, size_t n, bool several);

/* Copies the symbols, group by group, each in its order, to SORTED (room for N). */
void groups_sort(const struct groups *g, const uint8_t *class, const uint8_t *symbol, size_t n, uint8_t *sorted);

/* Whether a heading from a file can be true: classes rise, and there are no more symbols than a payload can have. */
bool groups_sound(const struct groups *g);
size_t groups_total(const struct groups *g);

/* Where the next symbol of each group is, for a decoder. A class that no group has is fed by the last one: harmless, and
 * found by groups_eaten(). */
struct feed {
    const uint8_t *next[EXPECT_CLASSES];
    struct {
        uint8_t group, low_bits;
    } of[EXPECT_CLASSES];
};
void groups_feed(const struct groups *g, const uint8_t *sorted, struct feed *feed);
/* Each group was read exactly to its end. */
bool groups_eaten(const struct groups *g, const uint8_t *sorted, const struct feed *feed);

#endif
