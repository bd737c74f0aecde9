/* From events to occurrences.
 * Invariants:
 *   Events of one UID stand together: the whole event first, then those that stand for one or for all later occurrences
 *   (RECURRENCE-ID), by the time they stand for. Of several for the same, the newest counts.
 *   starts[0 .. count) are the whole event's own times, before anything stands for them.
 */
#include "civil.h"
#include "ics.h"

#include <stdlib.h>
#include <string.h>

enum {
    STARTS = ICS_REPEATS + 1,
    EXCLUDED = 4 * ICS_REPEATS,
    SPARE_S = 2 * CIVIL_DAY_S,
    LENGTH_MAX_S = 3660 * CIVIL_DAY_S
};

struct start {
    int64_t utc_s, local_s, end_s; /* end_s: UTC, of a PERIOD, else INT64_MIN */
};

struct excluded {
    int64_t at; /* UTC, or the number of a day */
    bool day;
};

struct expansion {
    struct ics *c;
    const struct event *e;        /* the whole event */
    const struct event_rule *now; /* being expanded */
    struct event *const *others;  /* that stand for occurrences of it */
    unsigned other_count, count, excluded_count;
    bool often;      /* more starts than there is room for */
    int64_t reach_s; /* how long before the window an occurrence may begin that touches it */
    uint64_t steps;
    struct start *starts;
    struct excluded *excluded;
};

static void effort_spent(struct expansion *x)
{
    x->steps = 0;
    notes_add(&x->c->notes, NOTE_EFFORT, x->e->file);
}

static bool spend(struct expansion *x, uint64_t steps)
{
    if (x->steps < steps) effort_spent(x);
    else x->steps -= steps;
    return x->steps > 0;
}

/* ---- lengths ------------------------------------------------------------------------------------------------- */

/* A date's event without an end lasts its day, any other no time (RFC 5545, 3.6.1). An end is as far from each start in
 * seconds as from the first (3.8.5.3), a length's days are a calendar's (3.3.6). */
static int64_t end_of(struct ics *c, const struct event *e, int64_t local_s, int64_t utc_s)
{
    struct when end = e->start;
    int64_t length_s = 0;
    if (e->start.date) {
        int64_t days = e->has_end      ? (e->end.local_s - e->start.local_s) / CIVIL_DAY_S
                       : e->has_length ? e->length_days
                                       : 1;
        end.local_s = local_s + (days > 0 ? days : 1) * CIVIL_DAY_S;
        return ics_utc(c, &end);
    }
    if (e->has_end) {
        length_s = ics_utc(c, &e->end) - ics_utc(c, &e->start);
    } else if (e->length_days) {
        end.local_s = local_s + e->length_days * CIVIL_DAY_S;
        length_s = ics_utc(c, &end) - utc_s + e->length_s;
    } else {
        length_s = e->length_s;
    }
    return utc_s + (length_s < 0 ? 0 : length_s > LENGTH_MAX_S ? LENGTH_MAX_S : length_s);
}

/* ---- occurrences --------------------------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;
    if (x->start_s != y->start_s) return x->start_s < y->start_s ? -1 : 1;
    if (x->end_s != y->end_s) return x->end_s < y->end_s ? -1 : 1;
    return strcmp(x->event->title, y->event->title);
}

static void sort_out(struct ics *c)
{
    qsort(c->out, c->out_count, sizeof *c->out, by_start);
    if (c->out_count <= ICS_LINES) return;
    c->more = true;
    c->out_count = ICS_LINES;
}

static bool touches(const struct ics *c, int64_t start_s, int64_t end_s)
{
    return start_s < c->to_s && (end_s > c->from_s || (start_s == end_s && start_s >= c->from_s));
}

static void add_out(struct ics *c, const struct event *e, int64_t start_s, int64_t end_s)
{
    if (e->cancelled || !touches(c, start_s, end_s)) return;
    if (c->out_count == sizeof c->out / sizeof c->out[0]) sort_out(c);
    c->out[c->out_count++] = (struct occurrence){start_s, end_s, e};
}

/* As E says, beginning at LOCAL_S of its own zone. */
static void add_at(struct ics *c, const struct event *e, int64_t local_s)
{
    struct when at = e->start;
    at.local_s = local_s;
    int64_t utc_s = ics_utc(c, &at);
    add_out(c, e, utc_s, end_of(c, e, local_s, utc_s));
}

/* ---- an event's own times ------------------------------------------------------------------------------------ */

static int64_t local_in(struct ics *c, const struct when *as, int64_t utc_s)
{
    return zones_local(c->zones, c->names[as->name].zone, utc_s);
}

static bool until_passed(struct expansion *x, int64_t local_s, int64_t utc_s)
{
    const struct when *until = &x->now->until;
    if (!x->now->has_until) return false;
    if (until->date || x->e->start.date)
        return civil_floor(local_s, CIVIL_DAY_S) > civil_floor(until->local_s, CIVIL_DAY_S);
    return until->name == EVENT_UTC ? utc_s > until->local_s : local_s > until->local_s;
}

/* A time that a clock put forward skips is told as if it had not been (zones.h), as calendars show it; by the letter of
 * 3.3.10 it would be left out. */
static bool take_start(void *arg, int64_t local_s)
{
    struct expansion *x = arg;
    struct when at = x->e->start;
    at.local_s = local_s;
    int64_t utc_s = ics_utc(x->c, &at);
    if (until_passed(x, local_s, utc_s)) return false;
    if (utc_s >= x->c->to_s + x->reach_s || utc_s + x->reach_s < x->c->from_s) return true;
    if (x->count == STARTS) {
        x->often = true;
        return false;
    }
    x->starts[x->count++] = (struct start){utc_s, local_s, INT64_MIN};
    return true;
}

static bool take_excluded(void *arg, int64_t local_s)
{
    struct expansion *x = arg;
    struct when at = x->e->start;
    at.local_s = local_s;
    int64_t utc_s = ics_utc(x->c, &at);
    if (until_passed(x, local_s, utc_s)) return false;
    if (x->excluded_count == EXCLUDED) x->often = true;
    if (x->often) return false;
    x->excluded[x->excluded_count++] = (struct excluded){utc_s, false};
    return true;
}

static void expand_rules(struct expansion *x)
{
    const struct event *e = x->e;
    int64_t from = local_in(x->c, &e->start, x->c->from_s) - x->reach_s - SPARE_S;
    int64_t last = local_in(x->c, &e->start, x->c->to_s) + x->reach_s + SPARE_S;
    for (unsigned i = 0; i < e->rule_count; i++) {
        x->now = &e->rules[i];
        if (!rule_expand(&x->now->rule, e->start.local_s, from, last, &x->steps,
                         x->now->excludes ? take_excluded : take_start, x))
            effort_spent(x);
    }
}

static bool near(const struct expansion *x, const struct when *w)
{
    return w->local_s > x->c->from_s - x->reach_s - SPARE_S && w->local_s < x->c->to_s + x->reach_s + SPARE_S;
}

/* A date excludes what begins on it; a time excludes a whole day's event of its day. */
static struct excluded exclusion(struct expansion *x, const struct event_date *d, int64_t utc_s)
{
    if (d->at.date) return (struct excluded){d->at.local_s / CIVIL_DAY_S, true};
    if (x->e->start.date) return (struct excluded){local_in(x->c, &x->e->start, utc_s) / CIVIL_DAY_S, true};
    return (struct excluded){utc_s, false};
}

static void add_dates(struct expansion *x)
{
    struct ics *c = x->c;
    for (unsigned i = 0; i < x->e->date_count && spend(x, 1); i++) {
        const struct event_date *d = &x->e->dates[i];
        if (!near(x, &d->at)) continue;
        int64_t utc_s = ics_utc(c, &d->at);
        if (d->excludes ? x->excluded_count == EXCLUDED : x->count == STARTS) x->often = true;
        else if (d->excludes) x->excluded[x->excluded_count++] = exclusion(x, d, utc_s);
        else
            x->starts[x->count++] = (struct start){utc_s, local_in(c, &x->e->start, utc_s),
                                                   d->has_end ? ics_utc(c, &d->end) : INT64_MIN};
    }
}

static bool is_excluded(struct expansion *x, const struct start *s)
{
    if (!spend(x, 1 + x->excluded_count / 8)) return true;
    for (unsigned i = 0; i < x->excluded_count; i++) {
        const struct excluded *d = &x->excluded[i];
        if (d->day ? d->at == civil_floor(s->local_s, CIVIL_DAY_S) : d->at == s->utc_s) return true;
    }
    return false;
}

/* ---- what stands for them ------------------------------------------------------------------------------------ */

static bool stands_for(struct expansion *x, const struct event *o, const struct start *s)
{
    if (o->id.date || x->e->start.date)
        return civil_floor(o->id.date ? o->id.local_s : local_in(x->c, &x->e->start, o->id_utc_s), CIVIL_DAY_S) ==
               civil_floor(s->local_s, CIVIL_DAY_S);
    return o->id_utc_s == s->utc_s;
}

/* Moved as far as the first of those that O stands for was. */
static void add_moved(struct expansion *x, const struct event *o, const struct start *s)
{
    int64_t id_local_s = o->id.date ? o->id.local_s : local_in(x->c, &o->start, o->id_utc_s);
    int64_t local_s =
        o->start.date ? civil_floor(s->local_s, CIVIL_DAY_S) * CIVIL_DAY_S : local_in(x->c, &o->start, s->utc_s);
    add_at(x->c, o, local_s + o->start.local_s - id_local_s);
}

static void add_start(struct expansion *x, const struct start *s)
{
    const struct event *later = NULL;
    if (!spend(x, 1 + x->other_count / 8)) return;
    for (unsigned i = 0; i < x->other_count; i++) {
        const struct event *o = x->others[i];
        if (stands_for(x, o, s)) return; /* it gives its own time */
        if (o->future && o->id_utc_s <= s->utc_s) later = o;
    }
    if (later) add_moved(x, later, s);
    else
        add_out(x->c, x->e, s->utc_s, s->end_s == INT64_MIN ? end_of(x->c, x->e, s->local_s, s->utc_s) : s->end_s);
}

/* ---- an event ------------------------------------------------------------------------------------------------ */

static int64_t length_of(struct ics *c, const struct event *e)
{
    int64_t utc_s = ics_utc(c, &e->start);
    return end_of(c, e, e->start.local_s, utc_s) - utc_s;
}

static int64_t reach_of(struct expansion *x)
{
    int64_t reach_s = length_of(x->c, x->e);
    for (unsigned i = 0; i < x->other_count; i++) {
        const struct event *o = x->others[i];
        if (!o->future) continue;
        int64_t moved_s = ics_utc(x->c, &o->start) - o->id_utc_s, length_s = length_of(x->c, o);
        moved_s = (moved_s < 0 ? -moved_s : moved_s) + length_s + CIVIL_DAY_S;
        if (moved_s > reach_s) reach_s = moved_s < LENGTH_MAX_S ? moved_s : LENGTH_MAX_S;
    }
    return reach_s;
}

static int by_utc(const void *a, const void *b)
{
    const struct start *x = a, *y = b;
    if (x->utc_s != y->utc_s) return x->utc_s < y->utc_s ? -1 : 1;
    return (x->end_s < y->end_s) - (x->end_s > y->end_s); /* a PERIOD's own end counts */
}

static void expand_event(struct expansion *x)
{
    struct ics *c = x->c;
    x->steps = c->steps < ICS_EVENT_STEPS ? c->steps : ICS_EVENT_STEPS;
    uint64_t had = x->steps;
    x->count = x->excluded_count = 0;
    x->often = false;
    if (spend(x, 1 + x->other_count)) {
        x->reach_s = reach_of(x);
        x->starts[x->count++] = (struct start){ics_utc(c, &x->e->start), x->e->start.local_s, INT64_MIN};
        expand_rules(x);
        add_dates(x);
        qsort(x->starts, x->count, sizeof *x->starts, by_utc);
    }
    if (x->often) {
        notes_add(&c->notes, NOTE_OFTEN, x->e->file);
        x->count = 0;
    }
    for (unsigned i = 0; i < x->count; i++) {
        if (i > 0 && x->starts[i].utc_s == x->starts[i - 1].utc_s) continue;
        if (!is_excluded(x, &x->starts[i])) add_start(x, &x->starts[i]);
    }
    c->steps -= had - x->steps;
}

/* ---- all events ---------------------------------------------------------------------------------------------- */

static int by_age(const struct event *x, const struct event *y) /* the newer first */
{
    if (x->sequence != y->sequence) return x->sequence > y->sequence ? -1 : 1;
    if (x->stamp != y->stamp) return x->stamp > y->stamp ? -1 : 1;
    return 0;
}

static int by_identity(const void *a, const void *b)
{
    const struct event *x = *(struct event *const *)a, *y = *(struct event *const *)b;
    int order = strcmp(x->uid, y->uid);
    if (order) return order;
    if (x->has_id != y->has_id) return x->has_id ? 1 : -1;
    if (x->has_id && x->id_utc_s != y->id_utc_s) return x->id_utc_s < y->id_utc_s ? -1 : 1;
    order = by_age(x, y);
    return order ? order : (x > y) - (x < y);
}

static bool same_identity(const struct event *x, const struct event *y)
{
    return x->uid[0] && !strcmp(x->uid, y->uid) && x->has_id == y->has_id && (!x->has_id || x->id_utc_s == y->id_utc_s);
}

/* Keeps of each event the newest; N of them are left. */
static unsigned drop_older(struct event **all, unsigned n)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < n; i++)
        if (kept == 0 || !same_identity(all[kept - 1], all[i])) all[kept++] = all[i];
    return kept;
}

/* ALL[0 .. N) have one UID: maybe a whole event, then what stands for its occurrences. */
static void expand_one(struct expansion *x, struct event **all, unsigned n)
{
    bool whole = !all[0]->has_id;
    x->e = all[0];
    x->others = all + whole;
    x->other_count = n - whole;
    for (unsigned i = 0; i < x->other_count; i++) add_at(x->c, x->others[i], x->others[i]->start.local_s);
    if (whole && !all[0]->cancelled) expand_event(x);
}

void expand_events(struct ics *c)
{
    struct event **all = malloc((c->event_count + 1) * sizeof *all);
    struct expansion x = {
        .c = c, .starts = malloc(STARTS * sizeof *x.starts), .excluded = malloc(EXCLUDED * sizeof *x.excluded)};
    unsigned n = all && x.starts && x.excluded ? c->event_count : 0;
    if (n < c->event_count) notes_add(&c->notes, NOTE_MANY_EVENTS, "calendar");
    for (unsigned i = 0; i < n; i++) {
        all[i] = &c->events[i];
        if (all[i]->has_id) all[i]->id_utc_s = ics_utc(c, &all[i]->id);
    }
    qsort(all, n, sizeof *all, by_identity);
    n = drop_older(all, n);
    for (unsigned i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && all[i]->uid[0] && !strcmp(all[i]->uid, all[next]->uid);) next++;
        expand_one(&x, all + i, next - i);
    }
    sort_out(c);
    free(all);
    free(x.starts);
    free(x.excluded);
}
