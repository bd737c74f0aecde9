/* endings — what ends a notification by itself: the body's answer, time, or the loss of its ground. */
#ifndef PLUMBLINE_COACH_ENDINGS_H
#define PLUMBLINE_COACH_ENDINGS_H

#include "state.h"

enum ending { ENDING_NONE, ENDING_RECOVERED, ENDING_IGNORED, ENDING_WITHDRAWN };

/* How the live notification of T ends now. RECOVERY_S: seconds from showing until the posture changed (out of the zone
 * for 5 s, on the feet for 60 s: counted to the beginning of that), only set with ENDING_RECOVERED. */
enum ending endings_of(const struct coach *c, enum topic t, double *recovery_s);

/* Run time at which the live notification of T has stood long enough. */
int64_t endings_expire_ns(const struct coach *c, enum topic t);

/* Whether the live notification of T has lost its ground: nobody there to answer it, its workout cancelled or moved, a
 * red flag noted since. */
bool endings_groundless(const struct coach *c, enum topic t);

/* Whether the spell that a body topic is about has ended, so that a new one may begin. */
bool endings_spell_over(const struct coach *c, enum topic t);

#endif
