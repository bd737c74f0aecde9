#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/calendar/civil.h"
#include "tools/calendar/ics.h"
#include "tools/calendar/title.h"

#include <stdlib.h>
#include <string.h>

/* Two weeks from Monday 2026-11-23 in Stockholm, or other weeks where a row says so. */
static int64_t day_s(int year, int month, int day) { return civil_day(year, month, day) * CIVIL_DAY_S; }

struct reading {
    char *text;
    size_t size;
};

static struct reading read_files(const char *const *files, int64_t from_s, const char *zone)
{
    struct reading r = {0};
    bool known;
    struct ics *c = ics_open(from_s, from_s + 14 * CIVIL_DAY_S, zone, &known);
    assert_non_null(c);
    assert_true(known);
    for (char name[] = "a.ics"; *files; files++, name[0]++) {
        ics_file_begin(c, name);
        ics_push(c, *files, strlen(*files));
        ics_file_end(c);
    }
    expand_events(c);
    FILE *out = open_memstream(&r.text, &r.size);
    ics_print(c, out);
    fclose(out);
    ics_close(c);
    return r;
}

/* What comes of EVENTS, with times as day.month hour:minute UTC. */
static void expect_in(const char *zone, int64_t from_s, const char *events, const char *expected)
{
    char *file = NULL, line[400], got[4000] = "";
    assert_true(asprintf(&file, "BEGIN:VCALENDAR\nVERSION:2.0\n%sEND:VCALENDAR\n", events) > 0);
    struct reading r = read_files((const char *const[]){file, NULL}, from_s, zone);
    char *rest = r.text;
    for (char *at; (at = strsep(&rest, "\n")) && *at;) {
        long long start, end;
        int used;
        if (sscanf(at, "event %lld %lld %n", &start, &end, &used) < 2) {
            snprintf(line, sizeof line, "%.300s\n", at);
        } else {
            struct civil a = civil_of(civil_floor(start, CIVIL_DAY_S)), b = civil_of(civil_floor(end, CIVIL_DAY_S));
            snprintf(line, sizeof line, "%d.%d %02lld:%02lld-%d.%d %02lld:%02lld %s\n", a.day, a.month,
                     start / 3600 % 24, start / 60 % 60, b.day, b.month, end / 3600 % 24, end / 60 % 60, at + used);
        }
        strncat(got, line, sizeof got - strlen(got) - 1);
    }
    free(file);
    free(r.text);
    assert_string_equal(got, expected);
}

static void expect(const char *events, const char *expected)
{
    expect_in("Europe/Stockholm", day_s(2026, 11, 23), events, expected);
}

#define EVENT(lines) "BEGIN:VEVENT\n" lines "END:VEVENT\n"
#define SQUATS                                                                                                         \
    "UID:squats\nSUMMARY:Squats\nDTSTART;TZID=Europe/Stockholm:20261001T180000\n"                                      \
    "DTEND;TZID=Europe/Stockholm:20261001T190000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\n"
#define OF(id) "UID:squats\nRECURRENCE-ID;TZID=Europe/Stockholm:" id "\n"

static void a_weekly_event_repeats(void **state)
{
    (void)state;
    expect(EVENT(SQUATS), "23.11 17:00-23.11 18:00 busy timed Squats\n25.11 17:00-25.11 18:00 busy timed Squats\n"
                          "30.11 17:00-30.11 18:00 busy timed Squats\n2.12 17:00-2.12 18:00 busy timed Squats\nend\n");
    expect(EVENT(SQUATS "EXDATE;TZID=Europe/Stockholm:20261123T180000\nEXDATE:20261125T170000Z\n"
                        "EXDATE;VALUE=DATE:20261130\nRDATE;TZID=Europe/Stockholm:20261204T070000\n"
                        "RDATE;VALUE=PERIOD:20261203T070000Z/PT10M\n"),
           "2.12 17:00-2.12 18:00 busy timed Squats\n3.12 07:00-3.12 07:10 busy timed Squats\n"
           "4.12 06:00-4.12 07:00 busy timed Squats\nend\n");
    expect(EVENT("UID:1\nSUMMARY:Talk\nDTSTART:20261124T100000Z\nDURATION:PT1H\n" /* a period's own end counts */
                 "RDATE;VALUE=PERIOD:20261124T100000Z/PT10M\n"),
           "24.11 10:00-24.11 10:10 busy timed Talk\nend\n");
    expect(EVENT(SQUATS "EXRULE:FREQ=WEEKLY;BYDAY=WE\n"),
           "23.11 17:00-23.11 18:00 busy timed Squats\n30.11 17:00-30.11 18:00 busy timed Squats\nend\n");
}

static void an_occurrence_is_moved_cancelled_or_changed(void **state)
{
    (void)state;
    expect(EVENT(OF("20261125T180000") "SUMMARY:Squats moved\nDTSTART:20261126T060000Z\nDURATION:PT45M\n") EVENT(SQUATS)
               EVENT(OF("20261130T180000") "STATUS:CANCELLED\nDTSTART;TZID=Europe/Stockholm:20261130T180000\n")
                   EVENT(OF("20261202T180000") "TRANSP:TRANSPARENT\nSUMMARY:Maybe\n"
                                               "DTSTART;TZID=Europe/Stockholm:20261202T180000\nDURATION:PT1H\n"),
           "23.11 17:00-23.11 18:00 busy timed Squats\n26.11 06:00-26.11 06:45 busy timed Squats moved\n"
           "2.12 17:00-2.12 18:00 free timed Maybe\nend\n");
    /* into the window from before it, and out of it */
    expect(EVENT(SQUATS) EVENT(OF("20261116T180000") "SUMMARY:Late\nDTSTART:20261124T100000Z\nDURATION:PT1H\n")
               EVENT(OF("20261123T180000") "SUMMARY:Early\nDTSTART:20261120T100000Z\nDURATION:PT1H\n")
                   EVENT(OF("20261125T180000") "DTSTART:20261225T100000Z\nSTATUS:TENTATIVE\n"),
           "24.11 10:00-24.11 11:00 busy timed Late\n30.11 17:00-30.11 18:00 busy timed Squats\n"
           "2.12 17:00-2.12 18:00 busy timed Squats\nend\n");
    /* an invitation to one meeting only */
    expect(EVENT(OF("20261125T180000") "SUMMARY:Alone\nDTSTART:20261125T100000Z\nDURATION:PT1H\n"),
           "25.11 10:00-25.11 11:00 busy timed Alone\nend\n");
}

static void this_and_all_later_ones_change(void **state)
{
    (void)state;
    expect(EVENT(SQUATS) EVENT("UID:squats\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Stockholm:20261125T180000\n"
                               "SUMMARY:Earlier\nDTSTART;TZID=Europe/Stockholm:20261124T070000\nDURATION:PT30M\n")
               EVENT(OF("20261202T180000") "STATUS:CANCELLED\nDTSTART;TZID=Europe/Stockholm:20261202T180000\n"),
           "23.11 17:00-23.11 18:00 busy timed Squats\n24.11 06:00-24.11 06:30 busy timed Earlier\n"
           "29.11 06:00-29.11 06:30 busy timed Earlier\n6.12 06:00-6.12 06:30 busy timed Earlier\nend\n");
    expect(EVENT(SQUATS) EVENT("UID:squats\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Stockholm:20261125T180000\n"
                               "STATUS:CANCELLED\nDTSTART;TZID=Europe/Stockholm:20261125T180000\n"),
           "23.11 17:00-23.11 18:00 busy timed Squats\nend\n");
}

static void what_is_cancelled_is_never_told(void **state)
{
    (void)state;
    expect(EVENT(SQUATS "STATUS:CANCELLED\n"), "end\n");
    expect(EVENT("UID:1\nSUMMARY:x\nDTSTART:20261124T100000Z\nSTATUS:cancelled\n"), "end\n");
}

static void whole_days_are_local_ones(void **state)
{
    (void)state;
    expect(EVENT("UID:1\nSUMMARY:One day\nDTSTART;VALUE=DATE:20261124\n"),
           "23.11 23:00-24.11 23:00 busy allday One day\nend\n");
    expect(
        EVENT("UID:1\nSUMMARY:Two days\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261126\nTRANSP:TRANSPARENT\n"),
        "23.11 23:00-25.11 23:00 free allday Two days\nend\n");
    expect(EVENT("UID:1\nSUMMARY:Three\nDTSTART;VALUE=DATE:20261121\nDURATION:P3D\n"),
           "20.11 23:00-23.11 23:00 busy allday Three\nend\n");
    expect(EVENT("UID:1\nSUMMARY:No length\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261124\n"),
           "23.11 23:00-24.11 23:00 busy allday No length\nend\n");
    expect(EVENT("UID:1\nSUMMARY:Yearly\nDTSTART;VALUE=DATE:19801125\nRRULE:FREQ=YEARLY\n"),
           "24.11 23:00-25.11 23:00 busy allday Yearly\nend\n");
    /* the day the clock changes has 25 hours */
    expect_in("Europe/Stockholm", day_s(2026, 10, 20), EVENT("UID:1\nSUMMARY:Long\nDTSTART;VALUE=DATE:20261025\n"),
              "24.10 22:00-25.10 23:00 busy allday Long\nend\n");
}

static void clocks_change(void **state)
{
    (void)state;
    const char *weekly = EVENT("UID:1\nSUMMARY:x\nDTSTART;TZID=Europe/Stockholm:20260901T180000\nDURATION:PT1H\n"
                               "RRULE:FREQ=WEEKLY\n");
    expect_in("UTC", day_s(2026, 10, 19), weekly,
              "20.10 16:00-20.10 17:00 busy timed x\n27.10 17:00-27.10 18:00 busy timed x\nend\n");
    /* 02:30 comes twice on 25 October: the first; and not on 29 March: an hour after 01:30 */
    const char *night = EVENT("UID:1\nSUMMARY:x\nDTSTART;TZID=Europe/Stockholm:20260101T023000\nDURATION:PT30M\n"
                              "RRULE:FREQ=MONTHLY;BYDAY=-1SU\n");
    expect_in("UTC", day_s(2026, 10, 19), night, "25.10 00:30-25.10 01:00 busy timed x\nend\n");
    expect_in("UTC", day_s(2026, 3, 19), night, "29.3 01:30-29.3 02:00 busy timed x\nend\n");
    /* an end is as far in seconds as the first time's; days of a length are a calendar's */
    expect_in("UTC", day_s(2026, 10, 19),
              EVENT("UID:1\nSUMMARY:x\nDTSTART;TZID=Europe/Stockholm:20261003T200000\n"
                    "DTEND;TZID=Europe/Stockholm:20261004T200000\nRRULE:FREQ=WEEKLY\n")
                  EVENT("UID:2\nSUMMARY:y\nDTSTART;TZID=Europe/Stockholm:20261024T210000\nDURATION:P1DT1H\n"),
              "24.10 18:00-25.10 18:00 busy timed x\n24.10 19:00-25.10 21:00 busy timed y\n"
              "31.10 19:00-1.11 19:00 busy timed x\nend\n");
    /* UNTIL is an instant */
    expect_in("UTC", day_s(2026, 10, 19),
              EVENT("UID:1\nSUMMARY:x\nDTSTART;TZID=Europe/"
                    "Stockholm:20261020T180000\nRRULE:FREQ=DAILY;UNTIL=20261022T160000Z\n"),
              "20.10 16:00-20.10 16:00 busy timed x\n21.10 16:00-21.10 16:00 busy timed x\n"
              "22.10 16:00-22.10 16:00 busy timed x\nend\n");
}

#define ZONE(name)                                                                                                     \
    "BEGIN:VTIMEZONE\nTZID:" name "\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0545\n"  \
    "END:STANDARD\nEND:VTIMEZONE\n"

/* As Outlook and older programs write them: since 1601, and a weekday among seven days. */
#define CHANGING(name) \
    "BEGIN:VTIMEZONE\nTZID:" name "\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n" \
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=11;BYDAY=SU;BYMONTHDAY=1,2,3,4,5,6,7\nEND:STANDARD\nBEGIN:DAYLIGHT\n" \
    "DTSTART:16010101T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n" \
    "END:DAYLIGHT\nEND:VTIMEZONE\n"

static void zones_are_found(void **state)
{
    (void)state;
    static const char at[] = "20261124T120000\nDURATION:PT1H\n";
    static const struct {
        const char *tzid, *before, *after, *expected;
    } rows[] = {
        {";TZID=Asia/Kathmandu", "", "", "24.11 06:15-24.11 07:15 busy timed x\nend\n"},
        {";TZID=/example.org/20260101_1/Asia/Kathmandu", "", "", "24.11 06:15-24.11 07:15 busy timed x\nend\n"},
        {";TZID=Nepal time", ZONE("Nepal time"), "", "24.11 06:15-24.11 07:15 busy timed x\nend\n"},
        {";TZID=\"Nepal: time\"", "", ZONE("Nepal: time"), "24.11 06:15-24.11 07:15 busy timed x\nend\n"},
        {";TZID=Europe/Stockholm", ZONE("Europe/Stockholm"), "", "24.11 11:00-24.11 12:00 busy timed x\nend\n"},
        {";TZID=Customized", CHANGING("Customized"), "", "24.11 17:00-24.11 18:00 busy timed x\nend\n"},
        {";TZID=UTC", "", "", "24.11 12:00-24.11 13:00 busy timed x\nend\n"},
        {"", "", "", "24.11 11:00-24.11 12:00 busy timed x\nend\n"},
        {";TZID=Mars/Olympus", "", "",
         "24.11 11:00-24.11 12:00 busy timed x\n"
         "note a.ics: names a time zone that is not known here; its times were read as local ones\nend\n"},
        {";TZID=../../../../etc/passwd", "", "",
         "24.11 11:00-24.11 12:00 busy timed x\n"
         "note a.ics: names a time zone that is not known here; its times were read as local ones\nend\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text;
        assert_true(asprintf(&text, "%sBEGIN:VEVENT\nUID:1\nSUMMARY:x\nDTSTART%s:%sEND:VEVENT\n%s", rows[i].before,
                             rows[i].tzid, at, rows[i].after) > 0);
        expect(text, rows[i].expected);
        free(text);
    }
}

static void what_began_before_is_told(void **state)
{
    (void)state;
    expect(EVENT("UID:1\nSUMMARY:reaches in\nDTSTART:20261122T230000Z\nDURATION:PT2H\n")
               EVENT("UID:2\nSUMMARY:over\nDTSTART:20261122T220000Z\nDURATION:PT2H\n") EVENT(
                   "UID:3\nSUMMARY:weeks\nDTSTART:20260901T000000Z\nDURATION:P30D\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1\n")
                   EVENT("UID:4\nSUMMARY:a moment\nDTSTART:20261123T000000Z\n")
                       EVENT("UID:5\nSUMMARY:backwards\nDTSTART:20261124T100000Z\nDTEND:20261124T090000Z\n"),
           "1.11 00:00-1.12 00:00 busy timed weeks\n22.11 23:00-23.11 01:00 busy timed reaches in\n"
           "23.11 00:00-23.11 00:00 busy timed a moment\n24.11 10:00-24.11 10:00 busy timed backwards\n"
           "1.12 00:00-31.12 00:00 busy timed weeks\nend\n");
}

static void the_newest_copy_counts(void **state)
{
    (void)state;
    static const char head[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDURATION:PT1H\n",
                      tail[] = "END:VEVENT\nEND:VCALENDAR\n";
    static const char *const tails[][2] = {
        {"SUMMARY:new\nSEQUENCE:2\nDTSTART:20261124T100000Z\n", "SUMMARY:old\nSEQUENCE:1\nDTSTART:20261124T090000Z\n"},
        {"SUMMARY:old\nDTSTAMP:20261001T000000Z\nDTSTART:20261124T090000Z\n",
         "SUMMARY:new\nDTSTAMP:20261002T000000Z\nDTSTART:20261124T100000Z\n"},
        {"SUMMARY:old\nDTSTART:20261124T090000Z\n",
         "SUMMARY:new\nLAST-MODIFIED:20261002T000000Z\nDTSTART:20261124T100000Z\n"},
        {"SUMMARY:new\nDTSTART:20261123T100000Z\nRRULE:FREQ=DAILY;COUNT=2\n",
         "SUMMARY:moved\nRECURRENCE-ID:20261123T100000Z\nDTSTART:20261225T090000Z\n"},
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char *files[3] = {NULL};
        for (int k = 0; k < 2; k++) assert_true(asprintf(&files[k], "%s%s%s", head, tails[i][k], tail) > 0);
        struct reading r = read_files((const char *const *)files, day_s(2026, 11, 23), "Europe/Stockholm");
        assert_string_equal(r.text, "event 1795514400 1795518000 busy timed new\nend\n");
        free(r.text);
        free(files[0]);
        free(files[1]);
    }
}

static void titles_are_clean(void **state)
{
    (void)state;
    static const struct {
        const char *given, *clean;
    } rows[] = {
        {"Squats", "Squats"},
        {"  a\tb\n c \x7f", "a b  c"},
        {"K\xc3\xb6rper \xe2\x82\xac \xf0\x9f\x8f\x8b", "K\xc3\xb6rper \xe2\x82\xac \xf0\x9f\x8f\x8b"},
        {"\xff\xc3(\xe2\x82", "?"
                              "?(?"
                              "?"},
        {"\xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80", "?"
                                                   "? ?"
                                                   "?"
                                                   "? ?"
                                                   "?"
                                                   "?"
                                                   "?"},
        {"a\xe2\x80\xae"
         "b\xc2\x85"
         "c\xe2\x80\xa8",
         "a b c"},
        {"", ""},
    };
    char out[TITLE_ROOM], wide[400] = "";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        title_clean(out, rows[i].given);
        assert_string_equal(out, rows[i].clean);
    }
    for (int i = 0; i < 100; i++) strcat(wide, "\xe2\x82\xac");
    title_clean(out, wide);
    assert_int_equal(strlen(out), 120);
    memcpy(wide, "ab", 2);
    memmove(wide + 2, wide + 3, 200);
    title_clean(out, wide);
    assert_int_equal(strlen(out), 119);
    expect("BEGIN:VEVENT\nUID:1\nSUMMARY;LANGUAGE=de:Kreuz\\, Heben\\; um\n  "
           "neun\\nUhr\nDTSTART:20261124T100000Z\nEND:VEVENT\n",
           "24.11 10:00-24.11 10:00 busy timed Kreuz, Heben; um neun Uhr\nend\n");
}

static void what_is_inside_an_event_is_not_the_event(void **state)
{
    (void)state;
    expect(
        EVENT(
            "UID:1\nBEGIN:VALARM\nTRIGGER:-PT15M\nSUMMARY:alarm\nDURATION:PT5M\nDTSTART:20261201T000000Z\nEND:VALARM\n"
            "DTSTART:20261124T100000Z\nSUMMARY:x\n") "BEGIN:VTODO\nUID:2\nDTSTART:20261124T100000Z\nSUMMARY:todo\nEND:"
                                                     "VTODO\n",
        "24.11 10:00-24.11 10:00 busy timed x\nend\n");
}

static void damage_is_noted(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"", "note a.ics: holds no calendar; export it as iCalendar (.ics)\nend\n"},
        {"\xff\xfe nothing \n like it", "note a.ics: holds no calendar; export it as iCalendar (.ics)\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124T100000Z",
         "note a.ics: ends in the middle; its last event was skipped, export it again\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20261399T990000\nEND:VEVENT\nEND:"
         "VCALENDAR\n",
         "note a.ics: has an event whose time is missing or cannot be read; it was skipped\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261124T100000Z\nSUMMARY:x\nEND:VEVENT\n"
         "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:soon\nSEQUENCE:1\nDTSTART:20261125T100000Z\nEND:VEVENT\nEND:VCALENDAR\n",
         "event 1795514400 1795514400 busy timed x\n"
         "note a.ics: has an event whose time is missing or cannot be read; it was skipped\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124T100000Z\nSUMMARY:x\nBEGIN:VALARM\n"
         "BEGIN:VEVENT\nDTSTART:20261124T100000Z\nSUMMARY:y\nEND:VEVENT\nEND:VCALENDAR\n",
         "event 1795514400 1795514400 busy timed x\nevent 1795514400 1795514400 busy timed y\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261124T100000Z\nRRULE:FREQ=SOMETIMES\nEND:VEVENT\nEND:"
         "VCALENDAR\n",
         "event 1795514400 1795514400 busy timed x\n"
         "note a.ics: has an event that repeats by a rule that cannot be read; only its first time counts\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:19000101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:"
         "VCALENDAR\n",
         "note a.ics: has an event that repeats more than 400 times in these days; it was left out\nend\n"},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:19000101T000000Z\nRRULE:FREQ=SECONDLY;BYSECOND=1;BYMONTH=2;"
         "COUNT=9999999\n"
         "END:VEVENT\nBEGIN:VEVENT\nSUMMARY:y\nDTSTART:20261124T100000Z\nEND:VEVENT\nEND:VCALENDAR\n",
         "event 1795514400 1795514400 busy timed y\n"
         "note a.ics: has events that take too long to work out; some were skipped\nend\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reading r =
            read_files((const char *const[]){rows[i].text, NULL}, day_s(2026, 11, 23), "Europe/Stockholm");
        assert_string_equal(r.text, rows[i].said);
        free(r.text);
    }
}

static void lines_are_few_and_in_order(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size, n = 0;
    FILE *f = open_memstream(&text, &size);
    fputs("BEGIN:VCALENDAR\n", f);
    for (int i = 0; i < 6000; i++)
        fprintf(f, "BEGIN:VEVENT\nUID:%d\nDTSTART:2026112%dT%02d%02d00Z\nEND:VEVENT\n", i, 4 + i % 5, i * 7 % 24,
                i * 11 % 60);
    fputs("END:VCALENDAR\n", f);
    fclose(f);
    struct reading r = read_files((const char *const[]){text, NULL}, day_s(2026, 11, 23), "UTC");
    char *rest = r.text;
    long long last = 0, start;
    for (char *at; (at = strsep(&rest, "\n")) && sscanf(at, "event %lld", &start) == 1; n++, last = start)
        assert_true(start >= last);
    assert_int_equal(n, ICS_LINES);
    assert_true(last < day_s(2026, 11, 25));
    assert_string_equal(rest, "end\n");
    free(r.text);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weekly_event_repeats),
        cmocka_unit_test(an_occurrence_is_moved_cancelled_or_changed),
        cmocka_unit_test(this_and_all_later_ones_change),
        cmocka_unit_test(what_is_cancelled_is_never_told),
        cmocka_unit_test(whole_days_are_local_ones),
        cmocka_unit_test(clocks_change),
        cmocka_unit_test(zones_are_found),
        cmocka_unit_test(what_began_before_is_told),
        cmocka_unit_test(the_newest_copy_counts),
        cmocka_unit_test(titles_are_clean),
        cmocka_unit_test(what_is_inside_an_event_is_not_the_event),
        cmocka_unit_test(damage_is_noted),
        cmocka_unit_test(lines_are_few_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
