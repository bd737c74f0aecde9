#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/coach/texts.h"
#include "plumbline/coach.h"

#include <string.h>

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

/* The longest words that are ever filled in. */
static void titles_have_forty_characters(void **state)
{
    (void)state;
    for (int i = 0; i < TEXT_COUNT; i++) {
        const struct text *t = texts_of((enum text_id)i);
        char out[ADVICE_BODY_MAX];
        assert_non_null(t->body);
        if (!t->title) continue;
        bool lean = i == TEXT_LEAN, battery = i == TEXT_BATTERY;
        texts_fill(out, sizeof out, t->title,
                   lean      ? "right"
                   : battery ? "14"
                             : "upper-body work",
                   lean ? "23 h 59 min" : "18:00");
        if (characters(out) > 40) print_message("%s\n", out);
        assert_in_range(characters(out), 1, 40);
        assert_true(strlen(out) < ADVICE_TITLE_MAX);
        texts_fill(out, sizeof out, t->body, "23 h 59 min slouched, 23 h 59 min sitting", "23 h 59 min");
        assert_in_range(characters(out), 0, 160);
    }
}

static void words_are_kind(void **state)
{
    (void)state;
    static const char *const never[] = {
        "bad posture", "wrong posture", "poor posture", "you should", "you must", "you need", "prevent", "injur",
        "cure",        "heals",         "relief",       "toxin",      "lazy",     "fail",     "warning", "!",
    };
    for (int i = 0; i < TEXT_COUNT; i++) {
        const struct text *t = texts_of((enum text_id)i);
        for (size_t w = 0; w < sizeof never / sizeof never[0]; w++) {
            assert_null(strcasestr(t->body, never[w]));
            if (t->title) assert_null(strcasestr(t->title, never[w]));
        }
    }
}

static void neutral_texts_tell_nothing(void **state)
{
    (void)state;
    static const char *const never[] = {"{", "slouch", "sit", "flex", "back", "pain", "workout", "lean"};
    for (int i = TEXT_NEUTRAL; i <= TEXT_NEUTRAL_DEVICE; i++)
        for (size_t w = 0; w < sizeof never / sizeof never[0]; w++)
            assert_null(strcasestr(texts_of((enum text_id)i)->body, never[w]));
}

static void filling(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *a, *b, *expected;
        size_t size;
    } rows[] = {
        {"{0} and {1}", "one", "two", "one and two", 64},
        {"{1}{0}{1}", "a", "b", "bab", 64},
        {"{2} {", "a", "b", "{2} {", 64},
        {"{0}", "12345", "", "1234", 5},
        {"{0}", "aé", "", "a", 3},
        {"aé", "", "", "a", 3},
        {"aé", "", "", "aé", 4},
        {"{0}!", "€€", "", "€", 6},
        {"", "", "", "", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[64];
        texts_fill(out, rows[i].size, rows[i].pattern, rows[i].a, rows[i].b);
        assert_string_equal(out, rows[i].expected);
    }
}

static void appending(void **state)
{
    (void)state;
    char out[12] = "";
    texts_append(out, sizeof out, ", ", "abc");
    assert_string_equal(out, "abc");
    texts_append(out, sizeof out, ", ", "defg");
    assert_string_equal(out, "abc, defg");
    texts_append(out, sizeof out, ", ", "h");
    assert_string_equal(out, "abc, defg");
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        double minutes;
        const char *expected;
    } rows[] = {{0, "0 min"}, {-3, "0 min"},       {0.17, "10 s"},        {1, "1 min"},  {52.4, "52 min"},
                {60, "1 h"},  {250, "4 h 10 min"}, {1439, "23 h 59 min"}, {1e9, "0 min"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[24];
        texts_duration(out, rows[i].minutes);
        assert_string_equal(out, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_have_forty_characters),
        cmocka_unit_test(words_are_kind),
        cmocka_unit_test(neutral_texts_tell_nothing),
        cmocka_unit_test(filling),
        cmocka_unit_test(appending),
        cmocka_unit_test(durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
