/* Invariants: a note counts in the week of its local date; of areas and of what was done at most as many are told apart
 * as there is room for, the rest is counted together. Whatever a wearer typed is cleaned here, once. */
#include "therapist_notes.h"

#include "date.h"
#include "words.h"

#include "plumbline/health.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool in_ten(int value) { return value >= 0 && value <= 10; }

static void add(struct therapist_notes *notes, int value)
{
    notes->n++;
    notes->sum += value;
}

/* "low-back" and "Low back" are one place. */
static void area_name(const struct entry *e, char name[THERAPIST_AREA_NAME])
{
    words_clean(e->what, sizeof e->what, name, THERAPIST_AREA_NAME);
    for (char *p = name; *p; p++) *p = *p == '-' || *p == '_' ? ' ' : (char)tolower((unsigned char)*p);
    if (!name[0]) snprintf(name, THERAPIST_AREA_NAME, "place not noted");
}

static void add_pain(struct therapist_notebook *b, const struct entry *e, int week)
{
    char name[THERAPIST_AREA_NAME];
    unsigned i = 0;
    area_name(e, name);
    while (i < b->n_areas && strcmp(b->area[i].name, name) != 0) i++;
    if (i == b->n_areas) {
        if (b->n_areas == NOTEBOOK_AREAS) i--; /* a wearer of many places: the last takes the rest */
        else snprintf(b->area[b->n_areas++].name, THERAPIST_AREA_NAME, "%s", name);
    }
    b->area[i].n++;
    add(&b->area[i].week[week], e->value);
}

static void add_item(struct therapist_notebook *b, const struct entry *e)
{
    char id[ITEM_ID_MAX];
    unsigned i = 0;
    words_clean(e->what, sizeof e->what, id, sizeof id);
    if (!id[0]) return;
    b->item_times++;
    while (i < b->n_items && strcmp(b->item[i].id, id) != 0) i++;
    if (i == CATALOGUE_MAX) return;
    if (i == b->n_items) memcpy(b->item[b->n_items++].id, id, sizeof id);
    b->item[i].times++;
}

static void add_range(struct therapist_notebook *b, const struct entry *e, struct report_date date)
{
    enum range_way way = range_way_find(e->what);
    if (way == RANGE_WAYS || e->value < 0 || e->value > 180) return;
    struct therapist_range *r = &b->range[way];
    if (!r->n++) {
        r->first_deg = e->value;
        r->first = date;
    }
    r->newest_deg = e->value;
    r->newest = date;
}

/* The oldest makes room. */
static void add_session(struct therapist_notebook *b, const struct entry *e, struct report_date date)
{
    if (b->n_sessions == THERAPIST_SESSIONS) {
        memmove(b->session, b->session + 1, sizeof b->session - sizeof b->session[0]);
        memmove(b->session_s, b->session_s + 1, sizeof b->session_s - sizeof b->session_s[0]);
        b->n_sessions--;
    }
    struct therapist_session *s = &b->session[b->n_sessions];
    s->date = date;
    words_clean(e->what, sizeof e->what, s->kind, sizeof s->kind);
    for (char *p = s->kind; *p; p++) *p = *p == '-' ? ' ' : *p;
    b->session_s[b->n_sessions++] = e->wall_s;
    b->sessions++;
}

static int keep_rating(struct therapist_notebook *b, const struct entry *e)
{
    if (e->kind != ENTRY_PAIN || !in_ten(e->value)) return 0;
    if (b->n_ratings == b->room) {
        size_t room = b->room ? 2 * b->room : 64;
        struct rating *more = reallocarray(b->rating, room, sizeof *more);
        if (!more) return -ENOMEM;
        b->rating = more;
        b->room = room;
    }
    b->rating[b->n_ratings++] = (struct rating){e->wall_s, e->value};
    return 0;
}

static void take(struct therapist_notebook *b, const struct entry *e, int week, struct report_date date)
{
    switch (e->kind) {
    case ENTRY_PAIN:
        if (in_ten(e->value)) add_pain(b, e, week);
        break;
    case ENTRY_STRESS:
        if (in_ten(e->value)) add(&b->stress[week], e->value);
        break;
    case ENTRY_SORENESS:
        if (in_ten(e->value)) add(&b->soreness[week], e->value);
        break;
    case ENTRY_ROUTINE: add_item(b, e); break;
    case ENTRY_RANGE: add_range(b, e, date); break;
    case ENTRY_SESSION: add_session(b, e, date); break;
    case ENTRY_FEEL:
    case ENTRY_NOTE:
    case ENTRY_HEALTH:
    case ENTRY_RED_FLAG: break;
    }
}

int therapist_notes_add(struct therapist_notebook *b, const struct entry *e, int64_t date_number)
{
    int64_t day = date_number - b->first;
    if (e->kind == ENTRY_HEALTH) health_answer(&b->health, e->what);
    if (e->kind == ENTRY_RED_FLAG) health_note_flag(&b->health, e->what, e->value > 0);
    if (day >= 0 && day < 7 * (int64_t)b->n_weeks) take(b, e, (int)(day / 7), date_of_number(date_number));
    return day >= -7 ? keep_rating(b, e) : 0;
}

/* ---- what the sheet has room for --------------------------------------------------------------------------------- */

static int by_notes(const void *a, const void *b)
{
    const struct therapist_area *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->name, y->name);
}

static int by_times(const void *a, const void *b)
{
    const struct therapist_item *x = a, *y = b;
    return x->times != y->times ? (x->times < y->times) - (x->times > y->times) : strcmp(x->id, y->id);
}

static void put_areas(struct therapist_notebook *b, struct therapist *t)
{
    qsort(b->area, b->n_areas, sizeof b->area[0], by_notes);
    for (unsigned i = 0; i < b->n_areas; i++) {
        t->pain_notes += b->area[i].n;
        if (i < THERAPIST_AREAS) {
            t->area[t->n_areas++] = b->area[i];
            continue;
        }
        struct therapist_area *rest = &t->area[THERAPIST_AREAS - 1];
        snprintf(rest->name, sizeof rest->name, "elsewhere");
        rest->n += b->area[i].n;
        for (unsigned w = 0; w < t->n_weeks; w++) {
            rest->week[w].n += b->area[i].week[w].n;
            rest->week[w].sum += b->area[i].week[w].sum;
        }
    }
}

static void put_items(struct therapist_notebook *b, const struct catalogue *catalogue, struct therapist *t)
{
    qsort(b->item, b->n_items, sizeof b->item[0], by_times);
    t->n_items = b->n_items < THERAPIST_ITEMS ? b->n_items : THERAPIST_ITEMS;
    t->item_times = b->item_times;
    for (unsigned i = 0; i < t->n_items; i++) {
        const struct item *item = catalogue ? catalogue_find(catalogue, b->item[i].id) : NULL;
        t->item[i] = b->item[i];
        snprintf(t->item[i].name, sizeof t->item[i].name, "%s", item ? item->name : b->item[i].id);
    }
}

static void put_sessions(const struct therapist_notebook *b, struct therapist *t)
{
    t->sessions = b->sessions;
    t->n_sessions = b->n_sessions;
    for (unsigned i = 0; i < b->n_sessions; i++) {
        int64_t next_s = i + 1 < b->n_sessions ? b->session_s[i + 1] : INT64_MAX;
        t->session[i] = b->session[i];
        outcome_around(b->rating, b->n_ratings, b->session_s[i], next_s, &t->session[i].pain);
    }
}

static void list(char words[THERAPIST_WORDS], const char *word)
{
    size_t n = strlen(words);
    snprintf(words + n, THERAPIST_WORDS - n, "%s%s", n ? ", " : "", word);
}

static void put_health(const struct therapist_notebook *b, struct therapist *t)
{
    health_names(b->health.yes, t->health, sizeof t->health);
    if (!t->health[0]) list(t->health, b->health.answered ? "nothing of what was asked" : "not answered");
    for (int i = 0; i < HEALTH_FLAGS; i++)
        if (b->health.red >> i & 1) list(t->red_flags, health_flags[i].id);
    if (!t->red_flags[0]) list(t->red_flags, "none standing");
    for (char *p = t->red_flags; *p; p++) *p = *p == '-' ? ' ' : *p;
}

void therapist_notes_put(struct therapist_notebook *b, const struct catalogue *catalogue, struct therapist *t)
{
    put_areas(b, t);
    put_items(b, catalogue, t);
    put_sessions(b, t);
    if (t->with_health) put_health(b, t);
    for (unsigned w = 0; w < t->n_weeks; w++) {
        t->week[w].stress = b->stress[w];
        t->week[w].soreness = b->soreness[w];
    }
    memcpy(t->range, b->range, sizeof t->range);
}
