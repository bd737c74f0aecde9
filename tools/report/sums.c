/* Invariant: sums are of all days given, means of the days with enough wear only. */
#include "sums.h"

#include <math.h>
#include <string.h>

static void add_prompts(struct sums *sums, const struct report_day *d)
{
    sums->sent += d->responses.sent;
    sums->acted_on += d->acted_on;
    sums->corrected_60s += d->responses.corrected_60s;
    sums->snoozed += d->responses.snoozed;
    sums->skipped += d->responses.skipped;
    sums->ignored += d->responses.ignored;
    sums->wrong += d->responses.wrong;
}

static void add_bouts(struct sums *sums, const struct report_day *d)
{
    sums->bouts += d->bouts.n;
    sums->prolonged += d->bouts.n_prolonged;
    sums->breaks += d->breaks;
    if (d->bouts.n == 0) return;
    sums->prolonged_min += d->bouts.prolonged_min;
    if (d->longest && d->longest->length_min > sums->longest_min) {
        sums->longest_min = d->longest->length_min;
        sums->longest_day = d;
    }
}

static void add_day(struct sums *sums, const struct report_day *d)
{
    const struct day_outcome *f = &d->figures;
    sums->worn_min += f->worn_min;
    for (int p = 0; p < POSTURE_COUNT; p++) sums->posture_min[p] += f->posture_min[p];
    for (int b = 0; b < INCLINATION_BINS; b++) {
        sums->bin_min[b] += f->bin_min[b];
        sums->angle_min += f->bin_min[b];
    }
    sums->slouch_min += f->slouch_min;
    sums->lean_left_min += f->lean_left_min;
    sums->lean_right_min += f->lean_right_min;
    sums->gap_min += d->gap_min;
    if (isfinite(f->confidence)) sums->confidence += f->confidence * f->worn_min;
    if (!f->enough_wear) return;
    sums->days_worn++;
    sums->sitting_a_day_min += f->posture_min[POSTURE_SITTING];
    sums->slouch_a_day_min += f->slouch_min;
}

void sums_of(const struct report_day *days, unsigned n, struct sums *sums)
{
    memset(sums, 0, sizeof *sums);
    for (unsigned i = 0; i < n; i++) {
        add_day(sums, &days[i]);
        add_bouts(sums, &days[i]);
        add_prompts(sums, &days[i]);
    }
    double seated_min = sums->posture_min[POSTURE_SITTING];
    sums->slouch_share = seated_min > 0 ? sums->slouch_min / seated_min : NAN;
    sums->confidence = sums->worn_min > 0 ? sums->confidence / sums->worn_min : NAN;
    sums->sitting_a_day_min = sums->days_worn ? sums->sitting_a_day_min / sums->days_worn : NAN;
    sums->slouch_a_day_min = sums->days_worn ? sums->slouch_a_day_min / sums->days_worn : NAN;
}
