/* The alert policy: the slouch and the break prompt, over simulated hours. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

/* ---- the slouch prompt ------------------------------------------------------------------------------------------- */

static void slouch_at_the_right_second(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day_sit(&day);
    day_run(&day, 59);
    day_slouch(&day, true); /* 10:01:00 */
    day_run(&day, 119);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day.n_said, 1);
    assert_int_equal(day.said[0].advice.topic, TOPIC_SLOUCH);
    assert_int_equal(day.said[0].s, AT(10, 3));
    assert_true(day.said[0].advice.quiet);
    assert_int_equal(last_event(EVENT_ALERT)->end_ns, EVENT_OPEN);
    assert_int_equal(last_event(EVENT_ALERT)->id, day.said[0].advice.id);
}

static void slouch_closes_itself(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day_sit(&day);
    day_slouch(&day, true);
    day_run(&day, 120);
    assert_int_equal(day.n_said, 1);
    day_run(&day, 30);
    day_slouch(&day, false);
    day_run(&day, 5);
    assert_int_equal(day.n_said, 1);
    day_run(&day, 1);
    assert_int_equal(day.n_said, 2);
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    assert_int_equal(day.said[1].advice.id, day.said[0].advice.id);
    assert_int_equal(last_event(EVENT_ANSWER)->reason, ANSWER_RECOVERED);
    assert_float_equal(last_event(EVENT_ALERT)->value, 31, 0.001);
    assert_int_equal(last_event(EVENT_ALERT)->end_ns, day.now.t_ns);
}

static void slouch_ladder_and_rest(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day.config.break_after_min = 240;
    day.config.max_per_hour = 10;
    day_configure(&day);
    day_sit(&day);
    day_slouch(&day, true);
    day_run(&day, 25 * 60);
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 3);
    assert_true(shown(TOPIC_SLOUCH, 0)->quiet);
    assert_false(shown(TOPIC_SLOUCH, 1)->quiet);
    assert_int_equal(shown_s(TOPIC_SLOUCH, 1) - shown_s(TOPIC_SLOUCH, 0), 300 + 120);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 3);
    int64_t third_ignored_s = shown_s(TOPIC_SLOUCH, 2) + 300;
    day_run_until(&day, third_ignored_s + 3600 - 1);
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 3);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 4);
    assert_string_not_equal(shown(TOPIC_SLOUCH, 3)->title, shown(TOPIC_SLOUCH, 1)->title);
}

static void a_recovery_breaks_the_row(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day.config.break_after_min = 240;
    day.config.max_per_hour = 10;
    day_configure(&day);
    day_sit(&day);
    for (int spell = 0; spell < 5; spell++) {
        day_slouch(&day, true);
        day_run(&day, spell == 2 ? 130 : 421); /* the third recovers in time */
        day_slouch(&day, false);
        day_run(&day, 10);
    }
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 5);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 4);
}

static void slouch_only_in_hours_and_out_of_quiet(void **state)
{
    (void)state;
    static const struct {
        int64_t start_s;
        bool quiet;
        unsigned expected;
    } rows[] = {
        {AT(7, 50), false, 0},          {AT(8, 0), false, 1},           {AT(12, 0), true, 0},
        {AT(17, 20), false, 1},         {AT(17, 29), false, 0},         {AT(5 * 24 + 10, 0), false, 0},
        {AT(6 * 24 + 10, 0), false, 0}, {AT(7 * 24 + 10, 0), false, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(rows[i].start_s);
        if (rows[i].quiet) day.config.quiet = (struct hours){.days = 0x7f, .from_min = 720, .to_min = 780};
        day_configure(&day);
        day_sit(&day);
        day_slouch(&day, true);
        day_run(&day, 4 * 60);
        assert_int_equal(day.n_said, rows[i].expected);
        day_end(&day);
    }
    begin(0);
}

static void slouch_waits_for_the_hours(void **state)
{
    (void)state;
    begin(AT(7, 30));
    day.config.break_after_min = 240;
    day_configure(&day);
    day_sit(&day);
    day_slouch(&day, true);
    day_run_until(&day, AT(8, 0) - 1);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 1);
}

/* Nothing is said of a body that is not known. */
static void silent_without_knowledge(void **state)
{
    (void)state;
    static const enum posture postures[] = {POSTURE_LYING, POSTURE_NOT_WORN, POSTURE_MISSING};
    for (size_t i = 0; i < sizeof postures / sizeof postures[0]; i++) {
        begin(AT(10, 0));
        day_sit(&day);
        day_slouch(&day, true);
        day.view.posture = postures[i];
        day_run(&day, 3600);
        assert_int_equal(day.n_said, 0);
        day_end(&day);
    }
    begin(0);
}

/* A zone is only said of one who sits or stands: which of the two need not be sure. */
static void said_whether_sitting_or_standing(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day_sit(&day);
    day_slouch(&day, true);
    day.view.posture = POSTURE_UNSURE;
    day_run(&day, 121);
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 1);
}

static void a_lost_sensor_withdraws(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day_sit(&day);
    day_slouch(&day, true);
    day_run(&day, 121);
    assert_int_equal(day.n_said, 1);
    day.silent = true;
    day_run(&day, 58);
    assert_int_equal(day.n_said, 1);
    day_run(&day, 10);
    assert_int_equal(day.n_said, 2);
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    assert_float_equal(last_event(EVENT_ALERT)->value, -1, 0);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
}

static void a_doubtful_reference_asks_once(void **state)
{
    (void)state;
    static const enum reference_state states[] = {REFERENCE_STALE, REFERENCE_DOUBTFUL};
    for (size_t i = 0; i < 2; i++) {
        begin(AT(10, 0));
        day_sit(&day);
        day_slouch(&day, true);
        day_run(&day, 60);
        day.view.reference = states[i];
        day_run(&day, 25 * 60);
        assert_int_equal(day_shown(&day, TOPIC_REFERENCE), 1);
        assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 0);
        day.view.reference = REFERENCE_CALIBRATED;
        day_run(&day, 30);
        assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_RECOVERED), 1);
        assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 1);
        day_end(&day);
    }
    begin(0);
}

static void guessed_is_enough_none_is_not(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day_sit(&day);
    day_slouch(&day, true);
    day.view.reference = REFERENCE_NONE;
    day_run(&day, 200);
    assert_int_equal(day.n_said, 0);
    day.view.reference = REFERENCE_GUESSED;
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 1);
}

static void lean_says_the_side_once_an_hour(void **state)
{
    (void)state;
    begin(AT(10, 0));
    day.config.break_after_min = 240;
    day_configure(&day);
    day_sit(&day);
    day.view.in_lean_zone = true;
    day.view.lateral_deg = -14;
    day_run(&day, 120);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_LEAN), 1);
    assert_string_equal(shown(TOPIC_LEAN, 0)->title, "Leaning to the right for a while");
    day_run(&day, 50 * 60);
    assert_int_equal(day_shown(&day, TOPIC_LEAN), 1);
}

static void training_is_quick_and_quiet(void **state)
{
    (void)state;
    static const struct {
        int64_t start_s, delay_s;
    } rows[] = {{AT(8, 30), 120}, {AT(9, 2), 10}, {AT(9, 30), 120}, {AT(13, 5), 10}, {AT(13, 11), 120}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(rows[i].start_s - 1);
        day.config.training = true;
        day_configure(&day);
        day_sit(&day);
        day_slouch(&day, true);
        day_run(&day, 130);
        assert_int_equal(shown_s(TOPIC_SLOUCH, 0), rows[i].start_s + rows[i].delay_s);
        assert_true(shown(TOPIC_SLOUCH, 0)->quiet);
        day_end(&day);
    }
    begin(0);
}

/* ---- the break prompt -------------------------------------------------------------------------------------------- */

static void break_after_thirty_minutes(void **state)
{
    (void)state;
    begin(AT(9, 0) - 1);
    day_sit(&day);
    day_run_until(&day, AT(9, 30) - 1);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
    assert_true(shown(TOPIC_BREAK, 0)->quiet);
    day_stand(&day);
    day_run(&day, 59);
    assert_int_equal(day.n_said, 1);
    day_run(&day, 1);
    assert_int_equal(day.n_said, 2);
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    assert_int_equal(last_event(EVENT_ANSWER)->reason, ANSWER_RECOVERED);
    assert_float_equal(last_event(EVENT_ALERT)->value, 0, 0.001);
}

static void break_comes_again_louder(void **state)
{
    (void)state;
    begin(AT(9, 0) - 1);
    day_sit(&day);
    day_run_until(&day, AT(10, 31));
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 3);
    assert_int_equal(shown_s(TOPIC_BREAK, 0), AT(9, 30));
    assert_true(shown(TOPIC_BREAK, 0)->quiet);
    assert_int_equal(shown_s(TOPIC_BREAK, 1), AT(10, 0));
    assert_false(shown(TOPIC_BREAK, 1)->quiet);
}

/* Standing or walking for a minute is the break; less is not. */
static void the_body_takes_the_break(void **state)
{
    (void)state;
    static const struct {
        int stand_s;
        int64_t expected_s;
    } rows[] = {{20, AT(9, 30)}, {59, AT(9, 30)}, {61, AT(9, 55)}, {300, AT(9, 55)}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(9, 0) - 1);
        day_sit(&day);
        day_run_until(&day, AT(9, 25) - rows[i].stand_s);
        day_stand(&day);
        day_run_until(&day, AT(9, 25));
        day_sit(&day);
        day_run_until(&day, AT(10, 0));
        assert_int_equal(shown_s(TOPIC_BREAK, 0), rows[i].expected_s);
        day_end(&day);
    }
    begin(0);
}

static void never_right_after_a_break(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day.config.break_after_min = 5;
    day_configure(&day);
    day_run(&day, 120);
    int64_t break_end_s = day_s(&day);
    day_sit(&day);
    day_run(&day, 3600);
    assert_int_equal(shown_s(TOPIC_BREAK, 0), break_end_s + 600);
}

static void slouch_waits_while_a_break_is_on_the_screen(void **state)
{
    (void)state;
    begin(AT(9, 0) - 1);
    day_sit(&day);
    day_run_until(&day, AT(9, 29));
    day_slouch(&day, true);
    day_run_until(&day, AT(9, 39));
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
    day_run_until(&day, AT(9, 49)); /* and ten minutes after it was let lie */
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 0);
    day_run_until(&day, AT(9, 51));
    assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(slouch_at_the_right_second, teardown),
        cmocka_unit_test_teardown(slouch_closes_itself, teardown),
        cmocka_unit_test_teardown(slouch_ladder_and_rest, teardown),
        cmocka_unit_test_teardown(a_recovery_breaks_the_row, teardown),
        cmocka_unit_test_teardown(slouch_only_in_hours_and_out_of_quiet, teardown),
        cmocka_unit_test_teardown(slouch_waits_for_the_hours, teardown),
        cmocka_unit_test_teardown(silent_without_knowledge, teardown),
        cmocka_unit_test_teardown(said_whether_sitting_or_standing, teardown),
        cmocka_unit_test_teardown(a_lost_sensor_withdraws, teardown),
        cmocka_unit_test_teardown(a_doubtful_reference_asks_once, teardown),
        cmocka_unit_test_teardown(guessed_is_enough_none_is_not, teardown),
        cmocka_unit_test_teardown(lean_says_the_side_once_an_hour, teardown),
        cmocka_unit_test_teardown(training_is_quick_and_quiet, teardown),
        cmocka_unit_test_teardown(break_after_thirty_minutes, teardown),
        cmocka_unit_test_teardown(break_comes_again_louder, teardown),
        cmocka_unit_test_teardown(the_body_takes_the_break, teardown),
        cmocka_unit_test_teardown(never_right_after_a_break, teardown),
        cmocka_unit_test_teardown(slouch_waits_while_a_break_is_on_the_screen, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
