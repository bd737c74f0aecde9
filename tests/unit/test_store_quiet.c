/* How often the store's thread wakes: it must let the processor sleep. */
#include "folder_fixture.h"

#include <dirent.h>
#include <time.h>

static double seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / NS_PER_S;
}

/* How often the thread that is not ours, which is the store's, went to sleep. */
static long switches(void)
{
    char path[64], line[128];
    long other = 0, n = 0;
    DIR *dir = opendir("/proc/self/task");
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        long tid = strtol(e->d_name, NULL, 10);
        if (tid > 0 && tid != getpid()) other = tid;
    }
    closedir(dir);
    snprintf(path, sizeof path, "/proc/self/task/%ld/status", other);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0) n = strtol(line + 24, NULL, 10);
    }
    fclose(f);
    return n;
}

/* Live at 100 Hz the thread wakes about once a second; with nothing to do, not at all. A slow disk makes it sleep a few
 * times for a write, and puts off the last one. */
static void test_quiet(void **state)
{
    (void)state;
    struct store_options o = fixture_options();
    o.wait_when_full = false;
    struct store *s = fixture_open(folder, o);
    fixture_put(s, 0, 1);
    store_flush(s); /* the day's files are made */
    double begin = seconds();
    long before = switches(), idle = 1;
    for (uint64_t i = 1; i < 300; i++) {
        fixture_put(s, i, i + 1);
        usleep(10000);
    }
    double live = (double)(switches() - before) / (seconds() - begin);
    for (int i = 0; i < 20 && idle > 0; i++) {
        before = switches();
        sleep(4);
        idle = switches() - before;
    }
    print_message("store thread: %.1f switches a second live, %ld in four seconds idle\n", live, idle);
    assert_true(live <= 10);
    assert_true(idle == 0);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_quiet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
