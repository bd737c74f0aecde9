/* Invariants:
 *   epochs come in time order; one that lies across the border of a minute is divided between the two;
 *   a minute is stored when the first epoch behind it comes, or when MINUTE_GRACE_NS have passed without one;
 *   kept[] holds the newest stored minutes: a sensor that lay on a table is known to have lain there ten minutes later,
 *   and those minutes are then put right in the diary.
 */
#include "pipeline_private.h"

#include <math.h>
#include <string.h>

#define MINUTE_NS SECONDS_NS(60)
#define MINUTE_GRACE_NS SECONDS_NS(180)

void minutes_keep(struct pipeline *p, struct minute *minute)
{
    struct posture_view view;
    tracker_view(p->tracker, &view);
    minute_finish(minute, view.creep);
    pipeline_keep_minute(p, minute);
    p->course.kept[p->course.n_kept++ % KEPT_MINUTES] = *minute;
    coach_on_minute(p->coach, minute, &p->now, &p->coach_out);
    pipeline_say(p, &p->coach_out);
    p->keep_due = true;
}

void minutes_close(struct pipeline *p)
{
    struct minute minute = p->course.minute;
    if (!p->course.minute_open) return;
    p->course.minute_open = false;
    minutes_keep(p, &minute);
}

int64_t minutes_due_ns(const struct pipeline *p)
{
    if (!p->course.minute_open) return INT64_MAX;
    return p->course.minute_ns + MINUTE_NS + MINUTE_GRACE_NS;
}

/* SHARE of E. What can only be counted goes to the larger part. */
static struct epoch part_of(const struct epoch *e, float share)
{
    struct epoch part = *e;
    float *const sums[] = {&part.seconds, &part.slouch_s, &part.lean_left_s, &part.lean_right_s, &part.flexion_sum_deg_s,
                           &part.flexion_sum_sq, &part.lateral_sum_deg_s, &part.angle_s};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) *sums[i] *= share;
    for (int i = 0; i < INCLINATION_BINS; i++) part.bin_s[i] *= share;
    if (share < 0.5f) part.steps = part.bends = part.shifts = 0;
    return part;
}

/* Sums PART of minute MINUTE; true with the minute before in *DONE when it is the first of another. */
static bool sum(struct pipeline *p, const struct epoch *part, int64_t minute, struct minute *done)
{
    bool turned = p->course.minute_open && p->course.minute.minute != minute;
    if (turned) *done = p->course.minute;
    if (turned || !p->course.minute_open) {
        minute_begin(&p->course.minute, minute, pipeline_clock_offset(p, minute * MINUTE_NS));
        p->course.minute_ns = part->start_ns;
    }
    p->course.minute_open = true;
    minute_add(&p->course.minute, part);
    return turned;
}

unsigned minutes_add(struct pipeline *p, const struct epoch *e, struct minute done[2])
{
    int64_t start_ns = pipeline_clock_wall(p, e->start_ns), length_ns = (int64_t)(e->seconds * NS_PER_S);
    int64_t minute = start_ns / MINUTE_NS, border_ns = (minute + 1) * MINUTE_NS;
    if (start_ns + length_ns <= border_ns) return sum(p, e, minute, done);
    float share = (float)(border_ns - start_ns) / (float)length_ns;
    struct epoch before = part_of(e, share), after = part_of(e, 1 - share);
    unsigned n = sum(p, &before, minute, done);
    return n + sum(p, &after, minute + 1, &done[n]);
}

void minutes_take_back(struct pipeline *p, const struct minute kept[KEPT_MINUTES], uint32_t n_kept)
{
    struct course *c = &p->course;
    uint32_t since = c->n_kept - n_kept;
    for (uint32_t i = since < KEPT_MINUTES ? since : KEPT_MINUTES; i > 0; i--)
        coach_take_back_minute(p->coach, &c->kept[(c->n_kept - i) % KEPT_MINUTES]);
    memcpy(c->kept, kept, sizeof c->kept);
    c->n_kept = n_kept;
}

/* M as it is when the sensor was not worn during the last SHARE of it. What was sure before stays. */
static struct minute not_worn(const struct minute *m, float share)
{
    struct minute right = *m;
    float seconds = 0, doubtful = m->posture_s[POSTURE_UNSURE] + m->posture_s[POSTURE_LYING];
    for (int i = 0; i < POSTURE_COUNT; i++) seconds += m->posture_s[i];
    if (share < 1) {
        float moved = fminf(doubtful, share * seconds), left = doubtful > 0 ? 1 - moved / doubtful : 0;
        right.posture_s[POSTURE_UNSURE] *= left;
        right.posture_s[POSTURE_LYING] *= left;
        right.posture_s[POSTURE_NOT_WORN] += moved;
        return right;
    }
    minute_begin(&right, m->minute, m->utc_offset_s);
    right.posture_s[POSTURE_NOT_WORN] = seconds;
    minute_finish(&right, m->creep);
    return right;
}

void minutes_not_worn_since(struct pipeline *p, int64_t start_ns)
{
    int64_t from_ns = pipeline_clock_wall(p, start_ns);
    for (unsigned i = 0; i < KEPT_MINUTES && i < p->course.n_kept; i++) {
        struct minute *m = &p->course.kept[i];
        int64_t end_ns = (m->minute + 1) * MINUTE_NS;
        if (end_ns <= from_ns) continue;
        *m = not_worn(m, fminf(1, (float)(end_ns - from_ns) / (float)MINUTE_NS));
        pipeline_keep_minute(p, m);
    }
}
