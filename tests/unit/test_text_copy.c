/* Words from outside: cut between characters, never in one; what is no UTF-8 cannot pass. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/text.h"

#include <stdlib.h>
#include <string.h>

static const struct { const char *from; size_t size; const char *to; bool whole; } cases[] = {
    {"Leg day", 48, "Leg day", true},
    {"", 4, "", true},
    {"abcd", 4, "abc", false},
    {"abé", 4, "ab", false},
    {"aé", 4, "aé", true},
    {"é€𝄞", 16, "é€𝄞", true},
    {"€€", 6, "€", false},
    {"a\xff\xfe" "b", 16, "a??b", false},
    {"\xc3", 16, "?", false},
    {"\xed\xa0\x80", 16, "???", false},     /* a surrogate */
    {"\xc0\xaf", 16, "??", false},          /* an overlong slash */
    {"\xf4\x90\x80\x80", 16, "????", false}, /* beyond Unicode */
    {"a\033[31m\nb", 16, "a?[31m?b", false}, /* nothing that moves a cursor */
    {"\xc2\x9b", 16, "??", false},
};

static void copies_and_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char to[64];
        bool whole = text_copy(to, cases[i].size, cases[i].from);
        assert_string_equal(to, cases[i].to);
        assert_int_equal(whole, cases[i].whole);
    }
}

/* Whatever goes in, what comes out goes through unchanged. */
static void random_bytes_become_text(void **state)
{
    unsigned seed = 7;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char from[40], to[24], again[24];
        for (size_t i = 0; i < sizeof from; i++) from[i] = (char)(rand_r(&seed) >> 7);
        from[sizeof from - 1] = 0;
        text_copy(to, sizeof to, from);
        assert_true(text_copy(again, sizeof again, to));
        assert_string_equal(to, again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(copies_and_cuts), cmocka_unit_test(random_bytes_become_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
