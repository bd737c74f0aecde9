/* Invariants: a rating counts on one side at most; AROUND_LESS and AROUND_MORE need both sides. */
#include "plumbline/outcome.h"

#include <math.h>
#include <string.h>

enum { WINDOW_S = 7 * 86400, FEWEST = 2 };
static const double change_points = 2, change_share = 0.3;

bool outcome_session_known(const char *word)
{
    static const char *const kinds[] = {"swedish", "deep-tissue", "trigger-point", "other"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (!strcmp(word, kinds[i])) return true;
    return false;
}

/* From behind FROM_S on, up to and with TO_S. */
static double mean_of(const struct rating *ratings, size_t n, int64_t from_s, int64_t to_s, unsigned *count)
{
    double sum = 0;
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (ratings[i].value < 0 || ratings[i].wall_s <= from_s || ratings[i].wall_s > to_s) continue;
        sum += ratings[i].value;
        ++*count;
    }
    return *count ? sum / *count : NAN;
}

static enum around_change change_of(const struct around_outcome *o)
{
    if (o->n_before < FEWEST || o->n_after < FEWEST) return AROUND_UNKNOWN;
    double change = o->after - o->before, size = fabs(change);
    bool beyond = size >= change_points || (o->before > 0 && size >= change_share * o->before);
    return !beyond ? AROUND_ALIKE : change < 0 ? AROUND_LESS : AROUND_MORE;
}

void outcome_around(const struct rating *ratings, size_t n, int64_t at_s, int64_t next_s, struct around_outcome *out)
{
    int64_t to_s = next_s - 1 < at_s + WINDOW_S ? next_s - 1 : at_s + WINDOW_S;
    out->before = mean_of(ratings, n, at_s - WINDOW_S, at_s, &out->n_before);
    out->after = mean_of(ratings, n, at_s, to_s, &out->n_after);
    out->change = change_of(out);
}
