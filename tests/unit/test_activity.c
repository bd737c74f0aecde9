/* The activity filter on epochs made by hand, steps, and whether the sensor is worn. */
#include "daemon/posture/activity.h"
#include "daemon/posture/gait.h"
#include "daemon/posture/vec.h"
#include "daemon/posture/worn.h"
#include "posture_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

enum { SAMPLES = 250 };

static void up_at(double flexion_deg, float up[3])
{
    double u[3];
    wearer_up(flexion_deg, 0, u);
    for (int i = 0; i < 3; i++) up[i] = (float)u[i];
}

/* An epoch with up at FLEXION_DEG; MOVEMENT_G is the spread of |a|, and its square half the surplus, as for a shaken
 * body. */
static struct features epoch_of(double flexion_deg, double movement_g, unsigned steps)
{
    struct features f = {.n = SAMPLES, .regular_steps = steps};
    float up[3];
    const double g = 9.80665;
    up_at(flexion_deg, up);
    for (int i = 0; i < 3; i++) f.force[i] = up[i] * SAMPLES * STANDARD_GRAVITY_MPS2;
    f.size = SAMPLES * g * (1 + movement_g * movement_g / 2);
    f.size_sq = SAMPLES * g * g * (pow(1 + movement_g * movement_g / 2, 2) + movement_g * movement_g);
    return f;
}

static struct calibration walked(bool forward)
{
    struct calibration c = {
        .version = CALIBRATION_VERSION, .state = REFERENCE_GUESSED, .have_up = true, .have_walk = true};
    up_at(0, c.up);
    up_at(0, c.walk);
    c.have_forward = forward;
    c.forward[2] = forward ? -1 : 0;
    return c;
}

static enum activity_class after(struct activity *a, enum placement placement, const struct calibration *c,
                                 double flexion_deg, double movement_g, unsigned steps, int epochs)
{
    struct tracker_config config = {.placement = placement,
                                    .sitting_bias = placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    struct features f = epoch_of(flexion_deg, movement_g, steps);
    float p[ACTIVITY_CLASSES];
    for (int i = 0; i < epochs; i++) activity_step(a, &config, c, &f);
    activity_live(a, p);
    assert_float_equal(p[0] + p[1] + p[2] + p[3], 1, 1e-4f);
    return activity_best(p);
}

static void classes(void **state)
{
    (void)state;
    static const struct {
        enum placement placement;
        double flexion_deg, movement_g;
        unsigned steps;
        enum activity_class want;
    } table[] = {
        {PLACEMENT_LOWER_BACK, -38, 0.006, 0, ACTIVITY_SIT}, {PLACEMENT_LOWER_BACK, -4, 0.03, 0, ACTIVITY_STAND},
        {PLACEMENT_LOWER_BACK, 0, 0.2, 9, ACTIVITY_WALK},    {PLACEMENT_LOWER_BACK, -85, 0.005, 0, ACTIVITY_LIE},
        {PLACEMENT_LOWER_BACK, 30, 0.03, 0, ACTIVITY_STAND}, /* bent forward: nobody sits so on the lower back */
        {PLACEMENT_UPPER_BACK, 25, 0.01, 0, ACTIVITY_SIT},   {PLACEMENT_UPPER_BACK, -25, 0.01, 0, ACTIVITY_SIT},
        {PLACEMENT_UPPER_BACK, 1, 0.05, 0, ACTIVITY_STAND},  {PLACEMENT_UPPER_BACK, 0, 0.25, 9, ACTIVITY_WALK},
        {PLACEMENT_UPPER_BACK, 80, 0.01, 0, ACTIVITY_LIE},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct activity a;
        struct calibration c = walked(true);
        activity_init(&a);
        enum activity_class got =
            after(&a, table[i].placement, &c, table[i].flexion_deg, table[i].movement_g, table[i].steps, 12);
        if (got != table[i].want) print_error("row %zu: %d\n", i, got);
        assert_int_equal(got, table[i].want);
    }
}

/* Poses taken tell a sitter who sits nearly as upright as they stand. */
static void captured_poses(void **state)
{
    (void)state;
    struct activity a;
    struct calibration c = walked(true);
    activity_init(&a);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 8, 0.02, 0, 24), ACTIVITY_STAND);
    c.pose[POSE_STAND].valid = c.pose[POSE_SIT_UPRIGHT].valid = true;
    up_at(0, c.pose[POSE_STAND].up);
    up_at(9, c.pose[POSE_SIT_UPRIGHT].up);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 8, 0.02, 0, 24), ACTIVITY_SIT);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 1, 0.02, 0, 24), ACTIVITY_STAND);
}

/* Only sitting was captured: nothing says standing, not even reclining; the wearer's own word does. */
static void only_seated(void **state)
{
    (void)state;
    struct activity a;
    struct calibration c = {.version = CALIBRATION_VERSION, .state = REFERENCE_CALIBRATED, .have_up = true};
    float p[ACTIVITY_CLASSES];
    up_at(0, c.up);
    up_at(0, c.pose[POSE_SIT_UPRIGHT].up);
    c.pose[POSE_SIT_UPRIGHT].valid = true;
    for (int tilt = -9; tilt <= 9; tilt += 9) {
        activity_init(&a);
        after(&a, PLACEMENT_UPPER_BACK, &c, (float)tilt, 0.003f, 0, 240);
        activity_live(&a, p);
        assert_true(p[ACTIVITY_SIT] > 0.5f);
    }
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct features none = {0};
    for (int i = 0; i < 3; i++) {
        activity_tell(&a, TOLD_STANDING);
        activity_step(&a, &config, &c, &none);
    }
    activity_live(&a, p);
    assert_int_equal(activity_best(p), ACTIVITY_STAND);
}

static void nothing_to_go_by(void **state)
{
    (void)state;
    struct activity a;
    struct calibration c = {.version = CALIBRATION_VERSION};
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct features empty = {0};
    activity_init(&a);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 80, 0.25, 9, 6),
                     ACTIVITY_WALK); /* walking needs no reference */
    assert_false(a.has_reference);
    for (int i = 0; i < 40; i++) {
        float p[ACTIVITY_CLASSES];
        activity_step(&a, &config, &c, &empty);
        activity_live(&a, p);
        for (int k = 0; k < ACTIVITY_CLASSES; k++) assert_true(p[k] >= 0 && p[k] <= 1);
    }
}

/* Three epochs of doubt in the middle of sitting are sitting once what follows is known. */
static void settled_sees_ahead(void **state)
{
    (void)state;
    struct activity a;
    struct calibration c = walked(true);
    float p[ACTIVITY_CLASSES];
    activity_init(&a);
    after(&a, PLACEMENT_LOWER_BACK, &c, -24, 0.006, 0, 20);
    after(&a, PLACEMENT_LOWER_BACK, &c, -21, 0.09, 0, 4);
    float live[ACTIVITY_CLASSES];
    activity_live(&a, live);
    after(&a, PLACEMENT_LOWER_BACK, &c, -24, 0.006, 0, 6);
    activity_settled(&a, PLACEMENT_LOWER_BACK, 6, p);
    assert_true(p[ACTIVITY_SIT] > live[ACTIVITY_SIT] && p[ACTIVITY_SIT] > 0.9f);
    activity_settled(&a, PLACEMENT_LOWER_BACK, 0, p);
    activity_live(&a, live);
    for (int i = 0; i < ACTIVITY_CLASSES; i++) assert_float_equal(p[i], live[i], 1e-5f);
}

static void gaps_spread_belief(void **state)
{
    (void)state;
    struct activity near, far;
    struct calibration c = walked(true);
    float p[2][ACTIVITY_CLASSES];
    activity_init(&near);
    after(&near, PLACEMENT_UPPER_BACK, &c, 1, 0.05, 0, 20);
    far = near;
    activity_gap(&near, 1);
    activity_gap(&far, 12);
    struct features nothing = {0};
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    activity_step(&near, &config, &c, &nothing);
    activity_step(&far, &config, &c, &nothing);
    activity_live(&near, p[0]);
    activity_live(&far, p[1]);
    assert_true(p[1][ACTIVITY_STAND] < p[0][ACTIVITY_STAND]);
}

/* Movement without regular steps is walking once it goes on (stairs), not while a change of posture may be it. */
static void stairs(void **state)
{
    (void)state;
    struct activity a;
    struct calibration c = walked(true);
    activity_init(&a);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 2, 0.03, 0, 20), ACTIVITY_STAND);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 4, 0.15, 0, 1), ACTIVITY_STAND);
    assert_int_equal(after(&a, PLACEMENT_UPPER_BACK, &c, 4, 0.15, 0, 5), ACTIVITY_WALK);
}

/* Near the border of lying belief goes on; well beyond it nobody sits. */
static void reclining(void **state)
{
    (void)state;
    struct activity a;
    struct calibration c = walked(true);
    activity_init(&a);
    assert_int_equal(after(&a, PLACEMENT_LOWER_BACK, &c, -60, 0.006, 0, 40), ACTIVITY_SIT);
    assert_int_equal(after(&a, PLACEMENT_LOWER_BACK, &c, -77.5, 0.006, 0, 4), ACTIVITY_SIT);
    assert_int_equal(after(&a, PLACEMENT_LOWER_BACK, &c, -86, 0.006, 0, 3), ACTIVITY_LIE);
    assert_int_equal(after(&a, PLACEMENT_LOWER_BACK, &c, -76.5, 0.006, 0, 2), ACTIVITY_LIE);
}

/* The border follows a wearer who sits rather upright; a day of nothing but standing stays standing. */
static void threshold(void **state)
{
    (void)state;
    struct activity_threshold sits;
    struct activity stands;
    struct calibration c = walked(true);
    activity_threshold_init(&sits);
    for (int i = 0; i < 720; i++) {
        activity_threshold_learn(&sits, i % 2 ? 3 : 18);
        activity_threshold_learn(&sits, NAN);
    }
    assert_true(sits.shift_deg < -4 && sits.shift_deg > -12);
    assert_int_equal(sits.n, 720);
    activity_init(&stands);
    for (int i = 0; i < 2160; i++)
        assert_int_equal(after(&stands, PLACEMENT_LOWER_BACK, &c, -2 - i % 9, 0.05, 0, 1), ACTIVITY_STAND);
}

/* ---- steps ---- */

static unsigned regular_steps(double rate_hz, double step_hz, double size_mps2, double seconds, float *cadence_hz)
{
    struct gait g;
    gait_init(&g);
    for (int i = 1; i <= (int)(seconds * rate_hz); i++) {
        double t = i / rate_hz, x = sin(2 * M_PI * step_hz * t);
        gait_push(&g, (float)(9.81 + size_mps2 * (x + 0.3 * x * x)), (float)(1 / rate_hz),
                  SECONDS_NS(100) + (int64_t)(t * 1e9));
    }
    *cadence_hz = gait_cadence_hz(&g, SECONDS_NS(100) + (int64_t)(seconds * 1e9));
    return g.regular;
}

static void steps(void **state)
{
    (void)state;
    static const struct {
        double rate_hz, step_hz, size_mps2;
        unsigned least, most;
    } table[] = {
        {50, 1.8, 2, 45, 54},    {100, 2.3, 3, 58, 69}, {10, 1.8, 2, 40, 54},
        {400, 1.2, 1.5, 28, 36}, {50, 1.8, 0.1, 0, 0},  {50, 0.25, 3, 0, 3},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        float cadence_hz;
        unsigned n = regular_steps(table[i].rate_hz, table[i].step_hz, table[i].size_mps2, 30, &cadence_hz);
        if (n < table[i].least || n > table[i].most) print_error("row %zu: %u\n", i, n);
        assert_true(n >= table[i].least && n <= table[i].most);
        if (table[i].least > 0) assert_float_equal(cadence_hz, table[i].step_hz, 0.15);
    }
}

/* What fades away ends at zero, not at numbers that the processor is slow with. */
static void stillness_fades(void **state)
{
    (void)state;
    struct gait g;
    gait_init(&g);
    for (int i = 1; i <= 30000; i++) {
        float stamp = i == 100 ? 9 : 0;
        gait_push(&g, 9.81f + stamp, 0.01f, SECONDS_NS(100) + i * (int64_t)10 * NS_PER_MS);
        assert_true(g.envelope == 0 || isnormal(g.envelope));
    }
    assert_true(g.steps == 1 && g.envelope == 0);
}

/* ---- worn ---- */

static int64_t off_after_s(double angle_deg, double sway_deg, const struct calibration *c, int64_t limit_s)
{
    struct worn w;
    worn_init(&w);
    for (int64_t s = 0; s < limit_s; s += 5) {
        float up[3];
        up_at(angle_deg + sway_deg * sin((double)s * 0.05), up);
        if (worn_step(&w, c, up, 0.003f, SECONDS_NS(s), SECONDS_NS(s + 5)) == WORN_OFF) return s + 5;
    }
    return -1;
}

static void worn_or_not(void **state)
{
    (void)state;
    struct calibration c = walked(false);
    assert_int_equal(off_after_s(118, 0.02, &c, 7200), 600);
    assert_int_equal(off_after_s(118, 1, &c, 7200), -1);     /* a sleeper */
    assert_int_equal(off_after_s(10, 0.02, &c, 7200), 1800); /* a pose that can be explained takes longer */
    struct worn w;
    float up[3];
    worn_init(&w);
    up_at(118, up);
    for (int64_t s = 0; s < 605; s += 5) worn_step(&w, &c, up, 0.001f, SECONDS_NS(s), SECONDS_NS(s + 5));
    assert_true(w.off);
    assert_true(worn_doubtful(&w, SECONDS_NS(300), SECONDS_NS(605)));
    up_at(112, up);
    assert_int_equal(worn_step(&w, &c, up, 0.001f, SECONDS_NS(605), SECONDS_NS(610)), WORN_ON);
    assert_false(w.off);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),
        cmocka_unit_test(captured_poses),
        cmocka_unit_test(only_seated),
        cmocka_unit_test(nothing_to_go_by),
        cmocka_unit_test(settled_sees_ahead),
        cmocka_unit_test(gaps_spread_belief),
        cmocka_unit_test(stairs),
        cmocka_unit_test(reclining),
        cmocka_unit_test(threshold),
        cmocka_unit_test(steps),
        cmocka_unit_test(stillness_fades),
        cmocka_unit_test(worn_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
