/* store_check() and store_repair() on the raw log: every kind of damage is named with its exact time, and the copy that
 * is made then is clean and has every sample of every whole block. */
#include "rawlog_fixture.h"

#include "daemon/store/bytes.h"
#include "daemon/store/segment_index.h"

enum { BLOCKS = 12, EACH = 20, AT = 5, FINDINGS = 32 };
#define BLOCK_NS ((int64_t)EACH * PERIOD_NS)

static struct finding found[FINDINGS];
static unsigned n_found;

static void keep(void *arg, const struct finding *f)
{
    (void)arg;
    if (f->kind == FINDING_DIARY_MISSING) return; /* there is none in this folder */
    assert_true(n_found < FINDINGS);
    found[n_found] = *f;
    found[n_found++].file = NULL;
}

static struct store_check check(const char *path)
{
    struct store_check c = {.to_wall_ns = INT64_MAX, .found = keep};
    n_found = 0;
    assert_int_equal(store_check(path, &c), 0);
    return c;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static uint8_t *bytes;
static size_t n, begin[BLOCKS + 1]; /* where the blocks of samples begin, and where they end */

static void slurp(const char *path)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    n = (size_t)lseek(fd, 0, SEEK_END);
    free(bytes);
    bytes = malloc(2 * n + 100000);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, n, 0), n);
    close(fd);
}

static void spill(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

/* BLOCKS blocks of EACH readings, one behind the other without a gap, and an index. */
static void make(bool index)
{
    struct rawlog *l = log_open();
    begin[0] = 0;
    for (unsigned b = 0; b < BLOCKS; b++) {
        log_put(l, b * EACH, (b + 1) * EACH);
        rawlog_cut(l, 0);
        begin[b + 1] = (size_t)l->segment.plog_end;
    }
    log_close(l);
    slurp(plog_path);
    if (!index) n = begin[BLOCKS];
}

static void insert(size_t at, const void *from, size_t length)
{
    uint8_t *copy = malloc(length);
    assert_non_null(copy);
    memcpy(copy, from, length);
    memmove(bytes + at + length, bytes + at, n - at);
    memcpy(bytes + at, copy, length);
    n += length;
    free(copy);
}

static void take_out(size_t from, size_t to)
{
    memmove(bytes + from, bytes + to, n - to);
    n -= to - from;
}

static void scramble(size_t from, size_t to)
{
    uint32_t seed = 7;
    for (size_t i = from; i < to; i++) bytes[i] = (uint8_t)fixture_random(&seed);
}

static void seal(uint8_t *head) { bytes_put(head + 84, crc32(0, head, 84), 4); }

/* ---- kinds of damage --------------------------------------------------------------------------------------------- */

static void in_header(void) { bytes[begin[AT] + 10] ^= 1; }
static void in_payload(void) { bytes[begin[AT + 1] - 3] ^= 1; }
static void first_header(void) { bytes[begin[0] + 50] ^= 1; }
static void zeroed(void) { memset(bytes + begin[AT], 0, begin[AT + 2] - begin[AT]); }
static void scrambled(void) { scramble(begin[AT], begin[AT + 1]); }
static void header_and_next_payload(void) { bytes[begin[AT]] ^= 1, bytes[begin[AT + 2] - 3] ^= 1; }
static void missing(void) { take_out(begin[AT], begin[AT + 3]); }
static void doubled(void) { insert(begin[AT + 1], bytes + begin[AT], begin[AT + 1] - begin[AT]); }
static void cut(void) { n = begin[BLOCKS] - 10; }
static void cut_header(void) { n = begin[BLOCKS - 1] + 20; }
static void zeroed_tail(void) { memset(bytes + begin[BLOCKS - 1], 0, n - begin[BLOCKS - 1]); }

static void garbage(void)
{
    memmove(bytes + begin[AT] + 500, bytes + begin[AT], n - begin[AT]);
    scramble(begin[AT], begin[AT] + 500);
    n += 500;
}

static void other_day(void)
{
    uint8_t *head = bytes + begin[AT];
    insert(begin[AT], head, begin[AT + 1] - begin[AT]);
    bytes_put(head + 8, 777, 4);
    for (int at = 24; at <= 40; at += 8) bytes_put(head + at, bytes_get(head + at, 8) - SECONDS_NS(86400), 8);
    seal(head);
}

static void foreign(void)
{
    bytes[begin[AT] + 4] = 9;
    seal(bytes + begin[AT]);
}

/* A header that is whole and lies about what follows. */
static void false_header(void)
{
    uint8_t *head = bytes + begin[AT];
    bytes_put(head + 32, bytes_get(head + 32, 8) + SECONDS_NS(1), 8);
    seal(head);
}

static const struct {
    const char *name;
    void (*harm)(void);
    enum finding_kind kind;
    unsigned block, blocks; /* what is told of; blocks 0: only an end, or nothing, is known */
    uint64_t samples;       /* told */
    int left;               /* blocks that can still be read */
} cases[] = {
    {"header", in_header, FINDING_BLOCK_DAMAGED, AT, 1, EACH, BLOCKS - 1},
    {"payload", in_payload, FINDING_BLOCK_DAMAGED, AT, 1, EACH, BLOCKS - 1},
    {"zeroed", zeroed, FINDING_BLOCK_DAMAGED, AT, 2, 2 * EACH, BLOCKS - 2},
    {"scrambled", scrambled, FINDING_BLOCK_DAMAGED, AT, 1, EACH, BLOCKS - 1},
    {"missing", missing, FINDING_BLOCKS_MISSING, AT, 3, 3 * EACH, BLOCKS - 3},
    {"doubled", doubled, FINDING_BLOCK_DOUBLED, AT, 1, EACH, BLOCKS},
    {"garbage", garbage, FINDING_GARBAGE, AT, 0, 0, BLOCKS},
    {"another version", foreign, FINDING_FOREIGN, AT, 0, 0, BLOCKS - 1},
    {"cut", cut, FINDING_BLOCK_DAMAGED, BLOCKS - 1, 1, EACH, BLOCKS - 1},
};

static void assert_named(size_t c)
{
    if (n_found != 1 || found[0].kind != cases[c].kind)
        fail_msg("%s: %u findings, the first of kind %d", cases[c].name, n_found, n_found ? (int)found[0].kind : -1);
    assert_int_equal(found[0].samples, cases[c].samples);
    if (cases[c].blocks == 0) return;
    assert_int_equal(found[0].from_wall_ns, FIXTURE_WALL_NS + cases[c].block * BLOCK_NS);
    assert_int_equal(found[0].to_wall_ns, FIXTURE_WALL_NS + (cases[c].block + cases[c].blocks) * BLOCK_NS);
    assert_int_equal(found[0].utc_offset_s, 3600);
}

static char *repaired(void)
{
    static char copy[80];
    char why[256] = "";
    struct store_check c = {0};
    snprintf(copy, sizeof copy, "%s-copy", folder);
    if (store_repair(folder, copy, &c, why)) fail_msg("%s", why);
    return copy;
}

/* The copy of what is in the folder is clean and holds SAMPLES. */
static void assert_repaired(uint64_t samples)
{
    uint64_t damaged;
    struct stat st;
    char path[FOLDER_PATH], *copy = repaired();
    struct store_check c = check(copy);
    for (unsigned i = 0; i < n_found; i++) assert_int_equal(found[i].kind, FINDING_FOREIGN);
    assert_int_equal(c.samples, samples);
    assert_int_equal(c.damages, 1); /* no diary */
    assert_int_equal(fixture_count(copy, &damaged), samples);
    folder_day_path(copy, DAY, ".plog", path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(copy, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    fixture_remove(copy);
}

static void test_every_kind(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int index = 0; index < 2; index++) {
            unlink(plog_path);
            make(index);
            cases[c].harm();
            spill(plog_path);
            struct store_check seen = check(folder);
            assert_int_equal(seen.samples, cases[c].left * EACH);
            assert_named(c);
            assert_repaired((uint64_t)cases[c].left * EACH);
        }
}

/* ---- where less, or more, is known ------------------------------------------------------------------------------- */

static void harm(void (*how)(void), bool index)
{
    unlink(plog_path);
    make(index);
    how();
    spill(plog_path);
    check(folder);
}

static void test_first_block(void **state)
{
    (void)state;
    harm(first_header, true); /* the index has it */
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].from_wall_ns, FIXTURE_WALL_NS);
    assert_int_equal(found[0].samples, EACH);
    harm(first_header, false);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].from_wall_ns, INT64_MIN);
    assert_int_equal(found[0].to_wall_ns, FIXTURE_WALL_NS + BLOCK_NS);
    assert_repaired((BLOCKS - 1) * EACH);
}

/* What nothing lies behind is reckoned from its bytes; by a quarter, here. */
static void test_tail(void **state)
{
    (void)state;
    harm(zeroed_tail, false);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].kind, FINDING_BLOCK_DAMAGED);
    assert_int_equal(found[0].from_wall_ns, FIXTURE_WALL_NS + (BLOCKS - 1) * BLOCK_NS);
    assert_in_range(found[0].samples, EACH - EACH / 4, EACH + EACH / 4);
    assert_int_equal(found[0].to_wall_ns, found[0].from_wall_ns + (int64_t)found[0].samples * PERIOD_NS);
    harm(cut_header, false);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].bytes, 20);
    assert_repaired((BLOCKS - 1) * EACH);
}

static void test_two_damages(void **state)
{
    (void)state;
    for (int index = 0; index < 2; index++) {
        harm(header_and_next_payload, index);
        assert_int_equal(n_found, 2);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(found[i].kind, FINDING_BLOCK_DAMAGED);
            assert_int_equal(found[i].from_wall_ns, FIXTURE_WALL_NS + (AT + i) * BLOCK_NS);
            assert_int_equal(found[i].samples, EACH);
        }
    }
}

/* It is told of, and in the copy lies in the file of its own day. */
static void test_block_of_another_day(void **state)
{
    char path[FOLDER_PATH], *copy;
    (void)state;
    harm(other_day, true);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].kind, FINDING_OTHER_DAY);
    assert_int_equal(found[0].from_wall_ns, FIXTURE_WALL_NS + AT * BLOCK_NS - SECONDS_NS(86400));
    copy = repaired();
    struct store_check c = check(copy);
    assert_int_equal(n_found, 0);
    assert_int_equal(c.samples, (BLOCKS + 1) * EACH);
    assert_int_equal(c.days, 2);
    folder_day_path(copy, DAY - 1, ".plog", path);
    assert_int_equal(access(path, F_OK), 0);
    fixture_remove(copy);
}

static void test_false_header(void **state)
{
    (void)state;
    harm(false_header, true);
    assert_true(n_found >= 1);
    assert_int_equal(found[0].kind, FINDING_DISORDER);
}

/* An index whose CRCs hold, and that leaves a block out. */
static void test_false_index(void **state)
{
    struct block_coder coder;
    struct segment_index x;
    (void)state;
    assert_int_equal(block_coder_open(&coder), 0);
    make(true);
    int fd = open(plog_path, O_RDONLY);
    assert_int_equal(segment_index_read(fd, (off_t)n, &coder, &x), 1);
    close(fd);
    memmove(x.row + AT * SEGMENT_INDEX_ROW, x.row + (AT + 1) * SEGMENT_INDEX_ROW, (x.n - AT - 1) * SEGMENT_INDEX_ROW);
    struct block_head head = {
        .kind = BLOCK_INDEX, .sequence = BLOCKS, .count = (uint32_t)(x.n - 1) * SEGMENT_INDEX_ROW};
    n = begin[BLOCKS] + block_encode_bytes(&coder, &head, x.row, bytes + begin[BLOCKS]);
    head = (struct block_head){.kind = BLOCK_INDEX, .sequence = BLOCKS + 1, .first_index = begin[BLOCKS]};
    n += block_encode_bytes(&coder, &head, "", bytes + n);
    spill(plog_path);
    segment_index_free(&x);
    block_coder_close(&coder);
    struct store_check c = check(folder);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].kind, FINDING_INDEX);
    assert_int_equal(c.samples, BLOCKS * EACH);
    assert_repaired(BLOCKS * EACH);
}

/* ---- the write-ahead file ---------------------------------------------------------------------------------------- */

static void make_interrupted(void)
{
    struct rawlog *l = log_open();
    log_put(l, 0, 30);
    rawlog_cut(l, 0);
    for (uint64_t i = 30; i < 80; i += 10) {
        log_put(l, i, i + 10);
        rawlog_settle(l, 0);
    }
    slurp(wal_path);
    l->head.count = l->in_wal = 0; /* it dies */
    log_close(l);
    spill(wal_path);
}

static void test_write_ahead_file(void **state)
{
    (void)state;
    make_interrupted();
    check(folder);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].kind, FINDING_WAITING);
    assert_int_equal(found[0].samples, 50);
    assert_repaired(80);

    size_t length = BLOCK_HEADER + bytes_get32(bytes + 72);
    bytes[length + 5] ^= 1; /* the second batch's header */
    spill(wal_path);
    check(folder);
    assert_int_equal(n_found, 2);
    assert_int_equal(found[0].kind, FINDING_BLOCK_DAMAGED);
    assert_int_equal(found[0].samples, 10);
    assert_int_equal(found[0].from_wall_ns, FIXTURE_WALL_NS + 40 * PERIOD_NS);
    assert_int_equal(found[0].to_wall_ns, FIXTURE_WALL_NS + 50 * PERIOD_NS);
    assert_repaired(70);

    n -= 20; /* a torn end is usual: the last batch */
    bytes[length + 5] ^= 1;
    spill(wal_path);
    check(folder);
    assert_int_equal(n_found, 1);
    assert_int_equal(found[0].samples, 40);

    unlink(plog_path); /* all that was in it is gone */
    slurp(wal_path);
    check(folder);
    assert_int_equal(n_found, 2);
    assert_int_equal(found[0].kind, FINDING_BLOCKS_MISSING);
    assert_int_equal(found[0].blocks, 1);
}

static int set_up_copy(void **state)
{
    bytes = NULL;
    return set_up(state);
}

static int tear_down_copy(void **state)
{
    free(bytes);
    return tear_down(state);
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_copy, tear_down_copy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_kind),           TEST(test_first_block),  TEST(test_tail),
        TEST(test_two_damages),          TEST(test_false_header), TEST(test_write_ahead_file),
        TEST(test_block_of_another_day), TEST(test_false_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
