/* What no sensor sends, and a damaged log or calibration may. */
#include "daemon/posture/tracker.h"
#include "posture_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* Times from a damaged log, at either end of what a number holds. */
static void times_that_are_none(void **state)
{
    (void)state;
    static struct tracker t;
    struct wearer w = {.t_ns = SECONDS_NS(1000), .rate_hz = 50};
    struct posture_view before, after;
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct tracker_out out;
    tracker_init(&t, &config);
    for (int i = 0; i < 1500; i++) {
        struct sample s = wearer_sample(&w);
        tracker_push(&t, &s, &out);
    }
    tracker_view(&t, &before);
    static const int64_t none[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2, -1, INT64_MIN};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct sample s = wearer_sample(&w);
        s.t_ns = none[i];
        tracker_push(&t, &s, &out);
        assert_int_equal(out.n_events + out.n_epochs, 0);
    }
    tracker_view(&t, &after);
    assert_int_equal(before.t_ns, after.t_ns);
}

/* A slow sensor's samples never meet an epoch's border: what is turned until the sample behind it has not been turned in
 * the moment before the border. */
static void turning_at_a_border(void **state)
{
    (void)state;
    static struct tracker t;
    struct wearer w = {.t_ns = SECONDS_NS(1000), .rate_hz = 9.7, .no_gyro = true};
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct tracker_out out;
    float most = 0;
    tracker_init(&t, &config);
    for (int i = 0; i < 4000; i++) {
        w.flexion_deg = i % 400 < 200 ? 10.0 * (i % 200) / 20 : 100 - 10.0 * (i % 200) / 20; /* 4.9 °/s = .085 rad/s */
        struct sample s = wearer_sample(&w);
        tracker_push(&t, &s, &out);
        for (unsigned k = 0; i > 300 && k < t.transition.n; k++) most = fmaxf(most, t.transition.slot[k].turn2);
    }
    assert_true(most > 0.08f * 0.08f);
    assert_true(most < 0.15f * 0.15f);
}

/* A device that tells its own attitude has turned in a gap: nobody turned so fast in the moment before it. */
static void turned_in_a_gap(void **state)
{
    (void)state;
    static struct tracker t;
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    for (int samples = 1500; samples < 1505; samples++) {
        struct sample s = {.raw.have = HAVE_QUAT, .t_ns = SECONDS_NS(1000), .quat = {1}};
        struct tracker_out out;
        tracker_init(&t, &config);
        for (int i = 0; i < samples; i++, s.t_ns += 20 * NS_PER_MS) tracker_push(&t, &s, &out);
        s.t_ns += SECONDS_NS(20);
        s.quat[0] = s.quat[1] = 0.7071068f;
        tracker_push(&t, &s, &out);
        assert_true(t.live.turn_degs < 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_that_are_none),
        cmocka_unit_test(turning_at_a_border),
        cmocka_unit_test(turned_in_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
