/* What is asked days after the wearer noted something: soreness, massage sessions, the self-test. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

enum { DAY_S = 86400, NEVER = 0 };

static struct wearer wearer;

/* Local seconds since Monday's midnight; 0: never. */
static void set_wearer(int64_t sore_s, int64_t session_s, int64_t range_s)
{
    const int64_t zero_s = MONDAY_WALL_S - day.now.utc_offset_s;
    wearer.sore_wall_s = sore_s ? zero_s + sore_s : INT64_MIN;
    wearer.session_wall_s = session_s ? zero_s + session_s : INT64_MIN;
    wearer.range_wall_s = range_s ? zero_s + range_s : INT64_MIN;
    coach_set_wearer(day.coach, &wearer);
}

static void begin_silent(int64_t local_s)
{
    wearer = (struct wearer){0};
    begin(local_s);
    day.silent = true; /* none of this but the self-test needs a sensor */
}

/* By deadlines alone: days pass quickly. */
static void run_until(int64_t local_s)
{
    struct coach_out out;
    while (day_s(&day) < local_s) {
        int64_t left_ns = SECONDS_NS(local_s - day_s(&day)), due_ns = coach_due_ns(day.coach) - day.now.t_ns;
        int64_t step_ns = due_ns < left_ns ? due_ns : left_ns;
        day.now.t_ns += step_ns;
        day.now.wall_ns += step_ns;
        coach_tick(day.coach, &day.now, &out);
        day_note(&day, &out);
    }
}

/* ---- soreness ---------------------------------------------------------------------------------------------------- */

static void soreness_is_asked_about_twice(void **state)
{
    (void)state;
    static const struct {
        int64_t noted_s, expected_s[2];
        struct hours quiet;
    } rows[] = {
        {AT(10, 0), {DAY_S + AT(10, 0), 2 * DAY_S + AT(10, 0)}, {0}},
        {AT(6, 30), {DAY_S + AT(8, 0), 2 * DAY_S + AT(8, 0)}, {0}},       /* waits for the morning */
        {AT(20, 59), {DAY_S + AT(20, 59), 2 * DAY_S + AT(20, 59)}, {0}},
        {AT(22, 0), {2 * DAY_S + AT(8, 0), 3 * DAY_S + AT(8, 0)}, {0}},   /* the same, the next one */
        {AT(10, 0), {DAY_S + AT(11, 0), 2 * DAY_S + AT(11, 0)}, {.days = 0x7f, .from_min = 540, .to_min = 660}},
        {AT(22, 0), {2 * DAY_S + AT(10, 0), 3 * DAY_S + AT(10, 0)}, {.days = 0x7f, .from_min = 1260, .to_min = 600}},
        {AT(14, 0), {2 * DAY_S, 2 * DAY_S}, {.days = 0x7f, .from_min = 720, .to_min = 719}}, /* never a moment */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool ever = i + 1 < sizeof rows / sizeof rows[0];
        begin_silent(rows[i].noted_s);
        day.config.quiet = rows[i].quiet;
        day_configure(&day);
        set_wearer(rows[i].noted_s, NEVER, NEVER);
        run_until(6 * DAY_S);
        assert_int_equal(day_shown(&day, TOPIC_SORE), ever ? 2 : 0);
        for (unsigned n = 0; ever && n < 2; n++) assert_int_equal(shown_s(TOPIC_SORE, n), rows[i].expected_s[n]);
        day_end(&day);
    }
    begin(0);
}

static void a_new_soreness_begins_anew(void **state)
{
    (void)state;
    begin_silent(AT(10, 0));
    set_wearer(AT(10, 0), NEVER, NEVER);
    run_until(DAY_S + AT(11, 0));
    set_wearer(DAY_S + AT(11, 0), NEVER, NEVER); /* noted as an answer */
    run_until(5 * DAY_S);
    assert_int_equal(day_shown(&day, TOPIC_SORE), 3);
    assert_int_equal(shown_s(TOPIC_SORE, 2), 3 * DAY_S + AT(11, 0));
}

static void soreness_is_not_asked_about_in_a_workout(void **state)
{
    (void)state;
    begin_silent(AT(10, 0));
    set_wearer(AT(10, 0), NEVER, NEVER);
    set_workout(DAY_S + AT(9, 30), 60, WORKOUT_YOGA);
    run_until(DAY_S + AT(10, 30) - 1);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_SORE), 1);
}

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

static void a_session_is_offered_at_the_wearers_interval(void **state)
{
    (void)state;
    static const struct {
        int weeks;
        int64_t session_s, expected_s;
    } rows[] = {
        {0, AT(1, 0), NEVER},
        {1, AT(10, 0) - 7 * DAY_S, AT(10, 0)},
        {1, AT(3, 0) - 7 * DAY_S, AT(8, 0)}, /* in working hours */
        {4, AT(10, 0) - 27 * DAY_S, DAY_S + AT(10, 0)},
        {8, AT(10, 0) - 7 * DAY_S, NEVER},
        {2, NEVER, AT(8, 0)}, /* none noted so far */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin_silent(AT(2, 0));
        day.config.session_weeks = rows[i].weeks;
        day_configure(&day);
        set_wearer(NEVER, rows[i].session_s, NEVER);
        run_until(6 * DAY_S);
        assert_int_equal(day_shown(&day, TOPIC_SESSION), rows[i].expected_s != NEVER);
        if (rows[i].expected_s) {
            assert_int_equal(shown_s(TOPIC_SESSION, 0), rows[i].expected_s);
            assert_non_null(strstr(shown(TOPIC_SESSION, 0)->body, "licensed therapist can plan with you"));
        }
        day_end(&day);
    }
    begin(0);
}

static void at_most_once_a_week(void **state)
{
    (void)state;
    begin_silent(AT(2, 0));
    day.config.session_weeks = 1;
    day_configure(&day);
    run_until(20 * DAY_S);
    assert_int_equal(day_shown(&day, TOPIC_SESSION), 3);
    assert_int_equal(shown_s(TOPIC_SESSION, 2) - shown_s(TOPIC_SESSION, 1), 7 * DAY_S);
}

static void a_session_noted_takes_the_offer_away(void **state)
{
    (void)state;
    begin_silent(AT(7, 0));
    day.config.session_weeks = 1;
    day_configure(&day);
    run_until(AT(8, 30));
    assert_int_equal(day_shown(&day, TOPIC_SESSION), 1);
    set_wearer(NEVER, AT(8, 30), NEVER);
    day_run(&day, 60);
    assert_int_equal(last_event(EVENT_ANSWER)->reason, ANSWER_RECOVERED);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static void begin_with_self_test(bool on)
{
    wearer = (struct wearer){0};
    begin(AT(7, 0));
    day.config.self_test = on;
    day.config.break_after_min = 180;
    day.config.max_per_hour = 1;
    day_configure(&day);
    set_wearer(NEVER, NEVER, NEVER);
}

/* Of one who stands in the first half of the day; of one who never does after it. Not unasked, nor without a sensor. */
static void the_self_test_prefers_a_stand(void **state)
{
    (void)state;
    static const struct {
        bool on, worn;
        int64_t stands_s, expected_s;
    } rows[] = {{true, true, AT(9, 0), AT(9, 1)}, {true, true, NEVER, AT(12, 0)}, {false, true, AT(9, 0), NEVER},
                {true, false, NEVER, NEVER}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin_with_self_test(rows[i].on);
        day.silent = !rows[i].worn;
        day_sit(&day);
        day_run_until(&day, AT(9, 0));
        if (rows[i].stands_s) day_stand(&day);
        day_run(&day, 90);
        day_sit(&day);
        day_run_until(&day, AT(20, 0));
        assert_int_equal(day_shown(&day, TOPIC_RANGE), rows[i].expected_s != NEVER);
        if (rows[i].expected_s) assert_in_range(shown_s(TOPIC_RANGE, 0), rows[i].expected_s - 1, rows[i].expected_s + 1);
        day_end(&day);
    }
    begin(0);
}

static void the_self_test_rests_a_week(void **state)
{
    (void)state;
    begin_with_self_test(true);
    set_wearer(NEVER, NEVER, AT(7, 0) - 6 * DAY_S);
    day_run_until(&day, AT(20, 0)); /* on his feet all day */
    assert_int_equal(day_shown(&day, TOPIC_RANGE), 0);
    day_run_until(&day, DAY_S + AT(9, 0));
    assert_int_equal(day_shown(&day, TOPIC_RANGE), 1);
    assert_int_equal(shown_s(TOPIC_RANGE, 0), DAY_S + AT(8, 0));
}

/* ---- a red flag -------------------------------------------------------------------------------------------------- */

static void nothing_of_it_with_a_red_flag(void **state)
{
    (void)state;
    begin_silent(AT(7, 0));
    day.config.session_weeks = 1;
    day.config.self_test = true;
    day_configure(&day);
    day.silent = false;
    set_wearer(AT(7, 0) - DAY_S, NEVER, NEVER);
    day_run_until(&day, AT(8, 30));
    assert_true(day_shown(&day, TOPIC_SORE) && day_shown(&day, TOPIC_SESSION) && day_shown(&day, TOPIC_RANGE));
    unsigned before = day_shown(&day, TOPIC_COUNT);
    wearer.red_flag = true;
    coach_set_wearer(day.coach, &wearer);
    day_run(&day, 1);
    unsigned closed = 0; /* what is on the screen goes */
    for (unsigned i = 0; i < day.n_said; i++) closed += day.said[i].advice.action == ADVICE_CLOSE;
    assert_int_equal(closed, 3);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
    run_until(8 * DAY_S);
    assert_int_equal(day_shown(&day, TOPIC_COUNT), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(soreness_is_asked_about_twice, teardown),
        cmocka_unit_test_teardown(a_new_soreness_begins_anew, teardown),
        cmocka_unit_test_teardown(soreness_is_not_asked_about_in_a_workout, teardown),
        cmocka_unit_test_teardown(a_session_is_offered_at_the_wearers_interval, teardown),
        cmocka_unit_test_teardown(at_most_once_a_week, teardown),
        cmocka_unit_test_teardown(a_session_noted_takes_the_offer_away, teardown),
        cmocka_unit_test_teardown(the_self_test_prefers_a_stand, teardown),
        cmocka_unit_test_teardown(the_self_test_rests_a_week, teardown),
        cmocka_unit_test_teardown(nothing_of_it_with_a_red_flag, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
