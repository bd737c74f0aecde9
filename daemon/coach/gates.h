/* gates — whether the coach may speak now. Each answer is a text that says why not; TEXT_COUNT means it may. */
#ifndef PLUMBLINE_COACH_GATES_H
#define PLUMBLINE_COACH_GATES_H

#include "state.h"
#include "texts.h"

/* Minutes into the working hours, −1 outside them. */
int gates_hours_min(const struct coach *c);

/* Whether no working hours are left today. */
bool gates_day_over(const struct coach *c);

/* Pause, quiet hours, a workout going on, working hours: what is wanted then is let go, or wanted again later. */
enum text_id gates_closed(const struct coach *c, enum topic t);
/* The screen is locked, full or shared with a meeting: what is wanted then is held and summed up afterwards. */
enum text_id gates_busy(const struct coach *c);
/* Earliest run time at which the budget has room for T, NEVER_NS when it has none today. */
int64_t gates_budget_ns(const struct coach *c, enum topic t);

#endif
