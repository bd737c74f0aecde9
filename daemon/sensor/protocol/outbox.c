/* Invariants:
 *   next <= count <= OUTBOX_SAMPLES; between two calls next < count only if the last byte offered was not eaten.
 */
#include "outbox.h"

#include <string.h>

struct raw_sample *outbox_add(struct outbox *box)
{
    if (box->count == OUTBOX_SAMPLES) box->count--; /* the caller's mistake costs a sample, never memory */
    struct raw_sample *s = &box->sample[box->count++];
    memset(s, 0, sizeof *s);
    s->device_ns = NO_DEVICE_TIME;
    return s;
}

size_t outbox_feed(struct outbox *box, void (*step)(void *state, uint8_t byte), void *state, const uint8_t *bytes,
                   size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (box->next == box->count) {
            box->next = box->count = 0;
            step(state, bytes[i]);
        }
        while (box->next < box->count && *count < max) out[(*count)++] = box->sample[box->next++];
        if (box->next < box->count) return i;
    }
    return n;
}
