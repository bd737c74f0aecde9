/* texts — every sentence the coach says, in one table. Titles have at most 40 characters. {0} and {1} are filled in. */
#ifndef PLUMBLINE_COACH_TEXTS_H
#define PLUMBLINE_COACH_TEXTS_H

#include "plumbline/coach.h"

#include <stddef.h>
#include <stdint.h>

enum text_id {
    /* prompts */
    TEXT_SLOUCH,
    TEXT_SLOUCH_AGAIN,
    TEXT_SLOUCH_OTHER,
    TEXT_BREAK,
    TEXT_BREAK_AGAIN,
    TEXT_LEAN,
    TEXT_WORKOUT,
    TEXT_WORKOUT_EARLY,
    TEXT_WORKOUT_CLINICIAN,
    TEXT_AFTER,
    TEXT_SUMMARY,
    TEXT_REFERENCE,
    TEXT_BATTERY,
    TEXT_SENSOR_LOST,
    TEXT_NOT_SEEN,
    TEXT_REPORT,
    TEXT_SORE,
    TEXT_SESSION,
    TEXT_SESSION_FIRST,
    TEXT_RANGE,
    TEXT_DEVICE,
    /* while the screen is shared: nothing that others should read */
    TEXT_NEUTRAL,
    TEXT_NEUTRAL_BREAK,
    TEXT_NEUTRAL_DEVICE,
    /* what "Details" shows in place of the body */
    TEXT_DETAILS,
    TEXT_DETAILS_WORKOUT,
    TEXT_DETAILS_AFTER,
    TEXT_DETAILS_REFERENCE,
    TEXT_DETAILS_REPORT,
    /* parts of bodies */
    TEXT_LOAD_BOTH,
    TEXT_LOAD_SITTING,
    TEXT_NO_LOAD,
    TEXT_HELD_SLOUCH,
    TEXT_HELD_LEAN,
    TEXT_HELD_BREAK,
    TEXT_HELD_WORKOUT,
    TEXT_ROUTINE,
    TEXT_MICRO,
    TEXT_CLINICIAN,
    TEXT_EMERGENCY,
    TEXT_BEFORE_WORKOUT,
    TEXT_AFTER_WORKOUT,
    /* workouts, as a sentence names them */
    TEXT_NAME_WORKOUT,
    TEXT_NAME_SQUAT,
    TEXT_NAME_DEADLIFT,
    TEXT_NAME_RUN,
    TEXT_NAME_SWIM,
    TEXT_NAME_UPPER,
    TEXT_NAME_CYCLE,
    TEXT_NAME_YOGA,
    TEXT_NAME_ROW,
    /* why an item was chosen */
    TEXT_WHY_SLOUCH,
    TEXT_WHY_SLOUCH_SINCE,
    TEXT_WHY_SLOUCH_2H,
    TEXT_WHY_FLEXED,
    TEXT_WHY_FLEXED_SINCE,
    TEXT_WHY_SITTING,
    TEXT_WHY_SITTING_SINCE,
    TEXT_WHY_BOUTS,
    TEXT_WHY_OPEN,
    TEXT_WHY_SIDE,
    TEXT_WHY_SIDE_1H,
    TEXT_WHY_CREEP,
    TEXT_WHY_STRESS,
    TEXT_WHY_STRESS_WEEK,
    TEXT_WHY_PAIN,
    TEXT_WHY_PAIN_WEEKS,
    TEXT_WHY_SORE,
    TEXT_WHY_BALL,
    TEXT_WHY_NEXT,
    TEXT_WHY_DONE,
    TEXT_WHY_ANY,
    TEXT_WHY_AT,
    TEXT_WHY_NOT_NOW,
    TEXT_WHY_LEFT_HEALTH,
    TEXT_WHY_LEFT_UNASKED,
    TEXT_WHY_LEFT_PAIN,
    TEXT_WHY_LEFT_LATELY,
    TEXT_WHY_LEFT_TIME,
    TEXT_WHY_LEFT_ORDER,
    /* why the coach holds its tongue (status) */
    TEXT_SILENT_PAUSED,
    TEXT_SILENT_QUIET,
    TEXT_SILENT_HOURS,
    TEXT_SILENT_WORKOUT,
    TEXT_SILENT_LOCKED,
    TEXT_SILENT_DND,
    TEXT_SILENT_FULL,
    TEXT_SILENT_BUSY,
    TEXT_SILENT_HOUR_BUDGET,
    TEXT_SILENT_DAY_BUDGET,
    TEXT_SILENT_SENSOR,
    TEXT_SILENT_REFERENCE,
    TEXT_COUNT
};

/* TITLE is NULL for what is only part of a body. */
struct text {
    const char *title, *body;
};
const struct text *texts_of(enum text_id id);
const char *texts_workout(enum workout_type type);

/* Writes PATTERN with {0} and {1} replaced; cut at a character's border when it does not fit. */
void texts_fill(char *out, size_t size, const char *pattern, const char *a, const char *b);
/* Appends TEXT to OUT, after SEPARATOR when OUT is not empty; nothing when it would not fit as a whole. */
void texts_append(char *out, size_t size, const char *separator, const char *text);

/* "10 s", "52 min", "4 h", "4 h 10 min". */
void texts_duration(char out[24], double minutes);
/* "18:00", of local minutes since any midnight. */
void texts_clock(char out[6], int64_t local_min);

#endif
