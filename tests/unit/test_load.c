/* What a routine is chosen by, from minutes and workouts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/coach_day.h"

#include <math.h>
#include <stdio.h>

static struct day day;

static struct minute minute_at(int local_s, float slouch_s, float lean_left_s)
{
    struct minute m = {.minute = (MONDAY_WALL_S + local_s - 3600) / 60,
                       .utc_offset_s = 3600,
                       .slouch_sitting_s = slouch_s,
                       .lean_left_s = lean_left_s};
    m.posture_s[POSTURE_SITTING] = 60;
    return m;
}

static void give(int local_s, float slouch_s, float lean_left_s)
{
    struct coach_out out;
    struct minute m = minute_at(local_s, slouch_s, lean_left_s);
    coach_on_minute(day.coach, &m, &day.now, &out);
}

static void minutes_have_their_times(void **state)
{
    (void)state;
    struct load l;
    day_begin(&day, AT(9, 0));
    day_run(&day, 1);
    give(AT(9, 0), 0, 0);
    give(AT(9, 40), 30, 0);
    give(AT(11, 30), 30, 60);
    day_run(&day, 3 * 3600);
    coach_load(day.coach, &day.now, &l);
    assert_string_equal(l.sitting_since, "09:00");
    assert_string_equal(l.slouch_since, "09:40");
    assert_string_equal(l.flexed_since, "");
    assert_true(fabs(l.slouch_min - 1) < 1e-9);
    assert_true(fabs(l.slouch_2h_min - 0.5) < 1e-9);
    assert_true(fabs(l.asymmetry_1h_min - 1) < 1e-9);
    struct minute m = minute_at(AT(11, 30), 30, 60);
    coach_take_back_minute(day.coach, &m);
    m = minute_at(AT(9, 40), 30, 0);
    coach_take_back_minute(day.coach, &m);
    coach_load(day.coach, &day.now, &l);
    assert_string_equal(l.slouch_since, "");
    assert_true(fabs(l.slouch_2h_min) < 1e-9 && fabs(l.asymmetry_1h_min) < 1e-9);
    day_end(&day);
}

static void workouts_around_now(void **state)
{
    (void)state;
    static const struct {
        int at_s;
        const char *next, *done, *running;
        enum moment fits;
    } rows[] = {
        {AT(7, 59), "", "", "", MOMENT_MICRO},      {AT(9, 10), "12:00", "", "", MOMENT_MICRO},
        {AT(11, 0), "12:00", "", "", MOMENT_PRE},   {AT(12, 30), "", "", "13:00", MOMENT_MICRO},
        {AT(13, 0), "", "13:00", "", MOMENT_POST},  {AT(14, 30), "18:00", "13:00", "", MOMENT_POST},
        {AT(15, 1), "18:00", "", "", MOMENT_MICRO}, {AT(17, 0), "18:00", "", "", MOMENT_PRE},
        {AT(20, 59), "", "19:00", "", MOMENT_POST}, {AT(21, 30), "", "", "", MOMENT_EVENING},
        {AT(27, 0), "", "", "", MOMENT_EVENING},    {AT(28, 0), "", "", "", MOMENT_MICRO},
    };
    const int64_t utc = MONDAY_WALL_S - 3600;
    struct workout w[2] = {
        {.start_wall_s = utc + AT(12, 0), .end_wall_s = utc + AT(13, 0), .type = WORKOUT_RUN, .title = "Lunch"},
        {.start_wall_s = utc + AT(18, 0), .end_wall_s = utc + AT(19, 0), .type = WORKOUT_SQUAT}};
    day_begin(&day, AT(7, 0));
    coach_set_workouts(day.coach, w, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct now now = {.wall_ns = SECONDS_NS(utc + rows[i].at_s), .utc_offset_s = 3600};
        struct load l;
        coach_load(day.coach, &now, &l);
        if (l.fits != rows[i].fits) print_message("row %zu\n", i);
        assert_string_equal(l.next.at, rows[i].next);
        assert_string_equal(l.done.at, rows[i].done);
        assert_string_equal(l.running.at, rows[i].running);
        assert_int_equal(l.fits, rows[i].fits);
        assert_int_equal(l.hard_soon, rows[i].at_s < AT(18, 0));
    }
    day_end(&day);
}

static void races_and_sessions_are_minded(void **state)
{
    (void)state;
    struct workout w = {
        .start_wall_s = MONDAY_WALL_S + AT(48, 0), .end_wall_s = MONDAY_WALL_S + AT(49, 0), .type = WORKOUT_RUN};
    struct wearer wearer = {.sore_wall_s = INT64_MIN, .session_wall_s = INT64_MIN, .range_wall_s = INT64_MIN};
    struct now now = {.wall_ns = SECONDS_NS(MONDAY_WALL_S)};
    struct load l;
    day_begin(&day, AT(7, 0));
    coach_set_workouts(day.coach, &w, 1);
    coach_set_wearer(day.coach, &wearer);
    coach_load(day.coach, &now, &l);
    assert_false(l.hard_soon || l.massage_rests);
    snprintf(w.title, sizeof w.title, "City Race");
    coach_set_workouts(day.coach, &w, 1);
    wearer.session_wall_s = MONDAY_WALL_S - 6 * 86400;
    coach_set_wearer(day.coach, &wearer);
    coach_load(day.coach, &now, &l);
    assert_true(l.hard_soon && l.massage_rests);
    now.wall_ns -= SECONDS_NS(1); /* more than two days before */
    coach_load(day.coach, &now, &l);
    assert_false(l.hard_soon);
    day_end(&day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minutes_have_their_times),
        cmocka_unit_test(workouts_around_now),
        cmocka_unit_test(races_and_sessions_are_minded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
