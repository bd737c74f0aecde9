/* Where a routine turns over: just enough creep, soreness of today, what was done lately. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/catalogue_fixture.h"

#include <math.h>
#include <string.h>

static bool has(const struct routine *r, const char *id)
{
    for (unsigned i = 0; i < r->n; i++)
        if (strcmp(r->item[i]->id, id) == 0) return true;
    return false;
}

/* Little of it, or what is just not too much, moves nothing to the front. */
static void little_creep_changes_nothing(void **state)
{
    (void)state;
    for (int percent = 20; percent <= 40; percent++) {
        struct load l = {.creep = percent / 100.0,
                         .stress = -1,
                         .pain = -1,
                         .health_answered = true,
                         .next = {.there = true, .type = WORKOUT_SQUAT}};
        struct routine r;
        routine_choose(&catalogue, &l, MOMENT_PRE, 480, &r);
        assert_true(r.n > 0);
        assert_int_equal(strstr(r.reason[0], "walking come first") != NULL, percent > 30);
    }
}

/* On its own day the workout says what is rolled. */
static void soreness_waits_a_day(void **state)
{
    (void)state;
    struct load l = {.stress = -1,
                     .pain = -1,
                     .health_answered = true,
                     .soreness = 5,
                     .sore_area = "calf",
                     .done = {.there = true, .type = WORKOUT_SWIM}};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_POST, 900, &r);
    assert_true(has(&r, "latfoam") && !has(&r, "calffoam"));
    l.done.there = false;
    routine_choose(&catalogue, &l, MOMENT_POST, 900, &r);
    assert_true(has(&r, "calffoam"));
}

static double need_of(const struct routine *r, const char *id)
{
    for (unsigned i = 0; i < r->n; i++)
        if (strcmp(r->item[i]->id, id) == 0) return r->need[i];
    return 0;
}

/* For variety: the later among the last eight, the less; and the first of a routine gives way to others. */
static void what_was_done_lately_waits(void **state)
{
    (void)state;
    struct load l = {.sitting_h = 3,
                     .stress = -1,
                     .pain = -1,
                     .health_answered = true,
                     .next = {.there = true, .type = WORKOUT_RUN}};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_PRE, 1200, &r);
    double fresh = need_of(&r, "calffoam");
    for (int ago = 0; ago < 8; ago++) {
        memset(l.recent, 0, sizeof l.recent);
        strcpy(l.recent[ago], "calffoam");
        routine_choose(&catalogue, &l, MOMENT_PRE, 1200, &r);
        assert_true(fabs(need_of(&r, "calffoam") - fresh * (1 - 0.05 * (8 - ago))) < 1e-9);
    }
    memset(l.recent, 0, sizeof l.recent);
    routine_choose(&catalogue, &l, MOMENT_PRE, 90, &r);
    assert_int_equal(r.n, 1);
    strcpy(l.recent[0], r.item[0]->id);
    routine_choose(&catalogue, &l, MOMENT_PRE, 90, &r);
    assert_false(has(&r, l.recent[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_creep_changes_nothing),
        cmocka_unit_test(soreness_waits_a_day),
        cmocka_unit_test(what_was_done_lately_waits),
    };
    return cmocka_run_group_tests(tests, read_catalogue, NULL);
}
