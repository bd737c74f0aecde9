/* delta — whole numbers as Parquet's DELTA_BINARY_PACKED (Encodings.md): a head, then blocks of 128 differences to the
 * number before, each as its bits above the block's smallest, 32 to a width. Times, some 10 ms apart and mostly by the
 * same, shrink from 8 bytes to few bits: they were nearly half of a file of samples. */
#ifndef EXPORT_DELTA_H
#define EXPORT_DELTA_H

#include <stddef.h>
#include <stdint.h>

enum { DELTA_VALUES = 128, DELTA_HEAD_BYTES = 24, DELTA_BLOCK_BYTES = 10 + 4 + 8 * DELTA_VALUES };

/* The head of N numbers of which FIRST is the first (0 when there is none). Returns its length. */
size_t delta_head(uint32_t n, int64_t first, uint8_t out[DELTA_HEAD_BYTES]);
/* The block of V[0 … N−1], 1 ≤ N ≤ DELTA_VALUES; V[−1] is the number before. Returns its length. */
size_t delta_block(const int64_t *v, unsigned n, uint8_t out[DELTA_BLOCK_BYTES]);

#endif
