/* Invariants: every word comes from texts.c; a reason names the figure that weighed most, with a time where one is known,
 * and what does not fit in whole is left away. */
#include "routine.h"

#include "load.h"
#include "need.h"
#include "plumbline/health.h"
#include "texts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void fill(char out[REASON_MAX], enum text_id id, const char *a, const char *b)
{
    texts_fill(out, REASON_MAX, texts_of(id)->body, a, b);
}

static void fill_minutes(char out[REASON_MAX], enum text_id id, double minutes, const char *b)
{
    char words[24];
    texts_duration(words, minutes);
    fill(out, id, words, b);
}

/* "52 min slouched since 13:00", or "… today" when it is not known since when. */
static void fill_since(char out[REASON_MAX], enum text_id today, enum text_id since, double minutes, const char *at)
{
    fill_minutes(out, at[0] ? since : today, minutes, at);
}

static void fill_number(char out[REASON_MAX], enum text_id id, double number, const char *b)
{
    char words[16];
    snprintf(words, sizeof words, "%.0f", number);
    fill(out, id, words, b);
}

/* "Leg day", "squats", "your workout" */
static const char *name_of(const struct load_workout *w, bool with_title)
{
    if (w->there && with_title && w->title[0]) return w->title;
    return texts_workout(w->there ? w->type : WORKOUT_UNKNOWN);
}

/* "Leg day at 18:00", "squats ahead", "after Leg day" */
static void fill_workout(char out[REASON_MAX], const struct load_workout *w, enum moment moment, bool with_title)
{
    if (moment == MOMENT_POST)
        fill(out, TEXT_AFTER_WORKOUT, name_of(w, with_title), "");
    else
        fill(out, w->at[0] ? TEXT_WHY_AT : TEXT_BEFORE_WORKOUT, name_of(w, with_title), w->at);
}

/* Behind what OUT has; by its title where there is room. */
static void append_workout(char out[REASON_MAX], const struct load *l, enum moment moment)
{
    char words[REASON_MAX];
    const struct load_workout *w = routine_workout(l, moment);
    if (!w->there || !routine_around_workout(moment)) return;
    for (int with_title = 1; with_title >= 0; with_title--) {
        size_t before = strlen(out);
        fill_workout(words, w, moment, with_title);
        texts_append(out, REASON_MAX, ", ", words);
        if (strlen(out) > before) return;
    }
}

/* What of the day weighed most; false when it was nothing of the day. */
static bool fill_day(char out[REASON_MAX], const struct load *l, enum need_variable top)
{
    switch (top) {
    case NEED_SL: fill_since(out, TEXT_WHY_SLOUCH, TEXT_WHY_SLOUCH_SINCE, l->slouch_min, l->slouch_since); return true;
    case NEED_SL2: fill_minutes(out, TEXT_WHY_SLOUCH_2H, l->slouch_2h_min, ""); return true;
    case NEED_FL: fill_since(out, TEXT_WHY_FLEXED, TEXT_WHY_FLEXED_SINCE, l->flexed_min, l->flexed_since); return true;
    case NEED_SIT:
        fill_since(out, TEXT_WHY_SITTING, TEXT_WHY_SITTING_SINCE, l->sitting_h * 60, l->sitting_since);
        return true;
    case NEED_B30: fill_number(out, TEXT_WHY_BOUTS, l->bouts_30, ""); return true;
    case NEED_B60: fill_number(out, TEXT_WHY_BOUTS, l->bouts_60, ""); return true;
    case NEED_OPEN: fill_minutes(out, TEXT_WHY_OPEN, l->open_bout_min, ""); return true;
    case NEED_AS: fill_minutes(out, TEXT_WHY_SIDE, fabs(l->asymmetry_min), ""); return true;
    case NEED_AS1: fill_minutes(out, TEXT_WHY_SIDE_1H, fabs(l->asymmetry_1h_min), ""); return true;
    case NEED_C: fill(out, TEXT_WHY_CREEP, "", ""); return true;
    case NEED_ST: fill_number(out, TEXT_WHY_STRESS, l->stress, ""); return true;
    case NEED_STW: fill_number(out, TEXT_WHY_STRESS_WEEK, l->stress_week, ""); return true;
    case NEED_PN:
    case NEED_PA: fill_number(out, TEXT_WHY_PAIN, l->pain, l->pain_area); return true;
    case NEED_PW: fill_number(out, TEXT_WHY_PAIN_WEEKS, l->pain_weeks, l->pain_area); return true;
    case NEED_BALL: fill_number(out, TEXT_WHY_BALL, l->ball_evenings, ""); return true;
    case NEED_HARD:
    case NEED_NX:
    case NEED_DN:
    case NEED_NOTHING: break;
    }
    return false;
}

void routine_words_reason(const struct load *l, enum moment moment, const struct item *item, char out[REASON_MAX])
{
    enum need_variable top;
    char words[REASON_MAX];
    const struct load_workout *w = routine_workout(l, moment);
    need_value(item->need, l, moment, &top);
    if (fill_day(out, l, top)) {
        append_workout(out, l, moment);
        return;
    }
    if (moment == MOMENT_POST && !w->there && l->soreness > 0) {
        fill_number(out, TEXT_WHY_SORE, l->soreness, l->sore_area);
        return;
    }
    if (!routine_around_workout(moment)) {
        fill(out, TEXT_WHY_ANY, "", "");
        return;
    }
    if (moment == MOMENT_PRE && w->there)
        fill_workout(words, w, moment, true);
    else
        snprintf(words, sizeof words, "%s", name_of(w, true));
    fill(out, moment == MOMENT_PRE ? TEXT_WHY_NEXT : TEXT_WHY_DONE, words, "");
}

void routine_words_creep(const struct load *l, char out[REASON_MAX])
{
    fill(out, TEXT_WHY_CREEP, "", "");
    append_workout(out, l, MOMENT_PRE);
}

void routine_words_headline(const struct load *l, struct routine *r)
{
    char sitting[REASON_MAX];
    if (l->red_flag) {
        fill(r->headline, r->emergency ? TEXT_EMERGENCY : TEXT_CLINICIAN, "", "");
        return;
    }
    if (r->in_workout) {
        fill(r->headline, TEXT_WHY_NOT_NOW, name_of(&l->running, true), l->running.at);
        return;
    }
    if (l->slouch_min >= 1 && l->slouch_since[0]) {
        fill_minutes(r->headline, TEXT_WHY_SLOUCH_SINCE, l->slouch_min, l->slouch_since);
        fill_minutes(sitting, TEXT_LOAD_SITTING, l->sitting_h * 60, "");
        texts_append(r->headline, REASON_MAX, ", ", sitting);
    } else {
        load_headline(l, r->headline);
    }
    append_workout(r->headline, l, r->moment);
}

void routine_left_words(const struct left_out *left, const struct load *load, char out[REASON_MAX])
{
    static const enum text_id texts[LEFT_WHY_COUNT] = {
        [LEFT_HEALTH] = TEXT_WHY_LEFT_HEALTH, [LEFT_UNASKED] = TEXT_WHY_LEFT_UNASKED,
        [LEFT_PAIN] = TEXT_WHY_LEFT_PAIN,     [LEFT_LATELY] = TEXT_WHY_LEFT_LATELY,
        [LEFT_TIME] = TEXT_WHY_LEFT_TIME,     [LEFT_ORDER] = TEXT_WHY_LEFT_ORDER,
    };
    char health[REASON_MAX - 32];
    health_names(left->item->contra & load->contra, health, sizeof health);
    fill(out, texts[left->why], health, "");
}

void advice_add_routine(struct advice *a, const struct routine *r)
{
    if (a->neutral) return;
    if (r->see_clinician && r->n == 0) {
        texts_fill(a->body, sizeof a->body, texts_of(r->emergency ? TEXT_EMERGENCY : TEXT_CLINICIAN)->body, "", "");
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
