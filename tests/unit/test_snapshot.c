/* The snapshot: newest whole one wins, a torn one costs only itself. */
#include "store_fixture.h"

#include "daemon/store/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/vfs.h>
#include <sys/wait.h>

enum { TAG = 42, BIG = STATE_MAX };
static char *folder;
static char path[128], memory_path[64];
static const char *memory; /* where it outlives the process; NULL: there is no such place, or not wanted */

static int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    snprintf(path, sizeof path, "%s/state.bin", folder);
    snprintf(memory_path, sizeof memory_path, "/dev/shm/plumbline-test-%d-state", (int)getpid());
    memory = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_remove(folder);
    unlink(memory_path);
    return 0;
}

static struct snapshot open_it(void)
{
    struct snapshot s;
    assert_int_equal(snapshot_open(&s, path, memory, folder), 0);
    return s;
}

static void test_newest_wins(void **state)
{
    (void)state;
    struct snapshot s = open_it();
    uint64_t value, got;
    assert_false(snapshot_get(&s, &got, sizeof got, TAG));
    for (value = 1; value <= 5; value++) {
        snapshot_put(&s, &value, sizeof value, TAG);
        assert_true(snapshot_get(&s, &got, sizeof got, TAG));
        assert_int_equal(got, value);
    }
    snapshot_close(&s);
    s = open_it();
    assert_true(snapshot_get(&s, &got, sizeof got, TAG));
    assert_int_equal(got, 5);
    snapshot_put(&s, &value, sizeof value, TAG); /* goes on counting after a reopening */
    assert_true(snapshot_get(&s, &got, sizeof got, TAG));
    assert_int_equal(got, value);
    assert_false(snapshot_get(&s, &got, sizeof got, TAG + 1));
    assert_false(snapshot_get(&s, &got, sizeof got - 1, TAG));
    snapshot_close(&s);
}

static void test_torn(void **state)
{
    enum { N = 40, SLOT = 32 + STATE_MAX };
    uint8_t old[N], new[N], got[N];
    (void)state;
    memset(old, 1, N), memset(new, 2, N);
    struct snapshot s = open_it();
    snapshot_put(&s, old, N, TAG);
    assert_int_equal(snapshot_write(&s), 0);
    snapshot_put(&s, new, N, TAG);
    snapshot_close(&s);
    int fd = open(path, O_RDWR);
    for (off_t at = 0; at < 32 + N; at++) { /* the second slot holds the newer one */
        uint8_t byte, bad;
        assert_int_equal(pread(fd, &byte, 1, SLOT + at), 1);
        bad = byte ^ 0x80;
        assert_int_equal(pwrite(fd, &bad, 1, SLOT + at), 1);
        s = open_it();
        assert_true(snapshot_get(&s, got, N, TAG));
        assert_memory_equal(got, old, N);
        snapshot_close(&s);
        assert_int_equal(pwrite(fd, &byte, 1, SLOT + at), 1);
    }
    close(fd);
}

static void test_killed_while_writing(void **state)
{
    static uint8_t bytes[BIG];
    struct statfs fs;
    (void)state;
    if (statfs("/dev/shm", &fs) < 0 || fs.f_type != TMPFS_MAGIC) {
        print_message("no memory file system: skipped\n");
        skip();
    }
    memory = memory_path;
    for (unsigned round = 0; round < 30; round++) {
        int begun[2];
        char byte;
        assert_int_equal(pipe(begun), 0);
        pid_t child = fork();
        if (child == 0) {
            struct snapshot s;
            if (snapshot_open(&s, path, memory, folder) < 0) _exit(1);
            for (unsigned i = 0;; i++) {
                memset(bytes, (int)(i % 251), BIG);
                snapshot_put(&s, bytes, BIG, TAG);
                if (i == 0) (void)!write(begun[1], "", 1);
            }
        }
        assert_int_equal(read(begun[0], &byte, 1), 1);
        usleep(round * 777);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(begun[0]), close(begun[1]);
        struct snapshot s = open_it();
        assert_true(snapshot_get(&s, bytes, BIG, TAG));
        for (size_t i = 1; i < BIG; i++)
            if (bytes[i] != bytes[0]) fail_msg("round %u: byte %zu", round, i);
        assert_true(s.sequence > 0);
        snapshot_close(&s);
    }
}

/* The file cut to nothing, removed, its folder moved away: what is in memory stays, and is written when it can be. */
static void test_file_taken_away(void **state)
{
    char away[160];
    uint64_t value = 1, got;
    (void)state;
    struct snapshot s = open_it();
    snapshot_put(&s, &value, sizeof value, TAG);
    assert_int_equal(snapshot_write(&s), 0);
    assert_int_equal(truncate(path, 0), 0);
    value = 2;
    snapshot_put(&s, &value, sizeof value, TAG);
    assert_true(snapshot_get(&s, &got, sizeof got, TAG) && got == 2);
    unlink(path);
    assert_int_equal(snapshot_write(&s), 0);
    snprintf(away, sizeof away, "%s-away", folder);
    assert_int_equal(rename(folder, away), 0);
    value = 3;
    snapshot_put(&s, &value, sizeof value, TAG);
    assert_int_equal(snapshot_write(&s), -ENOENT);
    assert_int_equal(rename(away, folder), 0);
    snapshot_close(&s);
    s = open_it();
    assert_true(snapshot_get(&s, &got, sizeof got, TAG) && got == 3);
    snapshot_close(&s);
}

/* Another file in its place, with higher numbers: what comes next is newer still. */
static void test_file_replaced(void **state)
{
    char other[160];
    uint64_t value, got;
    (void)state;
    struct snapshot s = open_it();
    for (value = 0; value < 50; value++) snapshot_put(&s, &value, sizeof value, TAG);
    snapshot_close(&s);
    snprintf(other, sizeof other, "%s/other", folder);
    assert_int_equal(rename(path, other), 0);
    s = open_it();
    for (value = 100; value < 103; value++) snapshot_put(&s, &value, sizeof value, TAG);
    assert_int_equal(snapshot_write(&s), 0);
    assert_int_equal(rename(other, path), 0);
    snapshot_move(&s, folder);
    assert_int_equal(snapshot_write(&s), 0);
    snapshot_put(&s, &value, sizeof value, TAG);
    snapshot_close(&s);
    s = open_it();
    assert_true(snapshot_get(&s, &got, sizeof got, TAG) && got == 103);
    snapshot_close(&s);
}

static void test_too_big(void **state)
{
    static uint8_t bytes[STATE_MAX + 1];
    (void)state;
    struct snapshot s = open_it();
    snapshot_put(&s, bytes, STATE_MAX, TAG);
    snapshot_put(&s, bytes, STATE_MAX + 1, TAG);
    assert_true(snapshot_get(&s, bytes, STATE_MAX, TAG));
    assert_false(snapshot_get(&s, bytes, STATE_MAX + 1, TAG));
    snapshot_close(&s);
    struct snapshot none = {0};
    snapshot_put(&none, bytes, 1, TAG);
    assert_false(snapshot_get(&none, bytes, 1, TAG));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_newest_wins), TEST(test_torn), TEST(test_killed_while_writing),
                                       TEST(test_file_taken_away), TEST(test_file_replaced),
                                       TEST(test_too_big)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
