/* Segments: whatever is cut off, zeroed or scrambled at the end, all before it is read; whatever a writer was
 * doing when it died, the write-ahead file brings its readings back once. */
#include "rawlog_fixture.h"

#include "daemon/store/bytes.h"

enum { BLOCKS = 5, EACH = 20 };

static uint8_t *slurp(const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    *n = (size_t)lseek(fd, 0, SEEK_END);
    uint8_t *bytes = malloc(*n + 1);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, *n, 0), *n);
    close(fd);
    return bytes;
}

static void spill(const char *path, const uint8_t *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

/* BLOCKS blocks of EACH readings, without a write-ahead file or an index; where each begins. */
static uint8_t *make_blocks(size_t *n, size_t begin[BLOCKS + 1])
{
    struct rawlog *l = log_open();
    for (unsigned b = 0; b < BLOCKS; b++) {
        log_put(l, b * EACH, (b + 1) * EACH);
        rawlog_cut(l, 0);
        begin[b + 1] = (size_t)l->segment.plog_end;
    }
    begin[0] = 0;
    log_close(l);
    uint8_t *bytes = slurp(plog_path, n);
    assert_true(*n > begin[BLOCKS]);
    *n = begin[BLOCKS];
    return bytes;
}

/* ---- the end of the file ----------------------------------------------------------------------------------------- */

static void check_damage(const uint8_t *bytes, size_t n, unsigned whole_before)
{
    spill(plog_path, bytes, n);
    uint64_t read = fixture_count(folder, NULL);
    if (read < (uint64_t)whole_before * EACH)
        fail_msg("%u blocks are whole, %u readings read", whole_before, (unsigned)read);
    struct rawlog *l = log_open();
    log_put(l, 1000, 1000 + EACH);
    log_close(l);
    uint64_t damaged;
    assert_int_equal(fixture_count(folder, &damaged), read + EACH);
}

static void test_damaged_ends(void **state)
{
    size_t n, begin[BLOCKS + 1];
    (void)state;
    uint8_t *bytes = make_blocks(&n, begin), *bad = malloc(n);
    assert_non_null(bad);
    for (size_t at = begin[BLOCKS - 2]; at < n; at++) {
        unsigned whole = at >= begin[BLOCKS - 1] ? BLOCKS - 1 : BLOCKS - 2;
        uint32_t seed = (uint32_t)at + 1;
        memcpy(bad, bytes, n);
        check_damage(bad, at, whole);
        memset(bad + at, 0, n - at);
        check_damage(bad, n, whole);
        for (size_t i = at; i < n; i++) bad[i] = (uint8_t)fixture_random(&seed);
        check_damage(bad, n, whole);
    }
    free(bad);
    free(bytes);
}

/* One byte anywhere costs at most its own block, and the loss is counted. */
static void test_damaged_middle(void **state)
{
    size_t n, begin[BLOCKS + 1];
    (void)state;
    uint8_t *bytes = make_blocks(&n, begin);
    for (size_t at = 0; at < n; at++) {
        uint64_t damaged;
        bytes[at] ^= 0x41;
        spill(plog_path, bytes, n);
        assert_int_equal(fixture_count(folder, &damaged), (BLOCKS - 1) * EACH);
        assert_int_equal(damaged, 1);
        bytes[at] ^= 0x41;
    }
    free(bytes);
}

/* A damaged stretch longer than a search step, with false magics in it. */
/* The first blocks of the day are another version's: they stay where they are, and the day goes on behind them. */
static void test_blocks_of_another_version_are_kept(void **state)
{
    size_t n, after, begin[BLOCKS + 1];
    (void)state;
    uint8_t *bytes = make_blocks(&n, begin);
    for (unsigned b = 0; b < BLOCKS; b++) {
        uint8_t *head = bytes + begin[b];
        head[4] = 1;
        bytes_put(head + 84, crc32(0, head, 84), 4);
    }
    spill(plog_path, bytes, n);
    struct rawlog *l = log_open();
    log_put(l, 1000, 1000 + EACH);
    log_close(l);
    uint8_t *now = slurp(plog_path, &after);
    assert_true(after > n);
    assert_memory_equal(now, bytes, n);
    assert_int_equal(fixture_count(folder, NULL), EACH);
    free(now);
    free(bytes);
}

static void test_long_garbage(void **state)
{
    enum { GARBAGE = 200000 };
    size_t n, begin[BLOCKS + 1];
    uint64_t damaged;
    (void)state;
    uint8_t *bytes = make_blocks(&n, begin), *all = malloc(n + GARBAGE);
    assert_non_null(all);
    memcpy(all, bytes, begin[2]);
    for (size_t i = 0; i < GARBAGE; i++) all[begin[2] + i] = block_magic[i % 4];
    memcpy(all + begin[2] + GARBAGE, bytes + begin[2], n - begin[2]);
    spill(plog_path, all, n + GARBAGE);
    assert_int_equal(fixture_count(folder, &damaged), BLOCKS * EACH);
    assert_int_equal(damaged, 1);
    free(all);
    free(bytes);
}

/* ---- interrupted writers ----------------------------------------------------------------------------------------- */

/* Two blocks in the .plog and 50 readings in five batches in the .wal, as a writer that is killed leaves them. */
static uint8_t *make_interrupted(uint8_t **plog, size_t *plog_n, size_t *wal_n)
{
    struct rawlog *l = log_open();
    log_put(l, 0, 30);
    rawlog_cut(l, 0);
    log_put(l, 30, 60);
    rawlog_cut(l, 0);
    for (uint64_t i = 60; i < 110; i += 10) {
        log_put(l, i, i + 10);
        rawlog_settle(l, 0);
    }
    *plog = slurp(plog_path, plog_n);
    uint8_t *wal = slurp(wal_path, wal_n);
    assert_int_equal(fixture_count(folder, NULL), 110);
    l->head.count = l->in_wal = 0; /* it dies */
    log_close(l);
    return wal;
}

static void check_recovery(uint64_t samples, uint64_t recovered)
{
    assert_int_equal(fixture_count(folder, NULL), samples); /* a reader before it is mended */
    struct rawlog *l = log_open();
    assert_int_equal(l->mended.samples, recovered);
    log_close(l);
    assert_int_equal(fixture_count(folder, NULL), samples);
    assert_int_equal(access(wal_path, F_OK), -1);
    l = log_open();
    assert_int_equal(l->mended.samples + l->mended.torn_bytes, 0);
    log_close(l);
}

static void test_interrupted(void **state)
{
    size_t plog_n, wal_n, full_n;
    uint8_t *plog, *wal = make_interrupted(&plog, &plog_n, &wal_n);
    (void)state;

    for (size_t at = 0; at <= wal_n; at++) { /* while appending to the .wal */
        spill(plog_path, plog, plog_n);
        spill(wal_path, wal, at);
        uint64_t n = fixture_count(folder, NULL);
        assert_true(n >= 60 && n <= 110 && n % 10 == 0);
        assert_true(at < wal_n || n == 110);
        check_recovery(n, n - 60);
    }

    uint8_t *full = slurp(plog_path, &full_n); /* with the third block */
    full_n = log_blocks_end(plog_path);
    for (size_t at = plog_n; at < full_n; at++) { /* while appending to the .plog */
        spill(plog_path, full, at);
        spill(wal_path, wal, wal_n);
        check_recovery(110, 50);
    }
    spill(wal_path, wal, wal_n); /* before emptying the .wal */
    spill(plog_path, full, full_n);
    check_recovery(110, 0);
    full[full_n - 1] ^= 1; /* the power failed: the length is there, the bytes are not */
    spill(wal_path, wal, wal_n);
    spill(plog_path, full, full_n);
    struct rawlog *l = log_open();
    assert_int_equal(l->mended.samples, 50);
    log_close(l);
    assert_int_equal(fixture_count(folder, NULL), 110);
    free(full), free(plog), free(wal);
}

/* A torn end is dated by the samples before it, whatever lies in between. */
static void test_when_it_was_torn(void **state)
{
    const struct rawlog_context context = {.number = 1, .place_ns = log_sample(49).reading.t_ns, .t_ns = SECONDS_NS(9999),
                                           .wall_ns = log_sample(49).wall_ns, .utc_offset_s = 3600, .kind = 3};
    (void)state;
    struct rawlog *l = log_open();
    log_put(l, 0, 50);
    rawlog_context(l, &context, 0);
    log_close(l); /* behind it the index */
    int fd = open(plog_path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "torn", 4), 4);
    close(fd);
    l = log_open();
    assert_int_equal(l->mended.torn_bytes, 4);
    assert_int_equal(l->mended.torn_wall_ns, log_sample(49).wall_ns + SECONDS_NS(3600));
    log_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_damaged_ends),
        TEST(test_damaged_middle),
        TEST(test_blocks_of_another_version_are_kept),
        TEST(test_long_garbage),
        TEST(test_interrupted),
        TEST(test_when_it_was_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
