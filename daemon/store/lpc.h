/* lpc — linear prediction of one channel with integer coefficients, exact on every machine.
 *
 * A sample is predicted from up to 16 before it: (Σ coef[k] × x[i−1−k] + half) >> shift; what is left is
 * folded (0, −1, 1, −2 … become 0, 1, 2, 3 …). A channel is cut into pieces of 128 × 2^n samples, each with
 * the predictor that fits it best: the way is that of forward-adaptive linear prediction in lossless audio (Robinson,
 * SHORTEN, CUED/F-INFENG/TR.156, 1994; Liebchen & Reznik, MPEG-4 ALS, DCC 2004), with history over the pieces' borders and
 * a fit by covariance instead of autocorrelation, since pieces are short.
 *
 * Pure. */
#ifndef STORE_LPC_H
#define STORE_LPC_H

#include <stddef.h>
#include <stdint.h>

enum {
    LPC_ORDER_MAX = 16,
    LPC_FIXED = 4,     /* predictors without coefficients of their own: nothing, and differences of order 1, 2, 3 */
    LPC_COEF_BITS = 8, /* signed */
    LPC_SHIFT_MAX = 15,
    LPC_LEAF = 128, /* samples of the shortest piece */
    LPC_LEVELS = 7, /* pieces of LPC_LEAF << 0 … LPC_LEVELS − 1 */
    LPC_SAMPLES_MAX = LPC_LEAF << (LPC_LEVELS - 1),
    LPC_PIECES_MAX = LPC_SAMPLES_MAX / LPC_LEAF,
};

struct lpc {
    uint8_t order, shift;
    int16_t coef[LPC_ORDER_MAX]; /* of x[i−1], x[i−2] …; those from order on are 0 */
};

/* The fixed predictor KIND (< LPC_FIXED). */
void lpc_fixed(struct lpc *p, unsigned kind);

/* X[−LPC_ORDER_MAX … N−1]: the history before the piece, then the piece; MEAN is taken off before predicting. */
void lpc_residuals(const struct lpc *p, int mean, const int16_t *x, size_t n, uint32_t *folded);

/* A predictor made ready: coefficients oldest first, as samples lie in memory; what the mean adds is the same for all
 * samples of a piece. */
struct lpc_plan {
    int16_t coef[LPC_ORDER_MAX];
    int32_t bias, mean;
    unsigned shift;
};
void lpc_plan(struct lpc_plan *plan, const struct lpc *p, int mean);

/* X: the sample to predict, behind its history. TAPS (at least the order) is a constant where this is used, so that the
 * compiler makes a few instructions of it. */
static inline __attribute__((always_inline)) int32_t lpc_predict(const struct lpc_plan *p, const int16_t *x, int taps)
{
    int32_t sum = 0;
    for (int k = 0; k < taps; k++) sum += p->coef[LPC_ORDER_MAX - taps + k] * x[k - taps];
    return ((p->bias + sum) >> p->shift) + p->mean;
}

/* The sample itself, from what was left of it. */
static inline __attribute__((always_inline)) int16_t lpc_restore(const struct lpc_plan *p, const int16_t *x,
                                                                 uint32_t folded, int taps)
{
    uint32_t r = (folded >> 1) ^ (uint32_t) - (int32_t)(folded & 1);
    return (int16_t)(r + (uint32_t)lpc_predict(p, x, taps));
}

#endif
