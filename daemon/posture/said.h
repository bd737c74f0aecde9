/* said — puts an event into what a call gives out. There is room for more than any call gives rise to; what would still
 * not fit is dropped rather than written past the end. */
#ifndef POSTURE_SAID_H
#define POSTURE_SAID_H

#include "plumbline/posture.h"

static inline void said(struct tracker_out *out, enum event_kind kind, int reason, int64_t start_ns, int64_t end_ns,
                        float value)
{
    if (out->n_events >= TRACKER_EVENTS_MAX) return;
    out->event[out->n_events++] =
        (struct event){.kind = kind, .reason = reason, .start_ns = start_ns, .end_ns = end_ns, .value = value};
}

#endif
