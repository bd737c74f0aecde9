/* The shipped catalogue against the design's table (shared/design/coach.md §5), written down here a second time: ids, kinds,
 * moments, contra-indications, triggers; and what holds for every item. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/health.h"
#include "daemon/coach/need.h"
#include "tests/unit/catalogue_fixture.h"

#include <string.h>

#define PRE (1 << MOMENT_PRE)
#define POST (1 << MOMENT_POST)
#define MICRO (1 << MOMENT_MICRO)
#define EVENING (1 << MOMENT_EVENING)

/* Beyond the design's moments: scaps is listed for swimming in its table of workout types, so it has a dose before a
 * workout; sigh5 is triggered by a workout done, so it has one after; hipflex and pecdoor have their short dose before. */
static const struct {
    const char *id;
    enum item_kind kind;
    int when;
    const char *contra;
} table[] = {
    {"walk3", ITEM_MOBILITY, MICRO | PRE, ""},
    {"stext", ITEM_MOBILITY, MICRO | PRE, "iro"},
    {"chairx", ITEM_MOBILITY, MICRO, "ov"},
    {"catcow", ITEM_MOBILITY, PRE | EVENING, "if"},
    {"chint", ITEM_STRENGTHEN, MICRO, "vf"},
    {"scaps", ITEM_STRENGTHEN, MICRO | PRE, "s"},
    {"band2", ITEM_STRENGTHEN, MICRO, "si"},
    {"pecdoor", ITEM_STRETCH, MICRO | POST | EVENING | PRE, "s"},
    {"hipflex", ITEM_STRETCH, POST | EVENING | PRE, "k"},
    {"fig4", ITEM_STRETCH, MICRO | EVENING, "kr"},
    {"hams", ITEM_MOBILITY, PRE, "ri"},
    {"lunge", ITEM_MOBILITY, PRE, "ki"},
    {"trot", ITEM_MOBILITY, PRE | EVENING, "if"},
    {"qlstr", ITEM_STRETCH, MICRO | EVENING, "ri"},
    {"switch", ITEM_MOBILITY, MICRO, ""},
    {"tfoam", ITEM_FOAM_ROLL, PRE | POST, "wfodipc"},
    {"text", ITEM_FOAM_ROLL, PRE | EVENING, "wfoip"},
    {"latfoam", ITEM_FOAM_ROLL, PRE | POST, "wfodis"},
    {"glutefoam", ITEM_FOAM_ROLL, PRE | POST, "wfdir"},
    {"quadfoam", ITEM_FOAM_ROLL, PRE | POST, "wfdik"},
    {"calffoam", ITEM_FOAM_ROLL, PRE | POST, "wfdi"},
    {"balltrap", ITEM_BALL_RELEASE, MICRO | EVENING, "wfodic"},
    {"ballrhom", ITEM_BALL_RELEASE, EVENING | POST, "wfodic"},
    {"ballglute", ITEM_BALL_RELEASE, EVENING | POST, "wfdir"},
    {"ballfoot", ITEM_BALL_RELEASE, MICRO, "wid"},
    {"birdd", ITEM_STRENGTHEN, EVENING | PRE, "rif"},
    {"bridge", ITEM_STRENGTHEN, PRE | EVENING, "i"},
    {"sigh5", ITEM_BREATHING, MICRO | EVENING | POST, ""},
    {"mas_swe", ITEM_PROFESSIONAL, EVENING, "ewfdipcb"},
    {"mas_deep", ITEM_PROFESSIONAL, EVENING, "ewfdipcbo"},
    {"mas_trig", ITEM_PROFESSIONAL, EVENING, "ewfdipcbo"},
};
enum { ROWS = sizeof table / sizeof table[0] };

static void every_item_of_the_table_is_there(void **state)
{
    (void)state;
    assert_int_equal(ROWS, 31);
    assert_int_equal(catalogue.n, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        const struct item *item = catalogue_find(&catalogue, table[i].id);
        uint32_t contra = 0;
        for (const char *c = table[i].contra; *c; c++) contra |= HEALTH_BIT(*c);
        if (!item || item->contra != contra || item->when != table[i].when) print_message("[%s]\n", table[i].id);
        assert_non_null(item);
        assert_int_equal(item->kind, table[i].kind);
        assert_int_equal(item->when, table[i].when);
        assert_int_equal(item->contra, contra);
        assert_false(item->own);
    }
}

/* A day on which the design's trigger holds asks for the item; a quiet one does not, but for those marked `any`. */
static void triggers_are_those_of_the_table(void **state)
{
    (void)state;
#define DAY .stress = -1, .pain = -1
#define AHEAD(t) .next = {.there = true, .type = t }
    static const struct {
        const char *id;
        struct load load;
    } rows[] = {
        {"walk3", {DAY, .open_bout_min = 30}},
        {"walk3", {DAY, .creep = 0.31, AHEAD(WORKOUT_DEADLIFT)}},
        {"stext", {DAY, .slouch_2h_min = 21}},
        {"chairx", {DAY, .slouch_2h_min = 16}},
        {"catcow", {DAY, .slouch_min = 31}},
        {"catcow", {DAY, .sitting_h = 4.1}},
        {"chint", {DAY, .slouch_min = 21}},
        {"scaps", {DAY, .slouch_min = 21}},
        {"pecdoor", {DAY, .slouch_min = 31}},
        {"pecdoor", {DAY, AHEAD(WORKOUT_SWIM)}},
        {"hipflex", {DAY, .sitting_h = 5.1}},
        {"hipflex", {DAY, AHEAD(WORKOUT_RUN)}},
        {"fig4", {DAY, .sitting_h = 5.1}},
        {"fig4", {DAY, .bouts_60 = 2}},
        {"hams", {DAY, AHEAD(WORKOUT_RUN)}},
        {"lunge", {DAY, AHEAD(WORKOUT_SQUAT)}},
        {"trot", {DAY, .slouch_min = 31}},
        {"trot", {DAY, AHEAD(WORKOUT_UPPER)}},
        {"qlstr", {DAY, .asymmetry_min = -31}},
        {"switch", {DAY, .asymmetry_1h_min = 16}},
        {"tfoam", {DAY, .slouch_min = 31}},
        {"tfoam", {DAY, AHEAD(WORKOUT_CYCLE)}},
        {"text", {DAY, .slouch_min = 46}},
        {"latfoam", {DAY, AHEAD(WORKOUT_SWIM)}},
        {"glutefoam", {DAY, .sitting_h = 5.1}},
        {"glutefoam", {DAY, AHEAD(WORKOUT_RUN)}},
        {"quadfoam", {DAY, AHEAD(WORKOUT_SQUAT)}},
        {"calffoam", {DAY, AHEAD(WORKOUT_RUN)}},
        {"balltrap", {DAY, .slouch_min = 46}},
        {"balltrap", {.stress = -1, .pain = 3, .pain_area = "neck"}},
        {"ballrhom", {DAY, .slouch_min = 31}},
        {"ballglute", {DAY, .sitting_h = 6.1}},
        {"ballglute", {DAY, .bouts_60 = 2}},
        {"ballfoot", {DAY, .sitting_h = 4.1}},
        {"ballfoot", {DAY, .done = {.there = true, .type = WORKOUT_RUN}}},
        {"bridge", {DAY, .sitting_h = 5.1}},
        {"mas_swe", {DAY, .stress_week = 6}},
        {"mas_deep", {.stress = -1, .pain = 4, .pain_area = "low back", .pain_weeks = 4.5}},
        {"mas_trig", {DAY, .ball_evenings = 3}},
    };
    const struct load quiet = {DAY};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct item *item = catalogue_find(&catalogue, rows[i].id);
        enum need_variable top;
        double asked = need_value(item->need, &rows[i].load, MOMENT_MICRO, &top);
        double idle = need_value(item->need, &quiet, MOMENT_MICRO, &top);
        if (!(asked > 0) || idle > 0) print_message("row %zu, [%s]\n", i, rows[i].id);
        assert_true(asked > 0);
        assert_true(!(idle > 0));
    }
    static const char *const any[] = {"band2", "birdd", "sigh5"};
    enum need_variable top;
    for (size_t i = 0; i < sizeof any / sizeof any[0]; i++)
        assert_true(need_value(catalogue_find(&catalogue, any[i])->need, &quiet, MOMENT_MICRO, &top) > 0);
}

/* At 200 words a minute (silent readers of English take 238 on average: Brysbaert 2019, J Mem Lang 109:104047), in less
 * than a third of the shortest dose. */
static void steps_are_read_in_a_third_of_the_dose(void **state)
{
    (void)state;
    for (unsigned i = 0; i < catalogue.n; i++) {
        const struct item *item = &catalogue.item[i];
        unsigned words = 0, shortest_s = UINT16_MAX;
        for (int s = 0; s < ITEM_STEPS; s++) words += words_in(item->step[s]);
        for (int m = 0; m < MOMENT_COUNT; m++)
            if (item->seconds[m] && item->seconds[m] < shortest_s) shortest_s = item->seconds[m];
        if (words * 60.0 / 200 >= shortest_s / 3.0) print_message("[%s] %u words, %u s\n", item->id, words, shortest_s);
        assert_true(words * 60.0 / 200 < shortest_s / 3.0);
    }
}

/* A paper is cited by author and year; what was not traced to one is graded so, and no site is named. */
static void sources_are_papers_or_graded_unverified(void **state)
{
    (void)state;
    for (unsigned i = 0; i < catalogue.n; i++) {
        const struct item *item = &catalogue.item[i];
        bool year = strpbrk(item->source, "12") && (strstr(item->source, " 19") || strstr(item->source, " 20"));
        bool traced = strcmp(item->evidence, "good") == 0 || strcmp(item->evidence, "some") == 0;
        if (traced != year && strcmp(item->id, "stext") != 0)
            print_message("[%s] %s, %s\n", item->id, item->source, item->evidence);
        assert_true(traced == year || strcmp(item->id, "stext") == 0); /* a paper's idea, our own dose */
        assert_null(strcasestr(item->source, "www"));
        assert_null(strcasestr(item->source, ".com"));
        assert_null(strcasestr(item->source, "http"));
        assert_non_null(item->stop);
    }
    assert_non_null(strstr(catalogue_find(&catalogue, "sigh5")->stop, "asthma be gentle"));
}

static void professionals_say_when_and_what_not(void **state)
{
    (void)state;
    static const char *const ids[] = {"mas_swe", "mas_deep", "mas_trig"};
    for (size_t i = 0; i < 3; i++) {
        const struct item *item = catalogue_find(&catalogue, ids[i]);
        assert_non_null(strstr(item->step[0], "licensed therapist can plan"));
        assert_true(item->step[1][0] && item->stop[0] && item->dose[MOMENT_EVENING][0]);
    }
    assert_non_null(strstr(catalogue_find(&catalogue, "mas_deep")->step[1], "two days before a race"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_of_the_table_is_there),
        cmocka_unit_test(triggers_are_those_of_the_table),
        cmocka_unit_test(steps_are_read_in_a_third_of_the_dose),
        cmocka_unit_test(sources_are_papers_or_graded_unverified),
        cmocka_unit_test(professionals_say_when_and_what_not),
    };
    return cmocka_run_group_tests(tests, read_catalogue, NULL);
}
