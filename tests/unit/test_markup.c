#include "daemon/desk/markup.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void test_table(void **state)
{
    static const struct {
        const char *text;
        bool escape;
        size_t cap;
        const char *expected;
    } table[] = {
        {"", true, 8, ""},
        {"plain", true, 8, "plain"},
        {"<b>&\"'", true, 64, "&lt;b&gt;&amp;&quot;&apos;"},
        {"<b>&\"'", false, 64, "<b>&\"'"},
        {"a\tb\x7f\nc\x01", true, 64, "a b \nc "},
        {"2 × 30 s – “now” 🙂", false, 64, "2 × 30 s – “now” 🙂"},
        {"cut \xc3", false, 64, "cut ?"},             /* the first half of a character */
        {"\xc0\xaf\xed\xa0\x80", false, 64, "?????"}, /* overlong, surrogate */
        {"\xf4\x90\x80\x80\xf0\x80\x80\x80", false, 64, "????????"},
        {"\xe2\x82", false, 64, "??"},
        {"×××", false, 6, "××"}, /* cut between characters */
        {"a<b", true, 5, "a"},   /* no half entity */
        {"a<b", true, 6, "a&lt;"},
        {"x", false, 1, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char out[64];
        markup_clean(table[i].text, table[i].escape, out, table[i].cap);
        assert_string_equal(out, table[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
    return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
