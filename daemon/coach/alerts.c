/* Invariants: a topic has at most one live notification (id ≠ 0); each id is shown once and ended once; every moment
 * that matters is run time, so a clock that is set moves no prompt but a workout's. One call says at most one new
 * thing. */
#include "alerts.h"

#include "body.h"
#include "budget.h"
#include "cue.h"
#include "endings.h"
#include "fade.h"
#include "followups.h"
#include "gates.h"
#include "held.h"
#include "outbox.h"
#include "say.h"
#include "wants.h"
#include "workouts.h"

#include <errno.h>

enum { SNOOZE_MIN = 10, LEAN_REST_MIN = 60 };

#define ANSWER(a) (1u << ANSWER_##a)

/* How long a notification may stay unanswered before it counts as ignored, and its buttons. Closing one is a skip. */
static const struct {
    int lifetime_s;
    uint32_t answers;
} rules[TOPIC_COUNT] = {
    [TOPIC_SLOUCH] = {300, ANSWER(DONE) | ANSWER(SNOOZE) | ANSWER(WRONG) | ANSWER(DETAILS)},
    [TOPIC_BREAK] = {600, ANSWER(DONE) | ANSWER(SNOOZE) | ANSWER(WRONG) | ANSWER(DETAILS)},
    [TOPIC_LEAN] = {300, ANSWER(DONE) | ANSWER(WRONG) | ANSWER(DETAILS)},
    [TOPIC_WORKOUT] = {0 /* it begins: endings.c */, ANSWER(DETAILS) | ANSWER(DONE) | ANSWER(SNOOZE) | ANSWER(SKIP)},
    [TOPIC_AFTER] = {3600, ANSWER(DETAILS) | ANSWER(DONE) | ANSWER(SKIP)},
    [TOPIC_SUMMARY] = {1800, ANSWER(DONE)},
    [TOPIC_REFERENCE] = {1800, ANSWER(DETAILS) | ANSWER(DONE) | ANSWER(WRONG)},
    [TOPIC_BATTERY] = {4 * 3600, ANSWER(DONE)},
    [TOPIC_SENSOR_LOST] = {4 * 3600, ANSWER(DONE)},
    [TOPIC_NOT_SEEN] = {4 * 3600, ANSWER(DONE)},
    [TOPIC_REPORT] = {4 * 3600, ANSWER(DETAILS) | ANSWER(DONE)},
    [TOPIC_SORE] = {4 * 3600, ANSWER(DETAILS) | ANSWER(DONE) | ANSWER(SKIP)},
    [TOPIC_SESSION] = {4 * 3600, ANSWER(DONE) | ANSWER(SNOOZE) | ANSWER(SKIP)},
    [TOPIC_RANGE] = {3600, ANSWER(DONE) | ANSWER(SNOOZE) | ANSWER(SKIP)},
};

/* Who speaks first when several could. */
static const enum topic order[TOPIC_COUNT] = {
    TOPIC_WORKOUT,   TOPIC_SUMMARY,     TOPIC_BREAK,   TOPIC_SLOUCH,   TOPIC_LEAN,   TOPIC_AFTER,
    TOPIC_SORE,      TOPIC_REFERENCE,   TOPIC_SENSOR_LOST, TOPIC_BATTERY, TOPIC_NOT_SEEN, TOPIC_REPORT,
    TOPIC_RANGE,     TOPIC_SESSION,
};

/* For how long T may still be put off: in one spell half the interval between breaks in all (users.md, 10). Who needs
 * longer skips, or pauses. */
static int64_t snooze_left_ns(const struct coach *c, enum topic t)
{
    int64_t snooze_ns = MINUTES_NS(SNOOZE_MIN);
    if (!topic_is_body(t)) return snooze_ns;
    int64_t left_ns = MINUTES_NS(c->config.break_after_min) / 2 - c->topic[t].snoozed_ns;
    return left_ns < snooze_ns ? left_ns : snooze_ns;
}

/* The last moment for a prompt before the workout that the newest one is about. */
static int64_t workout_last_ns(const struct coach *c)
{
    return state_run_of(c, c->topic[TOPIC_WORKOUT].about_wall_s - BEFORE_UNTIL_S - 60);
}

/* Whether the newest prompt before a workout may be put off. */
static bool may_come_later(const struct coach *c)
{
    if (workouts_early(c, workouts_find(c, c->topic[TOPIC_WORKOUT].about_wall_s))) return false;
    return c->now.t_ns < workout_last_ns(c);
}

static uint32_t buttons(const struct coach *c, enum topic t)
{
    uint32_t answers = rules[t].answers;
    bool last = t == TOPIC_WORKOUT && !may_come_later(c);
    if (t == TOPIC_WORKOUT && c->before_clinician) return ANSWER(DONE);
    return last || snooze_left_ns(c, t) < MINUTES_NS(1) ? answers & ~ANSWER(SNOOZE) : answers;
}

static bool once_a_day(enum topic t) { return t >= TOPIC_REFERENCE; }

/* Two prompts in one spell are at least this far apart. */
static int64_t interval_ns(const struct coach *c, enum topic t)
{
    if (t == TOPIC_BREAK) return MINUTES_NS(c->config.break_after_min);
    if (t == TOPIC_LEAN) return MINUTES_NS(LEAN_REST_MIN);
    return SECONDS_NS(fade_delay_s(&c->fade, &c->config));
}

static void rest(struct coach *c, enum topic t, int64_t for_ns)
{
    int64_t until_ns = c->now.t_ns + for_ns;
    if (until_ns > c->topic[t].not_before_ns) c->topic[t].not_before_ns = until_ns;
}

/* ---- endings ----------------------------------------------------------------------------------------------------- */

static void note_answer(const struct coach *c, uint32_t id, enum answer a, struct coach_out *out)
{
    int64_t now_ns = c->now.t_ns;
    outbox_event(out, (struct event){EVENT_ANSWER, (int)a, now_ns, now_ns, 0, id});
}

/* Who has just answered one prompt about the body, or let it lie, is not met with another at once. */
static void leave_in_peace(struct coach *c, enum topic ended)
{
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (topic_is_body((enum topic)t) && (enum topic)t != ended) rest(c, (enum topic)t, MINUTES_NS(SNOOZE_MIN));
}

/* A = ANSWER_COUNT: withdrawn. */
static void end(struct coach *c, enum topic t, enum answer a, double recovery_s, struct coach_out *out)
{
    struct topic_state *s = &c->topic[t];
    struct advice *advice = outbox_advice(out);
    *advice = (struct advice){.action = ADVICE_CLOSE, .topic = t, .id = s->id};
    if (a != ANSWER_COUNT) note_answer(c, s->id, a, out);
    outbox_event(out, (struct event){EVENT_ALERT, (int)t, s->shown_ns, c->now.t_ns, (float)recovery_s, s->id});
    s->id = 0;
    if (t == TOPIC_SLOUCH && a != ANSWER_COUNT) fade_count(&c->fade, recovery_s);
    if (topic_is_body(t) && a != ANSWER_COUNT) leave_in_peace(c, t);
}

static void count_ignored(struct coach *c)
{
    if (++c->ignored_in_a_row < 3) return;
    c->ignored_in_a_row = 0;
    c->rest_until_ns = c->now.t_ns + MINUTES_NS(60);
    c->other_kind = !c->other_kind;
}

static void end_finished(struct coach *c, enum topic t, struct coach_out *out)
{
    struct topic_state *s = &c->topic[t];
    double recovery_s = -1;
    if (!s->id || !outbox_has_room(out)) return;
    switch (endings_of(c, t, &recovery_s)) {
    case ENDING_NONE: return;
    case ENDING_RECOVERED:
        end(c, t, ANSWER_RECOVERED, recovery_s, out);
        if (topic_is_body(t)) c->ignored_in_a_row = 0;
        return;
    case ENDING_WITHDRAWN:
        if (t == TOPIC_WORKOUT && endings_groundless(c, t)) workouts_unsay_before(c, s->about_wall_s);
        end(c, t, ANSWER_COUNT, -1, out);
        return;
    case ENDING_IGNORED:
        if (topic_is_body(t)) {
            rest(c, t, SECONDS_NS(fade_delay_s(&c->fade, &c->config)));
            count_ignored(c);
        }
        end(c, t, ANSWER_IGNORED, -1, out);
        return;
    }
}

/* A spell that is over is forgotten: the next begins on the first rung. */
static void forget_spells(struct coach *c)
{
    static const enum topic topics[] = {TOPIC_SLOUCH, TOPIC_BREAK, TOPIC_LEAN};
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        struct topic_state *s = &c->topic[topics[i]];
        if (s->id || !endings_spell_over(c, topics[i])) continue;
        s->rung = 0;
        s->snoozed_ns = 0;
        s->skipped = s->held = false;
    }
}

/* ---- speaking ---------------------------------------------------------------------------------------------------- */

/* What the summary listed was told: the body's own prompts rest for their interval. */
static void sum_up(struct coach *c)
{
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (c->topic[t].n_held && topic_is_body((enum topic)t)) rest(c, (enum topic)t, interval_ns(c, (enum topic)t));
    held_told(c);
}

static void remember_said(struct coach *c, enum topic t)
{
    struct topic_state *s = &c->topic[t];
    s->today = once_a_day(t);
    if (topic_is_body(t)) {
        if (s->rung < UINT8_MAX) s->rung++;
        rest(c, t, interval_ns(c, t));
    }
    if (t == TOPIC_SUMMARY) sum_up(c);
    if (t == TOPIC_REFERENCE) c->asked_reference = true;
    if (t == TOPIC_REPORT) c->report_ready = false;
    if (t == TOPIC_SORE) followups_say_sore(c);
    if (t == TOPIC_SESSION || t == TOPIC_RANGE) rest(c, t, SECONDS_NS(FOLLOWUPS_WEEK_S));
    if (t == TOPIC_AFTER) workouts_say_after(c, s->about_wall_s);
    if (t != TOPIC_WORKOUT) return;
    s->held = false;
    workouts_say_before(c, s->about_wall_s);
}

/* What the notification about to be shown is about. */
static void find_ground(struct coach *c, enum topic t)
{
    if (t == TOPIC_AFTER) c->topic[t].about_wall_s = workouts_after(c)->start_wall_s;
    if (t == TOPIC_BREAK) c->break_alone = c->wearer.red_flag;
    if (t != TOPIC_WORKOUT) return;
    c->topic[t].about_wall_s = workouts_before(c)->start_wall_s;
    c->before_clinician = c->wearer.red_flag;
}

static void show(struct coach *c, enum topic t, struct coach_out *out)
{
    struct topic_state *s = &c->topic[t];
    if (s->id) end(c, t, ANSWER_COUNT, -1, out); /* the workout before this one */
    find_ground(c, t);
    struct advice *a = outbox_advice(out);
    *a = (struct advice){.action = ADVICE_SHOW, .topic = t, .id = ++c->last_id, .answers = buttons(c, t)};
    a->quiet = t != TOPIC_WORKOUT && (s->rung == 0 || wants_training(c));
    say_fill(c, a);
    s->id = a->id;
    s->neutral = a->neutral;
    s->shown_ns = c->now.t_ns;
    s->expires_ns = c->now.t_ns + SECONDS_NS(rules[t].lifetime_s);
    s->excused = false;
    budget_spend(&c->budget, c->now.t_ns);
    outbox_event(out, (struct event){EVENT_ALERT, (int)t, c->now.t_ns, EVENT_OPEN, 0, a->id});
    remember_said(c, t);
}

static bool may_speak(struct coach *c, enum topic t, struct coach_out *out)
{
    if (wants_due_ns(c, t) > c->now.t_ns || gates_closed(c, t) != TEXT_COUNT) return false;
    if (gates_busy(c) != TEXT_COUNT) {
        held_back(c, t, out);
        return false;
    }
    return gates_budget_ns(c, t) <= c->now.t_ns;
}

/* The screen came to be shared: what stands on it is taken back to neutral words. */
static void cover(struct coach *c, struct coach_out *out)
{
    for (int t = 0; t < TOPIC_COUNT && c->presence.sharing; t++) {
        struct topic_state *s = &c->topic[t];
        if (!s->id || s->neutral || !outbox_has_room(out)) continue;
        struct advice *a = outbox_advice(out);
        *a = (struct advice){.action = ADVICE_SHOW, .topic = (enum topic)t, .id = s->id, .quiet = true};
        a->answers = buttons(c, (enum topic)t);
        say_fill(c, a);
        s->neutral = a->neutral;
    }
}

/* Who is kept from looking does not ignore. */
static void excuse_all(struct coach *c)
{
    for (int t = 0; t < TOPIC_COUNT; t++) c->topic[t].excused = true;
}

static void speak(struct coach *c, struct coach_out *out)
{
    for (int i = 0; i < TOPIC_COUNT; i++) {
        if (!outbox_has_room(out) || !may_speak(c, order[i], out)) continue;
        show(c, order[i], out);
        return;
    }
}

void alerts_step(struct coach *c, struct coach_out *out)
{
    if (c->paused_until_ns || gates_busy(c) != TEXT_COUNT) excuse_all(c);
    for (int t = 0; t < TOPIC_COUNT; t++) end_finished(c, (enum topic)t, out);
    forget_spells(c);
    held_note_missed(c, out);
    held_drop_after_hours(c);
    cover(c, out);
    speak(c, out);
    cue_step(c, out);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void snooze(struct coach *c, enum topic t)
{
    struct topic_state *s = &c->topic[t];
    int64_t for_ns = snooze_left_ns(c, t);
    if (t == TOPIC_WORKOUT && !may_come_later(c)) return;
    if (for_ns < MINUTES_NS(1)) return; /* the next comes when it would have come anyway */
    s->not_before_ns = c->now.t_ns + for_ns;
    s->snoozed_ns += for_ns;
    if (s->rung) s->rung--;
    s->today = false;
    if (t != TOPIC_WORKOUT) return;
    if (s->not_before_ns > workout_last_ns(c)) s->not_before_ns = workout_last_ns(c);
    workouts_unsay_before(c, s->about_wall_s);
}

static void take_answer(struct coach *c, enum topic t, enum answer a)
{
    if (topic_is_body(t) && a != ANSWER_IGNORED) c->ignored_in_a_row = 0;
    switch (a) {
    case ANSWER_SNOOZE: snooze(c, t); break;
    case ANSWER_DONE: rest(c, t, topic_is_body(t) ? interval_ns(c, t) : 0); break;
    case ANSWER_SKIP:
    case ANSWER_WRONG: c->topic[t].skipped = topic_is_body(t); break;
    case ANSWER_IGNORED:
        if (topic_is_body(t)) count_ignored(c);
        break;
    default: break;
    }
}

/* The notification stays, with more to read and one button less. */
static void show_details(const struct coach *c, enum topic t, struct coach_out *out)
{
    struct advice *a = outbox_advice(out);
    *a = (struct advice){.action = ADVICE_SHOW, .topic = t, .id = c->topic[t].id, .quiet = true};
    a->answers = buttons(c, t) & ~ANSWER(DETAILS);
    say_details(c, a);
}

int alerts_answer(struct coach *c, uint32_t id, enum answer a, struct coach_out *out)
{
    int t = 0;
    while (t < TOPIC_COUNT && (!id || c->topic[t].id != id)) t++;
    if (t == TOPIC_COUNT) return -ENOENT;
    if ((unsigned)a >= ANSWER_COUNT || a == ANSWER_RECOVERED) return -EINVAL;
    if (a == ANSWER_DETAILS) {
        c->topic[t].excused = true;
        show_details(c, (enum topic)t, out);
        note_answer(c, id, a, out);
        return 0;
    }
    take_answer(c, (enum topic)t, a);
    end(c, (enum topic)t, a, -1, out);
    return 0;
}

/* ---- the calendar and the machine -------------------------------------------------------------------------------- */

void alerts_new_day(struct coach *c)
{
    budget_new_day(&c->budget);
    for (int t = 0; t < TOPIC_COUNT; t++) c->topic[t].today = false;
    held_new_day(c);
    c->report_ready = false;
}

void alerts_wake(struct coach *c) { excuse_all(c); }

enum topic alerts_next(const struct coach *c, int64_t *next_ns)
{
    enum topic next = TOPIC_COUNT;
    *next_ns = NEVER_NS;
    for (int i = 0; i < TOPIC_COUNT; i++) {
        int64_t due_ns = wants_due_ns(c, order[i]);
        if (due_ns == NEVER_NS) continue;
        int64_t free_ns = gates_budget_ns(c, order[i]);
        if (free_ns != NEVER_NS && due_ns < free_ns) due_ns = free_ns;
        if (due_ns >= *next_ns) continue;
        *next_ns = due_ns;
        next = order[i];
    }
    return next;
}
