/* Invariant: bouts lie within the day, in time order; which they are is said by outcome_total(). */
#include "day.h"

#include <errno.h>
#include <stdlib.h>

static const struct report_bout *longest(const struct report_day *day)
{
    const struct report_bout *best = NULL;
    for (size_t i = 0; i < day->n_bouts; i++)
        if (!best || day->bout[i].length_min > best->length_min) best = &day->bout[i];
    return best;
}

int bouts_make(const struct report_source *s, const struct day_bout *bout, size_t n, struct report_day *day)
{
    if (n == 0) return 0;
    day->bout = calloc(n, sizeof *day->bout);
    if (!day->bout) return -ENOMEM;
    day->n_bouts = n;
    for (size_t i = 0; i < n; i++) {
        double from_min = bout[i].from_min, to_min = bout[i].to_min;
        day->bout[i] = (struct report_bout){from_min, to_min - from_min, day_local_min(s, day, from_min),
                                            day_local_min(s, day, to_min), bout[i].open};
    }
    day->longest = longest(day);
    return 0;
}
