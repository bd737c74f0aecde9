/* What happens ten times a second, through the whole tracker: the histogram's borders, a deep flexion that is no bend, and
 * the ten seconds after a change of posture. */
#include "daemon/posture/tracker.h"
#include "posture_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

enum { EPOCHS_KEPT = 1000 };

static struct {
    struct tracker t;
    struct wearer w;
    int n;
    struct epoch epoch[EPOCHS_KEPT];
} p;

static void keep(const struct tracker_out *out)
{
    for (unsigned i = 0; i < out->n_epochs && p.n < EPOCHS_KEPT; i++) p.epoch[p.n++] = out->epoch[i];
}

static void hold(double flexion_deg, double seconds)
{
    struct tracker_out out;
    p.w.flexion_deg = flexion_deg;
    for (int64_t end = p.w.t_ns + (int64_t)(seconds * 1e9); p.w.t_ns < end;) {
        struct sample s = wearer_sample(&p.w);
        tracker_push(&p.t, &s, &out);
        keep(&out);
    }
}

static void walk(double seconds)
{
    p.w.step_hz = 1.9;
    p.w.step_g = 0.3;
    hold(0, seconds);
    p.w.step_hz = 0;
}

/* Standing is 0°; a wearer who sits upright at SEAT_DEG and slouches 24° further. */
static void begin(enum placement placement, double seat_deg)
{
    struct tracker_config config = {.placement = placement, .sensitivity = SENSITIVITY_MEDIUM};
    struct calibration c = {.version = CALIBRATION_VERSION, .state = REFERENCE_CALIBRATED, .have_up = true,
                            .have_forward = true, .up_ns = SECONDS_NS(1000)};
    const double at[POSE_COUNT] = {[POSE_SIT_UPRIGHT] = seat_deg, [POSE_SIT_SLOUCHED] = seat_deg + 24};
    static const enum pose poses[] = {POSE_SIT_UPRIGHT, POSE_SIT_SLOUCHED, POSE_STAND};
    double up[3];
    memset(&p, 0, sizeof p);
    for (size_t i = 0; i < sizeof poses / sizeof poses[0]; i++) {
        wearer_up(at[poses[i]], 0, up);
        c.pose[poses[i]].valid = true;
        for (int k = 0; k < 3; k++) c.pose[poses[i]].up[k] = (float)up[k];
    }
    c.up[0] = 1;
    wearer_up(seat_deg + 90, 0, up); /* backward, of a trunk that sits upright */
    for (int k = 0; k < 3; k++) c.forward[k] = (float)-up[k];
    tracker_init(&p.t, &config);
    assert_int_equal(tracker_set_calibration(&p.t, &c), 0);
    p.w = (struct wearer){.t_ns = SECONDS_NS(1000), .rate_hz = 50};
}

static void finish(void)
{
    struct tracker_out out;
    tracker_finish(&p.t, p.w.t_ns, &out);
    keep(&out);
}

/* Of the epochs that begin from FROM_S to TO_S. */
static double slouched_s(int64_t from_ns, int64_t to_ns)
{
    double sum = 0;
    for (int i = 0; i < p.n; i++)
        if (p.epoch[i].start_ns >= from_ns && p.epoch[i].start_ns < to_ns) sum += (double)p.epoch[i].slouch_s;
    return sum;
}

static void histogram_borders(void **state)
{
    (void)state;
    static const double border_deg[INCLINATION_BINS - 1] = {-5, 0, 5, 10, 20, 45, 60};
    static const double beside_deg[2] = {-1, 1};
    begin(PLACEMENT_UPPER_BACK, -10); /* 60° beyond that is not taken for lying */
    int64_t at_ns[INCLINATION_BINS - 1][2];
    for (int i = 0; i < INCLINATION_BINS - 1; i++)
        for (int side = 0; side < 2; side++) {
            hold(-10 + border_deg[i] + beside_deg[side], 20);
            at_ns[i][side] = p.w.t_ns - SECONDS_NS(12);
        }
    finish();
    for (int i = 0; i < INCLINATION_BINS - 1; i++)
        for (int side = 0; side < 2; side++) {
            const struct epoch *e = NULL;
            for (int k = 0; k < p.n && !e; k++)
                if (p.epoch[k].start_ns >= at_ns[i][side]) e = &p.epoch[k];
            assert_non_null(e);
            assert_true(e->bin_s[i + side] > 4.9f);
        }
    begin(PLACEMENT_LOWER_BACK, 8);
    hold(20, 60);
    finish();
    assert_true(p.n > 0);
    for (int k = 0; k < p.n; k++)
        for (int i = 0; i < INCLINATION_BINS; i++) assert_float_equal(p.epoch[k].bin_s[i], 0, 0);
}

static void sit_down(void)
{
    begin(PLACEMENT_UPPER_BACK, 8);
    walk(60);
    hold(8, 300);
}

/* Nothing is said of a deep flexion before it has lasted too long for a bend; then all of its time is made good, in the
 * epochs that it lies in. */
static void deep_flexion(void **state)
{
    (void)state;
    struct posture_view v;
    sit_down();
    int64_t bend_ns = p.w.t_ns;
    hold(50, 6);
    hold(8, 60);
    int64_t deep_ns = p.w.t_ns;
    hold(50, 6);
    tracker_view(&p.t, &v);
    assert_false(v.in_slouch_zone);
    hold(50, 54);
    tracker_view(&p.t, &v);
    assert_true(v.in_slouch_zone);
    assert_true(v.zone_since_ns >= deep_ns && v.zone_since_ns - deep_ns < SECONDS_NS(2));
    hold(8, 100);
    finish();
    assert_float_equal((float)slouched_s(bend_ns, deep_ns - SECONDS_NS(10)), 0, 2); /* on the way there and back */
    assert_float_equal((float)slouched_s(deep_ns - SECONDS_NS(5), deep_ns + SECONDS_NS(10)), 12.5f, 2.7f); /* whole epochs */
    assert_float_equal((float)slouched_s(deep_ns - SECONDS_NS(5), deep_ns + SECONDS_NS(70)), 60, 3);
}

/* Somebody sits down into a slouch: the activity says so seconds later, the ten seconds count from the bow. */
static void after_a_change(void **state)
{
    (void)state;
    struct posture_view v;
    begin(PLACEMENT_UPPER_BACK, 8);
    walk(60);
    hold(0, 60);
    hold(54, 1.4);
    int64_t bowed_ns = p.w.t_ns;
    hold(28, 4);
    p.t.live.changed_ns = p.w.t_ns - SECONDS_NS(4);
    hold(28, 1);
    tracker_view(&p.t, &v);
    assert_false(v.in_slouch_zone);
    hold(28, 20);
    tracker_view(&p.t, &v);
    assert_true(v.in_slouch_zone);
    assert_true(v.zone_since_ns >= bowed_ns + SECONDS_NS(10) && v.zone_since_ns <= bowed_ns + SECONDS_NS(13));
}

/* The same change of mind about one who sat, bent down and came back, and then slouched: its bow changed nothing. */
static void after_a_bend(void **state)
{
    (void)state;
    struct posture_view v;
    sit_down();
    hold(60, 2);
    hold(8, 4.8);
    p.t.live.changed_ns = p.w.t_ns - SECONDS_NS(3);
    int64_t slouched_ns = p.w.t_ns;
    hold(28, 0.6);
    tracker_view(&p.t, &v);
    assert_false(v.in_slouch_zone); /* not known yet */
    hold(28, 9.4);
    tracker_view(&p.t, &v);
    assert_true(v.in_slouch_zone);
    assert_true(v.zone_since_ns >= slouched_ns && v.zone_since_ns - slouched_ns < SECONDS_NS(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histogram_borders),
        cmocka_unit_test(deep_flexion),
        cmocka_unit_test(after_a_change),
        cmocka_unit_test(after_a_bend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
