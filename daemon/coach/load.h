/* load — what the back has carried today, from settled minutes and closed sitting bouts. */
#ifndef PLUMBLINE_COACH_LOAD_H
#define PLUMBLINE_COACH_LOAD_H

#include "plumbline/routine.h"
#include "state.h"

void load_new_day(struct day_sums *s);
/* M must be a minute of the day that S is about. */
void load_add_minute(struct day_sums *s, const struct minute *m);
/* Undoes it. */
void load_take_back_minute(struct day_sums *s, const struct minute *m);
/* Sitting events; the same bout again (by its start) counts with its new length. Open ones are left to the view. */
void load_add_bout(struct day_sums *s, const struct event *e);

/* One line for a prompt: "52 min slouched, 4 h 10 min sitting". Empty when nothing is known. */
void load_headline(const struct load *l, char out[REASON_MAX]);

#endif
