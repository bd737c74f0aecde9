/* The prompt before a workout, when the calendar is full, when the workout moves, and with a red flag. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

static int64_t wall_of(int64_t local_s) { return MONDAY_WALL_S - day.now.utc_offset_s + local_s; }

static void set_busy(const int64_t (*local)[2], unsigned n)
{
    struct busy busy[8];
    for (unsigned i = 0; i < n; i++) busy[i] = (struct busy){wall_of(local[i][0]), wall_of(local[i][1])};
    coach_set_busy(day.coach, busy, n);
}

static void set_red_flag(bool on)
{
    struct wearer wearer = {
        .red_flag = on, .sore_wall_s = INT64_MIN, .session_wall_s = INT64_MIN, .range_wall_s = INT64_MIN};
    coach_set_wearer(day.coach, &wearer);
}

/* ---- a full calendar --------------------------------------------------------------------------------------------- */

/* A squat at 18:00; when its prompt comes, 0: it is listed as missed. */
static void the_calendar_decides_when(void **state)
{
    (void)state;
    static const struct {
        int64_t busy[3][2];
        unsigned n;
        int64_t expected_s;
    } rows[] = {
        {{{0}}, 0, AT(17, 35)},
        {{{AT(17, 0), AT(17, 40)}}, 1, AT(17, 40)},                                /* the window is not covered */
        {{{AT(17, 40), AT(18, 0)}}, 1, AT(17, 35)},
        {{{AT(17, 35), AT(17, 50)}}, 1, AT(17, 27)},                               /* just covered */
        {{{AT(17, 35), AT(17, 49)}}, 1, AT(17, 49)},
        {{{AT(17, 0), AT(18, 0)}}, 1, AT(16, 52)},
        {{{AT(17, 30), AT(18, 0)}, {AT(17, 0), AT(17, 30)}}, 2, AT(16, 52)},       /* touching, not in order */
        {{{AT(17, 10), AT(17, 45)}, {AT(16, 50), AT(17, 20)}, {AT(17, 40), AT(17, 55)}}, 3, AT(16, 42)},
        {{{AT(16, 0), AT(17, 0)}, {AT(17, 2), AT(18, 0)}}, 2, AT(17, 0)},          /* two minutes between them */
        {{{AT(16, 0), AT(17, 1) + 30}, {AT(17, 2), AT(18, 0)}}, 2, 0},             /* half a minute is no moment */
        {{{AT(16, 31), AT(18, 0)}}, 1, AT(16, 30)},                                /* T−90 */
        {{{AT(16, 30), AT(18, 0)}}, 1, 0},
        {{{AT(9, 0), AT(18, 0)}}, 1, 0},
        {{{AT(16, 20), AT(16, 55) + 20}, {AT(17, 0), AT(18, 0)}}, 2, AT(16, 55) + 20}, /* less than the routine takes */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(15, 0));
        set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
        set_busy(rows[i].busy, rows[i].n);
        day_run_until(&day, AT(18, 30)); /* nothing is said while it goes on */
        assert_int_equal(day_shown(&day, TOPIC_WORKOUT), rows[i].expected_s > 0);
        if (rows[i].expected_s) assert_int_equal(shown_s(TOPIC_WORKOUT, 0), rows[i].expected_s);
        day_run_until(&day, AT(19, 4));
        assert_int_equal(day_shown(&day, TOPIC_SUMMARY), rows[i].expected_s == 0);
        if (!rows[i].expected_s) {
            assert_string_equal(shown(TOPIC_SUMMARY, 0)->body, "Warm-ups missed: 1.");
            assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_WORKOUT), 1);
        }
        day_end(&day);
    }
    begin(0);
}

static void one_that_comes_early_says_why(void **state)
{
    (void)state;
    static const int64_t busy[][2] = {{AT(17, 0), AT(18, 0)}};
    begin(AT(16, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    set_busy(busy, 1);
    day_run_until(&day, AT(17, 0));
    assert_string_equal(shown(TOPIC_WORKOUT, 0)->title, "Warm up for squats at 18:00?");
    assert_non_null(strstr(shown(TOPIC_WORKOUT, 0)->body, "calendar is full"));
    assert_false(shown(TOPIC_WORKOUT, 0)->answers >> ANSWER_SNOOZE & 1); /* there is no later moment */
    day_run_until(&day, AT(17, 59));
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 1);
    assert_int_equal(day_shown(&day, TOPIC_SUMMARY), 0);
}

/* The screen was busy at the planned minute: the first free moment after it will do, if there is one. */
static void a_busy_screen_at_the_planned_minute(void **state)
{
    (void)state;
    static const int64_t busy[][2] = {{AT(17, 0), AT(18, 0)}};
    for (int meeting_ends_early = 0; meeting_ends_early < 2; meeting_ends_early++) {
        begin(AT(16, 0));
        set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
        set_busy(busy, 1);
        day_presence(&day, (struct presence){.do_not_disturb = true});
        day_run_until(&day, AT(17, 20));
        day_presence(&day, (struct presence){0});
        if (meeting_ends_early) set_busy(busy, 0);
        day_run_until(&day, AT(17, 55));
        assert_int_equal(day_shown(&day, TOPIC_WORKOUT), meeting_ends_early);
        day_run_until(&day, AT(19, 4));
        assert_int_equal(day_shown(&day, TOPIC_SUMMARY), !meeting_ends_early);
        day_end(&day);
    }
    begin(0);
}

/* What the wearer wants silent, or slept through, stands in the diary; it is not told afterwards. */
static void silence_that_was_wanted_is_not_summed_up(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        begin(AT(16, 0));
        if (kind == 0) day.config.quiet = (struct hours){.days = 0x7f, .from_min = 960, .to_min = 1080};
        day_configure(&day);
        set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
        if (kind == 1) coach_pause(day.coach, day.now.t_ns + SECONDS_NS(7200));
        if (kind == 2) {
            day.now.t_ns += SECONDS_NS(7000);
            day.now.wall_ns += SECONDS_NS(7000);
        }
        day_run_until(&day, AT(19, 4));
        assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_WORKOUT), 1);
        assert_int_equal(day.n_said, 0);
        day_end(&day);
    }
    begin(0);
}

/* Two workouts whose windows the same meeting covers: one summary lists both. */
static void two_missed_are_one_summary(void **state)
{
    (void)state;
    static const int64_t busy[][2] = {{AT(10, 0), AT(18, 5)}};
    begin(AT(15, 0));
    struct workout w[2] = {{.start_wall_s = wall_of(AT(18, 0)), .end_wall_s = wall_of(AT(18, 1)), .type = WORKOUT_RUN},
                           {.start_wall_s = wall_of(AT(18, 4)), .end_wall_s = wall_of(AT(18, 5)), .type = WORKOUT_ROW}};
    coach_set_workouts(day.coach, w, 2);
    set_busy(busy, 1);
    day_run_until(&day, AT(18, 9));
    assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_WORKOUT), 2);
    assert_int_equal(day_shown(&day, TOPIC_SUMMARY), 1);
    assert_string_equal(shown(TOPIC_SUMMARY, 0)->body, "Warm-ups missed: 2.");
}

/* The later of two may have to be spoken of first. */
static void a_later_workout_may_come_first(void **state)
{
    (void)state;
    static const int64_t busy[][2] = {{AT(17, 41), AT(19, 0)}};
    begin(AT(16, 0));
    struct workout w[2] = {{.start_wall_s = wall_of(AT(18, 4)), .end_wall_s = wall_of(AT(18, 5)), .type = WORKOUT_RUN},
                           {.start_wall_s = wall_of(AT(19, 0)), .end_wall_s = wall_of(AT(19, 9)), .type = WORKOUT_ROW}};
    coach_set_workouts(day.coach, w, 2);
    set_busy(busy, 1);
    day_run_until(&day, AT(18, 0));
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 2);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 0), AT(17, 33));
    assert_string_equal(shown(TOPIC_WORKOUT, 0)->title, "Warm up for rowing at 19:00?");
    assert_string_equal(shown(TOPIC_WORKOUT, 1)->title, "Warm up for your run at 18:04?");
    assert_int_equal(shown_s(TOPIC_WORKOUT, 1), AT(17, 39));
}

/* ---- the list changes -------------------------------------------------------------------------------------------- */

static void a_cancelled_one_is_not_spoken_of(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(17, 35) - 1);
    coach_set_workouts(day.coach, NULL, 0);
    day_run_until(&day, AT(21, 0));
    assert_int_equal(day.n_said, 0);
    assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_WORKOUT), 0);
}

static void a_cancelled_one_is_taken_off_the_screen(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(17, 40));
    coach_set_workouts(day.coach, NULL, 0);
    assert_true(coach_due_ns(day.coach) <= day.now.t_ns + NS_PER_S);
    day_run(&day, 1);
    assert_int_equal(day.n_said, 2);
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    day_run_until(&day, AT(21, 0));
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
    assert_int_equal(day_shown(&day, TOPIC_COUNT), 1);
}

static void a_moved_one_is_offered_anew(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(17, 40));
    set_workout(AT(19, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(17, 45));
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT); /* and back again */
    day_run_until(&day, AT(17, 46));
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 2);
    set_workout(AT(19, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(18, 59));
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 3);
    assert_int_equal(shown_s(TOPIC_WORKOUT, 2), AT(18, 35));
    assert_string_equal(shown(TOPIC_WORKOUT, 2)->title, "Warm up for squats at 19:00?");
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
}

static void a_held_one_that_is_cancelled_is_not_missed(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_presence(&day, (struct presence){.busy = true});
    day_run_until(&day, AT(17, 40));
    coach_set_workouts(day.coach, NULL, 0);
    day_run_until(&day, AT(17, 55));
    day_presence(&day, (struct presence){0});
    day_run_until(&day, AT(18, 30));
    assert_int_equal(day.n_said, 0);
}

/* ---- a red flag -------------------------------------------------------------------------------------------------- */

static void a_red_flag_leaves_the_clinician_only(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_red_flag(true);
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(17, 40));
    const struct advice *a = shown(TOPIC_WORKOUT, 0);
    assert_non_null(strstr(a->body, "clinician"));
    assert_null(strcasestr(a->title, "warm up"));
    assert_null(strstr(a->body, "sitting"));
    assert_string_equal(a->figure, "");
    assert_int_equal(a->answers, 1u << ANSWER_DONE);
    assert_int_equal(day_answer(&day, a->id, ANSWER_DETAILS), 0);
    assert_non_null(strstr(day.said[1].advice.body, "clinician"));
    assert_null(strstr(day.said[1].advice.body, "plumbline routine"));
    day_run_until(&day, AT(21, 0));
    assert_int_equal(day_shown(&day, TOPIC_AFTER), 0);
}

static void a_new_red_flag_takes_the_exercise_away(void **state)
{
    (void)state;
    begin(AT(17, 0));
    set_workout(AT(18, 0), 60, WORKOUT_SQUAT);
    day_run_until(&day, AT(17, 40));
    set_red_flag(true);
    day_run_until(&day, AT(17, 42));
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    assert_int_equal(day_shown(&day, TOPIC_WORKOUT), 2);
    assert_non_null(strstr(shown(TOPIC_WORKOUT, 1)->body, "clinician"));
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
}

/* ---- after it ---------------------------------------------------------------------------------------------------- */

/* Said 5 min after the end, at the latest 2 h after it; of two that followed each other once. */
static void after_it_within_two_hours(void **state)
{
    (void)state;
    static const struct {
        int64_t busy_until_s, expected_s;
    } rows[] = {{0, AT(19, 5)}, {AT(20, 0), AT(20, 0)}, {AT(20, 59), AT(20, 59)}, {AT(21, 1), 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(AT(18, 30));
        struct workout w[2] = {
            {.start_wall_s = wall_of(AT(17, 0)), .end_wall_s = wall_of(AT(18, 0)), .type = WORKOUT_RUN},
            {.start_wall_s = wall_of(AT(18, 0)), .end_wall_s = wall_of(AT(19, 0)), .type = WORKOUT_SQUAT}};
        coach_set_workouts(day.coach, w, 2);
        day_presence(&day, (struct presence){.locked = rows[i].busy_until_s > 0});
        if (rows[i].busy_until_s) day_run_until(&day, rows[i].busy_until_s - 1);
        day_presence(&day, (struct presence){0});
        day_run_until(&day, AT(22, 0));
        assert_int_equal(day_shown(&day, TOPIC_AFTER), rows[i].expected_s > 0);
        if (rows[i].expected_s) assert_in_range(shown_s(TOPIC_AFTER, 0), rows[i].expected_s - 1, rows[i].expected_s);
        day_end(&day);
    }
    begin(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_calendar_decides_when, teardown),
        cmocka_unit_test_teardown(one_that_comes_early_says_why, teardown),
        cmocka_unit_test_teardown(a_busy_screen_at_the_planned_minute, teardown),
        cmocka_unit_test_teardown(silence_that_was_wanted_is_not_summed_up, teardown),
        cmocka_unit_test_teardown(two_missed_are_one_summary, teardown),
        cmocka_unit_test_teardown(a_later_workout_may_come_first, teardown),
        cmocka_unit_test_teardown(a_cancelled_one_is_not_spoken_of, teardown),
        cmocka_unit_test_teardown(a_cancelled_one_is_taken_off_the_screen, teardown),
        cmocka_unit_test_teardown(a_moved_one_is_offered_anew, teardown),
        cmocka_unit_test_teardown(a_held_one_that_is_cancelled_is_not_missed, teardown),
        cmocka_unit_test_teardown(a_red_flag_leaves_the_clinician_only, teardown),
        cmocka_unit_test_teardown(a_new_red_flag_takes_the_exercise_away, teardown),
        cmocka_unit_test_teardown(after_it_within_two_hours, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
