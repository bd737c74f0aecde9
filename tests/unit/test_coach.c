/* The coach as its callers see it: names, load, notices, deadlines, status. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "coach_day.h"

#include <math.h>

static struct day day;

static int teardown(void **state)
{
    (void)state;
    day_end(&day);
    return 0;
}

static void names_go_there_and_back(void **state)
{
    (void)state;
    assert_string_equal(topic_name(TOPIC_SENSOR_LOST), "sensor-lost");
    assert_string_equal(topic_name(TOPIC_COUNT), "");
    for (int a = 0; a < ANSWER_COUNT; a++) {
        assert_string_not_equal(answer_name((enum answer)a), "");
        assert_int_equal(answer_find(answer_name((enum answer)a)), a);
    }
    assert_int_equal(answer_find("maybe"), ANSWER_COUNT);
    for (int m = 0; m < MOMENT_COUNT; m++) assert_int_equal(moment_find(moment_name((enum moment)m)), m);
    assert_int_equal(moment_find("noon"), MOMENT_COUNT);
    assert_string_equal(item_kind_name(ITEM_BALL_RELEASE), "ball-release");
}

static void minutes_of_sitting(int64_t first_local_s, int n)
{
    for (int i = 0; i < n; i++) {
        struct coach_out out;
        struct minute m = {.minute = (MONDAY_WALL_S + first_local_s - day.now.utc_offset_s) / 60 + i,
                           .utc_offset_s = day.now.utc_offset_s,
                           .slouch_sitting_s = 15,
                           .slouch_standing_s = 5,
                           .lean_left_s = 6,
                           .lean_right_s = 18,
                           .creep = 0.25f};
        m.posture_s[POSTURE_SITTING] = 60;
        m.bin_s[5] = 12;
        m.bin_s[4] = 48;
        coach_on_minute(day.coach, &m, &day.now, &out);
        day_note(&day, &out);
    }
}

static void the_load_is_summed(void **state)
{
    (void)state;
    struct coach_out out;
    struct load load;
    day_begin(&day, AT(12, 0));
    day_run(&day, 1);
    minutes_of_sitting(AT(9, 0), 120);
    minutes_of_sitting(-AT(9, 0), 60); /* Sunday's do not count */
    struct event bout = {.kind = EVENT_SITTING, .start_ns = day.now.t_ns - SECONDS_NS(3700), .end_ns = EVENT_OPEN};
    coach_on_event(day.coach, &bout, &day.now, &out);
    bout.end_ns = day.now.t_ns;
    coach_on_event(day.coach, &bout, &day.now, &out);
    day.view.creep = 0.5f;
    day_sit(&day);
    day_run(&day, 31 * 60);
    coach_load(day.coach, &day.now, &load);
    assert_float_equal(load.slouch_min, 40, 1e-6);
    assert_float_equal(load.flexed_min, 24, 1e-6);
    assert_float_equal(load.sitting_h, 2, 1e-6);
    assert_float_equal(load.asymmetry_min, -24, 1e-6);
    assert_float_equal(load.open_bout_min, 31, 1e-6);
    assert_float_equal(load.creep, 0.5, 1e-6);
    assert_int_equal(load.bouts_30, 2);
    assert_int_equal(load.bouts_60, 1);
    assert_int_equal(load.stress, -1);
    assert_false(load.health_answered);
}

static void midnight_begins_a_new_day(void **state)
{
    (void)state;
    struct load load;
    day_begin(&day, AT(23, 0));
    day.silent = true;
    day_run(&day, 1);
    minutes_of_sitting(AT(21, 0), 60);
    day_run_until(&day, AT(24, 0) - 1);
    coach_load(day.coach, &day.now, &load);
    assert_float_equal(load.sitting_h, 1, 1e-6);
    day_run(&day, 1);
    coach_load(day.coach, &day.now, &load);
    assert_float_equal(load.sitting_h, 0, 1e-6);
}

static void the_report_comes_at_the_end_of_the_day(void **state)
{
    (void)state;
    static const struct {
        int minutes;
        bool on;
        unsigned expected;
    } rows[] = {{40, true, 1}, {40, false, 0}, {10, true, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        day_begin(&day, AT(17, 0));
        day.config.notice_report = rows[i].on;
        day_configure(&day);
        day_run(&day, 1);
        minutes_of_sitting(AT(16, 0), rows[i].minutes);
        day_run_until(&day, AT(20, 0));
        assert_int_equal(day_shown(&day, TOPIC_REPORT), rows[i].expected);
        if (rows[i].expected) assert_int_equal(day.said[day_nth(&day, TOPIC_REPORT, 0)].s, AT(17, 30));
        day_end(&day);
    }
    day_begin(&day, 0);
}

/* A day in two halves has one report, after the second. */
static void a_lunch_break_is_not_the_end(void **state)
{
    (void)state;
    day_begin(&day, AT(11, 0));
    day.config.work[0] = (struct hours){.days = 0x1f, .from_min = 480, .to_min = 720};
    day.config.work[1] = (struct hours){.days = 0x1f, .from_min = 780, .to_min = 1020};
    day.config.n_work = 2;
    day_configure(&day);
    day_run(&day, 1);
    minutes_of_sitting(AT(9, 0), 60);
    day_run_until(&day, AT(12, 5));
    day.view.posture = POSTURE_NOT_WORN;
    day_run(&day, 60);
    day.silent = true;
    day_run_until(&day, AT(20, 0));
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 0);
    assert_int_equal(day_shown(&day, TOPIC_REPORT), 1);
    assert_int_equal(day.said[day_nth(&day, TOPIC_REPORT, 0)].s, AT(17, 0));
}

static void battery(int percent)
{
    struct coach_out out;
    coach_on_battery(day.coach, percent, &day.now, &out);
    day_note(&day, &out);
}

static void the_battery_is_told_once_a_day(void **state)
{
    (void)state;
    day_begin(&day, AT(10, 0));
    day_run(&day, 1);
    battery(15);
    assert_int_equal(day.n_said, 0);
    battery(14);
    assert_int_equal(day_shown(&day, TOPIC_BATTERY), 1);
    assert_string_equal(day.said[0].advice.title, "Sensor battery at 14 %");
    battery(80);
    assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
    battery(3);
    day_run_until(&day, AT(24, 0) - 1);
    assert_int_equal(day_shown(&day, TOPIC_BATTERY), 1);
    day_run(&day, 60);
    assert_int_equal(day_shown(&day, TOPIC_BATTERY), 2);
}

static void a_lost_sensor_is_told_after_five_minutes(void **state)
{
    (void)state;
    static const struct {
        enum posture last;
        unsigned expected;
    } rows[] = {{POSTURE_SITTING, 1}, {POSTURE_UNSURE, 1}, {POSTURE_NOT_WORN, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        day_begin(&day, AT(10, 0));
        day.view.posture = rows[i].last;
        day_run(&day, 60);
        day.silent = true;
        day_run(&day, 299);
        assert_int_equal(day.n_said, 0);
        day_run(&day, 1);
        assert_int_equal(day_shown(&day, TOPIC_SENSOR_LOST), rows[i].expected);
        day_run(&day, 3600);
        day.silent = false;
        day_run(&day, 2);
        assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_RECOVERED), rows[i].expected);
        assert_int_equal(day_shown(&day, TOPIC_SENSOR_LOST), rows[i].expected);
        day_end(&day);
    }
    day_begin(&day, 0);
}

static void a_sensor_not_seen_is_told_quarter_past(void **state)
{
    (void)state;
    day_begin(&day, AT(7, 0));
    day.silent = true;
    day_run_until(&day, AT(8, 15) - 1);
    assert_int_equal(day.n_said, 0);
    day_run(&day, 1);
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 1);
    day_run_until(&day, AT(12, 0));
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 1);
    day_run_until(&day, AT(24 + 9, 0)); /* on holiday: the same absence is not told of again */
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 1);
}

/* Living by deadlines alone says the same, at the same second, as being asked every second. */
static void deadlines_are_enough(void **state)
{
    (void)state;
    int64_t said_s[2][8] = {{0}};
    unsigned n_said[2];
    for (int by_deadline = 0; by_deadline < 2; by_deadline++) {
        day_begin(&day, AT(7, 0));
        struct workout w = {.start_wall_s = MONDAY_WALL_S + AT(17, 0) + 17,
                            .end_wall_s = MONDAY_WALL_S + AT(18, 0),
                            .type = WORKOUT_RUN};
        coach_set_workouts(day.coach, &w, 1);
        struct coach_out out;
        coach_tick(day.coach, &day.now, &out);
        while (day_s(&day) < AT(22, 0)) {
            int64_t step_ns = by_deadline ? coach_due_ns(day.coach) - day.now.t_ns : NS_PER_S;
            assert_true(step_ns > 0 && step_ns <= SECONDS_NS(60));
            day.now.t_ns += step_ns;
            day.now.wall_ns += step_ns;
            coach_tick(day.coach, &day.now, &out);
            day_note(&day, &out);
        }
        n_said[by_deadline] = day.n_said;
        for (unsigned i = 0; i < day.n_said && i < 8; i++) said_s[by_deadline][i] = day.said[i].s;
        day_end(&day);
    }
    assert_int_equal(n_said[0], n_said[1]);
    assert_true(n_said[0] >= 3);
    assert_memory_equal(said_s[0], said_s[1], sizeof said_s[0]);
    day_begin(&day, 0);
}

static void an_unstarted_coach_has_no_deadline(void **state)
{
    (void)state;
    day_begin(&day, AT(9, 0));
    assert_true(coach_due_ns(day.coach) == INT64_MAX);
}

static void status_tells_what_comes(void **state)
{
    (void)state;
    struct coach_view view;
    day_begin(&day, AT(9, 0) - 1);
    day.config.notice_lost = false;
    day_configure(&day);
    day_sit(&day);
    day_run(&day, 600);
    coach_view(day.coach, &day.now, &view);
    assert_int_equal(view.next_topic, TOPIC_BREAK);
    assert_int_equal(view.next_ns, day.now.t_ns + SECONDS_NS(1800 - 600));
    assert_string_equal(view.held, "");
    day_presence(&day, (struct presence){.do_not_disturb = true});
    coach_view(day.coach, &day.now, &view);
    assert_string_equal(view.held, "do not disturb");
    day_presence(&day, (struct presence){0});
    day_slouch(&day, true);
    day_run(&day, 60);
    coach_view(day.coach, &day.now, &view);
    assert_int_equal(view.next_topic, TOPIC_SLOUCH);
    assert_int_equal(view.next_ns, day.now.t_ns + SECONDS_NS(60));
    day.silent = true;
    day_run(&day, 120);
    coach_view(day.coach, &day.now, &view);
    assert_string_equal(view.held, "posture not known");
}

static void the_workout_around_is_found(void **state)
{
    (void)state;
    static const struct {
        int64_t at_s;
        const char *next, *done, *running; /* by their times */
    } rows[] = {
        {AT(5, 0), "", "", ""},        {AT(6, 0), "10:00", "", ""},   {AT(10, 0), "", "", "11:00"},
        {AT(11, 30), "", "11:00", ""}, {AT(13, 30), "", "", ""},      {AT(14, 30), "18:00", "", ""},
        {AT(18, 59), "", "", "19:00"}, {AT(21, 0), "", "19:00", ""},  {AT(21, 1), "", "", ""},
    };
    struct workout w[2] = {{.start_wall_s = MONDAY_WALL_S + AT(10, 0), .end_wall_s = MONDAY_WALL_S + AT(11, 0)},
                           {.start_wall_s = MONDAY_WALL_S + AT(18, 0), .end_wall_s = MONDAY_WALL_S + AT(19, 0)}};
    day_begin(&day, AT(5, 0));
    coach_set_workouts(day.coach, w, 2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct now now = {.wall_ns = SECONDS_NS(MONDAY_WALL_S + rows[i].at_s)};
        struct load load;
        coach_load(day.coach, &now, &load);
        assert_string_equal(load.next.at, rows[i].next);
        assert_string_equal(load.done.at, rows[i].done);
        assert_string_equal(load.running.at, rows[i].running);
    }
}

static void strange_workouts_are_left_out(void **state)
{
    (void)state;
    struct workout w[] = {{.start_wall_s = INT64_MIN, .end_wall_s = INT64_MAX},
                          {.start_wall_s = 10, .end_wall_s = 5},
                          {.start_wall_s = INT64_MAX - 5, .end_wall_s = INT64_MAX}};
    day_begin(&day, AT(9, 0));
    coach_set_workouts(day.coach, w, 3);
    day_run(&day, 120);
    struct load load;
    coach_load(day.coach, &day.now, &load);
    assert_false(load.next.there || load.running.there || load.done.there);
    assert_int_equal(day.n_said, 0);
}

/* Random views, answers, presence and clock steps for a simulated week: the caps hold, ids are ended at most once, what
 * ends was shown. */
static void chaos_keeps_the_rules(void **state)
{
    (void)state;
    uint32_t seed = 11;
    unsigned shown = 0, ended = 0;
    int64_t spoken_ns[4096];
    bool live[8192] = {false};
    day_begin(&day, AT(7, 0));
    day.config.training = true;
    day_configure(&day);
    struct workout w = {
        .start_wall_s = MONDAY_WALL_S + AT(18, 0), .end_wall_s = MONDAY_WALL_S + AT(19, 0), .type = WORKOUT_ROW};
    coach_set_workouts(day.coach, &w, 1);
    for (int step = 0; step < 7 * 86400 / 5; step++) {
        struct coach_out out;
        seed = seed * 1664525 + 1013904223;
        unsigned dice = (seed >> 8) % 4000;
        day.now.t_ns += SECONDS_NS(5);
        day.now.wall_ns += SECONDS_NS(5);
        day.view.t_ns = day.now.t_ns;
        if (dice < 20) day.view.posture = (enum posture)(dice % POSTURE_COUNT);
        if (dice < 10)
            day_sit(&day);
        else if (dice < 14)
            day_stand(&day);
        if (dice >= 20 && dice < 40) day_slouch(&day, dice % 2);
        if (dice >= 40 && dice < 50) day.view.in_lean_zone = !day.view.in_lean_zone;
        if (dice >= 50 && dice < 54) day.view.reference = (enum reference_state)(dice % 5);
        if (dice == 60) day.now.wall_ns += SECONDS_NS((int)(seed % 7200) - 3600);
        if (dice == 61) day.now.t_ns += SECONDS_NS(1800);
        struct presence p = {
            .locked = dice == 70, .busy = dice == 71, .do_not_disturb = dice == 72, .sharing = dice % 2};
        if (dice >= 70 && dice < 80)
            coach_on_presence(day.coach, &p, &day.now, &out);
        else if (dice >= 80 && dice < 90)
            coach_on_battery(day.coach, (int)(seed % 100), &day.now, &out);
        else if (dice >= 90 && dice < 300)
            coach_on_answer(day.coach, shown, (enum answer)(dice % 9), &day.now, &out);
        else
            coach_on_view(day.coach, &day.view, &day.now, &out);
        for (unsigned i = 0; i < out.n_advice; i++) {
            const struct advice *a = &out.advice[i];
            assert_true(a->id > 0 && a->id < 8192);
            if (a->action == ADVICE_CLOSE) {
                assert_true(live[a->id]);
                live[a->id] = false;
                ended++;
                continue;
            }
            if (live[a->id]) continue; /* its details were asked for */
            assert_int_equal(a->id, shown + 1);
            live[a->id] = true;
            if (shown >= 4) assert_true(day.now.t_ns - spoken_ns[shown - 4] >= SECONDS_NS(3600));
            spoken_ns[shown++] = day.now.t_ns;
        }
        assert_true(coach_due_ns(day.coach) > day.now.t_ns);
    }
    assert_true(shown > 40 && shown <= 8 * 16);
    assert_true(ended + TOPIC_COUNT >= shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_there_and_back),
        cmocka_unit_test_teardown(the_load_is_summed, teardown),
        cmocka_unit_test_teardown(midnight_begins_a_new_day, teardown),
        cmocka_unit_test_teardown(the_report_comes_at_the_end_of_the_day, teardown),
        cmocka_unit_test_teardown(a_lunch_break_is_not_the_end, teardown),
        cmocka_unit_test_teardown(the_battery_is_told_once_a_day, teardown),
        cmocka_unit_test_teardown(a_lost_sensor_is_told_after_five_minutes, teardown),
        cmocka_unit_test_teardown(a_sensor_not_seen_is_told_quarter_past, teardown),
        cmocka_unit_test_teardown(deadlines_are_enough, teardown),
        cmocka_unit_test_teardown(an_unstarted_coach_has_no_deadline, teardown),
        cmocka_unit_test_teardown(status_tells_what_comes, teardown),
        cmocka_unit_test_teardown(the_workout_around_is_found, teardown),
        cmocka_unit_test_teardown(strange_workouts_are_left_out, teardown),
        cmocka_unit_test_teardown(chaos_keeps_the_rules, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
