/* hop — from block to block through a file that may be damaged or still growing.
 *
 * Headers lead to the next header. Where one is broken, the next magic with a header that holds is searched. What lies
 * past the last whole block is the torn tail of an interrupted write. */
#ifndef STORE_HOP_H
#define STORE_HOP_H

#include "block.h"

#include <stdint.h>
#include <sys/types.h>

struct hop {
    int fd;
    off_t at;         /* where the next block is expected; at the end: end of the last whole block */
    off_t size;       /* of the file when hop_begin looked */
    uint64_t damaged; /* stretches passed over to find a header */
};

/* Begins at FROM, the start of a block. 0 or a negative errno. */
int hop_begin(struct hop *h, int fd, off_t from);
/* 1 and the next whole block's HEAD and offset of its header, 0 when there is none, or a negative errno. */
int hop_next(struct hop *h, struct block_head *head, off_t *offset);
/* Reads N bytes at OFFSET. 0, −EBADMSG when the file ends before, or another negative errno. */
int hop_read(int fd, off_t offset, void *to, size_t n);

#endif
