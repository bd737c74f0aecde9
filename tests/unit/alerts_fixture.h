/* alerts_fixture — what the tests of the alert policy share: one simulated day (coach_day.h) and looks at what was
 * said. Include after cmocka.h. */
#ifndef PLUMBLINE_TESTS_ALERTS_FIXTURE_H
#define PLUMBLINE_TESTS_ALERTS_FIXTURE_H

#include "coach_day.h"

static struct day day;

static inline int teardown(void **state)
{
    (void)state;
    day_end(&day);
    return 0;
}

/* A day with the notices off, which have their own tests. */
static inline void begin(int64_t local_s)
{
    day_begin(&day, local_s);
    day.config.notice_lost = day.config.notice_not_seen = day.config.notice_report = day.config.notice_battery = false;
    day_configure(&day);
    day_run(&day, 1);
}

static inline void set_workout(int64_t start_s, int length_min, enum workout_type type)
{
    int64_t start_wall_s = MONDAY_WALL_S - day.now.utc_offset_s + start_s;
    struct workout w = {.start_wall_s = start_wall_s, .end_wall_s = start_wall_s + 60 * length_min, .type = type};
    coach_set_workouts(day.coach, &w, 1);
}

static inline const struct advice *shown(enum topic t, unsigned n)
{
    int i = day_nth(&day, t, n);
    assert_true(i >= 0);
    return &day.said[i].advice;
}

static inline int64_t shown_s(enum topic t, unsigned n)
{
    int i = day_nth(&day, t, n);
    assert_true(i >= 0);
    return day.said[i].s;
}

static inline const struct event *last_event(enum event_kind kind)
{
    for (unsigned i = day.n_events; i-- > 0;)
        if (day.event[i].kind == kind) return &day.event[i];
    fail();
    return NULL;
}

#endif
