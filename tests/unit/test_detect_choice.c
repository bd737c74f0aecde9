/* Who is believed when several understand: made-up protocols in place of the table. A frame is one letter: a protocol
 * understands the letters of its name, in lower case at 1 g, in upper case at 2 g; anything else breaks its run. */
#include "sensor_fixture.h"

#include <ctype.h>
#include <math.h>

struct letters {
    struct link_stats stats;
};

static void init(void *state) { memset(state, 0, sizeof(struct letters)); }

static size_t push(const char *name, void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max,
                   size_t *count)
{
    struct letters *l = state;
    size_t i = 0;
    for (*count = 0; i < n && *count < max; i++) {
        l->stats.bytes++;
        if (!bytes[i] || !strchr(name, tolower(bytes[i]))) {
            l->stats.bad_frames += l->stats.run > 0;
            l->stats.run = 0;
            continue;
        }
        l->stats.frames++;
        l->stats.run++;
        out[*count] = (struct raw_sample){
            .have = HAVE_ACCEL, .scale = SCALE_16G_2000DPS, .accel = {0, 0, islower(bytes[i]) ? 2048 : 4096}};
        ++*count;
    }
    return i;
}

static void stats(const void *state, struct link_stats *out) { *out = ((const struct letters *)state)->stats; }

static void info(const void *state, struct sensor_info *out)
{
    (void)state;
    memset(out, 0, sizeof *out);
}

#define LETTERS(id, letters_)                                                                                          \
    static size_t push_##id(void *s, const uint8_t *b, size_t n, struct raw_sample *o, size_t m, size_t *c)            \
    {                                                                                                                  \
        return push(letters_, s, b, n, o, m, c);                                                                       \
    }
LETTERS(chain1, "aeu")
LETTERS(chain2, "beu")
LETTERS(sum, "cuv")
LETTERS(crc, "dvw")
LETTERS(hidden, "abcd")

#define PROTOCOL(id, level, ...)                                                                                       \
    static const struct protocol id = {.name = #id,                                                                    \
                                       .state_size = sizeof(struct letters),                                           \
                                       .assurance = level,                                                             \
                                       .init = init,                                                                   \
                                       .push = push_##id,                                                              \
                                       .stats = stats,                                                                 \
                                       .info = info,                                                                   \
                                       __VA_ARGS__}
PROTOCOL(chain1, ASSURANCE_CHAIN, .lock_run = 16);
PROTOCOL(chain2, ASSURANCE_CHAIN, .lock_run = 16);
PROTOCOL(sum, ASSURANCE_SUM, .lock_run = 16);
PROTOCOL(crc, ASSURANCE_CRC, .lock_run = 16);
PROTOCOL(hidden, ASSURANCE_CRC, .lock_run = 1, .by_identity = true);

const struct protocol *const protocols[] = {&hidden, &chain1, &sum, &crc, &chain2, NULL};

static struct detect *new_detect(void)
{
    struct detect *d = malloc(detect_size());
    assert_non_null(d);
    detect_init(d);
    return d;
}

static const char *heard(const char *text)
{
    struct detect *d = new_detect();
    const struct protocol *p = detect_push(d, (const uint8_t *)text, strlen(text));
    free(d);
    return p ? p->name : "nobody";
}

static void test_one_alone(void **state)
{
    (void)state;
    assert_string_equal(heard("aaaaaaaaaaaaaaaa"), "chain1");
    assert_string_equal(heard("bbbbbbbbbbbbbbbb"), "chain2");
    assert_string_equal(heard("cccccccccccccccc"), "sum");
    assert_string_equal(heard("dddddddddddddddd"), "crc");
    assert_string_equal(heard("aaaaaaaaaaaaaaa"), "nobody");
    assert_string_equal(heard("aaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaa"), "chain1");
}

static void test_the_higher_assurance_wins(void **state)
{
    (void)state;
    assert_string_equal(heard("vvvvvvvvvvvvvvvv"), "crc"); /* sum and crc */
    assert_string_equal(heard("uuuuuuuuuuuuuuuu"), "sum"); /* both chains and sum */
}

static void test_of_equals_none(void **state)
{
    (void)state;
    assert_string_equal(heard("eeeeeeeeeeeeeeee"), "nobody");
    assert_string_equal(heard("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"), "nobody");
    assert_string_equal(heard("eeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"), "chain1"); /* until one of them breaks */
    assert_string_equal(heard("eeeeeeeeeeeeeeeebbbbbbbbbbbbbbbb"), "chain2");
}

static void test_the_table_without_the_known_by_id(void **state)
{
    (void)state;
    struct detect_verdict v[8];
    struct detect *d = new_detect();
    assert_int_equal(detect_verdicts(d, v, 8), 4);
    assert_string_equal(v[0].name, "chain1");
    assert_string_equal(v[3].name, "chain2");
    assert_true(isnan(v[0].accel_g));
    assert_false(v[0].plausible);
    assert_true(v[1].plausible && v[2].plausible);
    assert_int_equal(detect_verdicts(d, v, 1), 4);
    free(d);
}

static void test_acceleration_must_be_credible(void **state)
{
    (void)state;
    assert_string_equal(heard("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "nobody"); /* 2 g, and no checksum */
    assert_string_equal(heard("CCCCCCCCCCCCCCCC"), "sum");
    assert_string_equal(heard("aaaaaaaaaAAAAAAA"), "chain1"); /* the median counts */
    assert_string_equal(heard("aaaaaaaAAAAAAAAA"), "nobody");
}

static void test_verdicts_tell_why(void **state)
{
    (void)state;
    struct detect_verdict v[4];
    struct detect *d = new_detect();
    assert_null(detect_push(d, (const uint8_t *)"AAAA.AAAAA", 10));
    assert_int_equal(detect_verdicts(d, v, 4), 4);
    assert_int_equal(v[0].frames, 9);
    assert_int_equal(v[0].bad, 1);
    assert_int_equal(v[0].run, 5);
    assert_int_equal(v[0].needed, 16);
    assert_true(v[0].accel_g > 1.99f && v[0].accel_g < 2.01f);
    assert_false(v[0].plausible);
    assert_int_equal(v[1].frames, 0);
    free(d);
}

static void test_promising(void **state)
{
    (void)state;
    struct detect *d = new_detect();
    assert_false(detect_promising(d));
    detect_push(d, (const uint8_t *)"..a", 3);
    assert_false(detect_promising(d));
    detect_push(d, (const uint8_t *)"a", 1);
    assert_true(detect_promising(d));
    detect_push(d, (const uint8_t *)".", 1);
    assert_false(detect_promising(d));
    free(d);
}

static void test_slices_decide_nothing(void **state)
{
    (void)state;
    static const char text[] = "abab..uuuuuuuuuuuucccccccccccccccvvvvvvvvvvvvvvvvvvvvvvvvvvvvvdddddddddddddddddddd";
    for (size_t slice = 1; slice < sizeof text; slice++) {
        struct detect *d = new_detect();
        const struct protocol *p = NULL;
        size_t at = 0;
        for (; at < sizeof text - 1 && !p; at += slice)
            p = detect_push(d, (const uint8_t *)text + at, sizeof text - 1 - at < slice ? sizeof text - 1 - at : slice);
        assert_ptr_equal(p, &sum);
        free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_alone),
        cmocka_unit_test(test_the_higher_assurance_wins),
        cmocka_unit_test(test_of_equals_none),
        cmocka_unit_test(test_the_table_without_the_known_by_id),
        cmocka_unit_test(test_acceleration_must_be_credible),
        cmocka_unit_test(test_verdicts_tell_why),
        cmocka_unit_test(test_promising),
        cmocka_unit_test(test_slices_decide_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
