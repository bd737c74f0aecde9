/* Invariants:
 *   text[0 .. length) are whole lines, each with its end, of the event or zone that is open; in_event and
 *   in_zone are never both true.
 *   libical sees of a zone only offsets, dates and yearly rules, of an event no component inside it.
 */
#include "gather.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ZONE_LINES = 600, ZONE_YEARS = 20000, LAST_YEAR = 2100 }; /* the largest real ones have half of that */

static const char *const event_lines[] = {"UID",      "DTSTART", "DTEND",         "DURATION", "RRULE",  "EXRULE",
                                          "RDATE",    "EXDATE",  "RECURRENCE-ID", "STATUS",   "TRANSP", "SUMMARY",
                                          "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", NULL};
static const char *const zone_lines[] = {"TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", NULL};

void gather_init(struct gather *g)
{
    g->calendar = g->in_event = g->in_zone = false;
    g->length = 0;
}

static size_t name_length(const char *line) { return strcspn(line, ":;"); }

static bool is(const char *line, size_t n, const char *name)
{
    return strlen(name) == n && !strncasecmp(line, name, n);
}

static const char *listed(const char *const *names, const char *line)
{
    size_t n = name_length(line);
    for (; *names; names++)
        if (is(line, n, *names)) return *names;
    return NULL;
}

static void add(struct gather *g, const char *line, size_t n)
{
    if (g->length + n + 3 > GATHER_ROOM || g->lines++ == GATHER_LINES) {
        g->bad = true;
        return;
    }
    memcpy(g->text + g->length, line, n);
    memcpy(g->text + g->length + n, "\r\n", 3);
    g->length += n + 2;
}

static void open_part(struct gather *g, bool event)
{
    g->in_event = event;
    g->in_zone = !event;
    g->bad = g->in_part = false;
    g->depth = 0;
    g->lines = g->rules = g->years = 0;
    g->length = 0;
    g->tzid[0] = 0;
    add(g, event ? "BEGIN:VEVENT" : "BEGIN:VTIMEZONE", event ? 12 : 15);
}

static void close_part(struct gather *g, gather_take *take, void *arg)
{
    struct gathered part = {g->in_event ? GATHERED_EVENT : GATHERED_ZONE, g->text, g->tzid, g->rules, g->years};
    add(g, g->in_event ? "END:VEVENT" : "END:VTIMEZONE", g->in_event ? 10 : 13);
    if (g->in_part) g->bad = true;
    if (g->bad && g->in_event) part.kind = GATHERED_LARGE;
    if (!g->bad || g->in_event) take(arg, &part);
    g->in_event = g->in_zone = false;
}

/* How many values the rule in LINE has for PART. */
static int values(const char *line, const char *part)
{
    const char *at = strcasestr(line, part);
    int n = at != NULL;
    for (; at && *at && *at != ';'; at++) n += *at == ',';
    return n;
}

/* A zone changes its clock on one day of one month, or on a weekday within seven days of it; libical goes through all
 * years of a rule, and any other would only cost time. */
static bool zone_rule_fits(const char *line)
{
    static const char *const others[] = {"BYSETPOS", "RSCALE",   "BYHOUR",   "BYMINUTE",
                                         "BYSECOND", "BYWEEKNO", "BYYEARDAY"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcasestr(line, others[i])) return false;
    int months = values(line, "BYMONTH="), weekdays = values(line, "BYDAY="), days = values(line, "BYMONTHDAY=");
    if (!strcasestr(line, "FREQ=YEARLY") || months > 1 || weekdays > 1 || days > 7) return false;
    if (!weekdays) return days <= 1;
    const char *weekday = strcasestr(line, "BYDAY=") + 6;
    return months == 1 && (days || !isalpha((unsigned char)*weekday));
}

static void zone_part(struct gather *g, bool begins)
{
    if (begins == g->in_part) g->bad = true;
    g->in_part = begins;
    if (begins) g->part_rules = 0, g->part_year = LAST_YEAR;
    else if (g->part_year < LAST_YEAR) g->years += g->part_rules * (LAST_YEAR - g->part_year);
}

static void zone_begin(struct gather *g, const char *time)
{
    unsigned year = 0;
    for (int i = 0; i < 4 && isdigit((unsigned char)time[i]); i++) year = year * 10 + (unsigned)(time[i] - '0');
    if (year < g->part_year) g->part_year = year;
}

static void zone_line(struct gather *g, const char *line, size_t n, bool cut)
{
    const char *name = listed(zone_lines, line), *value = strchr(line, ':');
    bool begins = !strcasecmp(line, "BEGIN:STANDARD") || !strcasecmp(line, "BEGIN:DAYLIGHT");
    bool ends = !strcasecmp(line, "END:STANDARD") || !strcasecmp(line, "END:DAYLIGHT");
    if (begins || ends) zone_part(g, begins);
    else if (!name || !value) return;
    else if (!strcmp(name, "TZID")) snprintf(g->tzid, sizeof g->tzid, "%s", value + 1);
    else if (!strcmp(name, "DTSTART")) zone_begin(g, value + 1);
    else if (!strcmp(name, "RRULE") && !zone_rule_fits(line)) g->bad = true;
    else if (!strcmp(name, "RRULE")) g->part_rules++;
    if (cut || g->lines > ZONE_LINES || g->years > ZONE_YEARS) g->bad = true;
    add(g, line, n);
}

static void event_line(struct gather *g, const char *line, size_t n, bool cut)
{
    const char *name = g->depth ? NULL : listed(event_lines, line);
    if (!name) return;
    if (cut && strcmp(name, "SUMMARY") != 0) g->bad = true;
    if (cut && !strcmp(name, "SUMMARY")) n = 512;
    g->rules += !strcmp(name, "RRULE") || !strcmp(name, "EXRULE");
    if (g->rules > GATHER_RULES) g->bad = true;
    add(g, line, n);
}

void gather_line(struct gather *g, const char *line, size_t n, bool cut, gather_take *take, void *arg)
{
    bool begins = !strncasecmp(line, "BEGIN:", 6), ends = !strncasecmp(line, "END:", 4);
    const char *of = begins ? line + 6 : ends ? line + 4 : "";
    if (begins && !strcasecmp(of, "VCALENDAR")) {
        gather_init(g);
        g->calendar = true;
    } else if (begins && !strcasecmp(of, "VEVENT")) {
        if (g->in_event) close_part(g, take, arg); /* its own end, or that of an alarm in it, was forgotten */
        open_part(g, true);
    } else if (begins && !strcasecmp(of, "VTIMEZONE")) {
        open_part(g, false);
    } else if (g->in_event && ends && g->depth == 0) {
        close_part(g, take, arg);
    } else if (g->in_event && (begins || ends)) {
        g->depth += begins ? 1 : -1;
    } else if (g->in_zone && ends && !strcasecmp(of, "VTIMEZONE")) {
        close_part(g, take, arg);
    } else if (g->in_zone) {
        zone_line(g, line, n, cut);
    } else if (g->in_event) {
        event_line(g, line, n, cut);
    } else if (ends && !strcasecmp(of, "VCALENDAR")) {
        g->calendar = true;
    }
}
