/* Need rules, and the parts of the body that items and pains are of. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/coach/need.h"
#include "daemon/coach/region.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void needs_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        double value;
        enum need_variable top;
    } rows[] = {
        {"", 0, NEED_NOTHING},
        {"0.5", 0.5, NEED_NOTHING},
        {"0.02*SL", 1.04, NEED_SL},
        {"0.02*SL + 0.3*(NX!=none)", 1.34, NEED_SL},
        {"2*(C>0.3)*(NX==axial) + 0.02 * SL", 3.04, NEED_C},
        {"(NX==squat)", 1, NEED_NX},
        {"(NX==run)", 0, NEED_NOTHING},
        {"(DN==squat)", 0, NEED_NOTHING},
        {"SIT - 1", 3.5, NEED_SIT},
        {"SIT*(SIT>5)", 0, NEED_NOTHING},
        {"AS", 32, NEED_AS},
        {"B30 + B60", 4, NEED_B30},
        {"ST", 0, NEED_NOTHING},
        {"PN*(PA==neck)", 4, NEED_PN},
        {"PN*(PA==lumbar)", 0, NEED_NOTHING},
        {"(PA!=none)", 1, NEED_PA},
        {"SL2", 12, NEED_SL2},
        {"AS1", 7, NEED_AS1},
        {"STW*(STW>=6)", 6.5, NEED_STW},
        {"PW", 4.5, NEED_PW},
        {"BALL", 3, NEED_BALL},
        {"HARD*(HARD==1)", 1, NEED_HARD},
        {"(SL>=52)*(SL<=52)*(SL==52)*(SL!=51)*(SL<53)", 1, NEED_SL},
    };
    const struct load load = {.slouch_min = 52,
                              .sitting_h = 4.5,
                              .asymmetry_min = -32,
                              .bouts_30 = 3,
                              .bouts_60 = 1,
                              .creep = 0.4,
                              .stress = -1,
                              .pain = 4,
                              .pain_area = "left neck",
                              .slouch_2h_min = 12,
                              .asymmetry_1h_min = -7,
                              .stress_week = 6.5,
                              .pain_weeks = 4.5,
                              .ball_evenings = 3,
                              .hard_soon = true,
                              .next = {.there = true, .type = WORKOUT_SQUAT},
                              .done = {.there = true, .type = WORKOUT_RUN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[96];
        enum need_variable top;
        assert_int_equal(need_check(rows[i].rule, why), 0);
        assert_true(fabs(need_value(rows[i].rule, &load, MOMENT_PRE, &top) - rows[i].value) < 1e-9);
        assert_int_equal(top, rows[i].top);
    }
    enum need_variable top;
    assert_true(need_value("(DN==run)", &load, MOMENT_POST, &top) > 0);
    assert_true(need_value("(DN==run)", &load, MOMENT_MICRO, &top) > 0);
    assert_true(!(need_value("(DN==run)", &load, MOMENT_PRE, &top) > 0));
    assert_true(!(need_value("(NX!=none)", &load, MOMENT_POST, &top) > 0));
}

static void faulty_needs_are_told(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "*",          "SL +",     "SL SL",
        "XY",         "NX",       "(SL)",
        "(SL>x)",     "(NX>3)",   "(NX==quidditch)",
        "(PA==moon)", "((SL>1))", "(SL>1",
        "1 *",        "-SL",      "(NX==aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)",
        "SL)",        "é",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[96] = "";
        assert_int_equal(need_check(rows[i], why), -EINVAL);
        assert_int_equal(strncmp(why, "need: expected ", 15), 0);
    }
}

static void regions_meet(void **state)
{
    (void)state;
    assert_true(region_of("low back") & region_of("lumbar"));
    assert_true(region_of("Left shoulder") & region_of("upper trapezius"));
    assert_false(region_of("neck") & region_of("glute"));
    assert_false(region_of("upper back") & region_of("low back"));
    assert_int_equal(region_of("back"), REGION_UPPER_BACK | REGION_LOW_BACK);
    assert_int_equal(region_of("whole"), 0);
}

static void bones_are_known(void **state)
{
    (void)state;
    assert_true(region_is_bone("shin bone"));
    assert_true(region_is_bone("Ribs"));
    assert_true(region_is_bone("front of the knee"));
    assert_false(region_is_bone("upper trapezius"));
    assert_false(region_is_bone("calf"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_are_counted),
        cmocka_unit_test(faulty_needs_are_told),
        cmocka_unit_test(regions_meet),
        cmocka_unit_test(bones_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
