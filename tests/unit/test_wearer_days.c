/* What was said on the days before reaches the routine: after a restart from the diary, too; a massage is offered at most
 * once a week. */
#include "store_fixture.h"

#include "daemon/pipeline_private.h"

enum { NOW_S = 1791961200, DAY_S = 86400 };

static char *folder;
static struct config config;
static struct store *store;
static struct pipeline *p;

static void begin(void)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = (int64_t)NOW_S * NS_PER_S};
    struct store_options o;
    char why[256];
    store_options_default(&o);
    o.wait_when_full = true;
    assert_int_equal(store_open(folder, &o, &store, why), 0);
    assert_int_equal(pipeline_open(&config, &options, store, NULL, &p), 0);
}

static void end(void)
{
    pipeline_close(p);
    store_close(store);
}

static int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    config_default(&config);
    snprintf(config.data, sizeof config.data, "%s", folder);
    begin();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    end();
    fixture_remove(folder);
    return 0;
}

static void say(enum entry_kind kind, int days_ago, int value, const char *what)
{
    struct entry e = {.wall_s = NOW_S - days_ago * DAY_S, .kind = kind, .value = value};
    snprintf(e.what, sizeof e.what, "%s", what);
    pipeline_enter(p, &e);
}

static const char *offer(enum moment moment)
{
    struct routine r;
    struct load load;
    pipeline_routine(p, moment, &load, &r);
    return r.offer ? r.offer->id : "";
}

static void days_are_read_back_from_the_diary(void **state)
{
    (void)state;
    struct load l;
    for (int days = 35; days > 0; days -= 3) say(ENTRY_PAIN, days, 4, "low back");
    for (int days = 13; days >= 0; days -= 2) say(ENTRY_ROUTINE, days, -1, "balltrap");
    say(ENTRY_STRESS, 1, 7, "");
    say(ENTRY_SORENESS, 1, 3, "thigh");
    say(ENTRY_ROUTINE, 0, -1, "chint");
    for (int again = 0; again < 2; again++) {
        pipeline_load(p, &l);
        assert_true(l.pain_weeks > 4.9 && l.pain_weeks < 5.1);
        assert_int_equal(l.ball_evenings, 3);
        assert_true(l.stress_week > 6.9 && l.stress_week < 7.1);
        assert_int_equal(l.soreness, 3);
        assert_string_equal(l.sore_area, "thigh");
        assert_string_equal(l.micro[0], "chint");
        assert_string_equal(l.micro[1], "balltrap");
        end();
        begin();
    }
}

static void a_massage_is_offered_once_a_week(void **state)
{
    (void)state;
    say(ENTRY_HEALTH, 0, -1, "none");
    assert_string_equal(offer(MOMENT_EVENING), "");
    for (int day = 0; day < 21; day++) {
        say(ENTRY_STRESS, -day, 8, "");
        assert_string_equal(offer(MOMENT_MICRO), "");
        const char *first = offer(MOMENT_EVENING);
        assert_string_equal(offer(MOMENT_EVENING), first); /* asked again on the same day it is still there */
        assert_int_equal(first[0] != 0, day % 7 == 0);
        p->now.wall_ns += SECONDS_NS((int64_t)DAY_S);
    }
    say(ENTRY_SESSION, -20, -1, "swedish");
    p->now.wall_ns += SECONDS_NS((int64_t)DAY_S);
    say(ENTRY_STRESS, -22, 8, "");
    assert_string_equal(offer(MOMENT_EVENING), ""); /* one was had this week */
}

/* Of pain and stress for half a day. */
static void what_was_said_speaks_for_the_day(void **state)
{
    (void)state;
    struct load l;
    say(ENTRY_PAIN, 0, 8, "neck");
    say(ENTRY_STRESS, 0, 7, "");
    say(ENTRY_PAIN, 1, 2, "knee"); /* noted afterwards */
    say(ENTRY_STRESS, 1, 1, "");
    p->now.wall_ns = SECONDS_NS((int64_t)NOW_S + DAY_S / 2 - 1);
    pipeline_load(p, &l);
    assert_int_equal(l.pain, 8);
    assert_int_equal(l.stress, 7);
    p->now.wall_ns += NS_PER_S;
    pipeline_load(p, &l);
    assert_int_equal(l.pain, -1);
    assert_int_equal(l.stress, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(days_are_read_back_from_the_diary, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_said_speaks_for_the_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_massage_is_offered_once_a_week, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
