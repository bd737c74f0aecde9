/* The store as the daemon uses it: crashes, a second writer, disks that refuse. */
#include "folder_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Waits, at most a minute or two, for the store to be well or ill. */
static struct store_state await(struct store *s, bool ill)
{
    struct store_state st = fixture_state(s);
    for (int tenths = 900; (st.error != 0) != ill && tenths > 0; tenths--) {
        usleep(100000);
        st = fixture_state(s);
    }
    return st;
}

static void test_day(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 30000);
    store_flush(s);
    struct store_state st = fixture_state(s);
    assert_int_equal(st.error, 0);
    assert_string_equal(st.error_text, "");
    assert_int_equal(st.samples, 30000);
    assert_int_equal(st.samples_waiting, 0);
    assert_int_equal(st.samples_lost, 0);
    assert_true(st.free_bytes > 0 && st.bytes > 0);
    assert_true(llabs((long long)(st.last_write_wall_s - fixture_now(30000).wall_ns / NS_PER_S)) <= 1);
    assert_int_equal(fixture_count(folder, NULL), 30000); /* beside the writer */
    store_cut(s);
    fixture_put(s, 30000, 30050);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), 30050);
    char path[256];
    struct stat st_file;
    snprintf(path, sizeof path, "%s/raw/2026/03/20260302.plog", folder);
    assert_int_equal(stat(path, &st_file), 0);
    assert_int_equal(st_file.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/raw/2026", folder);
    assert_int_equal(stat(path, &st_file), 0);
    assert_int_equal(st_file.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/plumbline.db", folder);
    assert_int_equal(stat(path, &st_file), 0);
    assert_int_equal(st_file.st_mode & 0777, 0600);
}

static void test_second_writer(void **state)
{
    (void)state;
    int ready[2], done[2];
    char byte, why[256], pid_text[32];
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *s;
        struct store_options o = fixture_options();
        if (store_open(folder, &o, &s, why) < 0) _exit(1);
        (void)!write(ready[1], "", 1);
        (void)!read(done[0], &byte, 1);
        store_close(s);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct store *s;
    struct store_options o = fixture_options();
    assert_int_equal(store_open(folder, &o, &s, why), -EWOULDBLOCK);
    snprintf(pid_text, sizeof pid_text, "(pid %d)", (int)child);
    assert_non_null(strstr(why, pid_text));
    assert_int_equal(write(done[1], "", 1), 1);
    waitpid(child, NULL, 0);
    s = fixture_open(folder, fixture_options());
    store_close(s);
    for (int i = 0; i < 2; i++) close(ready[i]), close(done[i]);
}

enum { KILLED_PUTS = 8000 };

/* What a writer tells before it is killed: samples put, and how many of these the store says are on the disk. */
struct told {
    uint64_t put, safe;
};

/* Puts two samples in two milliseconds, numbered from FROM, until it is killed; no more than the ring holds, whatever
 * the disk is at. */
static void live_writer(int tell, uint64_t from)
{
    char why[256];
    struct store *s;
    struct store_options o = fixture_options();
    o.wait_when_full = false;
    if (store_open(folder, &o, &s, why) < 0) _exit(1);
    uint64_t before = fixture_state(s).samples;
    for (uint64_t i = from;; usleep(2000)) {
        if (i < from + KILLED_PUTS) fixture_put(s, i, i + 2), i += 2;
        struct told t = {i, fixture_state(s).samples - before};
        (void)!write(tell, &t, sizeof t);
    }
}

/* Hears the writer until it has put so many, and with OR_SAFE until the store says that some are safe. */
static void hear_until(int from, struct told *told, uint64_t put, bool and_safe)
{
    while (told->put < put || (and_safe && !told->safe))
        if (read(from, told, sizeof *told) != sizeof *told) fail_msg("the writer died by itself");
}

/* 1 kHz, killed at any moment of its first two seconds, 30 times or $PLUMBLINE_KILLS: what the store said was safe is
 * there. How much was not is shown, not judged: a slow disk takes its time, and then the store says so. */
static void test_killed(void **state)
{
    (void)state;
    const char *wanted = getenv("PLUMBLINE_KILLS");
    uint64_t next = 0, worst = 0;
    unsigned kills = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 30;
    for (unsigned round = 0; round < kills; round++) {
        int tell[2];
        assert_int_equal(pipe(tell), 0);
        pid_t child = fork();
        if (child == 0) live_writer(tell[1], next);
        close(tell[1]);
        struct told told = {next, 0};
        hear_until(tell[0], &told, next + 200 + round % 30 * 67, round == kills - 1);
        kill(child, SIGKILL);
        while (read(tell[0], &told, sizeof told) == sizeof told) continue;
        waitpid(child, NULL, 0);
        close(tell[0]);

        struct log_reader *r;
        struct sample s;
        int64_t wall_ns;
        uint64_t kept = 0;
        assert_int_equal(log_reader_open(folder, fixture_now(next).wall_ns, INT64_MAX, &r), 0);
        for (; log_reader_next(r, &s, &wall_ns) == 1; kept++) assert_int_equal(s.raw.index, next + kept);
        log_reader_close(r);
        if (kept < told.safe)
            fail_msg("round %u: %u of %u safe ones are there", round, (unsigned)kept, (unsigned)told.safe);
        if (told.put > next + kept + worst) worst = told.put - next - kept;
        next = (told.put > next + kept ? told.put : next + kept) + 1000;
    }
    print_message("SIGKILL, %u times: at most %u ms lost\n", kills, (unsigned)worst);
    struct store *s = fixture_open(folder, fixture_options());
    assert_non_null(strstr(fixture_state(s).recovered, "samples brought back"));
    store_close(s);
    uint64_t damaged;
    fixture_count(folder, &damaged);
    assert_int_equal(damaged, 0);
}

/* ---- disks that refuse ------------------------------------------------------------------------------------------- */

/* A small disk of our own, unseen by others; false when that is not allowed here. */
static bool mount_small(const char *options)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return false;
    return mount("plumbline-test", folder, "tmpfs", 0, options) == 0;
}

static void fill_up(const char *path)
{
    static char zeros[65536];
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    for (size_t n = sizeof zeros; n > 0; n /= 2)
        while (write(fd, zeros, n) == (ssize_t)n) continue;
    close(fd);
}

static int count_minute(void *n, const struct minute *m)
{
    (void)m;
    ++*(unsigned *)n;
    return 0;
}

static void test_full_disk(void **state)
{
    char ballast[128];
    struct minute m = {.minute = 29540760};
    (void)state;
    if (!mount_small("size=2m")) {
        print_message("no right to mount: skipped\n");
        skip();
    }
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 7000);
    store_flush(s);
    assert_int_equal(fixture_state(s).error, 0);
    snprintf(ballast, sizeof ballast, "%s/ballast", folder);
    fill_up(ballast);
    fixture_put(s, 7000, 40000);
    store_minute(s, &m);
    store_flush(s);
    struct store_state st = await(s, true);
    assert_int_equal(st.error, -ENOSPC);
    assert_non_null(strstr(st.error_text, "make room"));
    assert_true(st.samples_waiting > 30000);
    assert_int_equal(st.samples_lost, 0);
    uint64_t damaged, kept = fixture_count(folder, &damaged);
    assert_true(kept >= 7000 && kept + st.samples_waiting >= 40000); /* what is in the .wal waits for its block */
    assert_int_equal(damaged, 0);

    unlink(ballast);
    st = await(s, false); /* by itself */
    assert_int_equal(st.error, 0);
    fixture_put(s, 40000, 41000);
    store_flush(s);
    assert_int_equal(fixture_count(folder, &damaged), 41000);
    assert_int_equal(damaged, 0);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), 41000);
    struct diary *d;
    char why[256];
    unsigned minutes = 0;
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, count_minute, &minutes), 0);
    assert_int_equal(minutes, 1);
    diary_close(d);
    umount2(folder, MNT_DETACH);
}

static void test_becomes_read_only(void **state)
{
    (void)state;
    if (!mount_small("size=4m")) {
        print_message("no right to mount: skipped\n");
        skip();
    }
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 100);
    store_flush(s);
    store_close(s);
    assert_int_equal(mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    char why[256];
    struct store_options o = fixture_options();
    assert_int_equal(store_open(folder, &o, &s, why), -EROFS);
    assert_non_null(strstr(why, "make it writable"));
    assert_int_equal(fixture_count(folder, NULL), 100);
    umount2(folder, MNT_DETACH);
}

/* A limit on the size of files: the write that crosses it is cut off again, and it goes on when the limit is lifted. */
static void test_file_limit(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    struct store_options o = fixture_options();
    struct store *s = fixture_open(folder, o);
    fixture_put(s, 0, 6001);
    store_flush(s);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 60000;
    setrlimit(RLIMIT_FSIZE, &small);
    fixture_put(s, 6001, 30000);
    store_flush(s);
    struct store_state st = await(s, true);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(st.error, -EFBIG);
    assert_non_null(strstr(st.error_text, "raise the limit"));
    uint64_t damaged, kept = fixture_count(folder, &damaged);
    assert_true(kept >= 6001);
    assert_true(kept + st.samples_waiting >= 30000);
    assert_int_equal(damaged, 0);
    st = await(s, false);
    assert_int_equal(st.error, 0);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), 30000);
}

/* Over an hour without a disk: the newest hour is kept, the rest is counted. */
static void test_long_trouble(void **state)
{
    (void)state;
    struct store_options o = fixture_options();
    o.floor_bytes = INT64_MAX; /* never enough */
    struct store *s = fixture_open(folder, o);
    enum { N = 100 * 60 * 90 };
    fixture_put(s, 0, N);
    store_flush(s);
    struct store_state st = fixture_state(s);
    assert_int_equal(st.error, -ENOSPC);
    assert_int_equal(st.samples, 0);
    assert_int_equal(st.samples_lost + st.samples_waiting, N);
    assert_true(st.samples_waiting >= 360000 && st.samples_waiting <= 372000);
    store_close(s);
}

/* ---- the ring ---------------------------------------------------------------------------------------------------- */

static void test_live_ring_full(void **state)
{
    (void)state;
    struct store_options o = fixture_options();
    o.wait_when_full = false;
    struct store *s = fixture_open(folder, o);
    enum { N = 400000 };
    fixture_put(s, 0, N); /* as fast as can be: some must be lost, and every one is counted */
    store_flush(s);
    struct store_state st = fixture_state(s);
    assert_int_equal(st.samples + st.samples_lost, N);
    store_close(s);
    uint64_t kept = fixture_count(folder, NULL);
    assert_int_equal(kept + st.samples_lost, N);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_day),       TEST(test_second_writer),     TEST(test_killed),
        TEST(test_full_disk), TEST(test_becomes_read_only), TEST(test_file_limit),
        TEST(test_long_trouble), TEST(test_live_ring_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
