/* What the wearer said reaches the coach: at once, after a restart, from a diary written without a daemon, and united
 * with the configuration. */
#include "store_fixture.h"

#include "daemon/pipeline_private.h"

#include <errno.h>

enum { NOW_S = 1791961200, DAY_S = 86400 };

struct rig {
    char *folder;
    struct config config;
    struct store *store;
    struct pipeline *p;
};

static void open_store(struct rig *r)
{
    struct store_options o;
    char why[256];
    store_options_default(&o);
    o.wait_when_full = true;
    assert_int_equal(store_open(r->folder, &o, &r->store, why), 0);
}

static void begin(struct rig *r, int64_t now_s)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = now_s * NS_PER_S};
    open_store(r);
    assert_int_equal(pipeline_open(&r->config, &options, r->store, NULL, &r->p), 0);
}

static void end(struct rig *r)
{
    pipeline_close(r->p);
    store_close(r->store);
}

static int set_up(void **state)
{
    static struct rig rig;
    rig = (struct rig){.folder = fixture_folder()};
    config_default(&rig.config);
    snprintf(rig.config.data, sizeof rig.config.data, "%s", rig.folder);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    fixture_remove(r->folder);
    return 0;
}

static void say(struct rig *r, enum entry_kind kind, int64_t wall_s, int value, const char *what)
{
    struct entry e = {.wall_s = wall_s, .kind = kind, .value = value};
    snprintf(e.what, sizeof e.what, "%s", what);
    pipeline_enter(r->p, &e);
}

static struct load known(const struct rig *r)
{
    struct load l;
    coach_load(r->p->coach, &r->p->now, &l);
    return l;
}

static void answers_reach_the_coach_and_outlive_it(void **state)
{
    struct rig *r = *state;
    begin(r, NOW_S);
    assert_false(known(r).health_answered);
    say(r, ENTRY_HEALTH, 0, -1, "f k");
    for (int again = 0; again < 2; again++) {
        assert_true(known(r).health_answered);
        assert_int_equal(known(r).contra, 1u << ('f' - 'a') | 1u << ('k' - 'a'));
        end(r);
        begin(r, NOW_S + DAY_S);
    }
    say(r, ENTRY_HEALTH, 0, -1, "");
    assert_false(known(r).health_answered);
    assert_int_equal(known(r).contra, 0);
    end(r);
}

static void a_red_flag_stops_the_routine_until_cleared(void **state)
{
    struct rig *r = *state;
    struct load load;
    struct routine routine;
    begin(r, NOW_S);
    say(r, ENTRY_RED_FLAG, 0, 1, "leg-weakness");
    say(r, ENTRY_RED_FLAG, 0, 1, "fever");
    say(r, ENTRY_HEALTH, 0, -1, "none");
    end(r);
    begin(r, NOW_S + 400 * DAY_S); /* however long ago */
    for (int m = 0; m < MOMENT_COUNT; m++) {
        pipeline_routine(r->p, (enum moment)m, &load, &routine);
        assert_true(routine.see_clinician);
        assert_int_equal(routine.n, 0);
    }
    say(r, ENTRY_RED_FLAG, 0, 0, "fever");
    assert_true(known(r).red_flag);
    say(r, ENTRY_RED_FLAG, 0, 0, "");
    assert_false(known(r).red_flag);
    end(r);
    begin(r, NOW_S + 401 * DAY_S);
    assert_false(known(r).red_flag);
    pipeline_routine(r->p, MOMENT_PRE, &load, &routine);
    assert_true(routine.n > 0);
    end(r);
}

static void the_configuration_is_united_with_it(void **state)
{
    struct rig *r = *state;
    r->config.contra = 1u << ('o' - 'a');
    r->config.health_answered = true;
    begin(r, NOW_S);
    say(r, ENTRY_HEALTH, 0, -1, "k");
    assert_int_equal(known(r).contra, 1u << ('o' - 'a') | 1u << ('k' - 'a'));
    say(r, ENTRY_HEALTH, 0, -1, "");
    assert_int_equal(known(r).contra, 1u << ('o' - 'a'));
    assert_true(known(r).health_answered);
    static struct config other;
    other = r->config;
    other.contra = 0;
    other.health_answered = false;
    pipeline_configure(r->p, &other);
    assert_int_equal(known(r).contra, 0);
    assert_false(known(r).health_answered);
    end(r);
}

static void the_newest_times_are_known(void **state)
{
    struct rig *r = *state;
    begin(r, NOW_S);
    assert_true(r->p->wearer.sore_wall_s == INT64_MIN && r->p->wearer.session_wall_s == INT64_MIN);
    say(r, ENTRY_SESSION, NOW_S - 3 * DAY_S, -1, "swedish");
    say(r, ENTRY_SESSION, NOW_S - 30 * DAY_S, -1, "other"); /* noted later, but it was before */
    say(r, ENTRY_SORENESS, 0, 4, "thigh");
    say(r, ENTRY_SORENESS, NOW_S - 60, 0, ""); /* it came since */
    say(r, ENTRY_RANGE, 0, 70, "flexion");
    for (int again = 0; again < 2; again++) {
        assert_true(r->p->wearer.session_wall_s == NOW_S - 3 * DAY_S);
        assert_true(r->p->wearer.sore_wall_s == NOW_S);
        assert_true(r->p->wearer.range_wall_s == NOW_S);
        end(r);
        begin(r, NOW_S + DAY_S);
    }
    say(r, ENTRY_SORENESS, 0, 0, ""); /* gone: nobody asks how it is */
    for (int again = 0; again < 2; again++) {
        assert_true(r->p->wearer.sore_wall_s == INT64_MIN);
        end(r);
        begin(r, NOW_S + DAY_S);
    }
    end(r);
}

/* `plumbline pain` and the like without a daemon. */
static void what_was_noted_without_a_daemon_counts(void **state)
{
    struct rig *r = *state;
    open_store(r);
    store_entry(r->store, &(struct entry){NOW_S - 7200, ENTRY_PAIN, 8, "low back"});
    store_entry(r->store, &(struct entry){NOW_S - 7100, ENTRY_STRESS, 6, ""});
    store_entry(r->store, &(struct entry){NOW_S - 7000, ENTRY_HEALTH, -1, "gibberish"});
    store_entry(r->store, &(struct entry){NOW_S - 6900, ENTRY_RED_FLAG, 1, "hunger"});
    store_close(r->store);
    begin(r, NOW_S);
    assert_int_equal(wearer_pain(r->p), 8);
    assert_int_equal(wearer_stress(r->p), 6);
    assert_false(known(r).health_answered || known(r).red_flag);
    end(r);
}

/* Who guides the wearer through a self-test asks how it goes; gone, nothing is measured of what the wearer does next. */
static void a_self_test_left_alone_ends(void **state)
{
    struct rig *r = *state;
    begin(r, NOW_S);
    r->p->options.clock = CLOCK_LIVE;
    for (int silent_s = 1; silent_s < 10; silent_s++) {
        range_start(&r->p->range);
        r->p->range_asked_ns = r->p->now.t_ns - SECONDS_NS(silent_s);
        pipeline_range_look(r->p);
        assert_int_equal(r->p->range.state == RANGE_IDLE, silent_s > 5);
    }
    r->p->options.clock = CLOCK_SAMPLES;
    end(r);
}

/* Without samples, not worn, or with much pain no self-test begins. */
static void a_self_test_needs_its_grounds(void **state)
{
    struct rig *r = *state;
    begin(r, NOW_S);
    assert_int_equal(pipeline_range_check(r->p), -ENODATA);
    say(r, ENTRY_PAIN, 0, 7, "neck");
    assert_int_equal(pipeline_range_start(r->p), -EPERM);
    say(r, ENTRY_PAIN, 0, 2, "neck");
    say(r, ENTRY_HEALTH, 0, -1, "v");
    assert_int_equal(pipeline_range_start(r->p), -EPERM);
    say(r, ENTRY_HEALTH, 0, -1, "none");
    assert_int_equal(pipeline_range_start(r->p), -ENODATA);
    assert_int_equal(r->p->range.state, RANGE_IDLE);
    end(r);
}

/* Neither in the snapshot nor in what the log has of it, and so in no folder that is sent for a look. */
static void the_diary_alone_has_it(void **state)
{
    struct rig *r = *state;
    static uint8_t packed[1 << 20];
    begin(r, NOW_S);
    say(r, ENTRY_PAIN, 0, 8, "low back");
    say(r, ENTRY_HEALTH, 0, -1, "k p");
    say(r, ENTRY_RED_FLAG, 0, 1, "fever");
    r->p->options.clock = CLOCK_LIVE;
    course_keep(r->p);
    r->p->options.clock = CLOCK_SAMPLES;
    assert_int_equal(wearer_pain(r->p), 8);
    assert_true(known(r).red_flag);
    assert_true(course_size() <= sizeof packed);
    assert_true(store_last_snapshot(r->store, packed, course_size(), course_tag()));
    assert_null(memmem(packed, course_size(), "low back", 8));
    assert_null(memmem(packed, course_size(), &r->p->wearer, sizeof r->p->wearer));
    size_t n = course_pack(r->p, packed);
    assert_null(memmem(packed, n, "low back", 8));
    end(r);
}

static void an_import_minds_its_own_business(void **state)
{
    struct rig *r = *state;
    const struct pipeline_options options = {
        .clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(NOW_S), .import = true};
    open_store(r);
    store_entry(r->store, &(struct entry){NOW_S - 60, ENTRY_RED_FLAG, 1, "fever"});
    assert_int_equal(pipeline_open(&r->config, &options, r->store, NULL, &r->p), 0);
    assert_false(known(r).red_flag);
    end(r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_reach_the_coach_and_outlive_it), TEST(a_red_flag_stops_the_routine_until_cleared),
        TEST(the_configuration_is_united_with_it),    TEST(the_newest_times_are_known),
        TEST(what_was_noted_without_a_daemon_counts), TEST(an_import_minds_its_own_business),
        TEST(the_diary_alone_has_it),
        TEST(a_self_test_left_alone_ends),            TEST(a_self_test_needs_its_grounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
