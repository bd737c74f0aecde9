/* The reference that walking moves, doubts and finds anew. */
#include "daemon/posture/rezero.h"
#include "daemon/posture/vec.h"
#include "calibration_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static struct calibration c;
static struct rezero z;
static int64_t at; /* s */

static void begin(void)
{
    at = 10;
    calibration_init(&c);
    rezero_init(&z, 0);
}

/* Walks MINUTES with up at FLEXION_DEG, then rests for a minute; returns by how much the poses moved in all. */
static float walk(double flexion_deg, double minutes)
{
    float up[3], moved = 0;
    up_at(flexion_deg, 0, up);
    for (int i = 0; i < (int)(minutes * 12); i++) moved += rezero_walked(&z, &c, up, 5, SECONDS_NS(at += 5));
    for (int i = 0; i < 12; i++) moved += rezero_broken(&z, &c, SECONDS_NS(at += 5));
    return moved;
}

static void first_walk(void **state)
{
    (void)state;
    begin();
    walk(4, 0.25); /* 15 s: not yet */
    assert_int_equal(c.state, REFERENCE_NONE);
    walk(4, 0.5);
    assert_int_equal(c.state, REFERENCE_GUESSED);
    float up[3];
    up_at(4, 0, up);
    assert_true(vec_angle_deg(c.up, up) < 0.1f && c.have_walk);
}

static void bounded(void **state)
{
    (void)state;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 5, 5);
    walk(0, 1); /* walking's own direction; it never becomes sitting upright */
    float up[3], seat[3];
    up_at(5, 0, seat);
    assert_true(vec_angle_deg(c.pose[POSE_SIT_UPRIGHT].up, seat) < 0.1f);
    for (int hour = 0; hour < 8; hour++) {
        assert_true(walk(hour % 2 ? 4 : -2, 20) < 1); /* so this wearer walks: at 1°, more or less */
        at += 2400;
    }
    up_at(1, 0, up);
    assert_true(vec_angle_deg(c.walk, up) < 1.2f && vec_angle_deg(c.pose[POSE_SIT_UPRIGHT].up, seat) < 1);
    double seat_deg = 5 + (double)vec_angle_deg(c.pose[POSE_SIT_UPRIGHT].up, seat);
    float moved = 0;
    for (int hour = 1; hour <= 8; hour++) { /* and now the strap creeps */
        moved += walk(1 + hour, 20);
        at += 2400;
    }
    assert_true(moved > 4 && moved < 8);
    up_at(seat_deg + (double)moved, 0, seat);
    assert_true(vec_angle_deg(c.pose[POSE_SIT_UPRIGHT].up, seat) < 1.2f); /* all move alike */
    for (int hour = 0; hour < 9; hour++) {
        double further = (double)vec_angle_deg(c.walk, c.walk_first) + 6; /* never far enough to be doubted */
        walk(further, 20);
        at += 2400;
    }
    assert_true(vec_angle_deg(c.walk, c.walk_first) < 15.1f);
    up_at(1, 0, up);
    assert_true(vec_angle_deg(c.walk_first, up) < 3); /* how this wearer walks is hardly learnt anew by then */
}

/* After a night without a walk the first one would be followed nearly whole: not more than 2° at once, and 5° an hour. */
static void bounded_after_long(void **state)
{
    (void)state;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 5);
    for (int k = 0; k < 8; k++) walk(0, 1);
    at += 10 * 3600;
    float moved = walk(7.5, 0.5);
    assert_true(moved > 1.6f && moved <= 2.01f);
    for (int k = 0; k < 6; k++) {
        at += 540;
        moved += walk(7.5, 1);
    }
    assert_true(moved <= 5.05f);
}

static void doubt_and_back(void **state)
{
    (void)state;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 5);
    walk(0, 1);
    assert_float_equal(walk(16, 0.5), 0, 0);
    assert_int_equal(c.state, REFERENCE_CALIBRATED); /* one vote is none */
    walk(16, 1);
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
    walk(1, 0.7);
    assert_int_equal(c.state, REFERENCE_DOUBTFUL); /* one vote is none, in this direction too */
    walk(1, 0.7);
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
}

/* Doubtful after a walk at 16°: the wearer says what it was. */
static void begin_doubt(void)
{
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 6, 5);
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_SLOUCHED, 28, 5);
    walk(0, 1);
    walk(16, 2);
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
}

static void answered(void **state)
{
    (void)state;
    float seat[3];
    begin_doubt();
    assert_float_equal(rezero_answered(&z, &c, true, SECONDS_NS(at)), 16, 1);
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    up_at(22, 0, seat);
    assert_true(vec_angle_deg(c.pose[POSE_SIT_UPRIGHT].up, seat) < 1);
    assert_true(calibration_sound(&c));

    begin_doubt();
    assert_float_equal(rezero_answered(&z, &c, false, SECONDS_NS(at)), 0, 0);
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    assert_float_equal(walk(16, 5), 0, 0); /* the wearer's other way of walking: no more doubt, no move */
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    walk(-16, 2);
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
}

static void strapped_anew(void **state)
{
    (void)state;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 6, 5);
    walk(0, 1);
    take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 40, 6);
    c.strap_id = 7;
    rezero_strapped(&z, &c);
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
    assert_int_equal(c.strap_id, 8);
    assert_int_equal(c.pose[POSE_BEND].strap_id, 0); /* as it was when the pose was taken */
    assert_true(calibration_sound(&c));

    /* now upside down and turned about the vertical by 90°: (x up, y left, z back) becomes (−x, z, y) */
    const float walked[3] = {-1, 0, 0}, bowed[3] = {-0.7071f, 0.7071f, 0};
    float hint[3] = {0}, scratch_up[3] = {-0.9f, 0.3f, 0.3f};
    struct calibration scratch;
    vec_unit(scratch_up);
    assert_null(calibration_reference(calibration_trusted(&c, scratch_up, &scratch)));
    calibration_hint(&c, bowed, true, hint, SECONDS_NS(at)); /* the vertical is not known: says nothing */
    for (int i = 0; i < 12; i++) rezero_walked(&z, &c, walked, 5, SECONDS_NS(at += 5));
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
    assert_int_equal(c.settling, SETTLING_FORWARD);
    assert_true(vec_angle_deg(c.walk, walked) < 0.1f);
    struct angles a;
    calibration_angles(&c, bowed, &a);
    assert_false(a.have_signs);
    assert_float_equal(a.inclination_deg, 45, 0.5f);
    calibration_hint(&c, bowed, true, hint, SECONDS_NS(at));
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    const float seat[3] = {-cosf(6 / DEG_PER_RAD), sinf(6 / DEG_PER_RAD), 0};
    assert_true(vec_angle_deg(c.pose[POSE_SIT_UPRIGHT].up, seat) < 0.5f);
    calibration_angles(&c, bowed, &a);
    assert_float_equal(a.flexion_deg, 39, 0.5f);
    assert_true(calibration_sound(&c));

    const float contrary[3] = {-0.7071f, -0.7071f, 0};
    calibration_hint(&c, contrary, true, hint, SECONDS_NS(at)); /* one against one */
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
    calibration_hint(&c, bowed, true, hint, SECONDS_NS(at));
    calibration_hint(&c, bowed, true, hint, SECONDS_NS(at));
    calibration_hint(&c, contrary, true, hint, SECONDS_NS(at)); /* one against two */
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
}

/* Put on upside down and calibrated at once: the old poses are no measure of the new ones. */
static void captured_anew(void **state)
{
    (void)state;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_STAND, 0, 5);
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 6, 5);
    take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 40, 6);
    rezero_strapped(&z, &c);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 45, 9), CAPTURE_TOO_EARLY);
    assert_true(c.pose[POSE_BEND].valid);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 170, 10), CAPTURE_OK);
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    assert_false(c.pose[POSE_BEND].valid);
    assert_int_equal(c.pose[POSE_SIT_UPRIGHT].strap_id, 1);
    /* Nobody saw how it was put on otherwise, and the wearer calibrates: not in one session, but the next day. */
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_STAND, 20, 60), CAPTURE_UNLIKELY);
    assert_int_equal(take(&c, PLACEMENT_UPPER_BACK, POSE_STAND, 20, 86400), CAPTURE_OK);
    assert_false(c.pose[POSE_SIT_UPRIGHT].valid);
    assert_true(calibration_sound(&c));
}

static void stale(void **state)
{
    (void)state;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 0);
    rezero_age(&c, SECONDS_NS(4 * 3600 - 1));
    assert_int_equal(c.state, REFERENCE_CALIBRATED);
    rezero_age(&c, SECONDS_NS(4 * 3600));
    assert_int_equal(c.state, REFERENCE_STALE);
}

static void standing_votes(void **state)
{
    (void)state;
    float up[3], moved = 0;
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_STAND, 0, 0);
    up_at(5, 0, up);
    for (int i = 0; i < 60; i++)
        assert_float_equal(rezero_stood(&z, &c, up, 5, SECONDS_NS(5 * i)), 0, 0); /* might still walk */
    for (int i = 0; i < 60; i++) moved += rezero_stood(&z, &c, up, 5, SECONDS_NS(7200 + 5 * i));
    assert_float_equal(moved, 0.5f, 0.1f); /* one vote a rise, at half a walk's weight */
    for (int hour = 1; hour < 4; hour++) {
        rezero_broken(&z, &c, 0);
        for (int i = 0; i < 60; i++) rezero_stood(&z, &c, up, 5, SECONDS_NS(7200 + 3600 * hour + 5 * i));
        rezero_age(&c, SECONDS_NS(7200 + 3600 * hour + 300));
    }
    assert_int_equal(c.state, REFERENCE_CALIBRATED); /* standing keeps it from going stale */
    up_at(15, 0, up);
    for (int rise = 0; rise < 4; rise++) {
        assert_int_equal(c.state, REFERENCE_CALIBRATED);
        rezero_broken(&z, &c, 0);
        for (int i = 0; i < 6; i++) rezero_stood(&z, &c, up, 5, SECONDS_NS(20000 + 60 * rise + 5 * i));
    }
    assert_int_equal(c.state, REFERENCE_DOUBTFUL);
}

/* The daemon came back with nothing but the diary's calibration, of a sensor that had been put on anew. */
static void taken_up_while_settling(void **state)
{
    (void)state;
    float up[3];
    begin();
    take(&c, PLACEMENT_UPPER_BACK, POSE_SIT_UPRIGHT, 0, 5);
    take(&c, PLACEMENT_UPPER_BACK, POSE_BEND, 40, 5);
    take(&c, PLACEMENT_UPPER_BACK, POSE_STAND, 0, 5);
    calibration_strapped(&c);
    rezero_init(&z, 0);
    walk(25, 1);
    up_at(25, 0, up);
    assert_int_equal(c.settling, SETTLING_FORWARD);
    assert_true(vec_angle_deg(calibration_reference(&c), up) < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_walk),         cmocka_unit_test(bounded),
        cmocka_unit_test(bounded_after_long), cmocka_unit_test(doubt_and_back),
        cmocka_unit_test(answered),           cmocka_unit_test(strapped_anew),
        cmocka_unit_test(captured_anew),      cmocka_unit_test(stale),
        cmocka_unit_test(standing_votes),     cmocka_unit_test(taken_up_while_settling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
