/* Where the blocks lie: by the indexes at the files' ends and by going from header to header, and both the same. */
#include "rawlog_fixture.h"

#include "daemon/store/bytes.h"
#include "daemon/store/log_index.h"
#include "daemon/store/segment_index.h"

enum { BLOCKS = 12, EACH = 20 };

static struct block_coder coder;

static void make(struct log_index *x) { assert_int_equal(log_index_make(x, folder, INT64_MIN, INT64_MAX), 0); }

static void assert_same(const struct log_index *a, const struct log_index *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->damaged, b->damaged);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->place[i].first_t_ns, b->place[i].first_t_ns);
        assert_int_equal(a->place[i].day, b->place[i].day);
        assert_int_equal(a->place[i].copy < 0, b->place[i].copy < 0);
        assert_int_equal(a->place[i].offset, b->place[i].offset);
    }
}

/* Blocks FROM … TO − 1, each with readings of its own, and a clean close. */
static void write_blocks(unsigned from, unsigned to)
{
    struct rawlog *l = log_open();
    for (unsigned b = from; b < to; b++) {
        log_put(l, b * EACH, (b + 1) * EACH);
        rawlog_cut(l, 0);
    }
    log_close(l);
}

/* The bytes of the day's file, and which of them is the index. */
static uint8_t *slurp(size_t *n, size_t *index_at)
{
    int fd = open(plog_path, O_RDONLY);
    assert_true(fd >= 0);
    *n = (size_t)lseek(fd, 0, SEEK_END);
    uint8_t *bytes = malloc(*n + SEGMENT_INDEX_MAX);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, *n, 0), *n);
    close(fd);
    *index_at = log_blocks_end(plog_path);
    return bytes;
}

static void spill(const uint8_t *bytes, size_t n)
{
    int fd = open(plog_path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

static void test_both_ways_the_same(void **state)
{
    struct log_index by_index, by_hopping;
    size_t n, at;
    (void)state;
    for (unsigned visit = 0; visit < 3; visit++) { /* each goes on behind the index of the one before */
        write_blocks(visit * BLOCKS, (visit + 1) * BLOCKS);
        make(&by_index);
        assert_int_equal(by_index.days, 1);
        assert_int_equal(by_index.by_index, 1);
        assert_int_equal(by_index.n, (visit + 1) * BLOCKS);
        uint8_t *bytes = slurp(&n, &at);
        spill(bytes, at);
        make(&by_hopping);
        assert_int_equal(by_hopping.by_index, 0);
        assert_same(&by_index, &by_hopping);
        spill(bytes, n);
        assert_int_equal(fixture_count(folder, NULL), (visit + 1) * BLOCKS * EACH);
        free(bytes);
        log_index_free(&by_index);
        log_index_free(&by_hopping);
    }
    struct rawlog *l = log_open(); /* opened and closed again: the index is there already */
    log_put(l, 100000, 100000);
    log_close(l);
    make(&by_index);
    assert_int_equal(by_index.by_index, 1);
    log_index_free(&by_index);
}

/* An index that leaves out a stretch is gone around, and the writer goes on with the right number. */
static void test_index_over_a_damaged_block(void **state)
{
    struct log_index by_index, by_hopping;
    size_t n, at;
    (void)state;
    write_blocks(0, 3);
    uint8_t *bytes = slurp(&n, &at);
    bytes[20] ^= 1;
    spill(bytes, at);
    free(bytes);
    write_blocks(3, 5);
    make(&by_index);
    bytes = slurp(&n, &at);
    spill(bytes, at);
    make(&by_hopping);
    assert_int_equal(by_index.by_index, 0);
    assert_int_equal(by_index.damaged, 1);
    assert_int_equal(by_index.n, 4);
    assert_same(&by_index, &by_hopping);
    log_index_free(&by_index);
    log_index_free(&by_hopping);
    free(bytes);
}

static void test_any_byte_of_it(void **state)
{
    size_t n, at;
    (void)state;
    write_blocks(0, BLOCKS);
    uint8_t *bytes = slurp(&n, &at);
    for (size_t i = at; i < n; i++) {
        struct log_index x;
        bytes[i] ^= 0x41;
        spill(bytes, n);
        assert_int_equal(fixture_count(folder, NULL), BLOCKS * EACH);
        make(&x);
        assert_int_equal(x.by_index, 0);
        log_index_free(&x);
        bytes[i] ^= 0x41;
        spill(bytes, i); /* cut off */
        assert_int_equal(fixture_count(folder, NULL), BLOCKS * EACH);
    }
    struct rawlog *l = log_open(); /* what is torn is cut off, and the writer goes on */
    log_put(l, BLOCKS * EACH, (BLOCKS + 1) * EACH);
    log_close(l);
    assert_int_equal(fixture_count(folder, NULL), (BLOCKS + 1) * EACH);
    free(bytes);
}

/* ---- written by somebody who means harm -------------------------------------------------------------------------- */

static void set_offset(uint8_t *row, uint64_t offset) { bytes_put(row, offset, 8); }

/* Spoils ROW[0 … N) as CASE says; returns how many bytes of them shall be told. */
static size_t spoil(unsigned which, uint8_t *row, size_t n, uint64_t size)
{
    uint8_t *second = row + SEGMENT_INDEX_ROW;
    switch (which) {
    case 0: set_offset(second, UINT64_MAX); break;
    case 1: set_offset(second, UINT64_MAX - 500); break;
    case 2: set_offset(second, 0); break;
    case 3: set_offset(second, bytes_get(second, 8) - 1); break; /* into the block before */
    case 4: set_offset(row + (n - 1) * SEGMENT_INDEX_ROW, size); break;
    case 5: second[60] ^= 1; break; /* a header that does not hold */
    case 6: memset(row, 0, n * SEGMENT_INDEX_ROW); break;
    case 7: return (n - 1) * SEGMENT_INDEX_ROW; /* the last block is hidden */
    case 8: memmove(row, second, (n - 1) * SEGMENT_INDEX_ROW); return (n - 1) * SEGMENT_INDEX_ROW; /* the first one */
    default: return n * SEGMENT_INDEX_ROW - 1;
    }
    return n * SEGMENT_INDEX_ROW;
}

static void test_hostile(void **state)
{
    struct log_index expected, x;
    struct segment_index index;
    size_t n, at;
    (void)state;
    write_blocks(0, BLOCKS);
    uint8_t *bytes = slurp(&n, &at);
    make(&expected);
    for (unsigned which = 0; which < 10; which++) {
        spill(bytes, n);
        int fd = open(plog_path, O_RDONLY);
        assert_int_equal(segment_index_read(fd, (off_t)n, &coder, &index), 1);
        close(fd);
        struct block_head head = {.kind = BLOCK_INDEX, .sequence = BLOCKS};
        head.count = (uint32_t)spoil(which, index.row, index.n, n);
        size_t forged = at + block_encode_bytes(&coder, &head, index.row, bytes + at);
        head = (struct block_head){.kind = BLOCK_INDEX, .sequence = BLOCKS + 1, .first_index = at};
        forged += block_encode_bytes(&coder, &head, "", bytes + forged);
        spill(bytes, forged);
        make(&x);
        assert_int_equal(x.by_index, 0);
        assert_same(&x, &expected);
        log_index_free(&x);
        segment_index_free(&index);
        free(bytes);
        unlink(plog_path);
        write_blocks(0, BLOCKS);
        bytes = slurp(&n, &at);
    }
    log_index_free(&expected);
    free(bytes);
}

/* The second block leads anywhere. */
static void test_hostile_post(void **state)
{
    size_t n, at;
    (void)state;
    write_blocks(0, BLOCKS);
    uint8_t *bytes = slurp(&n, &at);
    const uint64_t to[] = {0, 1, n, n - SEGMENT_INDEX_POST, UINT64_MAX, (uint64_t)INT64_MAX, at + 1};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        struct log_index x;
        struct block_head head = {.kind = BLOCK_INDEX, .sequence = BLOCKS + 1, .first_index = to[i]};
        block_encode_bytes(&coder, &head, "", bytes + n - SEGMENT_INDEX_POST);
        spill(bytes, n);
        make(&x);
        assert_int_equal(x.by_index, 0);
        assert_int_equal(x.n, BLOCKS);
        log_index_free(&x);
    }
    free(bytes);
}

/* ---- what it must not be ----------------------------------------------------------------------------------------- */

/* While the write-ahead file holds readings, there is none: it would take their number. */
static void test_none_over_a_write_ahead_file(void **state)
{
    struct log_index x;
    (void)state;
    struct rawlog *l = log_open();
    log_put(l, 0, EACH);
    rawlog_cut(l, 0);
    log_put(l, EACH, 2 * EACH);
    rawlog_settle(l, 0);
    l->head.count = l->in_wal = 0; /* it dies, or the disk refuses for good */
    log_close(l);
    make(&x);
    assert_int_equal(x.by_index, 0);
    assert_int_equal(x.n, 2);
    log_index_free(&x);
    assert_int_equal(fixture_count(folder, NULL), 2 * EACH);
    log_close(log_open());
    make(&x);
    assert_int_equal(x.by_index, 1);
    assert_int_equal(x.n, 2);
    log_index_free(&x);
    assert_int_equal(fixture_count(folder, NULL), 2 * EACH);
}

static int open_coder(void **state)
{
    (void)state;
    return block_coder_open(&coder);
}

static int close_coder(void **state)
{
    (void)state;
    block_coder_close(&coder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_both_ways_the_same), TEST(test_index_over_a_damaged_block),
        TEST(test_any_byte_of_it),     TEST(test_hostile),
        TEST(test_hostile_post),       TEST(test_none_over_a_write_ahead_file),
    };
    return cmocka_run_group_tests(tests, open_coder, close_coder);
}
