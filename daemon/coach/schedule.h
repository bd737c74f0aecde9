/* schedule — hours of the week, and workouts on dates. Local time of day is wall time plus the offset of the call. */
#ifndef PLUMBLINE_COACH_SCHEDULE_H
#define PLUMBLINE_COACH_SCHEDULE_H

#include "plumbline/coach.h"

/* Whole minutes since the hours H began, −1 outside them. */
int schedule_elapsed_min(const struct hours *h, const struct now *now);

/* Whether H begins once more today. */
bool schedule_begins_later_today(const struct hours *h, const struct now *now);

/* Local days since 1970; weeks begin on Monday. */
int64_t schedule_day(const struct now *now);
int64_t schedule_week(const struct now *now);
/* Seconds since local midnight. */
int schedule_second(const struct now *now);

#endif
