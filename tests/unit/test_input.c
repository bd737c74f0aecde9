/* What the desk's input says of sitting, alone and through the whole tracker. */
#include "daemon/posture/input.h"
#include "daemon/posture/tracker.h"
#include "posture_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static float odds(enum desk_kind desk, int active, int quiet, int unknown)
{
    struct input i = {0};
    while (active-- > 0) input_add(&i, SAMPLE_DESK_ACTIVE);
    while (quiet-- > 0) input_add(&i, SAMPLE_DESK_QUIET | SAMPLE_CLIPPED);
    while (unknown-- > 0) input_add(&i, SAMPLE_GAP_BEFORE);
    return input_log_odds(&i, desk);
}

static void weights(void **state)
{
    (void)state;
    float active = 0.3f * logf(0.70f / 0.05f), quiet = 0.3f * logf(0.30f / 0.95f);
    assert_float_equal(odds(DESK_SEATED, 250, 0, 0), active, 1e-5f);
    assert_float_equal(odds(DESK_SEATED, 0, 250, 0), quiet, 1e-5f);
    assert_float_equal(odds(DESK_SEATED, 100, 100, 50), 0.4f * (active + quiet), 1e-5f);
    assert_float_equal(odds(DESK_SEATED, 0, 0, 250), 0, 0);
    assert_float_equal(odds(DESK_SEATED, 0, 0, 0), 0, 0);
    assert_float_equal(odds(DESK_STANDING, 250, 0, 0), 0, 0);
    assert_float_equal(odds(DESK_MIXED, 250, 0, 0), 0, 0);
    assert_true(active > 0 && quiet < 0 && active > -2 * quiet); /* a small negative */
}

static struct tracker t;
static struct wearer w;

static void begin(enum desk_kind desk, enum placement placement)
{
    const struct tracker_config config = {.placement = placement, .desk = desk, .sitting_bias = 0.1f};
    tracker_init(&t, &config);
    w = (struct wearer){.t_ns = SECONDS_NS(1000), .rate_hz = 50, .sway_deg = 0.5, .noise = 5};
}

/* Seconds of each posture among the settled epochs of SECONDS spent so. */
static void spend(int seconds, double step_hz, uint16_t desk, float sum[POSTURE_COUNT])
{
    struct tracker_out out;
    w.step_hz = step_hz;
    w.step_g = step_hz > 0 ? 0.25 : 0;
    for (int i = 0; i < seconds * 50; i++) {
        struct sample s = wearer_sample(&w);
        s.raw.flags |= desk;
        tracker_push(&t, &s, &out);
        for (unsigned k = 0; sum && k < out.n_epochs; k++) sum[out.epoch[k].posture] += out.epoch[k].seconds;
    }
}

/* Upright after a walk, ten minutes: what is said of the last nine. */
static float sat_s(enum desk_kind desk, uint16_t input, float sum[POSTURE_COUNT])
{
    begin(desk, PLACEMENT_LOWER_BACK);
    spend(120, 1.9, input, NULL);
    spend(120, 0, input, NULL);
    memset(sum, 0, POSTURE_COUNT * sizeof *sum);
    spend(540, 0, input, sum);
    return sum[POSTURE_SITTING];
}

static void an_upright_sitter_types(void **state)
{
    (void)state;
    float sum[POSTURE_COUNT];
    assert_true(sat_s(DESK_SEATED, SAMPLE_DESK_ACTIVE, sum) > 500);
    assert_float_equal(sat_s(DESK_SEATED, SAMPLE_DESK_QUIET, sum), 0, 0);
    assert_float_equal(sat_s(DESK_SEATED, 0, sum), 0, 0);
    assert_true(sum[POSTURE_STANDING] > 500);
    assert_float_equal(sat_s(DESK_STANDING, SAMPLE_DESK_ACTIVE, sum), 0, 0);
    assert_float_equal(sat_s(DESK_MIXED, SAMPLE_DESK_ACTIVE, sum), 0, 0);
}

/* Input alone is no evidence: not without a reference, not of a walker, not of a sensor on the table. */
static void never_alone(void **state)
{
    (void)state;
    float sum[POSTURE_COUNT] = {0};
    begin(DESK_SEATED, PLACEMENT_LOWER_BACK);
    spend(600, 0, SAMPLE_DESK_ACTIVE, sum);
    assert_float_equal(sum[POSTURE_SITTING], 0, 0);
    begin(DESK_SEATED, PLACEMENT_UPPER_BACK);
    spend(600, 1.9, SAMPLE_DESK_ACTIVE, sum);
    assert_float_equal(sum[POSTURE_SITTING], 0, 0);
    assert_true(sum[POSTURE_WALKING] > 500);

    begin(DESK_SEATED, PLACEMENT_LOWER_BACK);
    w.sway_deg = 0;
    spend(120, 1.9, 0, NULL);
    spend(200, 0, 0, NULL); /* lies as upright as it was worn, and as still as a table */
    memset(sum, 0, sizeof sum);
    spend(900, 0, SAMPLE_DESK_ACTIVE, sum);
    assert_float_equal(sum[POSTURE_SITTING], 0, 0);
}

/* What a log gives back is what was seen: the same samples, the same tracker, to the byte. */
static void a_replay_sees_the_same(void **state)
{
    (void)state;
    static struct tracker seen;
    begin(DESK_SEATED, PLACEMENT_UPPER_BACK);
    spend(60, 1.9, 0, NULL);
    spend(300, 0, SAMPLE_DESK_ACTIVE, NULL);
    memcpy(&seen, &t, sizeof seen);
    begin(DESK_SEATED, PLACEMENT_UPPER_BACK);
    spend(60, 1.9, 0, NULL);
    spend(300, 0, 0, NULL);
    assert_true(t.live.p[ACTIVITY_SIT] < seen.live.p[ACTIVITY_SIT]);
    begin(DESK_SEATED, PLACEMENT_UPPER_BACK);
    spend(60, 1.9, 0, NULL);
    spend(300, 0, SAMPLE_DESK_ACTIVE, NULL);
    assert_memory_equal(&t, &seen, sizeof t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),
        cmocka_unit_test(an_upright_sitter_types),
        cmocka_unit_test(never_alone),
        cmocka_unit_test(a_replay_sees_the_same),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
