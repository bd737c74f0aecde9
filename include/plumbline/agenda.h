/* agenda — the workouts and the busy stretches ahead, and where each comes from: weekly lines of the configuration,
 * calendars, and what the wearer told (rows of the diary). Wall time; dates are local ones of the process's zone.
 *
 * Two workouts are the same one when they have start and title in common, or kind and, but for 15 minutes, start. What
 * the wearer told goes before what a calendar says, and that before a line of the configuration. Where there are more
 * than there is room for, the nearest in time win.
 */
#ifndef PLUMBLINE_AGENDA_H
#define PLUMBLINE_AGENDA_H

#include "plumbline/coach.h"
#include "plumbline/config.h"

#include <stdbool.h>
#include <stdint.h>

enum { AGENDA_DAYS = 14 };

enum agenda_source { AGENDA_CONFIG, AGENDA_CALENDAR, AGENDA_ADDED };
const char *agenda_source_name(enum agenda_source s); /* "config", "calendar", "added" */

/* What the calendars say, both by start; always replaced as a whole. */
struct agenda_calendar {
    unsigned n_workouts, n_busy;
    struct workout workout[WORKOUTS_MAX];
    struct busy busy[BUSY_MAX];
};
/* Whether bytes that were read from somewhere are one. */
bool agenda_calendar_sound(const struct agenda_calendar *c);

struct agenda {
    struct agenda_calendar calendar;
    unsigned n_told;
    struct workout told[WORKOUTS_MAX]; /* one of no length is called off, whatever the other sources say of it */
    /* what comes of them, by start; agenda_lay_out() */
    unsigned n, left_out; /* left_out: farther ones without room */
    struct workout workout[WORKOUTS_MAX];
    enum agenda_source source[WORKOUTS_MAX];
};

/* The wearer tells of W, or what became of one with its start and title. −ENOSPC: too many lie ahead, all nearer. */
int agenda_tell(struct agenda *a, const struct workout *w);
/* Adds what the diary in the folder DATA has from a day before NOW_S on, but for what A knows already. */
void agenda_load(struct agenda *a, const char *data, int64_t now_s);
/* The workouts from yesterday to 14 days ahead. */
void agenda_lay_out(struct agenda *a, const struct config *config, int64_t now_s);

/* Index in a->workout, −1 none: the one going on (the newest of several); the last that has begun; the one meant by
 * WHICH: "next", its start in seconds, its title or its kind, not over yet (−1: WHY says so). */
int agenda_running(const struct agenda *a, int64_t now_s);
int agenda_last(const struct agenda *a, int64_t now_s);
int agenda_find(const struct agenda *a, const char *which, int64_t now_s, char why[160]);
/* The first workout, other than W itself, that W overlaps; −1 none. */
int agenda_overlap(const struct agenda *a, const struct workout *w);
/* W's title, or its kind when it has none. */
const char *agenda_name(const struct workout *w);

/* "Mon 2026-03-02 18:00", local time. */
const char *agenda_when(int64_t start_s, char when[32]);
/* "60m", "1h", "1h30m" or plain minutes, at most a day; −1 when it is none. */
int agenda_minutes(const char *text);
/* "TYPE [TITLE] [LENGTH]": a workout that begins at NOW_S, 60 min when nothing is said. −EINVAL: WHY says what was
 * expected. */
int agenda_begin(struct workout *w, int argc, const char *const *argv, int64_t now_s, char why[160]);
/* The kind of workout WORD names, or "unknown" or "-" said on purpose. −EINVAL: WHY lists those there are. */
int agenda_type(const char *word, enum workout_type *type, char why[160]);

#endif
