/* Axivity .cwa: vectors typed from the public description, blocks made here, and a recording where one is at hand. */
#include "sensor_fixture.h"
#include "tools/import/cwa.h"
#include "tools/import/import.h"

#include <math.h>

enum { PACKED = 0x30, WORDS_3 = 0x32, WORDS_6 = 0x62, WORDS_9 = 0x92, HZ_100 = 0x4a, BLOCKS_MAX = 64 };

struct made {
    size_t n;
    uint8_t bytes[CWA_HEADER + BLOCKS_MAX * CWA_BLOCK];
};

static void put16(uint8_t *p, unsigned v) { p[0] = (uint8_t)v, p[1] = (uint8_t)(v >> 8); }
static void put32(uint8_t *p, uint32_t v) { put16(p, v & 0xffff), put16(p + 2, v >> 16); }

static void mend_sum(uint8_t *b)
{
    unsigned sum = 0;
    for (int i = 0; i < 510; i += 2) sum += (unsigned)b[i] | (unsigned)b[i + 1] << 8;
    put16(b + 510, 0x10000 - (sum & 0xffff));
}

static void begin(struct made *m)
{
    memset(m->bytes, 0xff, CWA_HEADER);
    memcpy(m->bytes, "MD\xfc\x03\x64", 5);
    put16(m->bytes + 5, 4321);
    m->n = CWA_HEADER;
}

/* 2026-03-02 08:30 and SECOND seconds, anchored at sample 0. */
static uint8_t *add(struct made *m, uint32_t sequence, uint8_t packing, unsigned count, int second)
{
    uint8_t *b = m->bytes + m->n;
    m->n += CWA_BLOCK;
    memset(b, 0, CWA_BLOCK);
    memcpy(b, "AX\xfc\x01", 4);
    put16(b + 4, 4321);
    put32(b + 6, 99);
    put32(b + 10, sequence);
    put32(b + 14,
          26u << 26 | 3u << 22 | 2u << 17 | 8u << 12 | (30u + (unsigned)second / 60) << 6 | (unsigned)second % 60);
    b[24] = HZ_100;
    b[25] = packing;
    put16(b + 28, count);
    mend_sum(b);
    return b;
}

struct decoded {
    int n;
    struct raw_sample s[BLOCKS_MAX * CWA_SAMPLES_MAX];
    struct import_told told;
};

static void decode(const uint8_t *bytes, size_t n, size_t slice, struct decoded *d)
{
    char why[256];
    size_t count;
    void *state = malloc(cwa_format.size());
    assert_non_null(state);
    assert_int_equal(cwa_format.begin(state, bytes, n, &(struct import_options){0}, why), 0);
    d->n = 0;
    for (size_t at = 0; at < n;) {
        size_t offered = n - at < slice ? n - at : slice;
        at += cwa_format.push(state, bytes + at, offered, d->s + d->n, slice % 2 ? 7 : 120, &count);
        d->n += (int)count;
    }
    while ((count = cwa_format.finish(state, d->s + d->n, 50)) > 0) d->n += (int)count;
    cwa_format.told(state, &d->told);
    free(state);
}

static struct made made;
static struct decoded got, again;

static double seconds_between(int a, int b) { return (double)(got.s[b].device_ns - got.s[a].device_ns) / 1e9; }

static void a_packed_word_is_three_values_and_an_exponent(void **state)
{
    (void)state;
    struct cwa_block b;
    begin(&made);
    uint8_t *p = add(&made, 0, PACKED, 2, 0);
    put32(p + 30, 0xbc1023f2); /* the first of a real recording: (-0.219, 0.125, -0.984) g */
    put32(p + 34, 0xfff001ff); /* exponent 3: 511, -512 + 256, -1 */
    mend_sum(p);
    assert_true(cwa_block_read(&b, p));
    const int16_t first[] = {-56, 32, -252};
    assert_memory_equal(b.sample[0].accel, first, sizeof first);
    assert_int_equal(b.sample[0].have, HAVE_ACCEL);
    assert_true(fabsf(b.sample[0].scale.accel_mps2 - STANDARD_GRAVITY_MPS2 / 256) < 1e-6f);
    assert_int_equal(b.sample[0].flags, 0);
    assert_int_equal(b.sample[1].accel[0], 511 * 8);
    assert_int_equal(b.sample[1].accel[2], -1 * 8);
    assert_int_equal(b.sample[1].flags, SAMPLE_CLIPPED); /* 16 g are beyond its 8 */
}

static void words_carry_gyro_before_accelerometer(void **state)
{
    (void)state;
    struct cwa_block b;
    const int16_t v[] = {100, -200, 300, 4096, -8, 9};
    begin(&made);
    uint8_t *p = add(&made, 0, WORDS_6, 40, 0);
    put16(p + 18, 4u << 13 | 2u << 10 | 77); /* 4096 counts a g, 2000 deg/s */
    for (unsigned i = 0; i < 6; i++) put16(p + 30 + 2 * i, (uint16_t)v[i]);
    mend_sum(p);
    assert_true(cwa_block_read(&b, p));
    assert_int_equal(b.sample[0].have, HAVE_ACCEL | HAVE_GYRO);
    assert_memory_equal(b.sample[0].gyro, v, 6);
    assert_memory_equal(b.sample[0].accel, v + 3, 6);
    assert_true(fabsf(b.sample[0].scale.accel_mps2 * 4096 - STANDARD_GRAVITY_MPS2) < 1e-4f);
    assert_true(fabsf(b.sample[0].scale.gyro_rads * 32768 - 34.90659f) < 1e-3f);
    p[25] = WORDS_9;
    put16(p + 28, 26);
    put16(p + 30 + 18, 11); /* the second sample begins behind the magnetometer's three */
    mend_sum(p);
    assert_true(cwa_block_read(&b, p));
    assert_memory_equal(b.sample[0].accel, v + 3, 6);
    assert_int_equal(b.sample[1].gyro[0], 11);
    p[25] = WORDS_3;
    put16(p + 28, 80);
    mend_sum(p);
    assert_true(cwa_block_read(&b, p));
    assert_int_equal(b.sample[0].have, HAVE_ACCEL);
    assert_memory_equal(b.sample[0].accel, v, 6);
    assert_memory_equal(b.sample[1].accel, v + 3, 6);
}

static void what_cannot_be_is_no_block(void **state)
{
    (void)state;
    static const struct {
        int at;
        uint8_t value;
        const char *what;
    } wrong[] = {{2, 0, "length"},   {25, 0x31, "packing"}, {25, 0x42, "axes"},
                 {24, 0x42, "rate"}, {29, 1, "count"},      {14, 63, "second"}};
    struct cwa_block b;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        begin(&made);
        uint8_t *p = add(&made, 0, PACKED, 120, 0);
        assert_true(cwa_block_read(&b, p));
        p[wrong[i].at] = wrong[i].value;
        mend_sum(p);
        if (cwa_block_read(&b, p)) fail_msg("a wrong %s was believed", wrong[i].what);
    }
    begin(&made);
    uint8_t *p = add(&made, 0, PACKED, 120, 0);
    p[100] ^= 1;
    assert_false(cwa_block_read(&b, p)); /* its sum */
}

static void samples_lie_evenly_between_stamps(void **state)
{
    (void)state;
    begin(&made);
    for (int i = 0; i < 4; i++) {              /* 98 samples a second, stamped at a full second, as an AX3 does */
        int second = (i * 120 + 119) / 98 + 1; /* it may lie behind the block */
        uint8_t *p = add(&made, (uint32_t)i, PACKED, 120, second);
        put16(p + 26, (uint16_t)(second * 98 - i * 120));
        mend_sum(p);
    }
    decode(made.bytes, made.n, made.n, &got);
    assert_int_equal(got.n, 480);
    assert_int_equal(got.told.damaged, 0);
    for (int i = 1; i < got.n; i++) assert_true(fabs(seconds_between(i - 1, i) - 1.0 / 98) < 1e-6);
    assert_true(llabs(got.s[98].device_ns - (got.s[0].device_ns + NS_PER_S)) < 1000);
    int64_t ns;
    assert_true(import_date((const int[]){2026, 3, 2, 8, 30, 0}, &ns));
    assert_true(llabs(got.s[0].device_ns - ns) < 1000);
}

static void fractions_of_a_second_are_heeded(void **state)
{
    (void)state;
    begin(&made);
    for (uint32_t i = 0; i < 3; i++) { /* 40 samples at 100 Hz: 0.4 s a block; the index was moved by whole samples */
        unsigned tenths = 4 * i + 5, fraction = tenths % 10 * 6553 / 2;
        uint8_t *p = add(&made, i, WORDS_6, 40, (int)tenths / 10);
        put16(p + 4, 0x8000 | fraction);
        put16(p + 26, (uint16_t)(0 - ((fraction << 1) * 100 >> 16)));
        mend_sum(p);
    }
    decode(made.bytes, made.n, made.n, &got);
    assert_int_equal(got.n, 120);
    for (int i = 1; i < got.n; i++) assert_true(fabs(seconds_between(i - 1, i) - 0.01) < 1e-4);
    int64_t ns;
    assert_true(import_date((const int[]){2026, 3, 2, 8, 30, 0}, &ns));
    assert_true(llabs(got.s[0].device_ns - ns - NS_PER_S / 2) < NS_PER_MS);
}

static void a_damaged_block_costs_itself_alone(void **state)
{
    (void)state;
    begin(&made);
    for (uint32_t i = 0; i < 6; i++) add(&made, i, PACKED, 100, (int)i);
    made.bytes[CWA_HEADER + 2 * CWA_BLOCK + 77] ^= 4;
    decode(made.bytes, made.n, made.n, &got);
    assert_int_equal(got.n, 500);
    assert_int_equal(got.told.units, 5);
    assert_int_equal(got.told.damaged, 1);
    assert_int_equal(got.s[200].index, 300); /* the device's own count goes on */
    assert_true(fabs(seconds_between(199, 200) - 1.01) < 1e-6);
    assert_true(fabs(seconds_between(0, 499) - 5.99) < 1e-6);
}

static void lost_bytes_cost_their_block_and_the_rest_is_found(void **state)
{
    (void)state;
    begin(&made);
    for (uint32_t i = 0; i < 6; i++) add(&made, i, PACKED, 100, (int)i);
    size_t at = CWA_HEADER + 3 * CWA_BLOCK + 200;
    memmove(made.bytes + at, made.bytes + at + 13, made.n - at - 13);
    decode(made.bytes, made.n - 13, made.n, &got);
    assert_int_equal(got.n, 500);
    assert_int_equal(got.told.damaged, 1);
    assert_int_equal(got.told.skipped_bytes, CWA_BLOCK - 13);
}

static void what_was_never_written_is_no_damage(void **state)
{
    (void)state;
    begin(&made);
    for (uint32_t i = 0; i < 3; i++) add(&made, i, PACKED, 100, (int)i);
    memset(made.bytes + made.n, 0xff, 4 * CWA_BLOCK);
    decode(made.bytes, made.n + 4 * CWA_BLOCK, made.n, &got);
    assert_int_equal(got.n, 300);
    assert_int_equal(got.told.damaged, 0);
    decode(made.bytes, made.n - 100, made.n, &got); /* a copy that was cut off */
    assert_int_equal(got.n, 200);
    assert_int_equal(got.told.damaged, 1);
}

static void a_pause_and_another_session_are_pauses(void **state)
{
    (void)state;
    begin(&made);
    for (uint32_t i = 0; i < 3; i++) add(&made, i, PACKED, 100, (int)i);
    for (uint32_t i = 0; i < 3; i++) {
        uint8_t *p = add(&made, i, PACKED, 100, 600 + (int)i);
        put32(p + 6, 100);
        mend_sum(p);
    }
    decode(made.bytes, made.n, made.n, &got);
    assert_int_equal(got.n, 600);
    assert_true(fabs(seconds_between(299, 300) - 597.01) < 1e-6);
    assert_true(fabs(seconds_between(300, 599) - 2.99) < 1e-6);
}

static void slicing_changes_nothing(void **state)
{
    (void)state;
    begin(&made);
    for (uint32_t i = 0; i < 9; i++) add(&made, i + (i > 4), PACKED, 100 + i, (int)i);
    made.bytes[CWA_HEADER + 700] ^= 1;
    decode(made.bytes, made.n, made.n, &got);
    for (size_t slice = 1; slice < 1100; slice += 1 + slice / 3) {
        decode(made.bytes, made.n, slice, &again);
        assert_int_equal(again.n, got.n);
        for (int i = 0; i < got.n; i++) {
            assert_true(again.s[i].device_ns == got.s[i].device_ns && again.s[i].index == got.s[i].index);
            assert_memory_equal(again.s[i].accel, got.s[i].accel, 6);
        }
        assert_int_equal(again.told.damaged, got.told.damaged);
        assert_int_equal(again.told.skipped_bytes, got.told.skipped_bytes);
    }
}

static void the_recording_of_610_steps(void **state)
{
    (void)state;
    static uint8_t bytes[400000];
    static struct raw_sample s[80000];
    struct import_told told;
    char why[256];
    size_t count, samples = 0;
    FILE *f = open_data("protocols/axivity/example-610-steps.cwa");
    if (!f) skip();
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    assert_true(import_detect(bytes, n) == &cwa_format);
    void *c = malloc(cwa_format.size());
    assert_non_null(c);
    assert_int_equal(cwa_format.begin(c, bytes, n, &(struct import_options){0}, why), 0);
    assert_int_equal(cwa_format.push(c, bytes, n, s, 80000, &count), n);
    samples = count + cwa_format.finish(c, s + count, 80000 - count);
    cwa_format.told(c, &told);
    free(c);
    assert_int_equal(told.units, 595);
    assert_int_equal(told.damaged, 0);
    assert_int_equal(samples, 71400);
    const int16_t first[] = {-56, 32, -252};
    assert_memory_equal(s[0].accel, first, sizeof first);
    int64_t ns;
    assert_true(import_date((const int[]){2012, 3, 27, 11, 14, 58}, &ns));
    assert_true(s[0].device_ns < ns && s[120].device_ns > ns); /* the stamp is of a sample of the first block */
    for (size_t i = 1; i < samples; i++) {
        int64_t step_ns = s[i].device_ns - s[i - 1].device_ns;
        assert_true(step_ns > 9 * NS_PER_MS && step_ns < 11 * NS_PER_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packed_word_is_three_values_and_an_exponent),
        cmocka_unit_test(words_carry_gyro_before_accelerometer),
        cmocka_unit_test(what_cannot_be_is_no_block),
        cmocka_unit_test(samples_lie_evenly_between_stamps),
        cmocka_unit_test(fractions_of_a_second_are_heeded),
        cmocka_unit_test(a_damaged_block_costs_itself_alone),
        cmocka_unit_test(lost_bytes_cost_their_block_and_the_rest_is_found),
        cmocka_unit_test(what_was_never_written_is_no_damage),
        cmocka_unit_test(a_pause_and_another_session_are_pauses),
        cmocka_unit_test(slicing_changes_nothing),
        cmocka_unit_test(the_recording_of_610_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
