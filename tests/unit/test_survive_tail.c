/* The end of a day's file, and of its write-ahead file, cut, zeroed or scrambled at every byte of the last two blocks:
 * all before it is read as it was, what is lost is counted or said, a writer mends it, goes on, and all is read
 * again. */
#include "rawlog_fixture.h"

#include "daemon/store/words.h"

enum { BLOCKS = 4, EACH = 12, IN_WAL = 3, WHOLE = BLOCKS * EACH, ALL = WHOLE + IN_WAL * EACH, LATER = 1000 };

struct bytes {
    uint8_t *at;
    size_t n;
};

/* BLOCKS blocks of EACH readings in the .plog, IN_WAL batches of as many in the .wal, as a writer that is killed leaves
 * them; where each block begins. */
static void make(struct bytes *plog, struct bytes *wal, size_t block[BLOCKS + 1], size_t batch[IN_WAL + 1])
{
    struct rawlog *l = log_open();
    block[0] = batch[0] = 0;
    for (unsigned b = 0; b < BLOCKS; b++) {
        log_put(l, b * EACH, (b + 1) * EACH);
        rawlog_cut(l, 0);
        block[b + 1] = (size_t)l->segment.plog_end;
    }
    for (unsigned b = 0; b < IN_WAL; b++) {
        log_put(l, WHOLE + b * EACH, WHOLE + (b + 1) * EACH);
        rawlog_settle(l, 0);
        batch[b + 1] = (size_t)l->segment.wal_end;
    }
    plog->at = log_slurp(plog_path, &plog->n, 0);
    wal->at = log_slurp(wal_path, &wal->n, 0);
    l->head.count = l->in_wal = 0; /* it dies */
    log_close(l);
}

enum harm { CUT, ZEROED, SCRAMBLED, ZEROED_SECTOR, SCRAMBLED_SECTOR, GROWN, HARMS };
enum { SECTOR = 64, GROWTH = 5000 };
static const char *const harms[] = {"cut",           "zeroed",           "scrambled",
                                    "sector zeroed", "sector scrambled", "grown by zeros"};

/* WHAT with HARM done from AT; the room behind it is GROWTH larger. Returns the new length. */
static size_t do_harm(struct bytes what, enum harm harm, size_t at, uint8_t *bad)
{
    size_t end = harm >= ZEROED_SECTOR && at + SECTOR < what.n ? at + SECTOR : what.n;
    uint32_t seed = (uint32_t)at * 7919 + 1;
    memcpy(bad, what.at, what.n);
    memset(bad + what.n, 0, GROWTH);
    if (harm == CUT) return at;
    if (harm == GROWN) { /* the length was on the disk before the bytes */
        memset(bad + at, 0, what.n - at);
        return what.n + GROWTH;
    }
    for (size_t i = at; i < end; i++)
        bad[i] = harm == SCRAMBLED || harm == SCRAMBLED_SECTOR ? (uint8_t)fixture_random(&seed) : 0;
    return what.n;
}

/* Which readings are there; each is fixture_sample(its index), and none is there twice. */
struct there {
    bool index[LATER + EACH];
    uint64_t n, damaged;
};

static struct there look(void)
{
    struct there t = {0};
    struct log_reader *r;
    struct sample s;
    int64_t wall_ns, last_ns = INT64_MIN;
    assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
    for (; log_reader_next(r, &s, &wall_ns) == 1; t.n++, last_ns = s.t_ns) {
        struct sample expected = fixture_sample(s.raw.index);
        assert_true(s.t_ns > last_ns && s.raw.index < LATER + EACH);
        assert_int_equal(s.t_ns, expected.t_ns);
        assert_memory_equal(s.raw.accel, expected.raw.accel, sizeof s.raw.accel);
        assert_memory_equal(s.raw.gyro, expected.raw.gyro, sizeof s.raw.gyro);
        t.index[s.raw.index] = true;
    }
    t.damaged = log_reader_damaged(r);
    log_reader_close(r);
    return t;
}

static void has_before(const struct there *t, uint64_t upto, const char *harm, size_t at)
{
    for (uint64_t i = 0; i < upto; i++)
        if (!t->index[i]) fail_msg("%s at %zu: reading %u of %u is gone", harm, at, (unsigned)i, (unsigned)upto);
}

/* As the files lie: what comes before is read; a writer mends them, says so when it cut something off, and goes on.
 * What is not there is counted by the reader or was said, unless WHOLE_BLOCKS were cut off. */
static void mend_and_look(uint64_t upto, uint64_t total, bool whole_blocks, const char *harm, size_t at)
{
    char said[160];
    struct there before = look(), mended;
    has_before(&before, upto, harm, at);
    struct rawlog *l = log_open();
    words_recovered(said, l->mended.samples, &l->mended, "");
    mended = look();
    has_before(&mended, upto, harm, at);
    assert_true(mended.n >= before.n);
    bool told = strstr(said, "a torn end cut off") != NULL;
    assert_int_equal(told, l->mended.torn_bytes > 0);
    if (mended.n < total && !whole_blocks && !told && mended.damaged == 0)
        fail_msg("%s at %zu: %u readings are lost and nobody says so", harm, at, (unsigned)(total - mended.n));
    log_put(l, LATER, LATER + EACH);
    log_close(l);
    struct there end = look();
    assert_int_equal(end.n, mended.n + EACH);
    assert_int_equal(end.damaged, mended.damaged);
    for (unsigned i = 0; i < LATER; i++) assert_int_equal(end.index[i], mended.index[i]);
    l = log_open();
    assert_int_equal(l->mended.samples + l->mended.torn_bytes, 0);
    log_close(l);
}

/* The three harms at every byte, the others at every fifth. */
static size_t after(enum harm harm, size_t at) { return at + (harm <= SCRAMBLED ? 1 : 5); }

static bool is_border(const size_t *border, unsigned n, size_t at)
{
    for (unsigned i = 0; i <= n; i++)
        if (border[i] == at) return true;
    return false;
}

/* Blocks that end at or before AT. */
static unsigned blocks_before(const size_t *border, unsigned n, size_t at)
{
    unsigned whole = 0;
    while (whole < n && border[whole + 1] <= at) whole++;
    return whole;
}

static void test_plog(void **state)
{
    struct bytes plog, wal;
    size_t block[BLOCKS + 1], batch[IN_WAL + 1];
    (void)state;
    make(&plog, &wal, block, batch);
    uint8_t *bad = malloc(plog.n + GROWTH);
    assert_non_null(bad);
    for (int with_wal = 0; with_wal < 2; with_wal++)
        for (enum harm harm = CUT; harm < HARMS; harm++)
            for (size_t at = block[BLOCKS - 2]; at < plog.n; at = after(harm, at)) {
                size_t n = do_harm(plog, harm, at, bad);
                log_spill(plog_path, bad, n);
                if (with_wal) log_spill(wal_path, wal.at, wal.n);
                uint64_t upto = (uint64_t)blocks_before(block, BLOCKS, at) * EACH;
                mend_and_look(upto, with_wal ? ALL : WHOLE, is_border(block, BLOCKS, n), harms[harm], at);
                if (!with_wal) continue;
                struct there t = look(); /* the .wal is not lost with the blocks before it */
                for (unsigned i = WHOLE; i < ALL; i++)
                    if (!t.index[i]) fail_msg("%s at %zu: reading %u of the .wal is gone", harms[harm], at, i);
            }
    free(bad), free(plog.at), free(wal.at);
}

static void test_wal(void **state)
{
    struct bytes plog, wal;
    size_t block[BLOCKS + 1], batch[IN_WAL + 1];
    (void)state;
    make(&plog, &wal, block, batch);
    uint8_t *bad = malloc(wal.n + GROWTH);
    assert_non_null(bad);
    for (enum harm harm = CUT; harm < HARMS; harm++)
        for (size_t at = 0; at < wal.n; at = after(harm, at)) {
            log_spill(plog_path, plog.at, plog.n);
            log_spill(wal_path, bad, do_harm(wal, harm, at, bad));
            uint64_t upto = WHOLE + (uint64_t)blocks_before(batch, IN_WAL, at) * EACH;
            mend_and_look(upto, upto, false, harms[harm], at);
        }
    free(bad), free(plog.at), free(wal.at);
}

/* A file's last two blocks behind it once more, and once more without the first of them. */
static void test_doubled(void **state)
{
    struct bytes plog, wal;
    size_t block[BLOCKS + 1], batch[IN_WAL + 1];
    (void)state;
    make(&plog, &wal, block, batch);
    uint8_t *more = malloc(2 * plog.n);
    assert_non_null(more);
    for (unsigned from = 0; from < BLOCKS; from++) {
        memcpy(more, plog.at, plog.n);
        memcpy(more + plog.n, plog.at + block[from], plog.n - block[from]);
        log_spill(plog_path, more, 2 * plog.n - block[from]);
        mend_and_look(WHOLE, WHOLE, false, "doubled", from);
    }
    free(more), free(plog.at), free(wal.at);
}

/* A write that was said to fail and could not be taken back: the block is in the file all the same. */
static void test_failed_write_stays(void **state)
{
    struct bytes plog, wal;
    size_t block[BLOCKS + 1], batch[IN_WAL + 1];
    (void)state;
    make(&plog, &wal, block, batch);
    unlink(wal_path);
    log_spill(plog_path, plog.at, block[BLOCKS - 1]);
    struct rawlog *l = log_open();
    log_put(l, WHOLE - EACH, WHOLE);
    rawlog_settle(l, 0);
    int lost = open("/dev/null", O_RDONLY);
    dup2(lost, l->segment.plog);
    close(lost);
    rawlog_cut(l, 0);
    assert_int_equal(l->error, -EBADF);
    log_spill(plog_path, plog.at, plog.n);
    rawlog_settle(l, rawlog_due_ns(l));
    assert_int_equal(l->error, 0);
    log_close(l);
    assert_int_equal(fixture_count(folder, NULL), WHOLE);
    assert_int_equal(log_blocks_end(plog_path), plog.n);
    free(plog.at), free(wal.at);
}

/* In memory where that can be had: each of thousands of openings syncs a folder, which a disk takes minutes for. */
static int set_up_in_memory(void **state)
{
    static char path[] = "/dev/shm/plumbline-test-XXXXXX";
    (void)state;
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    folder = mkdtemp(path) ? path : fixture_folder();
    folder_day_path(folder, DAY, ".plog", plog_path);
    folder_day_path(folder, DAY, ".wal", wal_path);
    return 0;
}

#define IN_MEMORY(f) cmocka_unit_test_setup_teardown(f, set_up_in_memory, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {IN_MEMORY(test_plog), IN_MEMORY(test_wal), IN_MEMORY(test_doubled),
                                       TEST(test_failed_write_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
