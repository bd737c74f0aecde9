/* Invariants: the body's answer counts before anything else, the loss of the ground before time; what was excused is
 * withdrawn, never ignored. */
#include "endings.h"

#include "body.h"
#include "followups.h"
#include "wants.h"
#include "workouts.h"

/* Start of the body's answer to T, UNKNOWN_NS while there is none. */
static int64_t answered_ns(const struct coach *c, enum topic t)
{
    const struct body *b = &c->body;
    int64_t now_ns = c->now.t_ns;
    switch (t) {
    case TOPIC_SLOUCH: return body_recovered(b->zone_out_ns, now_ns) ? b->zone_out_ns : UNKNOWN_NS;
    case TOPIC_LEAN: return body_recovered(b->lean_out_ns, now_ns) ? b->lean_out_ns : UNKNOWN_NS;
    case TOPIC_BREAK: return body_on_break(b, now_ns) ? b->rose_ns : UNKNOWN_NS;
    default: return UNKNOWN_NS;
    }
}

static bool settled(const struct coach *c, enum topic t)
{
    switch (t) {
    case TOPIC_BATTERY: return c->battery_percent >= BATTERY_FINE;
    case TOPIC_SENSOR_LOST: return c->body.missing_ns == UNKNOWN_NS;
    case TOPIC_NOT_SEEN: return c->body.seen_ns != UNKNOWN_NS && c->body.seen_ns >= c->topic[t].shown_ns;
    case TOPIC_REFERENCE: return body_known(&c->body) && wants_reference_good(c);
    case TOPIC_SESSION: return !followups_session_reached(c);
    case TOPIC_RANGE: return !followups_range_reached(c);
    default: return false;
    }
}

/* A workout was cancelled or moved, or what may be said of it has changed. */
static bool workout_changed(const struct coach *c)
{
    return !workouts_find(c, c->topic[TOPIC_WORKOUT].about_wall_s) || c->before_clinician != c->wearer.red_flag;
}

bool endings_groundless(const struct coach *c, enum topic t)
{
    if (t == TOPIC_WORKOUT) return workout_changed(c);
    if (topic_is_exercise(t) && c->wearer.red_flag) return true;
    if (t == TOPIC_BREAK && c->wearer.red_flag && !c->break_alone) return true; /* it may name an item */
    if (t == TOPIC_AFTER) return !workouts_find(c, c->topic[t].about_wall_s);
    if (!topic_is_body(t)) return false;
    return body_away(&c->body, c->now.t_ns) || (t != TOPIC_BREAK && !wants_reference_good(c));
}

/* A prompt before a workout stands until that begins, however the clock is set. */
int64_t endings_expire_ns(const struct coach *c, enum topic t)
{
    const struct topic_state *s = &c->topic[t];
    return t == TOPIC_WORKOUT ? state_run_of(c, s->about_wall_s) : s->expires_ns;
}

enum ending endings_of(const struct coach *c, enum topic t, double *recovery_s)
{
    const struct topic_state *s = &c->topic[t];
    int64_t since_ns = settled(c, t) ? c->now.t_ns : answered_ns(c, t);
    if (since_ns != UNKNOWN_NS) {
        *recovery_s = since_ns > s->shown_ns ? (double)(since_ns - s->shown_ns) / NS_PER_S : 0;
        return ENDING_RECOVERED;
    }
    if (endings_groundless(c, t)) return ENDING_WITHDRAWN;
    if (c->now.t_ns < endings_expire_ns(c, t)) return ENDING_NONE;
    return s->excused ? ENDING_WITHDRAWN : ENDING_IGNORED;
}

bool endings_spell_over(const struct coach *c, enum topic t)
{
    if (t == TOPIC_BREAK) return c->body.sat_since_ns == UNKNOWN_NS;
    return answered_ns(c, t) != UNKNOWN_NS || body_away(&c->body, c->now.t_ns);
}
