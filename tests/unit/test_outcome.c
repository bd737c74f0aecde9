/* Known answers, worked out elsewhere (design report.md): bouts of 2, 5, 5, 10, 12, 20, 25, 35, 50, 75 min. */
#include "plumbline/outcome.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ASSERT_NEAR(got, want, within) assert_true(fabs((double)(got) - (want)) <= (within))

enum { BOUTS = 10 };
static const int lengths_min[BOUTS] = {20, 5, 75, 2, 35, 5, 50, 12, 25, 10};

static void make(struct bout bouts[BOUTS], bool last_open)
{
    int64_t at = 1000;
    for (int i = 0; i < BOUTS; i++) {
        bouts[i] = (struct bout){
            .start_ns = at, .end_ns = at + lengths_min[i] * 60000000000, .open = last_open && i == BOUTS - 1};
        at = bouts[i].end_ns + 1;
    }
}

static void known_answers(void **state)
{
    (void)state;
    struct bout bouts[BOUTS];
    struct bout_outcome o;
    double scratch[BOUTS];
    make(bouts, false);
    outcome_bouts(bouts, BOUTS, scratch, &o);
    const struct {
        double got, want, within;
    } table[] = {
        {o.total_min, 239, 1e-9},
        {o.mean_min, 23.9, 1e-9},
        {o.median_min, 16, 1e-9},
        {o.longest_min, 75, 1e-9},
        {o.prolonged_min, 160, 1e-9},
        {o.prolonged_share, 0.6695, 5e-5},
        {o.fragmentation_per_h, 2.51046, 5e-6},
        {o.alpha, 1.505881, 5e-7},
        {o.alpha_se, 0.159973, 5e-7},
        {o.w50_fit_min, 33.4113, 5e-5},
        {o.w50_fit_n, 2.3917, 5e-5},
        {o.w50_fit_sse, 0.027064, 5e-7},
        {o.w50_nearest_min, 35, 1e-9},
        {o.w50_first_min, 50, 1e-9},
        {o.gini_biased, 0.491632, 5e-7},
        {o.gini, 0.546258, 5e-7},
        {o.bin_min[0], 34, 1e-9},
        {o.bin_min[1], 45, 1e-9},
        {o.bin_min[2], 160, 1e-9},
    };
    assert_int_equal(o.n, 10);
    assert_int_equal(o.n_prolonged, 3);
    for (size_t i = 0; i < COUNT(table); i++) {
        if (fabs(table[i].got - table[i].want) > table[i].within) print_error("row %zu: %.9f\n", i, table[i].got);
        ASSERT_NEAR(table[i].got, table[i].want, table[i].within);
    }
    make(bouts, true);
    outcome_bouts(bouts, BOUTS, scratch, &o);
    ASSERT_NEAR(o.fragmentation_per_h, 2.25941, 5e-6);
}

static void few_bouts(void **state)
{
    (void)state;
    struct bout one[2] = {{.start_ns = 0, .end_ns = 600000000000}, {.start_ns = 5, .end_ns = 5}};
    struct bout_outcome o;
    double scratch[2];
    outcome_bouts(one, 0, scratch, &o);
    assert_int_equal(o.n, 0);
    assert_true(isnan(o.mean_min) && isnan(o.w50_fit_min) && isnan(o.gini) && isnan(o.fragmentation_per_h));
    outcome_bouts(one, 2, scratch, &o); /* an empty bout is none */
    assert_int_equal(o.n, 1);
    ASSERT_NEAR(o.median_min, 10, 1e-9);
    ASSERT_NEAR(o.w50_first_min, 10, 1e-9);
    assert_true(isnan(o.alpha) && isnan(o.w50_fit_min) && isnan(o.gini));
}

static struct minute minute_of(enum posture p, float slouch_s, float p_sitting)
{
    struct minute m;
    memset(&m, 0, sizeof m);
    m.posture_s[p] = 60;
    *(p == POSTURE_SITTING ? &m.slouch_sitting_s : &m.slouch_standing_s) = slouch_s;
    m.p_sitting = p_sitting;
    m.angle_s = 30;
    m.flexion_mean_deg = slouch_s;
    m.bin_s[5] = slouch_s;
    m.shifts = 1;
    m.creep = slouch_s / 100;
    return m;
}

static void day(void **state)
{
    (void)state;
    struct day_outcome d;
    outcome_day_begin(&d);
    struct minute sat = minute_of(POSTURE_SITTING, 12, 0.9f), stood = minute_of(POSTURE_STANDING, 6, 0.3f);
    struct minute off = minute_of(POSTURE_NOT_WORN, 0, 0.5f);
    off.angle_s = 0;
    off.flexion_mean_deg = NAN;
    off.shifts = 0;
    for (int i = 0; i < 200; i++) outcome_day_add(&d, &sat);
    for (int i = 0; i < 50; i++) outcome_day_add(&d, &stood);
    for (int i = 0; i < 30; i++) outcome_day_add(&d, &off);
    outcome_day_finish(&d);
    assert_int_equal(d.minutes, 280);
    ASSERT_NEAR(d.worn_min, 250, 1e-6);
    ASSERT_NEAR(d.slouch_min, 40, 1e-4);
    ASSERT_NEAR(d.slouch_standing_min, 5, 1e-4);
    ASSERT_NEAR(d.slouch_share, 0.2, 1e-6);
    ASSERT_NEAR(d.flexed_20_min, 45, 1e-4);
    ASSERT_NEAR(d.flexion_mean_deg, 10.8, 1e-5);
    ASSERT_NEAR(d.confidence, (0.9 * 200 + 0.7 * 50) / 250, 1e-6);
    ASSERT_NEAR(d.shifts_per_h, 75, 1e-6);
    ASSERT_NEAR(d.creep_max, 0.12, 1e-6);
    assert_true(d.enough_wear);
}

static void empty_day(void **state)
{
    (void)state;
    struct day_outcome d;
    outcome_day_begin(&d);
    outcome_day_finish(&d);
    assert_true(isnan(d.slouch_share) && isnan(d.shifts_per_h) && isnan(d.flexion_mean_deg) && isnan(d.confidence));
    assert_false(d.enough_wear);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(few_bouts),
        cmocka_unit_test(day),
        cmocka_unit_test(empty_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
