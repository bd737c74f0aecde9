#include "plumbline/posture.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static struct epoch epoch_of(enum posture p, float flexion_deg)
{
    struct epoch e = {.seconds = 5,
                      .posture = p,
                      .p_sitting = 0.9f,
                      .slouch_s = 2,
                      .lean_left_s = 1,
                      .angle_s = 4,
                      .steps = 9,
                      .bends = 1,
                      .shifts = 1};
    e.flexion_sum_deg_s = flexion_deg * 4;
    e.flexion_sum_sq = flexion_deg * flexion_deg * 4;
    e.flexion_min_deg = flexion_deg - 1;
    e.flexion_max_deg = flexion_deg + 1;
    e.lateral_sum_deg_s = -8;
    e.bin_s[3] = 4;
    return e;
}

static void sums(void **state)
{
    (void)state;
    struct minute m;
    minute_begin(&m, 29000000, 3600);
    struct epoch sat = epoch_of(POSTURE_SITTING, 10), stood = epoch_of(POSTURE_STANDING, 20),
                 walked = epoch_of(POSTURE_WALKING, 0);
    for (int i = 0; i < 6; i++) minute_add(&m, &sat);
    for (int i = 0; i < 3; i++) minute_add(&m, &stood);
    walked.angle_s = 0;
    walked.seconds = 2.5f;
    minute_add(&m, &walked);
    minute_finish(&m, 0.25f);
    assert_float_equal(m.posture_s[POSTURE_SITTING], 30, 1e-4f);
    assert_float_equal(m.posture_s[POSTURE_STANDING], 15, 1e-4f);
    assert_float_equal(m.posture_s[POSTURE_WALKING], 2.5f, 1e-4f);
    assert_float_equal(m.slouch_sitting_s, 12, 1e-4f);
    assert_float_equal(m.slouch_standing_s, 6, 1e-4f);
    assert_float_equal(m.lean_left_s, 10, 1e-4f);
    assert_float_equal(m.angle_s, 36, 1e-4f);
    assert_float_equal(m.flexion_mean_deg, 40.0f / 3, 1e-3f);
    assert_float_equal(m.flexion_sd_deg, 4.7140f, 1e-3f);
    assert_float_equal(m.flexion_min_deg, 9, 1e-4f);
    assert_float_equal(m.flexion_max_deg, 21, 1e-4f);
    assert_float_equal(m.lateral_mean_deg, -2, 1e-4f);
    assert_float_equal(m.p_sitting, 0.9f, 1e-4f);
    assert_int_equal(m.steps, 90);
    assert_int_equal(m.bends, 10);
    assert_float_equal(m.creep, 0.25f, 0);
}

static void nothing_known(void **state)
{
    (void)state;
    struct minute m;
    struct epoch e = {.seconds = 5, .posture = POSTURE_UNSURE}, wrong = {.seconds = 5, .posture = POSTURE_COUNT};
    minute_begin(&m, 1, 0);
    minute_add(&m, &e);
    minute_add(&m, &wrong);
    minute_finish(&m, 0);
    assert_float_equal(m.posture_s[POSTURE_UNSURE], 5, 1e-6f);
    assert_true(isnan(m.flexion_mean_deg) && isnan(m.flexion_min_deg) && isnan(m.lateral_mean_deg) &&
                isnan(m.flexion_sd_deg));
    minute_begin(&m, 1, 0);
    minute_finish(&m, 0);
    assert_float_equal(m.p_sitting, 0, 0);
}

static void counts_do_not_wrap(void **state)
{
    (void)state;
    struct minute m;
    struct epoch e = {.seconds = 5, .posture = POSTURE_WALKING, .steps = 60000};
    minute_begin(&m, 1, 0);
    minute_add(&m, &e);
    minute_add(&m, &e);
    assert_int_equal(m.steps, UINT16_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums), cmocka_unit_test(nothing_known),
                                       cmocka_unit_test(counts_do_not_wrap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
