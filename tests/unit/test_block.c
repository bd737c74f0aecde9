/* A block gives back what it was given, to the bit, and nothing at all when a byte of it changed. */
#include "store_fixture.h"

#include "daemon/store/block.h"
#include "daemon/store/bytes.h"
#include "daemon/store/predict.h"

#include <errno.h>
#include <time.h>

static struct block_coder coder;
static struct reading in[BLOCK_SAMPLES_MAX], out[BLOCK_SAMPLES_MAX];
static uint8_t block[BLOCK_MAX];

static void even(struct reading *r, uint32_t i)
{
    struct sample s = fixture_sample(i);
    *r = (struct reading){.t_ns = s.t_ns, .index = i, .have = s.raw.have};
    memcpy(r->accel, s.raw.accel, sizeof r->accel);
    memcpy(r->gyro, s.raw.gyro, sizeof r->gyro);
}

static void accel_only(struct reading *r, uint32_t i)
{
    even(r, i);
    r->have = HAVE_ACCEL;
    memset(r->gyro, 0, sizeof r->gyro);
}

static void quaternion_only(struct reading *r, uint32_t i)
{
    *r = (struct reading){.t_ns = FIXTURE_RUN_NS + i * 20000000ll, .index = i, .have = HAVE_QUAT};
    for (int k = 0; k < 4; k++) r->quat[k] = (int16_t)(i * (unsigned)(k + 1));
}

static void jittery(struct reading *r, uint32_t i)
{
    uint32_t seed = i + 77;
    even(r, i);
    r->t_ns += fixture_random(&seed) % 3000000;
    if (i % 100 == 3) r->flags = SAMPLE_CLIPPED;
    r->index += i / 500;
}

static void constant(struct reading *r, uint32_t i) { *r = (struct reading){.t_ns = i, .index = 7}; }

static void noise(struct reading *r, uint32_t i)
{
    uint32_t seed = i * 2246822519u + 1;
    for (size_t k = 0; k < sizeof *r; k++) ((uint8_t *)r)[k] = (uint8_t)(fixture_random(&seed) >> 24);
}

static void extremes(struct reading *r, uint32_t i)
{
    *r = (struct reading){.t_ns = i % 2 ? INT64_MAX : INT64_MIN, .index = i % 3 ? UINT64_MAX : 0, .have = 255};
    for (int k = 0; k < 3; k++) r->accel[k] = r->gyro[k] = i % 2 ? INT16_MAX : INT16_MIN;
}

static struct block_head encode(void (*make)(struct reading *, uint32_t), uint32_t count, size_t *n)
{
    struct block_head head = {.sequence = 5,
                              .count = count,
                              .first_wall_ns = FIXTURE_WALL_NS,
                              .utc_offset_s = -12600,
                              .scale = SCALE_16G_2000DPS,
                              .stream = 0xabad1dea,
                              .epoch = 77};
    memset(in, 0, sizeof in);
    for (uint32_t i = 0; i < count; i++) make(&in[i], i);
    *n = block_encode(&coder, &head, in, block);
    return head;
}

static bool same(const struct reading *a, const struct reading *b)
{
    return a->t_ns == b->t_ns && a->index == b->index && a->have == b->have && a->flags == b->flags &&
           memcmp(a->accel, b->accel, sizeof a->accel) == 0 && memcmp(a->gyro, b->gyro, sizeof a->gyro) == 0 &&
           memcmp(a->quat, b->quat, sizeof a->quat) == 0;
}

static void test_round_trip(void **state)
{
    static void (*const kinds[])(struct reading *, uint32_t) = {even,     accel_only, quaternion_only, jittery,
                                                                constant, noise,      extremes};
    static const uint32_t counts[] = {1, 2, 3, 100, 511, 512, 6000, BLOCK_SAMPLES_MAX};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            size_t n;
            struct block_head wrote = encode(kinds[k], counts[c], &n), read;
            assert_true(n <= BLOCK_MAX);
            assert_int_equal(block_read_head(block, &read), 0);
            assert_int_equal(read.count, counts[c]);
            assert_int_equal(read.sequence, 5);
            assert_int_equal(read.utc_offset_s, -12600);
            assert_int_equal(read.stream, 0xabad1dea);
            assert_int_equal(read.epoch, 77);
            assert_int_equal(read.first_wall_ns, FIXTURE_WALL_NS);
            assert_int_equal(read.last_t_ns, in[counts[c] - 1].t_ns);
            assert_memory_equal(&read.scale, &wrote.scale, sizeof read.scale);
            assert_int_equal(n, BLOCK_HEADER + read.payload);
            memset(out, 0xaa, sizeof out);
            assert_int_equal(block_decode(&coder, &read, block + BLOCK_HEADER, out), 0);
            for (uint32_t i = 0; i < counts[c]; i++)
                if (!same(&in[i], &out[i])) fail_msg("kind %zu, %u readings: reading %u differs", k, counts[c], i);
        }
    }
}

static void test_bytes_of_any_meaning(void **state)
{
    static const uint32_t counts[] = {0, 1, 1000, BLOCK_BYTES_MAX};
    static uint8_t bytes[BLOCK_BYTES_MAX], back[BLOCK_BYTES_MAX];
    uint32_t seed = 8;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)(fixture_random(&seed) >> 24);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        struct block_head head = {.kind = BLOCK_CONTEXT, .count = counts[c], .first_t_ns = 5, .last_t_ns = 9}, read;
        size_t n = block_encode_bytes(&coder, &head, bytes, block);
        assert_true(n <= BLOCK_MAX);
        assert_int_equal(block_read_head(block, &read), 0);
        assert_int_equal(read.kind, BLOCK_CONTEXT);
        assert_int_equal(read.last_t_ns, 9);
        assert_int_equal(block_decode_bytes(&coder, &read, block + BLOCK_HEADER, back), 0);
        assert_memory_equal(bytes, back, counts[c]);
        assert_int_equal(block_decode(&coder, &read, block + BLOCK_HEADER, out), -EBADMSG);
        read.count++;
        if (counts[c] < BLOCK_BYTES_MAX)
            assert_int_equal(block_decode_bytes(&coder, &read, block + BLOCK_HEADER, back), -EBADMSG);
    }
    size_t n;
    struct block_head head = encode(even, 3, &n);
    assert_int_equal(block_decode_bytes(&coder, &head, block + BLOCK_HEADER, back), -EBADMSG);
}

static void test_a_changed_byte_is_noticed(void **state)
{
    size_t n;
    struct block_head head;
    (void)state;
    encode(even, 100, &n);
    for (size_t i = 0; i < n; i++) {
        block[i] ^= 0x10;
        bool holds = block_read_head(block, &head) == 0 && block_decode(&coder, &head, block + BLOCK_HEADER, out) == 0;
        if (holds) fail_msg("byte %zu of %zu", i, n);
        block[i] ^= 0x10;
    }
    block_renumber(block, 77);
    assert_int_equal(block_read_head(block, &head), 0);
    assert_int_equal(head.sequence, 77);
    assert_int_equal(block_decode(&coder, &head, block + BLOCK_HEADER, out), 0);
}

/* Somebody who can make CRCs still gets nothing but an error. */
static void test_a_forged_payload_does_no_harm(void **state)
{
    uint32_t seed = 99;
    unsigned refused = 0;
    size_t n = 0;
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        struct block_head head;
        if (i % 200 == 0) encode(i % 400 ? even : jittery, 600, &n);
        uint32_t at = fixture_random(&seed) % (uint32_t)(n - BLOCK_HEADER);
        block[BLOCK_HEADER + at] = (uint8_t)fixture_random(&seed);
        assert_int_equal(block_read_head(block, &head), 0);
        head.payload_crc = (uint32_t)crc32(0, block + BLOCK_HEADER, head.payload);
        head.count = i % 3 ? 600 : 1 + fixture_random(&seed) % BLOCK_SAMPLES_MAX;
        refused += block_decode(&coder, &head, block + BLOCK_HEADER, out) < 0;
    }
    assert_true(refused > 1000);
}

static void test_heads_out_of_range(void **state)
{
    static const struct {
        size_t at, width;
        uint64_t value;
    } wrong[] = {
        {4, 1, 3},
        {5, 1, 9},
        {6, 2, 87},
        {12, 4, 0},
        {12, 4, BLOCK_SAMPLES_MAX + 1},
        {52, 4, 0x7f800000},
        {56, 4, 0x7fc00000},
        {72, 4, BLOCK_PAYLOAD_MAX + 1},
    };
    struct block_head head;
    size_t n;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        encode(even, 10, &n);
        bytes_put(block + wrong[i].at, wrong[i].value, (unsigned)wrong[i].width);
        bytes_put(block + 84, crc32(0, block, 84), 4);
        assert_int_equal(block_read_head(block, &head), -EBADMSG);
    }
}

static void test_prediction_is_exact(void **state)
{
    static int64_t value[64], back[64];
    static uint64_t residual[64];
    uint32_t seed = 3;
    (void)state;
    for (int i = 0; i < 64; i++) value[i] = (int64_t)((uint64_t)fixture_random(&seed) << 32 | fixture_random(&seed));
    value[0] = INT64_MIN, value[1] = INT64_MAX;
    for (unsigned order = 0; order < PREDICT_ORDERS; order++) {
        predict_residuals(value, 64, order, residual);
        predict_restore(residual, 64, order, back);
        assert_memory_equal(value, back, sizeof value);
    }
    for (int i = 0; i < 64; i++) value[i] = 5 * i * i;
    assert_int_equal(predict_choose(value, 64), 2);
    for (int i = 0; i < 64; i++) value[i] = i % 2 ? 3 : -3;
    assert_int_equal(predict_choose(value, 64), 0);
}

/* ---- recorded data ----------------------------------------------------------------------------------------------- */

static FILE *open_data(const char *name)
{
    const char *root = getenv("PLUMBLINE_DATA");
    char path[512];
    snprintf(path, sizeof path, "%s/imu16/%s", root ? root : PLUMBLINE_SOURCE_DIR "/../shared/data", name);
    return fopen(path, "rb");
}

static double seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static uint32_t read_block(FILE *f, uint64_t first)
{
    uint8_t bytes[12];
    uint32_t n = 0;
    for (; n < 6000 && fread(bytes, 1, sizeof bytes, f) == sizeof bytes; n++) {
        in[n] = (struct reading){
            .t_ns = (int64_t)(first + n) * PERIOD_NS, .index = first + n, .have = HAVE_ACCEL | HAVE_GYRO};
        for (unsigned k = 0; k < 3; k++) {
            in[n].accel[k] = (int16_t)bytes_get(bytes + 2 * k, 2);
            in[n].gyro[k] = (int16_t)bytes_get(bytes + 6 + 2 * k, 2);
        }
    }
    return n;
}

static void test_recorded_data(void **state)
{
    static const struct {
        const char *name;
        double bar; /* bytes a sample; FLAC -8 needs 3.43, 5.40, 6.40 and 4.00 */
    } files[] = {
        {"broad_still_95hz.i16", 3.35},
        {"broad_95hz.i16", 5.28},
        {"gt_phone_100hz.i16", 6.37},
        {"deskmix_100hz.i16", 3.76},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *f = open_data(files[i].name);
        if (!f) {
            print_message("no recorded data in $PLUMBLINE_DATA: skipped\n");
            skip();
        }
        uint64_t samples = 0, bytes = 0;
        double encoding = 0, decoding = 0;
        for (uint32_t n; (n = read_block(f, samples)) > 0; samples += n) {
            struct block_head head = {.count = n, .scale = SCALE_16G_2000DPS};
            double t0 = seconds();
            bytes += block_encode(&coder, &head, in, block);
            double t1 = seconds();
            assert_int_equal(block_decode(&coder, &head, block + BLOCK_HEADER, out), 0);
            decoding += seconds() - t1;
            encoding += t1 - t0;
            for (uint32_t k = 0; k < n; k++) assert_true(same(&in[k], &out[k]));
        }
        fclose(f);
        double raw_mb = (double)samples * 12 / 1e6, each = (double)bytes / (double)samples;
        print_message("%-22s %.3f bytes a sample, encoding %.1f MB/s, decoding %.1f MB/s\n", files[i].name, each,
                      raw_mb / encoding, raw_mb / decoding);
        assert_true(each < files[i].bar);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_bytes_of_any_meaning),
        cmocka_unit_test(test_a_changed_byte_is_noticed),
        cmocka_unit_test(test_a_forged_payload_does_no_harm),
        cmocka_unit_test(test_heads_out_of_range),
        cmocka_unit_test(test_prediction_is_exact),
        cmocka_unit_test(test_recorded_data),
    };
    if (block_coder_open(&coder) < 0) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    block_coder_close(&coder);
    return failed;
}
