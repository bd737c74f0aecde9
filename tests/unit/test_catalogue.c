#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/coach/need.h"
#include "plumbline/routine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct catalogue catalogue;
static char shipped[65536];

static int read_shipped(void **state)
{
    (void)state;
    FILE *f = fopen(PLUMBLINE_SOURCE_DIR "/data/catalogue.conf", "r");
    if (!f) return -1;
    shipped[fread(shipped, 1, sizeof shipped - 1, f)] = 0;
    fclose(f);
    return 0;
}

static const char whole[] = "[x]\nname = A\nkind = stretch\narea = chest\nwhen = post\ndose.post = 60 s: once\n"
                            "step1 = Do it.\nstop = pain\nsource = practice\nevidence = some\n";

static void the_shipped_file_is_without_fault(void **state)
{
    (void)state;
    char why[160];
    catalogue.n = 0;
    int faults = catalogue_parse(&catalogue, shipped, why);
    if (faults) print_message("%s\n", why);
    assert_int_equal(faults, 0);
    assert_int_equal(catalogue.n, 31);
    for (unsigned i = 0; i < catalogue.n; i++) {
        assert_true(catalogue.item[i].source[0] && catalogue.item[i].stop[0] && catalogue.item[i].name[0]);
        assert_ptr_equal(catalogue_find(&catalogue, catalogue.item[i].id), &catalogue.item[i]);
    }
    assert_null(catalogue_find(&catalogue, "nothing"));
}

static void nothing_is_promised(void **state)
{
    (void)state;
    static const char *const words[] = {"prevent",  "toxin", "cure",    "heals", "bad posture",
                                        "you need", "must",  "relieve", "relief"};
    for (unsigned i = 0; i < catalogue.n; i++) {
        const struct item *item = &catalogue.item[i];
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            assert_null(strcasestr(item->name, words[w]));
            for (int s = 0; s < ITEM_STEPS; s++) assert_null(strcasestr(item->step[s], words[w]));
        }
        if (item->kind == ITEM_PROFESSIONAL)
            assert_non_null(strstr(item->step[0], "licensed therapist can plan")
                                ? item->step[0]
                                : strstr(item->step[1], "licensed therapist"));
    }
}

static void fields_are_read(void **state)
{
    (void)state;
    const struct item *item = catalogue_find(&catalogue, "tfoam");
    assert_non_null(item);
    assert_int_equal(item->kind, ITEM_FOAM_ROLL);
    assert_int_equal(item->when, 1 << MOMENT_PRE | 1 << MOMENT_POST);
    assert_int_equal(item->seconds[MOMENT_PRE], 60);
    assert_int_equal(item->seconds[MOMENT_MICRO], 0);
    assert_string_equal(item->dose[MOMENT_PRE], "2 x 30 s, 2 to 4 s a pass");
    assert_true(item->contra & 1u << ('o' - 'a'));
    assert_false(item->contra & 1u << ('k' - 'a'));
    assert_int_equal(catalogue_find(&catalogue, "calffoam")->workouts, 1u << WORKOUT_RUN);
}

static void faults_have_a_line_and_cost_one_stanza(void **state)
{
    (void)state;
    static const struct {
        const char *line, *expected;
    } rows[] = {
        {"nonsense", "line 11: expected 'key = value'"},
        {"colour = red", "line 11: [x] key 'colour' is not known"},
        {"name = B", "line 11: [x] name is given twice"},
        {"  joined = line", "line 11: a line begins with a blank"},
        {"dose.pre = quick", "line 11: dose 'quick' does not begin like '60 s: '"},
        {"dose.pre = 99999999999999999999 s: long",
         "line 11: dose '99999999999999999999' does not begin like '60 s: '"},
        {"dose.pre = 60 s: w", "line 11: [x] 'when' and dose.pre do not agree"},
        {"contra = w f q", "line 11: contra 'q' is not one of w f o d i p r v b k s c e"},
        {"contra = knee", "line 11: contra 'knee' is not one of w f o d i p r v b k s c e"},
        {"workouts = run quidditch", "line 11: workouts: 'quidditch' is not known"},
        {"off = perhaps", "line 11: off 'perhaps' is neither yes nor no"},
        {"stop2 =", "line 11: [x] key 'stop2' is not known"},
        {"step2 = a\x80z", "line 11: step2 is not UTF-8 text"},
        {"step2 = a\x1b[2Jz", "line 11: step2 is not UTF-8 text"},
        {"step2 = a\xc2\x85z", "line 11: step2 is not UTF-8 text"},
        {"step2 = \xed\xa0\x80", "line 11: step2 is not UTF-8 text"},
        {"need = 2 * (SL", "line 11: [x] need: expected one of == != > >= < <= at ''"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const char good[] = "[y]\nname = B\nkind = stretch\narea = chest\nwhen = post\ndose.post = 60 s: once\n"
                                   "step1 = Do it.\nstop = pain\nsource = practice\nevidence = some\n";
        char text[1024], why[160];
        snprintf(text, sizeof text, "%s%s\n%s", whole, rows[i].line, good);
        struct catalogue c = {0};
        assert_int_equal(catalogue_parse(&c, text, why), 1);
        assert_string_equal(why, rows[i].expected);
        assert_int_equal(c.n, 1);
        assert_string_equal(c.item[0].id, "y");
    }
}

static void senseless_items_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"name = A\n", "line 1: 'name' stands before the first [id]"},
        {"[x\nname = A\n", "line 1: expected [id], 1 to 15 of a-z 0-9 _ -"},
        {"[Über]\n", "line 1: expected [id], 1 to 15 of a-z 0-9 _ -"},
        {"[x]\n", "line 1: [x] has no name, area, step1, stop, source, evidence, kind, when"},
        {"[x]\nname = A\nkind = foam-roll\narea = low back\nwhen = post\ndose.post = 60 s: a\nstep1 = a\nstop = "
         "a\nsource = a\n"
         "evidence = some\n",
         "line 10: [x] rolls the low back"},
        {"[x]\nname = A\nkind = ball-release\narea = shin bone\nwhen = post\ndose.post = 60 s: a\nstep1 = a\nstop = "
         "a\nsource = a\n"
         "evidence = some\n",
         "line 10: [x] rolls on bone; name the muscle beside it"},
        {"[x]\nname = A\nkind = foam-roll\narea = middle\nwhen = post\ndose.post = 60 s: a\nstep1 = a\nstop = "
         "a\nsource = a\n"
         "evidence = some\n",
         "line 10: [x] rolls 'middle', which is no known part of the body"},
        {"[x]\nname = A\nkind = stretch\narea = chest\nwhen = pre\ndose.pre = 121 s: a\nstep1 = a\nstop = a\nsource = "
         "a\n"
         "evidence = some\n",
         "line 10: [x] holds longer than 120 s before a workout"},
        {"[x]\nname = A\nkind = magic\narea = chest\nwhen = pre\ndose.pre = 60 s: a\nstep1 = a\nstop = a\nsource = a\n"
         "evidence = some\n",
         "line 3: kind 'magic' is none of mobility, stretch, foam-roll, ball-release, breathing, strengthen, professional"},
        {"[x]\nname = A\nkind = stretch\narea = chest\nwhen = pre\ndose.pre = 60 s: a\nstep1 = a\nstop = a\nsource = "
         "a\n"
         "evidence = so\n",
         "line 10: [x] evidence is none of good, some, custom, unverified"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalogue c = {0};
        char why[160];
        assert_true(catalogue_parse(&c, rows[i].text, why) > 0);
        assert_string_equal(why, rows[i].expected);
        assert_int_equal(c.n, 0);
    }
}

static void an_id_is_replaced(void **state)
{
    (void)state;
    struct catalogue c = {0};
    char why[160], text[512];
    assert_int_equal(catalogue_parse(&c, whole, why), 0);
    snprintf(text, sizeof text, "%s", whole);
    memcpy(strstr(text, "name = A"), "name = Z", 8);
    assert_int_equal(catalogue_parse(&c, text, why), 0);
    assert_int_equal(c.n, 1);
    assert_string_equal(c.item[0].name, "Z");
}

static void an_item_is_switched_off(void **state)
{
    (void)state;
    struct catalogue *c = calloc(1, sizeof *c);
    char why[160];
    assert_int_equal(catalogue_parse(c, shipped, why), 0);
    assert_int_equal(catalogue_parse(c, "[chint]\noff = yes\n[walk3]\noff = yes\nname = and words that do no harm\n", why), 0);
    assert_int_equal(c->n, 29);
    assert_null(catalogue_find(c, "chint"));
    assert_null(catalogue_find(c, "walk3"));
    assert_non_null(catalogue_find(c, "scaps"));
    assert_int_equal(catalogue_parse(c, "[chint]\noff = yes\n", why), 1);
    assert_string_equal(why, "line 2: [chint] off: there is no such item");
    assert_int_equal(catalogue_parse(c, "[scaps]\noff = no\n", why), 1);
    assert_non_null(catalogue_find(c, "scaps"));
    free(c);
}

static void own_items_are_known_as_such(void **state)
{
    (void)state;
    struct catalogue *c = calloc(1, sizeof *c);
    char why[160];
    catalogue_parse(c, shipped, why);
    c->own = true;
    assert_int_equal(catalogue_parse(c, whole, why), 0);
    assert_true(catalogue_find(c, "x")->own);
    assert_false(catalogue_find(c, "walk3")->own);
    free(c);
}

/* An item of one's own asks for as much care as the one it replaces, and as its kind. */
static void own_items_are_careful(void **state)
{
    (void)state;
    static const struct {
        const char *id, *kind, *area, *contra, *expected;
    } rows[] = {
        {"x", "stretch", "chest", "", "fodic"},
        {"x", "stretch", "chest", "contra =\n", ""},
        {"x", "stretch", "chest", "contra = none\n", ""},
        {"x", "stretch", "chest", "contra = k\n", "k"},
        {"x", "foam-roll", "thigh", "contra = none\n", "wfdi"},
        {"x", "ball-release", "foot", "contra = p\n", "wfdip"},
        {"x", "professional", "whole", "contra = none\n", "ewfdipcb"},
        {"tfoam", "foam-roll", "thoracic", "", "wfodipc"},
        {"tfoam", "mobility", "thoracic", "contra = none\n", "wfodipc"},
        {"chint", "strengthen", "neck", "contra = k\n", "vfk"},
        {"walk3", "mobility", "whole", "", ""},
    };
    struct catalogue *c = calloc(1, sizeof *c);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512], why[160];
        uint32_t expected = 0;
        for (const char *p = rows[i].expected; *p; p++) expected |= 1u << (*p - 'a');
        snprintf(text, sizeof text,
                 "[%s]\nname = A\nkind = %s\narea = %s\nwhen = post\ndose.post = 60 s: once\n%sstep1 = Do it.\n"
                 "stop = pain\nsource = practice\nevidence = some\n",
                 rows[i].id, rows[i].kind, rows[i].area, rows[i].contra);
        memset(c, 0, sizeof *c);
        assert_int_equal(catalogue_parse(c, shipped, why), 0);
        c->own = true;
        assert_int_equal(catalogue_parse(c, text, why), 0);
        assert_int_equal(catalogue_find(c, rows[i].id)->contra, expected);
    }
    free(c);
}

static void count_line(void *arg, int line, const char *what)
{
    int *lines = arg;
    assert_true(what[0]);
    lines[++lines[0]] = line;
}

static void each_fault_is_told(void **state)
{
    (void)state;
    struct catalogue c = {0};
    int lines[8] = {0};
    static const char text[] = "\xef\xbb\xbf[a]\r\nkind = x\r\nwhen = never\r\n\r\n[b\nnonsense\n";
    assert_int_equal(catalogue_check(&c, text, count_line, lines), 4);
    const int expected[] = {4, 2, 3, 5, 6};
    assert_memory_equal(lines, expected, sizeof expected);
}

static void names_of_forty_characters(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int faults;
    } rows[] = {{"äääääääääääääääääääääää", 0}, {"1234567890123456789012345678901234567890", 0},
                {"12345678901234567890123456789012345678901", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalogue c = {0};
        char text[512], why[160];
        snprintf(text, sizeof text, "[x]\nname = %s%s", rows[i].name, strchr(whole, 'A') + 1);
        assert_int_equal(catalogue_parse(&c, text, why), rows[i].faults);
    }
}

static void long_lines_are_refused(void **state)
{
    (void)state;
    char text[1024], why[160], padding[400];
    memset(padding, 'a', sizeof padding - 1);
    padding[sizeof padding - 1] = 0;
    snprintf(text, sizeof text, "%sstep2 = %s\n", whole, padding);
    struct catalogue c = {0};
    assert_true(catalogue_parse(&c, text, why) > 0);
    assert_int_equal(c.n, 0);
    assert_int_equal(strncmp(why, "line 11: ", 9), 0);
}

static void a_full_catalogue_says_so(void **state)
{
    (void)state;
    static char text[80 * 512];
    char why[160];
    size_t n = 0;
    for (int i = 0; i < CATALOGUE_MAX + 2; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "[item%d]%s", i, whole + 3);
    struct catalogue *c = calloc(1, sizeof *c);
    assert_int_equal(catalogue_parse(c, text, why), 2);
    assert_int_equal(c->n, CATALOGUE_MAX);
    assert_non_null(strstr(why, "more than 64 items"));
    free(c);
}

/* Random damage to the shipped file: never a crash, never an unchecked item. */
static void damage_is_survived(void **state)
{
    (void)state;
    static char text[sizeof shipped];
    struct catalogue *c = calloc(1, sizeof *c);
    char why[160];
    uint32_t seed = 1;
    for (int round = 0; round < 300; round++) {
        memcpy(text, shipped, sizeof text);
        size_t length = strlen(text);
        for (int hit = 0; hit < 40; hit++) {
            seed = seed * 1664525 + 1013904223;
            text[(seed >> 8) % length] = (char)(1 + (seed & 0xff) % 255);
        }
        c->n = 0;
        catalogue_parse(c, text, why);
        assert_true(c->n <= 40);
        for (unsigned i = 0; i < c->n; i++) {
            assert_int_equal(need_check(c->item[i].need, why), 0);
            assert_in_range(c->item[i].kind, 0, ITEM_KIND_COUNT - 1);
        }
    }
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_file_is_without_fault),
        cmocka_unit_test(nothing_is_promised),
        cmocka_unit_test(fields_are_read),
        cmocka_unit_test(faults_have_a_line_and_cost_one_stanza),
        cmocka_unit_test(senseless_items_are_refused),
        cmocka_unit_test(an_id_is_replaced),
        cmocka_unit_test(an_item_is_switched_off),
        cmocka_unit_test(own_items_are_known_as_such),
        cmocka_unit_test(own_items_are_careful),
        cmocka_unit_test(each_fault_is_told),
        cmocka_unit_test(names_of_forty_characters),
        cmocka_unit_test(long_lines_are_refused),
        cmocka_unit_test(a_full_catalogue_says_so),
        cmocka_unit_test(damage_is_survived),
    };
    return cmocka_run_group_tests(tests, read_shipped, NULL);
}
