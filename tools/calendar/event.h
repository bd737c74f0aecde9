/* An event as its file has it (RFC 5545, VEVENT), read by libical; times not yet brought to UTC, as the zones a file
 * brings may stand behind its events. */
#ifndef CALENDAR_EVENT_H
#define CALENDAR_EVENT_H

#include "arena.h"
#include "rule.h"

struct when {
    int64_t local_s; /* civil.h; of a date its midnight */
    int name;        /* number of its zone's name in its file; EVENT_UTC, EVENT_FLOATING */
    bool date;
};

enum { EVENT_UTC, EVENT_FLOATING };

struct event_rule {
    struct rule rule;
    struct when until;
    bool has_until, excludes; /* excludes: EXRULE */
};

struct event_date {
    struct when at, end;    /* end: of a PERIOD */
    bool has_end, excludes; /* excludes: EXDATE */
};

struct event {
    const char *uid, *title, *file; /* uid "": none was given */
    int64_t sequence, stamp, id_utc_s;
    bool cancelled, free, has_id,
        future; /* has_id: stands for one occurrence, or with future for all from that one on */
    bool has_end, has_length, bad_rule;
    struct when start, end, id;
    int64_t length_days, length_s; /* days are a calendar's, seconds exact */
    unsigned rule_count, date_count;
    struct event_rule *rules;
    struct event_date *dates;
};

/* Number of a zone's name, which is the file's. */
typedef int event_name(void *arg, const char *tzid);

/* TEXT: a VEVENT component with RULES lines RRULE and EXRULE. What E points at lies in the arena. 0; -EBADMSG: it
 * has no start, or stands for one, that can be read; -ENOMEM. */
int event_read(struct event *e, const char *text, unsigned rules, struct arena *a, event_name *name, void *arg);

#endif
