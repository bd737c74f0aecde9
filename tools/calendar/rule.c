/* Invariants:
 *   A period is the year, month, week or day of the rule; below a day it is the day, and the interval is looked at for
 *   each hour, minute or second of it.
 *   days[0 .. n) are the period's days that belong, each with the same times; BYSETPOS chooses among days × times.
 *   What comes before START is never given nor counted.
 */
#include "rule.h"

#include "civil.h"

#include <string.h>

enum { YEAR_DAYS = 366, NTH_ZERO = 64 };

struct times { /* of a day: each hour with each minute with each second */
    int hours, minutes, seconds;
    uint8_t hour[24], minute[60], second[60];
};

struct walk {
    struct rule rule; /* with what it leaves open filled in */
    int64_t start, from, last, left;
    uint64_t *budget;
    rule_take *take;
    void *arg;
    bool met, ended, spent; /* met: the first occurrence was */
    uint64_t cost;          /* of a step */
    struct times times;
};

static bool step(struct walk *w)
{
    if (*w->budget < w->cost) w->ended = w->spent = true;
    else *w->budget -= w->cost;
    return !w->ended;
}

static void give(struct walk *w, int64_t local_s)
{
    if (!step(w) || local_s < w->start) return;
    if (!w->met && local_s > w->start && w->left-- == 1)
        w->ended = true; /* START counts as the first, whatever the rule */
    w->met = true;
    if (w->ended) return;
    if (local_s > w->last) w->ended = true;
    else if (local_s >= w->from && !w->take(w->arg, local_s)) w->ended = true;
    if (w->rule.count && --w->left == 0) w->ended = true;
}

/* ---- a day --------------------------------------------------------------------------------------------------- */

static bool has(const uint64_t *set, int n) { return set[n / 64] >> (n % 64) & 1; }

static bool has_year_days(const struct rule *r)
{
    uint64_t any = 0;
    for (int i = 0; i < 6; i++) any |= r->year_days[0][i] | r->year_days[1][i];
    return any != 0;
}

static bool nth_fits(const struct rule *r, int weekday, int from_begin, int from_end)
{
    for (unsigned i = 0; i < r->nth_count; i++) {
        int n = r->nth[i] / 8 - NTH_ZERO;
        if (r->nth[i] % 8 == weekday && (n == from_begin || n == -from_end)) return true;
    }
    return false;
}

static bool weekday_fits(const struct rule *r, int64_t day, struct civil c, int year_day, int year_days)
{
    int weekday = civil_weekday(day);
    if (!r->weekdays && !r->nth_count) return true;
    if (r->weekdays >> weekday & 1) return true;
    if (r->freq == RULE_MONTHLY || (r->freq == RULE_YEARLY && r->months))
        return nth_fits(r, weekday, (c.day + 6) / 7, (civil_month_days(c.year, c.month) - c.day) / 7 + 1);
    return nth_fits(r, weekday, (year_day + 6) / 7, (year_days - year_day) / 7 + 1);
}

/* A week belongs to the year that has at least four of its days. */
static bool week_fits(const struct rule *r, int64_t day)
{
    int64_t week = civil_week(day, r->first);
    int year = civil_of(week + 3).year;
    int64_t one = civil_week(civil_day(year, 1, 4), r->first), next = civil_week(civil_day(year + 1, 1, 4), r->first);
    return r->weeks[0] >> ((week - one) / 7 + 1) & 1 || r->weeks[1] >> ((next - week) / 7) & 1;
}

static bool day_fits(const struct rule *r, int64_t day)
{
    struct civil c = civil_of(day);
    int month_days = civil_month_days(c.year, c.month), year_days = 365 + civil_leap(c.year);
    int year_day = (int)(day - civil_day(c.year, 1, 1)) + 1;
    if (r->months && !(r->months >> c.month & 1)) return false;
    if ((r->month_days[0] || r->month_days[1]) && !(r->month_days[0] >> c.day & 1) &&
        !(r->month_days[1] >> (month_days - c.day + 1) & 1))
        return false;
    if (has_year_days(r) && !has(r->year_days[0], year_day) && !has(r->year_days[1], year_days - year_day + 1))
        return false;
    if ((r->weeks[0] || r->weeks[1]) && !week_fits(r, day)) return false;
    return weekday_fits(r, day, c, year_day, year_days);
}

/* ---- a day's times ------------------------------------------------------------------------------------------- */

static int list(uint64_t set, int size, uint8_t *out)
{
    int n = 0;
    for (int i = 0; i < size; i++)
        if (set >> i & 1) out[n++] = (uint8_t)i;
    return n;
}

static int64_t time_at(const struct times *t, int64_t i)
{
    int64_t second = i % t->seconds, minute = i / t->seconds % t->minutes, hour = i / t->seconds / t->minutes;
    return t->hour[hour] * 3600 + t->minute[minute] * 60 + t->second[second];
}

/* Whether the I-th of ALL is chosen by BYSETPOS. */
static bool chosen(const struct rule *r, int64_t i, int64_t all)
{
    for (unsigned k = 0; k < r->position_count; k++)
        if (r->positions[k] == i + 1 || r->positions[k] == i - all) return true;
    return r->position_count == 0;
}

/* Where the rule's count goes on is known only by going through all: what lies outside is gone through as well. */
static void give_days(struct walk *w, const int64_t *days, int n)
{
    int64_t each = (int64_t)w->times.hours * w->times.minutes * w->times.seconds, all = n * each;
    for (int d = 0; d < n && !w->ended; d++) {
        if (!w->rule.count && (days[d] + 1) * CIVIL_DAY_S <= w->from) continue;
        for (int64_t i = 0; i < each && !w->ended; i++)
            if (chosen(&w->rule, d * each + i, all)) give(w, days[d] * CIVIL_DAY_S + time_at(&w->times, i));
            else step(w);
    }
}

/* UNIT_S: how many seconds the rule counts by; the interval is UNITS of them. */
static bool in_step(const struct walk *w, int64_t local_s, int unit_s)
{
    return (civil_floor(local_s, unit_s) - civil_floor(w->start, unit_s)) % w->rule.interval == 0;
}

/* Below a day: AT is an hour, minute or second that belongs; the smaller units are the rule's own. */
static void give_below(struct walk *w, int64_t at)
{
    const struct times *t = &w->times;
    int minutes = w->rule.freq == RULE_HOURLY ? t->minutes : 1,
        seconds = w->rule.freq == RULE_SECONDLY ? 1 : t->seconds;
    for (int i = 0; i < minutes * seconds && !w->ended; i++) {
        if (!chosen(&w->rule, i, minutes * seconds)) continue;
        int64_t minute = w->rule.freq == RULE_HOURLY ? t->minute[i / seconds] * 60 : 0;
        give(w, at + minute + (w->rule.freq == RULE_SECONDLY ? 0 : t->second[i % seconds]));
    }
}

static void walk_minutes(struct walk *w, int64_t hour)
{
    for (int m = 0; m < w->times.minutes && !w->ended; m++) {
        int64_t at = hour + w->times.minute[m] * 60;
        if (w->rule.freq == RULE_MINUTELY) {
            if (in_step(w, at, 60)) give_below(w, at);
        } else {
            for (int s = 0; s < w->times.seconds && !w->ended; s++)
                if (step(w) && in_step(w, at + w->times.second[s], 1)) give_below(w, at + w->times.second[s]);
        }
        step(w);
    }
}

static void walk_day(struct walk *w, int64_t day)
{
    for (int h = 0; h < w->times.hours && !w->ended; h++) {
        int64_t at = day * CIVIL_DAY_S + w->times.hour[h] * 3600;
        if (!step(w) || at + 3600 <= w->start || (!w->rule.count && at + 3600 <= w->from)) continue;
        if (w->rule.freq == RULE_HOURLY) {
            if (in_step(w, at, 3600)) give_below(w, at);
        } else {
            walk_minutes(w, at);
        }
    }
}

/* ---- a rule -------------------------------------------------------------------------------------------------- */

static void fill_in_day(struct rule *r, int64_t day)
{
    struct civil c = civil_of(day);
    bool weekday = r->weekdays || r->nth_count, week = r->weeks[0] || r->weeks[1];
    bool named = weekday || r->month_days[0] || r->month_days[1] || has_year_days(r);
    if (named || r->freq < RULE_WEEKLY) return;
    if (r->freq == RULE_WEEKLY || week) {
        r->weekdays = (uint8_t)(1 << civil_weekday(day));
        return;
    }
    if (r->freq == RULE_YEARLY && !r->months) r->months = (uint16_t)(1 << c.month);
    r->month_days[0] = 1u << c.day;
}

static void fill_in(struct walk *w)
{
    struct rule *r = &w->rule;
    int64_t day = civil_floor(w->start, CIVIL_DAY_S), s = w->start - day * CIVIL_DAY_S;
    fill_in_day(r, day);
    if (r->freq < RULE_MONTHLY) { /* numbered weekdays are of months and years only */
        for (unsigned i = 0; i < r->nth_count; i++) r->weekdays |= (uint8_t)(1 << r->nth[i] % 8);
        r->nth_count = 0;
    }
    if (!r->hours) r->hours = r->freq > RULE_HOURLY ? 1u << s / 3600 : 0xffffff;
    if (!r->minutes) r->minutes = r->freq > RULE_MINUTELY ? (uint64_t)1 << s / 60 % 60 : ~(uint64_t)0;
    if (!r->seconds) r->seconds = r->freq > RULE_SECONDLY ? (uint64_t)1 << s % 60 : ~(uint64_t)0;
    w->times.hours = list(r->hours, 24, w->times.hour);
    w->times.minutes = list(r->minutes, 60, w->times.minute);
    w->times.seconds = list(r->seconds, 60, w->times.second);
}

/* The period that holds DAY, counted in the rule's unit. */
static int64_t period_of(const struct rule *r, int64_t day)
{
    struct civil c = civil_of(day);
    switch (r->freq) {
    case RULE_YEARLY: return c.year;
    case RULE_MONTHLY: return (int64_t)c.year * 12 + c.month - 1;
    case RULE_WEEKLY: return civil_floor(civil_week(day, r->first) + 7, 7);
    default: return day;
    }
}

static int64_t period_begin(const struct rule *r, int64_t period, int64_t any)
{
    switch (r->freq) {
    case RULE_YEARLY: return civil_day((int)period, 1, 1);
    case RULE_MONTHLY: return civil_day((int)(period / 12), (int)(period % 12) + 1, 1);
    case RULE_WEEKLY: return civil_week(any, r->first) + (period - period_of(r, any)) * 7;
    default: return period;
    }
}

static void walk_period(struct walk *w, int64_t begin, int64_t end)
{
    int64_t days[YEAR_DAYS], first = civil_floor(w->from, CIVIL_DAY_S);
    int n = 0;
    if (!w->rule.count && !w->rule.position_count && begin < first) begin = first;
    for (int64_t day = begin; day < end && step(w); day++)
        if (day_fits(&w->rule, day)) days[n++] = day;
    if (w->rule.freq < RULE_DAILY) for (int i = 0; i < n && !w->ended; i++) walk_day(w, days[i]);
    else give_days(w, days, n);
}

/* A rule that says nothing but how many seconds, minutes or hours apart. */
static bool is_plain(const struct rule *r)
{
    return r->freq < RULE_DAILY && !r->seconds && !r->minutes && !r->hours && !r->months && !r->weekdays &&
           !r->nth_count && !r->position_count && !r->month_days[0] && !r->month_days[1] && !r->weeks[0] &&
           !r->weeks[1] && !has_year_days(r);
}

/* Where such a rule stands at FROM is known without going there. */
static void walk_plain(struct walk *w)
{
    static const int unit_s[] = {1, 60, 3600};
    int64_t each = (int64_t)unit_s[w->rule.freq] * w->rule.interval;
    int64_t before = w->from > w->start ? (w->from - w->start + each - 1) / each : 0;
    if (w->rule.count && before >= w->left) return;
    w->left -= before;
    w->met = true;
    for (int64_t at = w->start + before * each; !w->ended; at += each) give(w, at);
}

bool rule_expand(const struct rule *rule, int64_t start, int64_t from, int64_t last, uint64_t *budget, rule_take *take,
                 void *arg)
{
    struct walk w = {.rule = *rule,
                     .start = start,
                     .from = from,
                     .last = last,
                     .left = rule->count,
                     .budget = budget,
                     .take = take,
                     .arg = arg};
    w.cost = 1 + (rule->position_count + rule->nth_count) / 8;
    if (is_plain(rule)) {
        walk_plain(&w);
        return !w.spent;
    }
    fill_in(&w);
    int64_t first = rule->count || from < start ? start : from;
    int64_t started = civil_floor(start, CIVIL_DAY_S), ends = civil_floor(last, CIVIL_DAY_S);
    int64_t interval = w.rule.freq < RULE_DAILY ? 1 : w.rule.interval, origin = period_of(&w.rule, started);
    int64_t period = period_of(&w.rule, civil_floor(first, CIVIL_DAY_S));
    period = origin + (period - origin) / interval * interval;
    for (; !w.ended; period += interval) {
        int64_t begin = period_begin(&w.rule, period, started);
        if (begin > ends) break;
        walk_period(&w, begin, period_begin(&w.rule, period + 1, started));
    }
    return !w.spent;
}
