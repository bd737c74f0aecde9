/* Invariant: a day number and its date name the same day; all arithmetic is on numbers. */
#include "date.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int date_number(struct report_date date, int64_t *number)
{
    if (date.year < 1970 || date.year > 9999) return -EINVAL;
    struct tm tm = {.tm_year = date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day};
    time_t t = timegm(&tm);
    /* timegm() puts the 31st of June right silently: what it was turned into tells. */
    if (tm.tm_mon != date.month - 1 || tm.tm_mday != date.day) return -EINVAL;
    *number = (int64_t)t / DAY_S;
    return 0;
}

struct report_date date_of_number(int64_t number)
{
    time_t t = (time_t)(number * DAY_S);
    struct tm tm;
    memset(&tm, 0, sizeof tm);
    gmtime_r(&t, &tm);
    return (struct report_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

int64_t date_number_of(int64_t wall_s, int32_t utc_offset_s) { return floor_div(wall_s + utc_offset_s, DAY_S); }

int date_local_min(int64_t wall_s, int32_t utc_offset_s)
{
    int64_t local_s = wall_s + utc_offset_s;
    return (int)((local_s - floor_div(local_s, DAY_S) * DAY_S) / 60);
}

int date_weekday(struct report_date date)
{
    int64_t number = 0;
    (void)date_number(date, &number);
    return (int)((number + 3) % 7); /* 1970 began on a Thursday */
}

const char *date_weekday_name(struct report_date date)
{
    static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    return names[date_weekday(date)];
}

void date_words(struct report_date date, char words[32])
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    unsigned month = date.month >= 1 && date.month <= 12 ? (unsigned)date.month - 1 : 0;
    snprintf(words, 32, "%d %s %d", date.day, months[month], date.year);
}

void date_iso(struct report_date date, char iso[16])
{
    snprintf(iso, 16, "%04d-%02d-%02d", date.year % 10000, date.month % 100, date.day % 100);
}

struct report_date report_date_of(int64_t wall_s, int32_t utc_offset_s)
{
    return date_of_number(date_number_of(wall_s, utc_offset_s));
}

struct report_date report_date_add(struct report_date date, int days)
{
    int64_t number = 0;
    (void)date_number(date, &number);
    return date_of_number(number + days);
}
