/* Invariants: history and days are one array, history first, so "usual" never counts a day of the report itself; what
 * report_free() frees is what report_make() made, also half-way.
 */
#include "date.h"
#include "day.h"
#include "source.h"
#include "sums.h"
#include "tomorrow.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void make_usual(const struct report_day *history, struct report_usual *usual)
{
    struct sums sums;
    struct report_usual u = {0, NAN, NAN, NAN, NAN};
    sums_of(history, REPORT_HISTORY, &sums);
    u.days = sums.days_worn;
    if (u.days > 0) {
        u.sitting_min = sums.sitting_a_day_min;
        u.slouch_min = sums.slouch_a_day_min;
        u.longest_min = 0;
        u.slouch_share = u.sitting_min > 0 ? u.slouch_min / u.sitting_min : NAN;
        for (int i = 0; i < REPORT_HISTORY; i++)
            if (history[i].figures.enough_wear && history[i].longest)
                u.longest_min += history[i].longest->length_min / u.days;
    }
    *usual = u;
}

int report_make(const struct report_source *source, const struct report_request *q, struct report *r)
{
    int64_t first;
    memset(r, 0, sizeof *r);
    if (q->n_days < 1 || q->n_days > REPORT_DAYS_MAX || date_number(q->first, &first) < 0) return -EINVAL;
    r->request = *q;
    r->damaged = source->damaged;
    r->calibrated = source->calibrated;
    r->history = calloc(REPORT_HISTORY + q->n_days, sizeof *r->history);
    if (!r->history) return -ENOMEM;
    r->day = r->history + REPORT_HISTORY;
    int error = 0;
    for (unsigned i = 0; error == 0 && i < REPORT_HISTORY; i++)
        error = day_recall(source, first - REPORT_HISTORY + i, &r->history[i]);
    for (unsigned i = 0; error == 0 && i < q->n_days; i++)
        error = day_make(source, first + i, q->n_days == 1, &r->day[i]);
    if (error) return error;
    make_usual(r->history, &r->usual);
    tomorrow_choose(r->day, q->n_days, &r->tomorrow);
    return 0;
}

int report_read(struct diary *d, const struct report_request *q, struct report *r)
{
    struct report_source source;
    int64_t first;
    memset(r, 0, sizeof *r);
    if (q->n_days < 1 || q->n_days > REPORT_DAYS_MAX || date_number(q->first, &first) < 0) return -EINVAL;
    int error = source_read(&source, d, first, q->n_days);
    if (error == 0) error = report_make(&source, q, r);
    source_free(&source);
    return error;
}

void report_free(struct report *r)
{
    unsigned n = r->history ? REPORT_HISTORY + r->request.n_days : 0;
    for (unsigned i = 0; i < n; i++) day_free(&r->history[i]);
    free(r->history);
    memset(r, 0, sizeof *r);
}
