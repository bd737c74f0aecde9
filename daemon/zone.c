/* How far local time is from UTC around a moment, as numbers that can be kept: a replay must not depend on where, or under
 * which rules, it is done. */
#include "pipeline_private.h"

#include <stdlib.h>
#include <sys/stat.h>

#define AROUND_S (7 * 86400) /* no two changes lie as near to each other */

/* localtime_r() alone would not notice that /etc/localtime is another one, as after a flight; tzset() would, but it
 * allocates each time that no TZ is set, and this is on a sample's way. */
static void notice_another_zone(void)
{
    static struct stat was; /* of the process, as what tzset() sets is */
    struct stat now;
    if (!getenv("TZ")) {
        if (stat("/etc/localtime", &now) < 0) now = (struct stat){0};
        if (now.st_ino == was.st_ino && now.st_dev == was.st_dev && now.st_mtim.tv_sec == was.st_mtim.tv_sec &&
            now.st_mtim.tv_nsec == was.st_mtim.tv_nsec)
            return;
        was = now;
    }
    tzset();
}

static int32_t offset_at(int64_t wall_s)
{
    time_t wall = (time_t)wall_s;
    struct tm local;
    return localtime_r(&wall, &local) ? (int32_t)local.tm_gmtoff : 0;
}

struct zone zone_around(int64_t wall_ns)
{
    notice_another_zone();
    int64_t before_s = wall_ns / NS_PER_S - AROUND_S, after_s = wall_ns / NS_PER_S + AROUND_S;
    struct zone z = {INT64_MIN, offset_at(before_s), offset_at(after_s)};
    if (z.before_s == z.after_s) return z;
    while (after_s - before_s > 1) {
        int64_t middle_s = before_s + (after_s - before_s) / 2;
        if (offset_at(middle_s) == z.before_s) before_s = middle_s;
        else after_s = middle_s;
    }
    z.turn_wall_ns = SECONDS_NS(after_s);
    return z;
}

bool zone_sound(const struct zone *z)
{
    const int32_t most_s = 86400;
    return z->before_s <= most_s && z->before_s >= -most_s && z->after_s <= most_s && z->after_s >= -most_s;
}

int32_t zone_offset_s(const struct zone *z, int64_t wall_ns) { return wall_ns < z->turn_wall_ns ? z->before_s : z->after_s; }
