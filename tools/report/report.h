/* report — a day, or several days, as a wearer would want to read them: one model from the diary, said three ways.
 *
 *   diary ──report_read()──▶ struct report_source ──report_make()──▶ struct report ──▶ text, JSON, HTML
 *
 * The three printers only spell what is in struct report, so they say the same numbers. A day runs from local midnight
 * to local midnight as each minute's own UTC offset has it: nights of a clock change give days of 23 and 25 hours.
 * Bouts, outcomes and their sources: plumbline/outcome.h. "Usual" is the mean of the days with enough wear among the
 * seven before the report; with fewer than three of them nothing is compared.
 *
 *   struct report r;
 *   int error = report_read(diary, &request, &r);
 *   if (error == 0) error = report_html(&r, stdout);
 *   report_free(&r);
 *
 * Errors: 0 or a negative errno (−ENOMEM, what the diary returned, −EIO from a stream that could not be written).
 */
#ifndef PLUMBLINE_REPORT_H
#define PLUMBLINE_REPORT_H

#include "plumbline/outcome.h"
#include "plumbline/diary.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct report_date {
    int year, month, day; /* as on a calendar: 2026, 10, 14 */
};

enum { REPORT_DAYS_MAX = 31, REPORT_HISTORY = 7, REPORT_HOURS = 24, REPORT_ITEMS = 8 };

struct report_request {
    struct report_date first;
    unsigned n_days;             /* 1 a day's report, 2…REPORT_DAYS_MAX the report of several days */
    bool no_exercise;            /* a sign for a clinician stands: the page shows no item for tomorrow */
    float slouch_threshold_deg;  /* the wearer's own line in the histogram (posture_view); NAN unknown */
    unsigned alerts_max_per_day; /* the budget (coach_config); 0 unknown */
};

/* ---- what was read ---------------------------------------------------------------------------------------------- */

/* Rows of the diary, each kind in time order. Owned arrays (malloc), or the caller's when he fills it himself. */
struct report_source {
    struct minute *minute;
    struct diary_event *event;
    struct entry *entry;
    struct workout *workout;
    struct day_total *total; /* of days before totals_until, which need no minutes; 0: none, all from minutes */
    size_t n_minutes, n_events, n_entries, n_workouts, n_totals;
    int64_t totals_until;
    size_t damaged;  /* rows left out because they cannot be true */
    bool calibrated; /* the diary holds a calibration */
};

/* ---- the model -------------------------------------------------------------------------------------------------- */

/* Times within a day are minutes since its local midnight, elapsed: on a 25-hour day they go to 1500. */

struct report_hour { /* by the wall clock: on a 25-hour day one of them holds 120 minutes */
    double posture_min[POSTURE_COUNT];
    double slouch_min, seated_min;
    double flexion_deg; /* mean; NAN unknown */
};

struct report_bout { /* clipped to the day */
    double at_min, length_min;
    int from_local_min, to_local_min; /* what a wall clock showed, minutes after midnight */
    bool open;                        /* counted to the last minute seen */
};

struct report_run { /* minutes with the same prevailing posture */
    int at_min, length_min;
    enum posture posture;
};

enum report_mark_kind {                 /* an alert by what became of it, then the rest */
                        MARK_CORRECTED, /* the body answered, or "done" */
                        MARK_SNOOZED,
                        MARK_SKIPPED,
                        MARK_IGNORED,
                        MARK_WRONG,
                        MARK_WITHDRAWN, /* open when the report was made, or taken back because it no longer applied */
                        MARK_ROUTINE,
                        MARK_WORKOUT,
                        MARK_CALIBRATION,
                        MARK_KIND_COUNT
};
const char *report_mark_name(enum report_mark_kind kind);

struct report_mark {
    double at_min;
    int local_min;
    enum report_mark_kind kind;
    enum topic topic; /* of an alert; TOPIC_COUNT else */
};

struct report_tick { /* where the ribbon writes the hour */
    int at_min;
    int local_min; /* what a wall clock showed then, minutes after midnight */
};

struct report_workout {
    double at_min, length_min;
    int local_min;
    enum workout_type type;
    char title[WORKOUT_TITLE_MAX]; /* valid UTF-8 without control characters */
    double sitting_before_min, slouch_before_min;
    double creep;                   /* at its start, 0…1; NAN unknown */
    bool offered;                   /* a routine was offered in the four hours before */
    unsigned items_done;            /* entries of a routine in these hours */
    char item[REPORT_ITEMS][ITEM_ID_MAX]; /* the first of these items, each once; empty behind the last */
    bool routine_done;              /* answered with "done", or any item entered */
    int feel;                       /* 0…10, −1 not said */
    int soreness_24h, soreness_48h; /* 0…10 worst of 12–36 h and 36–60 h after, −1 not said */
};

struct report_noted { /* pain, stress, soreness, a session, a self-test: what the wearer entered */
    double at_min;
    int local_min;
    enum entry_kind kind;
    int value; /* as in struct entry */
    char what[64]; /* valid UTF-8 without control characters */
};

struct report_day {
    struct report_date date;
    int64_t start_wall_s; /* local midnight, UTC seconds */
    int length_min;       /* 1440; 1380 or 1500 on a clock change; other lengths while travelling */
    int32_t utc_offset_s; /* at the first minute seen */
    struct day_outcome figures;
    struct bout_outcome bouts;
    struct response_outcome responses; /* to prompts about posture and breaks */
    unsigned acted_on;                 /* of responses.sent: the body answered, or "done" */
    struct report_hour hour[REPORT_HOURS];
    const struct report_bout *longest; /* into bout; NULL without any */
    unsigned breaks;                   /* bouts ended by standing or walking for 60 s and more */
    unsigned rises;                    /* sit-to-stand transitions */
    unsigned gaps, rezeros;
    double gap_min;
    double calibration_age_days; /* at the day's end; NAN never, or before all that was read */
    struct report_bout *bout;
    struct report_workout *workout;
    struct report_run *run; /* runs, marks, ticks, notes and angles: only in the report of one day */
    struct report_mark *mark;
    struct report_tick *tick;
    struct report_noted *noted;
    float *angle_deg; /* one a minute, length_min of them; NAN unknown */
    size_t n_bouts, n_workouts, n_runs, n_marks, n_ticks, n_noted;
};

struct report_usual {
    unsigned days; /* days with enough wear; fewer than 3: compare nothing */
    double sitting_min, longest_min, slouch_min, slouch_share;
};

enum report_tip { TIP_WEAR_LONGER, TIP_NOTHING, TIP_SLOUCH_HOUR, TIP_LONG_BOUT, TIP_LEAN };
struct report_tomorrow {
    enum report_tip tip;
    int local_min;     /* wall-clock time it is about, −1 none */
    double amount_min; /* slouched, sat without a break, or leaned */
    double of_min;     /* seated minutes of that hour; 0 else */
    bool left;         /* side leaned to */
};

struct report {
    struct report_request request;
    struct report_day *day;     /* request.n_days of them, oldest first */
    struct report_day *history; /* the REPORT_HISTORY days before; no lists but, alone in bout, the longest bout */
    struct report_usual usual;
    struct report_tomorrow tomorrow;
    size_t damaged;
    bool calibrated;
};

/* Reads the diary and makes the model. On an error *R is empty; report_free() is always allowed after. −EINVAL when the
 * request names no date or a count of days out of range. */
int report_read(struct diary *d, const struct report_request *q, struct report *r);
/* The one function that makes all figures. SOURCE may hold more than the days asked for. */
int report_make(const struct report_source *source, const struct report_request *q, struct report *r);
void report_free(struct report *r);

/* The local date of a moment, and the date N days later (or earlier). */
struct report_date report_date_of(int64_t wall_s, int32_t utc_offset_s);
struct report_date report_date_add(struct report_date date, int days);

/* ---- the printers ----------------------------------------------------------------------------------------------- */

struct report_style {
    bool ascii;  /* no character beyond ASCII */
    bool colour; /* ANSI colours */
};
/* At most 80 columns. */
int report_text(const struct report *r, const struct report_style *style, FILE *out);
/* One object, schema "plumbline-report-1" (docs/report-json.md), and a newline. */
int report_json(const struct report *r, FILE *out);
/* A whole page that loads nothing: style, data and script inside, tables with every figure for who has no script. */
int report_html(const struct report *r, FILE *out);

#endif
