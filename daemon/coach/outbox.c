/* Invariant: n_advice and n_events stay within their arrays. */
#include "outbox.h"

bool outbox_has_room(const struct coach_out *out)
{
    return out->n_advice + 2 <= ADVICE_MAX && out->n_events + 3 <= COACH_EVENTS_MAX;
}

struct advice *outbox_advice(struct coach_out *out)
{
    struct advice *a = &out->advice[out->n_advice++];
    *a = (struct advice){0};
    return a;
}

void outbox_event(struct coach_out *out, struct event e) { out->event[out->n_events++] = e; }
