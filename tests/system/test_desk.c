/* The desk against a notification server on a private bus: shown, replaced, closed, answered; and what may be absent. */
#include "desk_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOON_MS = 60000, WHILE_MS = 300 };

static struct fixture f;

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&f);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    fixture_close(&f);
    return 0;
}

static void show(enum topic topic, uint32_t id, const char *title)
{
    fixture_advise(&f, ADVICE_SHOW, topic, id, title, "b");
}
static void logged(const char *text) { assert_true(fixture_run(&f, fixture_logged, text, SOON_MS)); }
static void answered(unsigned count, uint32_t id, enum answer answer)
{
    assert_true(fixture_run(&f, fixture_answered, &count, SOON_MS));
    assert_int_equal(f.answers, count);
    assert_int_equal(f.answer_id, id);
    assert_int_equal(f.answer, answer);
}

static void test_shown_replaced_closed(void **state)
{
    (void)state;
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    assert_true(fixture_run(&f, fixture_described, "notifications: test-server 1.0 (buttons)", SOON_MS));
    fixture_advise(&f, ADVICE_SHOW, TOPIC_BREAK, 1, "Time to stand", "30 min & <more> \xff");
    logged("notify 1 replaces 0 urgency 1: Time to stand | 30 min &amp; &lt;more&gt; ? [default,done,snooze,wrong]");
    show(TOPIC_BREAK, 2, "Still sitting");
    logged("notify 1 replaces 1 urgency 1: Still sitting | b");
    show(TOPIC_SLOUCH, 3, "A long flexed spell");
    logged("notify 2 replaces 0");
    fixture_advise(&f, ADVICE_CLOSE, TOPIC_BREAK, 2, "", "");
    logged("close 1");
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.answers, 0);
    show(TOPIC_BREAK, 4, "Again");
    logged("notify 3 replaces 0 urgency 1: Again");
}

/* What changes while a call is in flight is sent when its reply has come, and only the last of it. */
static void test_in_flight(void **state)
{
    (void)state;
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    for (uint32_t id = 1; id <= 5; id++) show(TOPIC_BREAK, id, id == 5 ? "Last" : "Early");
    logged("Last");
    assert_int_equal(fixture_count(&f, "Early"), 0);
    show(TOPIC_BREAK, 6, "First"), show(TOPIC_BREAK, 7, "Second"), show(TOPIC_BREAK, 8, "Third");
    logged("notify 1 replaces 1 urgency 1: Third");
    assert_int_equal(fixture_count(&f, "Second"), 0);
    show(TOPIC_SLOUCH, 9, "Shown and closed");
    fixture_advise(&f, ADVICE_CLOSE, TOPIC_SLOUCH, 9, "", "");
    logged("close 2");
}

static void test_answers(void **state)
{
    (void)state;
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    show(TOPIC_BREAK, 11, "A");
    logged("notify 1 ");
    fixture_person(&f, "Click", "us", 99u, "done"); /* another program's notification */
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.answers, 0);
    fixture_person(&f, "Click", "us", 1u, "reboot"); /* no button of ours: all it says is that the wearer closed it */
    answered(1, 11, ANSWER_SKIP);
    show(TOPIC_BREAK, 12, "B");
    logged("notify 2 ");
    fixture_person(&f, "Click", "us", 2u, "snooze");
    answered(2, 12, ANSWER_SNOOZE);
    show(TOPIC_SLOUCH, 13, "C");
    logged("notify 3 ");
    fixture_person(&f, "Click", "us", 3u, "default");
    answered(3, 13, ANSWER_DETAILS);
    show(TOPIC_SLOUCH, 14, "D");
    logged("notify 4 ");
    fixture_person(&f, "Dismiss", "u", 4u);
    answered(4, 14, ANSWER_SKIP);
    show(TOPIC_SLOUCH, 15, "E");
    logged("notify 5 ");
    fixture_person(&f, "Expire", "u", 5u); /* the coach says what is ignored */
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.answers, 4);
}

static void chosen(unsigned count, const char *key, bool yes)
{
    assert_true(fixture_run(&f, fixture_chosen, &count, SOON_MS));
    assert_int_equal(f.choices, count);
    assert_string_equal(f.key, key);
    assert_int_equal(f.yes, yes);
}

/* A question stands beside the advice, has its own two buttons, and only they answer it. */
static void test_questions(void **state)
{
    (void)state;
    const struct now now = {0};
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    desk_ask(f.desk, "1a86:7523@1-2", "Is this it?", "A <bridge>", &now);
    logged("notify 1 replaces 0 urgency 1: Is this it? | A &lt;bridge&gt; [yes,never]");
    show(TOPIC_BREAK, 1, "A");
    logged("notify 2 replaces 0 urgency 1: A");
    fixture_person(&f, "Click", "us", 1u, "yes");
    chosen(1, "1a86:7523@1-2", true);
    desk_ask(f.desk, "first", "B", "b", &now);
    logged("notify 3 replaces 0");
    desk_ask(f.desk, "second", "C", "c", &now); /* takes its place */
    logged("notify 3 replaces 3 urgency 1: C");
    fixture_person(&f, "Click", "us", 3u, "never");
    chosen(2, "second", false);
    desk_ask(f.desk, "third", "D", "d", &now);
    logged("notify 4 ");
    fixture_person(&f, "Dismiss", "u", 4u);
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.choices, 2);
    assert_int_equal(f.answers, 0);
}

/* An advice about an item comes with its figure; not while the screen is shared, and one without a figure without. */
static void test_figure(void **state)
{
    (void)state;
    const struct now now = {0};
    struct advice a = {.action = ADVICE_SHOW, .topic = TOPIC_WORKOUT, .id = 1, .title = "Squats at six", .figure = "tfoam"};
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    desk_advise(f.desk, &a, &now);
    logged("notify 1 replaces 0 urgency 1: Squats at six");
    assert_int_equal(fixture_count(&f, "image 128x128 512 1 8 4 65536"), 1);
    a.id = 2, a.neutral = true;
    desk_advise(f.desk, &a, &now);
    logged("notify 1 replaces 1");
    a.id = 3, a.neutral = false, a.topic = TOPIC_BREAK;
    snprintf(a.figure, sizeof a.figure, "own-item");
    desk_advise(f.desk, &a, &now);
    logged("notify 2 replaces 0");
    assert_int_equal(fixture_count(&f, "image "), 1);
}

static void test_answer_by_itself(void **state)
{
    (void)state;
    fixture_start_server(&f, "--answer", "done");
    fixture_desk(&f);
    show(TOPIC_WORKOUT, 21, "Squats at six");
    answered(1, 21, ANSWER_DONE);
}

static void test_server_without_actions(void **state)
{
    (void)state;
    fixture_start_server(&f, "--no-actions", NULL);
    fixture_desk(&f);
    fixture_advise(&f, ADVICE_SHOW, TOPIC_BREAK, 1, "Plain", "a < b & c");
    logged("Plain | a < b & c\\nDone: plumbline answer break done []");
    assert_true(fixture_described(&f, "(no buttons)"));
}

/* A server that comes late gets what is live; one that starts anew gets it again, under new numbers. */
static void test_server_late_and_restarted(void **state)
{
    (void)state;
    fixture_desk(&f);
    show(TOPIC_BREAK, 1, "Early bird");
    assert_true(fixture_run(&f, fixture_described, "none (no notification server)", SOON_MS));
    fixture_idle(&f, WHILE_MS);
    fixture_start_server(&f, NULL, NULL);
    logged("notify 1 replaces 0 urgency 1: Early bird");
    show(TOPIC_SLOUCH, 2, "Second");
    logged("notify 2 replaces 0");
    fixture_person(&f, "Click", "us", 1u, "done");
    answered(1, 1, ANSWER_DONE);
    fixture_stop_server(&f);
    assert_true(fixture_run(&f, fixture_described, "none (no notification server)", SOON_MS));
    fixture_start_server(&f, NULL, NULL);
    logged("notify 1 replaces 0 urgency 1: Second");
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(fixture_count(&f, "Early bird"), 0); /* it was answered */
    fixture_person(&f, "Click", "us", 1u, "done");
    answered(2, 2, ANSWER_DONE);
}

static pid_t start_bus(const char *path)
{
    char address[128], config[512];
    snprintf(address, sizeof address, "--address=unix:path=%s", path);
    snprintf(config, sizeof config, "--config-file=%s", getenv("PLUMBLINE_BUS_CONF"));
    pid_t bus = fixture_spawn((const char *[]){"dbus-daemon", config, "--nofork", address, NULL});
    for (int i = 0; i < 3000 && access(path, F_OK) != 0; i++) usleep(20000);
    return bus;
}

/* No bus, a bus that comes, goes and comes again: states, none of them busy. */
static void test_bus_comes_and_goes(void **state)
{
    char *before = strdup(getenv("DBUS_SESSION_BUS_ADDRESS")), path[64], address[80];
    (void)state;
    snprintf(path, sizeof path, "%s/bus", f.folder);
    snprintf(address, sizeof address, "unix:path=%s", path);
    setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
    fixture_desk(&f);
    show(TOPIC_BREAK, 1, "Patience");
    assert_non_null(strstr(desk_describe(f.desk), "notifications: none (no session bus)"));
    assert_true(fixture_idle(&f, 3500) < 20); /* the system bus speaks a little, the retries are two */
    pid_t bus = start_bus(path);
    fixture_start_server(&f, NULL, NULL);
    assert_true(fixture_run(&f, fixture_logged, "Patience", SOON_MS));
    fixture_reap(bus);
    unlink(path);
    assert_true(fixture_run(&f, fixture_described, "none (no session bus)", SOON_MS));
    fixture_stop_server(&f);
    bus = start_bus(path);
    fixture_start_server(&f, NULL, NULL);
    assert_true(fixture_run(&f, fixture_logged, "Patience", SOON_MS));
    show(TOPIC_BREAK, 2, "More");
    logged("notify 1 replaces 1 urgency 1: More"); /* so the reply to the first has come, too */
    desk_close(f.desk);
    f.desk = NULL;
    logged("close 1"); /* a program that leaves takes its notifications along */
    fixture_stop_server(&f);
    fixture_reap(bus);
    unlink(path);
    setenv("DBUS_SESSION_BUS_ADDRESS", before, 1);
    free(before);
}

static void test_file(void **state)
{
    char text[512] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    struct now now = {.wall_ns = 1772442751LL * NS_PER_S, .utc_offset_s = 3600};
    struct advice a = {
        .action = ADVICE_SHOW, .topic = TOPIC_BREAK, .id = 3, .title = "Time to stand", .body = "30 min & more"};
    (void)state;
    assert_int_equal(desk_open_file(out, &f.desk), 0);
    desk_advise(f.desk, &a, &now);
    a.action = ADVICE_CLOSE;
    desk_advise(f.desk, &a, &now);
    assert_string_equal(text, "2026-03-02 10:12:31 show break 3: Time to stand | 30 min & more\n"
                              "2026-03-02 10:12:31 close break 3\n");
    fclose(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_shown_replaced_closed, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_in_flight, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_answers, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_questions, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_answer_by_itself, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_figure, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_server_without_actions, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_server_late_and_restarted, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_bus_comes_and_goes, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
