#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/guide.h"

#include <math.h>
#include <string.h>

static json_t *reply;
static struct guide g;

static void begin(void)
{
    reply =
        json_loads("{\"items\": ["
                   "{\"id\": \"a\", \"name\": \"A\", \"dose\": \"30 s a side\", \"seconds\": 60, \"stop\": \"pain\","
                   " \"steps\": [\"One two three four five six seven eight nine ten.\","
                   "             \"Ten words more are what this second step has in it.\", \"And ten more.\"]},"
                   "{\"id\": \"b\", \"name\": \"B\", \"dose\": \"once\", \"seconds\": 10, \"steps\": [\"Go.\"]},"
                   "{\"id\": \"c\", \"name\": \"C\", \"dose\": \"once\", \"seconds\": 10, \"steps\": []}]}",
                   0, NULL);
    assert_non_null(reply);
    guide_begin(&g, reply);
}

static void end(void) { json_decref(reply); }

static bool near(double a, double b) { return fabs(a - b) < 1e-9; }

static void a_routine_runs_through(void **state)
{
    (void)state;
    begin();
    assert_int_equal(g.n, 3);
    assert_true(g.paused && g.phase == GUIDE_LEAD); /* the first waits */
    assert_true(near(g.left_s, 24 * 0.3));          /* 24 words at 200 a minute */
    assert_int_equal(guide_pass(&g, 100), 0);
    assert_true(near(guide_left_s(&g), 80));
    assert_int_equal(guide_key(&g, ' '), GUIDE_CHANGED);
    assert_int_equal(guide_pass(&g, 29), 0);
    assert_false(guide_second_side(&g));
    assert_int_equal(guide_pass(&g, 1), GUIDE_CHANGED); /* the other side */
    assert_true(guide_second_side(&g));
    assert_int_equal(guide_pass(&g, 29), 0);
    assert_int_equal(guide_pass(&g, 1), GUIDE_CHANGED | GUIDE_FINISHED);
    assert_true(g.done[0] && g.at == 1 && g.phase == GUIDE_LEAD && !g.paused);
    assert_true(near(g.left_s, 5)); /* as short as it gets */
    assert_int_equal(guide_pass(&g, 5), GUIDE_CHANGED);
    assert_false(guide_second_side(&g));
    assert_int_equal(guide_pass(&g, 10), GUIDE_CHANGED | GUIDE_FINISHED);
    guide_pass(&g, 5);
    assert_int_equal(guide_pass(&g, 99), GUIDE_CHANGED | GUIDE_FINISHED);
    assert_int_equal(g.phase, GUIDE_OVER);
    assert_true(near(guide_left_s(&g), 0));
    assert_int_equal(guide_pass(&g, 99) + guide_key(&g, ' '), 0);
    end();
}

static void a_pause_holds_the_time(void **state)
{
    (void)state;
    begin();
    guide_key(&g, '\n');
    guide_pass(&g, 10);
    guide_key(&g, ' ');
    assert_int_equal(guide_pass(&g, 1000), 0);
    assert_true(near(g.left_s, 50));
    guide_key(&g, ' ');
    guide_pass(&g, 1);
    assert_true(near(g.left_s, 49));
    end();
}

static void only_what_was_done_is_done(void **state)
{
    (void)state;
    begin();
    guide_key(&g, ' ');
    guide_pass(&g, 29);
    assert_int_equal(guide_key(&g, '\n'), GUIDE_CHANGED); /* too early to be done */
    assert_false(g.done[0]);
    guide_key(&g, ' ');
    guide_pass(&g, 5);
    assert_int_equal(guide_key(&g, '\r'), GUIDE_CHANGED | GUIDE_FINISHED);
    assert_true(g.done[1]);
    assert_int_equal(guide_key(&g, 's'), GUIDE_CHANGED); /* from the lead */
    assert_int_equal(g.phase, GUIDE_OVER);
    assert_false(g.done[2]);
    end();
}

static void q_stops_and_other_keys_do_nothing(void **state)
{
    (void)state;
    begin();
    guide_key(&g, ' ');
    assert_int_equal(guide_key(&g, 'x'), 0);
    assert_int_equal(guide_key(&g, 0), 0);
    assert_true(g.phase == GUIDE_RUN && !g.paused);
    assert_int_equal(guide_key(&g, 'q'), 0);
    assert_int_equal(g.phase, GUIDE_OVER);
    assert_false(g.done[0]);
    end();
}

static void nothing_to_do_is_over_at_once(void **state)
{
    (void)state;
    json_t *none = json_loads("{\"items\": []}", 0, NULL);
    guide_begin(&g, none);
    assert_int_equal(g.phase, GUIDE_OVER);
    assert_true(near(guide_left_s(&g), 0));
    json_decref(none);
    none = json_object();
    guide_begin(&g, none);
    assert_int_equal(g.n, 0);
    json_decref(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routine_runs_through),        cmocka_unit_test(a_pause_holds_the_time),
        cmocka_unit_test(only_what_was_done_is_done),    cmocka_unit_test(q_stops_and_other_keys_do_nothing),
        cmocka_unit_test(nothing_to_do_is_over_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
