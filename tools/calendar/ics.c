/* Invariants:
 *   names[file_names .. name_count) are the present file's; each gets its zone when the file has ended, as a
 *   VTIMEZONE may stand behind the events that name it.
 *   events[0 .. event_count) point into the arena only.
 */
#include "ics.h"

#include "civil.h"
#include "title.h"

#include <errno.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

struct ics *ics_open(int64_t from_s, int64_t to_s, const char *zone, bool *zone_known)
{
    struct ics *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    icalerror_set_errors_are_fatal(false);
    *c = (struct ics){
        .from_s = from_s, .to_s = to_s, .steps = ICS_STEPS, .zone_years = ICS_ZONE_YEARS, .name_count = 2};
    c->zones = zones_open();
    c->events = malloc(ICS_EVENTS * sizeof *c->events);
    c->names = malloc(ICS_NAMES * sizeof *c->names);
    if (!c->zones || !c->events || !c->names) {
        ics_close(c);
        return NULL;
    }
    c->names[EVENT_UTC] = (struct zone_name){"UTC", ZONE_UTC};
    c->names[EVENT_FLOATING] = (struct zone_name){"", ZONE_FLOATING};
    *zone_known = zones_set_floating(c->zones, zone);
    return c;
}

void ics_close(struct ics *c)
{
    if (!c) return;
    if (c->zones) zones_close(c->zones);
    arena_free(&c->arena);
    free(c->events);
    free(c->names);
    free(c);
    icalmemory_free_ring();
}

/* ---- files --------------------------------------------------------------------------------------------------- */

static int add_name(void *arg, const char *tzid)
{
    struct ics *c = arg;
    for (unsigned i = c->file_names; i < c->name_count; i++)
        if (!strcmp(c->names[i].tzid, tzid)) return (int)i;
    char *kept = c->name_count < ICS_NAMES ? arena_text(&c->arena, tzid) : NULL;
    if (!kept) return EVENT_FLOATING;
    c->names[c->name_count] = (struct zone_name){kept, ZONE_UNKNOWN};
    return (int)c->name_count++;
}

static void take_event(struct ics *c, const struct gathered *g)
{
    struct event *e = &c->events[c->event_count];
    int failed = c->event_count < ICS_EVENTS ? event_read(e, g->text, g->rules, &c->arena, add_name, c) : -ENOMEM;
    if (failed) {
        notes_add(&c->notes, failed == -ENOMEM ? NOTE_MANY_EVENTS : NOTE_BAD_EVENT, c->file);
        return;
    }
    if (e->bad_rule) notes_add(&c->notes, NOTE_BAD_RULE, c->file);
    e->file = c->file;
    c->event_count++;
}

/* The system's zone of that name is the better one: it is kept up to date, and nobody sends it. */
static void take_zone(struct ics *c, const struct gathered *g)
{
    int name = add_name(c, g->tzid);
    if (name == EVENT_FLOATING || zones_named(c->zones, g->tzid) != ZONE_UNKNOWN) return;
    c->names[name].zone = zones_given(c->zones, g->text, &c->zone_years, g->years);
}

static void take(void *arg, const struct gathered *g)
{
    struct ics *c = arg;
    switch (g->kind) {
    case GATHERED_EVENT: take_event(c, g); break;
    case GATHERED_ZONE: take_zone(c, g); break;
    case GATHERED_LARGE: notes_add(&c->notes, NOTE_LARGE_EVENT, c->file); break;
    }
}

static void take_line(void *arg, char *line, size_t n, bool cut)
{
    struct ics *c = arg;
    gather_line(&c->gather, line, n, cut, take, c);
}

void ics_file_begin(struct ics *c, const char *file)
{
    lines_init(&c->lines);
    gather_init(&c->gather);
    c->file = arena_text(&c->arena, file);
    if (!c->file) c->file = "";
    c->file_names = c->name_count;
}

void ics_push(struct ics *c, const char *bytes, size_t n) { lines_push(&c->lines, bytes, n, take_line, c); }

void ics_file_end(struct ics *c)
{
    lines_finish(&c->lines, take_line, c);
    if (c->gather.in_event || c->gather.in_zone) notes_add(&c->notes, NOTE_TRUNCATED, c->file);
    else if (!c->gather.calendar) notes_add(&c->notes, NOTE_NO_CALENDAR, c->file);
    for (unsigned i = c->file_names; i < c->name_count; i++) {
        struct zone_name *name = &c->names[i];
        if (name->zone == ZONE_UNKNOWN) name->zone = zones_named(c->zones, name->tzid);
        if (name->zone != ZONE_UNKNOWN) continue;
        name->zone = ZONE_FLOATING;
        notes_add(&c->notes, NOTE_ZONE, c->file);
    }
    c->file_names = c->name_count;
}

int64_t ics_utc(struct ics *c, const struct when *w)
{
    return zones_utc(c->zones, c->names[w->name].zone, w->local_s);
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

void ics_print(struct ics *c, FILE *out)
{
    for (unsigned i = 0; i < c->out_count && i < ICS_LINES; i++) {
        const struct occurrence *o = &c->out[i];
        fprintf(out, "event %lld %lld %s %s %s\n", (long long)o->start_s, (long long)o->end_s,
                o->event->free ? "free" : "busy", o->event->start.date ? "allday" : "timed", o->event->title);
    }
    if (c->more || c->out_count > ICS_LINES) notes_add(&c->notes, NOTE_MANY_LINES, "calendar");
    notes_print(&c->notes, out);
    fputs("end\n", out);
}
