/* A disk that refuses at every single call, or for a while, or stalls: nothing is lost that memory can hold, nothing
 * comes twice, and the store goes on by itself. */
#include "rawlog_fixture.h"

#include "disk_faults.h"

#include "daemon/store/diary_queue.h"
#include "daemon/store/past.h"
#include "daemon/store/record.h"

static const int errors[] = {EIO, ENOSPC, EROFS};
enum { ERRORS = sizeof errors / sizeof *errors };

/* ---- the log ----------------------------------------------------------------------------------------------------- */

enum { BLOCKS = 3, BATCHES = 4, EACH = 10, ALL = BLOCKS * BATCHES * EACH };

/* A second a batch, as the thread does it. Returns how many calls there were that may fail. */
static int record_three_blocks(void)
{
    struct rawlog *l = calloc(1, sizeof *l);
    assert_non_null(l);
    int64_t now_ns = SECONDS_NS(100);
    assert_int_equal(rawlog_open(l, folder, &(struct rawlog_options){.sync_s = 2}), 0);
    int first = faults.first;
    faults.calls = 0;
    faults.first = first ? first : INT32_MAX;
    for (uint64_t i = 0; i < ALL; i += EACH, now_ns += SECONDS_NS(1)) {
        for (uint64_t k = i; k < i + EACH; k++) {
            struct rawlog_sample s = log_sample(k);
            rawlog_put(l, &s, now_ns);
        }
        if (i / EACH % BATCHES == BATCHES - 1) rawlog_cut(l, now_ns);
        rawlog_settle(l, now_ns);
        assert_int_equal(l->samples_lost, 0);
    }
    for (int tries = 0; l->error && tries < 1000; tries++) rawlog_settle(l, now_ns += SECONDS_NS(RAWLOG_RETRY_S));
    assert_int_equal(l->error, 0);
    assert_int_equal(rawlog_waiting(l), 0);
    int calls = faults.calls;
    faults.first = 0;
    rawlog_close(l, now_ns);
    free(l);
    return calls;
}

static void test_log_refused_at_every_call(void **state)
{
    static const int lasts[] = {1, 2, 3, 7};
    uint64_t damaged;
    (void)state;
    faults_set(0, 0, 0);
    int calls = record_three_blocks();
    assert_true(calls > 20);
    for (unsigned e = 0; e < ERRORS; e++)
        for (unsigned k = 0; k < sizeof lasts / sizeof *lasts; k++)
            for (int first = 1; first <= calls; first++) {
                unlink(plog_path);
                unlink(wal_path);
                faults_set(first, lasts[k], errors[e]);
                record_three_blocks();
                uint64_t n = fixture_count(folder, &damaged);
                if (n != ALL || damaged)
                    fail_msg("%s at calls %d to %d: %u readings, %u damaged", strerror(errors[e]), first,
                             first + lasts[k] - 1, (unsigned)n, (unsigned)damaged);
            }
    print_message("%d calls, refused from each on\n", calls);
}

/* ---- the diary --------------------------------------------------------------------------------------------------- */

enum { ROWS = 6 };

static void put_row(struct diary_queue *q, int i)
{
    struct entry said = {.wall_s = 1772445600, .kind = ENTRY_PAIN, .value = 3, .what = "neck"};
    struct past_entry entry = {.entry = said, .row = i + 1};
    struct minute minute = {.minute = 29540760 + i};
    struct record_calibration c = {.t_ns = i, .wall_s = i};
    diary_queue_put(q, RECORD_ENTRY, &entry, sizeof entry);
    diary_queue_put(q, RECORD_MINUTE, &minute, sizeof minute);
    diary_queue_put(q, RECORD_CALIBRATION, &c, sizeof c);
}

static int write_diary(void)
{
    struct diary_queue q = {0};
    int64_t now_ns = SECONDS_NS(100);
    assert_int_equal(diary_queue_open(&q, folder, true, now_ns), 0);
    faults.calls = 0;
    if (!faults.first) faults.first = INT32_MAX;
    for (int i = 0; i < ROWS; i++) {
        put_row(&q, i);
        diary_queue_settle(&q, now_ns += SECONDS_NS(1));
    }
    for (int tries = 0; q.error && tries < 1000; tries++) diary_queue_settle(&q, now_ns += SECONDS_NS(RAWLOG_RETRY_S));
    assert_int_equal(q.error, 0);
    assert_int_equal(q.n + q.lost, 0);
    int calls = faults.calls;
    faults.first = 0;
    diary_queue_close(&q, now_ns);
    return calls;
}

static int64_t ask(const char *sql)
{
    char path[FOLDER_PATH];
    sqlite3 *db;
    sqlite3_stmt *stmt;
    snprintf(path, sizeof path, "%s/" DIARY_FILE, folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

static void test_diary_refused_at_every_call(void **state)
{
    (void)state;
    faults_set(0, 0, 0);
    int calls = write_diary();
    assert_true(calls > 20);
    for (unsigned e = 0; e < ERRORS; e++)
        for (int first = 1; first <= calls; first++) {
            fixture_remove(folder);
            mkdir(folder, 0700);
            faults_set(first, 1, errors[e]);
            write_diary();
            int64_t entries = ask("SELECT count(*) FROM entry"), minutes = ask("SELECT count(*) FROM minute"),
                    calibrations = ask("SELECT count(*) FROM calibration");
            if (entries != ROWS || minutes != ROWS || calibrations != ROWS)
                fail_msg("%s at call %d: %d entries, %d minutes, %d calibrations", strerror(errors[e]), first,
                         (int)entries, (int)minutes, (int)calibrations);
        }
    print_message("%d calls, each refused once\n", calls);
}

/* ---- the store's thread ------------------------------------------------------------------------------------------ */

static struct store_state state_of(struct store *s)
{
    struct store_state st;
    store_state(s, &st);
    return st;
}

static struct store_state await(struct store *s, bool ill)
{
    struct store_state st = state_of(s);
    for (int tenths = 1200; (st.error != 0) != ill && tenths > 0; tenths--) {
        usleep(100000);
        st = state_of(s);
    }
    assert_int_equal(st.error != 0, ill);
    return st;
}

static struct store *open_live(void)
{
    struct store_options o = fixture_options();
    o.wait_when_full = false;
    o.sync_s = 1;
    return fixture_open(folder, o);
}

/* A sync that does not come back for a minute of samples: who puts them never waits, and is told. */
static void test_stalled(void **state)
{
    enum { BEFORE = 100, MEANWHILE = 9000, AFTER = 100 };
    (void)state;
    faults_set(0, 0, 0);
    struct store *s = open_live();
    fixture_put(s, 0, BEFORE);
    store_flush(s);
    faults_stall(true);
    for (uint64_t i = BEFORE; i < BEFORE + MEANWHILE; i++) {
        if (i % 100 == 0) store_cut(s);
        fixture_put(s, i, i + 1);
        while (i == BEFORE + 1 && !faults.waits) usleep(1000); /* for the first cut's block */
    }
    struct store_state st = await(s, true); /* after three seconds */
    assert_int_equal(st.error, -ETIMEDOUT);
    assert_non_null(strstr(st.error_text, "does not answer"));
    assert_int_equal(st.samples_lost, 0);
    assert_true(st.samples_waiting >= MEANWHILE - 2);
    assert_true(faults.waits == 1);
    faults_stall(false);
    fixture_put(s, BEFORE + MEANWHILE, BEFORE + MEANWHILE + AFTER);
    store_flush(s);
    st = await(s, false);
    assert_int_equal(st.samples_lost, 0);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), BEFORE + MEANWHILE + AFTER);
}

/* Everything is refused for a while, log and diary: said, kept, and gone on with when it is over. */
static void test_refused_for_a_while(void **state)
{
    enum { BEFORE = 100, MEANWHILE = 9000 };
    (void)state;
    faults_set(0, 0, 0);
    for (unsigned e = 0; e < ERRORS; e++) {
        struct store *s = open_live();
        struct entry entry = {.wall_s = 1772445600 + e, .kind = ENTRY_NOTE, .value = -1, .what = "meanwhile"};
        uint64_t base = e * (BEFORE + MEANWHILE);
        fixture_put(s, base, base + BEFORE);
        store_flush(s);
        faults_set(1, INT32_MAX, errors[e]);
        fixture_put(s, base + BEFORE, base + BEFORE + MEANWHILE);
        store_entry(s, &entry);
        struct store_state st = await(s, true);
        assert_int_equal(st.error, -errors[e]);
        assert_non_null(strstr(st.error_text, "kept in memory"));
        assert_int_equal(st.samples_lost, 0);
        store_flush(s);
        assert_true(state_of(s).samples_waiting >= MEANWHILE);
        faults_set(0, 0, 0);
        st = await(s, false);
        assert_int_equal(st.samples_lost, 0);
        store_close(s);
        assert_int_equal(fixture_count(folder, NULL), base + BEFORE + MEANWHILE);
        assert_int_equal(ask("SELECT count(*) FROM entry"), e + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_log_refused_at_every_call),
        TEST(test_diary_refused_at_every_call),
        TEST(test_stalled),
        TEST(test_refused_for_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
