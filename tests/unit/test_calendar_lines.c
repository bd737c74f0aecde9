/* What a child that reads calendars may answer, and what is made of it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/calendar_lines.h"

#include <string.h>

#define FROM_S 1791900000LL
#define TO_S (FROM_S + 15 * 86400LL)

static struct config config;
static struct calendar_lines lines;

static int setup(void **state)
{
    (void)state;
    config_default(&config);
    return 0;
}

static bool read_text(const char *text, size_t n)
{
    calendar_lines_begin(&lines, &config, FROM_S, TO_S);
    calendar_lines_push(&lines, text, n);
    return calendar_lines_whole(&lines);
}

static bool read_all(const char *text) { return read_text(text, strlen(text)); }

static const char good[] = "event 1791910000 1791913600 busy timed Review with B.\n"
                           "event 1791912000 1791915000 busy timed Talk\n"
                           "event 1791920000 1791923600 free timed Morning run\n"
                           "note work.ics: one event was too long; shorten it\n"
                           "event 1791930000 1792016400 busy allday Run to the hills\n"
                           "event 1791940000 1791943600 free timed Lunch\n"
                           "event 1791950000 1792050000 busy timed On call\n"
                           "event 1791960000 1791960000 busy timed Reminder: gym\n"
                           "event 1791970000 1791973600 busy timed Gym: legs!\n"
                           "end\n";

static void workouts_and_busy_stretches(void **state)
{
    (void)state;
    assert_true(read_all(good));
    const struct agenda_calendar *c = &lines.calendar;
    assert_int_equal(c->n_workouts, 2);
    assert_int_equal(c->workout[0].start_wall_s, 1791920000);
    assert_int_equal(c->workout[0].type, WORKOUT_RUN);
    assert_string_equal(c->workout[0].title, "Morning run");
    assert_int_equal(c->workout[1].type, WORKOUT_SQUAT);
    assert_int_equal(c->n_busy, 1);
    assert_int_equal(c->busy[0].from_wall_s, 1791910000);
    assert_int_equal(c->busy[0].to_wall_s, 1791915000);
    assert_int_equal(lines.n_notes, 1);
    assert_string_equal(lines.note, "work.ics: one event was too long; shorten it");
}

static void other_titles_are_forgotten(void **state)
{
    (void)state;
    assert_true(read_all(good));
    static const char *const secret[] = {"Review", "Talk", "Lunch", "On call", "Reminder"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
        assert_null(memmem(&lines, sizeof lines, secret[i], strlen(secret[i])));
}

static void stretches_that_touch_are_one(void **state)
{
    (void)state;
    assert_true(read_all("event 1791910000 1791913600 busy timed A\nevent 1791913600 1791917200 busy timed B\n"
                         "event 1791917201 1791920000 busy timed C\nend\n"));
    assert_int_equal(lines.calendar.n_busy, 2);
    assert_int_equal(lines.calendar.busy[0].to_wall_s, 1791917200);
    assert_int_equal(lines.calendar.busy[1].from_wall_s, 1791917201);
}

static void nothing_makes_busy_when_told_so(void **state)
{
    (void)state;
    config.calendar_busy = false;
    assert_true(read_all(good));
    assert_int_equal(lines.calendar.n_busy, 0);
    assert_int_equal(lines.calendar.n_workouts, 2);
}

/* A workout takes at most half a day, a meeting less than one. */
static void long_ones_are_neither(void **state)
{
    (void)state;
    static const struct {
        const char *title;
        int64_t length_s;
        unsigned workouts, busy;
    } rows[] = {{"gym", 12 * 3600, 1, 0},    {"gym", 12 * 3600 + 1, 0, 1}, {"Away", 86399, 0, 1},
                {"Away", 86400, 0, 0},       {"gym", 86400, 0, 0},         {"gym", 0, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "event %lld %lld busy timed %s\nend\n", (long long)FROM_S + 3600,
                 (long long)FROM_S + 3600 + rows[i].length_s, rows[i].title);
        assert_true(read_all(text));
        assert_int_equal(lines.calendar.n_workouts, rows[i].workouts);
        assert_int_equal(lines.calendar.n_busy, rows[i].busy);
    }
}

static void half_an_answer_is_none(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof good - 1; n++) assert_false(read_text(good, n));
}

static void bytes_may_come_one_by_one(void **state)
{
    (void)state;
    calendar_lines_begin(&lines, &config, FROM_S, TO_S);
    for (size_t i = 0; good[i]; i++) assert_true(calendar_lines_push(&lines, good + i, 1));
    assert_true(calendar_lines_whole(&lines));
    assert_int_equal(lines.calendar.n_workouts, 2);
}

static void wrong_answers(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"hello\n", "not known"},
        {"\n", "not known"},
        {"event\n", "not known"},
        {"event 1 2\n", "a time"},
        {"event -1 2 busy timed x\n", "a time"},
        {"event 1791910000 99999999999 busy timed x\n", "a time"},
        {"event 1791910000 9999999999 busy timed x\n", "a time"},
        {"event 18446744073709551617 18446744073709551618 busy timed x\n", "a time"},
        {"event 0x10 1791913600 busy timed x\n", "a time"},
        {"event  1791910000 1791913600 busy timed x\n", "a time"},
        {"event 1791913600 1791910000 busy timed x\n", "before its start"},
        {"event 1791913600 1791919000 busy timed x\nevent 1791913599 1791919000 busy timed x\n", "out of order"},
        {"event 1791910000 1791913600 maybe timed x\n", "neither busy nor free"},
        {"event 1791910000 1791913600 busy weekly x\n", "neither timed nor"},
        {"end\nend\n", "behind its end"},
        {"end\nevent 1791910000 1791913600 busy timed x\n", "behind its end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(read_all(rows[i][0]));
        if (!lines.fault || !strstr(lines.fault, rows[i][1])) fail_msg("%s: %s", rows[i][0], lines.fault);
    }
    assert_false(read_text("event 1791910000 1791913600 busy timed a\0b\nend\n", 48));
    assert_true(read_all("end\n"));
}

/* No title, however made, stays longer than a workout's; what is not UTF-8 is made so. */
static void strange_titles(void **state)
{
    (void)state;
    char text[CALENDAR_LINE_LEN + 64] = "event 1791910000 1791913600 busy timed run ";
    size_t n = strlen(text);
    for (int byte = 1; byte < 256; byte++) {
        if (byte == '\n') continue;
        memset(text + n, byte, 120);
        memcpy(text + n + 120, "\nend\n", 6);
        assert_true(read_all(text));
        assert_non_null(memchr(lines.calendar.workout[0].title, 0, WORKOUT_TITLE_MAX));
    }
    memset(text + n, 'x', CALENDAR_LINE_LEN - n);
    memcpy(text + CALENDAR_LINE_LEN, "\nend\n", 6);
    assert_false(read_all(text));
    assert_string_equal(lines.fault, "a line too long");
}

static void too_much(void **state)
{
    (void)state;
    char line[128];
    calendar_lines_begin(&lines, &config, FROM_S, TO_S);
    for (int i = 0; i < CALENDAR_LINES_MAX; i++) {
        int n = snprintf(line, sizeof line, "event %lld %lld busy timed %s\n", FROM_S + i * 1000,
                         FROM_S + i * 1000 + 500, i % 2 ? "run" : "Meeting");
        assert_true(calendar_lines_push(&lines, line, (size_t)n));
    }
    assert_int_equal(lines.calendar.n_workouts, WORKOUTS_MAX);
    assert_int_equal(lines.calendar.n_busy, BUSY_MAX);
    assert_int_equal(lines.left_out, CALENDAR_LINES_MAX - WORKOUTS_MAX - BUSY_MAX);
    assert_false(calendar_lines_push(&lines, "end\n", 4));
    assert_string_equal(lines.fault, "too many lines");
    calendar_lines_begin(&lines, &config, FROM_S, TO_S);
    memset(line, 'x', sizeof line);
    while (calendar_lines_push(&lines, "note ", 5) && calendar_lines_push(&lines, line, sizeof line) &&
           calendar_lines_push(&lines, "\n", 1)) {
    }
    assert_true(lines.n_bytes <= CALENDAR_BYTES_MAX + 1);
    assert_non_null(lines.fault);
}

/* As the reader's own bounds allow (tools/calendar). */
static void a_full_answer_is_taken(void **state)
{
    (void)state;
    char line[512], title[121] = "", file[128] = "";
    memset(title, 'x', 120);
    memset(file, 'f', 127);
    calendar_lines_begin(&lines, &config, FROM_S, TO_S);
    for (int i = 0; i < 512; i++) {
        int n = snprintf(line, sizeof line, "event %lld %lld busy allday %s\n", FROM_S + i, FROM_S + i + 500, title);
        assert_true(calendar_lines_push(&lines, line, (size_t)n));
    }
    for (int i = 0; i < 41; i++) {
        int n = snprintf(line, sizeof line, "note %s: %s\n", file, title);
        assert_true(calendar_lines_push(&lines, line, (size_t)n));
    }
    assert_true(calendar_lines_push(&lines, "end\n", 4));
    assert_true(calendar_lines_whole(&lines));
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *title, *words;
        bool found;
        enum workout_type type;
    } rows[] = {
        {"Squat 5x5", "", true, WORKOUT_SQUAT},
        {"LEG DAY", "", true, WORKOUT_SQUAT},
        {"Gym", "", true, WORKOUT_UNKNOWN},
        {"gym (press and pull)", "", true, WORKOUT_UPPER},
        {"Yoga/Pilates", "", true, WORKOUT_YOGA},
        {"post-run coffee", "", true, WORKOUT_RUN},
        {"post-run coffee", "-run", false, WORKOUT_UNKNOWN},
        {"Press conference", "", false, WORKOUT_UPPER},
        {"Pull request review", "", false, WORKOUT_UPPER},
        {"Push day", "push, padel", true, WORKOUT_UPPER},
        {"Padel med Åsa", "push, padel", true, WORKOUT_UNKNOWN},
        {"Träning", "träning", true, WORKOUT_UNKNOWN},
        {"Running late", "-running", false, WORKOUT_UNKNOWN},
        {"Brunch", "", false, WORKOUT_UNKNOWN},
        {"unknown", "", false, WORKOUT_UNKNOWN},
        {"", "", false, WORKOUT_UNKNOWN},
        {"...", "", false, WORKOUT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum workout_type type;
        if (calendar_lines_workout(rows[i].title, rows[i].words, &type) != rows[i].found || type != rows[i].type)
            fail_msg("'%s' with '%s': %s", rows[i].title, rows[i].words, workout_type_name(type));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(workouts_and_busy_stretches, setup),
        cmocka_unit_test_setup(other_titles_are_forgotten, setup),
        cmocka_unit_test_setup(stretches_that_touch_are_one, setup),
        cmocka_unit_test_setup(nothing_makes_busy_when_told_so, setup),
        cmocka_unit_test_setup(long_ones_are_neither, setup),
        cmocka_unit_test_setup(half_an_answer_is_none, setup),
        cmocka_unit_test_setup(bytes_may_come_one_by_one, setup),
        cmocka_unit_test_setup(wrong_answers, setup),
        cmocka_unit_test_setup(strange_titles, setup),
        cmocka_unit_test_setup(too_much, setup),
        cmocka_unit_test_setup(a_full_answer_is_taken, setup),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
