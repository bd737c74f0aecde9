/* Invariant: says something only about an hour with enough sitting in it to judge, and only when it would matter; the
 * order is what a wearer can change most easily: an hour, a long bout, a side.
 */
#include "tomorrow.h"

#include "date.h"

#include <math.h>
#include <string.h>

enum { WEAR_MIN = 60, SEATED_MIN = 20, SLOUCH_MIN = 10, BOUT_MIN = 45, LEAN_MIN = 30 };

/* Means over the days on which the wearer sat in that hour; it must be so on half of the days worn at least. */
static void hour_mean(const struct report_day *days, unsigned n, int hour, unsigned days_worn, double *slouch_min,
                      double *seated_min)
{
    unsigned seated = 0;
    *slouch_min = *seated_min = 0;
    for (unsigned i = 0; i < n; i++) {
        if (days[i].hour[hour].seated_min <= 0) continue;
        *slouch_min += days[i].hour[hour].slouch_min;
        *seated_min += days[i].hour[hour].seated_min;
        seated++;
    }
    bool often = seated > 0 && 2 * seated >= days_worn;
    *slouch_min = often ? *slouch_min / seated : 0;
    *seated_min = often ? *seated_min / seated : 0;
}

static bool slouch_hour(const struct report_day *days, unsigned n, unsigned days_worn, struct report_tomorrow *t)
{
    double worst_min = SLOUCH_MIN;
    bool found = false;
    for (int h = 0; h < REPORT_HOURS; h++) {
        double slouch_min, seated_min;
        hour_mean(days, n, h, days_worn, &slouch_min, &seated_min);
        if (seated_min < SEATED_MIN || slouch_min < worst_min) continue;
        worst_min = slouch_min;
        *t = (struct report_tomorrow){TIP_SLOUCH_HOUR, h * HOUR_MIN, slouch_min, seated_min, false};
        found = true;
    }
    return found;
}

static bool long_bout(const struct report_day *days, unsigned n, struct report_tomorrow *t)
{
    const struct report_bout *worst = NULL;
    for (unsigned i = 0; i < n; i++)
        if (days[i].longest && (!worst || days[i].longest->length_min > worst->length_min)) worst = days[i].longest;
    if (!worst || worst->length_min < BOUT_MIN) return false;
    *t = (struct report_tomorrow){TIP_LONG_BOUT, worst->from_local_min, worst->length_min, 0, false};
    return true;
}

static bool lean(const struct report_day *days, unsigned n, unsigned days_worn, struct report_tomorrow *t)
{
    double asymmetry_min = 0;
    for (unsigned i = 0; i < n; i++) asymmetry_min += days[i].figures.asymmetry_min;
    if (fabs(asymmetry_min) < LEAN_MIN * (double)days_worn) return false;
    *t = (struct report_tomorrow){TIP_LEAN, -1, fabs(asymmetry_min) / days_worn, 0, asymmetry_min > 0};
    return true;
}

void tomorrow_choose(const struct report_day *days, unsigned n, struct report_tomorrow *t)
{
    double worn_min = 0;
    unsigned days_worn = 0;
    for (unsigned i = 0; i < n; i++) {
        worn_min += days[i].figures.worn_min;
        days_worn += days[i].figures.worn_min > 0;
    }
    *t = (struct report_tomorrow){worn_min < WEAR_MIN ? TIP_WEAR_LONGER : TIP_NOTHING, -1, 0, 0, false};
    if (worn_min < WEAR_MIN) return;
    if (slouch_hour(days, n, days_worn, t) || long_bout(days, n, t)) return;
    (void)lean(days, n, days_worn, t);
}
