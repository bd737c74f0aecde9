/* The one present moment: run time, wall time, local time. Invariants:
 *   now.t_ns never goes back;
 *   wall time is run time and an offset that changes only when somebody sets the clock; each change is told the log, as
 *   each change of the zone is: a replay makes of a run time the same wall time, to the nanosecond.
 */
#include "context.h"

#include <stdlib.h>

#define WALL_MOVED_NS (2 * NS_PER_MS)

int64_t pipeline_clock_wall(const struct pipeline *p, int64_t t_ns)
{
    return t_ns + (t_ns < p->course.stepped_ns ? p->course.wall_offset_before_ns : p->course.wall_offset_ns);
}

int32_t pipeline_clock_offset(const struct pipeline *p, int64_t wall_ns)
{
    return zone_offset_s(&p->course.zone, wall_ns);
}

void pipeline_clock_zone(struct pipeline *p)
{
    const struct zone z = zone_around(p->now.wall_ns), *was = &p->course.zone;
    bool same = z.turn_wall_ns == was->turn_wall_ns && z.before_s == was->before_s && z.after_s == was->after_s;
    if (!same && !p->muted) {
        context_zone(p, &z);
        p->agenda_day = INT64_MIN; /* 18:00 is at another time now */
    }
    p->now.utc_offset_s = pipeline_clock_offset(p, p->now.wall_ns);
}

static void look_up_offset(struct pipeline *p)
{
    int64_t minute = p->now.wall_ns / SECONDS_NS(60);
    if (minute == p->offset_minute) return;
    if (p->offset_minute != INT64_MIN) pipeline_agenda_pass(p, p->offset_minute * 60, minute * 60);
    p->offset_minute = minute;
    pipeline_clock_zone(p);
    int64_t day = (p->now.wall_ns / NS_PER_S + p->now.utc_offset_s) / 86400;
    if (day == p->agenda_day) return;
    p->agenda_day = day;
    pipeline_agenda_turn(p);
}

void pipeline_clock_set(struct pipeline *p, int64_t t_ns)
{
    if (t_ns > p->now.t_ns) p->now.t_ns = t_ns;
    p->now.wall_ns = p->now.t_ns + p->course.wall_offset_ns;
    look_up_offset(p);
}

int64_t pipeline_clock_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Reads the system's clocks. They are slewed alike: one moves against the other only when it is set. What is less than
 * the time that passed between the readings, and a little, is none of that; what is more is followed to the
 * nanosecond. */
void pipeline_clock_read(struct pipeline *p)
{
    int64_t before_ns = pipeline_clock_ns(CLOCK_BOOTTIME), wall_ns = pipeline_clock_ns(CLOCK_REALTIME);
    int64_t took_ns = pipeline_clock_ns(CLOCK_BOOTTIME) - before_ns, t_ns = before_ns + p->course.boot_offset_ns;
    int64_t step_ns = wall_ns - (t_ns + p->course.wall_offset_ns);
    pipeline_clock_set(p, t_ns);
    if (llabs(step_ns) > took_ns + WALL_MOVED_NS) context_wall(p, p->now.t_ns, step_ns);
}
