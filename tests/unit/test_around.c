/* Pain before and after a therapist session. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/outcome.h"

#include <math.h>

enum { DAY_S = 86400, AT_S = 1791961200 };

struct pains {
    struct rating rating[40];
    size_t n;
};

/* VALUE once a day, from DAY days after the session to before UNTIL. */
static void days(struct pains *p, int day, int until, int value)
{
    for (; day < until; day++) p->rating[p->n++] = (struct rating){AT_S + day * DAY_S, value};
}

static struct around_outcome look(const struct pains *p, int64_t next_s)
{
    struct around_outcome o;
    outcome_around(p->rating, p->n, AT_S, next_s, &o);
    return o;
}

static void seven_days_on_each_side(void **state)
{
    (void)state;
    struct pains p = {0};
    days(&p, -20, -7, 9); /* too long ago: the seventh day before is out, the session's own moment is in */
    days(&p, -6, 1, 5);
    days(&p, 1, 8, 2);
    days(&p, 8, 12, 9);
    struct around_outcome o = look(&p, INT64_MAX);
    assert_int_equal(o.n_before, 7);
    assert_int_equal(o.n_after, 7);
    assert_float_equal(o.before, 5, 0);
    assert_float_equal(o.after, 2, 0);
    assert_int_equal(o.change, AROUND_LESS);
}

static void the_next_session_ends_it(void **state)
{
    (void)state;
    struct pains p = {0};
    days(&p, -6, 1, 5);
    days(&p, 1, 8, 5);
    struct around_outcome o = look(&p, AT_S + 3 * DAY_S);
    assert_int_equal(o.n_after, 2);
    o = look(&p, AT_S);
    assert_int_equal(o.n_after, 0);
    assert_true(isnan(o.after));
    assert_int_equal(o.change, AROUND_UNKNOWN);
}

static void a_change_is_two_points_or_three_tenths(void **state)
{
    (void)state;
    static const struct {
        int before, after;
        enum around_change change;
    } cases[] = {{6, 4, AROUND_LESS},  {9, 8, AROUND_ALIKE}, {3, 2, AROUND_LESS},
                 {2, 3, AROUND_MORE},  {0, 1, AROUND_ALIKE}, {0, 2, AROUND_MORE},
                 {4, 4, AROUND_ALIKE}, {0, 0, AROUND_ALIKE}, {5, 4, AROUND_ALIKE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pains p = {0};
        days(&p, -3, 0, cases[i].before);
        days(&p, 1, 4, cases[i].after);
        assert_int_equal(look(&p, INT64_MAX).change, cases[i].change);
    }
}

static void few_notes_say_nothing(void **state)
{
    (void)state;
    struct pains p = {0};
    assert_int_equal(look(&p, INT64_MAX).change, AROUND_UNKNOWN);
    days(&p, -3, 0, 8);
    days(&p, 1, 2, 1);
    struct around_outcome o = look(&p, INT64_MAX);
    assert_int_equal(o.change, AROUND_UNKNOWN);
    assert_float_equal(o.after, 1, 0);
    p.rating[p.n++] = (struct rating){AT_S + 2 * DAY_S, -1}; /* no number */
    assert_int_equal(look(&p, INT64_MAX).change, AROUND_UNKNOWN);
}

static void kinds_of_sessions(void **state)
{
    (void)state;
    assert_true(outcome_session_known("swedish") && outcome_session_known("trigger-point"));
    assert_false(outcome_session_known("") || outcome_session_known("Swedish"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seven_days_on_each_side),
        cmocka_unit_test(the_next_session_ends_it),
        cmocka_unit_test(a_change_is_two_points_or_three_tenths),
        cmocka_unit_test(few_notes_say_nothing),
        cmocka_unit_test(kinds_of_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
