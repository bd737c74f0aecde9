/* Invariants: a weekday is 0 for Monday; minutes of a day are 0 … 1439, an end may be 1440; hours whose end does not
 * lie after their start go past midnight and belong to the day on which they began. */
#include "schedule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DAY_MIN = 1440, DAY_S = 86400, ALL_DAYS = 0x7f };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int64_t local_s(const struct now *now) { return floor_div(now->wall_ns, NS_PER_S) + now->utc_offset_s; }

int64_t schedule_day(const struct now *now) { return floor_div(local_s(now), DAY_S); }

/* 1970-01-01 was a Thursday. */
int64_t schedule_week(const struct now *now) { return floor_div(schedule_day(now) + 3, 7); }

static int weekday_of(int64_t day) { return (int)(day + 3 - 7 * floor_div(day + 3, 7)); }

int schedule_second(const struct now *now) { return (int)(local_s(now) - schedule_day(now) * DAY_S); }

static bool on_day(uint8_t days, int weekday) { return days >> weekday & 1; }

int schedule_elapsed_min(const struct hours *h, const struct now *now)
{
    int64_t day = schedule_day(now);
    int minute = schedule_second(now) / 60;
    int end = h->to_min > h->from_min ? h->to_min : h->to_min + DAY_MIN;
    if (on_day(h->days, weekday_of(day)) && minute >= h->from_min && minute < end) return minute - h->from_min;
    if (on_day(h->days, weekday_of(day - 1)) && minute + DAY_MIN < end) return minute + DAY_MIN - h->from_min;
    return -1;
}

bool schedule_begins_later_today(const struct hours *h, const struct now *now)
{
    return on_day(h->days, weekday_of(schedule_day(now))) && h->from_min > schedule_second(now) / 60;
}

bool schedule_within(const struct hours *h, const struct now *now) { return schedule_elapsed_min(h, now) >= 0; }

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void skip_blanks(const char **p) { *p += strspn(*p, " \t"); }

static int refuse(char why[128], const char *expected, const char *got)
{
    snprintf(why, 128, "expected %s at '%.40s'", expected, got);
    return -EINVAL;
}

/* A weekday's first three letters, or more of its name. −1 when there is none. */
static int read_weekday(const char **p)
{
    static const char *const names[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    size_t n = strcspn(*p, " \t,-");
    for (int i = 0; i < 7 && n >= 3; i++) {
        if (n > strlen(names[i]) || strncasecmp(*p, names[i], n) != 0) continue;
        *p += n;
        return i;
    }
    return -1;
}

/* "Mon-Fri", "Mon,Wed,Fri", "Fri-Mon,Wed", "daily". */
static int read_days(const char **p, uint8_t *days, char why[128])
{
    skip_blanks(p);
    if (strncasecmp(*p, "daily", 5) == 0) {
        *p += 5;
        *days = ALL_DAYS;
        return 0;
    }
    *days = 0;
    for (;;) {
        const char *at = *p;
        int first = read_weekday(p), last = first;
        if (first < 0) return refuse(why, "a day (Mon … Sun, daily)", at);
        if (**p == '-') {
            at = ++*p;
            last = read_weekday(p);
            if (last < 0) return refuse(why, "the last day (Mon … Sun)", at);
        }
        for (int d = first;; d = (d + 1) % 7) {
            *days |= (uint8_t)(1u << d);
            if (d == last) break;
        }
        if (**p != ',') return 0;
        ++*p;
    }
}

/* At most four digits; −1 when there is none or are more. */
static int read_number(const char **p)
{
    size_t n = strspn(*p, "0123456789");
    if (n == 0 || n > 4) return -1;
    int value = 0;
    while (n--) value = value * 10 + *(*p)++ - '0';
    return value;
}

/* "HH:MM" up to 24:00, as minutes; −1 when it is not one. */
static int read_time(const char **p)
{
    skip_blanks(p);
    int hour = read_number(p);
    if (hour < 0 || hour > 24 || **p != ':') return -1;
    const char *digits = ++*p;
    int minute = read_number(p);
    if (*p - digits != 2 || minute > 59 || hour * 60 + minute > DAY_MIN) return -1;
    return hour * 60 + minute;
}

int schedule_parse_hours(const char *text, struct hours *hours, char why[128])
{
    const char *p = text;
    struct hours h = {0};
    if (read_days(&p, &h.days, why) < 0) return -EINVAL;
    const char *at = p;
    int from = read_time(&p);
    if (from < 0 || from == DAY_MIN || *p != '-') return refuse(why, "a start such as 08:00-", at);
    at = ++p;
    int to = read_time(&p);
    if (to < 0 || to == from) return refuse(why, "another time, the end, such as 17:30", at);
    skip_blanks(&p);
    if (*p) return refuse(why, "nothing more", p);
    h.from_min = (int16_t)from;
    h.to_min = (int16_t)to;
    *hours = h;
    return 0;
}

/* "60m", "1h", "1h30m", "90" as minutes, 1 … 720; −1 when it is not one. */
static int read_length(const char **p)
{
    skip_blanks(p);
    int total = 0, n = read_number(p);
    if (n >= 0 && **p == 'h') {
        ++*p;
        total = n * 60;
        n = **p && strchr("0123456789", **p) ? read_number(p) : 0;
    }
    if (n < 0) return -1;
    if (**p == 'm') ++*p;
    total += n;
    return total >= 1 && total <= 720 ? total : -1;
}

static int read_title(const char **p, char title[WORKOUT_TITLE_MAX], char why[128])
{
    skip_blanks(p);
    title[0] = 0;
    if (!**p) return 0;
    const char *end = **p == '"' ? strchr(*p + 1, '"') : NULL;
    if (!end) return refuse(why, "a title in quotes, or nothing", *p);
    size_t n = (size_t)(end - *p - 1);
    if (n >= WORKOUT_TITLE_MAX) return refuse(why, "a title of at most 47 bytes", *p);
    memcpy(title, *p + 1, n);
    title[n] = 0;
    *p = end + 1;
    skip_blanks(p);
    return **p ? refuse(why, "nothing more", *p) : 0;
}

int schedule_parse_rule(const char *text, struct workout_rule *rule, char why[128])
{
    const char *p = text;
    struct workout_rule r = {0};
    if (read_days(&p, &r.days, why) < 0) return -EINVAL;
    const char *at = p;
    int start = read_time(&p);
    if (start < 0 || start == DAY_MIN) return refuse(why, "a start such as 18:00", at);
    at = p;
    int length = read_length(&p);
    if (length < 0) return refuse(why, "a length such as 60m or 1h30m, at most 12h", at);
    skip_blanks(&p);
    char word[24] = "";
    size_t n = strcspn(p, " \t\"");
    if (n >= sizeof word) return refuse(why, "a short word for the kind of workout", p);
    memcpy(word, p, n);
    p += n;
    if (read_title(&p, r.title, why) < 0) return -EINVAL;
    r.start_min = (int16_t)start;
    r.length_min = (int16_t)length;
    r.type = workout_type_find(word);
    *rule = r;
    return 0;
}
