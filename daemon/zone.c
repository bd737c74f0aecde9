/* How far local time is from UTC around a moment, as numbers that can be kept: a replay must not depend on where, or under
 * which rules, it is done. */
#include "pipeline_private.h"

#define AROUND_S (7 * 86400) /* no two changes lie as near to each other */

static int32_t offset_at(int64_t wall_s)
{
    time_t wall = (time_t)wall_s;
    struct tm local;
    return localtime_r(&wall, &local) ? (int32_t)local.tm_gmtoff : 0;
}

struct zone zone_around(int64_t wall_ns)
{
    tzset(); /* localtime_r() alone would not notice that /etc/localtime is another one, as after a flight */
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

int32_t zone_offset_s(const struct zone *z, int64_t wall_ns) { return wall_ns < z->turn_wall_ns ? z->before_s : z->after_s; }
