/* What of calendar files falls into a window of time. Files are pushed in as bytes, one after the other; then all
 * events are worked out together, as one event may be spread over several files. Whatever the bytes: memory and
 * steps are bounded, and what could not be read is noted.
 * What is tentative counts as busy, and so does an invitation that the wearer has declined: nobody says here whose
 * calendar it is. */
#ifndef CALENDAR_CALENDAR_H
#define CALENDAR_CALENDAR_H

#include "arena.h"
#include "event.h"
#include "gather.h"
#include "lines.h"
#include "notes.h"
#include "zones.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CALENDAR_EVENTS = 30000, /* in all files */
    CALENDAR_NAMES = 60000,  /* of zones, in all files */
    CALENDAR_LINES = 512,    /* that are printed */
    CALENDAR_REPEATS = 400,  /* of one event, within the window: more than hourly for a fortnight is no appointment */
    CALENDAR_WINDOW_S = 400 * 86400,
    CALENDAR_STEPS = 12000000,      /* for all events; about a third of a second */
    CALENDAR_EVENT_STEPS = 1500000, /* for one */
    CALENDAR_ZONE_YEARS = 30000     /* a zone of Outlook goes through a thousand */
};

struct occurrence {
    int64_t start_s, end_s; /* UTC */
    const struct event *event;
};

struct zone_name {
    const char *tzid;
    int zone;
};

struct calendar {
    int64_t from_s, to_s;
    struct zones *zones;
    struct arena arena;
    struct notes notes;
    uint64_t steps;      /* left */
    unsigned zone_years; /* left, of rules in zones that files bring */
    struct lines lines;
    struct gather gather;
    const char *file;
    struct event *events;
    unsigned event_count;
    struct zone_name *names;         /* [EVENT_UTC], [EVENT_FLOATING], then each file's */
    unsigned name_count, file_names; /* file_names: where the present file's begin */
    struct occurrence out[8 * CALENDAR_LINES];
    unsigned out_count;
    bool more; /* than are in out */
};

/* [FROM_S, TO_S) in UTC. Floating times and dates are of ZONE. NULL: no memory; *ZONE_KNOWN tells of the zone. */
struct calendar *calendar_open(int64_t from_s, int64_t to_s, const char *zone, bool *zone_known);
void calendar_close(struct calendar *c);

void calendar_file_begin(struct calendar *c, const char *file);
void calendar_push(struct calendar *c, const char *bytes, size_t n);
void calendar_file_end(struct calendar *c);

/* Works out all events that were read: fills OUT. Once, after the last file. */
void calendar_expand(struct calendar *c);

/* The lines of the protocol: events by start, notes, "end". */
void calendar_print(struct calendar *c, FILE *out);

/* An instant of UTC. */
int64_t calendar_utc(struct calendar *c, const struct when *w);

#endif
