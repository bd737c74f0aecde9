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

void lpc_plan(struct lpc_plan *plan, const struct lpc *p, int mean)
{
    *plan = (struct lpc_plan){.mean = mean, .shift = p->shift, .bias = p->shift ? 1 << (p->shift - 1) : 0};
    for (int k = 0; k < LPC_ORDER_MAX; k++) {
        plan->coef[LPC_ORDER_MAX - 1 - k] = p->coef[k];
        plan->bias -= mean * p->coef[k];
    }
}

void lpc_residuals(const struct lpc *p, int mean, const int16_t *x, size_t n, uint32_t *folded)
{
    struct lpc_plan plan;
    lpc_plan(&plan, p, mean);
    for (size_t i = 0; i < n; i++) {
        uint32_t r = (uint32_t)(x[i] - lpc_predict(&plan, x + i, LPC_ORDER_MAX));
        folded[i] = (r << 1) ^ (uint32_t) - (int32_t)(r >> 31);
    }
}
