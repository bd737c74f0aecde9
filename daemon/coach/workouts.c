/* Invariants: workouts are sorted by start and lie between 1970 and 2200, so that their times fit run time; a start
 * stands at most once in each of the two rings. */
#include "workouts.h"

#include "wants.h"

enum { MINUTE_S = 60 };

static bool said(const int64_t ring[SAID_MAX], unsigned n, int64_t start_wall_s)
{
    for (unsigned i = 0; i < n && i < SAID_MAX; i++)
        if (ring[i] == start_wall_s) return true;
    return false;
}

bool workouts_wants_warm_up(const struct coach *c, const struct workout *w)
{
    return w->type != WORKOUT_YOGA && !said(c->said_before_wall_s, c->n_before, w->start_wall_s);
}

static bool to_prompt(const struct coach *c, const struct workout *w)
{
    return w->start_wall_s - BEFORE_UNTIL_S > state_wall_s(c) && workouts_wants_warm_up(c, w);
}

/* A busy stretch that has a part of [FROM_S, TO_S); NULL when there is none. */
static const struct busy *busy_in(const struct coach *c, int64_t from_s, int64_t to_s)
{
    for (unsigned i = 0; i < c->n_busy; i++)
        if (c->busy[i].from_wall_s < to_s && c->busy[i].to_wall_s > from_s) return &c->busy[i];
    return NULL;
}

static bool is_full(const struct coach *c, int64_t from_s, int64_t to_s)
{
    const struct busy *b;
    while (from_s < to_s && (b = busy_in(c, from_s, from_s + 1))) from_s = b->to_wall_s;
    return from_s >= to_s;
}

/* The last free minute before FROM_S. */
static int64_t free_before(const struct coach *c, int64_t from_s)
{
    const struct busy *b;
    while ((b = busy_in(c, from_s - MINUTE_S, from_s))) from_s = b->from_wall_s;
    return from_s - MINUTE_S;
}

int64_t workouts_offer_wall_s(const struct coach *c, const struct workout *w)
{
    int64_t from_s = w->start_wall_s - BEFORE_FROM_S, earliest_s = w->start_wall_s - BEFORE_EARLIEST_S;
    if (!is_full(c, from_s, w->start_wall_s - BEFORE_UNTIL_S)) return from_s;
    int64_t last_s = free_before(c, from_s);
    if (last_s < earliest_s) return from_s;
    const struct busy *b;
    int64_t early_s = last_s + MINUTE_S - c->config.routine_min * MINUTE_S; /* so that there is time for it */
    if (early_s < earliest_s) early_s = earliest_s;
    while ((b = busy_in(c, early_s, last_s))) early_s = b->to_wall_s;
    return early_s;
}

bool workouts_early(const struct coach *c, const struct workout *w)
{
    return w && workouts_offer_wall_s(c, w) < w->start_wall_s - BEFORE_FROM_S;
}

const struct workout *workouts_before(const struct coach *c)
{
    const struct workout *first = NULL;
    int64_t first_s = INT64_MAX;
    for (unsigned i = 0; i < c->n_workouts; i++) {
        const struct workout *w = &c->workout[i];
        if (first && w->start_wall_s - BEFORE_EARLIEST_S >= first_s) break;
        if (!to_prompt(c, w)) continue;
        int64_t offer_s = workouts_offer_wall_s(c, w);
        if (offer_s >= first_s) continue;
        first = w;
        first_s = offer_s;
    }
    return first;
}

const struct workout *workouts_find(const struct coach *c, int64_t start_wall_s)
{
    for (unsigned i = 0; i < c->n_workouts; i++)
        if (c->workout[i].start_wall_s == start_wall_s) return &c->workout[i];
    return NULL;
}

const struct workout *workouts_after(const struct coach *c)
{
    const struct workout *last = NULL;
    int64_t now_s = state_wall_s(c);
    for (unsigned i = 0; i < c->n_workouts; i++) {
        const struct workout *w = &c->workout[i];
        bool open = w->end_wall_s <= now_s && now_s < w->end_wall_s + AFTER_UNTIL_S;
        if (open && (!last || w->end_wall_s >= last->end_wall_s)) last = w;
    }
    return last && !said(c->said_after_wall_s, c->n_after, last->start_wall_s) ? last : NULL;
}

bool workouts_running(const struct coach *c)
{
    for (unsigned i = 0; i < c->n_workouts; i++)
        if (c->workout[i].start_wall_s <= state_wall_s(c) && state_wall_s(c) < c->workout[i].end_wall_s) return true;
    return false;
}

bool workouts_busy(const struct coach *c, int64_t t_wall_s) { return busy_in(c, t_wall_s, t_wall_s + 1) != NULL; }

static unsigned count_until(const struct coach *c, int64_t until_wall_s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < c->n_workouts; i++)
        n += to_prompt(c, &c->workout[i]) && workouts_offer_wall_s(c, &c->workout[i]) < until_wall_s;
    return n;
}

unsigned workouts_due_soon(const struct coach *c) { return count_until(c, state_wall_s(c) + 3600); }

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

void workouts_unsay_before(struct coach *c, int64_t start_wall_s)
{
    for (unsigned i = 0; i < SAID_MAX; i++)
        if (c->said_before_wall_s[i] == start_wall_s) c->said_before_wall_s[i] = 0;
}

void coach_set_workouts(struct coach *c, const struct workout *w, unsigned n)
{
    c->n_workouts = 0;
    for (unsigned i = 0; i < n && c->n_workouts < WORKOUTS_MAX; i++)
        if (state_plausible(w[i].start_wall_s) && state_plausible(w[i].end_wall_s) &&
            w[i].end_wall_s > w[i].start_wall_s)
            c->workout[c->n_workouts++] = w[i];
    c->due_ns = wants_next_ns(c);
}

void coach_set_busy(struct coach *c, const struct busy *b, unsigned n)
{
    c->n_busy = 0;
    for (unsigned i = 0; i < n && c->n_busy < BUSY_MAX; i++)
        if (state_plausible(b[i].from_wall_s) && b[i].to_wall_s > b[i].from_wall_s) c->busy[c->n_busy++] = b[i];
    c->due_ns = wants_next_ns(c);
}
