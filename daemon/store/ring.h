/* ring — records from one thread to one other, without a lock, a system call or an allocation.
 *
 * Records lie in one piece and are handled in place. Exactly one thread puts, exactly one peeks and drops. */
#ifndef STORE_RING_H
#define STORE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RING_SIZE = 1 << 20 };

struct ring {
    _Atomic size_t head; /* bytes ever put */
    _Atomic size_t tail; /* bytes ever dropped */
    _Alignas(8) uint8_t bytes[RING_SIZE];
};

void ring_init(struct ring *r);
/* Copies N bytes (≤ RING_SIZE / 4) of a record of TYPE (> 0); false when there is no room now. */
bool ring_put(struct ring *r, uint32_t type, const void *record, size_t n);
/* The oldest record (aligned to 8) and its type, or NULL when there is none. */
const void *ring_peek(struct ring *r, uint32_t *type, size_t *n);
/* Drops what ring_peek() gave. */
void ring_drop(struct ring *r);
size_t ring_used(const struct ring *r);
/* Up to where the ring is filled now, and whether all up to such a mark has been dropped. */
size_t ring_mark(const struct ring *r);
bool ring_reached(const struct ring *r, size_t mark);

#endif
