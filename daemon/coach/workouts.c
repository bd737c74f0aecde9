/* Invariants: workouts are sorted by start and lie between 1970 and 2200, so that their times fit run time; a start
 * stands at most once in each of the two rings. */
#include "workouts.h"

#include "wants.h"

#include <string.h>

#define LAST_WALL_S ((int64_t)7258118400)

static int64_t wall_s(const struct coach *c) { return c->now.wall_ns / NS_PER_S; }

static bool said(const int64_t ring[SAID_MAX], unsigned n, int64_t start_wall_s)
{
    for (unsigned i = 0; i < n && i < SAID_MAX; i++)
        if (ring[i] == start_wall_s) return true;
    return false;
}

static bool to_prompt(const struct coach *c, const struct workout *w)
{
    return w->start_wall_s - BEFORE_UNTIL_S > wall_s(c) && w->type != WORKOUT_YOGA &&
           !said(c->said_before_wall_s, c->n_before, w->start_wall_s);
}

const struct workout *workouts_before(const struct coach *c)
{
    for (unsigned i = 0; i < c->n_workouts; i++)
        if (to_prompt(c, &c->workout[i])) return &c->workout[i];
    return NULL;
}

const struct workout *workouts_after(const struct coach *c)
{
    for (unsigned i = c->n_workouts; i-- > 0;) {
        const struct workout *w = &c->workout[i];
        bool ended = w->end_wall_s <= wall_s(c) && wall_s(c) < w->end_wall_s + AFTER_UNTIL_S;
        if (ended && !said(c->said_after_wall_s, c->n_after, w->start_wall_s)) return w;
    }
    return NULL;
}

bool workouts_running(const struct coach *c)
{
    for (unsigned i = 0; i < c->n_workouts; i++)
        if (c->workout[i].start_wall_s <= wall_s(c) && wall_s(c) < c->workout[i].end_wall_s) return true;
    return false;
}

bool workouts_busy(const struct coach *c, int64_t t_wall_s)
{
    for (unsigned i = 0; i < c->n_busy; i++)
        if (c->busy[i].from_wall_s <= t_wall_s && t_wall_s < c->busy[i].to_wall_s) return true;
    return false;
}

static unsigned count_until(const struct coach *c, int64_t until_wall_s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < c->n_workouts; i++)
        n += to_prompt(c, &c->workout[i]) && c->workout[i].start_wall_s - BEFORE_FROM_S < until_wall_s;
    return n;
}

unsigned workouts_due_soon(const struct coach *c) { return count_until(c, wall_s(c) + 3600); }

unsigned workouts_due_today(const struct coach *c)
{
    return count_until(c, (c->day + 1) * 86400 - c->now.utc_offset_s);
}

void workouts_say_before(struct coach *c, int64_t start_wall_s)
{
    if (said(c->said_before_wall_s, c->n_before, start_wall_s)) return;
    c->said_before_wall_s[c->n_before++ % SAID_MAX] = start_wall_s;
}

void workouts_say_after(struct coach *c, int64_t start_wall_s)
{
    c->said_after_wall_s[c->n_after++ % SAID_MAX] = start_wall_s;
}

void workouts_unsay_before(struct coach *c)
{
    if (c->n_before) c->said_before_wall_s[--c->n_before % SAID_MAX] = 0;
}

void coach_set_workouts(struct coach *c, const struct workout *w, unsigned n)
{
    c->n_workouts = 0;
    for (unsigned i = 0; i < n && c->n_workouts < WORKOUTS_MAX; i++)
        if (w[i].start_wall_s > 0 && w[i].end_wall_s > w[i].start_wall_s && w[i].end_wall_s < LAST_WALL_S)
            c->workout[c->n_workouts++] = w[i];
    c->due_ns = wants_next_ns(c);
}

void coach_set_busy(struct coach *c, const struct busy *b, unsigned n)
{
    c->n_busy = n < BUSY_MAX ? n : BUSY_MAX;
    memcpy(c->busy, b, c->n_busy * sizeof *b);
    c->due_ns = wants_next_ns(c);
}

const struct workout *coach_next_workout(const struct coach *c, const struct now *now)
{
    int64_t t = now->wall_ns / NS_PER_S;
    const struct workout *ended = NULL;
    for (unsigned i = 0; i < c->n_workouts; i++) {
        const struct workout *w = &c->workout[i];
        if (w->start_wall_s <= t && t < w->end_wall_s) return NULL;
        if (w->start_wall_s > t) return w->start_wall_s - t <= 4 * 3600 ? w : ended;
        if (w->end_wall_s <= t && t - w->end_wall_s <= AFTER_UNTIL_S) ended = w;
    }
    return ended;
}
