/* The zone in which the machine is, when that changes under a running daemon. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/pipeline_private.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#define SPRING_NS SECONDS_NS(1774746000) /* 2026-03-29 01:00 UTC, when summer begins in Europe */
#define ZONES "/usr/share/zoneinfo/"

static bool zones_are_here(void) { return !access(ZONES "Europe/Stockholm", R_OK) && !access(ZONES "Asia/Tokyo", R_OK); }

static void assert_zone(int64_t wall_ns, int32_t before_s, int32_t after_s)
{
    struct zone z = zone_around(wall_ns);
    assert_int_equal(z.before_s, before_s);
    assert_int_equal(z.after_s, after_s);
    assert_int_equal(zone_offset_s(&z, wall_ns), after_s);
    assert_int_equal(zone_offset_s(&z, wall_ns - 1), before_s);
}

static void test_summer_begins(void **state)
{
    (void)state;
    if (!zones_are_here()) skip();
    setenv("TZ", "Europe/Stockholm", 1);
    assert_zone(SPRING_NS, 3600, 7200);
    setenv("TZ", "Asia/Tokyo", 1);
    assert_zone(SPRING_NS, 32400, 32400);
}

static void put_in_place(int file)
{
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file); /* its own name may be what is mounted over */
    assert_int_equal(mount(name, "/etc/localtime", NULL, MS_BIND, NULL), 0);
}

/* As after a flight: no TZ, and /etc/localtime is another file than before. */
static void test_another_localtime(void **state)
{
    (void)state;
    if (!zones_are_here() || access("/etc/localtime", R_OK)) skip();
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
        print_message("no right to mount: skipped\n");
        skip();
    }
    unsetenv("TZ");
    zone_around(SPRING_NS);
    int stockholm = open(ZONES "Europe/Stockholm", O_RDONLY), tokyo = open(ZONES "Asia/Tokyo", O_RDONLY);
    for (int flight = 0; flight < 2; flight++) {
        put_in_place(stockholm);
        assert_zone(SPRING_NS, 3600, 7200);
        put_in_place(tokyo);
        assert_zone(SPRING_NS, 32400, 32400);
    }
    for (int mounts = 0; mounts < 4; mounts++) umount2("/etc/localtime", MNT_DETACH);
    close(stockholm);
    close(tokyo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_summer_begins), cmocka_unit_test(test_another_localtime)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
