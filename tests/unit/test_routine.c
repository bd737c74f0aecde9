/* The selection invariants of routine.c, each over many random days and wearers, and the table of workout types. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/coach/catalogue.h"
#include "daemon/coach/region.h"
#include "plumbline/coach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20000 };

static struct catalogue catalogue;
static uint32_t seed;

static int read_catalogue(void **state)
{
    (void)state;
    static char text[65536];
    char why[160];
    FILE *f = fopen(PLUMBLINE_SOURCE_DIR "/data/catalogue.conf", "r");
    if (!f) return -1;
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    return catalogue_parse(&catalogue, text, why);
}

static unsigned pick(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static struct load random_load(void)
{
    static const char *const areas[] = {"", "neck", "left shoulder", "low back", "upper back", "knee", "hip", "moon"};
    struct load l = {
        .slouch_min = pick(120),
        .flexed_min = pick(90),
        .sitting_h = pick(90) / 10.0,
        .asymmetry_min = (int)pick(120) - 60,
        .bouts_30 = pick(6),
        .bouts_60 = pick(3),
        .open_bout_min = pick(100),
        .creep = pick(100) / 100.0,
        .stress = (int)pick(12) - 1,
        .pain = (int)pick(12) - 1,
        .health_answered = pick(2),
        .red_flag = pick(20) == 0,
        .next = (enum workout_type)pick(WORKOUT_TYPE_COUNT),
        .have_next = pick(4) > 0,
    };
    snprintf(l.pain_area, sizeof l.pain_area, "%s", areas[pick(8)]);
    for (const char *c = CONTRA_LETTERS; *c; c++)
        if (pick(8) == 0) l.contra |= CONTRA_BIT(*c);
    for (int i = 0; i < 8; i++)
        if (pick(2)) memcpy(l.recent[i], catalogue.item[pick(catalogue.n)].id, ITEM_ID_MAX);
    return l;
}

static bool dynamic(const struct item *item) { return item->kind == ITEM_MOBILITY || item->kind == ITEM_STRENGTHEN; }

static bool walk(const struct item *item) { return strcmp(item->area, "whole") == 0; }

static int order(const struct item *item)
{
    switch (item->kind) {
    case ITEM_FOAM_ROLL:
    case ITEM_BALL_RELEASE: return 1;
    case ITEM_STRETCH: return 2;
    case ITEM_MOBILITY: return walk(item) ? 0 : 3;
    case ITEM_STRENGTHEN: return 4;
    default: return 5;
    }
}

static void check_item(const struct load *l, const struct routine *r, const struct item *item)
{
    assert_true(item->when >> r->moment & 1);
    assert_false(item->contra & l->contra);
    if (!l->health_answered)
        for (const char *c = "fodic"; *c; c++) assert_false(item->contra & CONTRA_BIT(*c));
    bool rolls = item->kind == ITEM_FOAM_ROLL || item->kind == ITEM_BALL_RELEASE;
    if (rolls) assert_false(region_of(item->area) & REGION_LOW_BACK);
    if (l->pain >= 7) assert_false(region_of(item->area) & region_of(l->pain_area));
    if (l->pain >= 7 && !region_of(l->pain_area)) assert_int_equal(region_of(item->area), 0);
    assert_int_not_equal(item->kind, ITEM_PROFESSIONAL);
    assert_true(item->source[0] && item->evidence[0] && item->stop[0]);
}

static void check_order(const struct routine *r)
{
    for (unsigned i = 0; i < r->n; i++) {
        if (i) assert_true(order(r->item[i]) >= order(r->item[i - 1]));
        if (r->item[i]->kind != ITEM_STRETCH) continue;
        bool followed = false;
        for (unsigned j = i + 1; j < r->n; j++) followed |= dynamic(r->item[j]);
        assert_true(followed);
        assert_true(r->seconds[i] <= (region_of(r->item[i]->area) & REGION_HIP ? 240 : 120));
    }
}

static void invariants_hold(void **state)
{
    (void)state;
    unsigned chosen = 0, used[CATALOGUE_MAX] = {0};
    seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        struct load l = random_load();
        enum moment moment = (enum moment)pick(MOMENT_COUNT);
        unsigned budget_s = pick(1200), total_s = 0;
        struct routine r, again;
        routine_choose(&catalogue, &l, moment, budget_s, &r);
        routine_choose(&catalogue, &l, moment, budget_s, &again);
        assert_memory_equal(&r, &again, sizeof r);
        assert_true(r.n <= ROUTINE_MAX);
        if (l.red_flag) assert_int_equal(r.n, 0);
        if (l.red_flag || l.pain >= 7) assert_true(r.see_clinician);
        for (unsigned i = 0; i < r.n; i++) {
            check_item(&l, &r, r.item[i]);
            assert_true(r.reason[i][0]);
            assert_in_range(r.seconds[i], 1, r.item[i]->seconds[moment]);
            for (unsigned j = 0; j < i; j++) assert_ptr_not_equal(r.item[i], r.item[j]);
            total_s += r.seconds[i];
            used[r.item[i] - catalogue.item]++;
        }
        assert_int_equal(total_s, r.total_s);
        assert_true(total_s <= budget_s);
        if (moment == MOMENT_PRE) check_order(&r);
        if (moment == MOMENT_MICRO) assert_true(r.n <= 1);
        chosen += r.n;
    }
    assert_true(chosen > ROUNDS);
    for (unsigned i = 0; i < catalogue.n; i++) {
        if (!used[i] && catalogue.item[i].kind != ITEM_PROFESSIONAL)
            print_message("[%s] is never chosen\n", catalogue.item[i].id);
        assert_int_equal(used[i] > 0, catalogue.item[i].kind != ITEM_PROFESSIONAL);
    }
}

/* Variety: nothing twice in a row, three different within any three. */
static void micro_items_vary(void **state)
{
    (void)state;
    struct load l = {.slouch_min = 60,
                     .sitting_h = 5,
                     .asymmetry_min = 20,
                     .bouts_60 = 2,
                     .open_bout_min = 40,
                     .stress = -1,
                     .pain = -1,
                     .health_answered = true};
    for (int i = 0; i < 12; i++) {
        struct routine r;
        routine_choose(&catalogue, &l, MOMENT_MICRO, 180, &r);
        assert_int_equal(r.n, 1);
        assert_string_not_equal(r.item[0]->id, l.recent[0]);
        assert_string_not_equal(r.item[0]->id, l.recent[1]);
        memmove(l.recent[1], l.recent[0], sizeof l.recent - ITEM_ID_MAX);
        memcpy(l.recent[0], r.item[0]->id, ITEM_ID_MAX);
    }
}

static void creep_puts_walking_first(void **state)
{
    (void)state;
    for (int t = 0; t < WORKOUT_TYPE_COUNT; t++) {
        for (unsigned budget_s = 60; budget_s <= 480; budget_s += 60) {
            struct load l = {.slouch_min = 52,
                             .sitting_h = 4,
                             .creep = 0.5,
                             .stress = -1,
                             .pain = -1,
                             .health_answered = true,
                             .have_next = true,
                             .next = (enum workout_type)t};
            struct routine r;
            routine_choose(&catalogue, &l, MOMENT_PRE, budget_s, &r);
            if (!workout_loads_spine(l.next)) continue;
            assert_string_equal(r.item[0]->id, "walk3");
            assert_true(r.seconds[0] >= 60);
            assert_non_null(strstr(r.reason[0], "walking come first"));
        }
    }
}

static bool has(const struct routine *r, const char *id)
{
    for (unsigned i = 0; i < r->n; i++)
        if (strcmp(r->item[i]->id, id) == 0) return true;
    return false;
}

static void workouts_get_what_suits_them(void **state)
{
    (void)state;
    static const struct {
        enum workout_type type;
        const char *ids[6];
    } rows[] = {
        {WORKOUT_SQUAT, {"walk3", "quadfoam", "glutefoam", "hams", "bridge", "hipflex"}},
        {WORKOUT_DEADLIFT, {"walk3", "quadfoam", "glutefoam", "hams", "bridge", "hipflex"}},
        {WORKOUT_RUN, {"calffoam", "quadfoam", "lunge", "hams"}},
        {WORKOUT_SWIM, {"tfoam", "latfoam", "trot", "pecdoor", "scaps"}},
        {WORKOUT_UPPER, {"tfoam", "latfoam", "trot", "pecdoor", "scaps"}},
        {WORKOUT_CYCLE, {"hipflex", "text", "trot"}},
        {WORKOUT_YOGA, {NULL}},
        {WORKOUT_UNKNOWN, {"walk3", "tfoam", "lunge", "trot"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct load l = {
            .sitting_h = 3, .stress = -1, .pain = -1, .health_answered = true, .have_next = true, .next = rows[i].type};
        struct routine r;
        routine_choose(&catalogue, &l, MOMENT_PRE, 600, &r);
        for (int k = 0; k < 6 && rows[i].ids[k]; k++) {
            if (!has(&r, rows[i].ids[k]))
                print_message("%s without %s\n", workout_type_name(rows[i].type), rows[i].ids[k]);
            assert_true(has(&r, rows[i].ids[k]));
        }
        if (!rows[i].ids[0]) assert_int_equal(r.n, 0);
    }
}

static void a_routine_says_why(void **state)
{
    (void)state;
    struct load l = {.slouch_min = 52,
                     .sitting_h = 4 + 10 / 60.0,
                     .stress = -1,
                     .pain = -1,
                     .health_answered = true,
                     .have_next = true,
                     .next = WORKOUT_SQUAT};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_PRE, 480, &r);
    assert_string_equal(r.headline, "52 min slouched, 4 h 10 min sitting, squat ahead");
    struct advice a = {.topic = TOPIC_WORKOUT, .body = "52 min slouched, 4 h 10 min sitting."};
    advice_add_routine(&a, &r);
    assert_non_null(strstr(a.body, r.item[0]->name));
    assert_non_null(strstr(a.body, "sitting. "));
    struct advice neutral = {.neutral = true, .body = "x"};
    advice_add_routine(&neutral, &r);
    assert_string_equal(neutral.body, "x");
}

static void a_red_flag_leaves_only_the_clinician(void **state)
{
    (void)state;
    struct load l = {.slouch_min = 52, .red_flag = true, .stress = -1, .pain = -1, .health_answered = true};
    struct routine r;
    struct advice a = {.body = "52 min slouched."};
    for (int m = 0; m < MOMENT_COUNT; m++) {
        routine_choose(&catalogue, &l, (enum moment)m, 600, &r);
        assert_int_equal(r.n, 0);
        assert_true(r.see_clinician);
        assert_non_null(strstr(r.headline, "clinician"));
    }
    advice_add_routine(&a, &r);
    assert_non_null(strstr(a.body, "clinician"));
    assert_null(strstr(a.body, "slouched"));
}

/* Even an item that did not come through catalogue_parse(). */
static void nothing_rolls_the_low_back(void **state)
{
    (void)state;
    static struct catalogue own = {.n = 1};
    const struct load l = {.stress = -1, .pain = -1, .health_answered = true};
    own.item[0] = (struct item){.id = "x", .name = "X", .area = "lumbar", .kind = ITEM_MOBILITY, .when = 1 << MOMENT_EVENING,
                                .seconds = {[MOMENT_EVENING] = 60}, .need = "1"};
    struct routine r;
    routine_choose(&own, &l, MOMENT_EVENING, 480, &r);
    assert_int_equal(r.n, 1);
    own.item[0].kind = ITEM_BALL_RELEASE;
    routine_choose(&own, &l, MOMENT_EVENING, 480, &r);
    assert_int_equal(r.n, 0);
}

static void an_empty_catalogue_gives_an_empty_routine(void **state)
{
    (void)state;
    static const struct catalogue none;
    const struct load l = {.stress = -1, .pain = -1};
    struct routine r;
    routine_choose(&none, &l, MOMENT_PRE, 480, &r);
    assert_int_equal(r.n, 0);
    assert_int_equal(r.total_s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invariants_hold),
        cmocka_unit_test(micro_items_vary),
        cmocka_unit_test(creep_puts_walking_first),
        cmocka_unit_test(workouts_get_what_suits_them),
        cmocka_unit_test(a_routine_says_why),
        cmocka_unit_test(a_red_flag_leaves_only_the_clinician),
        cmocka_unit_test(nothing_rolls_the_low_back),
        cmocka_unit_test(an_empty_catalogue_gives_an_empty_routine),
    };
    return cmocka_run_group_tests(tests, read_catalogue, NULL);
}
