/* The ring's file: what is not a predecessor's is not believed, and where it cannot be, memory does. */
#include "ring_fixture.h"

#include "daemon/store/ring.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

enum { SEEDS = 2000, FILE_SIZE = LASTING_HEADER + RING_SIZE, TAIL_AT = 192 };

/* ---- what is not to be believed ---------------------------------------------------------------------------------- */

/* Leaves a ring with N samples and an entry that no file has, and gives back its bytes. */
static uint8_t *leave_behind(unsigned n)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct store *s;
        char why[256];
        struct store_options o = options();
        struct entry e = {.wall_s = 1772445600, .kind = ENTRY_NOTE, .value = -1, .what = "left behind"};
        o.wait_when_full = false;
        if (store_open(folder, &o, &s, why) < 0) _exit(1);
        store_entry(s, &e);
        fixture_put(s, 0, n);
        kill(getpid(), SIGKILL); /* within the thread's first nap, or soon after: either is fine here */
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    uint8_t *bytes = malloc(FILE_SIZE);
    int fd = open(memory, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, bytes, FILE_SIZE), FILE_SIZE);
    close(fd);
    return bytes;
}

static void lay(const uint8_t *bytes, size_t n, mode_t mode)
{
    unlink(memory);
    int fd = open(memory, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, n), n);
    fchmod(fd, mode);
    close(fd);
}

static int count_entry(void *n, const struct entry *e)
{
    assert_string_equal(e->what, "left behind");
    ++*(unsigned *)n;
    return 0;
}

static uint64_t opened(unsigned *entries)
{
    struct diary *d;
    char why[256];
    struct store *s = fixture_open(folder, options());
    store_close(s);
    *entries = 0;
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_entries(d, 0, INT64_MAX, count_entry, entries), 0);
    diary_close(d);
    return fixture_count(folder, NULL); /* each is a fixture_sample(), in order */
}

static void empty_folder(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s/raw", folder);
    fixture_remove(path);
    snprintf(path, sizeof path, "%s/plumbline.db", folder);
    unlink(path);
}

/* The same with all of it still in the ring: on a busy machine the thread may be quicker than the end. */
static uint8_t *leave_all_behind(unsigned n)
{
    for (int tries = 0; tries < 1000; tries++) {
        uint64_t tail;
        uint8_t *bytes = leave_behind(n);
        memcpy(&tail, bytes + TAIL_AT, sizeof tail);
        if (tail == 0) return bytes;
        free(bytes);
        unlink(memory);
        empty_folder();
    }
    fail_msg("the thread was quicker each time");
    return NULL;
}

static void test_not_ours(void **state)
{
    static const struct {
        const char *what;
        size_t at; /* of the byte that is turned */
        size_t size;
        mode_t mode;
        uint64_t samples;
    } table[] = {
        {"as it was left", SIZE_MAX, FILE_SIZE, 0600, 100},
        {"magic", 0, FILE_SIZE, 0600, 0},
        {"layout", 8, FILE_SIZE, 0600, 0},
        {"boot", 16, FILE_SIZE, 0600, 0},
        {"device", 56, FILE_SIZE, 0600, 0},
        {"folder", 64, FILE_SIZE, 0600, 0},
        {"shorter", SIZE_MAX, FILE_SIZE - 8, 0600, 0},
        {"longer", SIZE_MAX, FILE_SIZE + 8, 0600, 0},
        {"open to others", SIZE_MAX, FILE_SIZE, 0644, 0},
        {"head", 128, FILE_SIZE, 0600, 0},
        {"head, far", 133, FILE_SIZE, 0600, 0},
        {"tail", TAIL_AT, FILE_SIZE, 0600, 0},
    };
    (void)state;
    if (!memory[0]) skip();
    uint8_t *left = leave_all_behind(100), *bytes = calloc(1, FILE_SIZE + 8);
    char boot[40] = "";
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY);
    assert_true(read(fd, boot, sizeof boot) > 0);
    close(fd);
    assert_memory_equal(left + 16, boot, sizeof boot);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        unsigned entries;
        empty_folder();
        memcpy(bytes, left, FILE_SIZE);
        if (table[i].at != SIZE_MAX) bytes[table[i].at] ^= 1;
        lay(bytes, table[i].size, table[i].mode);
        uint64_t samples = opened(&entries);
        if (samples != table[i].samples || entries != (samples > 0))
            fail_msg("%s: %lu samples", table[i].what, samples);
    }
    free(bytes);
    free(left);
}

/* Anything behind a header that holds: no crash, and what comes out was put in. */
static void test_garbage(void **state)
{
    (void)state;
    if (!memory[0]) skip();
    uint8_t *left = leave_behind(300), *bytes = malloc(FILE_SIZE);
    unsigned entries, believed = 0;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t dice = seed * 2654435761u;
        empty_folder();
        memcpy(bytes, left, FILE_SIZE);
        if (seed % 2) {
            for (size_t i = 128; i < FILE_SIZE; i += 4) {
                uint32_t word = fixture_random(&dice);
                if (seed % 4 == 1 || i >= LASTING_HEADER) memcpy(bytes + i, &word, 4);
            }
        } else {
            for (unsigned k = 0; k < 1 + seed % 5; k++)
                bytes[LASTING_HEADER + fixture_random(&dice) % 22000] ^= (uint8_t)(1 << dice % 8);
        }
        lay(bytes, FILE_SIZE, 0600);
        uint64_t samples = opened(&entries);
        assert_true(samples <= 300 && entries <= 1);
        believed += samples > 0;
    }
    print_message("%d damaged rings: something left in %u folders\n", SEEDS, believed);
    free(bytes);
    free(left);
}

/* ---- where it cannot be ------------------------------------------------------------------------------------------ */

static void lives(const char *path)
{
    struct store_options o = fixture_options();
    o.memory = path;
    struct store *s = fixture_open(folder, o);
    uint64_t before = fixture_count(folder, NULL);
    fixture_put(s, before, before + 50);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), before + 50);
}

static void test_falls_back(void **state)
{
    char on_disk[96], link[96], long_path[700];
    struct statfs fs;
    (void)state;
    if (!memory[0]) skip();
    lives(NULL);
    lives("/proc/nowhere/under-way");
    lives(memory_folder);
    memset(long_path, 'x', sizeof long_path);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = 0;
    lives(long_path);
    snprintf(link, sizeof link, "%s/link", memory_folder);
    assert_int_equal(symlink("elsewhere", link), 0);
    lives(link);
    snprintf(on_disk, sizeof on_disk, "%s/under-way", folder);
    if (statfs(folder, &fs) == 0 && fs.f_type != TMPFS_MAGIC) lives(on_disk);
}

/* Two daemons, two data folders, one path: the second one keeps its hands off. */
static void test_in_use(void **state)
{
    struct ring first, second, third;
    (void)state;
    if (!memory[0]) skip();
    assert_int_equal(ring_open(&first, memory, folder), 0);
    assert_true(ring_put(&first, 3, "abc", 3));
    assert_int_equal(ring_open(&second, memory, memory_folder), 0);
    assert_int_equal(second.lasting.file, -1);
    assert_int_equal(ring_used(&second), 0);
    ring_close(&second);
    assert_true(ring_left(memory, folder));
    assert_false(ring_left(memory, memory_folder)); /* another data folder's */
    ring_close(&first);                             /* not released: the file stays */
    uint16_t type;
    size_t n;
    assert_int_equal(ring_open(&third, memory, folder), 0);
    const void *record = ring_peek(&third, &type, &n);
    assert_non_null(record);
    assert_int_equal(type, 3);
    assert_int_equal(n, 3);
    assert_memory_equal(record, "abc", 3);
    ring_take(&third);
    ring_release(&third);
    ring_close(&third);
    assert_int_equal(access(memory, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_not_ours),
        cmocka_unit_test_setup_teardown(test_garbage, set_up_in_memory, tear_down),
        TEST(test_falls_back),
        TEST(test_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
