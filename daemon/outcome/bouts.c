/* Invariants: lengths are sorted ascending before any figure is taken; an open bout counts with the length it has so
 * far. */
#include "bouts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double prolonged_min = 30, middle_min = 15, ns_per_min = 60e9;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_lengths(const double *length, size_t n, struct bout_outcome *out)
{
    for (size_t i = 0; i < n; i++) {
        double x = length[i];
        out->total_min += x;
        out->bin_min[x >= prolonged_min ? 2 : x >= middle_min ? 1 : 0] += x;
        if (x >= prolonged_min) out->n_prolonged++;
    }
    out->prolonged_min = out->bin_min[2];
    out->longest_min = length[n - 1];
    out->mean_min = out->total_min / (double)n;
    out->median_min = n % 2 ? length[n / 2] : 0.5 * (length[n / 2 - 1] + length[n / 2]);
    out->prolonged_share = out->prolonged_min / out->total_min;
}

/* Maximum likelihood for a continuous power law above the shortest bout. */
static void power_law(const double *length, size_t n, struct bout_outcome *out)
{
    double logs = 0;
    for (size_t i = 0; i < n; i++) logs += log(length[i] / length[0]);
    if (logs <= 0) return;
    out->alpha = 1 + (double)n / logs;
    out->alpha_se = (out->alpha - 1) / sqrt((double)n);
}

static void gini(const double *length, size_t n, struct bout_outcome *out)
{
    double weighted = 0;
    for (size_t i = 0; i < n; i++) weighted += (2 * (double)(i + 1) - (double)n - 1) * length[i];
    out->gini_biased = weighted / ((double)n * out->total_min);
    if (n > 1) out->gini = out->gini_biased * (double)n / (double)(n - 1);
}

void bouts_figures(double *length_min, size_t n, size_t open, struct bout_outcome *out)
{
    memset(out, 0, sizeof *out);
    out->mean_min = out->median_min = out->longest_min = out->prolonged_share = out->fragmentation_per_h = NAN;
    out->alpha = out->alpha_se = out->gini = out->gini_biased = NAN;
    out->w50_fit_min = out->w50_fit_n = out->w50_fit_sse = out->w50_nearest_min = out->w50_first_min = NAN;
    out->n = (unsigned)n;
    if (n == 0) return;
    qsort(length_min, n, sizeof *length_min, ascending);
    sum_lengths(length_min, n, out);
    out->fragmentation_per_h = (double)(n - open) / (out->total_min / 60);
    power_law(length_min, n, out);
    gini(length_min, n, out);
    bouts_w50(length_min, n, out);
}

void outcome_bouts(const struct bout *bouts, size_t n, double *scratch_min, struct bout_outcome *out)
{
    size_t used = 0, open = 0;
    for (size_t i = 0; i < n; i++) {
        if (bouts[i].end_ns <= bouts[i].start_ns) continue;
        scratch_min[used++] = (double)(bouts[i].end_ns - bouts[i].start_ns) / ns_per_min;
        open += bouts[i].open;
    }
    bouts_figures(scratch_min, used, open, out);
}
