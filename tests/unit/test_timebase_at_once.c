/* Samples that a listener has gathered before it understands them come in one read: they lie before it, not behind. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/sensor.h"

#include <stdlib.h>

enum { LINES = 20 };
#define READ_NS SECONDS_NS(1000)

static struct raw_sample line(int k, bool clocked)
{
    return (struct raw_sample){.index = (uint64_t)k, .device_ns = clocked ? k * (int64_t)100 * NS_PER_MS : NO_DEVICE_TIME};
}

static void test_twenty_lines_of_text(void **state)
{
    (void)state;
    for (int clocked = 0; clocked < 2; clocked++) {
        struct timebase tb;
        struct raw_sample raw = line(LINES - 1, clocked);
        bool gap;
        int64_t t_ns = 0;
        timebase_init(&tb, TIMEBASE_LIVE, 0, 0);
        timebase_newest(&tb, &raw);
        for (int k = 0; k < LINES; k++) {
            raw = line(k, clocked);
            t_ns = timebase_map(&tb, &raw, READ_NS, &gap);
            assert_false(gap);
            if (k == 0 && clocked) assert_int_equal(t_ns, READ_NS - (LINES - 1) * (int64_t)100 * NS_PER_MS);
        }
        assert_int_equal(t_ns, READ_NS);
        for (int k = LINES; k < 600; k++) { /* and it goes on at ten a second, the rate learnt or stated by the clock */
            int64_t read_ns = READ_NS + (k - LINES + 1) * (int64_t)100 * NS_PER_MS;
            raw = line(k, clocked);
            timebase_newest(&tb, &raw);
            t_ns = timebase_map(&tb, &raw, read_ns, &gap);
            assert_true(t_ns <= read_ns + 20 * NS_PER_MS);
            assert_false(gap && clocked);
        }
        assert_true(llabs(t_ns - READ_NS - (600 - LINES) * (int64_t)100 * NS_PER_MS) < 50 * NS_PER_MS);
    }
}

/* What a device says of its newest must not carry the beginning away. */
static void test_a_newest_that_cannot_be(void **state)
{
    (void)state;
    static const int64_t claims[] = {INT64_MIN, -1, INT64_MAX, SECONDS_NS(86400)};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct timebase tb;
        struct raw_sample raw = {.device_ns = claims[i]};
        bool gap;
        timebase_init(&tb, TIMEBASE_LIVE, 0, 0);
        timebase_newest(&tb, &raw);
        raw = line(0, true);
        assert_int_equal(timebase_map(&tb, &raw, READ_NS, &gap), READ_NS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twenty_lines_of_text),
        cmocka_unit_test(test_a_newest_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
