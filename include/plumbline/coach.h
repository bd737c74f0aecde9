/* coach — when to speak, and what to say: alert policy, workout schedule, exercise catalogue, routine.
 *
 * Pure: time comes in as struct now, the coach is one flat block without pointers (the catalogue is kept beside it by the
 * caller). Rules and their sources: alerts.c, routine.c and data/catalogue.conf.
 */
#ifndef PLUMBLINE_COACH_H
#define PLUMBLINE_COACH_H

#include "plumbline/event.h"
#include "plumbline/posture.h"
#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- advice: one thing said to the wearer --------------------------------------------------------------------------- */

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

/* ---- schedule ------------------------------------------------------------------------------------------------------ */

enum workout_type {
    WORKOUT_UNKNOWN, WORKOUT_SQUAT, WORKOUT_DEADLIFT, WORKOUT_RUN, WORKOUT_SWIM, WORKOUT_UPPER, WORKOUT_CYCLE, WORKOUT_YOGA, WORKOUT_ROW,
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

/* ---- the wearer ------------------------------------------------------------------------------------------------------ */

/* What the wearer has said of body and health. Wall times, INT64_MIN: never. */
struct wearer {
    uint32_t contra;         /* flags, bits as in item.contra */
    bool health_answered;    /* whether that was ever answered */
    bool red_flag;           /* noted, and no clinician has looked at it yet */
    bool emergency;          /* one of them is not to be waited with */
    int64_t sore_wall_s;     /* newest soreness, while it was above 0 */
    int64_t session_wall_s;  /* newest massage session */
    int64_t range_wall_s;    /* newest self-test of the range of motion */
};

/* ---- the coach ----------------------------------------------------------------------------------------------------- */

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

/* All of the following overwrite *OUT. */
void coach_on_view(struct coach *c, const struct posture_view *v, const struct now *now, struct coach_out *out); /* about once a second */
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
/* The stretches ahead in which nothing but workouts ahead of them is spoken of, replaced as a whole; those beyond BUSY_MAX
 * are left out. They may touch and overlap. */
void coach_set_busy(struct coach *c, const struct busy *b, unsigned n);
/* What is known of the wearer now. */
void coach_set_wearer(struct coach *c, const struct wearer *wearer);
/* Whether the sensor can buzz. */
void coach_set_motor(struct coach *c, bool motor);
/* Silence until run time UNTIL_NS; 0 resumes. */
void coach_pause(struct coach *c, int64_t until_ns);

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

/* ---- catalogue and routine ----------------------------------------------------------------------------------------- */

enum item_kind { ITEM_MOBILITY, ITEM_STRETCH, ITEM_FOAM_ROLL, ITEM_BALL_RELEASE, ITEM_BREATHING, ITEM_STRENGTHEN, ITEM_PROFESSIONAL, ITEM_KIND_COUNT };
enum moment { MOMENT_PRE, MOMENT_POST, MOMENT_MICRO, MOMENT_EVENING, MOMENT_COUNT };
const char *item_kind_name(enum item_kind k);
const char *moment_name(enum moment m);
enum moment moment_find(const char *name); /* MOMENT_COUNT when none */

enum { ITEM_STEPS = 3, CATALOGUE_MAX = 64, ITEM_NAME_CHARACTERS = 40 };
struct item {
    char id[ITEM_ID_MAX], name[56], area[24];
    enum item_kind kind;
    uint8_t when;                /* bits 1 << MOMENT_… */
    bool own;                    /* from the wearer's own file */
    uint16_t seconds[MOMENT_COUNT]; /* whole dose, seconds; 0 where not offered */
    char dose[MOMENT_COUNT][40]; /* in words: "2 × 30 s a side" */
    uint32_t contra;             /* HEALTH_BIT(letter), health.h */
    uint32_t workouts;           /* bits 1 << WORKOUT_…: chosen for these; 0 = any */
    char need[96];               /* need rule, see catalogue.conf */
    char step[ITEM_STEPS][120];
    char stop[80], source[96], evidence[12]; /* evidence: good, some, custom, unverified */
};
struct catalogue {
    unsigned n;
    bool own; /* what is added next is the wearer's own */
    struct item item[CATALOGUE_MAX];
};
/* Adds the stanzas of TEXT (an INI file, NUL-terminated) to C; an id that exists is replaced, or taken away by "off = yes".
 * Returns the number of faults, at most one a line; TELL is called for each, with what was found and expected. Faulty
 * stanzas are left out, the others are kept. */
int catalogue_check(struct catalogue *c, const char *text, void (*tell)(void *arg, int line, const char *what), void *arg);
/* The same; the first fault is described in WHY ("line 12: …"). */
int catalogue_parse(struct catalogue *c, const char *text, char why[160]);
const struct item *catalogue_find(const struct catalogue *c, const char *id);

/* A workout around which a routine is chosen. */
struct load_workout {
    bool there;
    enum workout_type type;
    char title[WORKOUT_TITLE_MAX]; /* may be empty */
    char at[6];                    /* "18:00", local, when it begins, or ended; empty: not known */
};

/* What the routine is chosen by. */
struct load {
    double slouch_min, flexed_min, sitting_h, asymmetry_min; /* today, until now */
    double slouch_2h_min, asymmetry_1h_min;                  /* of it in the last two hours, the last hour */
    char slouch_since[6], flexed_since[6], sitting_since[6]; /* its first minute, "13:00", local; empty: not known */
    unsigned bouts_30, bouts_60;
    double open_bout_min;     /* the running sitting bout, 0 when none */
    double creep;
    int stress, pain;         /* 0…10, −1 unknown */
    char pain_area[24];
    unsigned hurt;            /* regions (region.h) with much pain, of today or the day before; all for no known one */
    int soreness;             /* 1…10, the newest note of today and the two days before; 0 none */
    char sore_area[24];
    double stress_week;       /* mean of the notes of 7 days, 0 without one */
    double pain_weeks;        /* for so long pain of 3 to 6 was noted for one area, within 2 points */
    unsigned ball_evenings;   /* days with a ball on the same region, in that of the last two weeks that has fewer */
    uint32_t contra;          /* the wearer's flags, bits as in item.contra */
    bool health_answered;     /* whether the wearer was ever asked and answered */
    bool red_flag;            /* no exercise, only "see a clinician" */
    bool emergency;           /* … or "call the emergency services" */
    struct load_workout next; /* the workout ahead, within 4 h */
    struct load_workout done; /* the one that ended within 2 h */
    struct load_workout running;
    bool hard_soon;           /* one that loads the spine, or a race, within 48 h */
    bool massage_rests;       /* a massage was had, or offered on another day, within 7 days */
    enum moment fits;         /* what a routine now would be: see coach_load() */
    char recent[8][ITEM_ID_MAX]; /* ids done lately, newest first */
    char micro[4][ITEM_ID_MAX];  /* of items for the desk, done or offered, newest first */
};

/* Why an item that the day asks for is not in the routine. */
enum left_why {
    LEFT_HEALTH,  /* the wearer's flags forbid it */
    LEFT_UNASKED, /* the health questions are open */
    LEFT_PAIN,    /* much pain near its area */
    LEFT_LATELY,  /* it was the last but one, or the last, at the desk */
    LEFT_TIME,    /* the minutes are used up by what was needed more */
    LEFT_ORDER,   /* a hold before a workout that no movement would follow, or one too many */
    LEFT_WHY_COUNT
};
enum { ROUTINE_MAX = 12, REASON_MAX = 96 };
struct left_out {
    const struct item *item;
    enum left_why why;
    double need;
};
struct routine {
    enum moment moment;
    unsigned n, total_s;
    const struct item *item[ROUTINE_MAX];
    uint16_t seconds[ROUTINE_MAX];
    double need[ROUTINE_MAX];             /* what it was chosen by */
    char reason[ROUTINE_MAX][REASON_MAX]; /* why this item, in words */
    char headline[REASON_MAX];            /* "52 min slouched since 13:00, 4 h 10 min sitting, Leg day at 18:00" */
    bool see_clinician, emergency;
    bool in_workout;                      /* one is going on: nothing is offered */
    const struct item *offer;             /* a professional session that could be thought of, in the evening; or NULL */
    char offer_reason[REASON_MAX];
    unsigned n_left;
    struct left_out left[CATALOGUE_MAX];  /* by need, the greatest first */
};
/* Chooses at most BUDGET_S seconds of items for MOMENT. Deterministic in its arguments. */
void routine_choose(const struct catalogue *c, const struct load *load, enum moment moment, unsigned budget_s, struct routine *out);
/* What the wearer's health has against ITEM; LEFT_WHY_COUNT when nothing stands in its way. */
enum left_why routine_barred(const struct load *load, const struct item *item);
/* Why it was left out, in words: "your answers on health: knee trouble", "no time left". */
void routine_left_words(const struct left_out *left, const struct load *load, char out[REASON_MAX]);

/* What the wearer notes, day by day, as far as routines ask for it. DAY: local days since
 * 1970; what lies HISTORY_DAYS and more before the newest is passed over. */
enum { HISTORY_DAYS = 64, HISTORY_HURTS = 16 };
struct history {
    int64_t day; /* the newest; 0: none yet */
    struct {
        uint16_t stress_sum, stress_n;
        bool pain_noted;
        int8_t pain_low, pain_high;
        uint16_t pain_regions, ball_regions;
    } of[HISTORY_DAYS]; /* a ring, by day */
    int64_t sore_day; /* of the newest note of soreness, 0: never */
    int soreness;
    char sore_area[24];
    struct {
        int64_t day; /* 0: free */
        char area[24];
    } hurt[HISTORY_HURTS]; /* much pain, and nothing less noted since for that area, or for none in particular */
    char micro[2][ITEM_ID_MAX];
};
void history_stress(struct history *h, int64_t day, int stress);
void history_pain(struct history *h, int64_t day, int pain, const char *area);
void history_sore(struct history *h, int64_t day, int soreness, const char *area);
void history_done(struct history *h, int64_t day, const struct item *item);
/* Adds to LOAD what is known as of DAY. */
void history_load(const struct history *h, int64_t day, struct load *load);

/* Adds R to a TOPIC_WORKOUT or TOPIC_AFTER advice: "… 8 min: Stand and walk, Roll …"; a red flag replaces the body. Nothing
 * is added to a neutral one. */
void advice_add_routine(struct advice *a, const struct routine *r);

/* Adds the one item of R, a micro break, to a TOPIC_BREAK advice; nothing when it has none, or to a neutral advice. */
void advice_add_micro(struct advice *a, const struct routine *r);

/* The load so far today as the coach has summed it, with the wearer's health and the workouts around now (pain, stress and
 * what was done lately come from the diary: filled by the caller). What fits: before a workout within an hour, after one
 * within two, in the evening from 19:00 on, else at the desk. */
void coach_load(const struct coach *c, const struct now *now, struct load *load);

#endif
