/* Days and seconds of the proleptic Gregorian calendar, years 1 to 9999. A "local second" is what a wall clock shows,
 * counted as if that clock were UTC's: it has no zone. Day 0 is 1970-01-01, a Thursday. */
#ifndef CALENDAR_CIVIL_H
#define CALENDAR_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

enum { CIVIL_DAY_S = 86400 };

struct civil {
    int year, month, day; /* from 1 */
};

static inline int64_t civil_floor(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static inline bool civil_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static inline int civil_month_days(int year, int month)
{
    return month == 2 ? 28 + civil_leap(year) : 30 + ((month + (month > 7)) & 1);
}

/* The day's number. Years are counted from March, so that the leap day is the last of its year. */
static inline int64_t civil_day(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = civil_floor(y, 400), of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static inline struct civil civil_of(int64_t day)
{
    int64_t z = day + 719468, era = civil_floor(z, 146097), of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);
    return (struct civil){(int)(y + era * 400) + (month <= 2), month, (int)(of_year - (153 * m + 2) / 5) + 1};
}

/* 0 Monday … 6 Sunday. */
static inline int civil_weekday(int64_t day) { return (int)((day + 3) - civil_floor(day + 3, 7) * 7); }

/* The first day of DAY's week, when weeks begin on FIRST. */
static inline int64_t civil_week(int64_t day, int first) { return day - (civil_weekday(day) - first + 7) % 7; }

#endif
