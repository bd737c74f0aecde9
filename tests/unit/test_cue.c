/* The buzz of a training window: when, how often, what is made of it. Windows lie at 09:00 and 13:00. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

#include "plumbline/sensor.h"

static void begin_with_motor(int64_t local_s)
{
    begin(local_s);
    day.config.break_after_min = 180;
    day_configure(&day);
    coach_set_motor(day.coach, true);
    day_sit(&day);
}

/* Felt where it can be, else seen where that is wanted; the notice keeps its own time. */
static void felt_or_seen(void **state)
{
    (void)state;
    static const struct {
        bool motor, haptics, training;
        int64_t start_s;
        unsigned cues;
        int64_t notice_s; /* after the start */
    } rows[] = {
        {true, true, false, AT(9, 2), 1, 120},  {true, true, true, AT(9, 2), 1, 120},
        {true, true, false, AT(13, 9), 1, 120}, {true, true, false, AT(9, 30), 0, 120},
        {true, true, false, AT(8, 30), 0, 120}, {false, true, false, AT(9, 2), 0, 120},
        {true, false, false, AT(9, 2), 0, 120}, {true, false, true, AT(9, 2), 0, 10},
        {false, true, true, AT(9, 2), 0, 10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin_with_motor(rows[i].start_s - 1);
        day.config.haptics = rows[i].haptics;
        day.config.training = rows[i].training;
        day_configure(&day);
        coach_set_motor(day.coach, rows[i].motor);
        day_slouch(&day, true);
        day_run(&day, 60);
        assert_int_equal(day.n_cues, rows[i].cues);
        if (rows[i].cues) assert_int_equal(day.cue_s[0], rows[i].start_s + 10);
        day_run(&day, 70);
        assert_int_equal(shown_s(TOPIC_SLOUCH, 0) - rows[i].start_s, rows[i].notice_s);
        day_end(&day);
    }
    begin(0);
}

/* At most once a minute, thrice a spell: far less than what a device allows. */
static void seldom_and_short(void **state)
{
    (void)state;
    begin_with_motor(AT(9, 0));
    day.config.slouch_delay_s = 900;
    day_configure(&day);
    day_slouch(&day, true);
    day_run(&day, 9 * 60);
    assert_int_equal(day.n_cues, CUE_SPELL_MAX);
    for (unsigned i = 1; i < day.n_cues; i++) assert_true(day.cue_s[i] - day.cue_s[i - 1] >= CUE_APART_S);
    const int on_ms = CUE_PULSES * CUE_ON_MS, pauses_ms = (CUE_PULSES - 1) * CUE_OFF_MS;
    assert_true(on_ms + pauses_ms <= SENSOR_ON_MAX_MS);
    assert_true(on_ms * 100 <= SENSOR_DUTY_MAX_PERCENT * 1000 * CUE_APART_S);
    day_slouch(&day, false);
    day_run(&day, 20);
    day_slouch(&day, true);
    day_run(&day, 11);
    assert_int_equal(day.n_cues, CUE_SPELL_MAX + 1); /* a new spell */
}

static void lie(void) { day.view.posture = POSTURE_LYING; }
static void walk(void) { day.view.posture = POSTURE_WALKING; }
static void take_off(void) { day.view.posture = POSTURE_NOT_WORN; }
static void doubt(void) { day.view.reference = REFERENCE_DOUBTFUL; }
static void pause_it(void) { coach_pause(day.coach, day.now.t_ns + SECONDS_NS(3600)); }
static void lock(void) { day_presence(&day, (struct presence){.locked = true}); }
static void disturb_not(void) { day_presence(&day, (struct presence){.do_not_disturb = true}); }
static void meet(void)
{
    struct busy b = {day.now.wall_ns / NS_PER_S, day.now.wall_ns / NS_PER_S + 3600};
    coach_set_busy(day.coach, &b, 1);
}
static void work_out(void) { set_workout(AT(8, 30), 60, WORKOUT_YOGA); }
static void want_quiet(void)
{
    day.config.quiet = (struct hours){.days = 0x7f, .from_min = 530, .to_min = 570};
    day_configure(&day);
}

static void not_felt_when_nothing_would_be_said(void **state)
{
    (void)state;
    static void (*const when[])(void) = {lie, walk, take_off, doubt, pause_it, lock, disturb_not, meet, work_out, want_quiet};
    for (size_t i = 0; i < sizeof when / sizeof when[0]; i++) {
        begin_with_motor(AT(9, 0));
        day_slouch(&day, true);
        when[i]();
        day_run(&day, 120);
        assert_int_equal(day.n_cues, 0);
        assert_int_equal(day_count(&day, EVENT_CUE, TOPIC_SLOUCH), 0);
        day_end(&day);
    }
    begin(0);
}

/* Who has put it off, or called it wrong, is not buzzed about the same spell. */
static void not_felt_after_an_answer(void **state)
{
    (void)state;
    static const enum answer answers[] = {ANSWER_WRONG, ANSWER_SKIP, ANSWER_SNOOZE};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        begin_with_motor(AT(9, 0));
        day.config.slouch_delay_s = 60;
        day_configure(&day);
        day_slouch(&day, true);
        day_run(&day, 62);
        assert_int_equal(day.n_cues, 1);
        assert_int_equal(day_answer(&day, shown(TOPIC_SLOUCH, 0)->id, answers[i]), 0);
        day_run_until(&day, AT(9, 10));
        assert_int_equal(day.n_cues, 1);
        day_end(&day);
    }
    begin(0);
}

static void its_effect_is_kept(void **state)
{
    (void)state;
    static const struct {
        int slouched_s; /* after the buzz; 0: the sensor falls silent */
        float value;
    } rows[] = {{20, 20}, {50, 50}, {90, -1}, {0, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin_with_motor(AT(9, 2));
        day_slouch(&day, true);
        day_run(&day, 10);
        assert_int_equal(day.n_cues, 1);
        day.silent = rows[i].slouched_s == 0;
        day_run(&day, rows[i].slouched_s);
        day_slouch(&day, false);
        day_run(&day, 10);
        unsigned first = 0;
        while (first < day.n_events && day.event[first].kind != EVENT_CUE) first++;
        assert_true(first < day.n_events);
        assert_int_equal(day.event[first].start_ns, day.now.t_ns - SECONDS_NS(10 + rows[i].slouched_s));
        assert_float_equal(day.event[first].value, rows[i].value, rows[i].value < 0 ? 0 : 1.25f);
        day_end(&day);
    }
    begin(0);
}

/* Ten buzzes that are answered: the delay of notices grows as after ten notices; none of them was one. */
static void it_fades_but_costs_no_notice(void **state)
{
    (void)state;
    begin_with_motor(AT(9, 0));
    day.config.max_per_hour = 1;
    day_configure(&day);
    for (int spell = 0; spell < 5; spell++) {
        day_slouch(&day, true);
        day_run(&day, 30);
        day_slouch(&day, false);
        day_run(&day, 60);
    }
    assert_int_equal(day.n_cues, 5);
    assert_int_equal(day.n_said, 0);
    struct coach_view view;
    coach_view(day.coach, &day.now, &view);
    assert_int_equal(view.sent_today, 0);
    day.now.t_ns += SECONDS_NS(7 * 86400);
    day.now.wall_ns += SECONDS_NS(7 * 86400);
    coach_set_motor(day.coach, false);
    day_sit(&day);
    day_run(&day, 10);
    day_slouch(&day, true);
    int64_t since_s = day_s(&day);
    day_run(&day, 200);
    assert_int_equal(shown_s(TOPIC_SLOUCH, 0) - since_s, 180);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(felt_or_seen, teardown),
        cmocka_unit_test_teardown(seldom_and_short, teardown),
        cmocka_unit_test_teardown(not_felt_when_nothing_would_be_said, teardown),
        cmocka_unit_test_teardown(not_felt_after_an_answer, teardown),
        cmocka_unit_test_teardown(its_effect_is_kept, teardown),
        cmocka_unit_test_teardown(it_fades_but_costs_no_notice, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
