/* ring — records from one thread to one other, without a lock, a system call or an allocation; in memory that can outlive
 * the process.
 *
 * Records lie in one piece and are handled in place. Exactly one thread puts, exactly one takes. What was taken stays
 * until it is released, so that a successor finds whatever this process did not get to the disk. */
#ifndef STORE_RING_H
#define STORE_RING_H

#include "lasting.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RING_SIZE = 1 << 20 }; /* bytes; in the file behind LASTING_HEADER */

struct ring_memory;
struct ring {
    struct ring_memory *memory;
    uint64_t taken; /* bytes ever taken: the taker's own */
    struct lasting lasting;
};

/* Maps PATH, a file on a memory file system, for the data folder FOLDER; what a predecessor of this boot left of that
 * folder's waits to be taken, up to the first record that is not whole. Anything else in there is thrown away. Without
 * a PATH, or when it is not on a memory file system, another's, in use or cannot be made: anonymous memory.
 * 0 or a negative errno. */
int ring_open(struct ring *r, const char *path, const char *folder);
/* Whether it outlives the process. */
bool ring_lasts(const struct ring *r);
/* What comes until ring_move() is for whatever folder lies where FOLDER does, should this process be killed. All must have been
 * released. */
void ring_lend(struct ring *r, const char *folder);
/* FOLDER may be another one by now, put in the place of the first: it is that one's records from here on. */
void ring_move(struct ring *r, const char *folder);
/* Removes the file, unless something in it was not released. */
void ring_close(struct ring *r);

/* Copies N bytes (< 64 KiB) of a record of TYPE (> 0); false when there is no room now. */
bool ring_put(struct ring *r, uint16_t type, const void *record, size_t n);
/* Bytes that are not released: what the putter sees of the room. */
size_t ring_used(const struct ring *r);

/* The oldest record (aligned to 8) that was not taken, and its type, or NULL when there is none. */
const void *ring_peek(struct ring *r, uint16_t *type, size_t *n);
/* Takes what ring_peek() gave. */
void ring_take(struct ring *r);
size_t ring_untaken(const struct ring *r);
/* Up to where the ring is filled now, and whether all up to such a mark has been taken. */
uint64_t ring_mark(const struct ring *r);
bool ring_reached(const struct ring *r, uint64_t mark);
/* All that was taken is safe elsewhere: its room is free, no successor will see it, and its pages no longer count as this
 * process's own. */
void ring_release(struct ring *r);

/* Before anyone puts: takes up again at what was not released; throws away what was not taken. */
void ring_rewind(struct ring *r);
void ring_cut(struct ring *r);

#endif
