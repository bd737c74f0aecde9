/* outbox — what one call gives out, within its bounds. */
#ifndef PLUMBLINE_COACH_OUTBOX_H
#define PLUMBLINE_COACH_OUTBOX_H

#include "plumbline/coach.h"

/* Room for one more notification to end and another to be shown. What finds none is looked at again in the next call. */
bool outbox_has_room(const struct coach_out *out);
/* The caller has asked for room. */
struct advice *outbox_advice(struct coach_out *out);
void outbox_event(struct coach_out *out, struct event e);

#endif
