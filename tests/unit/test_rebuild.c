/* What was made once more beside what the diary holds: every bit counts, only what is in scope is touched. */
#include "store_fixture.h"

#include "plumbline/upkeep.h"

static char *folder;
static struct rebuild *rebuild;

enum { FIRST = 29540760 /* FIXTURE_WALL_NS, in minutes */ };

static struct now now_at(int64_t t_ns) { return (struct now){t_ns, t_ns, 3600}; }
static int64_t minute_ns(int64_t minute) { return minute * SECONDS_NS(60); }

static struct minute minute_at(int64_t minute, float sitting_s)
{
    struct minute m;
    minute_begin(&m, minute, 3600);
    m.posture_s[POSTURE_SITTING] = sitting_s;
    minute_finish(&m, 0.25f);
    return m;
}

static struct event event_at(enum event_kind kind, int64_t minute, int64_t end_ns, float value)
{
    return (struct event){.kind = kind, .start_ns = minute_ns(minute), .end_ns = end_ns, .value = value};
}

/* Ten minutes, a bout that lasts, a bend and an alert; the same is made but for what a test does. */
static int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    struct store *s = fixture_open(folder, fixture_options());
    struct event events[] = {event_at(EVENT_SITTING, FIRST, EVENT_OPEN, 0),
                             event_at(EVENT_BEND, FIRST + 3, minute_ns(FIRST + 4), 51.5f),
                             event_at(EVENT_ALERT, FIRST + 2, EVENT_OPEN, 0)};
    assert_int_equal(minute_ns(FIRST), FIXTURE_WALL_NS);
    for (int i = 0; i < 10; i++) {
        struct minute m = minute_at(FIRST + i, 60);
        store_minute(s, &m);
    }
    for (int i = 0; i < 3; i++) {
        struct now now = now_at(events[i].start_ns);
        store_event(s, &events[i], &now);
    }
    store_close(s);
    assert_int_equal(rebuild_open(folder, &rebuild), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rebuild_close(rebuild);
    fixture_remove(folder);
    return 0;
}

static void make_event(const struct event *e)
{
    struct now now = now_at(e->start_ns);
    rebuild_event(rebuild, e, &now);
}

static void make_minutes(int except)
{
    for (int i = 0; i < 10; i++) {
        struct minute m = minute_at(FIRST + i, 60);
        if (i != except) rebuild_minute(rebuild, &m);
    }
}

static void make_all(void)
{
    struct event bout = event_at(EVENT_SITTING, FIRST, EVENT_OPEN, 0),
                 bend = event_at(EVENT_BEND, FIRST + 3, minute_ns(FIRST + 4), 51.5f);
    make_minutes(-1);
    make_event(&bout);
    make_event(&bend);
}

static void whole(bool anew, bool cut)
{
    const struct rebuild_span s = {minute_ns(FIRST), minute_ns(FIRST + 10), anew, cut};
    assert_int_equal(rebuild_add_span(rebuild, &s), 0);
}

static char seen[1024];

static void take(void *arg, const struct rebuild_difference *d)
{
    size_t n = strlen(seen);
    (void)arg;
    snprintf(seen + n, sizeof seen - n, "%s +%lld %s%s%s;", d->what, (long long)(d->wall_ns / SECONDS_NS(60) - FIRST),
             d->in_diary ? "diary " : "", d->in_log ? "log " : "", d->columns);
}

static struct rebuild_sum compare(void)
{
    struct rebuild_sum sum;
    seen[0] = 0;
    assert_int_equal(rebuild_compare(rebuild, &sum, take, NULL), 0);
    return sum;
}

static void the_same_is_the_same(void **state)
{
    (void)state;
    make_all();
    whole(true, false);
    struct rebuild_sum sum = compare();
    assert_string_equal(seen, "");
    assert_int_equal(sum.minutes, 10);
    assert_int_equal(sum.events, 2);
    assert_int_equal(sum.differences, 0);
}

static void what_differs_is_named_and_replaced(void **state)
{
    struct event bend = event_at(EVENT_BEND, FIRST + 3, minute_ns(FIRST + 4), 51.500004f);
    struct event walk = event_at(EVENT_WALK, FIRST + 5, minute_ns(FIRST + 6), 80);
    (void)state;
    make_minutes(6);
    make_event(&bend);
    make_event(&walk);
    whole(true, false);
    assert_int_equal(compare().differences, 4);
    assert_non_null(strstr(seen, "minute +6 diary ;"));
    assert_non_null(strstr(seen, "sitting +0 diary ;"));
    assert_non_null(strstr(seen, "bend +3 diary log value 51.5 not 51.50000"));
    assert_non_null(strstr(seen, "walk +5 log ;"));
    assert_int_equal(rebuild_replace(rebuild), 0);
    assert_int_equal(compare().differences, 0);
}

static int count_alert(void *arg, const struct diary_event *e)
{
    *(int *)arg += e->kind == EVENT_ALERT ? 100 : 1;
    return 0;
}

/* Nothing was made: what is out of scope stays all the same. */
static void only_what_is_in_scope_goes(void **state)
{
    struct diary *d;
    char why[256];
    int events = 0;
    (void)state;
    const struct rebuild_span s = {minute_ns(FIRST + 1), minute_ns(FIRST + 8), false, false};
    assert_int_equal(rebuild_add_span(rebuild, &s), 0);
    assert_int_equal(rebuild_leave_out(rebuild, minute_ns(FIRST + 4), minute_ns(FIRST + 5)), 0);
    assert_int_equal(compare().differences, 5 + 1);
    assert_int_equal(rebuild_replace(rebuild), 0);
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_events(d, 0, INT32_MAX, count_alert, &events), 0);
    diary_close(d);
    assert_int_equal(events, 101); /* the bout began before the span; the bend is gone, the alert not */
}

static void a_program_that_began_anew_does_not_thin_out_a_minute(void **state)
{
    struct minute m = minute_at(FIRST, 20);
    (void)state;
    rebuild_minute(rebuild, &m);
    for (int i = 1; i < 10; i++) {
        m = minute_at(FIRST + i, 60);
        rebuild_minute(rebuild, &m);
    }
    whole(true, true);
    assert_int_equal(compare().differences, 2); /* both events, of which nothing was made */
}

static void what_was_cut_off_may_be_known_better(void **state)
{
    struct event bout = event_at(EVENT_SITTING, FIRST, minute_ns(FIRST + 9), 0), open = bout;
    struct event bend = event_at(EVENT_BEND, FIRST + 3, minute_ns(FIRST + 4), 51.5f);
    struct store *s = fixture_open(folder, fixture_options());
    struct now now = now_at(bout.start_ns);
    (void)state;
    store_event(s, &bout, &now);
    store_close(s);
    open.end_ns = EVENT_OPEN;
    make_minutes(-1);
    make_event(&open);
    make_event(&bend);
    assert_false(rebuild_is_settled(rebuild, minute_ns(FIRST), minute_ns(FIRST + 10)));
    assert_true(rebuild_is_settled(rebuild, minute_ns(FIRST + 1), minute_ns(FIRST + 10)));
    whole(false, true);
    assert_int_equal(compare().differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_differs_is_named_and_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_what_is_in_scope_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_program_that_began_anew_does_not_thin_out_a_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_cut_off_may_be_known_better, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
