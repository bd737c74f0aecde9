/* Invariants (each a test in tests/unit/test_routine*.c): nothing the wearer's flags forbid, and while the health questions
 * are open nothing with a code f, o, d, i or c; nothing for an area in much pain; nothing at all with a red flag, nor while
 * a workout is going on; no roller or ball on the low back or on bone; seconds add up to at most the budget; before a
 * workout walking comes first, then rolling, holding, moving, activating, and a hold is always followed by a movement; at
 * the desk not what was last done there. A professional session is offered beside the routine, in the evening, never in it.
 * A tie goes to the earlier item of the catalogue, so the same arguments give the same routine. */
#include "routine.h"

#include "need.h"
#include "plumbline/health.h"
#include "region.h"
#include "texts.h"

#include <string.h>

enum { WALK_LEAST_S = 60, STRETCHES_BEFORE = 2, RECENT = 8, MICRO_APART = 4 };
#define CREEP_GATE 0.3

/* What one choice is made from. */
struct choice {
    const struct catalogue *catalogue;
    const struct load *load;
    enum moment moment;
    unsigned budget_s;
    double score[CATALOGUE_MAX]; /* ≤ 0: not to be chosen */
};

static bool is_walk(const struct item *item)
{
    return item->kind == ITEM_MOBILITY && region_of(item->area) == 0 && strcmp(item->area, "whole") == 0;
}

static bool rolls(const struct item *item) { return item->kind == ITEM_FOAM_ROLL || item->kind == ITEM_BALL_RELEASE; }

/* Where there is much pain: the newest note's area, and others'. */
static unsigned hurt(const struct load *l)
{
    unsigned newest = l->pain >= HEALTH_MUCH_PAIN ? region_of(l->pain_area) : 0;
    return l->pain >= HEALTH_MUCH_PAIN && !newest ? ~0u : newest | l->hurt;
}

/* Of an item of the wearer's own that names no part of the body it is not known which it strains. */
static bool painful(const struct load *l, const struct item *item)
{
    unsigned regions = region_of(item->area), where = hurt(l);
    if (!regions && item->own && item->kind != ITEM_BREATHING) return where != 0;
    return (regions & where) != 0;
}

enum left_why routine_barred(const struct load *l, const struct item *item)
{
    if (item->contra & l->contra) return LEFT_HEALTH;
    if (!l->health_answered && (item->contra & HEALTH_HARMFUL)) return LEFT_UNASKED;
    return painful(l, item) ? LEFT_PAIN : LEFT_WHY_COUNT;
}

/* What may be in a routine at all; catalogue_check() lets no other roller in. */
static bool belongs(const struct choice *c, const struct item *item)
{
    if (!(item->when >> c->moment & 1) || item->kind == ITEM_PROFESSIONAL) return false;
    return !rolls(item) || (!(region_of(item->area) & REGION_LOW_BACK) && !region_is_bone(item->area));
}

static bool suits_workout(const struct choice *c, const struct item *item)
{
    const struct load_workout *w = routine_workout(c->load, c->moment);
    return item->workouts >> (w->there ? w->type : WORKOUT_UNKNOWN) & 1;
}

/* After the day of a workout, rolling goes to what is sore (Wiewelhove 2019: the day after and the one after that). */
static bool suits_soreness(const struct choice *c, const struct item *item)
{
    const struct load *l = c->load;
    if (c->moment != MOMENT_POST || l->done.there || l->soreness < 1 || item->kind != ITEM_FOAM_ROLL) return false;
    return region_of(item->area) & region_of(l->sore_area);
}

/* How many items ago ITEM was done, RECENT when it was not. */
static unsigned items_ago(const struct load *l, const struct item *item)
{
    unsigned i = 0;
    while (i < RECENT && strncmp(l->recent[i], item->id, ITEM_ID_MAX) != 0) i++;
    return i;
}

static bool lately_at_desk(const struct load *l, const struct item *item)
{
    for (unsigned i = 0; i < MICRO_APART; i++)
        if (strncmp(l->micro[i], item->id, ITEM_ID_MAX) == 0) return true;
    return false;
}

/* How much the day asks for ITEM, whether or not it may be. */
static double wish(const struct choice *c, const struct item *item)
{
    if (!belongs(c, item)) return 0;
    bool around = routine_around_workout(c->moment);
    bool suits = around && (suits_workout(c, item) || suits_soreness(c, item));
    if (around && item->workouts && !suits) return 0;
    enum need_variable top;
    double score = need_value(item->need, c->load, c->moment, &top) + (suits ? 1 : 0);
    if (c->moment == MOMENT_MICRO) return score;
    return score * (1 - 0.05 * (RECENT - items_ago(c->load, item)));
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

static void add(struct choice *c, unsigned index, unsigned seconds, struct routine *out)
{
    const struct item *item = &c->catalogue->item[index];
    out->item[out->n] = item;
    out->seconds[out->n] = (uint16_t)seconds;
    out->need[out->n] = c->score[index];
    routine_words_reason(c->load, c->moment, item, out->reason[out->n]);
    out->total_s += seconds;
    out->n++;
    c->score[index] = 0;
}

/* Creep that has not recovered, ahead of a loaded spine: stand and walk first (McGill & Brown 1992), for as long as
 * half of the wearer's minutes allow. */
static void walk_first(struct choice *c, struct routine *out)
{
    const struct load *l = c->load;
    if (c->moment != MOMENT_PRE || !l->next.there || !workout_loads_spine(l->next.type) || !(l->creep > CREEP_GATE))
        return;
    unsigned most_s = c->budget_s / 2 > WALK_LEAST_S ? c->budget_s / 2 : WALK_LEAST_S;
    if (most_s > c->budget_s) return;
    for (unsigned i = 0; i < c->catalogue->n; i++) {
        const struct item *item = &c->catalogue->item[i];
        if (!is_walk(item) || !belongs(c, item) || routine_barred(l, item) != LEFT_WHY_COUNT) continue;
        unsigned seconds = item->seconds[MOMENT_PRE];
        add(c, i, seconds < most_s ? seconds : most_s, out);
        routine_words_creep(l, out->reason[0]);
        return;
    }
}

/* One hold a muscle, so that its seconds are the dose's; and not many of them. */
static bool hold_too_many(const struct choice *c, const struct item *item, const struct routine *out)
{
    unsigned holds = 0;
    if (c->moment != MOMENT_PRE || item->kind != ITEM_STRETCH) return false;
    for (unsigned i = 0; i < out->n; i++) {
        const struct item *other = out->item[i];
        if (other->kind != ITEM_STRETCH) continue;
        holds++;
        if (region_of(other->area) & region_of(item->area) || !region_of(item->area) || !region_of(other->area))
            return true;
    }
    return holds >= STRETCHES_BEFORE;
}

static bool fits(const struct choice *c, const struct item *item, const struct routine *out)
{
    return out->total_s + item->seconds[c->moment] <= c->budget_s && !hold_too_many(c, item, out);
}

static bool add_best(struct choice *c, struct routine *out)
{
    unsigned best = CATALOGUE_MAX;
    for (unsigned i = 0; i < c->catalogue->n; i++) {
        if (!(c->score[i] > 0) || !fits(c, &c->catalogue->item[i], out)) continue;
        if (best == CATALOGUE_MAX || c->score[i] > c->score[best]) best = i;
    }
    if (best == CATALOGUE_MAX) return false;
    add(c, best, c->catalogue->item[best].seconds[c->moment], out);
    return true;
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

static int phase(enum moment moment, const struct item *item)
{
    static const int before[ITEM_KIND_COUNT] = {
        [ITEM_FOAM_ROLL] = 1, [ITEM_BALL_RELEASE] = 1, [ITEM_STRETCH] = 2,
        [ITEM_MOBILITY] = 3,  [ITEM_STRENGTHEN] = 4,   [ITEM_BREATHING] = 5,
    };
    static const int after[ITEM_KIND_COUNT] = {
        [ITEM_MOBILITY] = 1,     [ITEM_STRENGTHEN] = 2, [ITEM_FOAM_ROLL] = 3,
        [ITEM_BALL_RELEASE] = 3, [ITEM_STRETCH] = 4,    [ITEM_BREATHING] = 5,
    };
    if (is_walk(item)) return 0;
    return moment == MOMENT_PRE ? before[item->kind] : after[item->kind];
}

static void swap(struct routine *r, unsigned i, unsigned j)
{
    const struct item *item = r->item[i];
    uint16_t seconds = r->seconds[i];
    double need = r->need[i];
    char reason[REASON_MAX];
    memcpy(reason, r->reason[i], REASON_MAX);
    r->item[i] = r->item[j];
    r->seconds[i] = r->seconds[j];
    r->need[i] = r->need[j];
    memcpy(r->reason[i], r->reason[j], REASON_MAX);
    r->item[j] = item;
    r->seconds[j] = seconds;
    r->need[j] = need;
    memcpy(r->reason[j], reason, REASON_MAX);
}

static void sort(struct routine *r)
{
    for (unsigned i = 1; i < r->n; i++)
        for (unsigned j = i; j > 0 && phase(r->moment, r->item[j - 1]) > phase(r->moment, r->item[j]); j--)
            swap(r, j - 1, j);
}

/* ---- what is left out -------------------------------------------------------------------------------------------- */

static void leave(struct routine *r, const struct item *item, enum left_why why, double need)
{
    unsigned i = r->n_left++;
    for (; i > 0 && r->left[i - 1].need < need; i--) r->left[i] = r->left[i - 1];
    r->left[i] = (struct left_out){item, why, need};
}

static bool moves(const struct item *item)
{
    return (item->kind == ITEM_MOBILITY && !is_walk(item)) || item->kind == ITEM_STRENGTHEN;
}

/* Before a workout, holds that no movement follows (movements are sorted behind all holds). */
static bool only_holds(const struct routine *r)
{
    unsigned holds = 0;
    for (unsigned i = 0; i < r->n; i++) {
        if (moves(r->item[i])) return false;
        holds += r->item[i]->kind == ITEM_STRETCH;
    }
    return r->moment == MOMENT_PRE && holds > 0;
}

/* What is still wished for; at the desk one thing at a time is a choice, nothing is left out for it. */
static void note_rest(const struct choice *c, struct routine *r)
{
    for (unsigned i = 0; i < c->catalogue->n; i++) {
        const struct item *item = &c->catalogue->item[i];
        if (c->score[i] > 0 && (c->moment != MOMENT_MICRO || item->seconds[MOMENT_MICRO] > c->budget_s))
            leave(r, item, hold_too_many(c, item, r) ? LEFT_ORDER : LEFT_TIME, c->score[i]);
    }
}

static void score_all(struct choice *c, struct routine *out)
{
    for (unsigned i = 0; i < c->catalogue->n; i++) {
        const struct item *item = &c->catalogue->item[i];
        double score = wish(c, item);
        enum left_why why = routine_barred(c->load, item);
        if (why == LEFT_WHY_COUNT && c->moment == MOMENT_MICRO && lately_at_desk(c->load, item)) why = LEFT_LATELY;
        c->score[i] = why == LEFT_WHY_COUNT ? score : 0;
        if (why != LEFT_WHY_COUNT && score > 0) leave(out, item, why, score);
    }
}

/* ---- a professional ---------------------------------------------------------------------------------------------- */

/* At most once a week, by the item's own rule; never with a flag of the wearer's among its own. */
static void offer_session(const struct choice *c, struct routine *out)
{
    double most = 0;
    if (c->moment != MOMENT_EVENING || c->load->massage_rests || out->see_clinician) return;
    for (unsigned i = 0; i < c->catalogue->n; i++) {
        const struct item *item = &c->catalogue->item[i];
        enum need_variable top;
        if (item->kind != ITEM_PROFESSIONAL || !(item->when >> MOMENT_EVENING & 1)) continue;
        if (routine_barred(c->load, item) != LEFT_WHY_COUNT) continue;
        double need = need_value(item->need, c->load, MOMENT_EVENING, &top);
        if (!(need > most)) continue;
        most = need;
        out->offer = item;
    }
    if (out->offer) routine_words_reason(c->load, MOMENT_EVENING, out->offer, out->offer_reason);
}

static void fill(struct choice *c, struct routine *out)
{
    unsigned most = c->moment == MOMENT_MICRO ? 1 : ROUTINE_MAX;
    out->n = out->total_s = 0;
    walk_first(c, out);
    while (out->n < most && add_best(c, out)) continue;
}

/* Holds without a movement are given up, and what else their minutes hold is chosen anew. */
static void choose(struct choice *c, struct routine *out)
{
    double score[CATALOGUE_MAX];
    score_all(c, out);
    memcpy(score, c->score, sizeof score);
    for (fill(c, out); only_holds(out); fill(c, out)) {
        for (unsigned i = 0; i < out->n; i++) {
            if (out->item[i]->kind != ITEM_STRETCH) continue;
            score[out->item[i] - c->catalogue->item] = 0;
            leave(out, out->item[i], LEFT_ORDER, out->need[i]);
        }
        memcpy(c->score, score, sizeof score);
    }
    for (unsigned i = out->n; i < ROUTINE_MAX; i++) {
        out->item[i] = NULL;
        out->seconds[i] = 0;
    }
    note_rest(c, out);
    sort(out);
}

void routine_choose(const struct catalogue *catalogue, const struct load *load, enum moment moment, unsigned budget_s,
                    struct routine *out)
{
    struct choice c = {.catalogue = catalogue, .load = load, .moment = moment, .budget_s = budget_s};
    memset(out, 0, sizeof *out);
    out->moment = moment;
    out->see_clinician = load->red_flag || hurt(load);
    out->emergency = load->red_flag && load->emergency;
    out->in_workout = load->running.there && !load->red_flag;
    routine_words_headline(load, out);
    if (load->red_flag || out->in_workout) return;
    if (moment == MOMENT_PRE && load->next.there && load->next.type == WORKOUT_YOGA) return; /* it is its own warm-up */
    choose(&c, out);
    offer_session(&c, out);
}
