/* What the attitude says about itself: coasting after a start and a gap until it has settled, still, moving; in each of
 * its three ways, and when the way changes in mid-stream. */
#include "attitude_fixture.h"

/* Pushes SECONDS of samples that hold HAVE only. */
static void feed(struct attitude *a, struct body *b, unsigned have, float seconds)
{
    for (int i = 0; i < (int)(seconds * b->rate_hz + 0.5f); i++) {
        struct sample s = next(b);
        s.raw.have = (uint8_t)have;
        memcpy(s.quat, b->q, sizeof s.quat);
        assert_true(attitude_push(a, &s));
    }
}

static void miss(struct body *b, float seconds)
{
    for (int i = 0; i < (int)(seconds * b->rate_hz + 0.5f); i++) next(b);
}

enum { FUSION = HAVE_ACCEL | HAVE_GYRO };
#define SAYS(quality) assert_int_equal(attitude_quality(&a), quality)

static void started_in_motion(void **state)
{
    (void)state;
    static const float rates_hz[] = {10, 25, 100, 400};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        struct attitude a;
        struct body b = body_at(40, rates_hz[i]);
        attitude_init(&a);
        SAYS(ATTITUDE_NONE);
        b.swing_rads = 1.5f;
        feed(&a, &b, FUSION, 0.2f);
        SAYS(ATTITUDE_COASTING);
        feed(&a, &b, FUSION, 2.4f);
        SAYS(ATTITUDE_COASTING);
        feed(&a, &b, FUSION, 1);
        SAYS(ATTITUDE_MOVING);
        b.swing_rads = 0;
        feed(&a, &b, FUSION, 1);
        SAYS(ATTITUDE_MOVING);
        feed(&a, &b, FUSION, 2);
        SAYS(ATTITUDE_STILL);
        b.swing_rads = 1.5f;
        feed(&a, &b, FUSION, 1);
        SAYS(ATTITUDE_MOVING);
    }
}

static void started_at_rest(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(40, 100);
    attitude_init(&a);
    feed(&a, &b, FUSION, 1.3f);
    SAYS(ATTITUDE_COASTING);
    feed(&a, &b, FUSION, 0.5f);
    SAYS(ATTITUDE_STILL);
    b.swing_rads = 1.5f; /* rest has shown the vertical: no coasting any more */
    feed(&a, &b, FUSION, 0.5f);
    SAYS(ATTITUDE_MOVING);
}

/* told by attitude_gap() while the times run on, or seen from the times */
static void gap_in_motion_then(bool told, float rate_hz)
{
    struct attitude a;
    struct body b = body_at(10, rate_hz);
    float up[3];
    int64_t t_ns;
    attitude_init(&a);
    feed(&a, &b, FUSION, 4);
    b.swing_rads = 1;
    feed(&a, &b, FUSION, 6);
    SAYS(ATTITUDE_MOVING);
    assert_true(attitude_settled(&a, up, &t_ns));
    uint32_t restarts = a.restarts;
    if (told)
        attitude_gap(&a);
    else
        miss(&b, 1);
    feed(&a, &b, FUSION, 0.1f);
    SAYS(ATTITUDE_COASTING);
    assert_true(a.restarts > restarts);
    feed(&a, &b, FUSION, 1.6f);
    SAYS(ATTITUDE_COASTING);
    assert_false(attitude_settled(&a, up, &t_ns));
    feed(&a, &b, FUSION, 2);
    SAYS(ATTITUDE_MOVING);
    feed(&a, &b, FUSION, 2);
    assert_true(attitude_settled(&a, up, &t_ns));
}

static void gap_in_motion(void **state)
{
    (void)state;
    static const float rates_hz[] = {10, 100, 400};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        gap_in_motion_then(true, rates_hz[i]);
        gap_in_motion_then(false, rates_hz[i]);
    }
}

static void gap_at_rest(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(10, 50);
    attitude_init(&a);
    feed(&a, &b, FUSION, 4);
    miss(&b, 600);
    feed(&a, &b, FUSION, 0.1f);
    SAYS(ATTITUDE_COASTING);
    feed(&a, &b, FUSION, 2);
    SAYS(ATTITUDE_STILL);
    assert_true(error_deg(&a, &b) < 0.5f);
}

/* What is no hole: one sample of a slow sensor missing, times that wander by a fifth. */
static void no_gap_where_none_is(void **state)
{
    (void)state;
    static const float rates_hz[] = {10, 20, 100, 400};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        struct attitude a;
        struct body b = body_at(10, rates_hz[i]);
        attitude_init(&a);
        feed(&a, &b, FUSION, 4);
        uint32_t restarts = a.restarts;
        b.jitter = 0.2f;
        feed(&a, &b, FUSION, 10);
        b.jitter = 0;
        feed(&a, &b, FUSION, 3);
        miss(&b, 1 / rates_hz[i]);
        feed(&a, &b, FUSION, 1);
        assert_int_equal(a.restarts, restarts);
        SAYS(ATTITUDE_STILL);
        miss(&b, 0.3f); /* but this is one, at every rate */
        feed(&a, &b, FUSION, 0.1f);
        assert_int_equal(a.restarts, restarts + 1);
        SAYS(ATTITUDE_COASTING);
    }
}

static void by_accelerometer(void **state)
{
    (void)state;
    static const float rates_hz[] = {10, 100, 400};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        struct attitude a;
        struct body b = body_at(180, rates_hz[i]); /* upside down */
        float up[3];
        int64_t t_ns;
        attitude_init(&a);
        feed(&a, &b, HAVE_ACCEL, 1);
        SAYS(ATTITUDE_COASTING);
        assert_true(error_deg(&a, &b) < 0.3f);
        feed(&a, &b, HAVE_ACCEL, 1);
        SAYS(ATTITUDE_STILL);
        b.swing_rads = 3;
        feed(&a, &b, HAVE_ACCEL, 3);
        SAYS(ATTITUDE_MOVING);
        miss(&b, 1);
        feed(&a, &b, HAVE_ACCEL, 0.5f);
        SAYS(ATTITUDE_COASTING);
        b.swing_rads = 0;
        feed(&a, &b, HAVE_ACCEL, 6);
        SAYS(ATTITUDE_STILL);
        assert_true(error_deg(&a, &b) < 0.3f);
        assert_false(attitude_settled(&a, up, &t_ns));
    }
}

/* The device has settled itself: it neither coasts nor loses anything in a hole. */
static void by_device(void **state)
{
    (void)state;
    static const float rates_hz[] = {10, 100, 400};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        struct attitude a;
        struct body b = body_at(100, rates_hz[i]);
        attitude_init(&a);
        feed(&a, &b, HAVE_QUAT, 1);
        SAYS(ATTITUDE_MOVING);
        feed(&a, &b, HAVE_QUAT, 1);
        SAYS(ATTITUDE_STILL);
        b.swing_rads = 1;
        feed(&a, &b, HAVE_QUAT, 1);
        SAYS(ATTITUDE_MOVING);
        miss(&b, 5);
        feed(&a, &b, HAVE_QUAT, 0.1f);
        SAYS(ATTITUDE_MOVING);
        assert_true(error_deg(&a, &b) < 0.01f);
        attitude_gap(&a);
        SAYS(ATTITUDE_MOVING);
    }
}

static void another_way_in_mid_stream(void **state)
{
    (void)state;
    static const unsigned ways[] = {FUSION, HAVE_QUAT, HAVE_ACCEL, FUSION, HAVE_ACCEL, HAVE_QUAT, FUSION};
    struct attitude a;
    struct body b = body_at(130, 50);
    attitude_init(&a);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        float up[3];
        int64_t t_ns;
        feed(&a, &b, ways[i], 0.02f); /* one sample */
        SAYS(ways[i] == HAVE_QUAT ? ATTITUDE_MOVING : ATTITUDE_COASTING);
        assert_true(error_deg(&a, &b) < 1);
        assert_false(attitude_settled(&a, up, &t_ns)); /* the past was told by another */
        feed(&a, &b, ways[i], 4);
        SAYS(ATTITUDE_STILL);
        assert_true(error_deg(&a, &b) < 0.3f);
        assert_true(attitude_settled(&a, up, &t_ns) == (ways[i] == FUSION));
    }
    assert_int_equal(a.faults, 0);
}

/* A sensor that warms up at rest by half a degree a second in ten minutes stays still, and upright. */
static void warming_up(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(17, 50);
    attitude_init(&a);
    feed(&a, &b, FUSION, 3);
    for (int minute = 0; minute < 10; minute++)
        for (int second = 0; second < 60; second++) {
            b.bias_rads[0] += 0.5f / 600 / DEG_PER_RAD;
            b.bias_rads[1] -= 0.5f / 600 / DEG_PER_RAD;
            feed(&a, &b, FUSION, 1);
            SAYS(ATTITUDE_STILL);
            assert_true(error_deg(&a, &b) < 0.3f);
        }
    assert_true(fabsf(a.kf.gyro[0][0] - b.bias_rads[0]) < 0.05f / DEG_PER_RAD);
}

/* A gyro with a bias that no rest can be told from: it says so, and gravity keeps it upright all the same. */
static void broken_gyro(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(17, 50);
    attitude_init(&a);
    b.bias_rads[0] = 4 / DEG_PER_RAD;
    feed(&a, &b, FUSION, 30);
    for (int second = 0; second < 60; second++) {
        feed(&a, &b, FUSION, 1);
        SAYS(ATTITUDE_MOVING);
        assert_true(error_deg(&a, &b) < 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(started_in_motion),
        cmocka_unit_test(started_at_rest),
        cmocka_unit_test(gap_in_motion),
        cmocka_unit_test(gap_at_rest),
        cmocka_unit_test(no_gap_where_none_is),
        cmocka_unit_test(by_accelerometer),
        cmocka_unit_test(by_device),
        cmocka_unit_test(another_way_in_mid_stream),
        cmocka_unit_test(warming_up),
        cmocka_unit_test(broken_gyro),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
