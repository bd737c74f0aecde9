#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/routine.h"

#include "daemon/coach/region.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TODAY = 20000 };

static void the_mean_stress_is_of_seven_days(void **state)
{
    (void)state;
    struct history h = {0};
    struct load l = {0};
    history_load(&h, TODAY, &l);
    assert_true(!(l.stress_week > 0));
    history_stress(&h, TODAY - 7, 1); /* too long ago */
    history_stress(&h, TODAY - 6, 8);
    history_stress(&h, TODAY, 5);
    history_stress(&h, TODAY, 5);
    history_stress(&h, TODAY - 3, 6); /* noted late */
    history_stress(&h, TODAY - HISTORY_DAYS, 0);
    history_stress(&h, TODAY, 11);
    history_load(&h, TODAY, &l);
    assert_true(fabs(l.stress_week - 6) < 1e-9);
    history_load(&h, TODAY + 7, &l);
    assert_true(!(l.stress_week > 0));
}

static void steady_pain_is_counted_in_weeks(void **state)
{
    (void)state;
    static const struct {
        int pain, last_but_one;
        const char *area;
        double weeks;
    } rows[] = {
        {4, 5, "low back", 5},       {4, 4, "neck", 3.0 / 7}, {4, 7, "low back", 3.0 / 7},
        {6, 3, "low back", 3.0 / 7}, {2, 4, "low back", 0},   {4, 0, "low back", 3.0 / 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct history h = {0};
        struct load l = {0};
        for (int day = 35; day > 8; day -= 3) history_pain(&h, TODAY - day, 4, "low back");
        history_pain(&h, TODAY - 6, rows[i].last_but_one, "low back");
        history_pain(&h, TODAY - 3, rows[i].pain, rows[i].area);
        history_load(&h, TODAY, &l);
        if (fabs(l.pain_weeks - rows[i].weeks) > 1e-9) print_message("row %zu: %f\n", i, l.pain_weeks);
        assert_true(fabs(l.pain_weeks - rows[i].weeks) < 1e-9);
    }
    struct history h = {0}; /* a week without a word ends it */
    struct load l = {0};
    history_pain(&h, TODAY - 30, 4, "neck");
    history_pain(&h, TODAY - 8, 4, "neck");
    history_load(&h, TODAY, &l);
    assert_true(!(l.pain_weeks > 0));
}

static void the_ball_counts_by_region_and_week(void **state)
{
    (void)state;
    const struct item trap = {
        .id = "t", .kind = ITEM_BALL_RELEASE, .area = "upper trapezius", .when = 1 << MOMENT_EVENING};
    const struct item glute = {.id = "g", .kind = ITEM_BALL_RELEASE, .area = "glute", .when = 1 << MOMENT_EVENING};
    struct history h = {0};
    struct load l = {0};
    for (int day = 13; day >= 0; day--) {
        history_done(&h, TODAY - day, day % 2 ? &trap : &glute);
        if (day == 3) history_done(&h, TODAY - day, &trap); /* twice on a day is one */
    }
    history_load(&h, TODAY, &l);
    assert_int_equal(l.ball_evenings, 3);
    struct history once = {0};
    for (int day = 6; day >= 0; day--) history_done(&once, TODAY - day, &trap);
    history_load(&once, TODAY, &l);
    assert_int_equal(l.ball_evenings, 0);
}

static void desk_items_are_remembered(void **state)
{
    (void)state;
    const struct item a = {.id = "a", .when = 1 << MOMENT_MICRO}, b = {.id = "b", .when = 1 << MOMENT_MICRO | 1};
    const struct item other = {.id = "c", .when = 1 << MOMENT_PRE};
    struct history h = {0};
    struct load l = {0};
    history_done(&h, TODAY, &a);
    history_done(&h, TODAY, &b);
    history_done(&h, TODAY, &other);
    history_load(&h, TODAY, &l);
    assert_string_equal(l.micro[0], "b");
    assert_string_equal(l.micro[1], "a");
}

static void soreness_lasts_two_days(void **state)
{
    (void)state;
    struct history h = {0};
    struct load l = {0};
    history_sore(&h, TODAY, 4, "a long name of an area that is cut");
    history_load(&h, TODAY + 2, &l);
    assert_int_equal(l.soreness, 4);
    assert_string_equal(l.sore_area, "a long name of an area ");
    l = (struct load){0};
    history_load(&h, TODAY + 3, &l);
    assert_int_equal(l.soreness, 0);
    history_sore(&h, TODAY + 1, 0, "");
    history_load(&h, TODAY + 1, &l);
    assert_int_equal(l.soreness, 0);
}

/* A note of one area, or a lower one of another, does not hide the pain of a third. */
static void much_pain_lasts_by_area(void **state)
{
    (void)state;
    struct history h = {0};
    struct load l = {0};
    history_pain(&h, TODAY, 8, "low back");
    history_pain(&h, TODAY, 7, "neck");
    history_pain(&h, TODAY, 2, "knee");
    for (int later = 0; later <= 2; later++) {
        history_load(&h, TODAY + later, &l);
        assert_int_equal(l.hurt, later < 2 ? REGION_LOW_BACK | REGION_NECK : 0);
    }
    history_pain(&h, TODAY, 6, "neck");
    history_load(&h, TODAY, &l);
    assert_int_equal(l.hurt, REGION_LOW_BACK);
    history_pain(&h, TODAY, 9, ""); /* nobody knows where */
    history_load(&h, TODAY, &l);
    assert_int_equal(l.hurt, ~0u);
    history_pain(&h, TODAY, 3, ""); /* all in all */
    history_load(&h, TODAY, &l);
    assert_int_equal(l.hurt, 0);
    for (int i = 0; i < 40; i++) {
        char area[24];
        snprintf(area, sizeof area, "neck %d", i);
        history_pain(&h, TODAY + i, 7, area);
    }
    history_load(&h, TODAY + 39, &l);
    assert_int_equal(l.hurt, REGION_NECK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mean_stress_is_of_seven_days),
        cmocka_unit_test(steady_pain_is_counted_in_weeks),
        cmocka_unit_test(the_ball_counts_by_region_and_week),
        cmocka_unit_test(soreness_lasts_two_days),
        cmocka_unit_test(desk_items_are_remembered),
        cmocka_unit_test(much_pain_lasts_by_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
