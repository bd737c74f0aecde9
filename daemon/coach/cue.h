/* cue — the buzz of a training window: felt at once, seen by nobody (coach.h, CUE_…). */
#ifndef PLUMBLINE_COACH_CUE_H
#define PLUMBLINE_COACH_CUE_H

#include "state.h"

void cue_init(struct cue *cue);
/* Ends the cue whose effect is known, then gives one if one is due and nothing speaks against it. */
void cue_step(struct coach *c, struct coach_out *out);
/* The next moment at which cue_step() may have something to do; NEVER_NS none in sight. */
int64_t cue_next_ns(const struct coach *c);

#endif
