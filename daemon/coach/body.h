/* body — what the back has been doing, as far as the coach must know: sitting without a break, in and out of zones. */
#ifndef PLUMBLINE_COACH_BODY_H
#define PLUMBLINE_COACH_BODY_H

#include "state.h"

enum { BREAK_S = 60, RECOVERY_S = 5 };

void body_init(struct body *b);
void body_take(struct body *b, const struct posture_view *v, int64_t now_ns);
/* Time has passed, perhaps without a view: silence ends what cannot be known to go on. */
void body_advance(struct body *b, int64_t now_ns);
/* The machine slept or the daemon was down: what was missing until now was nobody's fault. */
void body_wake(struct body *b, int64_t now_ns);

/* Whether a worn sensor tells the posture now. */
bool body_known(const struct body *b);
/* Sitting or standing, or unsure which: the tracker says a zone only of one who does either (posture.h), so that it is no
 * reason to be silent that it cannot tell the two apart. */
bool body_still(const struct body *b);
/* Whether the running stand or walk is a break by now. */
bool body_on_break(const struct body *b, int64_t now_ns);
/* Out of a zone (since OUT_NS) for long enough that the spell is over. */
bool body_recovered(int64_t out_ns, int64_t now_ns);
/* Not known, lying or not worn for as long as a break. */
bool body_away(const struct body *b, int64_t now_ns);

#endif
