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

/* One axis of a sensor on its way back. */
struct lpc_axis {
    const struct lpc *p;
    int mean;
    int16_t *x; /* as above */
    const uint32_t *folded;
    int16_t *to; /* where samples are wanted, TO_STEP apart */
};
/* Restores N samples of AXES (at most LPC_AXES_MAX) axes into x and to, side by side: one waits, another computes. */
enum { LPC_AXES_MAX = 4 };
void lpc_restore(const struct lpc_axis *axis, unsigned axes, size_t n, size_t to_step);

#endif
