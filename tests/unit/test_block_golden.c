/* Blocks as they were once written (blocks/): still read, and still written byte for byte. A block that must change
 * because the format or the encoder did: test_block_golden --update FILE…, look at the diff, and say why in the commit.
 *
 * A file has lines of numbers, one a reading (run time, index, have, flags, accelerometer, gyro, quaternion; what is left
 * out at the end is 0), then lines that begin with x: the block in hexadecimal. # begins a comment. */
#include "store_fixture.h"

#include "daemon/store/block.h"

#include <inttypes.h>

enum { READINGS_MAX = 1000, BYTES_MAX = 20000, HEX_A_LINE = 60 };

struct golden {
    uint32_t count;
    struct reading reading[READINGS_MAX];
    size_t n;
    uint8_t block[BYTES_MAX];
};

static struct block_coder coder;
static struct golden golden;
static uint8_t block[BLOCK_MAX];

static void parse_reading(const char *line, struct reading *r)
{
    long v[10] = {0};
    unsigned have = 0, flags = 0;
    int n = sscanf(line, "%" SCNd64 " %" SCNu64 " %u %u %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld", &r->t_ns, &r->index,
                   &have, &flags, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9]);
    assert_in_range(n, 4, 14);
    r->have = (uint16_t)have;
    r->flags = (uint16_t)flags;
    for (int k = 0; k < 3; k++) r->accel[k] = (int16_t)v[k];
    for (int k = 0; k < 3; k++) r->gyro[k] = (int16_t)v[3 + k];
    for (int k = 0; k < 4; k++) r->quat[k] = (int16_t)v[6 + k];
}

static void load(const char *path)
{
    char line[256];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    memset(&golden, 0, sizeof golden);
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#') continue;
        if (line[0] != 'x') {
            assert_true(golden.count < READINGS_MAX);
            parse_reading(line, &golden.reading[golden.count++]);
            continue;
        }
        unsigned byte;
        for (const char *at = line + 1; sscanf(at, "%2x", &byte) == 1; at += 2) {
            assert_true(golden.n < BYTES_MAX);
            golden.block[golden.n++] = (uint8_t)byte;
        }
    }
    fclose(f);
}

static size_t encode(void)
{
    struct block_head head = {.sequence = 7,
                              .count = golden.count,
                              .first_wall_ns = FIXTURE_WALL_NS,
                              .utc_offset_s = 3600,
                              .scale = SCALE_16G_2000DPS};
    return block_encode(&coder, &head, golden.reading, block);
}

static int update(const char *path)
{
    load(path);
    size_t n = encode();
    char lines[READINGS_MAX + 10][256];
    size_t kept = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(lines[kept], sizeof lines[0], f)) kept += lines[kept][0] != 'x';
    if (!f || fclose(f) || !(f = fopen(path, "w"))) return perror(path), 1;
    for (size_t i = 0; i < kept; i++) fputs(lines[i], f);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s%02x%s", i % HEX_A_LINE ? "" : "x", block[i],
                i % HEX_A_LINE == HEX_A_LINE - 1 || i == n - 1 ? "\n" : "");
    return fclose(f) != 0;
}

static void check(const char *name)
{
    static struct reading out[BLOCK_SAMPLES_MAX];
    char path[512];
    struct block_head head;
    snprintf(path, sizeof path, PLUMBLINE_SOURCE_DIR "/tests/unit/blocks/%s.block", name);
    load(path);
    assert_true(golden.count > 0 && golden.n > BLOCK_HEADER);
    assert_int_equal(block_read_head(golden.block, &head), 0);
    assert_int_equal(head.count, golden.count);
    assert_int_equal(BLOCK_HEADER + head.payload, golden.n);
    assert_int_equal(block_decode(&coder, &head, golden.block + BLOCK_HEADER, out), 0);
    assert_memory_equal(out, golden.reading, golden.count * sizeof *out); /* a reading has no holes */
    if (strstr(zlibVersion(), "ng")) return; /* deflates otherwise, and is read all the same */
    assert_int_equal(encode(), golden.n);
    assert_memory_equal(block, golden.block, golden.n);
}

static void test_one_reading(void **state) { (void)state, check("one"); }
static void test_gaps_and_flags(void **state) { (void)state, check("jittery"); }
static void test_quaternions(void **state) { (void)state, check("quaternion"); }
static void test_extremes(void **state) { (void)state, check("extreme"); }
static void test_fitted_predictors(void **state) { (void)state, check("fitted"); }

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_reading),       cmocka_unit_test(test_gaps_and_flags),
        cmocka_unit_test(test_quaternions),       cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_fitted_predictors),
    };
    int failed = 0;
    if (block_coder_open(&coder) < 0) return 1;
    if (argc > 2 && strcmp(argv[1], "--update") == 0)
        for (int i = 2; i < argc; i++) failed |= update(argv[i]);
    else
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    block_coder_close(&coder);
    return failed;
}
