/* Invariants: every time that is kept is a real date of the years 1 to 9999; libical's component is freed before
 * returning. */
#include "event.h"

#include "civil.h"
#include "title.h"

#include <errno.h>
#include <libical/ical.h>
#include <string.h>

enum { NTH_ZERO = 64, WEEK_DAYS = 7, LENGTH_MAX_DAYS = 3660 };

struct reading {
    struct event *e;
    struct arena *arena;
    event_name *name;
    void *arg;
    unsigned rules, dates; /* room for so many */
};

/* ---- times --------------------------------------------------------------------------------------------------- */

static bool real_time(const struct icaltimetype *t)
{
    if (t->year < 1 || t->year > 9999 || t->month < 1 || t->month > 12 || t->day < 1) return false;
    if (t->day > civil_month_days(t->year, t->month)) return false;
    return t->is_date ||
           (t->hour >= 0 && t->hour < 24 && t->minute >= 0 && t->minute < 60 && t->second >= 0 && t->second <= 60);
}

static bool take_time(struct reading *r, icalproperty *p, struct icaltimetype t, struct when *out)
{
    if (!real_time(&t)) return false;
    icalparameter *tzid = p ? icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER) : NULL;
    *out = (struct when){
        .local_s = civil_day(t.year, t.month, t.day) * CIVIL_DAY_S, .name = EVENT_FLOATING, .date = t.is_date};
    if (t.is_date) return true;
    out->local_s += t.hour * 3600 + t.minute * 60 + (t.second < 60 ? t.second : 59);
    if (icaltime_is_utc(t)) out->name = EVENT_UTC;
    else if (tzid && icalparameter_get_tzid(tzid)) out->name = r->name(r->arg, icalparameter_get_tzid(tzid));
    return true;
}

static void take_length(struct event *e, struct icaldurationtype d)
{
    if (d.is_neg || icaldurationtype_is_bad_duration(d)) return;
    uint64_t days = (uint64_t)d.weeks * WEEK_DAYS + d.days;
    uint64_t seconds = (uint64_t)d.hours * 3600 + (uint64_t)d.minutes * 60 + d.seconds;
    if (days + seconds / CIVIL_DAY_S > LENGTH_MAX_DAYS) return;
    e->has_length = true;
    e->length_days = (int64_t)days;
    e->length_s = (int64_t)seconds;
}

/* ---- rules --------------------------------------------------------------------------------------------------- */

static int weekday_of(enum icalrecurrencetype_weekday day) /* 0 Monday */
{
    return day == ICAL_SUNDAY_WEEKDAY ? 6 : (int)day - ICAL_MONDAY_WEEKDAY;
}

static unsigned length_of(const short *list, unsigned room)
{
    unsigned n = 0;
    while (n < room && list[n] != ICAL_RECURRENCE_ARRAY_MAX) n++;
    return n;
}

/* Bits of the numbers from 1 to MOST; [1]: of the negative ones. */
static bool take_set(const short *list, unsigned room, int most, uint64_t *plus, uint64_t *minus)
{
    unsigned n = length_of(list, room);
    for (unsigned i = 0; i < n; i++) {
        int k = list[i] < 0 ? -list[i] : list[i];
        if (k > most || (list[i] < 0 && !minus)) return false;
        if (list[i] >= 0) plus[k / 64] |= (uint64_t)1 << k % 64;
        else minus[k / 64] |= (uint64_t)1 << k % 64;
    }
    return true;
}

static bool take_weekdays(const struct icalrecurrencetype *from, struct rule *to, struct arena *a)
{
    unsigned n = length_of(from->by_day, ICAL_BY_DAY_SIZE);
    int16_t *nth = n ? arena_get(a, n * sizeof *nth) : NULL;
    if (n && !nth) return false;
    for (unsigned i = 0; i < n; i++) {
        enum icalrecurrencetype_weekday day = icalrecurrencetype_day_day_of_week(from->by_day[i]);
        int number = icalrecurrencetype_day_position(from->by_day[i]);
        if (day < ICAL_SUNDAY_WEEKDAY || day > ICAL_SATURDAY_WEEKDAY || number < -53 || number > 53) return false;
        if (number) nth[to->nth_count++] = (int16_t)(weekday_of(day) + 8 * (number + NTH_ZERO));
        else to->weekdays |= (uint8_t)(1 << weekday_of(day));
    }
    to->nth = nth;
    return true;
}

static bool take_positions(const struct icalrecurrencetype *from, struct rule *to, struct arena *a)
{
    unsigned n = length_of(from->by_set_pos, ICAL_BY_SETPOS_SIZE);
    int16_t *positions = n ? arena_get(a, n * sizeof *positions) : NULL;
    if (n && !positions) return false;
    for (unsigned i = 0; i < n; i++) positions[i] = from->by_set_pos[i];
    to->positions = positions;
    to->position_count = n;
    return true;
}

static bool take_sets(const struct icalrecurrencetype *from, struct rule *to)
{
    uint64_t months = 0, hours = 0, days[2] = {0};
    bool fine = take_set(from->by_second, ICAL_BY_SECOND_SIZE, 60, &to->seconds, NULL) &&
                take_set(from->by_minute, ICAL_BY_MINUTE_SIZE, 59, &to->minutes, NULL) &&
                take_set(from->by_hour, ICAL_BY_HOUR_SIZE, 23, &hours, NULL) &&
                take_set(from->by_month, ICAL_BY_MONTH_SIZE, 12, &months, NULL) &&
                take_set(from->by_month_day, ICAL_BY_MONTHDAY_SIZE, 31, &days[0], &days[1]) &&
                take_set(from->by_week_no, ICAL_BY_WEEKNO_SIZE, 53, &to->weeks[0], &to->weeks[1]) &&
                take_set(from->by_year_day, ICAL_BY_YEARDAY_SIZE, 366, to->year_days[0], to->year_days[1]);
    to->hours = (uint32_t)hours;
    to->months = (uint16_t)months;
    to->month_days[0] = (uint32_t)days[0], to->month_days[1] = (uint32_t)days[1];
    return fine;
}

static bool take_rule(struct reading *r, struct icalrecurrencetype from, struct event_rule *to)
{
    if (from.freq < ICAL_SECONDLY_RECURRENCE || from.freq > ICAL_YEARLY_RECURRENCE) return false;
    if (from.rscale && strcmp(from.rscale, "GREGORIAN") != 0) return false;
    to->rule.freq = (enum rule_freq)from.freq;
    to->rule.interval = from.interval > 0 ? from.interval : 1;
    to->rule.count = from.count > 0 ? from.count : 0;
    to->rule.first = weekday_of(from.week_start);
    to->has_until = !icaltime_is_null_time(from.until);
    if (to->has_until && !take_time(r, NULL, from.until, &to->until)) return false;
    return take_sets(&from, &to->rule) && take_weekdays(&from, &to->rule, r->arena) &&
           take_positions(&from, &to->rule, r->arena);
}

/* ---- properties ---------------------------------------------------------------------------------------------- */

static void add_rule(struct reading *r, struct icalrecurrencetype from, bool excludes)
{
    struct event *e = r->e;
    if (e->rule_count == r->rules) return;
    struct event_rule *to = &e->rules[e->rule_count];
    *to = (struct event_rule){.excludes = excludes};
    if (take_rule(r, from, to)) e->rule_count++;
}

static void add_date(struct reading *r, icalproperty *p, struct icaldatetimeperiodtype from, bool excludes)
{
    struct event *e = r->e;
    struct event_date *to = &e->dates[e->date_count];
    *to = (struct event_date){.excludes = excludes};
    bool period = icaltime_is_null_time(from.time);
    if (!take_time(r, p, period ? from.period.start : from.time, &to->at)) return;
    e->date_count++;
    if (!period) return;
    to->end = to->at;
    if (!icaltime_is_null_time(from.period.end)) {
        to->has_end = take_time(r, p, from.period.end, &to->end);
    } else {
        int length_s = icaldurationtype_as_int(from.period.duration);
        to->has_end = length_s > 0;
        to->end.local_s += length_s;
    }
}

static void take_id(struct reading *r, icalproperty *p)
{
    icalparameter *range = icalproperty_get_first_parameter(p, ICAL_RANGE_PARAMETER);
    r->e->has_id = take_time(r, p, icalproperty_get_recurrenceid(p), &r->e->id);
    r->e->future = range && icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
}

static void take_stamp(struct event *e, struct icaltimetype t)
{
    if (!real_time(&t)) return;
    int64_t at = civil_day(t.year, t.month, t.day) * CIVIL_DAY_S + t.hour * 3600 + t.minute * 60 + t.second;
    if (at > e->stamp) e->stamp = at;
}

static void take_text(struct reading *r, const char **to, const char *text)
{
    char clean[TITLE_ROOM];
    title_clean(clean, text ? text : "");
    *to = arena_text(r->arena, clean);
}

static void take_property(struct reading *r, icalproperty *p)
{
    struct event *e = r->e;
    struct icaldatetimeperiodtype date = {0};
    switch (icalproperty_isa(p)) {
    case ICAL_SUMMARY_PROPERTY: take_text(r, &e->title, icalproperty_get_summary(p)); break;
    case ICAL_DTEND_PROPERTY: e->has_end = take_time(r, p, icalproperty_get_dtend(p), &e->end); break;
    case ICAL_DURATION_PROPERTY: take_length(e, icalproperty_get_duration(p)); break;
    case ICAL_RECURRENCEID_PROPERTY: take_id(r, p); break;
    case ICAL_RRULE_PROPERTY: add_rule(r, icalproperty_get_rrule(p), false); break;
    case ICAL_EXRULE_PROPERTY: add_rule(r, icalproperty_get_exrule(p), true); break;
    case ICAL_RDATE_PROPERTY: add_date(r, p, icalproperty_get_rdate(p), false); break;
    case ICAL_EXDATE_PROPERTY:
        date.time = icalproperty_get_exdate(p);
        add_date(r, p, date, true);
        break;
    case ICAL_STATUS_PROPERTY: e->cancelled = icalproperty_get_status(p) == ICAL_STATUS_CANCELLED; break;
    case ICAL_TRANSP_PROPERTY: e->free = icalproperty_get_transp(p) == ICAL_TRANSP_TRANSPARENT; break;
    case ICAL_SEQUENCE_PROPERTY: e->sequence = icalproperty_get_sequence(p); break;
    case ICAL_DTSTAMP_PROPERTY: take_stamp(e, icalproperty_get_dtstamp(p)); break;
    case ICAL_LASTMODIFIED_PROPERTY: take_stamp(e, icalproperty_get_lastmodified(p)); break;
    default: break;
    }
}

static unsigned count_dates(icalcomponent *c)
{
    return (unsigned)icalcomponent_count_properties(c, ICAL_RDATE_PROPERTY) +
           (unsigned)icalcomponent_count_properties(c, ICAL_EXDATE_PROPERTY);
}

static int take_event(struct reading *r, icalcomponent *c)
{
    struct event *e = r->e;
    icalproperty *start = icalcomponent_get_first_property(c, ICAL_DTSTART_PROPERTY);
    icalproperty *uid = icalcomponent_get_first_property(c, ICAL_UID_PROPERTY);
    if (!start || !take_time(r, start, icalproperty_get_dtstart(start), &e->start)) return -EBADMSG;
    unsigned rules = r->rules, dates = count_dates(c);
    e->title = "";
    e->uid = arena_text(r->arena, uid && icalproperty_get_uid(uid) ? icalproperty_get_uid(uid) : "");
    e->rules = rules ? arena_get(r->arena, rules * sizeof *e->rules) : NULL;
    e->dates = dates ? arena_get(r->arena, dates * sizeof *e->dates) : NULL;
    if (!e->uid || (rules && !e->rules) || (dates && !e->dates)) return -ENOMEM;
    icalproperty *p = icalcomponent_get_first_property(c, ICAL_ANY_PROPERTY);
    for (; p; p = icalcomponent_get_next_property(c, ICAL_ANY_PROPERTY)) take_property(r, p);
    e->bad_rule = e->rule_count < rules;
    return e->title ? 0 : -ENOMEM;
}

int event_read(struct event *e, const char *text, unsigned rules, struct arena *a, event_name *name, void *arg)
{
    struct reading r = {.e = e, .arena = a, .name = name, .arg = arg, .rules = rules};
    *e = (struct event){0};
    icalcomponent *c = icalcomponent_new_from_string(text);
    if (!c) return -EBADMSG;
    int failed = icalcomponent_isa(c) == ICAL_VEVENT_COMPONENT ? take_event(&r, c) : -EBADMSG;
    icalcomponent_free(c);
    /* libical forgets what it cannot read; the event would be taken for the whole one */
    if (!failed && !e->has_id && strcasestr(text, "\r\nRECURRENCE-ID")) return -EBADMSG;
    return failed;
}
