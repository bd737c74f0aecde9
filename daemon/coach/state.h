/* state — everything the coach remembers, in one flat block without pointers: it is kept as a snapshot as it is.
 *
 * Times end in _ns (run time) or _wall_s (UTC). UNKNOWN_NS stands for "no such moment", NEVER_NS for "not to be
 * expected". */
#ifndef PLUMBLINE_COACH_STATE_H
#define PLUMBLINE_COACH_STATE_H

#include "plumbline/coach.h"

#define UNKNOWN_NS INT64_MIN
#define NEVER_NS INT64_MAX
#define MINUTES_NS(m) SECONDS_NS((int64_t)(m)*60)

enum { SAID_MAX = WORKOUTS_MAX, SPOKEN_MAX = 16 };

/* What the back has been doing, from the live views (body.c). */
struct body {
    struct posture_view view; /* the newest */
    int64_t seen_ns;          /* the newest sample; UNKNOWN_NS before the first */
    bool worn;                /* as of that sample */
    int64_t missing_ns;       /* since when there are no samples; UNKNOWN_NS while there are */
    int64_t up_ns;            /* newest moment known to be neither lying nor away; UNKNOWN_NS */
    int64_t sat_since_ns;     /* sitting since, stands shorter than a break not counted; UNKNOWN_NS */
    int64_t rose_ns;          /* start of the newest break; UNKNOWN_NS */
    int64_t break_ns;         /* its end so far; UNKNOWN_NS */
    int64_t zone_out_ns;      /* out of the slouch zone since; UNKNOWN_NS inside it or while not known */
    int64_t lean_since_ns;    /* in the lean zone since; UNKNOWN_NS outside */
    int64_t lean_out_ns;      /* out of it since; UNKNOWN_NS inside it or while not known */
    int64_t off_ns;            /* the reference stale or doubtful while worn, since; UNKNOWN_NS while it holds */
};

/* One topic: its live notification and what must be remembered of earlier ones. A spell is what the topic is about:
 * a run in the slouch or lean zone, a sitting bout, a workout. */
struct topic_state {
    uint32_t id; /* of the live notification; 0: none */
    int64_t shown_ns, expires_ns;
    int64_t not_before_ns; /* said, snoozed or answered: not again sooner */
    int64_t snoozed_ns;    /* for how long this spell's prompts were put off */
    int64_t about_wall_s;  /* start of the workout that the newest notification is about */
    uint8_t rung;          /* prompts in this spell so far; the first is a quiet one */
    bool excused;          /* letting it lie is not ignoring it: details were asked for, or the machine slept */
    bool skipped;          /* not again in this spell */
    bool held;             /* this spell's prompt was held back */
    bool today;            /* shown today (the daily notices) */
    bool neutral;          /* as it stands on the screen */
    unsigned n_held;       /* spells held back and not yet summed up */
};

/* Prompts of the last hour and of the day (budget.c). */
struct budget {
    int64_t spoken_ns[SPOKEN_MAX]; /* a ring */
    unsigned next, n;
    unsigned today;
};

/* The buzz of a training window (cue.c). */
struct cue {
    int64_t since_ns; /* of the one whose effect is awaited; UNKNOWN_NS: none */
    int64_t last_ns;  /* the newest; UNKNOWN_NS: none yet */
    uint8_t in_spell; /* how many the running spell has had */
};

/* The day's load until the last settled minute (load.c). SINCE: the local day's first minute of it, −1 none; SLOT: five
 * minutes each of the last two hours, a ring. */
enum { LOAD_SLOTS = 24 };
struct day_sums {
    int16_t slouch_since_min, flexed_since_min, sitting_since_min;
    struct {
        int64_t number; /* five minutes since 1970 */
        double slouch_s, lean_s; /* lean: left minus right */
    } slot[LOAD_SLOTS];
    double slouch_s, flexed_s, sitting_s, worn_s, lean_left_s, lean_right_s;
    unsigned bouts_30, bouts_60;
    int64_t bout_start_ns, bout_ns; /* run time of the last bout counted, and its length; 0 long: none */
    float creep;
};

/* How slouch prompts were met this week, and what came of it (fade.c). */
struct fade {
    int64_t week;             /* local weeks since 1970 */
    unsigned sent, corrected; /* this week; corrected: within 60 s */
    unsigned steps;           /* weeks after which the delay grew */
    unsigned trained;         /* weeks with training windows */
};

struct coach {
    struct coach_config config;
    struct now now;                         /* of the newest call */
    bool started;                           /* whether there was one */
    int64_t due_ns;                         /* coach_due_ns(): asked before every sample, so it is kept */
    int64_t awake_ns;                       /* start, or the end of the last sleep */
    int64_t day;                            /* local days since 1970 */
    int64_t paused_until_ns, rest_until_ns; /* 0: not */
    unsigned ignored_in_a_row;
    bool other_kind;   /* the slouch prompt's second wording, after three ignored */
    bool in_hours;     /* at the newest call */
    bool report_ready; /* the working hours have ended */
    bool asked_reference;
    int battery_percent; /* −1 unknown */
    uint32_t last_id;
    struct presence presence;
    struct body body;
    struct budget budget;
    struct day_sums sums;
    struct fade fade;
    bool motor; /* the sensor can buzz */
    struct cue cue;
    struct topic_state topic[TOPIC_COUNT];
    struct wearer wearer;
    unsigned n_busy;
    struct busy busy[BUSY_MAX];
    unsigned n_workouts;
    struct workout workout[WORKOUTS_MAX]; /* by start */
    int64_t held_wall_s;   /* start of the workout whose prompt is held back */
    int64_t passed_wall_s; /* workouts whose last moment for a prompt lies before this are done with */
    bool break_alone;      /* the newest break prompt had no item: it was shown with a red flag */
    bool before_clinician; /* the newest prompt before a workout spoke of a clinician only */
    int64_t sore_wall_s;   /* soreness that was asked about last, and how often */
    unsigned sore_told;
    unsigned n_before, n_after;           /* rings: starts of workouts spoken of */
    int64_t said_before_wall_s[SAID_MAX], said_after_wall_s[SAID_MAX];
};

/* Topics that offer exercise or a session: none with a red flag, but a workout's own prompt, which says why. */
static inline bool topic_is_exercise(enum topic t)
{
    return t == TOPIC_AFTER || t == TOPIC_SORE || t == TOPIC_SESSION || t == TOPIC_RANGE;
}

/* Topics about what the back does now: bound to working hours, told by the ladder, ignored or heeded. */
static inline bool topic_is_body(enum topic t) { return t == TOPIC_SLOUCH || t == TOPIC_BREAK || t == TOPIC_LEAN; }

static inline int64_t state_wall_s(const struct coach *c) { return c->now.wall_ns / NS_PER_S; }

/* Wall times between 1970 and 2200 fit run time; nothing else is reckoned with. */
static inline bool state_plausible(int64_t wall_s) { return wall_s > 0 && wall_s < 7258118400; }

/* Run time of wall time WALL_S. */
static inline int64_t state_run_of(const struct coach *c, int64_t wall_s)
{
    return c->now.t_ns + (SECONDS_NS(wall_s) - c->now.wall_ns);
}

#endif
