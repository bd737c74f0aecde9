/* outbox — samples that one byte has completed, until the caller has room for them.
 *
 * A plumb frame holds up to 19 samples and a text stream hands over 20 lines at once when its columns are understood;
 * the caller of push() may have room for one. While samples wait, the byte that completed them counts as not eaten.
 */
#ifndef PLUMBLINE_OUTBOX_H
#define PLUMBLINE_OUTBOX_H

#include "plumbline/sample.h"

#include <stddef.h>
#include <stdint.h>

enum { OUTBOX_SAMPLES = 20 };

struct outbox {
    unsigned count, next;
    struct raw_sample sample[OUTBOX_SAMPLES];
};

/* A cleared sample at the end of the box. One step may add at most OUTBOX_SAMPLES. */
struct raw_sample *outbox_add(struct outbox *box);

/* The body of every protocol's push(): STEP takes one byte of STATE's stream and may add samples to BOX. */
size_t outbox_feed(struct outbox *box, void (*step)(void *state, uint8_t byte), void *state, const uint8_t *bytes,
                   size_t n, struct raw_sample *out, size_t max, size_t *count);

#endif
