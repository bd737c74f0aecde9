/* held — what is kept back while the wearer is busy, and the one summary of it afterwards. */
#ifndef PLUMBLINE_COACH_HELD_H
#define PLUMBLINE_COACH_HELD_H

#include "state.h"

/* T would have spoken, but the wearer is busy: noted once a spell, once a workout. Other topics just wait. */
void held_back(struct coach *c, enum topic t, struct coach_out *out);
/* A warm-up whose last moment has passed unsaid: it stands in the diary (EVENT_HELD) whatever the reason, and in the
 * summary when the wearer was busy; a silence that he asked for, or slept through, is not brought up again. */
void held_note_missed(struct coach *c, struct coach_out *out);
/* The working day is over: what was held of it is not told in the evening. */
void held_drop_after_hours(struct coach *c);
/* The summary was said. */
void held_told(struct coach *c);
/* A new day: what was held of the old one is let go. */
void held_new_day(struct coach *c);

#endif
