/* Samples that lie: numbers that are none or too large, quaternions without length, time that goes back, free fall, ends
 * of range, times that wander, a sample missing. A refused sample leaves no trace but its count. */
#include "attitude_fixture.h"

enum { FUSION = HAVE_ACCEL | HAVE_GYRO };

static struct sample next_with(struct body *b, unsigned have)
{
    struct sample s = next(b);
    s.raw.have = (uint8_t)have;
    memcpy(s.quat, b->q, sizeof s.quat);
    return s;
}

/* S is refused and changes nothing; the same sample unharmed would have been taken. */
static void refused(struct attitude *a, const struct sample *s)
{
    struct attitude before = *a;
    assert_false(attitude_push(a, s));
    assert_int_equal(a->faults, before.faults + 1);
    before.faults++;
    assert_memory_equal(a, &before, sizeof before);
}

static void numbers_that_are_none_leave_no_trace(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f};
    static const unsigned ways[] = {FUSION, FUSION | HAVE_QUAT, HAVE_QUAT, HAVE_ACCEL};
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        struct attitude a;
        struct body b = body_at(25, 100);
        attitude_init(&a);
        b.swing_rads = 1;
        for (unsigned i = 0; i < 600; i++) {
            struct sample good = next_with(&b, ways[w]), s = good;
            float *sensor[] = {s.accel_mps2, s.gyro_rads, s.quat};
            bool read[] = {ways[w] & HAVE_ACCEL, ways[w] & HAVE_GYRO, ways[w] == HAVE_QUAT};
            unsigned which = i % 3;
            sensor[which][i / 3 % 3] = bad[i % 5];
            if (read[which])
                refused(&a, &s);
            else
                assert_true(attitude_push(&a, &s)); /* it is nothing that this way reads */
            if (!read[which]) continue;
            assert_true(attitude_push(&a, &good));
        }
        assert_true(error_deg(&a, &b) < (ways[w] == HAVE_ACCEL ? 90 : 3));
        assert_true(isfinite(error_deg(&a, &b)));
    }
}

static void quaternions_without_length(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(70, 50);
    attitude_init(&a);
    for (int i = 0; i < 100; i++) {
        struct sample s = next_with(&b, HAVE_QUAT), bad = s;
        static const float lengths[] = {0, 0.1f, 3};
        for (int j = 0; j < 4; j++) bad.quat[j] *= lengths[i % 3];
        refused(&a, &bad);
        assert_true(attitude_push(&a, &s));
        assert_true(error_deg(&a, &b) < 0.1f);
    }
    assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
}

static void time_that_goes_back(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(25, 100);
    attitude_init(&a);
    run(&a, &b, 5);
    for (int i = 0; i < 50; i++) {
        static const int64_t back_ns[] = {0, 1, NS_PER_S, INT64_MAX / 2};
        struct sample s = next(&b), bad = s;
        bad.t_ns = a.t_ns - back_ns[i % 4];
        refused(&a, &bad);
        assert_true(attitude_push(&a, &s));
    }
    assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
    assert_true(error_deg(&a, &b) < 0.3f);
}

/* Far beyond what a sensor can read, but numbers: a second of it must be forgotten. */
static void numbers_too_large_to_be_true(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(25, 100);
    attitude_init(&a);
    run(&a, &b, 5);
    for (int i = 0; i < 100; i++) {
        struct sample s = next(&b);
        s.accel_mps2[i % 3] = i % 2 ? 9000.0f : -3000.0f;
        s.gyro_rads[i % 3] = i % 4 < 2 ? 900.0f : -500.0f;
        attitude_push(&a, &s);
    }
    run(&a, &b, 15);
    for (int i = 0; i < KF_STATES; i++)
        assert_true(*attitude_kf_variance(&a.kf, i) > 0 && *attitude_kf_variance(&a.kf, i) < 100);
    assert_true(run(&a, &b, 5) < 1);
    assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
    b.swing_rads = 1.5f; /* and the gyro has not been learnt anew from it */
    assert_true(run(&a, &b, 20) < 2);
}

/* Dropped before it was switched on: 0.3 s of nothing, then a catch. */
static void first_sample_in_free_fall(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(140, 100);
    float up[3];
    attitude_init(&a);
    struct sample none = next(&b);
    memset(none.accel_mps2, 0, sizeof none.accel_mps2);
    refused(&a, &none);
    assert_false(attitude_up(&a, up));
    assert_int_equal(attitude_quality(&a), ATTITUDE_NONE);
    b.swing_rads = 2;
    for (int i = 0; i < 30; i++) {
        struct sample s = next(&b);
        for (int j = 0; j < 3; j++) s.accel_mps2[j] = 0.05f * chance(&b);
        attitude_push(&a, &s);
        assert_int_not_equal(attitude_quality(&a), ATTITUDE_STILL);
    }
    b.swing_rads = 0;
    run(&a, &b, 4);
    assert_true(run(&a, &b, 5) < 1);
    assert_int_equal(attitude_quality(&a), ATTITUDE_STILL);
}

/* A shake of 4 g there and back, every two seconds while turning, read by a sensor that ends at 2 g. */
static float worst_under_blows(bool told)
{
    struct attitude a;
    struct body b = body_at(0, 100);
    float worst = 0;
    attitude_init(&a);
    run(&a, &b, 5);
    b.swing_rads = 1;
    run(&a, &b, 5);
    for (int i = 0; i < 3000; i++) {
        struct sample s = next(&b);
        float push = i % 200 < 6 ? 40 : i % 200 < 12 ? -40 : 0, range = 2 * STANDARD_GRAVITY_MPS2;
        s.accel_mps2[0] += push;
        if (fabsf(s.accel_mps2[0]) > range) {
            s.accel_mps2[0] = copysignf(range, push);
            if (told) s.raw.flags |= SAMPLE_CLIPPED, s.raw.accel[0] = INT16_MAX;
        }
        attitude_push(&a, &s);
        worst = fmaxf(worst, error_deg(&a, &b));
    }
    return worst;
}

static void ends_of_range(void **state)
{
    (void)state;
    float told = worst_under_blows(true), hidden = worst_under_blows(false);
    if (!(told < 0.5f && hidden > 2 * told)) print_error("told %.2f hidden %.2f\n", (double)told, (double)hidden);
    assert_true(told < 0.5f);
    assert_true(hidden > 2 * told); /* or the blows would show nothing */
}

/* Turned faster than the gyro can tell: what it has missed must not pass for bias. */
static void gyro_at_its_end(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(20, 100);
    float up[3];
    int64_t t_ns;
    attitude_init(&a);
    run(&a, &b, 5);
    b.swing_rads = 6;
    for (int i = 0; i < 300; i++) {
        struct sample s = next(&b);
        for (int j = 0; j < 3; j++) {
            if (fabsf(s.gyro_rads[j]) < 5) continue;
            s.gyro_rads[j] = copysignf(5, s.gyro_rads[j]);
            s.raw.gyro[j] = INT16_MAX;
            s.raw.flags |= SAMPLE_CLIPPED;
        }
        attitude_push(&a, &s);
        if (s.raw.flags & SAMPLE_CLIPPED) assert_false(attitude_settled(&a, up, &t_ns));
    }
    b.swing_rads = 1;
    run(&a, &b, 10);
    assert_true(run(&a, &b, 10) < 1.5f);
    assert_true(attitude_settled(&a, up, &t_ns));
    for (int j = 0; j < 3; j++) assert_true(fabsf(a.kf.gyro[j][0]) < 0.01f);
}

/* The same motion, with intervals that differ by a fifth: their own lengths count, not the usual one. */
static float worst_while_turning(bool told)
{
    struct attitude a;
    struct body b = body_at(20, 50);
    float worst = 0;
    attitude_init(&a);
    run(&a, &b, 5);
    b.swing_rads = 2;
    b.jitter = 0.2f;
    for (int i = 0; i < 2000; i++) {
        struct sample s = next(&b);
        if (!told) s.t_ns = a.t_ns + 20 * NS_PER_MS;
        attitude_push(&a, &s);
        worst = fmaxf(worst, error_deg(&a, &b));
    }
    return worst;
}

static void times_that_wander(void **state)
{
    (void)state;
    float told = worst_while_turning(true), untold = worst_while_turning(false);
    if (!(told < 0.2f && untold > 4 * told)) print_error("told %.2f untold %.2f\n", (double)told, (double)untold);
    assert_true(told < 0.2f);
    assert_true(untold > 4 * told);
}

/* Each twentieth sample missing while turning: the filter fills it in from its neighbours. */
static void one_missing(void **state)
{
    (void)state;
    struct attitude a;
    struct body b = body_at(20, 25);
    float worst = 0;
    attitude_init(&a);
    run(&a, &b, 5);
    b.swing_rads = 6;
    for (int i = 0; i < 3000; i++) {
        struct sample s = next(&b);
        if (i % 20 == 10) continue;
        attitude_push(&a, &s);
        worst = fmaxf(worst, error_deg(&a, &b));
    }
    if (worst >= 2) print_error("%.2f\n", (double)worst);
    assert_true(worst < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_that_are_none_leave_no_trace),
        cmocka_unit_test(quaternions_without_length),
        cmocka_unit_test(time_that_goes_back),
        cmocka_unit_test(numbers_too_large_to_be_true),
        cmocka_unit_test(first_sample_in_free_fall),
        cmocka_unit_test(ends_of_range),
        cmocka_unit_test(gyro_at_its_end),
        cmocka_unit_test(times_that_wander),
        cmocka_unit_test(one_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
