/* Where workouts come from, which of them are one, and what was called off. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/agenda.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MONDAY_S 1792368000LL /* 2026-10-19 00:00 UTC */
#define AT(hour, minute) (MONDAY_S - 7200 + (hour)*3600LL + (minute)*60)

static struct agenda agenda;
static struct config config;

static int setup(void **state)
{
    char why[128];
    (void)state;
    setenv("TZ", "Europe/Stockholm", 1);
    tzset();
    memset(&agenda, 0, sizeof agenda);
    config_default(&config);
    assert_int_equal(schedule_parse_rule("Mon,Wed 18:00 60m squat \"Leg day\"", &config.workout[0], why), 0);
    config.n_workout = 1;
    return 0;
}

static struct workout one(int64_t start_s, int minutes, enum workout_type type, const char *title)
{
    struct workout w = {.start_wall_s = start_s, .end_wall_s = start_s + minutes * 60, .type = type};
    snprintf(w.title, sizeof w.title, "%s", title);
    return w;
}

static void tell(struct workout w) { assert_int_equal(agenda_tell(&agenda, &w), 0); }
static void calendar(struct workout w) { agenda.calendar.workout[agenda.calendar.n_workouts++] = w; }
static void lay_out(void) { agenda_lay_out(&agenda, &config, AT(8, 0)); }

static void expect(unsigned i, int64_t start_s, enum agenda_source source, const char *title)
{
    assert_true(i < agenda.n);
    assert_int_equal(agenda.workout[i].start_wall_s, start_s);
    assert_int_equal(agenda.source[i], source);
    assert_string_equal(agenda.workout[i].title, title);
}

/* The clocks go back on Sunday the 25th. */
static void rules_keep_their_hour(void **state)
{
    (void)state;
    lay_out();
    assert_int_equal(agenda.n, 4);
    expect(0, AT(18, 0), AGENDA_CONFIG, "Leg day");
    expect(1, AT(18, 0) + 2 * 86400, AGENDA_CONFIG, "Leg day");
    expect(2, AT(18, 0) + 7 * 86400 + 3600, AGENDA_CONFIG, "Leg day");
}

static void the_calendar_goes_before_the_rule(void **state)
{
    (void)state;
    calendar(one(AT(18, 15), 90, WORKOUT_SQUAT, "Squats"));
    calendar(one(AT(18, 15), 90, WORKOUT_SQUAT, "Squats, the same once more"));
    calendar(one(AT(18, 10) + 2 * 86400, 60, WORKOUT_RUN, "Run"));
    lay_out();
    assert_int_equal(agenda.n, 5);
    expect(0, AT(18, 15), AGENDA_CALENDAR, "Squats");
    expect(1, AT(18, 0) + 2 * 86400, AGENDA_CONFIG, "Leg day");
    expect(2, AT(18, 10) + 2 * 86400, AGENDA_CALENDAR, "Run");
    agenda.calendar.workout[0].start_wall_s = AT(18, 16); /* moved out of reach: both */
    agenda.calendar.n_workouts = 1;
    lay_out();
    assert_int_equal(agenda.n, 5);
}

static void what_was_told_goes_before_both(void **state)
{
    (void)state;
    calendar(one(AT(12, 0), 60, WORKOUT_RUN, "Run"));
    tell(one(AT(12, 10), 30, WORKOUT_RUN, "Short run"));
    tell(one(AT(18, 0), 20, WORKOUT_SQUAT, "Leg day")); /* done early: still a line of the configuration */
    lay_out();
    assert_int_equal(agenda.n, 5);
    expect(0, AT(12, 10), AGENDA_ADDED, "Short run");
    expect(1, AT(18, 0), AGENDA_CONFIG, "Leg day");
    assert_int_equal(agenda.workout[1].end_wall_s, AT(18, 20));
}

static void called_off(void **state)
{
    (void)state;
    char why[160];
    calendar(one(AT(18, 10), 60, WORKOUT_SQUAT, "Squats"));
    lay_out();
    int i = agenda_find(&agenda, "next", AT(8, 0), why);
    assert_int_equal(i, 0);
    struct workout w = agenda.workout[i];
    w.end_wall_s = w.start_wall_s;
    tell(w);
    lay_out();
    expect(0, AT(18, 0) + 2 * 86400, AGENDA_CONFIG, "Leg day"); /* and no rule comes in its place */
    tell(one(AT(18, 10), 60, WORKOUT_SQUAT, "Squats"));         /* after all */
    lay_out();
    expect(0, AT(18, 10), AGENDA_CALENDAR, "Squats");
}

static void rows_of_the_diary_stay_the_same_ones(void **state)
{
    (void)state;
    struct workout w = one(AT(12, 0), 60, WORKOUT_RUN, "Run");
    w.id = 17;
    tell(w);
    tell(one(AT(12, 0), 45, WORKOUT_RUN, "Run"));
    lay_out();
    assert_int_equal(agenda.workout[0].id, 17);
    assert_int_equal(agenda.workout[0].end_wall_s, AT(12, 45));
}

static void the_nearest_win(void **state)
{
    (void)state;
    for (int i = 0; i < WORKOUTS_MAX; i++) tell(one(AT(9, 0) + i * 7200, 60, WORKOUT_SWIM, "Swim"));
    struct workout far = one(AT(9, 0) + 40 * 7200, 60, WORKOUT_SWIM, "Swim"),
                   near = one(AT(8, 0), 30, WORKOUT_RUN, "Run");
    assert_int_equal(agenda_tell(&agenda, &far), -ENOSPC);
    tell(near);
    lay_out();
    assert_int_equal(agenda.n, WORKOUTS_MAX);
    expect(0, AT(8, 0), AGENDA_ADDED, "Run");
    expect(6, AT(18, 0), AGENDA_CONFIG, "Leg day"); /* laid out last, and a far one went */
    for (unsigned i = 1; i < agenda.n; i++)
        assert_true(agenda.workout[i - 1].start_wall_s <= agenda.workout[i].start_wall_s);
    assert_true(agenda.left_out > 0);
}

static void the_past_is_let_go(void **state)
{
    (void)state;
    tell(one(AT(6, 0) - 86400, 60, WORKOUT_RUN, "Yesterday"));
    tell(one(AT(12, 0), 60, WORKOUT_RUN, "Today"));
    lay_out();
    assert_int_equal(agenda.n_told, 1);
}

static void which_one_is_meant(void **state)
{
    (void)state;
    tell(one(AT(7, 30), 60, WORKOUT_RUN, "Early"));
    tell(one(AT(12, 0), 60, WORKOUT_YOGA, "Stretch it"));
    lay_out();
    char start[24], why[160];
    snprintf(start, sizeof start, "%lld", (long long)AT(12, 0));
    assert_int_equal(agenda_running(&agenda, AT(8, 0)), 0);
    assert_int_equal(agenda_running(&agenda, AT(8, 30)), -1);
    assert_int_equal(agenda_last(&agenda, AT(7, 0)), -1);
    assert_int_equal(agenda_last(&agenda, AT(11, 0)), 0);
    assert_int_equal(agenda_find(&agenda, "next", AT(8, 0), why), 1);
    assert_int_equal(agenda_find(&agenda, "early", AT(8, 0), why), 0);
    assert_int_equal(agenda_find(&agenda, "early", AT(8, 30), why), -1);
    assert_int_equal(agenda_find(&agenda, "squat", AT(8, 0), why), 2);
    assert_int_equal(agenda_find(&agenda, start, AT(8, 0), why), 1);
    tell(one(AT(13, 0), 60, WORKOUT_RUN, ""));
    lay_out();
    assert_int_equal(agenda_find(&agenda, "", AT(8, 0), why), -1);
    assert_int_equal(agenda_find(&agenda, "17", AT(8, 0), why), -1);
    assert_string_equal(why,
                        "no workout 'Thu 1970-01-01 01:00' is ahead; 'plumbline workout list' shows those that are");
    struct workout w = one(AT(12, 30), 60, WORKOUT_RUN, "");
    assert_int_equal(agenda_overlap(&agenda, &w), 1);
    w = one(AT(13, 0), 60, WORKOUT_RUN, "");
    assert_int_equal(agenda_overlap(&agenda, &w), -1);
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int minutes;
    } rows[] = {{"60m", 60},   {"1h", 60},
                {"1h30m", 90}, {"1h30", 90},
                {"45", 45},    {"24h", 1440},
                {"1441", -1},  {"0", -1},
                {"", -1},      {"h", -1},
                {"-5", -1},    {"60x", -1},
                {"1m1h", -1},  {"99999999999999999999h", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (agenda_minutes(rows[i].text) != rows[i].minutes)
            fail_msg("'%s': %d", rows[i].text, agenda_minutes(rows[i].text));
    static const char *const full[] = {"squat", "Leg day", "45m"}, *const wrong[] = {"quidditch"};
    struct workout w;
    char why[160] = "";
    assert_int_equal(agenda_begin(&w, 3, full, AT(8, 0), why), 0);
    assert_int_equal(w.end_wall_s - w.start_wall_s, 45 * 60);
    assert_string_equal(w.title, "Leg day");
    assert_int_equal(agenda_begin(&w, 2, full, AT(8, 0), why), 0);
    assert_int_equal(w.end_wall_s - w.start_wall_s, 3600);
    assert_int_equal(agenda_begin(&w, 0, full, AT(8, 0), why), -EINVAL);
    assert_int_equal(agenda_begin(&w, 1, wrong, AT(8, 0), why), -EINVAL);
    assert_non_null(strstr(why, "'quidditch' is no kind of workout; use squat, "));
    assert_non_null(strstr(why, "or unknown"));
}

static void bytes_from_elsewhere(void **state)
{
    (void)state;
    struct agenda_calendar c = {0};
    assert_true(agenda_calendar_sound(&c));
    c.n_workouts = 1;
    memset(c.workout[0].title, 'x', sizeof c.workout[0].title);
    assert_false(agenda_calendar_sound(&c));
    c = (struct agenda_calendar){.n_busy = BUSY_MAX + 1};
    assert_false(agenda_calendar_sound(&c));
    c = (struct agenda_calendar){.n_workouts = 1, .workout[0].type = (enum workout_type)99};
    assert_false(agenda_calendar_sound(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rules_keep_their_hour, setup),
        cmocka_unit_test_setup(the_calendar_goes_before_the_rule, setup),
        cmocka_unit_test_setup(what_was_told_goes_before_both, setup),
        cmocka_unit_test_setup(called_off, setup),
        cmocka_unit_test_setup(rows_of_the_diary_stay_the_same_ones, setup),
        cmocka_unit_test_setup(the_nearest_win, setup),
        cmocka_unit_test_setup(the_past_is_let_go, setup),
        cmocka_unit_test_setup(which_one_is_meant, setup),
        cmocka_unit_test(words),
        cmocka_unit_test(bytes_from_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
