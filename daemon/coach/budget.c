/* Invariants: spoken_ns holds the newest N moments, oldest at next − N; an hour's limit is at most SPOKEN_MAX.
 * Everything is in run time: a clock that is set frees nothing. */
#include "budget.h"

enum { HOUR_S = 3600 };

static int64_t nth_newest(const struct budget *b, unsigned i)
{
    return b->spoken_ns[(b->next + SPOKEN_MAX - i) % SPOKEN_MAX];
}

void budget_spend(struct budget *b, int64_t now_ns)
{
    b->next = (b->next + 1) % SPOKEN_MAX;
    b->spoken_ns[b->next] = now_ns;
    if (b->n < SPOKEN_MAX) b->n++;
    b->today++;
}

void budget_new_day(struct budget *b) { b->today = 0; }

unsigned budget_last_hour(const struct budget *b, int64_t now_ns)
{
    unsigned n = 0;
    while (n < b->n && now_ns - nth_newest(b, n) < SECONDS_NS(HOUR_S)) n++;
    return n;
}

int64_t budget_free_ns(const struct budget *b, const struct coach_config *config, unsigned keep_hour, unsigned keep_day,
                       int64_t now_ns)
{
    unsigned hour = (unsigned)config->max_per_hour, day = (unsigned)config->max_per_day;
    if (hour > SPOKEN_MAX) hour = SPOKEN_MAX;
    if (hour <= keep_hour || b->today + keep_day >= day) return NEVER_NS;
    int64_t free_ns = now_ns;
    int64_t spaced_ns = nth_newest(b, 0) + SECONDS_NS(BUDGET_SPACING_S);
    if (b->n && spaced_ns > free_ns) free_ns = spaced_ns;
    unsigned allowed = hour - keep_hour;
    if (b->n >= allowed && nth_newest(b, allowed - 1) + SECONDS_NS(HOUR_S) > free_ns)
        free_ns = nth_newest(b, allowed - 1) + SECONDS_NS(HOUR_S);
    return free_ns;
}
