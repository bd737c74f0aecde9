/* routine — what to do, and why: the catalogue of exercises, the day's load, and the routine that is chosen by them.
 *
 * Pure; all storage is the caller's. A routine points into the catalogue that it was chosen from. Rules and their
 * sources: routine.c, need.h and data/catalogue.conf.
 */
#ifndef PLUMBLINE_ROUTINE_H
#define PLUMBLINE_ROUTINE_H

#include "plumbline/coach.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the catalogue ----------------------------------------------------------------------------------------------- */

enum item_kind {
    ITEM_MOBILITY,
    ITEM_STRETCH,
    ITEM_FOAM_ROLL,
    ITEM_BALL_RELEASE,
    ITEM_BREATHING,
    ITEM_STRENGTHEN,
    ITEM_PROFESSIONAL,
    ITEM_KIND_COUNT
};
enum moment { MOMENT_PRE, MOMENT_POST, MOMENT_MICRO, MOMENT_EVENING, MOMENT_COUNT };
const char *item_kind_name(enum item_kind k);
const char *moment_name(enum moment m);
enum moment moment_find(const char *name); /* MOMENT_COUNT when none */

enum { ITEM_STEPS = 3, CATALOGUE_MAX = 64, ITEM_NAME_CHARACTERS = 40 };
struct item {
    char id[ITEM_ID_MAX], name[56], area[24];
    enum item_kind kind;
    uint8_t when;                   /* bits 1 << MOMENT_… */
    bool own;                       /* from the wearer's own file */
    uint16_t seconds[MOMENT_COUNT]; /* whole dose, seconds; 0 where not offered */
    char dose[MOMENT_COUNT][40];    /* in words: "2 × 30 s a side" */
    uint32_t contra;                /* HEALTH_BIT(letter), health.h */
    uint32_t workouts;              /* bits 1 << WORKOUT_…: chosen for these; 0 = any */
    char need[96];                  /* need rule, see catalogue.conf */
    char step[ITEM_STEPS][120];
    char stop[80], source[96], evidence[12]; /* evidence: good, some, custom, unverified */
};
struct catalogue {
    unsigned n;
    bool own; /* what is added next is the wearer's own */
    struct item item[CATALOGUE_MAX];
};
/* Adds the stanzas of TEXT (an INI file, NUL-terminated) to C; an id that exists is replaced, or taken away by
 * "off = yes". Returns the number of faults, at most one a line; TELL is called for each, with what was found and
 * expected. Faulty stanzas are left out, the others are kept. */
int catalogue_check(struct catalogue *c, const char *text, void (*tell)(void *arg, int line, const char *what),
                    void *arg);
/* The same; the first fault is described in WHY ("line 12: …"). */
int catalogue_parse(struct catalogue *c, const char *text, char why[160]);
const struct item *catalogue_find(const struct catalogue *c, const char *id);

/* ---- the load ---------------------------------------------------------------------------------------------------- */

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
    double open_bout_min; /* the running sitting bout, 0 when none */
    double creep;
    int stress, pain; /* 0…10, −1 unknown */
    char pain_area[24];
    unsigned hurt; /* regions (region.h) with much pain, of today or the day before; all for no known one */
    int soreness; /* 1…10, the newest note of today and the two days before; 0 none */
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
    bool hard_soon;              /* one that loads the spine, or a race, within 48 h */
    bool massage_rests;          /* a massage was had, or offered on another day, within 7 days */
    enum moment fits;            /* what a routine now would be: see coach_load() */
    char recent[8][ITEM_ID_MAX]; /* ids done lately, newest first */
    char micro[4][ITEM_ID_MAX];  /* of items for the desk, done or offered, newest first */
};

/* What the wearer notes, day by day, as far as routines ask for it. DAY: local days since 1970; what lies HISTORY_DAYS
 * and more before the newest is passed over. */
enum { HISTORY_DAYS = 64, HISTORY_HURTS = 16 };
struct history {
    int64_t day; /* the newest; 0: none yet */
    struct {
        uint16_t stress_sum, stress_n;
        bool pain_noted;
        int8_t pain_low, pain_high;
        uint16_t pain_regions, ball_regions;
    } of[HISTORY_DAYS]; /* a ring, by day */
    int64_t sore_day;   /* of the newest note of soreness, 0: never */
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

/* ---- the routine ------------------------------------------------------------------------------------------------- */

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
    bool in_workout;          /* one is going on: nothing is offered */
    const struct item *offer; /* a professional session that could be thought of, in the evening; or NULL */
    char offer_reason[REASON_MAX];
    unsigned n_left;
    struct left_out left[CATALOGUE_MAX]; /* by need, the greatest first */
};
/* Chooses at most BUDGET_S seconds of items for MOMENT. Deterministic in its arguments. */
void routine_choose(const struct catalogue *c, const struct load *load, enum moment moment, unsigned budget_s,
                    struct routine *out);
/* What the wearer's health has against ITEM; LEFT_WHY_COUNT when nothing stands in its way. */
enum left_why routine_barred(const struct load *load, const struct item *item);
/* Why it was left out, in words: "your answers on health: knee trouble", "no time left". */
void routine_left_words(const struct left_out *left, const struct load *load, char out[REASON_MAX]);

/* Adds R to an advice before or after a workout, or of soreness: "… 8 min: Stand and walk, Roll …"; with nothing but a
 * clinician in it, it replaces the body. Nothing is added to a neutral one. */
void advice_add_routine(struct advice *a, const struct routine *r);

/* Adds the one item of R, a micro break, to a TOPIC_BREAK advice; nothing when it has none, or to a neutral advice. */
void advice_add_micro(struct advice *a, const struct routine *r);

#endif
