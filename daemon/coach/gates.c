/* Invariants: the first reason found is the one told, the wearer's own wish (pause, quiet) before the rest. A workout's
 * own prompt is the only one that may use what the budget keeps free. */
#include "gates.h"

#include "budget.h"
#include "schedule.h"
#include "workouts.h"

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

int64_t gates_budget_ns(const struct coach *c, enum topic t)
{
    bool own = t == TOPIC_WORKOUT;
    return budget_free_ns(&c->budget, &c->config, own ? 0 : workouts_due_soon(c), own ? 0 : workouts_due_today(c),
                          c->now.t_ns);
}
