/* coach_day — a simulated wearer's day for the coach's tests: one view a second, deadlines kept, everything said noted.
 * Monday 2 March 2026, 00:00 local is the origin; times in the tables are local minutes or seconds from there. */
#ifndef PLUMBLINE_TESTS_COACH_DAY_H
#define PLUMBLINE_TESTS_COACH_DAY_H

#include "plumbline/routine.h"

#include <stdlib.h>
#include <string.h>

#define MONDAY_WALL_S ((int64_t)1772409600) /* 2026-03-02T00:00:00Z */
enum { DAY_SAID_MAX = 256, DAY_EVENTS_MAX = 1024, DAY_CUES_MAX = 64 };
#define AT(hour, minute) ((hour)*3600 + (minute)*60)

struct day {
    struct coach *coach;
    struct coach_config config;
    struct now now;
    struct posture_view view;
    bool silent; /* no sensor: only deadlines run */
    unsigned n_said, n_events;
    struct {
        int64_t s; /* local seconds since Monday's midnight */
        struct advice advice;
    } said[DAY_SAID_MAX];
    struct event event[DAY_EVENTS_MAX];
    unsigned n_cues;
    int64_t cue_s[DAY_CUES_MAX]; /* local seconds likewise */
};

static inline int64_t day_s(const struct day *d)
{
    return d->now.wall_ns / NS_PER_S + d->now.utc_offset_s - MONDAY_WALL_S;
}

static inline void day_note(struct day *d, const struct coach_out *out)
{
    for (unsigned i = 0; i < out->n_advice && d->n_said < DAY_SAID_MAX; i++) {
        d->said[d->n_said].s = day_s(d);
        d->said[d->n_said++].advice = out->advice[i];
    }
    for (unsigned i = 0; i < out->n_events && d->n_events < DAY_EVENTS_MAX; i++)
        d->event[d->n_events++] = out->event[i];
    if (out->vibrate && d->n_cues < DAY_CUES_MAX) d->cue_s[d->n_cues++] = day_s(d);
}

static inline void day_begin(struct day *d, int64_t local_s)
{
    memset(d, 0, sizeof *d);
    d->now = (struct now){
        .t_ns = SECONDS_NS(500000), .wall_ns = SECONDS_NS(MONDAY_WALL_S + local_s - 3600), .utc_offset_s = 3600};
    d->view = (struct posture_view){.posture = POSTURE_STANDING,
                                    .reference = REFERENCE_CALIBRATED,
                                    .angles_known = true,
                                    .zone_since_ns = EVENT_OPEN,
                                    .sitting_since_ns = EVENT_OPEN,
                                    .upright_since_ns = d->now.t_ns,
                                    .walking_ended_ns = EVENT_OPEN};
    coach_config_default(&d->config);
    d->coach = malloc(coach_size());
    coach_init(d->coach, &d->config);
}

static inline void day_end(struct day *d) { free(d->coach); }

static inline void day_configure(struct day *d) { coach_configure(d->coach, &d->config); }

static inline void day_run(struct day *d, int64_t seconds)
{
    struct coach_out out = {0};
    while (seconds-- > 0) {
        d->now.t_ns += NS_PER_S;
        d->now.wall_ns += NS_PER_S;
        if (coach_due_ns(d->coach) <= d->now.t_ns || d->silent)
            coach_tick(d->coach, &d->now, &out);
        else
            out = (struct coach_out){0};
        day_note(d, &out);
        if (d->silent) continue;
        d->view.t_ns = d->now.t_ns;
        coach_on_view(d->coach, &d->view, &d->now, &out);
        day_note(d, &out);
    }
}

/* Until local time S. */
static inline void day_run_until(struct day *d, int64_t s) { day_run(d, s - day_s(d)); }

static inline void day_sit(struct day *d)
{
    d->view.posture = POSTURE_SITTING;
    d->view.sitting_since_ns = d->now.t_ns;
    d->view.upright_since_ns = EVENT_OPEN;
}

static inline void day_slouch(struct day *d, bool on)
{
    d->view.in_slouch_zone = on;
    d->view.zone_since_ns = on ? d->now.t_ns : EVENT_OPEN;
}

static inline void day_stand(struct day *d)
{
    d->view.posture = POSTURE_STANDING;
    d->view.sitting_since_ns = EVENT_OPEN;
    d->view.upright_since_ns = d->now.t_ns;
    day_slouch(d, false);
}

static inline void day_presence(struct day *d, struct presence p)
{
    struct coach_out out;
    coach_on_presence(d->coach, &p, &d->now, &out);
    day_note(d, &out);
}

static inline int day_answer(struct day *d, uint32_t id, enum answer a)
{
    struct coach_out out;
    int result = coach_on_answer(d->coach, id, a, &d->now, &out);
    day_note(d, &out);
    return result;
}

static inline unsigned day_shown(const struct day *d, enum topic t)
{
    unsigned n = 0;
    for (unsigned i = 0; i < d->n_said; i++)
        n += d->said[i].advice.action == ADVICE_SHOW && (t == TOPIC_COUNT || d->said[i].advice.topic == t);
    return n;
}

/* Index in said[] of the N-th (from 0) showing of T; −1 when there is none. */
static inline int day_nth(const struct day *d, enum topic t, unsigned n)
{
    for (unsigned i = 0; i < d->n_said; i++)
        if (d->said[i].advice.action == ADVICE_SHOW && d->said[i].advice.topic == t && n-- == 0) return (int)i;
    return -1;
}

static inline unsigned day_count(const struct day *d, enum event_kind kind, int reason)
{
    unsigned n = 0;
    for (unsigned i = 0; i < d->n_events; i++) n += d->event[i].kind == kind && d->event[i].reason == reason;
    return n;
}

#endif
