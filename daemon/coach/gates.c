/* Invariants: the first reason found is the one told, the wearer's own wish (pause, quiet) before the rest. A workout's
 * own prompt is the only one that may use what the budget keeps free for it; a quarter of a day is kept from what the
 * back does, for what comes once: the day's report, the sensor, soreness, the time after a workout. */
#include "gates.h"

#include "budget.h"
#include "schedule.h"
#include "wants.h"
#include "workouts.h"

enum { DAY_MIN = 1440 };

int gates_hours_min(const struct coach *c)
{
    for (unsigned i = 0; i < c->config.n_work; i++) {
        int elapsed_min = schedule_elapsed_min(&c->config.work[i], &c->now);
        if (elapsed_min >= 0) return elapsed_min;
    }
    return -1;
}

bool gates_day_over(const struct coach *c)
{
    for (unsigned i = 0; i < c->config.n_work; i++)
        if (schedule_begins_later_today(&c->config.work[i], &c->now)) return false;
    return gates_hours_min(c) < 0;
}

enum text_id gates_closed(const struct coach *c, enum topic t)
{
    if (c->paused_until_ns) return TEXT_SILENT_PAUSED;
    if (schedule_within(&c->config.quiet, &c->now)) return TEXT_SILENT_QUIET;
    if (workouts_running(c)) return TEXT_SILENT_WORKOUT;
    bool in_hours_only = topic_is_body(t) || t == TOPIC_SESSION || t == TOPIC_RANGE;
    if (in_hours_only && !c->in_hours) return TEXT_SILENT_HOURS;
    return TEXT_COUNT;
}

enum text_id gates_busy(const struct coach *c)
{
    const struct presence *p = &c->presence;
    if (p->locked) return TEXT_SILENT_LOCKED;
    if (p->do_not_disturb) return TEXT_SILENT_DND;
    if (p->full_screen) return TEXT_SILENT_FULL;
    if (p->busy || workouts_busy(c, state_wall_s(c))) return TEXT_SILENT_BUSY;
    return TEXT_COUNT;
}

/* Minutes since the first working hours of the day began; LENGTH_MIN: until the last ones end. */
static int working_day_min(const struct coach *c, int *length_min)
{
    int first_min = DAY_MIN, last_min = 0, minute = schedule_second(&c->now) / 60;
    for (unsigned i = 0; i < c->config.n_work; i++) {
        const struct hours *h = &c->config.work[i];
        int end_min = h->to_min > h->from_min ? h->to_min : h->to_min + DAY_MIN;
        if (h->from_min < first_min) first_min = h->from_min;
        if (end_min > last_min) last_min = end_min;
    }
    *length_min = last_min - first_min;
    return minute >= first_min ? minute - first_min : minute + DAY_MIN - first_min;
}

static unsigned kept_from_body(const struct coach *c) { return (unsigned)c->config.max_per_day / 4; }

/* What the back does is spread over the day, or the morning would use it up: an hour's worth at any time, the rest
 * evenly. Training windows are short, and wanted. */
static int64_t paced_ns(const struct coach *c)
{
    unsigned day = (unsigned)c->config.max_per_day - kept_from_body(c), at_once = (unsigned)c->config.max_per_hour;
    if (c->budget.today < at_once || day <= at_once || wants_training(c)) return UNKNOWN_NS;
    int length_min, passed_min = working_day_min(c, &length_min);
    int64_t free_min = (int64_t)length_min * (c->budget.today + 1 - at_once) / (day + 1 - at_once);
    return c->now.t_ns + MINUTES_NS(free_min - passed_min);
}

int64_t gates_budget_ns(const struct coach *c, enum topic t)
{
    bool own = t == TOPIC_WORKOUT, body = topic_is_body(t);
    unsigned keep_hour = own ? 0 : workouts_due_soon(c), keep_day = own ? 0 : workouts_due_today(c);
    if (body) keep_day += kept_from_body(c);
    int64_t free_ns = budget_free_ns(&c->budget, &c->config, keep_hour, keep_day, c->now.t_ns);
    int64_t paced = body ? paced_ns(c) : UNKNOWN_NS;
    return paced > free_ns ? paced : free_ns;
}
