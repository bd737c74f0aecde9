/* Invariants:
 *   tail ≤ head ≤ tail + RING_SIZE, both multiples of 8; head is moved only by the putter, tail only by the dropper.
 *   A record never wraps: where it would, a record of type 0 fills the rest.
 *   head is published after the bytes below it are written, tail after they are read.
 */
#include "ring.h"

#include <string.h>

struct prefix {
    uint32_t type, size;
};

static size_t step(size_t n) { return sizeof(struct prefix) + ((n + 7) & ~(size_t)7); }

void ring_init(struct ring *r)
{
    atomic_init(&r->head, 0);
    atomic_init(&r->tail, 0);
}

size_t ring_used(const struct ring *r)
{
    size_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    return atomic_load_explicit(&r->head, memory_order_acquire) - tail;
}

bool ring_put(struct ring *r, uint32_t type, const void *record, size_t n)
{
    size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    size_t at = head % RING_SIZE, need = step(n), filler = RING_SIZE - at < need ? RING_SIZE - at : 0;
    if (RING_SIZE - ring_used(r) < filler + need) return false;
    if (filler) {
        struct prefix skip = {0, (uint32_t)(filler - sizeof skip)};
        memcpy(r->bytes + at, &skip, sizeof skip);
        at = 0;
    }
    struct prefix prefix = {type, (uint32_t)n};
    memcpy(r->bytes + at, &prefix, sizeof prefix);
    memcpy(r->bytes + at + sizeof prefix, record, n);
    atomic_store_explicit(&r->head, head + filler + need, memory_order_release);
    return true;
}

const void *ring_peek(struct ring *r, uint32_t *type, size_t *n)
{
    while (ring_used(r) > 0) {
        const uint8_t *at = r->bytes + atomic_load_explicit(&r->tail, memory_order_relaxed) % RING_SIZE;
        struct prefix prefix;
        memcpy(&prefix, at, sizeof prefix);
        *type = prefix.type;
        *n = prefix.size;
        if (prefix.type != 0) return at + sizeof prefix;
        ring_drop(r);
    }
    return NULL;
}

void ring_drop(struct ring *r)
{
    size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    struct prefix prefix;
    memcpy(&prefix, r->bytes + tail % RING_SIZE, sizeof prefix);
    atomic_store_explicit(&r->tail, tail + step(prefix.size), memory_order_release);
}

size_t ring_mark(const struct ring *r) { return atomic_load_explicit(&r->head, memory_order_acquire); }

bool ring_reached(const struct ring *r, size_t mark)
{
    return atomic_load_explicit(&r->tail, memory_order_relaxed) >= mark;
}
