/* Invariants: a spell is held at most once; a workout is either spoken of or noted here, once, as its last moment
 * passes. */
#include "held.h"

#include "gates.h"
#include "outbox.h"
#include "workouts.h"

static void note(struct coach *c, enum topic t, struct coach_out *out)
{
    int64_t now_ns = c->now.t_ns;
    outbox_event(out, (struct event){.kind = EVENT_HELD, .reason = (int)t, .start_ns = now_ns, .end_ns = now_ns});
}

static void hold_workout(struct coach *c, struct coach_out *out)
{
    struct topic_state *s = &c->topic[TOPIC_WORKOUT];
    const struct workout *w = workouts_before(c);
    if (!w || (s->held && c->held_wall_s == w->start_wall_s)) return;
    s->held = true;
    c->held_wall_s = w->start_wall_s;
    note(c, TOPIC_WORKOUT, out);
}

void held_back(struct coach *c, enum topic t, struct coach_out *out)
{
    struct topic_state *s = &c->topic[t];
    if (!outbox_has_room(out)) return;
    if (t == TOPIC_WORKOUT) hold_workout(c, out);
    if (s->held || !topic_is_body(t)) return;
    s->held = true;
    s->n_held++;
    note(c, t, out);
}

static void miss(struct coach *c, const struct workout *w, struct coach_out *out)
{
    struct topic_state *s = &c->topic[TOPIC_WORKOUT];
    bool held = s->held && c->held_wall_s == w->start_wall_s;
    if (!held) note(c, TOPIC_WORKOUT, out);
    if (held) s->held = false;
    bool busy = gates_closed(c, TOPIC_WORKOUT) == TEXT_COUNT && gates_busy(c) != TEXT_COUNT;
    if (held || busy) s->n_held++;
    workouts_say_before(c, w->start_wall_s);
}

void held_note_missed(struct coach *c, struct coach_out *out)
{
    int64_t now_wall_s = state_wall_s(c);
    struct topic_state *s = &c->topic[TOPIC_WORKOUT];
    if (c->passed_wall_s > now_wall_s) c->passed_wall_s = now_wall_s;
    if (s->held && !workouts_find(c, c->held_wall_s)) s->held = false; /* cancelled */
    for (unsigned i = 0; i < c->n_workouts; i++) {
        const struct workout *w = &c->workout[i];
        int64_t last_wall_s = w->start_wall_s - BEFORE_UNTIL_S;
        if (last_wall_s <= c->passed_wall_s || last_wall_s > now_wall_s || !workouts_wants_warm_up(c, w)) continue;
        if (!outbox_has_room(out)) {
            c->passed_wall_s = last_wall_s - 1;
            return;
        }
        miss(c, w, out);
    }
    c->passed_wall_s = now_wall_s;
}

void held_drop_after_hours(struct coach *c)
{
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (topic_is_body((enum topic)t) && !c->in_hours) c->topic[t].n_held = 0;
}

void held_told(struct coach *c)
{
    for (int t = 0; t < TOPIC_COUNT; t++) {
        c->topic[t].n_held = 0;
        if (topic_is_body((enum topic)t)) c->topic[t].held = false;
    }
}

void held_new_day(struct coach *c)
{
    for (int t = 0; t < TOPIC_COUNT; t++) c->topic[t].n_held = 0;
}
