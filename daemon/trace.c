/* One line an event or a minute, in local time, coarse enough to be the same on every compiler. */
#include "pipeline_private.h"

#include <math.h>

static void stamp(FILE *out, int64_t wall_ns)
{
    time_t wall = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    localtime_r(&wall, &tm);
    fprintf(out, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void trace_event(FILE *out, const struct now *now, const struct event *e)
{
    stamp(out, now->wall_ns);
    bool lasts = e->kind == EVENT_SITTING && e->end_ns == EVENT_OPEN; /* its reason is that of its end */
    const char *reason = lasts ? "" : event_reason_name(e->kind, e->reason);
    fprintf(out, " %s%s%s", event_kind_name(e->kind), reason[0] ? " " : "", reason);
    if (e->id) fprintf(out, " #%u", e->id);
    if (e->start_ns != e->end_ns) {
        fputs(e->end_ns == EVENT_OPEN ? " since " : " from ", out);
        stamp(out, now_wall_of(now, e->start_ns));
        if (e->end_ns != EVENT_OPEN) fprintf(out, " for %.0f s", (double)(e->end_ns - e->start_ns) / NS_PER_S);
    }
    if (e->value != 0 && isfinite(e->value)) fprintf(out, " value %ld", lroundf(e->value));
    fputc('\n', out);
}

void trace_minute(FILE *out, const struct minute *m)
{
    stamp(out, m->minute * SECONDS_NS(60));
    fputs(" minute", out);
    for (int i = 0; i < POSTURE_COUNT; i++)
        if (m->posture_s[i] >= 0.5f) fprintf(out, " %s %.0f", posture_name((enum posture)i), (double)m->posture_s[i]);
    if (m->slouch_sitting_s >= 0.5f) fprintf(out, " slouch %.0f", (double)m->slouch_sitting_s);
    if (m->slouch_standing_s >= 0.5f) fprintf(out, " slouch-standing %.0f", (double)m->slouch_standing_s);
    if (m->lean_left_s >= 0.5f) fprintf(out, " left %.0f", (double)m->lean_left_s);
    if (m->lean_right_s >= 0.5f) fprintf(out, " right %.0f", (double)m->lean_right_s);
    if (m->angle_s >= 1) fprintf(out, " flexion %ld", lroundf(m->flexion_mean_deg));
    if (m->bends) fprintf(out, " bends %u", m->bends);
    if (m->steps) fprintf(out, " steps %u", m->steps);
    fputc('\n', out);
}
