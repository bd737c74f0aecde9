/* What the wearer has said of body and health, from the diary and as it comes in, for the coach.
 *
 * Invariants: the diary is the place where it is kept: neither the log nor its snapshots have it; the newest answer
 * counts; nothing of it is ever written to standard error. */
#include "pipeline_private.h"
#include "plumbline/text.h"

#include <string.h>

enum { DAY_S = 86400, ENTRY_STAYS_S = DAY_S / 2 }; /* an entry of pain or stress speaks for the rest of the day */

const struct wearer wearer_unknown = {
    .sore_wall_s = INT64_MIN, .session_wall_s = INT64_MIN, .range_wall_s = INT64_MIN};

static void later(int64_t *wall_s, int64_t candidate_s)
{
    if (candidate_s > *wall_s) *wall_s = candidate_s;
}

static void of_today(struct pipeline *p, const struct entry *e)
{
    if (e->kind == ENTRY_PAIN && e->wall_s >= p->pain_wall_s) {
        p->pain = e->value;
        p->pain_wall_s = e->wall_s;
        text_copy(p->pain_area, sizeof p->pain_area, e->what);
    } else if (e->kind == ENTRY_STRESS && e->wall_s >= p->stress_wall_s) {
        p->stress = e->value;
        p->stress_wall_s = e->wall_s;
    }
}

/* Local days since 1970, by the offset of now; 0 for its first and what lies before. */
static int64_t day_of(const struct pipeline *p, int64_t wall_s)
{
    return wall_s < DAY_S ? 0 : (wall_s + p->now.utc_offset_s) / DAY_S;
}

static int64_t today(const struct pipeline *p) { return day_of(p, p->now.wall_ns / NS_PER_S); }

static void note_day(struct pipeline *p, const struct entry *e)
{
    const struct item *item = e->kind == ENTRY_ROUTINE ? catalogue_find(p->catalogue, e->what) : NULL;
    int64_t day = day_of(p, e->wall_s);
    if (e->kind == ENTRY_STRESS) history_stress(&p->history, day, e->value);
    if (e->kind == ENTRY_PAIN) history_pain(&p->history, day, e->value, e->what);
    if (e->kind == ENTRY_SORENESS) history_sore(&p->history, day, e->value, e->what);
    if (item) history_done(&p->history, day, item);
}

void wearer_history(const struct pipeline *p, struct load *load)
{
    history_load(&p->history, today(p), load);
    int64_t ago = today(p) - p->course.massage_offered_day;
    load->massage_rests |= p->course.massage_offered_day && ago > 0 && ago < 7;
}

void wearer_offered(struct pipeline *p)
{
    if (p->course.massage_offered_day == today(p)) return;
    p->course.massage_offered_day = today(p);
    course_keep(p);
}

static void take(struct pipeline *p, const struct entry *e)
{
    struct wearer *w = &p->wearer;
    note_day(p, e);
    switch (e->kind) {
    case ENTRY_PAIN:
    case ENTRY_STRESS: of_today(p, e); break;
    case ENTRY_SORENESS:
        if (e->value > 0) later(&w->sore_wall_s, e->wall_s);
        else if (e->wall_s >= w->sore_wall_s) w->sore_wall_s = INT64_MIN; /* it is gone: nothing to ask about */
        break;
    case ENTRY_HEALTH: health_answer(&p->health, e->what); break;
    case ENTRY_RED_FLAG: health_note_flag(&p->health, e->what, e->value > 0); break;
    case ENTRY_SESSION: later(&w->session_wall_s, e->wall_s); break;
    case ENTRY_RANGE: later(&w->range_wall_s, e->wall_s); break;
    case ENTRY_ROUTINE:
    case ENTRY_FEEL:
    case ENTRY_NOTE: break;
    }
}

static int take_row(void *arg, const struct entry *e)
{
    take(arg, e);
    return 0;
}

void pipeline_health(const struct pipeline *p, struct health *h)
{
    *h = p->health;
    if (p->config->health_answered) health_unite(h, p->config->contra);
}

void wearer_tell(struct pipeline *p)
{
    struct health h;
    pipeline_health(p, &h);
    p->wearer.contra = health_contra(&h);
    p->wearer.health_answered = h.answered;
    p->wearer.red_flag = h.red != 0;
    p->wearer.emergency = health_emergency(&h);
    coach_set_wearer(p->coach, &p->wearer);
}

void wearer_load(struct pipeline *p)
{
    struct diary *d;
    char why[256];
    p->health = (struct health){0};
    p->history = (struct history){0};
    p->pain = p->stress = -1;
    p->pain_wall_s = p->stress_wall_s = 0;
    p->wearer = wearer_unknown;
    int64_t until_s = p->now.wall_ns / NS_PER_S + DAY_S; /* the clock may have been set back a little */
    if (p->store && !p->options.import && diary_open(p->config->data, &d, why) == 0) {
        diary_entries(d, INT64_MIN, until_s, take_row, p);
        diary_close(d);
    }
    wearer_tell(p);
}

static void remember_routine(struct course *c, const struct entry *e)
{
    memmove(c->recent[1], c->recent[0], sizeof c->recent - sizeof c->recent[0]);
    text_copy(c->recent[0], sizeof c->recent[0], e->what);
}

void wearer_remember(struct pipeline *p, const struct entry *e)
{
    if (e->kind == ENTRY_ROUTINE) remember_routine(&p->course, e);
    take(p, e);
    wearer_tell(p);
}

static int still(const struct pipeline *p, int value, int64_t wall_s)
{
    return p->now.wall_ns / NS_PER_S - wall_s < ENTRY_STAYS_S ? value : -1;
}

int wearer_pain(const struct pipeline *p) { return still(p, p->pain, p->pain_wall_s); }
int wearer_stress(const struct pipeline *p) { return still(p, p->stress, p->stress_wall_s); }
