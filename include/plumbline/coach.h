/* coach — when to speak, and what to say: alert policy and workout schedule. What to do is in routine.h.
 *
 * Pure: time comes in as struct now, the coach is one flat block without pointers. Rules and their sources: alerts.c.
 */
#ifndef PLUMBLINE_COACH_H
#define PLUMBLINE_COACH_H

#include "plumbline/event.h"
#include "plumbline/posture.h"
#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- advice: one thing said to the wearer ------------------------------------------------------------------------ */

/* enum topic, enum answer: event.h */
const char *topic_name(enum topic t);
const char *answer_name(enum answer a);
/* ANSWER_COUNT when there is none of that name. */
enum answer answer_find(const char *name);

enum advice_action { ADVICE_SHOW, ADVICE_CLOSE };
enum { ADVICE_TITLE_MAX = 64, ADVICE_BODY_MAX = 320, ITEM_ID_MAX = 16 };
struct advice {
    enum advice_action action;
    enum topic topic;
    uint32_t id;       /* grows by one a shown advice; EVENT_ALERT carries it */
    bool quiet;        /* first rung of the ladder: low urgency */
    bool neutral;      /* the screen is shared: the text gives nothing away, and nothing may be added to it */
    char title[ADVICE_TITLE_MAX]; /* ≤ 40 characters of UTF-8 */
    char body[ADVICE_BODY_MAX];
    char figure[ITEM_ID_MAX]; /* id of the catalogue item whose picture goes with it; empty: none */
    uint32_t answers;  /* bits 1 << ANSWER_… of the buttons to offer */
};

enum { ADVICE_MAX = 8, COACH_EVENTS_MAX = 8 };
/* The buzz of a training window. It takes the place of the quick notice where the sensor has a motor; who stays in the
 * zone gets the ordinary notice at its ordinary time. It is bounded by itself (once in CUE_APART_S, CUE_SPELL_MAX in a
 * spell: 0.5 % of a minute, where devices allow 20), and counts as an alert in EVENT_CUE and for fading, but not in the
 * budget of notices: it disturbs nobody's work on the screen. */
enum { CUE_PERCENT = 60, CUE_PULSES = 2, CUE_ON_MS = 150, CUE_OFF_MS = 150, CUE_APART_S = 60, CUE_SPELL_MAX = 3 };
/* An alert is closed once: EVENT_ALERT with value = seconds until the posture recovered, or −1 when it did not. Its
 * EVENT_ANSWER goes before it; an alert whose ground was lost (sensor silent, machine asleep) is closed without one. */
struct coach_out {
    unsigned n_advice, n_events;
    struct advice advice[ADVICE_MAX];
    struct event event[COACH_EVENTS_MAX]; /* EVENT_ALERT, EVENT_ANSWER, EVENT_HELD, EVENT_CUE, for the diary */
    bool vibrate; /* the sensor is to buzz now, as CUE_… say */
};

/* ---- schedule ---------------------------------------------------------------------------------------------------- */

enum workout_type {
    WORKOUT_UNKNOWN,
    WORKOUT_SQUAT,
    WORKOUT_DEADLIFT,
    WORKOUT_RUN,
    WORKOUT_SWIM,
    WORKOUT_UPPER,
    WORKOUT_CYCLE,
    WORKOUT_YOGA,
    WORKOUT_ROW,
    WORKOUT_TYPE_COUNT
};
const char *workout_type_name(enum workout_type t);
enum workout_type workout_type_find(const char *word); /* by name or synonym ("pull", "press", …); UNKNOWN else */
bool workout_loads_spine(enum workout_type t);         /* squat, deadlift, row */

enum { WORKOUT_TITLE_MAX = 48 };
/* A line of the configuration: "Mon,Wed,Fri 18:00 60m squat \"Leg day\"". */
struct workout_rule {
    uint8_t days;       /* bit 0 = Monday */
    int16_t start_min;  /* local minutes after midnight */
    int16_t length_min;
    enum workout_type type;
    char title[WORKOUT_TITLE_MAX];
};
/* 0, or −EINVAL with what was expected in WHY. */
int schedule_parse_rule(const char *text, struct workout_rule *rule, char why[128]);
/* "Mon-Fri 08:00-17:30" or "Mon,Thu 22:00-06:00" (past midnight belongs to the day it began). */
struct hours {
    uint8_t days;
    int16_t from_min, to_min;
};
int schedule_parse_hours(const char *text, struct hours *hours, char why[128]);
bool schedule_within(const struct hours *h, const struct now *now);

/* One workout on a date, in wall time. */
struct workout {
    int64_t id; /* diary row, 0 for one made from a rule */
    int64_t start_wall_s, end_wall_s;
    enum workout_type type;
    char title[WORKOUT_TITLE_MAX];
};

/* A stretch in which the wearer is busy (a meeting in the calendar), in wall time. */
struct busy {
    int64_t from_wall_s, to_wall_s;
};

/* ---- the wearer -------------------------------------------------------------------------------------------------- */

/* What the wearer has said of body and health. Wall times, INT64_MIN: never. */
struct wearer {
    uint32_t contra;         /* flags, HEALTH_BIT(letter) of what holds */
    bool health_answered;    /* whether that was ever answered */
    bool red_flag;           /* noted, and no clinician has looked at it yet */
    bool emergency;          /* one of them is not to be waited with */
    int64_t sore_wall_s;     /* newest soreness, while it was above 0 */
    int64_t session_wall_s;  /* newest massage session */
    int64_t range_wall_s;    /* newest self-test of the range of motion */
};

/* ---- the coach --------------------------------------------------------------------------------------------------- */

enum { HOURS_MAX = 4, WORKOUT_RULES_MAX = 16, WORKOUTS_MAX = 32, BUSY_MAX = 64 };
struct coach_config {
    struct hours work[HOURS_MAX];  /* none = Mon-Fri 08:00-17:30 */
    unsigned n_work;
    struct hours quiet;            /* days = 0: none */
    int slouch_delay_s;            /* long-spell prompt after zone entry, default 120 */
    int break_after_min;           /* prolonged-sitting prompt, default 30 */
    int max_per_hour, max_per_day; /* 4 and 16 */
    int routine_min;               /* the wearer's minutes before a workout, default 8 */
    bool training;                 /* training windows with quick notices, motor or not; off by default */
    bool haptics;                  /* training windows with a buzz where the sensor has a motor; on by default */
    int session_weeks;             /* the wearer's own interval between massage sessions, 1…8; 0: none (default) */
    bool self_test;                /* a weekly offer of the range-of-motion test; off: nobody is tested unasked */
    bool notice_battery, notice_lost, notice_not_seen, notice_report;
};
void coach_config_default(struct coach_config *c);

/* Whether somebody types or points; resolution one minute. */
enum desk_input { DESK_INPUT_UNKNOWN, DESK_INPUT_ACTIVE, DESK_INPUT_QUIET };

/* What the desktop tells; a desktop that tells nothing is all zero. */
struct presence {
    bool locked, idle, do_not_disturb, full_screen, sharing, busy;
    enum desk_input input; /* for the tracker (SAMPLE_DESK_…); the coach makes nothing of it */
};

struct coach;
size_t coach_size(void);
void coach_init(struct coach *c, const struct coach_config *config);
void coach_configure(struct coach *c, const struct coach_config *config);

/* All of the following overwrite *OUT. Views come about once a second. */
void coach_on_view(struct coach *c, const struct posture_view *v, const struct now *now, struct coach_out *out);
void coach_on_event(struct coach *c, const struct event *e, const struct now *now, struct coach_out *out);
void coach_on_minute(struct coach *c, const struct minute *m, const struct now *now, struct coach_out *out);
/* M was such a minute and is to count no more: it will come again, fuller. */
void coach_take_back_minute(struct coach *c, const struct minute *m);
void coach_on_presence(struct coach *c, const struct presence *p, const struct now *now, struct coach_out *out);
void coach_on_battery(struct coach *c, int percent, const struct now *now, struct coach_out *out);
/* −ENOENT when no advice of that id awaits an answer, −EINVAL for RECOVERED, which only the body can answer. */
int coach_on_answer(struct coach *c, uint32_t id, enum answer a, const struct now *now, struct coach_out *out);
/* A deadline (coach_due_ns) was reached. */
void coach_tick(struct coach *c, const struct now *now, struct coach_out *out);
/* Run time, within a minute of the newest call. INT64_MAX before the first call: tick once at start. */
int64_t coach_due_ns(const struct coach *c);

/* Workouts of the next days, replaced as a whole; sorted by start. */
void coach_set_workouts(struct coach *c, const struct workout *w, unsigned n);
/* The stretches ahead in which nothing but workouts ahead of them is spoken of, replaced as a whole; those beyond
 * BUSY_MAX are left out. They may touch and overlap. */
void coach_set_busy(struct coach *c, const struct busy *b, unsigned n);
/* What is known of the wearer now. */
void coach_set_wearer(struct coach *c, const struct wearer *wearer);
/* Whether the sensor can buzz. */
void coach_set_motor(struct coach *c, bool motor);
/* Silence until run time UNTIL_NS; 0 resumes. */
void coach_pause(struct coach *c, int64_t until_ns);

struct load;
/* The load so far today as the coach has summed it, with the wearer's health and the workouts around now (pain, stress
 * and what was done lately come from the diary: filled by the caller). What fits: before a workout within an hour, after
 * one within two, in the evening from 19:00 on, else at the desk. */
void coach_load(const struct coach *c, const struct now *now, struct load *load);

/* For status and live: what would be said next, when (run time, INT64_MAX none) and why it is held (empty when not). */
struct coach_view {
    enum topic next_topic; /* TOPIC_COUNT: nothing in sight */
    int64_t next_ns;
    char held[64];
    int64_t paused_until_ns; /* 0 not paused */
    unsigned sent_today, sent_last_hour;
};
void coach_view(const struct coach *c, const struct now *now, struct coach_view *view);
/* Whether a notice of T waits for an answer; its words into A, also while the screen is shared: who asks may read them. */
bool coach_waiting(const struct coach *c, enum topic t, struct advice *a);

/* The words of the question whether a new device, "USB Serial", is the sensor. */
void coach_ask_device(const char *description, char title[ADVICE_TITLE_MAX], char body[ADVICE_BODY_MAX]);

#endif
