/* Invariants (each a test in tests/unit/test_routine.c): nothing the wearer's flags forbid, and while
 * the health questions are open nothing with a code f, o, d, i or c; nothing for an area in much pain; nothing at all
 * with a red flag; no roller or ball on the low back; seconds add up to at most the budget; before a workout walking
 * comes first, then rolling, holding, moving, activating, and a hold is always followed by a movement. A tie goes to
 * the earlier item of the catalogue, so the same arguments give the same routine. */
#include "catalogue.h"
#include "load.h"
#include "need.h"
#include "region.h"
#include "texts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MUCH_PAIN = 7, WALK_LEAST_S = 60, STRETCHES_BEFORE = 2, RECENT = 8, MICRO_APART = 2 };
#define CREEP_GATE 0.3

static const uint32_t unasked_contra =
    CONTRA_BIT('f') | CONTRA_BIT('o') | CONTRA_BIT('d') | CONTRA_BIT('i') | CONTRA_BIT('c');

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

static bool around_workout(enum moment m) { return m == MOMENT_PRE || m == MOMENT_POST; }

static enum workout_type workout_of(const struct load *l) { return l->have_next ? l->next : WORKOUT_UNKNOWN; }

static bool painful(const struct load *l, const struct item *item)
{
    unsigned regions = region_of(item->area), pain = region_of(l->pain_area);
    return l->pain >= MUCH_PAIN && regions && (!pain || (regions & pain));
}

static bool allowed(const struct load *l, const struct item *item)
{
    if (item->contra & l->contra) return false;
    if (!l->health_answered && (item->contra & unasked_contra)) return false;
    bool rolls = item->kind == ITEM_FOAM_ROLL || item->kind == ITEM_BALL_RELEASE;
    if (rolls && (region_of(item->area) & REGION_LOW_BACK)) return false;
    return item->kind != ITEM_PROFESSIONAL && !painful(l, item);
}

static bool suits_workout(const struct load *l, const struct item *item) { return item->workouts >> workout_of(l) & 1; }

/* How many items ago ITEM was done, RECENT when it was not. */
static unsigned items_ago(const struct load *l, const struct item *item)
{
    unsigned i = 0;
    while (i < RECENT && strncmp(l->recent[i], item->id, ITEM_ID_MAX) != 0) i++;
    return i;
}

static double score_of(const struct choice *c, const struct item *item)
{
    const struct load *l = c->load;
    if (!(item->when >> c->moment & 1) || !allowed(l, item)) return 0;
    bool suits = around_workout(c->moment) && suits_workout(l, item);
    if (around_workout(c->moment) && item->workouts && !suits) return 0;
    enum need_variable top;
    double score = need_value(item->need, l, c->moment, &top) + (suits ? 1 : 0);
    unsigned ago = items_ago(l, item);
    if (c->moment == MOMENT_MICRO) return ago < MICRO_APART ? 0 : score;
    return score * (1 - 0.05 * (RECENT - ago));
}

/* ---- reasons ----------------------------------------------------------------------------------------------------- */

static void reason_in(char out[REASON_MAX], enum text_id id, const char *a, const char *b)
{
    texts_fill(out, REASON_MAX, texts_of(id)->body, a, b);
}

static void reason_minutes(char out[REASON_MAX], enum text_id id, double minutes)
{
    char words[24];
    texts_duration(words, minutes);
    reason_in(out, id, words, "");
}

static void reason_count(char out[REASON_MAX], enum text_id id, int count, const char *b)
{
    char words[16];
    snprintf(words, sizeof words, "%d", count);
    reason_in(out, id, words, b);
}

static const char *workout_word(const struct load *l)
{
    return workout_of(l) == WORKOUT_UNKNOWN ? "your workout" : workout_type_name(l->next);
}

static void reason_of(const struct choice *c, const struct item *item, char out[REASON_MAX])
{
    const struct load *l = c->load;
    enum need_variable top;
    need_value(item->need, l, c->moment, &top);
    switch (top) {
    case NEED_SL: reason_minutes(out, TEXT_WHY_SLOUCH, l->slouch_min); return;
    case NEED_FL: reason_minutes(out, TEXT_WHY_FLEXED, l->flexed_min); return;
    case NEED_SIT: reason_minutes(out, TEXT_WHY_SITTING, l->sitting_h * 60); return;
    case NEED_B30: reason_count(out, TEXT_WHY_BOUTS, (int)l->bouts_30, ""); return;
    case NEED_B60: reason_count(out, TEXT_WHY_BOUTS, (int)l->bouts_60, ""); return;
    case NEED_OPEN: reason_minutes(out, TEXT_WHY_OPEN, l->open_bout_min); return;
    case NEED_AS: reason_minutes(out, TEXT_WHY_SIDE, fabs(l->asymmetry_min)); return;
    case NEED_C: reason_in(out, TEXT_WHY_CREEP, "", ""); return;
    case NEED_ST: reason_count(out, TEXT_WHY_STRESS, l->stress, ""); return;
    case NEED_PN:
    case NEED_PA: reason_count(out, TEXT_WHY_PAIN, l->pain, l->pain_area); return;
    case NEED_NX:
    case NEED_DN:
    case NEED_NOTHING: break;
    }
    if (!around_workout(c->moment))
        reason_in(out, TEXT_WHY_ANY, "", "");
    else
        reason_in(out, c->moment == MOMENT_PRE ? TEXT_WHY_NEXT : TEXT_WHY_DONE, workout_word(l), "");
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

static void add(struct choice *c, unsigned index, unsigned seconds, struct routine *out)
{
    const struct item *item = &c->catalogue->item[index];
    out->item[out->n] = item;
    out->seconds[out->n] = (uint16_t)seconds;
    reason_of(c, item, out->reason[out->n]);
    out->total_s += seconds;
    out->n++;
    c->score[index] = 0;
}

/* Creep that has not recovered, ahead of a loaded spine: stand and walk first (McGill & Brown 1992), for as long as
 * half of the wearer's minutes allow. */
static void walk_first(struct choice *c, struct routine *out)
{
    const struct load *l = c->load;
    if (c->moment != MOMENT_PRE || !l->have_next || !workout_loads_spine(l->next) || !(l->creep > CREEP_GATE)) return;
    unsigned most_s = c->budget_s / 2 > WALK_LEAST_S ? c->budget_s / 2 : WALK_LEAST_S;
    if (most_s > c->budget_s) return;
    for (unsigned i = 0; i < c->catalogue->n; i++) {
        const struct item *item = &c->catalogue->item[i];
        if (!is_walk(item) || !(item->when >> MOMENT_PRE & 1) || !allowed(l, item)) continue;
        unsigned seconds = item->seconds[MOMENT_PRE];
        add(c, i, seconds < most_s ? seconds : most_s, out);
        reason_in(out->reason[0], TEXT_WHY_CREEP, "", "");
        return;
    }
}

static unsigned count_kind(const struct routine *r, enum item_kind kind)
{
    unsigned n = 0;
    for (unsigned i = 0; i < r->n; i++) n += r->item[i]->kind == kind;
    return n;
}

static bool fits(const struct choice *c, const struct item *item, const struct routine *out)
{
    if (out->total_s + item->seconds[c->moment] > c->budget_s) return false;
    return c->moment != MOMENT_PRE || item->kind != ITEM_STRETCH || count_kind(out, ITEM_STRETCH) < STRETCHES_BEFORE;
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
    char reason[REASON_MAX];
    memcpy(reason, r->reason[i], REASON_MAX);
    r->item[i] = r->item[j];
    r->seconds[i] = r->seconds[j];
    memcpy(r->reason[i], r->reason[j], REASON_MAX);
    r->item[j] = item;
    r->seconds[j] = seconds;
    memcpy(r->reason[j], reason, REASON_MAX);
}

static void sort(struct routine *r)
{
    for (unsigned i = 1; i < r->n; i++)
        for (unsigned j = i; j > 0 && phase(r->moment, r->item[j - 1]) > phase(r->moment, r->item[j]); j--)
            swap(r, j - 1, j);
}

/* Holds that no movement follows are left out before a workout. */
static void drop_lonely_stretches(struct routine *r)
{
    if (r->moment != MOMENT_PRE || r->n == 0) return;
    if (phase(MOMENT_PRE, r->item[r->n - 1]) >= 3) return;
    while (r->n > 0 && r->item[r->n - 1]->kind == ITEM_STRETCH) r->total_s -= r->seconds[--r->n];
}

static void headline(const struct load *l, struct routine *r)
{
    char ahead[REASON_MAX];
    load_headline(l, r->headline);
    if (!l->have_next || !around_workout(r->moment)) return;
    reason_in(ahead, r->moment == MOMENT_PRE ? TEXT_BEFORE_WORKOUT : TEXT_AFTER_WORKOUT, workout_word(l), "");
    texts_append(r->headline, sizeof r->headline, ", ", ahead);
}

void routine_choose(const struct catalogue *catalogue, const struct load *load, enum moment moment, unsigned budget_s,
                    struct routine *out)
{
    struct choice c = {.catalogue = catalogue, .load = load, .moment = moment, .budget_s = budget_s};
    memset(out, 0, sizeof *out);
    out->moment = moment;
    out->see_clinician = load->red_flag || load->pain >= MUCH_PAIN;
    if (load->red_flag) {
        reason_in(out->headline, TEXT_CLINICIAN, "", "");
        return;
    }
    headline(load, out);
    if (moment == MOMENT_PRE && load->have_next && load->next == WORKOUT_YOGA) return; /* it is its own warm-up */
    for (unsigned i = 0; i < catalogue->n; i++) c.score[i] = score_of(&c, &catalogue->item[i]);
    unsigned most = moment == MOMENT_MICRO ? 1 : ROUTINE_MAX;
    walk_first(&c, out);
    while (out->n < most && add_best(&c, out)) continue;
    sort(out);
    drop_lonely_stretches(out);
}

void advice_add_routine(struct advice *a, const struct routine *r)
{
    if (a->neutral) return;
    if (r->see_clinician && r->n == 0) {
        texts_fill(a->body, sizeof a->body, texts_of(TEXT_CLINICIAN)->body, "", "");
        return;
    }
    char length[24], names[ADVICE_BODY_MAX / 2] = "", all[ADVICE_BODY_MAX];
    for (unsigned i = 0; i < r->n; i++) texts_append(names, sizeof names, ", ", r->item[i]->name);
    if (!names[0]) return;
    memcpy(a->figure, r->item[0]->id, sizeof a->figure);
    texts_duration(length, r->total_s / 60.0);
    texts_fill(all, sizeof all, texts_of(TEXT_ROUTINE)->body, length, names);
    texts_append(a->body, sizeof a->body, " ", all);
}
