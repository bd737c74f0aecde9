/* BNO08x UART-RVC: the data sheet's frame, an attitude that agrees with the accelerometer, losses counted, faults. */
#include "fault_fixture.h"

#include <math.h>

static const struct protocol *rvc;

enum { STREAM_MAX = 65536, FRAME = 19 };
static uint8_t stream[STREAM_MAX];
static struct fed fed, clean;

/* The data sheet's own: index 222, yaw 0.01, pitch −1.10, roll 20.85 degrees, −371, −20, 977 mg. */
static const uint8_t example[FRAME] = {0xaa, 0xaa, 0xde, 0x01, 0x00, 0x92, 0xff, 0x25, 0x08, 0x8d,
                                       0xfe, 0xec, 0xff, 0xd1, 0x03, 0x00, 0x00, 0x00, 0xe7};

static void put16(uint8_t *p, int v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)((unsigned)v >> 8);
}

static size_t put_frame(uint8_t *p, int index, const int angle[3], const int mg[3])
{
    memset(p, 0, FRAME);
    p[0] = p[1] = 0xaa;
    p[2] = (uint8_t)index;
    for (int i = 0; i < 3; i++) put16(p + 3 + 2 * i, angle[i]);
    for (int i = 0; i < 3; i++) put16(p + 9 + 2 * i, mg[i]);
    for (int i = 2; i < 18; i++) p[18] = (uint8_t)(p[18] + p[i]);
    return FRAME;
}

/* Frames of one who moves a little; no two alike. */
static size_t put_frames(uint8_t *p, int first, int frames)
{
    uint32_t random = 7;
    size_t n = 0;
    for (int k = 0; k < frames; k++) {
        int wobble = (int)(next_random(&random) % 60) - 30;
        n += put_frame(p + n, first + k, (int[]){100 + k, -40 + wobble, 1200 - wobble},
                       (int[]){-208 + wobble, -7 - wobble, 978 + wobble % 7});
    }
    return n;
}

static void up_of(const struct raw_sample *s, double up[3])
{
    double w = s->quat[0], x = s->quat[1], y = s->quat[2], z = s->quat[3], n = w * w + x * x + y * y + z * z;
    up[0] = 2 * (x * z - w * y) / n;
    up[1] = 2 * (y * z + w * x) / n;
    up[2] = (w * w - x * x - y * y + z * z) / n;
}

/* Degrees between where the quaternion and where the accelerometer says that up is. */
static double disagreement_deg(const struct raw_sample *s)
{
    double up[3], dot = 0, square = 0;
    up_of(s, up);
    for (int i = 0; i < 3; i++) {
        dot += up[i] * s->accel[i];
        square += (double)s->accel[i] * s->accel[i];
    }
    return acos(fmin(1, dot / sqrt(square))) * 57.29578;
}

static void assert_example(const struct raw_sample *s)
{
    assert_int_equal(s->have, HAVE_ACCEL | HAVE_QUAT);
    assert_int_equal(s->flags, 0);
    assert_true(s->device_ns == NO_DEVICE_TIME);
    assert_int_equal(s->accel[0], -371);
    assert_int_equal(s->accel[1], -20);
    assert_int_equal(s->accel[2], 977);
    assert_float_equal(s->scale.accel_mps2 * 1000, STANDARD_GRAVITY_MPS2, 1e-4f);
    assert_true(disagreement_deg(s) < 0.1);
}

/* The last frame waits for its successor's header. */
static size_t end_frames(size_t n)
{
    stream[n] = stream[n + 1] = 0xaa;
    return n + 2;
}

static void test_data_sheets_frame(void **state)
{
    (void)state;
    memcpy(stream, example, FRAME);
    size_t n = end_frames(FRAME);
    feed(rvc, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 1);
    assert_example(fed.sample);
    assert_int_equal(fed.stats.skipped_bytes + fed.stats.bad_frames + fed.stats.lost_samples, 0);
    assert_true(fed.info.has_counter && !fed.info.has_clock && !fed.info.has_vibration);
}

static void test_recorded_frame(void **state)
{
    (void)state;
    FILE *f = open_data("protocols/bno08x_rvc/datasheet_frame.hex");
    char line[256];
    if (!f) skip();
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    size_t n = append_hex(line, stream, 0, STREAM_MAX);
    assert_int_equal(n, FRAME);
    n = end_frames(n);
    feed(rvc, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 1);
    assert_example(fed.sample);
}

/* At rest in any attitude the quaternion's up is the accelerometer's: yaw about z, pitch about x, roll about y. */
static void test_attitude_agrees_with_gravity(void **state)
{
    (void)state;
    for (int pitch = -9000; pitch <= 9000; pitch += 1500)
        for (int roll = -18000; roll <= 18000; roll += 2250)
            for (int yaw = -18000; yaw <= 18000; yaw += 9000) {
                double p = pitch * M_PI / 18000, r = roll * M_PI / 18000;
                int mg[3] = {(int)lround(-1000 * cos(p) * sin(r)), (int)lround(1000 * sin(p)),
                             (int)lround(1000 * cos(p) * cos(r))};
                put_frame(stream, 0, (int[]){yaw, pitch, roll}, mg);
                end_frames(FRAME);
                feed(rvc, stream, FRAME + 2, FRAME + 2, FED_MAX, &fed);
                assert_int_equal(fed.n, 1);
                assert_true(disagreement_deg(fed.sample) < 0.1);
            }
}

/* Pitch about y and roll about x, as the data sheet's words have it: its attitude is not passed on for long. */
static void test_attitude_that_gravity_denies(void **state)
{
    (void)state;
    size_t n = 0;
    for (int k = 0; k < 1000; k++) n += put_frame(stream + n, k, (int[]){0, -3000, 2000}, (int[]){500, 296, 814});
    feed(rvc, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 999);
    assert_int_equal(fed.sample[0].have, HAVE_ACCEL | HAVE_QUAT);
    for (size_t i = 400; i < fed.n; i++) assert_int_equal(fed.sample[i].have, HAVE_ACCEL);
    for (int k = 0; k < 1000; k++) n += put_frame(stream + n, k, (int[]){0, 0, 0}, (int[]){0, 0, 1000});
    feed(rvc, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.sample[fed.n - 1].have, HAVE_ACCEL | HAVE_QUAT);
    assert_slicing_is_free(rvc, stream, 100);
}

static void test_index_counts_what_is_lost(void **state)
{
    (void)state;
    size_t n = put_frames(stream, 250, 4); /* 250 … 253 */
    n += put_frames(stream + n, 3, 2);     /* 254, 255, 0, 1, 2 are missing */
    n = end_frames(n);
    feed(rvc, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 6);
    assert_int_equal(fed.stats.lost_samples, 5);
    assert_int_equal(fed.sample[3].index, 3);
    assert_int_equal(fed.sample[4].index, 9);
    assert_int_equal(fed.sample[4].flags, SAMPLE_GAP_BEFORE);
    assert_int_equal(fed.sample[5].flags, 0);
}

static void test_any_slices(void **state)
{
    (void)state;
    size_t n = 0;
    for (; n < 30; n++) stream[n] = (uint8_t)(n % 4 ? 0xaa : n);
    n += put_frames(stream + n, 160, 20); /* an index of AA among them */
    n = end_frames(n);
    assert_slicing_is_free(rvc, stream, n);
    feed(rvc, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 20);
}

static void test_garbage_costs_at_most_one_sample(void **state)
{
    (void)state;
    uint32_t random = 99;
    size_t n = put_frames(stream + 64, 0, 10);
    feed(rvc, stream + 64, n, n, FED_MAX, &clean);
    for (int trial = 0; trial < 500; trial++) {
        size_t before = next_random(&random) % 64;
        for (size_t i = 0; i < before; i++)
            stream[64 - before + i] = (uint8_t)(trial % 3 ? next_random(&random) : 0xaa);
        feed(rvc, stream + 64 - before, n + before, n + before, FED_MAX, &fed);
        assert_in_range(fed.n, clean.n - 1, clean.n);
        assert_memory_equal(fed.sample[fed.n - 1].accel, clean.sample[clean.n - 1].accel, 6);
    }
}

static void test_single_faults(void **state)
{
    (void)state;
    static const int most[] = {0, 0, 0, 2974};
    size_t n = put_frames(stream, 0, 20);
    assert_single_faults(rvc, stream, n, most, 17);
}

static void test_noise_and_idle_lines(void **state)
{
    (void)state;
    assert_in_range(longest_run_in_noise(rvc, 2024), 0, 1);
    assert_fills_are_nothing(rvc);
}

static void test_nothing_can_be_asked(void **state)
{
    (void)state;
    assert_null(rvc->encode);
}

int main(void)
{
    rvc = protocol_find("bno-rvc");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_sheets_frame),
        cmocka_unit_test(test_recorded_frame),
        cmocka_unit_test(test_attitude_agrees_with_gravity),
        cmocka_unit_test(test_attitude_that_gravity_denies),
        cmocka_unit_test(test_index_counts_what_is_lost),
        cmocka_unit_test(test_any_slices),
        cmocka_unit_test(test_garbage_costs_at_most_one_sample),
        cmocka_unit_test(test_single_faults),
        cmocka_unit_test(test_noise_and_idle_lines),
        cmocka_unit_test(test_nothing_can_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
