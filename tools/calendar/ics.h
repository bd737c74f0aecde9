/* What of calendar files falls into a window of time. Files are pushed in as bytes, one after the other; then all
 * events are worked out together, as one event may be spread over several files. Whatever the bytes: memory and
 * steps are bounded, and what could not be read is noted.
 * What is tentative counts as busy, and so does an invitation that the wearer has declined: nobody says here whose
 * calendar it is. */
#ifndef CALENDAR_ICS_H
#define CALENDAR_ICS_H

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
    ICS_EVENTS = 30000, /* in all files */
    ICS_NAMES = 60000,  /* of zones, in all files */
    ICS_LINES = 512,    /* that are printed */
    ICS_REPEATS = 400,  /* of one event, within the window: more than hourly for a fortnight is no appointment */
    ICS_WINDOW_S = 400 * 86400,
    ICS_STEPS = 12000000,      /* for all events; about a third of a second */
    ICS_EVENT_STEPS = 1500000, /* for one */
    ICS_ZONE_YEARS = 30000     /* a zone of Outlook goes through a thousand */
};

struct occurrence {
    int64_t start_s, end_s; /* UTC */
    const struct event *event;
};

struct zone_name {
    const char *tzid;
    int zone;
};

struct ics {
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
    struct occurrence out[8 * ICS_LINES];
    unsigned out_count;
    bool more; /* than are in out */
};

/* [FROM_S, TO_S) in UTC. Floating times and dates are of ZONE. NULL: no memory; *ZONE_KNOWN tells of the zone. */
struct ics *ics_open(int64_t from_s, int64_t to_s, const char *zone, bool *zone_known);
void ics_close(struct ics *c);

void ics_file_begin(struct ics *c, const char *file);
void ics_push(struct ics *c, const char *bytes, size_t n);
void ics_file_end(struct ics *c);

/* expand.c: works out all events that were read: fills OUT. Once, after the last file. */
void expand_events(struct ics *c);

/* The lines of the protocol: events by start, notes, "end". */
void ics_print(struct ics *c, FILE *out);

/* An instant of UTC. */
int64_t ics_utc(struct ics *c, const struct when *w);

#endif
