#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/calendar/civil.h"
#include "tools/calendar/event.h"

#include <stdio.h>
#include <string.h>

struct given {
    int64_t at[64];
    unsigned count, most;
};

static bool take(void *arg, int64_t local_s)
{
    struct given *g = arg;
    g->at[g->count++] = local_s;
    return g->count < g->most;
}

static int no_name(void *arg, const char *tzid)
{
    (void)arg;
    (void)tzid;
    return EVENT_FLOATING;
}

static void read_rule(const char *start, const char *rule, struct arena *a, struct event *e)
{
    char text[1000];
    snprintf(text, sizeof text, "BEGIN:VEVENT\r\nDTSTART:%s\r\nRRULE:%s\r\nEND:VEVENT\r\n", start, rule);
    assert_int_equal(event_read(e, text, 1, a, no_name, NULL), 0);
    assert_int_equal(e->rule_count, 1);
}

/* What a rule gives from FROM on, so many of it. */
static struct given expand(const struct event *e, int64_t from, unsigned most)
{
    struct given g = {.most = most};
    uint64_t budget = 10000000;
    int64_t last = e->start.local_s + (int64_t)15 * 366 * CIVIL_DAY_S;
    assert_true(rule_expand(&e->rules[0].rule, e->start.local_s, from, last, &budget, take, &g));
    return g;
}

/* Mostly the examples of RFC 5545, 3.8.5.3. Expected: year-month-day, then days or month-day; "…" says that more follow. */
static const struct {
    const char *start, *rule, *expected;
} rows[] = {
    {"19970902T090000", "FREQ=DAILY;COUNT=5", "1997-9-2 9-3 9-4 9-5 9-6"},
    {"19970902T090000", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-9-2 9-12 9-22 10-2 10-12"},
    {"19970901T090000", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "1997-9-1 9-3 9-5 9-15 9-17 9-19 9-29 10-1 …"},
    {"19970902T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
     "1997-9-2 9-4 9-16 9-18 9-30 10-2 10-14 10-16"},
    {"19970905T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=1FR", "1997-9-5 10-3 11-7 12-5 1998-1-2 2-6"},
    {"19970907T090000", "FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU", "1997-9-7 9-28 11-2 11-30 1998-1-4 1-25"},
    {"19970922T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-9-22 10-20 11-17 12-22 1998-1-19 2-16"},
    {"19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3", "1997-9-28 10-29 11-28 12-29 1998-1-29 2-26 …"},
    {"19970930T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
     "1997-9-30 10-1 10-31 11-1 11-30 12-1 12-31 1998-1-1 1-31 2-1"},
    {"19970910T090000", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
     "1997-9-10 9-11 9-12 9-13 9-14 9-15 1999-3-10 3-11 3-12 3-13"},
    {"19970610T090000", "FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-6-10 7-10 1998-6-10 7-10"},
    {"19970101T090000", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
     "1997-1-1 4-10 7-19 2000-1-1 4-9 7-18 2003-1-1 4-10 7-19 2006-1-1"},
    {"19970519T090000", "FREQ=YEARLY;BYDAY=20MO", "1997-5-19 1998-5-18 1999-5-17 …"},
    {"19970512T090000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-5-12 1998-5-11 1999-5-17 …"},
    {"19970313T090000", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-3-13 3-20 3-27 1998-3-5 3-12 3-19 3-26 …"},
    {"19980213T090000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-2-13 3-13 11-13 1999-8-13 2000-10-13 …"},
    {"19970913T090000", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-9-13 10-11 11-8 12-13 1998-1-10 …"},
    {"19961105T090000", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
     "1996-11-5 2000-11-7 2004-11-2 …"},
    {"19970904T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-9-4 10-7 11-6"},
    {"19970929T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
     "1997-9-29 10-30 11-27 12-30 1998-1-29 2-26 …"},
    {"19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-8-5 8-10 8-19 8-24"},
    {"19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-8-5 8-17 8-19 8-31"},
    {"20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-1-15 1-30 2-15 3-15 3-30"},
    {"20160229T090000", "FREQ=YEARLY", "2016-2-29 2020-2-29 2024-2-29 …"},
    {"20240131T090000", "FREQ=MONTHLY", "2024-1-31 3-31 5-31 7-31 8-31 …"},
    /* weeks at the turn of a year */
    {"20151228T090000", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2015-12-28 2020-12-28 2026-12-28 …"},
    {"20180101T090000", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2018-1-1 12-31 2019-12-30 2021-1-4 2022-1-3 …"},
    {"20171231T090000", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2017-12-31 2018-12-30 2019-12-29 2021-1-3 2022-1-2 …"},
    {"20260513T090000", "FREQ=YEARLY;BYWEEKNO=20", "2026-5-13 2027-5-19 2028-5-17 …"},
    /* both kinds of BYDAY; positions of a first week that has begun; a start that the rule does not give counts as the first */
    {"20261102T090000", "FREQ=MONTHLY;BYDAY=MO,1TU", "2026-11-2 11-3 11-9 11-16 11-23 11-30 12-1 …"},
    {"20261104T090000", "FREQ=WEEKLY;BYDAY=TU,WE,FR;BYSETPOS=2,3", "2026-11-4 11-6 11-11 11-13 …"},
    {"20261102T090000", "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2026-11-3 11-10"},
};

static void rules_give_days(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = {0};
        struct event e;
        char got[1000] = "", one[40];
        int year = 0;
        unsigned most = 0;
        for (const char *p = rows[i].expected; (p = strchr(p, ' ')); p++) most++;
        bool open = strstr(rows[i].expected, "…");
        read_rule(rows[i].start, rows[i].rule, &a, &e);
        struct given g = expand(&e, e.start.local_s, open ? most : 63);
        for (unsigned k = 0; k < g.count; k++) {
            struct civil c = civil_of(civil_floor(g.at[k], CIVIL_DAY_S));
            assert_int_equal(g.at[k] % CIVIL_DAY_S, 9 * 3600);
            if (c.year != year)
                snprintf(one, sizeof one, "%s%d-%d-%d", k ? " " : "", c.year, c.month, c.day);
            else
                snprintf(one, sizeof one, " %d-%d", c.month, c.day);
            year = c.year;
            strcat(got, one);
        }
        if (open) strcat(got, " …");
        assert_string_equal(got, rows[i].expected);
        arena_free(&a);
    }
}

static void a_rule_can_be_entered_anywhere(void **state)
{
    (void)state;
    static const char *const times[] = {"FREQ=HOURLY;INTERVAL=5", "FREQ=MINUTELY;INTERVAL=97;COUNT=50",
                                        "FREQ=SECONDLY;INTERVAL=30011;BYDAY=TU,WE,TH,FR,SA",
                                        "FREQ=HOURLY;INTERVAL=7;BYMINUTE=0,20,40;BYSETPOS=-1",
                                        "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=5,6;BYSECOND=1,59;COUNT=40"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] + sizeof times / sizeof times[0]; i++) {
        struct arena a = {0};
        struct event e;
        bool day = i < sizeof rows / sizeof rows[0];
        read_rule(day ? rows[i].start : "20261103T090000", day ? rows[i].rule : times[i - sizeof rows / sizeof rows[0]],
                  &a, &e);
        struct given all = expand(&e, e.start.local_s, 30);
        assert_true(all.count > 1);
        for (unsigned k = 0; k < all.count; k++) {
            struct given rest = expand(&e, all.at[k], all.count - k), after = expand(&e, all.at[k] + 1, all.count - k);
            assert_int_equal(rest.count, all.count - k);
            assert_memory_equal(rest.at, all.at + k, rest.count * sizeof rest.at[0]);
            assert_true(after.count == 0 || after.at[0] > all.at[k]);
            if (k + 1 < all.count) assert_int_equal(after.at[0], all.at[k + 1]);
        }
        arena_free(&a);
    }
}

static void times_of_a_day(void **state)
{
    (void)state;
    struct arena a = {0};
    struct event e;
    read_rule("19970902T090000", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", &a, &e);
    struct given g = expand(&e, e.start.local_s, 63);
    assert_int_equal(g.count, 4);
    for (unsigned k = 0; k < 4; k++) assert_int_equal(g.at[k] - e.start.local_s, k * 5400);
    read_rule("19970902T090000", "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40;COUNT=7", &a, &e);
    static const int minutes[] = {0, 20, 40, 60, 80, 100, 1440};
    g = expand(&e, e.start.local_s, 63);
    assert_int_equal(g.count, 7);
    for (unsigned k = 0; k < 7; k++) assert_int_equal(g.at[k] - e.start.local_s, minutes[k] * 60);
    arena_free(&a);
}

static void effort_is_bounded(void **state)
{
    (void)state;
    static const char *const dear[] = {"FREQ=SECONDLY;BYSECOND=1;COUNT=2147483647",
                                       "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",
                                       "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"};
    for (size_t i = 0; i < sizeof dear / sizeof dear[0]; i++) {
        struct arena a = {0};
        struct event e;
        struct given g = {.most = 1};
        uint64_t budget = 10000;
        read_rule("19000101T000000", dear[i], &a, &e);
        assert_false(
            rule_expand(&e.rules[0].rule, e.start.local_s, 0, INT64_C(7000) * 366 * CIVIL_DAY_S, &budget, take, &g));
        assert_int_equal(g.count, 0);
        arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_give_days),
        cmocka_unit_test(a_rule_can_be_entered_anywhere),
        cmocka_unit_test(times_of_a_day),
        cmocka_unit_test(effort_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
