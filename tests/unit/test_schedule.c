#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/coach.h"

#include <errno.h>
#include <string.h>

#define MONDAY_WALL_S ((int64_t)1772409600) /* 2026-03-02T00:00:00Z */

static struct now at(int day, int hour, int minute, int offset_s)
{
    int64_t local_s = MONDAY_WALL_S + day * 86400 + hour * 3600 + minute * 60;
    return (struct now){.t_ns = 1, .wall_ns = SECONDS_NS(local_s - offset_s), .utc_offset_s = offset_s};
}

static void hours_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result;
        uint8_t days;
        int from_min, to_min;
    } rows[] = {
        {"Mon-Fri 08:00-17:30", 0, 0x1f, 480, 1050},
        {"mon-fri 8:00 - 17:30", -EINVAL, 0, 0, 0},
        {"mon-fri 8:00-17:30 ", 0, 0x1f, 480, 1050},
        {"Monday,Thursday 22:00-06:00", 0, 0x09, 1320, 360},
        {"Fri-Mon 00:00-24:00", 0, 0x71, 0, 1440},
        {"daily 22:00-07:00", 0, 0x7f, 1320, 420},
        {"Sun 10:00-11:00", 0, 0x40, 600, 660},
        {"", -EINVAL, 0, 0, 0},
        {"Mo 08:00-17:00", -EINVAL, 0, 0, 0},
        {"Mon 25:00-26:00", -EINVAL, 0, 0, 0},
        {"Mon 24:00-24:00", -EINVAL, 0, 0, 0},
        {"Mon 08:60-09:00", -EINVAL, 0, 0, 0},
        {"Mon 08:00-08:00", -EINVAL, 0, 0, 0},
        {"Mon 08:00", -EINVAL, 0, 0, 0},
        {"Mon- 08:00-09:00", -EINVAL, 0, 0, 0},
        {"Mon 08:00-09:00 x", -EINVAL, 0, 0, 0},
        {"Mon 99999999999999:00-09:00", -EINVAL, 0, 0, 0},
        {"Mon 8:1-9:00", -EINVAL, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hours h = {.days = 1};
        char why[128] = "";
        assert_int_equal(schedule_parse_hours(rows[i].text, &h, why), rows[i].result);
        if (rows[i].result < 0) {
            assert_int_equal(strncmp(why, "expected ", 9), 0);
            assert_int_equal(h.days, 1);
            continue;
        }
        assert_int_equal(h.days, rows[i].days);
        assert_int_equal(h.from_min, rows[i].from_min);
        assert_int_equal(h.to_min, rows[i].to_min);
    }
}

static void hours_hold(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int day, hour, minute;
        bool within;
    } rows[] = {
        {"Mon-Fri 08:00-17:30", 0, 7, 59, false}, {"Mon-Fri 08:00-17:30", 0, 8, 0, true},
        {"Mon-Fri 08:00-17:30", 0, 17, 29, true}, {"Mon-Fri 08:00-17:30", 0, 17, 30, false},
        {"Mon-Fri 08:00-17:30", 5, 12, 0, false}, {"Mon,Thu 22:00-06:00", 0, 21, 59, false},
        {"Mon,Thu 22:00-06:00", 0, 23, 0, true},  {"Mon,Thu 22:00-06:00", 1, 5, 59, true},
        {"Mon,Thu 22:00-06:00", 1, 6, 0, false},  {"Mon,Thu 22:00-06:00", 0, 5, 0, false},
        {"Sun 22:00-06:00", 7, 3, 0, true},       {"daily 00:00-24:00", 3, 23, 59, true},
    };
    static const int offsets_s[] = {0, 3600, -10 * 3600, 13 * 3600 + 45 * 60};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t o = 0; o < 4; o++) {
            struct hours h;
            char why[128];
            struct now now = at(rows[i].day, rows[i].hour, rows[i].minute, offsets_s[o]);
            assert_int_equal(schedule_parse_hours(rows[i].text, &h, why), 0);
            assert_int_equal(schedule_within(&h, &now), rows[i].within);
        }
    }
}

static void no_days_are_never(void **state)
{
    (void)state;
    struct hours none = {0};
    struct now now = at(2, 0, 0, 0);
    assert_false(schedule_within(&none, &now));
}

static void rules_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int result, start_min, length_min;
        uint8_t days;
        enum workout_type type;
        const char *title;
    } rows[] = {
        {"Mon,Wed,Fri 18:00 60m squat \"Leg day\"", 0, 1080, 60, 0x15, WORKOUT_SQUAT, "Leg day"},
        {"Sat 09:30 1h30m Run", 0, 570, 90, 0x20, WORKOUT_RUN, ""},
        {"Tue 07:00 45 pull", 0, 420, 45, 0x02, WORKOUT_UPPER, ""},
        {"daily 12:00 1h", 0, 720, 60, 0x7f, WORKOUT_UNKNOWN, ""},
        {"Sun 12:00 2h \"Hike\"", 0, 720, 120, 0x40, WORKOUT_UNKNOWN, "Hike"},
        {"Sun 12:00 60m frisbee \"\"", 0, 720, 60, 0x40, WORKOUT_UNKNOWN, ""},
        {"Sun 12:00", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 12:00 0m run", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 12:00 13h run", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 12:00 60m run \"open", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 12:00 60m run fast", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 24:00 60m run", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 12:00 60m aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -EINVAL, 0, 0, 0, 0, ""},
        {"Sun 12:00 60m run \"0123456789012345678901234567890123456789012345678\"", -EINVAL, 0, 0, 0, 0, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct workout_rule r = {0};
        char why[128] = "";
        assert_int_equal(schedule_parse_rule(rows[i].text, &r, why), rows[i].result);
        assert_int_equal(why[0] != 0, rows[i].result < 0);
        if (rows[i].result < 0) continue;
        assert_int_equal(r.days, rows[i].days);
        assert_int_equal(r.start_min, rows[i].start_min);
        assert_int_equal(r.length_min, rows[i].length_min);
        assert_int_equal(r.type, rows[i].type);
        assert_string_equal(r.title, rows[i].title);
    }
}

static void words_find_types(void **state)
{
    (void)state;
    for (int t = 0; t < WORKOUT_TYPE_COUNT; t++)
        assert_int_equal(workout_type_find(workout_type_name((enum workout_type)t)), t);
    assert_int_equal(workout_type_find("Press"), WORKOUT_UPPER);
    assert_int_equal(workout_type_find("rowing"), WORKOUT_ROW);
    assert_int_equal(workout_type_find("quidditch"), WORKOUT_UNKNOWN);
    assert_true(workout_loads_spine(WORKOUT_ROW));
    assert_false(workout_loads_spine(WORKOUT_RUN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_are_read), cmocka_unit_test(hours_hold),       cmocka_unit_test(no_days_are_never),
        cmocka_unit_test(rules_are_read), cmocka_unit_test(words_find_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
