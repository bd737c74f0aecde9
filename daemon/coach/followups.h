/* followups — what is asked days after what the wearer noted: how a soreness is, whether a massage session or the
 * self-test of the range of motion is due. Nothing of it with a red flag. */
#ifndef PLUMBLINE_COACH_FOLLOWUPS_H
#define PLUMBLINE_COACH_FOLLOWUPS_H

#include "state.h"

/* Run time from which it may be asked, NEVER_NS when not.
 * Soreness: 24 and 48 h after it was noted, between 08:00 and 21:00; else the next morning, and not much later.
 * Session: when the wearer's own interval has passed, or none was noted yet.
 * Range: a week after the last test, in the first half of the working day only of one who stands anyway. */
int64_t followups_sore_ns(const struct coach *c);
int64_t followups_session_ns(const struct coach *c);
int64_t followups_range_ns(const struct coach *c);

/* Whether the interval has passed, whatever the hour. */
bool followups_session_reached(const struct coach *c);
bool followups_range_reached(const struct coach *c);

/* The soreness was asked about: this time is done with. */
void followups_say_sore(struct coach *c);

enum { FOLLOWUPS_WEEK_S = 7 * 86400 };

#endif
