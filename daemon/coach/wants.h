/* wants — what would be worth saying, topic by topic, were it allowed. */
#ifndef PLUMBLINE_COACH_WANTS_H
#define PLUMBLINE_COACH_WANTS_H

#include "state.h"

/* Run time from which topic T would like to speak, as things stand; it may lie in the past. NEVER_NS when nothing
 * speaks for it. */
int64_t wants_due_ns(const struct coach *c, enum topic t);

/* The earliest moment after the newest call at which any topic has something to do: for whoever changes what it follows
 * from, to keep in due_ns. NEVER_NS before the first call. */
int64_t wants_next_ns(const struct coach *c);

/* Whether slouch figures can be trusted now. */
bool wants_reference_good(const struct coach *c);
bool wants_reference_doubtful(const struct coach *c);
/* Whether the present minute lies in a training window: two a working day, an hour and five hours into it. */
bool wants_training(const struct coach *c);
/* Run time from which a buzz is wanted; NEVER_NS when not. */
int64_t wants_cue_ns(const struct coach *c);

enum { BATTERY_LOW = 15, BATTERY_FINE = 20 };

#endif
