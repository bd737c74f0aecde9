/* alerts — the policy: who speaks when, what ends a notification, what an answer means.
 *
 * Rules, in short: the body first — it answers by moving, and then the notification closes
 * itself; a first prompt is quiet, the next in the same spell is normal; three ignored in a row rest the slouch prompts
 * for an hour and change their wording; what is held back while the wearer is busy becomes one summary.
 *
 * Endings of a notification, each with EVENT_ALERT closed (value: seconds until recovery, −1 without one):
 *   recovered  the body answered: EVENT_ANSWER recovered
 *   answered   by the wearer: EVENT_ANSWER with the answer
 *   ignored    neither within its time: EVENT_ANSWER ignored
 *   withdrawn  its ground is gone (sensor silent for a minute, reference doubtful, machine asleep): no answer
 */
#ifndef PLUMBLINE_COACH_ALERTS_H
#define PLUMBLINE_COACH_ALERTS_H

#include "state.h"

/* Closes what has ended, then says at most one thing. */
void alerts_step(struct coach *c, struct coach_out *out);
/* 0, −ENOENT no live notification has that id, −EINVAL no such answer. */
int alerts_answer(struct coach *c, uint32_t id, enum answer a, struct coach_out *out);
/* A new local day, a machine that slept. */
void alerts_new_day(struct coach *c);
void alerts_wake(struct coach *c);
/* Topic that would speak next, and when; TOPIC_COUNT and NEVER_NS when none. */
enum topic alerts_next(const struct coach *c, int64_t *next_ns);

#endif
