/* Prompts around a workout, and clocks that are set, put forward or asleep. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

/* ---- workouts ---------------------------------------------------------------------------------------------------- */

static void workout_window(void **state)
{
    (void)state;
    begin(AT(17, 0)); /* the window lies outside the working hours */
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day.silent = true; /* and needs no sensor */
    day_run_until(&day, AT(17, 35) - 1);
    assert_int_equal(day.n_said, 0);
    day_run_until(&day, AT(23, 0));
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 0), AT(17, 35));
    assert_string_equal(shown(TOPIC_WORKOUT, 0)->title, "Warm up for squats at 18:00?");
    assert_int_equal(day_shown(&day, TOPIC_AFTER), 1);
    assert_int_equal(shown_s(TOPIC_AFTER, 0), AT(19, 5));
}

static void workout_waits_for_a_meeting_within_the_window(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_presence(&day, (struct presence){.busy = true});
    day_run_until(&day, AT(17, 45));
    assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_WORKOUT), 1);
    day_presence(&day, (struct presence){0});
    day_run(&day, 600);
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 0), AT(17, 45));
    assert_int_equal(day_shown(&day, TOPIC_SUMMARY), 0);
}

static void a_missed_warm_up_is_listed(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_presence(&day, (struct presence){.busy = true});
    day_run_until(&day, AT(17, 55));
    day_presence(&day, (struct presence){0});
    day_run(&day, 240);
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 0);
    assert_int_equal(day_shown(&day, TOPIC_SUMMARY), 1);
    assert_string_equal(shown(TOPIC_SUMMARY, 0)->body, "Warm-ups missed: 1.");
}

static void ten_minutes_before_is_too_late(void **state)
{
    (void)state;
    static const struct {
        int64_t known_s;
        unsigned expected;
    } rows[] = {{AT(17, 49), 1}, {AT(17, 50), 0}, {AT(17, 55), 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(rows[i].known_s - 1);
        set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
        day_run_until(&day, AT(17, 59));
        assert_int_equal(day_shown(&day, TOPIC_WORKOUT), rows[i].expected);
        day_end(&day);
    }
    begin(0);
}

static void nothing_during_a_workout(void **state)
{
    (void)state;
    begin(AT(9, 30));
    set_workout(AT(10, 0), 60, WORKOUT_ROW);
    day_sit(&day);
    day_run_until(&day, AT(10, 0) - 1);
    unsigned before = day_shown(&day, TOPIC_COUNT);
    day_slouch(&day, true);
    day_run_until(&day, AT(11, 0) - 1);
    assert_int_equal(day_shown(&day, TOPIC_COUNT), before);
}

static void a_snoozed_workout_comes_again_in_time(void **state)
{
    (void)state;
    static const struct {
        int64_t answer_s, again_s;
    } rows[] = {{AT(17, 36), AT(17, 46)}, {AT(17, 45), AT(17, 49)}, {AT(17, 50), 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(17, 30));
        set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
        day_run_until(&day, rows[i].answer_s);
        assert_int_equal(day_answer(&day, shown(TOPIC_WORKOUT, 0)->id, ANSWER_SNOOZE), 0);
        day_run_until(&day, AT(17, 59));
        assert_int_equal(day_shown(&day, TOPIC_WORKOUT), rows[i].again_s ? 2 : 1);
        if (rows[i].again_s) assert_int_equal(shown_s(TOPIC_WORKOUT, 1), rows[i].again_s);
        assert_true(shown(TOPIC_WORKOUT, 0)->answers >> ANSWER_SNOOZE & 1);
        bool last = rows[i].again_s == AT(17, 49);
        if (rows[i].again_s) assert_int_equal(shown(TOPIC_WORKOUT, 1)->answers >> ANSWER_SNOOZE & 1, !last);
        day_end(&day);
    }
    begin(0);
}

static void yoga_needs_no_warm_up_and_quiet_hours_rule(void **state)
{
    (void)state;
    begin(AT(6, 0));
    set_workout(AT(7, 0), 60, WORKOUT_YOGA);
    day_run_until(&day, AT(7, 0));
    assert_int_equal(day.n_said, 0);
    day_end(&day);
    begin(AT(6, 0));
    day.config.quiet = (struct hours){.days = 0x7f, .from_min = 22 * 60, .to_min = 6 * 60 + 40};
    day_configure(&day);
    set_workout(AT(7, 0), 60, WORKOUT_RUN);
    day_run_until(&day, AT(7, 0));
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 0), AT(6, 40));
}

/* Without a sensor, too: the pause between two notices is no full hour, and ends to the second. */
static void a_workout_told_late_is_offered_at_once(void **state)
{
    (void)state;
    begin(AT(17, 0));
    day.silent = true;
    struct coach_view view;
    struct coach_out out;
    for (int n = 0; n < 2; n++) {
        set_workout(AT(17, 20) + 300 * n, 60, WORKOUT_RUN);
        coach_tick(day.coach, &day.now, &out);
        day_note(&day, &out);
        coach_view(day.coach, &day.now, &view);
        assert_string_equal(view.held, "");
        day_run_until(&day, AT(17, 1)); /* from 17:00:01 */
    }
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(coach_due_ns(day.coach), day.now.t_ns + NS_PER_S);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 2);
}

/* ---- clocks ------------------------------------------------------------------------------------------------------ */

static void step_clock(int64_t seconds)
{
    struct coach_out out;
    struct event e = {
        .kind = EVENT_CLOCK_STEP, .start_ns = day.now.t_ns, .end_ns = day.now.t_ns, .value = (float)seconds};
    day.now.wall_ns += SECONDS_NS(seconds);
    coach_on_event(day.coach, &e, &day.now, &out);
    day_note(&day, &out);
}

static void a_clock_step_repeats_nothing(void **state)
{
    (void)state;
    static const int64_t steps[] = {-3600, 3600, -86400, 86400, -7 * 86400, 10 * 365 * (int64_t)86400};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        begin(AT(10, 0));
        set_workout(AT(11, 0), 60, WORKOUT_RUN);
        day_sit(&day);
        day_run_until(&day, AT(10, 36)); /* a break at 10:30, the workout at 10:35 */
        assert_int_equal(day_shown(&day, TOPIC_COUNT), 2);
        step_clock(steps[i]);
        day_run(&day, 60);
        assert_int_equal(day_shown(&day, TOPIC_COUNT), 2);
        struct coach_view view;
        coach_view(day.coach, &day.now, &view);
        assert_int_equal(view.sent_today, 2);
        assert_int_equal(view.sent_last_hour, 2);
        step_clock(-steps[i]);
        day_run_until(&day, AT(10, 59));
        assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
        day_end(&day);
    }
    begin(0);
}

/* Nothing stands over a workout: a clock that is put forward begins it, one that is put back lets its prompt stand. */
static void a_clock_step_moves_the_end_of_a_prompt(void **state)
{
    (void)state;
    static const struct {
        int64_t step_s, closed_s;
    } rows[] = {{600, AT(11, 0)}, {1500, AT(11, 1)}, {-600, AT(11, 0)}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(10, 0));
        set_workout(AT(11, 0), 60, WORKOUT_RUN);
        day.silent = true;
        day_run_until(&day, AT(10, 36));
        step_clock(rows[i].step_s);
        day_run_until(&day, AT(11, 5));
        assert_int_equal(day.n_said, 2);
        assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
        assert_int_equal(day.said[1].s, rows[i].closed_s);
        day_end(&day);
    }
    begin(0);
}

/* 29 March 2026: Europe springs from 02:00 to 03:00. Run time does not care, the hours follow the new offset. */
static void summer_time_moves_the_hours_only(void **state)
{
    (void)state;
    begin(AT(27 * 24 + 1, 0));
    day.config.work[0].days = 0x7f;
    day_configure(&day);
    day_sit(&day);
    day_run(&day, 3600);
    day.now.utc_offset_s = 7200;
    day_run_until(&day, AT(27 * 24 + 8, 0) - 1);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
    struct coach_view view;
    coach_view(day.coach, &day.now, &view);
    assert_int_equal(view.sent_today, 1);
}

static void sleep_is_nobodys_fault(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day_sit(&day);
    day_slouch(&day, true);
    day_run(&day, 121);
    assert_int_equal(day.n_said, 1);
    day.now.t_ns += SECONDS_NS(3600);
    day.now.wall_ns += SECONDS_NS(3600);
    day_run(&day, 2);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
}

static void fading_lengthens_the_delay(void **state)
{
    (void)state;
    static const struct {
        int quick, delay_after_s; /* of ten prompts, so many followed by a recovery within a minute */
    } rows[] = {{10, 180}, {6, 180}, {5, 120}, {0, 120}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(9, 0));
        day.config.break_after_min = 240;
        day.config.max_per_hour = 10;
        day_configure(&day);
        day_sit(&day);
        for (int spell = 0; spell < 10; spell++) {
            day_slouch(&day, true);
            day_run(&day, spell < rows[i].quick ? 150 : 210);
            day_slouch(&day, false);
            day_run(&day, 900);
        }
        day.now.t_ns += SECONDS_NS(7 * 86400);
        day.now.wall_ns += SECONDS_NS(7 * 86400);
        day_sit(&day);
        day_run(&day, 10);
        day_slouch(&day, true);
        int64_t since_s = day_s(&day);
        unsigned before = day_shown(&day, TOPIC_SLOUCH);
        day_run(&day, 200);
        assert_int_equal(shown_s(TOPIC_SLOUCH, before) - since_s, rows[i].delay_after_s);
        day_end(&day);
    }
    begin(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(workout_window, teardown),
        cmocka_unit_test_teardown(workout_waits_for_a_meeting_within_the_window, teardown),
        cmocka_unit_test_teardown(a_missed_warm_up_is_listed, teardown),
        cmocka_unit_test_teardown(ten_minutes_before_is_too_late, teardown),
        cmocka_unit_test_teardown(nothing_during_a_workout, teardown),
        cmocka_unit_test_teardown(a_snoozed_workout_comes_again_in_time, teardown),
        cmocka_unit_test_teardown(yoga_needs_no_warm_up_and_quiet_hours_rule, teardown),
        cmocka_unit_test_teardown(a_workout_told_late_is_offered_at_once, teardown),
        cmocka_unit_test_teardown(a_clock_step_repeats_nothing, teardown),
        cmocka_unit_test_teardown(a_clock_step_moves_the_end_of_a_prompt, teardown),
        cmocka_unit_test_teardown(summer_time_moves_the_hours_only, teardown),
        cmocka_unit_test_teardown(sleep_is_nobodys_fault, teardown),
        cmocka_unit_test_teardown(fading_lengthens_the_delay, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
