/* The twelve selection invariants (shared/design/coach.md §5) over many random days, wearers, schedules, budgets, and
 * catalogues of their own. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/health.h"
#include "daemon/coach/need.h"
#include "daemon/coach/region.h"
#include "tests/unit/catalogue_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { PROFILES = 50000, PROFILES_A_CATALOGUE = 250 }; /* twice */

static uint32_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static bool often(unsigned percent) { return pick(100) < percent; }

static struct load_workout random_workout(unsigned percent)
{
    struct load_workout w = {.there = often(percent), .type = (enum workout_type)pick(WORKOUT_TYPE_COUNT)};
    static const char *const titles[] = {"", "Leg day", "A title of forty-seven characters, no fewer now"};
    if (!w.there) return w;
    snprintf(w.title, sizeof w.title, "%s", titles[pick(3)]);
    if (often(80)) snprintf(w.at, sizeof w.at, "%02u:%02u", pick(24), pick(60));
    return w;
}

static struct load random_load(const struct catalogue *c)
{
    static const char *const areas[] = {"", "neck", "low back", "shoulder", "upper back", "knee", "hip", "moon"};
    struct load l = {
        .slouch_min = pick(120),
        .slouch_2h_min = pick(60),
        .flexed_min = pick(90),
        .sitting_h = pick(90) / 10.0,
        .asymmetry_min = (int)pick(120) - 60,
        .asymmetry_1h_min = (int)pick(60) - 30,
        .bouts_30 = pick(6),
        .bouts_60 = pick(3),
        .open_bout_min = pick(100),
        .creep = pick(100) / 100.0,
        .stress = (int)pick(12) - 1,
        .pain = (int)pick(12) - 1,
        .stress_week = pick(100) / 10.0,
        .pain_weeks = pick(10),
        .ball_evenings = pick(6),
        .health_answered = often(60),
        .red_flag = often(5),
        .next = random_workout(60),
        .done = random_workout(40),
        .running = random_workout(5),
        .hard_soon = often(40),
        .massage_rests = often(40),
    };
    if (often(20)) l.hurt = 1u << pick(10);
    if (often(50)) snprintf(l.slouch_since, sizeof l.slouch_since, "13:00");
    snprintf(l.pain_area, sizeof l.pain_area, "%s", areas[pick(8)]);
    if (often(70))
        for (int i = 0; i < HEALTH_CODES; i++)
            if (often(10)) l.contra |= HEALTH_BIT(health_codes[i].letter);
    for (int i = 0; i < 8; i++)
        if (c->n && often(50)) memcpy(l.recent[i], c->item[pick(c->n)].id, ITEM_ID_MAX);
    for (int i = 0; i < 4; i++)
        if (c->n && often(50)) memcpy(l.micro[i], c->item[pick(c->n)].id, ITEM_ID_MAX);
    return l;
}

/* A wearer's own file: some of the shipped items replaced, others added, some switched off; not all of it sound. */
static void random_catalogue(struct catalogue *c)
{
    static const char *const areas[] = {"whole", "neck",      "low back",   "hip", "thigh",
                                        "chest", "shin bone", "upper back", "moon"};
    static const char *const moments[] = {"pre", "post", "micro", "evening"};
    static const char *const needs[] = {"1", "0.1", "0.05*SL", "2*(C>0.3)", "(NX!=none)", "5*(DN!=none)", "SL +"};
    char text[4096], why[160];
    size_t n = 0;
    catalogue_load_shipped(c);
    if (often(20)) c->n = 0;
    unsigned own = pick(8);
    for (unsigned i = 0; i < own; i++) {
        bool known = c->n && often(30);
        const char *moment = moments[pick(4)], *area = areas[pick(9)];
        n += (size_t)snprintf(text + n, sizeof text - n, "[%s", known ? c->item[pick(c->n)].id : "own");
        n += (size_t)snprintf(text + n, sizeof text - n, known ? "]\n" : "%u]\n", i);
        if (often(10)) n += (size_t)snprintf(text + n, sizeof text - n, "off = yes\n");
        n += (size_t)snprintf(
            text + n, sizeof text - n,
            "name = Own %u\nkind = %s\narea = %s\nwhen = %s\ndose.%s = %u s: once\ncontra = %c\nneed = %s\n"
            "step1 = So.\nstop = pain\nsource = mine\nevidence = custom\n",
            i, item_kind_name((enum item_kind)pick(ITEM_KIND_COUNT)), area, moment, moment, 1 + pick(300),
            health_codes[pick(HEALTH_CODES)].letter, needs[pick(7)]);
    }
    c->own = true;
    catalogue_parse(c, n ? text : "", why);
    c->own = false;
}

static bool walk(const struct item *item) { return item->kind == ITEM_MOBILITY && strcmp(item->area, "whole") == 0; }
static bool rolls(const struct item *item) { return item->kind == ITEM_FOAM_ROLL || item->kind == ITEM_BALL_RELEASE; }

static bool dynamic(const struct item *item)
{
    return (item->kind == ITEM_MOBILITY && !walk(item)) || item->kind == ITEM_STRENGTHEN;
}

static int order(const struct item *item)
{
    static const int of[ITEM_KIND_COUNT] = {[ITEM_FOAM_ROLL] = 1, [ITEM_BALL_RELEASE] = 1, [ITEM_STRETCH] = 2,
                                            [ITEM_MOBILITY] = 3,  [ITEM_STRENGTHEN] = 4,   [ITEM_BREATHING] = 5};
    return walk(item) ? 0 : of[item->kind];
}

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

/* 1, 3, 8 and what the health answers say; 10, 11 */
static void check_item(const struct load *l, const struct routine *r, const struct item *item)
{
    assert_true(item->when >> r->moment & 1);
    assert_false(item->contra & l->contra);
    if (!l->health_answered)
        for (const char *c = "fodic"; *c; c++) assert_false(item->contra & HEALTH_BIT(*c));
    if (rolls(item)) {
        assert_false(region_of(item->area) & REGION_LOW_BACK);
        assert_false(region_is_bone(item->area));
    }
    assert_false(region_of(item->area) & l->hurt);
    if (l->hurt && item->own && item->kind != ITEM_BREATHING) assert_int_not_equal(region_of(item->area), 0);
    if (l->pain >= 7) assert_false(region_of(item->area) & region_of(l->pain_area));
    if (l->pain >= 7 && !region_of(l->pain_area)) assert_int_equal(region_of(item->area), 0);
    assert_int_not_equal(item->kind, ITEM_PROFESSIONAL);
    assert_in_range(characters(item->name), 1, 40);
    assert_true(item->source[0] && item->evidence[0] && item->stop[0]);
}

/* 2 */
static void check_before(const struct routine *r)
{
    unsigned holds = 0;
    for (unsigned i = 0; i < r->n; i++) {
        const struct item *item = r->item[i];
        if (i) assert_true(order(item) >= order(r->item[i - 1]));
        if (item->kind != ITEM_STRETCH) continue;
        assert_true(++holds <= 2);
        bool followed = false;
        unsigned held_s = 0;
        for (unsigned j = 0; j < r->n; j++) {
            followed |= j > i && dynamic(r->item[j]);
            if (r->item[j]->kind == ITEM_STRETCH && region_of(r->item[j]->area) == region_of(item->area))
                held_s += r->seconds[j];
        }
        assert_true(followed);
        assert_in_range(held_s, 1, region_of(item->area) & REGION_HIP ? 240 : 120); /* both sides */
    }
}

/* 12 */
static void check_offer(const struct load *l, const struct routine *r)
{
    if (!r->offer) return;
    enum need_variable top;
    assert_int_equal(r->moment, MOMENT_EVENING);
    assert_false(l->massage_rests || l->red_flag || l->running.there || l->pain >= 7);
    assert_int_equal(r->offer->kind, ITEM_PROFESSIONAL);
    assert_false(r->offer->contra & l->contra);
    assert_true(need_value(r->offer->need, l, MOMENT_EVENING, &top) > 0);
    if (strcmp(r->offer->id, "mas_deep") == 0 && !r->offer->own) assert_false(l->hard_soon);
    for (int s = 0; s < ITEM_STEPS; s++) assert_null(strcasestr(r->offer->step[s], "you need"));
    assert_true(r->offer_reason[0]);
}

static void check_left(const struct load *l, const struct routine *r)
{
    for (unsigned i = 0; i < r->n_left; i++) {
        char words[REASON_MAX];
        routine_left_words(&r->left[i], l, words);
        assert_true(words[0]);
        assert_true(r->left[i].need > 0);
        if (i) assert_true(r->left[i].need <= r->left[i - 1].need);
        for (unsigned j = 0; j < r->n; j++) assert_ptr_not_equal(r->left[i].item, r->item[j]);
        for (unsigned j = 0; j < i; j++) assert_ptr_not_equal(r->left[i].item, r->left[j].item);
    }
}

/* What time left out was needed less than what it gave way to, or takes longer than what that left of the budget. */
static void check_dropped(const struct routine *r, unsigned budget_s)
{
    for (unsigned i = 0; i < r->n_left; i++) {
        const struct left_out *left = &r->left[i];
        unsigned before_s = 0, before = 0;
        if (left->why != LEFT_TIME || r->moment == MOMENT_MICRO) continue;
        for (unsigned j = 0; j < r->n; j++)
            if (r->need[j] >= left->need || walk(r->item[j])) {
                before_s += r->seconds[j];
                before++;
            }
        assert_true(before_s + left->item->seconds[r->moment] > budget_s || before == ROUTINE_MAX);
    }
}

static unsigned used[CATALOGUE_MAX], offered;

static void check_profile(const struct catalogue *c, const struct load *l)
{
    enum moment moment = (enum moment)pick(MOMENT_COUNT);
    unsigned budget_s = pick(1200), total_s = 0;
    struct routine r;
    routine_choose(c, l, moment, budget_s, &r);
    assert_true(r.n <= ROUTINE_MAX);
    if (l->red_flag || l->running.there) assert_true(r.n == 0 && r.n_left == 0 && !r.offer); /* 4, 7 */
    if (l->red_flag || l->pain >= 7 || l->hurt) assert_true(r.see_clinician);
    if (l->running.there && !l->red_flag) assert_true(r.in_workout && r.headline[0]);
    for (unsigned i = 0; i < r.n; i++) {
        check_item(l, &r, r.item[i]);
        assert_true(r.reason[i][0]);
        assert_in_range(r.seconds[i], 1, r.item[i]->seconds[moment]);
        for (unsigned j = 0; j < i; j++) assert_ptr_not_equal(r.item[i], r.item[j]);
        total_s += r.seconds[i];
        used[r.item[i] - c->item]++;
        if (moment == MOMENT_MICRO)
            for (int k = 0; k < 4; k++) assert_string_not_equal(r.item[i]->id, l->micro[k]); /* 9 */
    }
    assert_int_equal(total_s, r.total_s);
    assert_true(total_s <= budget_s);
    if (moment == MOMENT_PRE) check_before(&r);
    if (moment == MOMENT_MICRO) assert_true(r.n <= 1);
    offered += r.offer != NULL;
    check_offer(l, &r);
    check_left(l, &r);
    check_dropped(&r, budget_s);
}

static void invariants_hold(void **state)
{
    (void)state;
    seed = 7;
    memset(used, 0, sizeof used);
    for (int i = 0; i < PROFILES; i++) {
        struct load l = random_load(&catalogue);
        check_profile(&catalogue, &l);
    }
    for (unsigned i = 0; i < catalogue.n; i++) {
        bool professional = catalogue.item[i].kind == ITEM_PROFESSIONAL;
        if (!used[i] && !professional) print_message("[%s] is never chosen\n", catalogue.item[i].id);
        assert_int_equal(used[i] > 0, !professional);
    }
    assert_true(offered > 0);
}

static void invariants_hold_with_catalogues_of_ones_own(void **state)
{
    (void)state;
    struct catalogue *c = malloc(sizeof *c);
    seed = 11;
    memset(used, 0, sizeof used);
    unsigned own = 0, chosen = 0;
    for (int i = 0; i < PROFILES; i++) {
        if (i % PROFILES_A_CATALOGUE == 0) random_catalogue(c);
        struct load l = random_load(c);
        check_profile(c, &l);
        for (unsigned k = 0; k < c->n && i % PROFILES_A_CATALOGUE == 0; k++) own += c->item[k].own;
    }
    for (int i = 0; i < CATALOGUE_MAX; i++) chosen += used[i];
    assert_true(own > 100 && chosen > PROFILES / 2);
    free(c);
}

static void the_same_day_gives_the_same_routine(void **state)
{
    (void)state;
    seed = 13;
    for (int i = 0; i < 1000; i++) {
        struct load l = random_load(&catalogue);
        struct routine one, two;
        enum moment moment = (enum moment)pick(MOMENT_COUNT);
        routine_choose(&catalogue, &l, moment, 480, &one);
        routine_choose(&catalogue, &l, moment, 480, &two);
        assert_memory_equal(&one, &two, sizeof one);
    }
}

/* 9: random days of micro items, each one done, with a routine in between. */
static void micro_items_vary_over_a_day(void **state)
{
    (void)state;
    seed = 17;
    for (int day = 0; day < 2000; day++) {
        struct load l = random_load(&catalogue);
        struct history h = {0};
        const struct item *done[10];
        unsigned n = 0, different = 0;
        l.red_flag = l.running.there = false;
        for (int time = 0; time < 10; time++) {
            struct routine r;
            l.open_bout_min = pick(100);
            history_load(&h, 20000, &l);
            routine_choose(&catalogue, &l, MOMENT_MICRO, 180, &r);
            if (r.n == 0) continue;
            done[n++] = r.item[0];
            history_done(&h, 20000, r.item[0]);
            if (often(20))
                for (unsigned i = 0; i < catalogue.n; i++)
                    if (!(catalogue.item[i].when >> MOMENT_MICRO & 1)) history_done(&h, 20000, &catalogue.item[i]);
        }
        for (unsigned i = 0; i < n; i++) {
            bool again = false;
            for (unsigned j = 0; j < i; j++) again |= done[j] == done[i];
            different += !again;
            if (i) assert_ptr_not_equal(done[i], done[i - 1]);
        }
        if (n >= 3) assert_true(different >= 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invariants_hold),
        cmocka_unit_test(invariants_hold_with_catalogues_of_ones_own),
        cmocka_unit_test(the_same_day_gives_the_same_routine),
        cmocka_unit_test(micro_items_vary_over_a_day),
    };
    return cmocka_run_group_tests(tests, read_catalogue, NULL);
}
