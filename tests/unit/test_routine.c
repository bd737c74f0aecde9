/* What a routine is for a given day: the design's table of workout types, reasons, offers. The invariants over random days
 * are in test_routine_rules.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/catalogue_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
                             .next = {.there = true, .type = (enum workout_type)t}};
            struct routine r;
            routine_choose(&catalogue, &l, MOMENT_PRE, budget_s, &r);
            if (!workout_loads_spine(l.next.type)) continue;
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

/* The table at the end of coach.md §5. Rowing has no row there; ours is that of a loaded spine and a pull. */
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
    {WORKOUT_ROW, {"walk3", "latfoam", "hams"}},
    {WORKOUT_YOGA, {NULL}},
    {WORKOUT_UNKNOWN, {"walk3", "tfoam", "lunge", "trot"}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static struct load day_before(enum workout_type type)
{
    return (struct load){
        .sitting_h = 3, .stress = -1, .pain = -1, .health_answered = true, .next = {.there = true, .type = type}};
}

static void in_order(const struct routine *r)
{
    static const int phase[ITEM_KIND_COUNT] = {
        [ITEM_MOBILITY] = 3, [ITEM_FOAM_ROLL] = 1, [ITEM_STRETCH] = 2, [ITEM_STRENGTHEN] = 4};
    int last = 0;
    for (unsigned i = 0; i < r->n; i++) {
        int now = strcmp(r->item[i]->area, "whole") == 0 ? 0 : phase[r->item[i]->kind];
        assert_true(now >= last);
        last = now;
    }
}

static void workouts_get_what_suits_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct load l = day_before(rows[i].type);
        struct routine r;
        routine_choose(&catalogue, &l, MOMENT_PRE, 600, &r);
        for (int k = 0; k < 6 && rows[i].ids[k]; k++) {
            if (!has(&r, rows[i].ids[k]))
                print_message("%s without %s\n", workout_type_name(rows[i].type), rows[i].ids[k]);
            assert_true(has(&r, rows[i].ids[k]));
        }
        in_order(&r);
        if (!rows[i].ids[0]) assert_int_equal(r.n, 0);
    }
}

/* On a day with much slouching and sitting, too, whatever else would be good then. */
static void a_hard_day_leaves_the_table_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct load l = day_before(rows[i].type);
        struct routine r;
        l.slouch_min = 60;
        l.sitting_h = 6;
        routine_choose(&catalogue, &l, MOMENT_PRE, 1200, &r);
        for (int k = 0; k < 6 && rows[i].ids[k]; k++) {
            if (!has(&r, rows[i].ids[k]))
                print_message("%s without %s\n", workout_type_name(rows[i].type), rows[i].ids[k]);
            assert_true(has(&r, rows[i].ids[k]));
        }
        in_order(&r);
    }
}

/* Minute by minute less: what goes was needed least of those that the time taken away could not hold. */
static void less_time_drops_what_is_needed_least(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct load l = day_before(rows[i].type);
        for (unsigned budget_s = 600; budget_s >= 60; budget_s -= 30) {
            struct routine r;
            routine_choose(&catalogue, &l, MOMENT_PRE, budget_s, &r);
            in_order(&r);
            assert_true(r.total_s <= budget_s);
            for (unsigned k = 0; k < r.n_left; k++) {
                unsigned needed_more_s = 0, n = 0;
                if (r.left[k].why != LEFT_TIME) continue;
                for (unsigned j = 0; j < r.n; j++)
                    if (r.need[j] >= r.left[k].need) {
                        needed_more_s += r.seconds[j];
                        n++;
                    }
                assert_true(n == ROUTINE_MAX || needed_more_s + r.left[k].item->seconds[MOMENT_PRE] > budget_s);
            }
        }
    }
}

static void a_routine_says_why(void **state)
{
    (void)state;
    struct load l = {.slouch_min = 52,
                     .slouch_since = "13:00",
                     .sitting_h = 4 + 10 / 60.0,
                     .stress = -1,
                     .pain = -1,
                     .health_answered = true,
                     .next = {.there = true, .type = WORKOUT_SQUAT, .title = "Leg day", .at = "18:00"}};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_PRE, 900, &r);
    assert_string_equal(r.headline, "52 min slouched since 13:00, 4 h 10 min sitting, Leg day at 18:00");
    for (unsigned i = 0; i < r.n; i++) {
        if (strcmp(r.item[i]->id, "catcow") == 0)
            assert_string_equal(r.reason[i], "4 h 10 min sitting today, Leg day at 18:00");
        if (strcmp(r.item[i]->id, "tfoam") == 0)
            assert_string_equal(r.reason[i], "52 min slouched since 13:00, Leg day at 18:00");
        if (strcmp(r.item[i]->id, "quadfoam") == 0) assert_string_equal(r.reason[i], "suits Leg day at 18:00");
    }
    assert_true(has(&r, "tfoam") && has(&r, "quadfoam"));
    struct advice a = {.topic = TOPIC_WORKOUT, .body = "52 min slouched, 4 h 10 min sitting."};
    advice_add_routine(&a, &r);
    assert_non_null(strstr(a.body, r.item[0]->name));
    assert_non_null(strstr(a.body, "sitting. "));
    struct advice neutral = {.neutral = true, .body = "x"};
    advice_add_routine(&neutral, &r);
    assert_string_equal(neutral.body, "x");
    l.slouch_since[0] = l.next.title[0] = l.next.at[0] = 0;
    routine_choose(&catalogue, &l, MOMENT_PRE, 480, &r);
    assert_string_equal(r.headline, "52 min slouched, 4 h 10 min sitting, squats ahead");
}

/* A title that has no room gives way to the kind of workout. */
static void long_titles_give_way(void **state)
{
    (void)state;
    struct load l = {.slouch_min = 599,
                     .slouch_since = "13:00",
                     .sitting_h = 9.9,
                     .stress = -1,
                     .pain = -1,
                     .next = {.there = true,
                              .type = WORKOUT_RUN,
                              .at = "18:00",
                              .title = "A title of forty-seven characters, no fewer now"}};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_PRE, 480, &r);
    assert_string_equal(r.headline, "9 h 59 min slouched since 13:00, 9 h 54 min sitting, your run at 18:00");
}

static void two_workouts_a_day_are_kept_apart(void **state)
{
    (void)state;
    struct load l = {.stress = -1,
                     .pain = -1,
                     .health_answered = true,
                     .next = {.there = true, .type = WORKOUT_SWIM, .at = "18:00"},
                     .done = {.there = true, .type = WORKOUT_RUN, .title = "Lunch run", .at = "13:00"}};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_PRE, 900, &r);
    assert_true(has(&r, "latfoam") && !has(&r, "calffoam"));
    routine_choose(&catalogue, &l, MOMENT_POST, 900, &r);
    assert_true(has(&r, "calffoam") && !has(&r, "latfoam"));
    assert_string_equal(r.headline, "after Lunch run");
}

static void a_workout_is_left_in_peace(void **state)
{
    (void)state;
    struct load l = {.slouch_min = 60,
                     .stress = -1,
                     .pain = -1,
                     .health_answered = true,
                     .running = {.there = true, .type = WORKOUT_SQUAT, .title = "Leg day", .at = "19:00"}};
    for (int m = 0; m < MOMENT_COUNT; m++) {
        struct routine r;
        routine_choose(&catalogue, &l, (enum moment)m, 600, &r);
        assert_true(r.in_workout);
        assert_int_equal(r.n, 0);
        assert_string_equal(r.headline, "Enjoy Leg day. Nothing is asked of you before 19:00");
    }
}

static const char *offer_of(const struct load *l)
{
    struct routine r;
    routine_choose(&catalogue, l, MOMENT_EVENING, 480, &r);
    for (unsigned i = 0; i < r.n; i++) assert_int_not_equal(r.item[i]->kind, ITEM_PROFESSIONAL);
    return r.offer ? r.offer->id : "";
}

static void a_therapist_is_offered_by_rule(void **state)
{
    (void)state;
    const struct load none = {.stress = -1, .pain = -1, .health_answered = true};
    struct load l = none;
    assert_string_equal(offer_of(&l), "");
    l.stress_week = 6.5;
    assert_string_equal(offer_of(&l), "mas_swe");
    l.massage_rests = true;
    assert_string_equal(offer_of(&l), "");
    l.massage_rests = false;
    l.contra = 1u << ('b' - 'a');
    assert_string_equal(offer_of(&l), "");
    l.contra = 0;
    l.health_answered = false;
    assert_string_equal(offer_of(&l), "");
    l = none;
    l.pain = 4;
    l.pain_weeks = 4.5;
    assert_string_equal(offer_of(&l), "mas_deep");
    l.hard_soon = true;
    assert_string_equal(offer_of(&l), "");
    l.hard_soon = false;
    l.pain = 7;
    assert_string_equal(offer_of(&l), "");
    l = none;
    l.ball_evenings = 3;
    assert_string_equal(offer_of(&l), "mas_trig");
}

/* The day after a workout, and the one after that. */
static void sore_muscles_are_rolled(void **state)
{
    (void)state;
    struct load l = {.stress = -1, .pain = -1, .health_answered = true, .soreness = 5, .sore_area = "thigh"};
    struct routine r;
    routine_choose(&catalogue, &l, MOMENT_POST, 480, &r);
    assert_true(has(&r, "quadfoam") && !has(&r, "calffoam"));
    for (unsigned i = 0; i < r.n; i++)
        if (strcmp(r.item[i]->id, "quadfoam") == 0) assert_string_equal(r.reason[i], "soreness noted as 5 of 10, thigh");
    l.soreness = 0;
    routine_choose(&catalogue, &l, MOMENT_POST, 480, &r);
    assert_false(has(&r, "quadfoam"));
}

static enum left_why why_left(const struct routine *r, const char *id)
{
    for (unsigned i = 0; i < r->n_left; i++)
        if (strcmp(r->left[i].item->id, id) == 0) return r->left[i].why;
    return LEFT_WHY_COUNT;
}

static void what_is_left_out_has_its_reason(void **state)
{
    (void)state;
    struct load l = day_before(WORKOUT_RUN);
    struct routine r;
    char words[REASON_MAX];
    l.contra = 1u << ('k' - 'a') | 1u << ('e' - 'a');
    routine_choose(&catalogue, &l, MOMENT_PRE, 120, &r);
    assert_int_equal(why_left(&r, "lunge"), LEFT_HEALTH);
    assert_int_equal(why_left(&r, "bridge"), LEFT_TIME);
    for (unsigned i = 0; i < r.n_left; i++)
        if (strcmp(r.left[i].item->id, "lunge") == 0) routine_left_words(&r.left[i], &l, words);
    assert_string_equal(words, "your answers on health: knee trouble");
    l.contra = 0;
    l.health_answered = false;
    routine_choose(&catalogue, &l, MOMENT_PRE, 600, &r);
    assert_int_equal(why_left(&r, "calffoam"), LEFT_UNASKED);
    l.health_answered = true;
    l.pain = 8;
    memcpy(l.pain_area, "calf", 5);
    routine_choose(&catalogue, &l, MOMENT_PRE, 600, &r);
    assert_int_equal(why_left(&r, "calffoam"), LEFT_PAIN);
    l = (struct load){.slouch_2h_min = 60,
                      .slouch_min = 60,
                      .stress = -1,
                      .pain = -1,
                      .health_answered = true,
                      .micro = {"chairx", "chint"}};
    routine_choose(&catalogue, &l, MOMENT_MICRO, 180, &r);
    assert_int_equal(why_left(&r, "chint"), LEFT_LATELY);
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
    own.item[0] = (struct item){.id = "x",
                                .name = "X",
                                .area = "lumbar",
                                .kind = ITEM_MOBILITY,
                                .when = 1 << MOMENT_EVENING,
                                .seconds = {[MOMENT_EVENING] = 60},
                                .need = "1"};
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
        cmocka_unit_test(creep_puts_walking_first),
        cmocka_unit_test(workouts_get_what_suits_them),
        cmocka_unit_test(a_hard_day_leaves_the_table_its_place),
        cmocka_unit_test(less_time_drops_what_is_needed_least),
        cmocka_unit_test(a_routine_says_why),
        cmocka_unit_test(long_titles_give_way),
        cmocka_unit_test(two_workouts_a_day_are_kept_apart),
        cmocka_unit_test(a_workout_is_left_in_peace),
        cmocka_unit_test(a_therapist_is_offered_by_rule),
        cmocka_unit_test(sore_muscles_are_rolled),
        cmocka_unit_test(what_is_left_out_has_its_reason),
        cmocka_unit_test(a_red_flag_leaves_only_the_clinician),
        cmocka_unit_test(nothing_rolls_the_low_back),
        cmocka_unit_test(an_empty_catalogue_gives_an_empty_routine),
    };
    return cmocka_run_group_tests(tests, read_catalogue, NULL);
}
