/* Invariants:
 *   lpc_restore() inverts lpc_residuals() for every x and every predictor, because both compute the same prediction from
 *   the same history; no sum leaves 32 bits: 16 × 2^7 × 2^15, and the mean's share as much again;
 *   coefficients past the order are 0, so that a longer loop of fixed length says the same as one of the order's.
 */
#include "lpc.h"

void lpc_fixed(struct lpc *p, unsigned kind)
{
    static const struct lpc fixed[LPC_FIXED] = {
        {.order = 0}, {.order = 1, .coef = {1}}, {.order = 2, .coef = {2, -1}}, {.order = 3, .coef = {3, -3, 1}}};
    *p = fixed[kind];
}

/* Coefficients oldest first, as samples lie in memory. What the mean adds is the same for all samples of a piece. */
struct plan {
    int16_t coef[LPC_ORDER_MAX];
    int32_t bias, mean;
    unsigned shift;
};

static struct plan plan_of(const struct lpc *p, int mean)
{
    struct plan plan = {.mean = mean, .shift = p->shift, .bias = p->shift ? 1 << (p->shift - 1) : 0};
    for (int k = 0; k < LPC_ORDER_MAX; k++) {
        plan.coef[LPC_ORDER_MAX - 1 - k] = p->coef[k];
        plan.bias -= mean * p->coef[k];
    }
    return plan;
}

/* X: the sample to predict. TAPS is a constant where this is used, so that the compiler makes a few instructions of it. */
static inline int32_t predict(const struct plan *p, const int16_t *x, int taps)
{
    int32_t sum = 0;
    for (int k = 0; k < taps; k++) sum += p->coef[LPC_ORDER_MAX - taps + k] * x[k - taps];
    return ((p->bias + sum) >> p->shift) + p->mean;
}

void lpc_residuals(const struct lpc *p, int mean, const int16_t *x, size_t n, uint32_t *folded)
{
    const struct plan plan = plan_of(p, mean);
    for (size_t i = 0; i < n; i++) {
        uint32_t r = (uint32_t)(x[i] - predict(&plan, x + i, LPC_ORDER_MAX));
        folded[i] = (r << 1) ^ (uint32_t) - (int32_t)(r >> 31);
    }
}

static inline __attribute__((always_inline)) int16_t restored(const struct plan *p, const struct lpc_axis *axis,
                                                              size_t i, int taps)
{
    uint32_t u = axis->folded[i], r = (u >> 1) ^ (uint32_t) - (int32_t)(u & 1);
    return axis->x[i] = (int16_t)(r + (uint32_t)predict(p, axis->x + i, taps));
}

/* The usual number of axes, written out. */
static inline __attribute__((always_inline)) void restore_three(const struct lpc_axis *axis, int taps, size_t n,
                                                                size_t to_step)
{
    const struct lpc_axis a = axis[0], b = axis[1], c = axis[2];
    const struct plan pa = plan_of(a.p, a.mean), pb = plan_of(b.p, b.mean), pc = plan_of(c.p, c.mean);
    for (size_t i = 0, at = 0; i < n; i++, at += to_step) {
        a.to[at] = restored(&pa, &a, i, taps);
        b.to[at] = restored(&pb, &b, i, taps);
        c.to[at] = restored(&pc, &c, i, taps);
    }
}

static void restore(const struct lpc_axis *axis, unsigned axes, size_t n, size_t to_step)
{
    struct plan plan[LPC_AXES_MAX];
    for (unsigned a = 0; a < axes; a++) plan[a] = plan_of(axis[a].p, axis[a].mean);
    for (size_t i = 0; i < n; i++)
        for (unsigned a = 0; a < axes; a++) axis[a].to[i * to_step] = restored(&plan[a], &axis[a], i, LPC_ORDER_MAX);
}

void lpc_restore(const struct lpc_axis *axis, unsigned axes, size_t n, size_t to_step)
{
    unsigned order = 0;
    for (unsigned a = 0; a < axes; a++) order = axis[a].p->order > order ? axis[a].p->order : order;
    if (axes != 3)
        restore(axis, axes, n, to_step);
    else if (order <= 8)
        restore_three(axis, 8, n, to_step);
    else
        restore_three(axis, LPC_ORDER_MAX, n, to_step);
}
