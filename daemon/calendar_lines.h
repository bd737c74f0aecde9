/* calendar_lines — what `plumbline-calendar` answers, read line by line as it comes; nothing in it is believed:
 *
 *     event START END busy|free allday|timed TITLE
 *     note FILE: what was skipped and what to do
 *     end
 *
 * Times are UTC seconds; events come by start. Titles are looked at and forgotten, but for those of workouts. Pure.
 */
#ifndef PLUMBLINE_CALENDAR_LINES_H
#define PLUMBLINE_CALENDAR_LINES_H

#include "plumbline/agenda.h"

#include <stddef.h>

/* An answer that is as full as may be has 512 events, some 40 notes and its end: 100 KB. */
enum { CALENDAR_LINES_MAX = 600, CALENDAR_BYTES_MAX = 128 * 1024, CALENDAR_LINE_LEN = 1024, CALENDAR_NOTE_LEN = 256 };

struct calendar_lines {
    /* what was found; to be used only when calendar_lines_whole() */
    struct agenda_calendar calendar;
    unsigned n_notes, left_out;   /* left_out: workouts and busy stretches without room, the farthest */
    char note[CALENDAR_NOTE_LEN]; /* the first one */
    const char *fault;            /* NULL, or how the answer is not as agreed */
    unsigned n_lines;

    const struct config *config;
    int64_t from_s, to_s, last_start_s;
    bool ended;
    size_t n_bytes, n_line;
    char line[CALENDAR_LINE_LEN];
};

/* An answer about FROM_S to before TO_S is to come. CONFIG outlives it. */
void calendar_lines_begin(struct calendar_lines *l, const struct config *config, int64_t from_s, int64_t to_s);
/* Some of its bytes. False: no more of it is wanted (fault says why). */
bool calendar_lines_push(struct calendar_lines *l, const char *bytes, size_t n);
/* Whether all of it came, as agreed. */
bool calendar_lines_whole(const struct calendar_lines *l);

/* Whether a word of TITLE means a workout, *TYPE which. WORDS: config.calendar_words. */
bool calendar_lines_workout(const char *title, const char *words, enum workout_type *type);

#endif
