/* Invariants: the points of the fit are (length, share of all sitting in bouts up to it), one for each different
 * length. */
#include "bouts.h"

#include <math.h>

enum { ROUNDS = 60 };

struct curve {
    const double *length;
    size_t n;
    double total;
};

/* Squared error of y = T^p / (T^p + w^p) over the points, with its gradient and the Gauss–Newton matrix (both
 * halved). */
static double misfit(const struct curve *c, double log_w, double power, double slope[2], double hessian[3])
{
    double sse = 0, sum = 0;
    slope[0] = slope[1] = hessian[0] = hessian[1] = hessian[2] = 0;
    for (size_t i = 0; i < c->n; i++) {
        sum += c->length[i];
        if (i + 1 < c->n && c->length[i + 1] <= c->length[i]) continue;
        double z = log(c->length[i]) - log_w, fit = 1 / (1 + exp(-power * z));
        double off = sum / c->total - fit, steep = fit * (1 - fit);
        double d_w = -power * steep, d_power = z * steep;
        sse += off * off;
        slope[0] += off * d_w;
        slope[1] += off * d_power;
        hessian[0] += d_w * d_w;
        hessian[1] += d_w * d_power;
        hessian[2] += d_power * d_power;
    }
    return sse;
}

/* Levenberg–Marquardt in (log w, power). */
static void fit(const struct curve *c, struct bout_outcome *out)
{
    double x[2] = {log(out->w50_nearest_min), 2}, damping = 1e-3, slope[2], h[3], unused[2], unused_h[3];
    double sse = misfit(c, x[0], x[1], slope, h);
    for (int round = 0; round < ROUNDS; round++) {
        double a = h[0] * (1 + damping), b = h[1], d = h[2] * (1 + damping), det = a * d - b * b;
        if (!(fabs(det) > 1e-300)) break;
        double step[2] = {(d * slope[0] - b * slope[1]) / det, (a * slope[1] - b * slope[0]) / det};
        double tried = misfit(c, x[0] + step[0], x[1] + step[1], unused, unused_h);
        if (tried < sse && x[1] + step[1] > 0) {
            x[0] += step[0];
            x[1] += step[1];
            sse = misfit(c, x[0], x[1], slope, h);
            damping *= 0.3;
        } else {
            damping *= 8;
        }
    }
    out->w50_fit_min = exp(x[0]);
    out->w50_fit_n = x[1];
    out->w50_fit_sse = sse;
}

static void empirical(const struct curve *c, struct bout_outcome *out)
{
    double sum = 0, nearest = INFINITY;
    for (size_t i = 0; i < c->n; i++) {
        sum += c->length[i];
        double off = fabs(sum / c->total - 0.5);
        if (off < nearest) {
            nearest = off;
            out->w50_nearest_min = c->length[i];
        }
        if (isnan(out->w50_first_min) && sum >= 0.5 * c->total) out->w50_first_min = c->length[i];
    }
}

void bouts_w50(const double *length_min, size_t n, struct bout_outcome *out)
{
    struct curve c = {.length = length_min, .n = n, .total = out->total_min};
    empirical(&c, out);
    if (length_min[0] < length_min[n - 1]) fit(&c, out);
}
