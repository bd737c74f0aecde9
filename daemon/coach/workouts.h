/* workouts — the wearer's workouts of the next days, and which of them were spoken of. Wall time; what was said is
 * remembered by a workout's start, so a clock that is set or a list that is replaced repeats nothing. */
#ifndef PLUMBLINE_COACH_WORKOUTS_H
#define PLUMBLINE_COACH_WORKOUTS_H

#include "state.h"

/* The prompt before a workout fits from 25 to 10 min before it: what rolling and stretching gain is gone within 30 min
 * (Behm 2016, JSSM 2021;20:62). The one after it fits from 5 min to 2 h after the end. */
enum { BEFORE_FROM_S = 25 * 60, BEFORE_UNTIL_S = 10 * 60, AFTER_FROM_S = 5 * 60, AFTER_UNTIL_S = 2 * 3600 };

/* Next workout to prompt for, its window open or ahead; NULL when there is none. */
const struct workout *workouts_before(const struct coach *c);
/* A workout whose after-window is open or about to be, not spoken of; NULL when there is none. */
const struct workout *workouts_after(const struct coach *c);
/* Whether the calendar has the wearer busy at T_WALL_S. */
bool workouts_busy(const struct coach *c, int64_t t_wall_s);
/* Whether one is going on. */
bool workouts_running(const struct coach *c);
/* Prompts to keep free: for windows that open within an hour, and for those still to come today. */
unsigned workouts_due_soon(const struct coach *c);
unsigned workouts_due_today(const struct coach *c);

void workouts_say_before(struct coach *c, int64_t start_wall_s);
void workouts_say_after(struct coach *c, int64_t start_wall_s);
/* The newest "before" was put off: it may be said again. */
void workouts_unsay_before(struct coach *c);

#endif
