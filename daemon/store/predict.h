/* predict — integer prediction of one channel, exact on every machine.
 *
 * Order 0 keeps the values, order 1 their differences, order 2 the differences of those (the fixed polynomial
 * predictors of Robinson, SHORTEN, Cambridge University CUED/F-INFENG/TR.156, 1994). All arithmetic is modulo
 * 2^64, so any input whatever comes back. Residuals are zig-zag folded: 0, −1, 1, −2 … become 0, 1, 2, 3 …, small
 * ones small.
 *
 * Pure. */
#ifndef STORE_PREDICT_H
#define STORE_PREDICT_H

#include <stddef.h>
#include <stdint.h>

enum { PREDICT_ORDERS = 3 };

/* The order that leaves the fewest significant bits in VALUE[0 … N−1]. */
unsigned predict_choose(const int64_t *value, size_t n);

/* Folded residuals of VALUE by ORDER (< PREDICT_ORDERS) into RESIDUAL; returns all of them or'ed together. */
uint64_t predict_residuals(const int64_t *value, size_t n, unsigned order, uint64_t *residual);

/* The values from N folded residuals. VALUE and RESIDUAL may not overlap. */
void predict_restore(const uint64_t *residual, size_t n, unsigned order, int64_t *value);

#endif
