/* What is said of workouts by socket and script, on a replay's pipeline. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MONDAY_8_S 1792389600LL /* 2026-10-19 08:00 in Stockholm */

static struct daemon d;

static int setup(void **state)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(MONDAY_8_S)};
    (void)state;
    setenv("TZ", "Europe/Stockholm", 1);
    tzset();
    memset(&d, 0, sizeof d);
    config_default(&d.config);
    assert_int_equal(schedule_parse_rule("Mon,Wed 18:00 60m squat \"Leg day\"", &d.config.workout[0], (char[128]){0}),
                     0);
    d.config.n_workout = 1;
    return pipeline_open(&d.config, &options, NULL, NULL, &d.pipeline);
}

static int teardown(void **state)
{
    (void)state;
    pipeline_close(d.pipeline);
    return 0;
}

/* Runs LINE (words between '|') and gives the string KEY of the reply, "" when there is none. */
static const char *say(const char *line, const char *key)
{
    static char text[256], found[256];
    const char *word[8];
    int n = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok(text, "|"); w; w = strtok(NULL, "|")) word[n++] = w;
    json_t *reply = json_object();
    commands_run(&d, n, word, reply);
    const char *value = json_string_value(json_object_get(reply, key));
    snprintf(found, sizeof found, "%s", value ? value : "");
    json_decref(reply);
    return found;
}

static const struct agenda *agenda(void)
{
    struct pipeline_status s;
    pipeline_status(d.pipeline, &s);
    return s.agenda;
}

static void begun_and_done(void **state)
{
    (void)state;
    assert_non_null(strstr(say("workout|done", "error"), "no workout is going on; 'plumbline workout list'"));
    assert_string_equal(say("workout|start|row|On the water|45m", "name"), "On the water");
    assert_int_equal(agenda()->workout[0].start_wall_s, MONDAY_8_S);
    assert_int_equal(agenda()->workout[0].end_wall_s, MONDAY_8_S + 45 * 60);
    assert_string_equal(say("feel|7", "name"), "On the water");
    assert_string_equal(say("workout|done", "name"), "On the water");
    assert_int_equal(agenda()->workout[0].end_wall_s, MONDAY_8_S + 1);
    assert_int_equal(agenda()->source[0], AGENDA_ADDED);
}

static void called_off_once(void **state)
{
    (void)state;
    assert_int_equal(agenda()->n, 4);
    assert_string_equal(say("workout|cancel", "name"), "Leg day");
    assert_int_equal(agenda()->n, 3);
    assert_int_equal(agenda()->workout[0].start_wall_s, MONDAY_8_S + (48 + 10) * 3600);
    assert_string_equal(say("workout|cancel|squat", "name"), "Leg day");
    assert_int_equal(agenda()->n, 2);
    assert_non_null(strstr(say("workout|cancel|chess", "error"), "no such workout is ahead"));
}

static void an_overlap_is_told(void **state)
{
    char line[64];
    (void)state;
    snprintf(line, sizeof line, "workout|%lld|60|run|Run", MONDAY_8_S + 10 * 3600 + 1800);
    assert_string_equal(say(line, "overlaps"), "Leg day");
    assert_string_equal(say("workout|start|run", "overlaps"), "");
}

static void errors_name_the_fix(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"workout|explode", "use start, done or cancel"},
        {"workout|start|chess", "use squat, "},
        {"workout|start", "expected TYPE [TITLE] [LENGTH]"},
        {"workout|12|60|run", "expected a start within a year"},
        {"workout|99999999999999999999|60|run", "expected a start within a year"},
        {"workout|17", "expected START_S MINUTES TYPE"},
        {"feel|11", "no number from 0 to 10"},
        {"feel|5", "say which: plumbline workout feel 5"},
        {"busy|soon|30m", "expected minutes from now and a length"},
        {"busy|30|0", "expected minutes from now and a length"},
        {"calendar|/nowhere", "No such file"},
        {"calendar|/dev/null", "no end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!strstr(say(rows[i][0], "error"), rows[i][1])) fail_msg("%s: %s", rows[i][0], say(rows[i][0], "error"));
}

static void only_a_replay_is_told_of_the_calendar(void **state)
{
    (void)state;
    d.loop = (sd_event *)&d; /* not touched */
    assert_non_null(strstr(say("busy|30|30m", "error"), "only a replay"));
    assert_non_null(strstr(say("calendar|/dev/null", "error"), "only a replay"));
    d.loop = NULL;
}

static void busy_stretches_are_sorted(void **state)
{
    (void)state;
    say("busy|60|30m", "error");
    say("busy|30|15m", "error");
    const struct agenda_calendar *c = &agenda()->calendar;
    assert_int_equal(c->n_busy, 2);
    assert_int_equal(c->busy[0].from_wall_s, MONDAY_8_S + 1800);
    assert_int_equal(c->busy[1].to_wall_s, MONDAY_8_S + 5400);
    for (int i = 2; i < BUSY_MAX; i++) assert_string_equal(say("busy|90|15m", "error"), "");
    assert_non_null(strstr(say("busy|90|15m", "error"), "already"));
}

static void a_calendar_replaces_the_one_before(void **state)
{
    char path[] = "/tmp/plumbline-lines-XXXXXX", line[64];
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    dprintf(fd, "event %lld %lld busy timed Talk\nevent %lld %lld free timed Swim\nend\n", MONDAY_8_S, MONDAY_8_S + 60,
            MONDAY_8_S + 3600, MONDAY_8_S + 7200);
    snprintf(line, sizeof line, "calendar|%s", path);
    assert_string_equal(say(line, "error"), "");
    assert_int_equal(agenda()->n, 5);
    assert_int_equal(agenda()->source[0], AGENDA_CALENDAR);
    assert_int_equal(agenda()->calendar.n_busy, 1);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, "end\n", 4, 0), 4);
    assert_string_equal(say(line, "error"), "");
    assert_int_equal(agenda()->n, 4);
    close(fd);
    unlink(path);
}

/* At 18:00 it stays, wherever the machine is; and calendars are to be read again. */
static void another_zone(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Asia/Tokyo", R_OK)) skip();
    unsigned turned = pipeline_days_turned(d.pipeline);
    assert_int_equal(agenda()->workout[0].start_wall_s, MONDAY_8_S + 10 * 3600);
    setenv("TZ", "Asia/Tokyo", 1); /* seven hours ahead: 15:00 there */
    pipeline_step_clock(d.pipeline, 60);
    assert_int_equal(agenda()->workout[0].start_wall_s, MONDAY_8_S + 3 * 3600);
    assert_true(pipeline_days_turned(d.pipeline) > turned);
    turned = pipeline_days_turned(d.pipeline);
    pipeline_step_clock(d.pipeline, 60);
    assert_int_equal(pipeline_days_turned(d.pipeline), turned);
    pipeline_step_clock(d.pipeline, 9 * 3600); /* past midnight */
    assert_int_equal(pipeline_days_turned(d.pipeline), turned + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begun_and_done, setup, teardown),
        cmocka_unit_test_setup_teardown(called_off_once, setup, teardown),
        cmocka_unit_test_setup_teardown(an_overlap_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_name_the_fix, setup, teardown),
        cmocka_unit_test_setup_teardown(only_a_replay_is_told_of_the_calendar, setup, teardown),
        cmocka_unit_test_setup_teardown(busy_stretches_are_sorted, setup, teardown),
        cmocka_unit_test_setup_teardown(a_calendar_replaces_the_one_before, setup, teardown),
        cmocka_unit_test_setup_teardown(another_zone, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
