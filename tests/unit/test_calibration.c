/* Captures, the angles that follow from them, and forward. */
#include "daemon/posture/capture.h"
#include "daemon/posture/vec.h"
#include "calibration_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void plausible_poses(void **state)
{
    (void)state;
    struct calibration c;
    calibration_init(&c);
    assert_null(calibration_zero(&c));
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 40, 1), CAPTURE_TOO_EARLY); /* nothing to tell it by */
    assert_int_equal(c.state, REFERENCE_NONE);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 3, 2), CAPTURE_OK);
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_SLOUCHED, 5, 3), CAPTURE_ALIKE); /* too like */
    assert_false(c.pose[POSE_SIT_SLOUCHED].valid);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_SLOUCHED, 80, 3), CAPTURE_UNLIKELY);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_SLOUCHED, 27, 3), CAPTURE_OK);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_LEAN_BACK, -20, 4), CAPTURE_OK);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 45, 5), CAPTURE_OK);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_STAND, 0, 6), CAPTURE_OK);
    assert_true(calibration_sound(&c));
    assert_true(c.have_forward);
    assert_float_equal(c.forward[2], -1, 0.01f); /* body forward is the fixture's −z */
    float up[3];
    struct angles a;
    up_at(23, 0, up);
    calibration_angles(&c, up, &a);
    assert_float_equal(a.flexion_deg, 20, 0.1f); /* from sitting upright */
    assert_float_equal(calibration_to_sitting_deg(&c, up), 0, 0.1f);
    up_at(10, 5, up);
    assert_float_equal(calibration_to_sitting_deg(&c, up), 5, 0.1f); /* beside the way from upright to slouched */
}

/* On the lower back slouching turns the pelvis backward: it must not turn forward around. */
static void lower_back(void **state)
{
    (void)state;
    struct calibration c;
    calibration_init(&c);
    assert_int_equal(take(&c, PLACEMENT_LOWER_BACK, POSE_STAND, -5, 1), CAPTURE_OK);
    assert_int_equal(take(&c, PLACEMENT_LOWER_BACK, POSE_SIT_UPRIGHT, -33, 2), CAPTURE_OK);
    assert_int_equal(take(&c, PLACEMENT_LOWER_BACK, POSE_SIT_SLOUCHED, -52, 3), CAPTURE_OK);
    assert_false(c.have_forward);
    assert_int_equal(take(&c, PLACEMENT_LOWER_BACK, POSE_BEND, -8, 4), CAPTURE_OK);
    assert_true(c.have_forward);
    struct angles a;
    float up[3];
    up_at(-45, 0, up);
    calibration_angles(&c, up, &a);
    assert_float_equal(a.flexion_deg, -12, 0.1f);
    assert_float_equal(a.slouch_deg, 12, 0.1f);
}

static void taken_anew(void **state)
{
    (void)state;
    struct calibration c;
    calibration_init(&c);
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 0);
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_SLOUCHED, 20, 30);
    float slouched[3];
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 7, 7200); /* strapped on 7° differently, only this pose taken */
    up_at(27, 0, slouched);
    assert_true(vec_angle_deg(c.pose[POSE_SIT_SLOUCHED].up, slouched) < 0.1f);
}

static void hints_of_forward(void **state)
{
    (void)state;
    struct calibration c;
    float up[3], hint[3] = {0};
    calibration_init(&c);
    up_at(40, 5, up);
    calibration_hint(&c, up, true, hint, 1);
    assert_float_equal(vec_norm(hint), 0, 0); /* upright is not known */
    up_at(0, 0, c.up);
    c.have_up = true;
    calibration_hint(&c, up, true, hint, 1);
    assert_false(c.have_forward);
    up_at(5, 40, up);
    calibration_hint(&c, up, true, hint, 2); /* sideways: does not agree */
    assert_false(c.have_forward);
    up_at(45, 4, up);
    calibration_hint(&c, up, true, hint, 3);
    assert_false(c.have_forward);
    up_at(38, -6, up);
    calibration_hint(&c, up, true, hint, 4);
    assert_true(c.have_forward);
    assert_true(c.forward[2] < -0.98f);
}

static void damaged(void **state)
{
    (void)state;
    struct calibration good, c;
    calibration_init(&good);
    assert_true(calibration_sound(&good));
    take(&good, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 0);
    take(&good, PLACEMENT_UPPER_BACK, POSE_BEND, 30, 0);
    assert_true(calibration_sound(&good));
    c = good, c.version++;
    assert_false(calibration_sound(&c));
    c = good, c.up[0] = NAN;
    assert_false(calibration_sound(&c));
    c = good, c.pose[POSE_BEND].up[1] = 4;
    assert_false(calibration_sound(&c));
    c = good, memcpy(c.forward, c.up, sizeof c.up);
    assert_false(calibration_sound(&c));
    c = good, c.state = (enum reference_state)99;
    assert_false(calibration_sound(&c));
    c = good, c.settling = (enum settling)99;
    assert_false(calibration_sound(&c));
    c = good, c.settling = SETTLING_UP; /* and yet CALIBRATED */
    assert_false(calibration_sound(&c));
    c = good, c.have_walk_also = true;
    assert_false(calibration_sound(&c));
    c = good, c.bows = UINT32_MAX;
    assert_false(calibration_sound(&c));
    c = good, c.have_up = c.have_forward = false, c.state = REFERENCE_NONE; /* and yet poses */
    assert_false(calibration_sound(&c));
    c = good, c.up_ns = INT64_MIN;
    assert_false(calibration_sound(&c));
    c = good, c.pose[POSE_STAND].taken_ns = INT64_MAX;
    assert_false(calibration_sound(&c));
    c = good, memset(&c.have_walk, 0x5a, 1);
    assert_false(calibration_sound(&c));
    c = good, memset(&c.pose[POSE_STAND].valid, 0xff, 1);
    assert_false(calibration_sound(&c));
}

/* Poses that contradict each other say nothing of forward: what was known is kept, at right angles to the new zero. */
static void contradicting_poses(void **state)
{
    (void)state;
    struct calibration c;
    calibration_init(&c);
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 0);
    take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 30, 1);
    take(&c, PLACEMENT_UPPER_BACK, POSE_LEAN_BACK, 31, 2); /* the wearer bent again */
    assert_true(c.have_forward && calibration_sound(&c));
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 6, 3);
    assert_true(c.have_forward && calibration_sound(&c));
    assert_float_equal(vec_dot(c.forward, calibration_zero(&c)), 0, 1e-6f);
}

/* ---- capture ---- */

static struct capture hold(struct calibration *c, double sway_deg, double shake_g, int seconds)
{
    struct capture k;
    capture_start(&k, POSE_SIT_UPRIGHT, SECONDS_NS(100));
    for (int i = 1; i <= seconds * 10; i++) {
        float up[3];
        up_at(sway_deg * sin(i * 0.05), 0, up);
        float force = STANDARD_GRAVITY_MPS2 * (1 + (float)shake_g * (i % 2 ? 1 : -1));
        capture_step(&k, c, PLACEMENT_UPPER_BACK, up, force, 0.1f, SECONDS_NS(100) + i * 100 * (int64_t)NS_PER_MS);
    }
    return k;
}

static void captures(void **state)
{
    (void)state;
    static const struct {
        double sway_deg, shake_g;
        int seconds;
        enum capture_state state;
        enum capture_fault fault;
    } table[] = {
        {1, 0.02, 15, CAPTURE_DONE, CAPTURE_OK},
        {1, 0.02, 14, CAPTURE_RUNNING, CAPTURE_OK},
        {15, 0.02, 15, CAPTURE_REFUSED, CAPTURE_MOVED},
        {1, 0.3, 15, CAPTURE_REFUSED, CAPTURE_MOVED},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct calibration c;
        calibration_init(&c);
        struct capture k = hold(&c, table[i].sway_deg, table[i].shake_g, table[i].seconds);
        assert_int_equal(k.state, table[i].state);
        assert_int_equal(k.fault, table[i].fault);
        assert_int_equal(c.pose[POSE_SIT_UPRIGHT].valid, table[i].state == CAPTURE_DONE);
    }
    struct capture k;
    capture_start(&k, POSE_STAND, SECONDS_NS(5));
    capture_advance(&k, SECONDS_NS(20));
    assert_int_equal(k.state, CAPTURE_RUNNING);
    capture_advance(&k, capture_due_ns(&k));
    assert_int_equal(k.fault, CAPTURE_NO_SAMPLES);
    assert_true(capture_due_ns(&k) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plausible_poses),
        cmocka_unit_test(lower_back),
        cmocka_unit_test(taken_anew),
        cmocka_unit_test(hints_of_forward),
        cmocka_unit_test(damaged),
        cmocka_unit_test(contradicting_poses),
        cmocka_unit_test(captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
