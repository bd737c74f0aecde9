/* What a wearer says of body and health: the answers, hostile ones too, the red flags, and when pain asks for more
 * than a routine. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/coach/region.h"
#include "plumbline/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, NOW_S = 1791961200 };

static uint32_t bits(const char *letters)
{
    uint32_t b = 0;
    for (; *letters; letters++) b |= 1u << (*letters - 'a');
    return b;
}

static void answers_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *contra;
        bool answered;
    } cases[] = {
        {"none", "", true},
        {"f k", "fk", true},
        {"k,f", "fk", true},
        {"", "", false},
        {"   ", "", false},
        {"k ?o ?p", "ko", true}, /* left open: only what could do harm counts as yes */
        {"?f?o?d?i?c", "fodic", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct health h = {0};
        assert_true(health_answer(&h, cases[i].text));
        assert_int_equal(h.answered, cases[i].answered);
        assert_int_equal(health_contra(&h), bits(cases[i].contra));
    }
}

static void nonsense_changes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"a", "F", "nones", "f ?", "?", "k;", "f k z", "\x80", "f\xff", "None", "no"};
    struct health h = {0};
    assert_true(health_answer(&h, "f k"));
    const struct health before = h;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(health_answer(&h, texts[i]));
        assert_memory_equal(&h, &before, sizeof h);
    }
}

/* Every combination of yes, no and left open of some letters, there and back. */
static void an_answer_survives_its_text(void **state)
{
    (void)state;
    srand(7);
    for (int n = 0; n < 20000; n++) {
        struct health h = {0}, back = {0};
        char text[HEALTH_TEXT_MAX];
        for (int i = 0; i < HEALTH_CODES; i++) {
            uint32_t b = 1u << (health_codes[i].letter - 'a');
            int answer = rand() % 3;
            if (answer == 0) h.yes |= b;
            if (answer == 1) h.no |= b;
        }
        h.answered = true;
        health_text(&h, text);
        assert_true(strlen(text) < HEALTH_TEXT_MAX);
        assert_true(health_answer(&back, text));
        assert_memory_equal(&back, &h, sizeof h);
    }
}

static void an_answer_taken_back_is_none(void **state)
{
    (void)state;
    struct health h = {0};
    char text[HEALTH_TEXT_MAX];
    health_answer(&h, "c d");
    health_answer(&h, "");
    assert_false(h.answered);
    assert_int_equal(health_contra(&h), 0);
    health_text(&h, text);
    assert_string_equal(text, "");
}

static void red_flags_stand_until_cleared(void **state)
{
    (void)state;
    struct health h = {0};
    assert_true(health_note_flag(&h, "fever", true));
    assert_false(health_emergency(&h));
    assert_true(health_note_flag(&h, "leg-weakness", true));
    assert_true(health_emergency(&h));
    assert_true(health_note_flag(&h, "leg-weakness", false));
    assert_false(health_emergency(&h));
    assert_true(h.red != 0);
    assert_false(health_note_flag(&h, "hunger", true));
    assert_false(health_note_flag(&h, "", true));
    assert_true(health_note_flag(&h, "age", true));
    assert_true(health_note_flag(&h, "", false));
    assert_int_equal(h.red, 0);
}

static void an_answer_clears_no_red_flag(void **state)
{
    (void)state;
    struct health h = {0};
    health_note_flag(&h, "night-pain", true);
    health_answer(&h, "none");
    health_answer(&h, "");
    assert_true(h.red != 0);
}

static void the_self_test_is_left_out_where_it_could_stir(void **state)
{
    (void)state;
    struct health h = {0};
    assert_null(health_against_range(&h, -1));
    assert_null(health_against_range(&h, 6));
    assert_non_null(health_against_range(&h, 7));
    for (const char *p = "wfodiprvbksce"; *p; p++) {
        char text[2] = {*p, 0};
        health_answer(&h, text);
        bool against = health_against_range(&h, 0) != NULL;
        assert_int_equal(against, strchr("rvfi", *p) != NULL);
    }
    health_answer(&h, "none");
    health_note_flag(&h, "age", true);
    assert_string_equal(health_against_range(&h, 0), health_flag_advice(false));
}

/* ---- pain ---- */

struct log {
    struct rating score[400];
    size_t n;
};

/* VALUE at noon of each day from DAYS_AGO down to before UNTIL. */
static void days(struct log *l, int days_ago, int until, int value)
{
    for (int d = days_ago; d > until; d--) l->score[l->n++] = (struct rating){NOW_S - (int64_t)d * DAY_S, value};
}

static enum health_pain look(const struct log *l) { return health_pain_look(l->score, l->n, NOW_S); }

static void much_pain_is_told_on_its_day(void **state)
{
    (void)state;
    struct log l = {0};
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
    l.score[l.n++] = (struct rating){NOW_S - 2 * DAY_S, 9};
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
    l.score[l.n++] = (struct rating){NOW_S, 7};
    assert_int_equal(look(&l), HEALTH_PAIN_HIGH);
    l.score[l.n++] = (struct rating){NOW_S, 3};
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
}

static void rising_pain_needs_two_points_and_a_third(void **state)
{
    (void)state;
    struct log l = {0};
    days(&l, 13, 7, 2);
    days(&l, 6, -1, 4);
    assert_int_equal(look(&l), HEALTH_PAIN_RISING);
    l.n = 0;
    days(&l, 13, 7, 2);
    days(&l, 6, -1, 3); /* one point is within what such a number can tell */
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
    l.n = 0;
    days(&l, 13, 7, 7);
    days(&l, 6, 1, 9); /* two points, but less than a third */
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
    l.n = 0;
    days(&l, 13, 7, 5);
    days(&l, 6, -1, 2); /* falling */
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
    l.n = 0;
    days(&l, 6, -1, 6); /* nothing to compare with */
    assert_int_equal(look(&l), HEALTH_PAIN_NONE);
}

static void lasting_pain_is_over_six_weeks(void **state)
{
    (void)state;
    struct log l = {0};
    for (int week = 6; week >= 0; week--) l.score[l.n++] = (struct rating){NOW_S - (int64_t)week * 7 * DAY_S, 3};
    assert_int_equal(look(&l), HEALTH_PAIN_LASTING);
    struct log later = l;
    later.score[3].value = 0; /* a week without any */
    assert_int_equal(look(&later), HEALTH_PAIN_NONE);
    later = l;
    memmove(later.score, later.score + 1, --later.n * sizeof later.score[0]); /* six weeks only */
    assert_int_equal(look(&later), HEALTH_PAIN_NONE);
}

static void areas_are_known_by_their_words(void **state)
{
    (void)state;
    assert_string_equal(health_area("upper-back"), "upper back");
    assert_string_equal(health_area("Lower-Back"), "low back");
    assert_string_equal(health_area("low back"), "low back");
    static const char *const none[] = {"", "back", "neck\n", "\xff", "neck neck neck neck neck neck neck"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) assert_null(health_area(none[i]));
    char areas[200], *rest = areas;
    snprintf(areas, sizeof areas, "%s", health_areas);
    for (char *one; (one = strsep(&rest, " ,"));)
        if (*one && strcmp(one, "or") != 0) assert_int_not_equal(region_of(health_area(one)), 0);
}

static void the_configuration_adds_to_it(void **state)
{
    (void)state;
    struct health h = {0};
    health_unite(&h, bits("o"));
    assert_true(h.answered);
    assert_int_equal(health_contra(&h), bits("o"));
    health_answer(&h, "k ?f");
    health_unite(&h, bits("o"));
    assert_int_equal(health_contra(&h), bits("kfo"));
}

static void every_text_is_short(void **state)
{
    (void)state;
    char names[HEALTH_NAMES_MAX], all[HEALTH_NAMES_MAX + 64];
    health_names(~0u, names, sizeof names);
    health_names(~0u, all, sizeof all);
    assert_string_equal(names, all);
    assert_int_equal(2 * HEALTH_CODES, sizeof HEALTH_LETTERS);
    for (const char *p = HEALTH_LETTERS; *p; p++) assert_int_equal(health_is_letter(*p), *p != ' ');
    for (int i = 0; i < HEALTH_CODES; i++) assert_true(strlen(health_codes[i].question) <= 72);
    for (int i = 0; i < HEALTH_FLAGS; i++) assert_true(strlen(health_flags[i].question) <= 72);
    assert_true(strlen(health_flag_advice(true)) <= 120 && strlen(health_flag_advice(false)) <= 120);
    assert_string_equal(health_pain_advice(HEALTH_PAIN_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(nonsense_changes_nothing),
        cmocka_unit_test(an_answer_survives_its_text),
        cmocka_unit_test(an_answer_taken_back_is_none),
        cmocka_unit_test(red_flags_stand_until_cleared),
        cmocka_unit_test(an_answer_clears_no_red_flag),
        cmocka_unit_test(the_self_test_is_left_out_where_it_could_stir),
        cmocka_unit_test(much_pain_is_told_on_its_day),
        cmocka_unit_test(rising_pain_needs_two_points_and_a_third),
        cmocka_unit_test(lasting_pain_is_over_six_weeks),
        cmocka_unit_test(areas_are_known_by_their_words),
        cmocka_unit_test(the_configuration_adds_to_it),
        cmocka_unit_test(every_text_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
