/* Finds the events and zones in a calendar file line by line, and of each only the lines that matter: descriptions,
 * alarms, guests and attachments go by, however many and large. */
#ifndef CALENDAR_GATHER_H
#define CALENDAR_GATHER_H

#include <stdbool.h>
#include <stddef.h>

enum { GATHER_ROOM = 256 << 10, GATHER_LINES = 4000, GATHER_RULES = 16 }; /* of one event or zone */

struct gather {
    bool calendar, in_event, in_zone, bad; /* bad: what is being gathered will not be handed over */
    bool in_part;                          /* of a zone: STANDARD or DAYLIGHT */
    int depth;                             /* of components within it */
    unsigned lines, rules;                 /* rules: lines RRULE and EXRULE of an event */
    unsigned part_rules, part_year, years; /* years: how many a zone's rules go through, all added up */
    size_t length;
    char tzid[128];
    char text[GATHER_ROOM];
};

struct gathered {
    enum { GATHERED_EVENT, GATHERED_ZONE, GATHERED_LARGE } kind;
    const char *text, *tzid;
    unsigned rules, years;
};

typedef void gather_take(void *arg, const struct gathered *g);

void gather_init(struct gather *g);

/* LINE: a logical line (lines.h). */
void gather_line(struct gather *g, const char *line, size_t n, bool cut, gather_take *take, void *arg);

#endif
