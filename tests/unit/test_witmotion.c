/* WitMotion's two framings, from the maker's vectors and from recorded streams, whole and damaged. */
#include "sensor_fixture.h"

#include <math.h>

static const struct protocol *wit;

enum { STREAM_MAX = 65536, FAULTS = 4000, WINDOW_FRAMES = 22 };
static uint8_t stream[STREAM_MAX];
static struct fed fed, clean;

static double norm_g(const struct raw_sample *s)
{
    double x = s->accel[0], y = s->accel[1], z = s->accel[2];
    return sqrt(x * x + y * y + z * z) * (double)s->scale.accel_mps2 / (double)STANDARD_GRAVITY_MPS2;
}

static size_t put_short(uint8_t *p, uint8_t type, int a, int b, int c, int d)
{
    int v[4] = {a, b, c, d};
    p[0] = 0x55;
    p[1] = type;
    for (int i = 0; i < 4; i++) {
        p[2 + 2 * i] = (uint8_t)v[i];
        p[3 + 2 * i] = (uint8_t)((unsigned)v[i] >> 8);
    }
    p[10] = 0;
    for (int i = 0; i < 10; i++) p[10] = (uint8_t)(p[10] + p[i]);
    return 11;
}

static size_t put_long(uint8_t *p, int k)
{
    int v[9] = {3 + k % 7, -20 + k % 5, 2050 + k % 11, k % 3, -k % 4, 21, 100 * k, -50 * k, 7};
    p[0] = 0x55;
    p[1] = 0x61;
    for (int i = 0; i < 9; i++) {
        p[2 + 2 * i] = (uint8_t)v[i];
        p[3 + 2 * i] = (uint8_t)((unsigned)v[i] >> 8);
    }
    return 20;
}

/* Groups 51 52 53 54 of a body that moves a little; each accelerometer reading is unlike its neighbours'. */
static size_t put_groups(uint8_t *p, int groups)
{
    size_t n = 0;
    uint32_t random = 7;
    for (int k = 0; k < groups; k++) {
        int wobble = (int)(next_random(&random) % 60) - 30;
        n += put_short(p + n, 0x51, k, 11 + wobble, 2100 + wobble, 2526);
        n += put_short(p + n, 0x52, k, -22 + wobble, 21 - wobble, 2526);
        n += put_short(p + n, 0x53, 300 + k, -200 + wobble, k * 5, 4321);
        n += put_short(p + n, 0x54, 90 + wobble, 80, -70 + wobble, 2526);
    }
    return n;
}

static size_t load_issue50(void)
{
    FILE *f = open_data("protocols/witmotion/issue50_wt901blecl5_usb_hexdump.txt");
    if (!f) return 0;
    char line[256];
    size_t n = 0;
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#') continue;
        char *bar = strchr(line, '|');
        if (bar) *bar = '\0';
        if (strlen(line) > 9) n = append_hex(line + 9, stream, n, STREAM_MAX);
    }
    fclose(f);
    return n;
}

static size_t load_rgu0(void)
{
    FILE *f = open_data("protocols/witmotion/rgu0_wt901ble67_100hz.jsonl");
    if (!f) return 0;
    char line[1024];
    size_t n = 0;
    while (fgets(line, sizeof line, f)) {
        char *hex = strstr(line, "\"hex\":\"");
        if (hex) n = append_hex(hex + 7, stream, n, STREAM_MAX);
    }
    fclose(f);
    return n;
}

static void test_makers_vector(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x55, 0x51, 0x03, 0x00, 0x0b, 0x00, 0x4d, 0x08, 0xde, 0x09, 0xf0,
                                    0x55, 0x52, 0xf5, 0xff, 0xea, 0xff, 0x15, 0x00, 0xde, 0x09, 0x80};
    feed(wit, bytes, sizeof bytes, sizeof bytes, FED_MAX, &fed);
    assert_int_equal(fed.n, 1);
    const struct raw_sample *s = fed.sample;
    assert_int_equal(s->have, HAVE_ACCEL | HAVE_GYRO);
    assert_true(s->device_ns == NO_DEVICE_TIME && s->index == 0 && s->flags == 0);
    assert_true(fabs(norm_g(s) - 1.0376) < 0.0001);
    assert_float_equal(s->gyro[0] * s->scale.gyro_rads * 57.29578f, -0.67f, 0.01f);
    assert_float_equal(s->gyro[2] * s->scale.gyro_rads * 57.29578f, 1.28f, 0.01f);
    assert_int_equal(fed.stats.run, 2);
    assert_int_equal(fed.stats.skipped_bytes, 0);
}

static void test_cut_off_frames_of_a_real_capture(void **state)
{
    (void)state;
    size_t n = load_issue50();
    if (n == 0) skip();
    assert_int_equal(n, 138);
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 6);
    for (size_t i = 0; i < fed.n; i++) assert_in_range(lround(norm_g(&fed.sample[i]) * 1000), 1011, 1014);
    assert_slicing_is_free(wit, stream, n);
}

static void test_real_stream_at_100_hz(void **state)
{
    (void)state;
    size_t n = load_rgu0();
    if (n == 0) skip();
    assert_int_equal(n, 5760);
    feed(wit, stream, n, 80, FED_MAX, &fed);
    assert_int_equal(fed.n, 287); /* the last waits for its successor */
    assert_int_equal(fed.stats.bad_frames + fed.stats.skipped_bytes, 0);
    double sum = 0;
    for (size_t i = 0; i < fed.n; i++) {
        assert_int_equal(fed.sample[i].index, i);
        sum += norm_g(&fed.sample[i]);
    }
    assert_true(fabs(sum / (double)fed.n - 1.009) < 0.005);
    assert_slicing_is_free(wit, stream, 600);
}

static void test_groups_in_any_slices(void **state)
{
    (void)state;
    size_t n = put_groups(stream, 20);
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 20);
    assert_int_equal(fed.stats.frames, 80);
    assert_string_equal(fed.info.firmware, "4321");
    assert_false(fed.info.has_clock);
    assert_slicing_is_free(wit, stream, n);
}

static void test_garbage_costs_at_most_one_sample(void **state)
{
    (void)state;
    uint32_t random = 99;
    size_t n = put_groups(stream + 64, 10);
    feed(wit, stream + 64, n, n, FED_MAX, &clean);
    for (int trial = 0; trial < 500; trial++) {
        size_t before = next_random(&random) % 64;
        for (size_t i = 0; i < before; i++)
            stream[64 - before + i] = (uint8_t)(trial % 3 ? next_random(&random) : 0x55);
        feed(wit, stream + 64 - before, n + before, n + before, FED_MAX, &fed);
        assert_in_range(fed.n, clean.n - 1, clean.n);
        assert_memory_equal(fed.sample[fed.n - 1].accel, clean.sample[clean.n - 1].accel, 6);
    }
}

enum fault { DROP_ONE, DROP_SIXTEEN, FLIP_BIT };

/* How many samples of FAULTS damaged windows were never sent; *KEPT: how many right ones came through on average. */
static int wrong_after(enum fault fault, const uint8_t *bytes, size_t n, double *kept)
{
    static uint8_t damaged[4096];
    uint32_t random = 4711;
    int wrong = 0;
    size_t good = 0;
    feed(wit, bytes, n, n, FED_MAX, &clean);
    for (int trial = 0; trial < FAULTS; trial++) {
        size_t lost = fault == DROP_ONE ? 1 : fault == DROP_SIXTEEN ? 16 : 0, at = next_random(&random) % (n - lost);
        memcpy(damaged, bytes, at);
        memcpy(damaged + at, bytes + at + lost, n - at - lost);
        if (fault == FLIP_BIT) damaged[at] ^= (uint8_t)(1u << next_random(&random) % 8);
        feed(wit, damaged, n - lost, n, FED_MAX, &fed);
        for (size_t i = 0; i < fed.n; i++) {
            bool sent = false;
            for (size_t k = 0; k < clean.n && !sent; k++)
                sent = memcmp(fed.sample[i].accel, clean.sample[k].accel, 6) == 0 &&
                       memcmp(fed.sample[i].gyro, clean.sample[k].gyro, 6) == 0;
            wrong += !sent;
            good += sent;
        }
    }
    *kept = (double)good / FAULTS;
    return wrong;
}

static void test_single_faults_with_sums(void **state)
{
    (void)state;
    double kept;
    size_t n = put_groups(stream, 20);
    int wrong = wrong_after(DROP_ONE, stream, n, &kept);
    printf("55 5x, a byte lost: %d wrong, %.2f of 20 kept\n", wrong, kept);
    assert_int_equal(wrong, 0);
    assert_true(kept > 18.9);
    wrong = wrong_after(DROP_SIXTEEN, stream, n, &kept);
    printf("55 5x, 16 bytes lost: %d wrong, %.2f of 20 kept\n", wrong, kept);
    assert_in_range(wrong, 0, 16); /* a cut that takes the next head with it, and a sum of 256 that fits */
    wrong = wrong_after(FLIP_BIT, stream, n, &kept);
    assert_int_equal(wrong, 0);
    assert_true(kept > 18.9);
}

static void test_single_faults_without_sums(void **state)
{
    (void)state;
    if (load_rgu0() == 0) skip();
    double kept;
    assert_int_equal(wrong_after(DROP_ONE, stream, WINDOW_FRAMES * 20, &kept), 0);
    assert_true(kept > 19.3);
    assert_int_equal(wrong_after(DROP_SIXTEEN, stream, WINDOW_FRAMES * 20, &kept), 0);
    assert_true(kept > 19.0);
    int wrong = wrong_after(FLIP_BIT, stream, WINDOW_FRAMES * 20, &kept);
    printf("55 61, a bit flipped: %d wrong (nothing in this framing can tell)\n", wrong);
    assert_in_range(wrong, 0, 3437);
}

static void test_device_clock(void **state)
{
    (void)state;
    size_t n = 0;
    for (int k = 0; k < 12; k++) {
        int ms = 950 + 10 * k;
        /* 2024-02-29 23:59:59 and on into March */
        uint8_t *p = stream + n;
        n += put_short(p, 0x50, 24 | 2 << 8, 29 | 23 << 8, 59 | 59 << 8, ms);
        if (ms >= 1000) n -= 11, n += put_short(p, 0x50, 24 | 3 << 8, 1, 0, ms - 1000);
        if (k == 9) p[5] ^= 1; /* damaged: this group cannot be placed */
        n += put_short(stream + n, 0x51, 0, 0, 2048, 0);
        n += put_short(stream + n, 0x52, 1, 2, 3, 0);
    }
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 11);
    assert_int_equal(fed.stats.lost_samples, 1);
    assert_true(fed.info.has_clock);
    for (size_t i = 1; i < fed.n; i++)
        assert_int_equal(fed.sample[i].device_ns - fed.sample[i - 1].device_ns, (i == 9 ? 20 : 10) * NS_PER_MS);
    /* 8825 days and a second short of it */
    assert_int_equal(fed.sample[5].device_ns, SECONDS_NS(8826) * 86400);
}

static void test_dated_frames_of_card_logs(void **state)
{
    (void)state;
    size_t n = 0;
    for (int k = 0; k < 10; k++) {
        static const uint8_t date[6] = {25, 11, 22, 8, 30, 15};
        n += put_long(stream + n, k);
        memcpy(stream + n, date, sizeof date);
        stream[n + 6] = (uint8_t)(10 * k);
        stream[n + 7] = 0;
        n += 8;
    }
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 9);
    assert_int_equal(fed.stats.skipped_bytes, 0);
    for (size_t i = 1; i < fed.n; i++)
        assert_int_equal(fed.sample[i].device_ns - fed.sample[i - 1].device_ns, 10 * NS_PER_MS);
    assert_slicing_is_free(wit, stream, n);
}

static void test_accelerometer_alone(void **state)
{
    (void)state;
    size_t n = 0;
    for (int k = 0; k < 30; k++) n += put_short(stream + n, 0x51, 0, k, 2048, 0);
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_in_range(fed.n, 20, 22); /* it takes eight groups to believe that there is no gyro */
    assert_int_equal(fed.sample[0].have, HAVE_ACCEL);
}

static void test_ends_of_range_are_marked(void **state)
{
    (void)state;
    size_t n = put_short(stream, 0x51, 32767, 0, 0, 0);
    n += put_short(stream + n, 0x52, 0, 0, 0, 0);
    n += put_short(stream + n, 0x51, 0, 0, 2048, 0);
    n += put_short(stream + n, 0x52, 0, -32768, 0, 0);
    n += put_short(stream + n, 0x51, 0, 0, 32766, 0);
    n += put_short(stream + n, 0x52, 0, 0, 0, 0);
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 3);
    assert_int_equal(fed.sample[0].flags, SAMPLE_CLIPPED);
    assert_int_equal(fed.sample[1].flags, SAMPLE_CLIPPED);
    assert_int_equal(fed.sample[2].flags, 0);
}

/* A register turns the payload into displacement under the same type. */
static void test_no_body_weighs_that(void **state)
{
    (void)state;
    size_t n = 0;
    for (int k = 0; k < 10; k++) {
        put_long(stream + n, k);
        memset(stream + n + 2, k & 1 ? 0x7f : 0, 6);
        n += 20;
    }
    feed(wit, stream, n, n, FED_MAX, &fed);
    assert_int_equal(fed.n, 0);
    assert_int_equal(fed.stats.run, 0);
    assert_in_range(fed.stats.bad_frames, 9, 20);
}

static void test_noise_is_no_stream(void **state)
{
    (void)state;
    uint32_t random = 2024;
    void *decoder = malloc(wit->state_size);
    assert_non_null(decoder);
    wit->init(decoder);
    for (int i = 0; i < 1 << 20; i++) {
        struct raw_sample out;
        struct link_stats stats;
        size_t count;
        uint8_t byte = (uint8_t)(next_random(&random) >> 7);
        wit->push(decoder, &byte, 1, &out, 1, &count);
        wit->stats(decoder, &stats);
        assert_true(stats.run < 2);
    }
    free(decoder);
}

int main(void)
{
    wit = protocol_find("witmotion");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_makers_vector),
        cmocka_unit_test(test_cut_off_frames_of_a_real_capture),
        cmocka_unit_test(test_real_stream_at_100_hz),
        cmocka_unit_test(test_groups_in_any_slices),
        cmocka_unit_test(test_garbage_costs_at_most_one_sample),
        cmocka_unit_test(test_single_faults_with_sums),
        cmocka_unit_test(test_single_faults_without_sums),
        cmocka_unit_test(test_device_clock),
        cmocka_unit_test(test_dated_frames_of_card_logs),
        cmocka_unit_test(test_accelerometer_alone),
        cmocka_unit_test(test_ends_of_range_are_marked),
        cmocka_unit_test(test_no_body_weighs_that),
        cmocka_unit_test(test_noise_is_no_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
