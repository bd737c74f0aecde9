/* Invariants: every entry point begins with begin() and ends with finish(), so each sees the same day, hours and week
 * and each may speak. due_ns is found anew by all that change what it follows from, and lies after the newest call. A
 * call that comes over two minutes after the one before means that the machine slept (there is a deadline every
 * minute): what ran out in its sleep was not ignored. */
#include "alerts.h"
#include "body.h"
#include "budget.h"
#include "cue.h"
#include "fade.h"
#include "gates.h"
#include "load.h"
#include "say.h"
#include "schedule.h"
#include "wants.h"
#include "workouts.h"

#include <stdio.h>
#include <string.h>

enum { ASLEEP_S = 120 };

size_t coach_size(void) { return sizeof(struct coach); }

void coach_config_default(struct coach_config *c)
{
    *c = (struct coach_config){
        .work = {{.days = 0x1f, .from_min = 8 * 60, .to_min = 17 * 60 + 30}},
        .n_work = 1,
        .slouch_delay_s = 120,
        .break_after_min = 30,
        .max_per_hour = 4,
        .max_per_day = 16,
        .routine_min = 8,
        .haptics = true,
        .notice_battery = true,
        .notice_lost = true,
        .notice_not_seen = true,
        .notice_report = true,
    };
}

void coach_configure(struct coach *c, const struct coach_config *config)
{
    if (config->slouch_delay_s != c->config.slouch_delay_s) c->fade.steps = 0;
    c->config = *config;
    if (c->config.n_work > HOURS_MAX) c->config.n_work = HOURS_MAX;
    if (!c->config.n_work) {
        struct coach_config standard;
        coach_config_default(&standard);
        c->config.work[c->config.n_work++] = standard.work[0];
    }
    c->due_ns = wants_next_ns(c);
}

void coach_init(struct coach *c, const struct coach_config *config)
{
    memset(c, 0, sizeof *c);
    coach_configure(c, config);
    c->battery_percent = -1;
    c->wearer = (struct wearer){.sore_wall_s = INT64_MIN, .session_wall_s = INT64_MIN, .range_wall_s = INT64_MIN};
    body_init(&c->body);
    cue_init(&c->cue);
    for (int t = 0; t < TOPIC_COUNT; t++) c->topic[t].not_before_ns = UNKNOWN_NS;
}

static void start_day(struct coach *c)
{
    c->day = schedule_day(&c->now);
    load_new_day(&c->sums);
    alerts_new_day(c);
}

static void start(struct coach *c)
{
    c->started = true;
    c->awake_ns = c->now.t_ns;
    c->passed_wall_s = state_wall_s(c);
    c->fade.week = schedule_week(&c->now);
    c->in_hours = gates_hours_min(c) >= 0;
    start_day(c);
}

static void wake(struct coach *c)
{
    c->awake_ns = c->now.t_ns;
    body_wake(&c->body, c->now.t_ns);
    alerts_wake(c);
}

static void begin(struct coach *c, const struct now *now, struct coach_out *out)
{
    out->n_advice = out->n_events = 0;
    out->vibrate = false;
    bool slept = c->started && now->t_ns - c->now.t_ns > SECONDS_NS(ASLEEP_S);
    c->now = *now;
    if (!c->started) start(c);
    if (slept) wake(c);
    if (schedule_day(now) != c->day) start_day(c);
    fade_turn_to(&c->fade, schedule_week(now), &c->config);
    bool in_hours = gates_hours_min(c) >= 0;
    if (c->in_hours && gates_day_over(c)) c->report_ready = true;
    c->in_hours = in_hours;
    if (c->paused_until_ns && now->t_ns >= c->paused_until_ns) c->paused_until_ns = 0;
    body_advance(&c->body, now->t_ns);
}

static void finish(struct coach *c, struct coach_out *out)
{
    if (wants_reference_good(c)) c->asked_reference = false;
    alerts_step(c, out);
    c->due_ns = wants_next_ns(c);
}

/* The clock was set: the same day and week go on under their new names, so that nothing is given out twice. */
static void take_clock_step(struct coach *c, const struct now *now)
{
    c->day = schedule_day(now);
    c->fade.week = schedule_week(now);
}

void coach_on_view(struct coach *c, const struct posture_view *v, const struct now *now, struct coach_out *out)
{
    begin(c, now, out);
    body_take(&c->body, v, now->t_ns);
    finish(c, out);
}

void coach_on_event(struct coach *c, const struct event *e, const struct now *now, struct coach_out *out)
{
    if (e->kind == EVENT_CLOCK_STEP && c->started) take_clock_step(c, now);
    begin(c, now, out);
    load_add_bout(&c->sums, e);
    finish(c, out);
}

void coach_on_minute(struct coach *c, const struct minute *m, const struct now *now, struct coach_out *out)
{
    begin(c, now, out);
    struct now then = {.wall_ns = SECONDS_NS(m->minute * 60), .utc_offset_s = m->utc_offset_s};
    if (schedule_day(&then) == c->day) load_add_minute(&c->sums, m);
    finish(c, out);
}

void coach_take_back_minute(struct coach *c, const struct minute *m)
{
    struct now then = {.wall_ns = SECONDS_NS(m->minute * 60), .utc_offset_s = m->utc_offset_s};
    if (c->started && schedule_day(&then) == c->day) load_take_back_minute(&c->sums, m);
    c->due_ns = wants_next_ns(c);
}

void coach_on_presence(struct coach *c, const struct presence *p, const struct now *now, struct coach_out *out)
{
    begin(c, now, out);
    c->presence = *p;
    finish(c, out);
}

void coach_on_battery(struct coach *c, int percent, const struct now *now, struct coach_out *out)
{
    begin(c, now, out);
    c->battery_percent = percent;
    finish(c, out);
}

int coach_on_answer(struct coach *c, uint32_t id, enum answer a, const struct now *now, struct coach_out *out)
{
    begin(c, now, out);
    int result = alerts_answer(c, id, a, out);
    finish(c, out);
    return result;
}

void coach_tick(struct coach *c, const struct now *now, struct coach_out *out)
{
    begin(c, now, out);
    finish(c, out);
}

int64_t coach_due_ns(const struct coach *c) { return c->due_ns; }

void coach_pause(struct coach *c, int64_t until_ns)
{
    c->paused_until_ns = until_ns;
    c->due_ns = wants_next_ns(c);
}

void coach_set_motor(struct coach *c, bool motor)
{
    if (c->motor == motor) return;
    c->motor = motor;
    c->due_ns = wants_next_ns(c);
}

void coach_set_wearer(struct coach *c, const struct wearer *wearer)
{
    c->wearer = *wearer;
    c->due_ns = wants_next_ns(c);
}

static enum text_id silent_because(const struct coach *c, enum topic t, int64_t next_ns)
{
    enum text_id why = gates_closed(c, t == TOPIC_COUNT ? TOPIC_BREAK : t);
    if (why == TEXT_COUNT) why = gates_busy(c);
    if (why != TEXT_COUNT) return why;
    if (t == TOPIC_COUNT && !body_known(&c->body)) return TEXT_SILENT_SENSOR;
    if (t == TOPIC_COUNT && wants_reference_doubtful(c)) return TEXT_SILENT_REFERENCE;
    int64_t free_ns = gates_budget_ns(c, t);
    if (free_ns == NEVER_NS) return TEXT_SILENT_DAY_BUDGET;
    bool hour_is_full = free_ns > c->now.t_ns + SECONDS_NS(BUDGET_SPACING_S); /* less is only the pause between two */
    return t != TOPIC_COUNT && hour_is_full && free_ns == next_ns ? TEXT_SILENT_HOUR_BUDGET : TEXT_COUNT;
}

void coach_view(const struct coach *c, const struct now *now, struct coach_view *view)
{
    *view = (struct coach_view){.paused_until_ns = c->paused_until_ns, .sent_today = c->budget.today};
    view->sent_last_hour = budget_last_hour(&c->budget, now->t_ns);
    view->next_topic = alerts_next(c, &view->next_ns);
    enum text_id why = silent_because(c, view->next_topic, view->next_ns);
    if (why != TEXT_COUNT) snprintf(view->held, sizeof view->held, "%s", texts_of(why)->body);
}

bool coach_waiting(const struct coach *c, enum topic t, struct advice *a)
{
    if (!c->topic[t].id) return false;
    *a = (struct advice){.topic = t, .id = c->topic[t].id};
    say_plain(c, a);
    return true;
}
