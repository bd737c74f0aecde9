/* The attitude filter against motions whose truth is known exactly: turning about given axes, with gravity and
 * nothing else but noise. Real recordings are judged by tests/accuracy/accuracy_attitude.c. */
#include "attitude_fixture.h"

static void any_first_orientation(void **state)
{
    (void)state;
    static const float tilts_deg[] = {0, 30, 90, 150, 180, -90};
    for (size_t i = 0; i < sizeof tilts_deg / sizeof tilts_deg[0]; i++) {
        struct attitude a;
        struct body b = body_at(tilts_deg[i], 100);
        attitude_init(&a);
        assert_int_equal(attitude_quality(&a), ATTITUDE_NONE);
        assert_true(run(&a, &b, 5) < 0.4f);
        assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
    }
}

static void rotation_at_all_rates(void **state)
{
    (void)state;
    static const struct {
        float rate_hz, most_deg;
    } table[] = {{10, 8}, {20, 3}, {50, 1}, {100, 0.7f}, {400, 0.7f}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct attitude a;
        struct body b = body_at(20, table[i].rate_hz);
        attitude_init(&a);
        b.bias_rads[0] = 0.01f, b.bias_rads[2] = -0.02f;
        run(&a, &b, 10);
        b.swing_rads = 1.5f;
        float worst = run(&a, &b, 60);
        if (worst > table[i].most_deg) print_error("%.0f Hz: %.2f\n", (double)table[i].rate_hz, (double)worst);
        assert_true(worst < table[i].most_deg);
    }
}

static void start_in_motion(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(60, 100);
    attitude_init(&a);
    b.swing_rads = 1.5f;
    b.bias_rads[1] = 0.02f;
    run(&a, &b, 20);
    assert_true(run(&a, &b, 20) < 1.5f);
}

static void gap_in_motion(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(10, 100);
    attitude_init(&a);
    run(&a, &b, 5);
    b.swing_rads = 2;
    run(&a, &b, 10);
    uint32_t restarts = a.restarts;
    for (int i = 0; i < 200; i++) next(&b); /* 2 s that nobody saw; found by the samples' times */
    struct sample s = next(&b);
    attitude_push(&a, &s);
    assert_true(a.restarts > restarts);
    assert_int_equal(attitude_quality(&a), ATTITUDE_COASTING);
    float up[3];
    int64_t t_ns;
    assert_false(attitude_settled(&a, up, &t_ns));
    run(&a, &b, 5);
    assert_true(run(&a, &b, 5) < 1.5f);
}

static void settled_lags_two_seconds(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(10, 100);
    float up[3];
    int64_t t_ns = 0;
    attitude_init(&a);
    run(&a, &b, 1);
    assert_false(attitude_settled(&a, up, &t_ns));
    run(&a, &b, 3);
    assert_true(attitude_settled(&a, up, &t_ns));
    assert_true(b.t_ns - t_ns >= SECONDS_NS(19) / 10 && b.t_ns - t_ns <= SECONDS_NS(21) / 10);
}

static void numbers_that_are_none(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(25, 100);
    attitude_init(&a);
    struct sample s = next(&b);
    s.accel_mps2[1] = NAN;
    assert_false(attitude_push(&a, &s));
    run(&a, &b, 5);
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        s = next(&b);
        s.accel_mps2[i % 3] = bad[i];
        assert_false(attitude_push(&a, &s));
    }
    s = next(&b);
    memset(s.accel_mps2, 0, sizeof s.accel_mps2);
    assert_false(attitude_push(&a, &s));
    s = next(&b);
    s.t_ns = a.t_ns; /* time stands still */
    assert_false(attitude_push(&a, &s));
    assert_int_equal(a.faults, 7);
    assert_true(run(&a, &b, 2) < 0.4f);
}

static void without_gyro(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(40, 25);
    attitude_init(&a);
    for (int i = 0; i < 250; i++) {
        struct sample s = next(&b);
        s.raw.have = HAVE_ACCEL;
        attitude_push(&a, &s);
    }
    assert_true(error_deg(&a, &b) < 0.3f);
    assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
}

static void by_quaternion(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(40, 100);
    attitude_init(&a);
    b.swing_rads = 2;
    for (int i = 0; i < 300; i++) {
        struct sample s = next(&b);
        s.raw.have = HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT | HAVE_LINEAR_ACCEL;
        memcpy(s.quat, b.q, sizeof s.quat);
        attitude_push(&a, &s);
        assert_true(error_deg(&a, &b) < 0.01f);
    }
}

/* At 10 Hz, for speed: nothing may drift, and no covariance may die. */
static void a_day_lying_still(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(17, 10);
    attitude_init(&a);
    b.bias_rads[0] = 0.005f;
    for (int hour = 0; hour < 24; hour++) {
        assert_true(run(&a, &b, 3600) < 0.4f);
        b.bias_rads[0] += 3.5e-4f; /* 0.02 deg/s an hour */
        for (int i = 0; i < KF_STATES; i++) {
            float variance = *attitude_kf_variance(&a.kf, i);
            assert_true(variance > 0 && variance < 10);
        }
    }
}

static void size(void **state)
{
    (void)state;
    assert_true(sizeof(struct attitude) <= 1792);
}

/* A device's own attitude needs no integration: silence is no hole, and rest shows. */
static void own_quaternion_after_silence(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(40, 100);
    attitude_init(&a);
    for (int i = 0; i < 40; i++) {
        struct sample s = next(&b);
        s.t_ns += (int64_t)i * 900 * NS_PER_MS;
        s.raw.have = HAVE_QUAT;
        memcpy(s.quat, b.q, sizeof s.quat);
        assert_true(attitude_push(&a, &s));
    }
    assert_int_equal(a.restarts, 0);
    assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_quaternion_after_silence),
        cmocka_unit_test(any_first_orientation),
        cmocka_unit_test(rotation_at_all_rates),
        cmocka_unit_test(start_in_motion),
        cmocka_unit_test(gap_in_motion),
        cmocka_unit_test(settled_lags_two_seconds),
        cmocka_unit_test(numbers_that_are_none),
        cmocka_unit_test(without_gyro),
        cmocka_unit_test(by_quaternion),
        cmocka_unit_test(a_day_lying_still),
        cmocka_unit_test(size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
