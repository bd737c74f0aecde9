/* Invariants:
 *   predict_restore(predict_residuals(x, order), order) = x for every x and order, because both sides start from two
 *   zeros before the first value and all sums are unsigned.
 */
#include "predict.h"

static uint64_t fold(uint64_t residual) { return (residual << 1) ^ (uint64_t) - (int64_t)(residual >> 63); }

static uint64_t unfold(uint64_t folded) { return (folded >> 1) ^ (uint64_t) - (int64_t)(folded & 1); }

static unsigned bits(uint64_t x) { return x ? 64u - (unsigned)__builtin_clzll(x) : 0; }

unsigned predict_choose(const int64_t *value, size_t n)
{
    uint64_t cost[PREDICT_ORDERS] = {0};
    uint64_t last = 0, last_step = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t x = (uint64_t)value[i], step = x - last;
        cost[0] += bits(fold(x));
        cost[1] += bits(fold(step));
        cost[2] += bits(fold(step - last_step));
        last = x;
        last_step = step;
    }
    unsigned best = 0;
    for (unsigned order = 1; order < PREDICT_ORDERS; order++)
        if (cost[order] < cost[best]) best = order;
    return best;
}

uint64_t predict_residuals(const int64_t *value, size_t n, unsigned order, uint64_t *residual)
{
    uint64_t last = 0, last_step = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t x = (uint64_t)value[i], step = x - last;
        residual[i] = fold(order == 0 ? x : order == 1 ? step : step - last_step);
        all |= residual[i];
        last = x;
        last_step = step;
    }
    return all;
}

void predict_restore(const uint64_t *residual, size_t n, unsigned order, int64_t *value)
{
    uint64_t x = 0, step = 0;
    if (order == 0)
        for (size_t i = 0; i < n; i++) value[i] = (int64_t)unfold(residual[i]);
    if (order == 1)
        for (size_t i = 0; i < n; i++) value[i] = (int64_t)(x += unfold(residual[i]));
    if (order == 2)
        for (size_t i = 0; i < n; i++) value[i] = (int64_t)(x += step += unfold(residual[i]));
}
