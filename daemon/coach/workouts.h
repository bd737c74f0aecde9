/* workouts — the wearer's workouts of the next days, and which of them were spoken of. Wall time; what was said is
 * remembered by a workout's start, so a clock that is set or a list that is replaced repeats nothing. */
#ifndef PLUMBLINE_COACH_WORKOUTS_H
#define PLUMBLINE_COACH_WORKOUTS_H

#include "state.h"

/* The prompt before a workout fits from 25 to 10 min before it: what rolling and stretching gain is gone within 30 min
 * (Behm 2016, JSSM 2021;20:62). The one after it fits from 5 min to 2 h after the end. */
enum { BEFORE_FROM_S = 25 * 60, BEFORE_UNTIL_S = 10 * 60, AFTER_FROM_S = 5 * 60, AFTER_UNTIL_S = 2 * 3600 };
/* Where the calendar is full for all of that window, it is offered while there still is time for the routine before it is,
 * or as soon as there is any, but no earlier than this before the workout. */
enum { BEFORE_EARLIEST_S = 90 * 60 };

/* The workout to prompt for next, its moment open or ahead; NULL when there is none. */
const struct workout *workouts_before(const struct coach *c);
/* From when on W is to be prompted for, as the calendar stands. */
int64_t workouts_offer_wall_s(const struct coach *c, const struct workout *w);
/* Whether that is before the window, as the calendar leaves no free moment in it; false for no workout (NULL). */
bool workouts_early(const struct coach *c, const struct workout *w);
/* Whether W is one to warm up for, and was not spoken of. */
bool workouts_wants_warm_up(const struct coach *c, const struct workout *w);
/* The workout that begins at START_WALL_S; NULL when there is none, as it was cancelled or moved. */
const struct workout *workouts_find(const struct coach *c, int64_t start_wall_s);
/* The workout that ended last, when its after-window is open or about to be and it was not spoken of; else NULL. */
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
/* It was put off or taken back: it may be said again. */
void workouts_unsay_before(struct coach *c, int64_t start_wall_s);

#endif
