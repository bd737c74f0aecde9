/* How often the coach may speak, and what it holds back while the wearer is busy. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

#include "daemon/coach/state.h"

/* ---- budget ------------------------------------------------------------------------------------------------------ */

/* Spells of four minutes, each answered by sitting up, all day long. */
static void never_more_than_four_an_hour_sixteen_a_day(void **state)
{
    (void)state;
    begin(AT(8, 0));
    day_sit(&day);
    while (day_s(&day) < AT(17, 30)) {
        day_slouch(&day, true);
        day_run(&day, 240);
        day_slouch(&day, false);
        day_run(&day, 20);
    }
    unsigned total = 0;
    for (unsigned i = 0; i < day.n_said; i++) {
        unsigned hour = 0;
        if (day.said[i].advice.action != ADVICE_SHOW) continue;
        total++;
        for (unsigned j = 0; j <= i; j++)
            hour += day.said[j].advice.action == ADVICE_SHOW && day.said[i].s - day.said[j].s < 3600;
        assert_in_range(hour, 1, 4);
        for (unsigned j = 0; j < i; j++)
            if (day.said[j].advice.action == ADVICE_SHOW) assert_true(day.said[i].s - day.said[j].s >= 60);
    }
    assert_int_equal(total, 12); /* a quarter of sixteen is kept for what comes once */
    struct coach_view view;
    coach_view(day.coach, &day.now, &view);
    assert_int_equal(view.sent_today, 12);
}

/* A day of slouching uses up neither its own afternoon nor the day's report and the time after a workout. */
static void the_morning_leaves_something_for_the_evening(void **state)
{
    (void)state;
    begin(AT(8, 0));
    day.config.notice_report = true;
    day_configure(&day);
    set_workout(AT(18, 0), 30, WORKOUT_RUN);
    day_sit(&day);
    while (day_s(&day) < AT(19, 0)) {
        struct minute m = {.minute = day.now.wall_ns / SECONDS_NS(60), .utc_offset_s = day.now.utc_offset_s};
        struct coach_out out;
        m.posture_s[POSTURE_SITTING] = 60;
        coach_on_minute(day.coach, &m, &day.now, &out);
        day_note(&day, &out);
        day_slouch(&day, true);
        day_run(&day, 240);
        day_slouch(&day, false);
        day_run(&day, 20);
    }
    unsigned body = day_shown(&day, TOPIC_SLOUCH) + day_shown(&day, TOPIC_BREAK), late = 0;
    for (unsigned i = 0; i < day.n_said; i++)
        late += day.said[i].advice.action == ADVICE_SHOW && topic_is_body(day.said[i].advice.topic) &&
                day.said[i].s >= AT(13, 0);
    assert_int_equal(body, 11); /* one more is kept for the workout */
    assert_in_range(late, 3, 5);
    assert_int_equal(day_shown(&day, TOPIC_REPORT), 1);
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(day_shown(&day, TOPIC_AFTER), 1);
}

/* What falls due together is said a minute apart. */
static void never_two_in_a_minute(void **state)
{
    (void)state;
    struct coach_out out;
    begin(AT(9, 0) - 1);
    day.config.notice_battery = true;
    day_configure(&day);
    day_sit(&day);
    day_run_until(&day, AT(9, 30) - 10);
    coach_on_battery(day.coach, 5, &day.now, &out);
    day_note(&day, &out);
    day_run_until(&day, AT(9, 32));
    assert_int_equal(shown_s(TOPIC_BATTERY, 0), AT(9, 30) - 10);
    assert_int_equal(shown_s(TOPIC_BREAK, 0), AT(9, 30) + 50);
}

static void one_a_workout_is_kept_free(void **state)
{
    (void)state;
    begin(AT(8, 0));
    set_workout(AT(17, 0), 60, WORKOUT_SQUAT);
    day_sit(&day);
    while (day_s(&day) < AT(16, 36)) {
        day_slouch(&day, true);
        day_run(&day, 240);
        day_slouch(&day, false);
        day_run(&day, 20);
    }
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 0), AT(16, 35));
    assert_int_equal(day_shown(&day, TOPIC_COUNT), 12);
}

static void one_of_the_hour_is_kept_for_a_workout(void **state)
{
    (void)state;
    begin(AT(15, 40));
    set_workout(AT(17, 0), 60, WORKOUT_RUN);
    day_sit(&day);
    while (day_s(&day) < AT(16, 36)) {
        day_slouch(&day, true);
        day_run(&day, 200);
        day_slouch(&day, false);
        day_run(&day, 20);
    }
    assert_int_equal(day_shown(&day, TOPIC_COUNT), 4);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 0), AT(16, 35));
}

/* ---- held back --------------------------------------------------------------------------------------------------- */

static void held_then_one_summary(void **state)
{
    (void)state;
    static const struct presence rows[] = {
        {.locked = true}, {.do_not_disturb = true}, {.full_screen = true}, {.busy = true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(9, 0));
        day_presence(&day, rows[i]);
        day_sit(&day);
        for (int spell = 0; spell < 8; spell++) {
            day_slouch(&day, true);
            day_run(&day, 5 * 60);
            day_slouch(&day, false);
            day_run(&day, 10);
        }
        day_slouch(&day, true);
        day_run(&day, 130);
        assert_int_equal(day.n_said, 0);
        assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_SLOUCH), 9);
        assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_BREAK), 1);
        day_presence(&day, (struct presence){0});
        day_run(&day, 100);
        assert_int_equal(day_shown(&day, TOPIC_COUNT), 1);
        assert_string_equal(shown(TOPIC_SUMMARY, 0)->body, "Long flexed spells: 9. Long sits: 1.");
        day_run(&day, 25 * 60);
        assert_int_equal(day_shown(&day, TOPIC_SUMMARY), 1);
        day_end(&day);
    }
    begin(0);
}

static void an_idle_screen_holds_nothing(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day_presence(&day, (struct presence){.idle = true});
    day_sit(&day);
    day_run(&day, 31 * 60);
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
}

static void what_was_held_is_not_told_in_the_evening(void **state)
{
    (void)state;
    begin(AT(16, 30));
    day_presence(&day, (struct presence){.busy = true});
    day_sit(&day);
    day_run_until(&day, AT(18, 0));
    day_presence(&day, (struct presence){0});
    day_run(&day, 3600);
    assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_BREAK), 1);
    assert_int_equal(day.n_said, 0);
}

static void a_shared_screen_gives_nothing_away(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day_presence(&day, (struct presence){.sharing = true});
    day_sit(&day);
    day_slouch(&day, true);
    day_run(&day, 40 * 60);
    for (unsigned i = 0; i < day.n_said; i++) {
        if (day.said[i].advice.action != ADVICE_SHOW) continue;
        assert_true(day.said[i].advice.neutral);
        assert_string_equal(day.said[i].advice.title, "Plumbline");
        assert_null(strpbrk(day.said[i].advice.body, "0123456789"));
    }
    assert_true(day.n_said > 0);
}

static void a_pause_ends_by_itself(void **state)
{
    (void)state;
    begin(AT(9, 0));
    coach_pause(day.coach, day.now.t_ns + SECONDS_NS(3600));
    day_sit(&day);
    day_run(&day, 3599);
    assert_int_equal(day.n_said, 0);
    struct coach_view view;
    coach_view(day.coach, &day.now, &view);
    assert_string_equal(view.held, "paused");
    day_run(&day, 2);
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(never_more_than_four_an_hour_sixteen_a_day, teardown),
        cmocka_unit_test_teardown(the_morning_leaves_something_for_the_evening, teardown),
        cmocka_unit_test_teardown(never_two_in_a_minute, teardown),
        cmocka_unit_test_teardown(one_a_workout_is_kept_free, teardown),
        cmocka_unit_test_teardown(one_of_the_hour_is_kept_for_a_workout, teardown),
        cmocka_unit_test_teardown(held_then_one_summary, teardown),
        cmocka_unit_test_teardown(an_idle_screen_holds_nothing, teardown),
        cmocka_unit_test_teardown(what_was_held_is_not_told_in_the_evening, teardown),
        cmocka_unit_test_teardown(a_shared_screen_gives_nothing_away, teardown),
        cmocka_unit_test_teardown(a_pause_ends_by_itself, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
