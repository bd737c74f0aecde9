/* segment_index — at the end of a day's file that was closed cleanly: where its blocks lie and what their headers say.
 *
 * Two blocks of kind BLOCK_INDEX: one with a row a block before it, and one of a known length that leads to it from the
 * file's end. It spares a reader the way from header to header, and is never needed: one that is not there, not last or
 * not plausible is not believed. What is appended to the file later goes behind it. Layout: docs/log-format.md. */
#ifndef STORE_SEGMENT_INDEX_H
#define STORE_SEGMENT_INDEX_H

#include "block.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SEGMENT_INDEX_ROW = 8 + BLOCK_HEADER - 4, /* offset, and the header without its magic */
    SEGMENT_INDEX_ROWS_MAX = BLOCK_BYTES_MAX / SEGMENT_INDEX_ROW,
    SEGMENT_INDEX_POST = BLOCK_HEADER + 2, /* the second block: a header and the deflate stream of nothing */
    SEGMENT_INDEX_MAX = 2 * BLOCK_MAX,
};

struct segment_index {
    uint8_t *row; /* owned */
    size_t n;
    off_t at;         /* where the index itself begins */
    uint64_t damaged; /* stretches between its blocks that were none when it was made */
    uint32_t next_sequence;
};

/* Makes the index of the first END bytes of PLOG, as blocks SEQUENCE and SEQUENCE + 1, in OUT (SEGMENT_INDEX_MAX).
 * Returns its length; 0 when there are no blocks, or too many; or a negative errno. */
int segment_index_make(int plog, off_t end, uint32_t sequence, struct block_coder *coder, uint8_t *out);

/* Reads the index that ends where PLOG, SIZE bytes long, ends. 1; 0 when there is none to believe; or a negative errno.
 * Free it after 1. */
int segment_index_read(int plog, off_t size, struct block_coder *coder, struct segment_index *x);
void segment_index_free(struct segment_index *x);

/* Row I < X->n: the block's HEAD, and the offset of its header. */
off_t segment_index_row(const struct segment_index *x, size_t i, struct block_head *head);

#endif
