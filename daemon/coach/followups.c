/* Invariants: a soreness is asked about at most SORE_TIMES times, each time once, however the clock is set; the two
 * weekly offers are held apart by their topics' not_before_ns. */
#include "followups.h"

#include "body.h"
#include "gates.h"

enum {
    DAY_S = 86400,
    HOUR_S = 3600,
    SORE_TIMES = 2,
    SORE_OPEN_S = 15 * HOUR_S, /* an evening's may wait for the morning, over quiet hours until noon */
    MORNING_S = 8 * HOUR_S,
    EVENING_S = 21 * HOUR_S,
    RANGE_STANDING_MIN = 240
};

/* Which of the times is open or ahead; SORE_TIMES when none is. */
static unsigned sore_time(const struct coach *c)
{
    int64_t sore_s = c->wearer.sore_wall_s;
    unsigned i = c->sore_wall_s == sore_s ? c->sore_told : 0;
    while (i < SORE_TIMES && state_wall_s(c) >= sore_s + (i + 1) * (int64_t)DAY_S + SORE_OPEN_S) i++;
    return i;
}

static int64_t in_daytime(const struct coach *c, int64_t wall_s)
{
    int64_t second = (wall_s + c->now.utc_offset_s) % DAY_S;
    if (second < MORNING_S) return wall_s + MORNING_S - second;
    return second < EVENING_S ? wall_s : wall_s + DAY_S + MORNING_S - second;
}

int64_t followups_sore_ns(const struct coach *c)
{
    if (!state_plausible(c->wearer.sore_wall_s) || !state_plausible(state_wall_s(c))) return NEVER_NS;
    unsigned i = sore_time(c);
    if (i == SORE_TIMES) return NEVER_NS;
    int64_t due_s = c->wearer.sore_wall_s + (i + 1) * (int64_t)DAY_S, now_s = state_wall_s(c);
    return state_run_of(c, in_daytime(c, due_s > now_s ? due_s : now_s));
}

void followups_say_sore(struct coach *c)
{
    c->sore_told = sore_time(c) + 1;
    c->sore_wall_s = c->wearer.sore_wall_s;
}

static bool passed(const struct coach *c, int64_t since_wall_s, int weeks)
{
    return !state_plausible(since_wall_s) || state_wall_s(c) >= since_wall_s + weeks * (int64_t)FOLLOWUPS_WEEK_S;
}

bool followups_session_reached(const struct coach *c)
{
    return c->config.session_weeks > 0 && passed(c, c->wearer.session_wall_s, c->config.session_weeks);
}

bool followups_range_reached(const struct coach *c)
{
    return c->config.self_test && passed(c, c->wearer.range_wall_s, 1);
}

int64_t followups_session_ns(const struct coach *c)
{
    return followups_session_reached(c) ? c->now.t_ns : NEVER_NS;
}

int64_t followups_range_ns(const struct coach *c)
{
    if (!followups_range_reached(c) || !body_known(&c->body)) return NEVER_NS;
    bool stands = c->body.view.posture == POSTURE_STANDING && body_on_break(&c->body, c->now.t_ns);
    return stands || gates_hours_min(c) >= RANGE_STANDING_MIN ? c->now.t_ns : NEVER_NS;
}
