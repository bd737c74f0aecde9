/* Sway: what the filters measure, and that it speaks only where the sensor is like those it was learnt from. */
#include "daemon/posture/activity_tables.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/vec.h"
#include "posture_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static const float upright[3] = {0, 0, 1};

/* Epochs of a sine of SIZE_G along axis AXIS; the levels are those of the last. */
static bool levels_of(double rate_hz, double sine_hz, double size_g, int axis, float level[SWAY_LEVELS])
{
    struct sway s = {0};
    struct sway_sums sums;
    int per_epoch = (int)(5 * rate_hz);
    for (int i = 0; i < 12 * per_epoch; i++) {
        float force[3] = {0, 0, STANDARD_GRAVITY_MPS2};
        if (i % per_epoch == 0) sums = (struct sway_sums){0};
        force[axis] += (float)(size_g * sin(2 * M_PI * sine_hz * i / rate_hz)) * STANDARD_GRAVITY_MPS2;
        sway_add(&s, &sums, force, (float)(1 / rate_hz));
    }
    return sway_levels(&sums, upright, level);
}

static void bands(void **state)
{
    (void)state;
    static const double centre_hz[SWAY_BANDS] = {0.274, 0.775, 1.73, 3.54, 7.07}, rates_hz[] = {25, 52, 100, 400};
    for (size_t r = 0; r < sizeof rates_hz / sizeof *rates_hz; r++)
        for (int band = 0; band < SWAY_BANDS; band++)
            for (int axis = 0; axis < 3; axis += 2) {
                float level[SWAY_LEVELS];
                int at = (axis == 2 ? 0 : SWAY_BANDS) + band;
                assert_true(levels_of(rates_hz[r], centre_hz[band], 0.02, axis, level));
                assert_float_equal(level[at], log10(0.02 * 0.02 / 2), 0.12);
                for (int i = 0; i < SWAY_LEVELS; i++) assert_true(i == at || level[i] < level[at]);
            }
    float level[SWAY_LEVELS];
    assert_false(levels_of(10, 1.73, 0.02, 0, level)); /* too slow a sensor for the upper bands */
}

/* Shaken by noise of SIZE_G in every band, as a sensor of that noise is. */
static int bin_at_noise(double size_g)
{
    struct activity_sway s;
    struct sway filters = {0};
    uint32_t seed = 7;
    activity_sway_init(&s);
    for (int epoch = 0; epoch < 40; epoch++) {
        struct sway_sums sums = {0};
        for (int i = 0; i < 260; i++) {
            float force[3] = {0, 0, STANDARD_GRAVITY_MPS2};
            for (int k = 0; k < 3; k++) {
                seed = seed * 1664525u + 1013904223u;
                force[k] += (float)(size_g * 9.80665 * 3.46 * ((double)(seed >> 8) / (1 << 24) - 0.5));
            }
            sway_add(&filters, &sums, force, 1 / 52.0f);
        }
        activity_sway_add(&s, &sums, upright);
    }
    return activity_sway_bin(&s, &activity_tables_of(PLACEMENT_UPPER_BACK)->sway);
}

static void only_on_a_known_sensor(void **state)
{
    (void)state;
    assert_true(bin_at_noise(0.012) >= 0);
    assert_int_equal(bin_at_noise(0.001), -1); /* a quieter sensor than any it was learnt from */
    assert_int_equal(bin_at_noise(0.1), -1);
    struct activity_sway s;
    activity_sway_init(&s);
    assert_int_equal(activity_sway_bin(&s, &activity_tables_of(PLACEMENT_UPPER_BACK)->sway), -1);
    assert_true(activity_tables_of(PLACEMENT_LOWER_BACK)->sway.noise_from >
                activity_tables_of(PLACEMENT_LOWER_BACK)->sway.noise_to);
}

/* The whole tracker with a sensor of today: sway is measured, and silent. */
static void silent_on_a_quiet_sensor(void **state)
{
    (void)state;
    static struct tracker t;
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct wearer w = {.rate_hz = 50, .t_ns = SECONDS_NS(100), .sway_deg = 0.4, .step_hz = 1.8, .step_g = 0.3};
    struct tracker_out out;
    tracker_init(&t, &config);
    for (int i = 0; i < 50 * 60 * 12; i++) {
        struct sample s = wearer_sample(&w);
        if (i == 50 * 60) w.step_g = 0;
        tracker_push(&t, &s, &out);
    }
    assert_true(t.activity.sway.noise_n >= 100);
    assert_true(t.activity.sway.n > 0);
    assert_int_equal(activity_sway_bin(&t.activity.sway, &activity_tables_of(PLACEMENT_UPPER_BACK)->sway), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands),
        cmocka_unit_test(only_on_a_known_sensor),
        cmocka_unit_test(silent_on_a_quiet_sensor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
