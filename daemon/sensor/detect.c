/* Invariants:
 *   every protocol has seen every byte heard up to the lock; a lock, once there, stays
 *   bytes go in one at a time, so that slicing cannot decide who is first; of two that lock at the same byte, the
 *   one that stands first in protocols[] wins (the table is ordered by assurance)
 */
#include "plumbline/sensor.h"

#include <stdalign.h>
#include <string.h>

enum { HEARD_MAX = 8192, SAMPLES_A_BYTE = 32 };

struct detect {
    const struct protocol *locked;
    size_t heard;
    uint8_t bytes[HEARD_MAX];
    alignas(max_align_t) uint8_t states[]; /* one after another, in the table's order */
};

static size_t aligned(size_t n) { return (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t); }

size_t detect_size(void)
{
    size_t size = sizeof(struct detect);
    for (const struct protocol *const *p = protocols; *p; p++) size += aligned((*p)->state_size);
    return size;
}

void detect_init(struct detect *d)
{
    d->locked = NULL;
    d->heard = 0;
    uint8_t *state = d->states;
    for (const struct protocol *const *p = protocols; *p; p++) {
        (*p)->init(state);
        state += aligned((*p)->state_size);
    }
}

static void remember(struct detect *d, const uint8_t *bytes, size_t n)
{
    if (n > HEARD_MAX) {
        bytes += n - HEARD_MAX;
        n = HEARD_MAX;
    }
    size_t kept = d->heard + n <= HEARD_MAX ? d->heard : HEARD_MAX - n;
    memmove(d->bytes, d->bytes + d->heard - kept, kept);
    memcpy(d->bytes + kept, bytes, n);
    d->heard = kept + n;
}

static const struct protocol *hear(struct detect *d, uint8_t byte)
{
    struct raw_sample samples[SAMPLES_A_BYTE];
    uint8_t *state = d->states;
    for (const struct protocol *const *p = protocols; *p; p++) {
        size_t count;
        struct link_stats stats;
        (*p)->push(state, &byte, 1, samples, SAMPLES_A_BYTE, &count);
        (*p)->stats(state, &stats);
        if (!(*p)->by_identity && stats.run >= (*p)->lock_run) return *p;
        state += aligned((*p)->state_size);
    }
    return NULL;
}

const struct protocol *detect_push(struct detect *d, const uint8_t *bytes, size_t n)
{
    if (n == 0) return d->locked;
    remember(d, bytes, n);
    for (size_t i = 0; i < n && !d->locked; i++) d->locked = hear(d, bytes[i]);
    return d->locked;
}

const uint8_t *detect_bytes(const struct detect *d, size_t *n)
{
    *n = d->heard;
    return d->bytes;
}
