/* lpc_fit — chooses the pieces of a channel and the predictor of each (lpc.h). Only the encoder needs it: what it
 * chooses is written down, so its floating point decides the size, never the samples. Pure; the caller owns the storage. */
#ifndef STORE_LPC_FIT_H
#define STORE_LPC_FIT_H

#include "lpc.h"

#include <stdbool.h>

enum { LPC_NODES = 2 * LPC_PIECES_MAX - 1 };

struct lpc_node {
    float bits;  /* estimated cost of the samples and of saying how */
    float whole; /* the same if it is not split */
    bool split;
    bool fitted; /* else a fixed predictor, KIND */
    uint8_t kind;
    struct lpc p;
};

struct lpc_fit {
    struct lpc_node node[LPC_NODES]; /* level by level, leaves first */
    float weight[LPC_SAMPLES_MAX];
    uint32_t folded[LPC_SAMPLES_MAX];
};

/* X[−LPC_ORDER_MAX … N−1], N <= LPC_SAMPLES_MAX; fills node[]. Without THOROUGH only fixed predictors are looked at. */
void lpc_fit(struct lpc_fit *f, const int16_t *x, int mean, size_t n, bool thorough);

/* Node K of LEVEL; it covers (LPC_LEAF << LEVEL) samples from K times that on. Its halves are 2K and 2K + 1 below. */
static inline size_t lpc_node_at(unsigned level, size_t k)
{
    return 2 * LPC_PIECES_MAX - ((2 * (size_t)LPC_PIECES_MAX) >> level) + k;
}

#endif
