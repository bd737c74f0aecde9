/* What differs between desktops: servers that say of themselves what GNOME's, KDE's, dunst, mako, Xfce's, LXQt's and one
 * without buttons say. The same advice on each, answered as its wearer would. */
#include "desk_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum { SOON_MS = 60000, WHILE_MS = 200 };

static const struct desktop {
    const char *word, *described;
    bool buttons, leaves; /* leaves: what was answered stays on the screen until it is closed */
} desktops[] = {
    {"gnome-shell", "gnome-shell 43.9 (buttons)", true, false},
    {"plasma", "Plasma 5.27.5 (buttons)", true, false},
    {"dunst", "dunst 1.9.0 (2022-06-27) (buttons)", true, true},
    {"mako", "mako 0.0.0 (buttons)", true, false},
    {"xfce", "Xfce Notify Daemon 0.7.3 (buttons)", true, false},
    {"lxqt", "lxqt-notificationd 1.2.0 (buttons)", true, false},
    {"notify-osd", "notify-osd 1.0 (no buttons)", false, false},
};
enum { DESKTOPS = sizeof desktops / sizeof desktops[0] };

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

static void logged(const char *text) { assert_true(fixture_run(&f, fixture_logged, text, SOON_MS)); }
static void described(const char *text) { assert_true(fixture_run(&f, fixture_described, text, SOON_MS)); }
static void show(enum topic topic, uint32_t id, const char *title)
{
    fixture_advise(&f, ADVICE_SHOW, topic, id, title, "30 min & <more>");
}
static void answered(unsigned count, uint32_t id, enum answer answer)
{
    assert_true(fixture_run(&f, fixture_answered, &count, SOON_MS));
    assert_int_equal(f.answers, count);
    assert_int_equal(f.answer_id, id);
    assert_int_equal(f.answer, answer);
}

static void buttons_are_pressed(const struct desktop *d)
{
    logged("notify 1 replaces 0 urgency 1: A | 30 min &amp; &lt;more&gt; [default,done,snooze,wrong]\n");
    fixture_person(&f, "Click", "us", 1u, "done");
    answered(1, 1, ANSWER_DONE);
    if (d->leaves) logged("close 1");
    show(TOPIC_BREAK, 2, "B");
    logged("notify 2 replaces 0");
    show(TOPIC_BREAK, 3, "C");
    logged("notify 2 replaces 2 urgency 1: C");
    fixture_person(&f, "Click", "us", 2u, "default");
    answered(2, 3, ANSWER_DETAILS);
    if (d->leaves) logged("close 2");
    show(TOPIC_SLOUCH, 4, "D");
    logged("notify 3 replaces 0");
    fixture_person(&f, "Dismiss", "u", 3u);
    answered(3, 4, ANSWER_SKIP);
}

/* There the text names the command, once, and nothing else that could be pressed is sent. */
static void command_is_named(void)
{
    logged("notify 1 replaces 0 urgency 1: A | 30 min &amp; &lt;more&gt;\\nDone: plumbline answer break done []\n");
    show(TOPIC_BREAK, 2, "B");
    logged("notify 1 replaces 1 urgency 1: B");
    struct advice shared = {.action = ADVICE_SHOW, .topic = TOPIC_SLOUCH, .id = 3, .neutral = true, .answers = ~0u,
                            .title = "Plumbline", .body = "A note"};
    desk_advise(f.desk, &shared, &(struct now){0});
    logged("Plumbline | A note []\n"); /* others look at this screen, too */
    fixture_person(&f, "Expire", "u", 1u);
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.answers, 0);
}

static void quiet_ones_leave_no_trace(void)
{
    struct advice quiet = {.action = ADVICE_SHOW, .topic = TOPIC_LEAN, .id = 9, .quiet = true, .title = "Quiet", .body = "b"};
    desk_advise(f.desk, &quiet, &(struct now){0});
    logged(" urgency 0: Quiet");
    assert_int_equal(fixture_count(&f, "transient"), 1);
}

static void test_each(void **state)
{
    (void)state;
    for (int i = 0; i < DESKTOPS; i++) {
        print_message("%s\n", desktops[i].word);
        fixture_start_server(&f, "--as", desktops[i].word);
        fixture_desk(&f);
        described(desktops[i].described);
        show(TOPIC_BREAK, 1, "A");
        if (desktops[i].buttons)
            buttons_are_pressed(&desktops[i]);
        else
            command_is_named();
        quiet_ones_leave_no_trace();
        close_fixture(state);
        open_fixture(state);
    }
}

/* One server gives way to another in the middle: what is live is shown as the new one can. */
static void test_change_of_server(void **state)
{
    (void)state;
    fixture_desk(&f);
    show(TOPIC_BREAK, 1, "A");
    described("none (no notification server)");
    for (int i = 0; i < DESKTOPS; i++) {
        fixture_start_server(&f, "--as", desktops[i].word);
        described(desktops[i].described);
        logged("notify 1 replaces 0 urgency 1: A");
        assert_int_equal(fixture_count(&f, "[default,done,snooze,wrong]"), desktops[i].buttons);
        assert_int_equal(fixture_count(&f, "plumbline answer break done"), !desktops[i].buttons);
        fixture_stop_server(&f);
        described("none (no notification server)");
    }
    fixture_start_server(&f, "--as", "gnome-shell");
    logged("notify 1 replaces 0 urgency 1: A");
    fixture_person(&f, "Click", "us", 1u, "snooze");
    answered(1, 1, ANSWER_SNOOZE);
}

static bool closed_twice(struct fixture *x, const void *id) { return fixture_count(x, id) == 2; }

/* The number of one that is gone names another now. */
static void test_numbers_used_again(void **state)
{
    (void)state;
    fixture_start_server(&f, "--reuse-ids", NULL);
    fixture_desk(&f);
    show(TOPIC_BREAK, 1, "A");
    logged("notify 1 replaces 0 urgency 1: A");
    fixture_person(&f, "Expire", "u", 1u);
    fixture_idle(&f, WHILE_MS);
    show(TOPIC_SLOUCH, 2, "B");
    logged("notify 1 replaces 0 urgency 1: B");
    fixture_person(&f, "Click", "us", 1u, "done");
    answered(1, 2, ANSWER_DONE);
    show(TOPIC_BREAK, 3, "C");
    logged("notify 1 replaces 0 urgency 1: C");
    fixture_advise(&f, ADVICE_CLOSE, TOPIC_BREAK, 3, "", "");
    assert_true(fixture_run(&f, closed_twice, "close 1", SOON_MS)); /* B after its answer, and C */
    show(TOPIC_LEAN, 4, "D");
    logged("notify 1 replaces 0 urgency 1: D");
    fixture_person(&f, "Click", "us", 1u, "wrong");
    answered(2, 4, ANSWER_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_change_of_server, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_numbers_used_again, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests_name("desktops", tests, NULL, NULL);
}
