/* What the wearer noted, in the report of the day: in its order, cut where it is too much, without answers about
 * health, and clean whatever the diary holds. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/system/page/made_up.h"
#include "tools/report/report.h"
#include "tools/report/sentence.h"

#include <jansson.h>
#include <stdlib.h>

static const struct report_request day = {.first = {2026, 10, 14}, .n_days = 1, .slouch_threshold_deg = 12};

static void note(struct report_source *s, int at_min, enum entry_kind kind, int value, const char *what)
{
    int64_t number = 0;
    (void)date_number(MADE_UP_DATE, &number);
    struct entry e = {made_up_wall_s(number, at_min), kind, value, ""};
    snprintf(e.what, sizeof e.what, "%s", what);
    assert_int_equal(source_add_entry(s, &e), 0);
}

/* The sentence of the day's report; *N is how many notes it is of. */
static void make(struct report_source *s, char words[WORDS_LONG], size_t *n)
{
    struct report r;
    assert_int_equal(report_make(s, &day, &r), 0);
    sentence_noted(&r, words);
    *n = r.day->n_noted;
    char *json = made_up_printed(&r, JSON);
    json_t *o = json_loads(json, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(o, "days"), 0), "noted")), *n);
    json_decref(o);
    free(json);
    report_free(&r);
    source_free(s);
}

static void notes_are_said_in_their_order(void **state)
{
    struct report_source s;
    char words[WORDS_LONG];
    size_t n;
    (void)state;
    made_up_source(&s);
    s.n_entries = 0;
    note(&s, 560, ENTRY_PAIN, 3, "low back");
    note(&s, 720, ENTRY_STRESS, 6, "");
    note(&s, 1020, ENTRY_SESSION, 7, "deep-tissue");
    note(&s, 1030, ENTRY_SESSION, -1, "other");
    note(&s, 1100, ENTRY_RANGE, 63, "flexion");
    note(&s, 1100, ENTRY_RANGE, 23, "extension");
    make(&s, words, &n);
    assert_int_equal(n, 6);
    assert_string_equal(
        words, "09:20 pain 3 (low back), 12:00 stress 6, 17:00 deep-tissue session (felt 7), 17:10 other session, "
               "18:20 self-test: flexion 63°, extension 23°.");
}

static void answers_about_health_stay_out(void **state)
{
    struct report_source s;
    char words[WORDS_LONG];
    size_t n;
    (void)state;
    made_up_source(&s);
    s.n_entries = 0;
    note(&s, 560, ENTRY_HEALTH, -1, "f k");
    note(&s, 561, ENTRY_RED_FLAG, 1, "leg-weakness");
    note(&s, 562, ENTRY_NOTE, -1, "private");
    make(&s, words, &n);
    assert_int_equal(n, 0);
    assert_string_equal(words, "");
}

static void odd_rows_do_no_harm(void **state)
{
    struct report_source s;
    char words[WORDS_LONG];
    size_t n;
    (void)state;
    made_up_source(&s);
    s.n_entries = 0;
    note(&s, 500, ENTRY_PAIN, 999, "neck");
    note(&s, 501, ENTRY_RANGE, -1, "flexion");
    note(&s, 502, ENTRY_SESSION, 70, "other");
    note(&s, 503, (enum entry_kind)77, 3, "");
    for (int i = 0; i < 300; i++)
        note(&s, 560 + i, ENTRY_PAIN, i % 11, "n\033[2Jeck\xff and a great many words that go on and on");
    make(&s, words, &n);
    assert_int_equal(n, 300);
    assert_true(strlen(words) < WORDS_LONG);
    assert_null(strchr(words, '\033'));
    assert_non_null(strstr(words, "…"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_are_said_in_their_order),
        cmocka_unit_test(answers_about_health_stay_out),
        cmocka_unit_test(odd_rows_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
