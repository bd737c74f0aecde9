/* Random weeks: whatever the back, the desktop, the calendar, the wearer and the clocks do, the alert policy keeps its
 * rules. What is true is kept here, apart from the coach. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "coach_day.h"

#include "daemon/coach/workouts.h"

#include <stdlib.h>

enum { WEEKS = 300, WEEK_S = 7 * 86400, LIVE_MAX = 4096, HOUR_S = 3600 };

struct world {
    struct coach *coach;
    struct coach_config config;
    struct now now;
    struct posture_view view;
    struct presence presence;
    struct wearer wearer;
    struct workout workout[8];
    struct busy busy[12];
    unsigned n_workouts, n_busy;
    bool motor;
    bool absent;  /* the sensor lies in a drawer */
    bool watched; /* the sensor sends: one look every few seconds; else one a minute, between which it is silent */
    int64_t break_end_ns, upright_ns, paused_until_ns, cue_ns, day;
    unsigned cues, today, shown_this_week[TOPIC_COUNT];
    uint32_t last_id, live[TOPIC_COUNT];
    int64_t shown_ns[LIVE_MAX];
    bool ended[LIVE_MAX], closed[LIVE_MAX];
    struct coach_out out;
};
static struct world w;
static uint64_t seed;

static unsigned chance(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static int64_t wall_s(void) { return w.now.wall_ns / NS_PER_S; }
static int64_t local_s(void) { return wall_s() + w.now.utc_offset_s; }
static bool within(const struct hours *h) { return schedule_within(h, &w.now); }

static bool in_workout(void)
{
    for (unsigned i = 0; i < w.n_workouts; i++)
        if (w.workout[i].start_wall_s <= wall_s() && wall_s() < w.workout[i].end_wall_s) return true;
    return false;
}

static bool busy_at(int64_t t)
{
    for (unsigned i = 0; i < w.n_busy; i++)
        if (w.busy[i].from_wall_s <= t && t < w.busy[i].to_wall_s) return true;
    return false;
}

static bool is_kept_silent(void)
{
    const struct presence *p = &w.presence;
    bool screen = p->locked || p->do_not_disturb || p->full_screen || p->busy;
    return screen || busy_at(wall_s()) || in_workout() || within(&w.config.quiet) || w.now.t_ns < w.paused_until_ns;
}

/* A calm of ten minutes after a break; who stays on his feet has it from when the stand became one. */
static bool right_after_a_break(void)
{
    bool on_feet = w.upright_ns && w.now.t_ns - w.upright_ns >= SECONDS_NS(60);
    int64_t since_ns = on_feet ? w.upright_ns + SECONDS_NS(60) : w.break_end_ns;
    return since_ns && w.now.t_ns - since_ns < SECONDS_NS(600);
}

/* ---- what is checked ---------------------------------------------------------------------------------------------- */

static unsigned characters(const char *s)
{
    unsigned n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void check_workout(const struct advice *a)
{
    bool in_time = false;
    for (unsigned i = 0; i < w.n_workouts; i++) {
        int64_t before_s = w.workout[i].start_wall_s - wall_s(), from_s = w.workout[i].start_wall_s - 1500;
        bool full = true;
        for (int64_t t = from_s; t < from_s + 900; t += 10) full &= busy_at(t);
        in_time |= before_s > 600 && before_s <= (full ? 5400 : 1500);
    }
    assert_true(in_time);
    if (w.wearer.red_flag && !a->neutral) assert_non_null(strstr(a->body, "clinician"));
}

static void check_budget(uint32_t id)
{
    unsigned hour = 0;
    for (uint32_t i = id; i > 0 && w.now.t_ns - w.shown_ns[i] < SECONDS_NS(HOUR_S); i--) hour++;
    assert_in_range(hour, 1, (unsigned)w.config.max_per_hour);
    assert_in_range(++w.today, 1, (unsigned)w.config.max_per_day);
}

static void check_new(const struct advice *a)
{
    bool body = a->topic <= TOPIC_LEAN, exercise = a->topic >= TOPIC_SORE || a->topic == TOPIC_AFTER;
    assert_int_equal(a->id, w.last_id + 1);
    assert_true(a->id < LIVE_MAX);
    assert_int_equal(w.live[a->topic], 0);
    w.live[a->topic] = w.last_id = a->id;
    w.shown_ns[a->id] = w.now.t_ns;
    check_budget(a->id);
    assert_false(is_kept_silent());
    if (body || a->topic >= TOPIC_SESSION) assert_true(within(&w.config.work[0]));
    if (body) {
        assert_false(right_after_a_break());
        assert_true(w.view.posture == POSTURE_SITTING || w.view.posture == POSTURE_STANDING || w.view.posture == POSTURE_UNSURE);
    }
    if (exercise) assert_false(w.wearer.red_flag);
    if (w.wearer.red_flag) assert_string_equal(a->figure, "");
    if (a->topic == TOPIC_WORKOUT) check_workout(a);
    if (a->topic == TOPIC_SORE) assert_in_range(local_s() % 86400, 8 * HOUR_S, 21 * HOUR_S);
    w.shown_this_week[a->topic]++;
}

static void check_advice(const struct advice *a)
{
    assert_true((unsigned)a->topic < TOPIC_COUNT && a->id > 0);
    if (a->action == ADVICE_CLOSE) {
        assert_int_equal(w.live[a->topic], a->id);
        w.live[a->topic] = 0;
        return;
    }
    assert_in_range(characters(a->title), 1, 40);
    assert_int_equal(a->neutral, w.presence.sharing);
    if (a->id != w.live[a->topic]) check_new(a);
}

static void check_event(const struct event *e)
{
    switch (e->kind) {
    case EVENT_ALERT:
        assert_in_range(e->id, 1, w.last_id);
        if (e->end_ns == EVENT_OPEN) break;
        assert_false(w.closed[e->id]);
        w.closed[e->id] = true;
        break;
    case EVENT_ANSWER:
        assert_false(w.ended[e->id]);
        w.ended[e->id] = e->reason != ANSWER_DETAILS;
        break;
    case EVENT_HELD: assert_true(e->reason <= TOPIC_WORKOUT); break;
    case EVENT_CUE: assert_true(e->value == -1 || (e->value >= 0 && e->value <= 65)); break;
    default: fail();
    }
}

static void check(void)
{
    assert_true(w.out.n_advice <= ADVICE_MAX && w.out.n_events <= COACH_EVENTS_MAX);
    for (unsigned i = 0; i < w.out.n_advice; i++) check_advice(&w.out.advice[i]);
    for (unsigned i = 0; i < w.out.n_events; i++) check_event(&w.out.event[i]);
    assert_true(coach_due_ns(w.coach) > w.now.t_ns);
    if (!w.out.vibrate) return;
    assert_true(w.motor && w.config.haptics && within(&w.config.work[0]));
    assert_false(is_kept_silent());
    assert_true(w.view.in_slouch_zone && w.view.posture != POSTURE_LYING && w.view.posture != POSTURE_WALKING);
    assert_true(!w.cue_ns || w.now.t_ns - w.cue_ns >= SECONDS_NS(CUE_APART_S));
    w.cue_ns = w.now.t_ns;
    w.cues++;
}

/* ---- what happens -------------------------------------------------------------------------------------------------- */

static void move(void)
{
    static const enum posture often[] = {POSTURE_SITTING,  POSTURE_SITTING, POSTURE_SITTING, POSTURE_STANDING, POSTURE_WALKING,
                                         POSTURE_STANDING, POSTURE_LYING,   POSTURE_UNSURE,  POSTURE_NOT_WORN, POSTURE_MISSING};
    struct posture_view *v = &w.view;
    v->posture = w.absent ? POSTURE_MISSING : often[chance(10)];
    bool upright = v->posture == POSTURE_STANDING || v->posture == POSTURE_WALKING;
    bool still = v->posture == POSTURE_SITTING || v->posture == POSTURE_STANDING || v->posture == POSTURE_UNSURE;
    v->in_slouch_zone = still && chance(2);
    v->in_lean_zone = still && chance(3) == 0;
    v->zone_since_ns = v->in_slouch_zone ? w.now.t_ns : EVENT_OPEN;
    v->sitting_since_ns = v->posture != POSTURE_SITTING            ? EVENT_OPEN
                          : v->sitting_since_ns == EVENT_OPEN ? w.now.t_ns
                                                                   : v->sitting_since_ns;
    v->upright_since_ns = !upright ? EVENT_OPEN : v->upright_since_ns == EVENT_OPEN ? w.now.t_ns : v->upright_since_ns;
    w.upright_ns = upright ? v->upright_since_ns : 0;
    v->reference = chance(8) ? REFERENCE_CALIBRATED : (enum reference_state)chance(5);
}

static int by_start(const void *a, const void *b)
{
    const struct workout *x = a, *y = b;
    return (x->start_wall_s > y->start_wall_s) - (x->start_wall_s < y->start_wall_s);
}

static void plan_workouts(void)
{
    w.n_workouts = chance(5);
    for (unsigned i = 0; i < w.n_workouts; i++) {
        int64_t start_s = wall_s() - 4 * HOUR_S + chance(24 * HOUR_S);
        w.workout[i] = (struct workout){.start_wall_s = start_s, .end_wall_s = start_s + 600 + chance(7200),
                                        .type = (enum workout_type)chance(WORKOUT_TYPE_COUNT)};
    }
    qsort(w.workout, w.n_workouts, sizeof w.workout[0], by_start);
    coach_set_workouts(w.coach, w.workout, w.n_workouts);
}

static void plan_calendar(void)
{
    w.n_busy = chance(13);
    for (unsigned i = 0; i < w.n_busy; i++) {
        int64_t from_s = wall_s() - HOUR_S + 60 * chance(960);
        w.busy[i] = (struct busy){from_s, from_s + 60 * (5 + chance(90))};
    }
    coach_set_busy(w.coach, w.busy, w.n_busy);
}

static void pass(int64_t run_s, int64_t wall_more_s)
{
    w.now.t_ns += SECONDS_NS(run_s);
    w.now.wall_ns += SECONDS_NS(run_s + wall_more_s);
}

static void set_clock(void)
{
    int step_s = (int)chance(14400) - 7200;
    struct event e = {.kind = EVENT_CLOCK_STEP, .start_ns = w.now.t_ns, .end_ns = w.now.t_ns, .value = (float)step_s};
    pass(0, step_s);
    w.day = local_s() / 86400; /* the same day under its new name */
    coach_on_event(w.coach, &e, &w.now, &w.out);
}

static void answer(void)
{
    unsigned t = chance(TOPIC_COUNT);
    enum answer a = (enum answer)chance(ANSWER_COUNT);
    if (t >= TOPIC_SORE && a == ANSWER_SNOOZE) a = ANSWER_SKIP;
    coach_on_answer(w.coach, w.live[t], a, &w.now, &w.out);
}

static void say_of_oneself(void)
{
    w.wearer.red_flag = chance(4) == 0;
    w.wearer.sore_wall_s = chance(3) ? wall_s() - chance(90000) : INT64_MIN;
    coach_set_wearer(w.coach, &w.wearer);
    coach_tick(w.coach, &w.now, &w.out);
}

static void change_screen(void)
{
    unsigned n = chance(12);
    w.presence = (struct presence){.locked = n == 0, .do_not_disturb = n == 1, .full_screen = n == 2, .busy = n == 3,
                                   .sharing = n == 4, .idle = n == 5};
    coach_on_presence(w.coach, &w.presence, &w.now, &w.out);
}

static void pause_or_resume(void)
{
    w.paused_until_ns = chance(2) ? w.now.t_ns + SECONDS_NS(chance(5400)) : 0;
    coach_pause(w.coach, w.paused_until_ns);
    coach_tick(w.coach, &w.now, &w.out);
}

static void look(void)
{
    w.view.t_ns = w.now.t_ns;
    if (w.upright_ns && w.now.t_ns - w.upright_ns >= SECONDS_NS(60)) w.break_end_ns = w.now.t_ns;
    coach_on_view(w.coach, &w.view, &w.now, &w.out);
}

static void keep_minute(void)
{
    struct minute m = {.minute = wall_s() / 60, .utc_offset_s = w.now.utc_offset_s};
    m.posture_s[POSTURE_SITTING] = 60;
    coach_on_minute(w.coach, &m, &w.now, &w.out);
}

/* One thing a call, so that what is said is judged by what is so. */
static void happen(void)
{
    unsigned dice = chance(1000);
    w.out.n_advice = w.out.n_events = 0;
    w.out.vibrate = false;
    if (dice < 120) move();
    if (dice < 500) look();
    else if (dice < 520) answer();
    else if (dice < 530) change_screen();
    else if (dice < 533) pause_or_resume();
    else if (dice < 534) set_clock();
    else if (dice < 536) plan_workouts(), coach_tick(w.coach, &w.now, &w.out);
    else if (dice < 539) plan_calendar(), coach_tick(w.coach, &w.now, &w.out);
    else if (dice < 540) say_of_oneself();
    else if (dice < 560) keep_minute();
    else if (dice < 565) coach_on_battery(w.coach, (int)chance(100), &w.now, &w.out);
    else look();
}

static void check_passed_workouts(int64_t before_s)
{
    for (unsigned i = 0; i < w.n_workouts; i++) {
        int64_t last_s = w.workout[i].start_wall_s - BEFORE_UNTIL_S;
        bool passed = before_s < last_s && last_s <= wall_s() && w.workout[i].type != WORKOUT_YOGA;
        if (passed) assert_false(workouts_wants_warm_up(w.coach, &w.workout[i])); /* spoken of, or noted as missed */
    }
}

static void begin_week(void)
{
    memset(&w, 0, sizeof w);
    coach_config_default(&w.config);
    w.now = (struct now){.t_ns = SECONDS_NS(500000), .wall_ns = SECONDS_NS(MONDAY_WALL_S), .utc_offset_s = 3600};
    w.day = local_s() / 86400;
    w.config.training = chance(2);
    w.config.self_test = chance(2);
    w.config.session_weeks = (int)chance(3);
    w.config.max_per_hour = 1 + (int)chance(4);
    w.config.break_after_min = 5 + (int)chance(40);
    w.config.work[0] = (struct hours){.days = 0x7f, .from_min = (int16_t)chance(600), .to_min = (int16_t)(800 + chance(640))};
    w.config.quiet = (struct hours){.days = 0x7f, .from_min = 1320, .to_min = (int16_t)chance(480)};
    w.wearer = (struct wearer){.sore_wall_s = INT64_MIN, .session_wall_s = INT64_MIN, .range_wall_s = INT64_MIN};
    w.view.sitting_since_ns = w.view.upright_since_ns = w.view.zone_since_ns = EVENT_OPEN;
    w.view.posture = POSTURE_MISSING;
    w.coach = malloc(coach_size());
    coach_init(w.coach, &w.config);
    w.motor = chance(2);
    coach_set_motor(w.coach, w.motor);
}

static void live_a_week(void)
{
    int64_t end_ns = w.now.t_ns + SECONDS_NS(WEEK_S), watch_until_ns = 0;
    while (w.now.t_ns < end_ns) {
        int64_t before_s = wall_s(), step_s = w.watched ? 1 + chance(4) : 10 + chance(100);
        bool slept = chance(w.watched ? 8000 : 400) == 0;
        pass(slept ? 600 + chance(6000) : step_s, 0);
        if (local_s() / 86400 != w.day) {
            w.day = local_s() / 86400;
            w.today = 0;
        }
        if (w.now.t_ns > watch_until_ns) {
            w.absent = chance(60) == 0;
            w.watched = !w.absent && chance(16) == 0;
            watch_until_ns = w.now.t_ns + SECONDS_NS(w.absent ? 30 * HOUR_S : HOUR_S);
            move();
        }
        if (w.watched && chance(40)) look();
        else happen();
        check();
        check_passed_workouts(before_s);
    }
}

static void random_weeks(void **state)
{
    (void)state;
    unsigned shown[TOPIC_COUNT] = {0}, cues = 0;
    seed = 20261122;
    for (int week = 0; week < WEEKS; week++) {
        begin_week();
        live_a_week();
        assert_in_range(w.shown_this_week[TOPIC_SESSION], 0, 1);
        assert_in_range(w.shown_this_week[TOPIC_RANGE], 0, 1);
        for (int t = 0; t < TOPIC_COUNT; t++) shown[t] += w.shown_this_week[t];
        cues += w.cues;
        for (uint32_t id = 1; id <= w.last_id; id++) {
            bool live = false;
            for (int t = 0; t < TOPIC_COUNT; t++) live |= w.live[t] == id;
            assert_int_equal(w.closed[id], !live);
        }
        free(w.coach);
    }
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (shown[t] <= 20) fail_msg("%s was said %u times only", topic_name((enum topic)t), shown[t]); /* these are weeks in which everything happens */
    assert_true(cues > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_weeks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
