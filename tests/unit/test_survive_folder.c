/* What can happen to the data folder under the store, and to its lock: removed, moved away, put back, replaced, full at
 * the start, linked to; a clock that jumps; the floor. */
#include "store_fixture.h"

#include "daemon/store/folder.h"
#include "daemon/store/rawlog.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char *outer, folder[96], away[96];

static int set_up(void **state)
{
    (void)state;
    outer = fixture_folder();
    snprintf(folder, sizeof folder, "%s/data", outer);
    snprintf(away, sizeof away, "%s/away", outer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_remove(outer);
    return 0;
}

static struct store_state state_of(struct store *s)
{
    struct store_state st;
    store_state(s, &st);
    return st;
}

/* For the store to be well or ill: it looks every five seconds. A sample now and then, as in life, makes it look. */
static struct store_state await(struct store *s, bool ill, uint64_t *next)
{
    struct store_state st = state_of(s);
    for (int tenths = 1200; (st.error != 0) != ill && tenths > 0; tenths--) {
        if (tenths % 10 == 0) fixture_put(s, *next, *next + 1), ++*next;
        usleep(100000);
        st = state_of(s);
    }
    assert_int_equal(st.error != 0, ill);
    return st;
}

static void wait_for_reopening(struct store *s, uint64_t *next)
{
    await(s, true, next);
    await(s, false, next);
    fixture_put(s, *next, *next + 100);
    *next += 100;
    store_flush(s);
}

/* The day's files are removed: what memory still holds, and all that comes, goes into new ones. */
static void test_files_removed(void **state)
{
    enum { WRITTEN = 100 };
    char raw[128];
    uint64_t next = 150;
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, WRITTEN);
    store_cut(s);
    fixture_put(s, WRITTEN, next);
    store_flush(s);
    snprintf(raw, sizeof raw, "%s/raw", folder);
    fixture_remove(raw);
    wait_for_reopening(s, &next);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), next - WRITTEN);
}

/* Moved away and put back: nothing missing, nothing twice. */
static void test_moved_and_put_back(void **state)
{
    uint64_t next = 150;
    char in_the_way[128];
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    struct entry entry = {.wall_s = 1772445600, .kind = ENTRY_NOTE, .value = -1, .what = "meanwhile"};
    fixture_put(s, 0, next);
    store_flush(s);
    assert_int_equal(rename(folder, away), 0);
    snprintf(in_the_way, sizeof in_the_way, "%s", folder);
    int fd = open(in_the_way, O_WRONLY | O_CREAT, 0600); /* or a new folder would be made */
    assert_true(fd >= 0);
    close(fd);
    struct store_state st = await(s, true, &next);
    while (st.error == -ESTALE) usleep(10000), st = state_of(s);
    store_entry(s, &entry);
    fixture_put(s, next, next + 500);
    next += 500;
    unlink(in_the_way);
    assert_int_equal(rename(away, folder), 0);
    await(s, false, &next);
    st = state_of(s);
    assert_int_equal(st.samples_lost, 0);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), next);
}

/* Moved away for good: a new folder takes what memory holds and all that comes; the old one is another writer's. */
static void test_moved_away(void **state)
{
    uint64_t next = 150;
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 100);
    store_cut(s);
    fixture_put(s, 100, next);
    store_flush(s);
    assert_int_equal(rename(folder, away), 0);
    wait_for_reopening(s, &next);
    struct store *other = fixture_open(away, fixture_options());
    store_close(other);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), next - 100);
    assert_true(fixture_count(away, NULL) >= 150); /* what came until it was noticed is in both */
}

/* Killed, and then no room for what the write-ahead file holds: it starts all the same, and mends when there is
 * room. */
static void test_no_room_for_mending(void **state)
{
    uint64_t next = 3000;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    struct store_options o = fixture_options();
    pid_t child = fork();
    if (child == 0) {
        struct store *s;
        char why[256];
        if (store_open(folder, &o, &s, why) < 0) _exit(1);
        fixture_put(s, 0, next);
        store_flush(s);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 64;
    setrlimit(RLIMIT_FSIZE, &small);
    struct store *s = NULL;
    char why[256];
    int r = store_open(folder, &o, &s, why);
    setrlimit(RLIMIT_FSIZE, &before);
    if (r != 0) fail_msg("%s", why);
    fixture_put(s, next, next + 500);
    next += 500;
    await(s, false, &next);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), next);
}

/* ---- the lock ---------------------------------------------------------------------------------------------------- */

static void test_stale_lock(void **state)
{
    static const char *const texts[] = {"999999999\n", "1\n", "", "not a number at all, and rather long for a lock\n"};
    char path[128], why[256];
    (void)state;
    snprintf(path, sizeof path, "%s/lock", folder);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mkdir(folder, 0700);
        FILE *f = fopen(path, "we");
        assert_non_null(f);
        fputs(texts[i], f);
        fclose(f);
        struct store *s = fixture_open(folder, fixture_options()), *second;
        struct store_options o = fixture_options();
        char mine[32];
        assert_int_equal(store_open(folder, &o, &second, why), -EWOULDBLOCK);
        snprintf(mine, sizeof mine, "(pid %d)", (int)getpid());
        assert_non_null(strstr(why, mine));
        store_close(s);
    }
}

/* By whatever name: it is one folder. A lock that is itself a link is not followed. */
static void test_links(void **state)
{
    char link[128], path[128], why[256];
    struct store_options o = fixture_options();
    struct store *second;
    (void)state;
    snprintf(link, sizeof link, "%s/link", outer);
    assert_int_equal(symlink("data", link), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    struct store *s = fixture_open(link, o);
    assert_int_equal(store_open(folder, &o, &second, why), -EWOULDBLOCK);
    fixture_put(s, 0, 100);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), 100);
    snprintf(path, sizeof path, "%s/lock", folder);
    unlink(path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(store_open(folder, &o, &second, why), -ELOOP);
    assert_non_null(strstr(why, "set another data folder"));
}

/* A command may hold it, too; whoever it is, is named. */
static void test_held_by_a_command(void **state)
{
    char why[256], mine[32];
    struct store_options o = fixture_options();
    struct store *s;
    (void)state;
    int lock = store_lock(folder, why);
    assert_true(lock >= 0);
    assert_int_equal(store_open(folder, &o, &s, why), -EWOULDBLOCK);
    snprintf(mine, sizeof mine, "(pid %d)", (int)getpid());
    assert_non_null(strstr(why, mine));
    assert_non_null(strstr(why, "stop it first"));
    close(lock);
    s = fixture_open(folder, o);
    store_close(s);
}

/* ---- clocks and bounds ------------------------------------------------------------------------------------------- */

static void put_at(struct rawlog *l, uint64_t i, int64_t wall_ns, int32_t utc_offset_s)
{
    struct sample s = fixture_sample(i);
    struct rawlog_sample r = {.reading = {.t_ns = s.t_ns, .index = i, .have = s.raw.have},
                              .scale = s.raw.scale, .wall_ns = wall_ns, .utc_offset_s = utc_offset_s};
    memcpy(r.reading.accel, s.raw.accel, sizeof s.raw.accel);
    memcpy(r.reading.gyro, s.raw.gyro, sizeof s.raw.gyro);
    rawlog_put(l, &r, 0);
}

static struct rawlog *log_open(int retention_days)
{
    struct rawlog *l = calloc(1, sizeof *l);
    assert_non_null(l);
    mkdir(folder, 0700);
    assert_int_equal(rawlog_open(l, folder, &(struct rawlog_options){.retention_days = retention_days}), 0);
    return l;
}

static size_t days_before(int day)
{
    int *days = NULL;
    size_t n = 0, before = 0;
    assert_int_equal(folder_days(folder, ".plog", &days, &n), 0);
    while (before < n && days[before] < day) before++;
    free(days);
    return before;
}

/* Ten days, a clock in 2099 over two midnights, and ten days more: nothing goes before its time. */
static void test_retention_and_a_wild_clock(void **state)
{
    enum { FIRST = 20514, JUMP = 27000, KEEP = 12 };
    uint64_t i = 0;
    (void)state;
    struct rawlog *l = log_open(KEEP);
    for (int day = 0; day < 10; day++) put_at(l, i++, FIXTURE_WALL_NS + SECONDS_NS(86400ll * day), 3600);
    for (int day = 0; day < 3; day++) put_at(l, i++, FIXTURE_WALL_NS + SECONDS_NS(86400ll * (JUMP + day)), 3600);
    rawlog_settle(l, 0);
    assert_int_equal(days_before(FIRST + 10), 10);
    for (int day = 10; day < 20; day++) put_at(l, i++, FIXTURE_WALL_NS + SECONDS_NS(86400ll * day), 3600);
    rawlog_settle(l, 0);
    /* Day 19 is today, 16 the last finished but two: 4 is the newest that is older by 12. */
    assert_int_equal(days_before(FIRST + 5), 0);
    assert_int_equal(days_before(FIRST + 20), 15);
    rawlog_close(l, 0);
    free(l);
}

/* Into and out of summer time, a flight west over midnight, the clock an hour back, a day ahead for once: each sample
 * in the file of the local day that it was, all of them once, in the order in which they were taken. */
static void test_local_days(void **state)
{
    static const struct {
        int64_t wall_s;
        int32_t utc_offset_s;
        int day;
    } stretch[] = {
        {1774745940, 3600, 20541},  /* 2026-03-29 01:59 → 03:00 summer time */
        {1774746000, 7200, 20541},
        {1774821540, 7200, 20541},  /* 23:59, and a flight to the west: the day before's evening goes on */
        {1774821660, -18000, 20541},
        {1774846800, -18000, 20542}, /* midnight there */
        {1774843260, -18000, 20541}, /* set back an hour: before midnight once more */
        {1774933260, -18000, 20543}, /* a day ahead for once */
        {1774846920, -18000, 20542},
        {1792889940, 7200, 20751},   /* 2026-10-25 02:59 → 02:00 winter time */
        {1792890000, 3600, 20751},
    };
    enum { N = sizeof stretch / sizeof *stretch, EACH = 50 };
    struct log_reader *r;
    struct sample s;
    int64_t wall_ns;
    uint64_t n = 0;
    (void)state;
    struct rawlog *l = log_open(0);
    for (uint64_t k = 0; k < N; k++) {
        assert_int_equal(folder_day(SECONDS_NS(stretch[k].wall_s), stretch[k].utc_offset_s), stretch[k].day);
        for (uint64_t i = 0; i < EACH; i++)
            put_at(l, k * EACH + i, SECONDS_NS(stretch[k].wall_s) + (int64_t)i * PERIOD_NS, stretch[k].utc_offset_s);
    }
    rawlog_close(l, 0);
    free(l);
    assert_int_equal(days_before(INT32_MAX), 4);
    assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
    for (; log_reader_next(r, &s, &wall_ns) == 1; n++) {
        assert_int_equal(s.raw.index, n);
        assert_int_equal(wall_ns, SECONDS_NS(stretch[n / EACH].wall_s) + (int64_t)(n % EACH) * PERIOD_NS);
    }
    assert_int_equal(log_reader_damaged(r), 0);
    log_reader_close(r);
    assert_int_equal(n, N * EACH);
}

static int count_entry(void *n, const struct entry *e)
{
    (void)e;
    ++*(unsigned *)n;
    return 0;
}

/* Below the floor raw data wait, the diary goes on, and it is said. */
static void test_floor(void **state)
{
    struct store_options o = fixture_options();
    struct entry entry = {.wall_s = 1772445600, .kind = ENTRY_NOTE, .value = -1, .what = "all the same"};
    struct diary *d;
    char why[256];
    unsigned entries = 0;
    (void)state;
    o.floor_bytes = INT64_MAX;
    struct store *s = fixture_open(folder, o);
    fixture_put(s, 0, 3000);
    store_entry(s, &entry);
    store_flush(s);
    struct store_state st = state_of(s);
    assert_int_equal(st.error, -ENOSPC);
    assert_non_null(strstr(st.error_text, "make room"));
    assert_int_equal(st.samples_waiting, 3000);
    assert_int_equal(fixture_count(folder, NULL), 0);
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_entries(d, 0, INT64_MAX, count_entry, &entries), 0);
    assert_int_equal(entries, 1);
    diary_close(d);
    store_close(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_files_removed),       TEST(test_moved_and_put_back), TEST(test_moved_away),
        TEST(test_no_room_for_mending), TEST(test_stale_lock),         TEST(test_links),
        TEST(test_held_by_a_command),   TEST(test_local_days),         TEST(test_retention_and_a_wild_clock),
        TEST(test_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
