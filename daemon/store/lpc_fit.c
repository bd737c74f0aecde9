/* Invariants:
 *   a node's moments are the sums of its halves'; a node without samples costs nothing;
 *   a predictor that cannot be written (a coefficient too large, a matrix that is not positive) is not a candidate, and
 *   the fixed ones always are.
 */
#include "lpc_fit.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 32, KIND_BITS = 3, SHIFT_BITS = 4, ORDER_BITS = 4 };
static const double ridge = 1e-9, least_power = 1e-3;
static const float round_cost = 0.3f; /* of a mean residual: below it integers cost what they cost */
static const float power_share = 1.0f / 24;

/* Bits that an entropy coder that follows the residuals' size needs for them: those of a Laplace distribution whose
 * width is the mean of each stretch of CHUNK. */
static float bits_of(const uint32_t *folded, size_t n)
{
    float bits = 0;
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t m = n - at < CHUNK ? n - at : CHUNK;
        uint64_t sum = 0;
        for (size_t i = at; i < at + m; i++) sum += folded[i];
        bits += (float)m * log2f(2.7182818f * ((float)sum / (float)m + round_cost) + 0.2f);
    }
    return bits;
}

/* ---- least squares ------------------------------------------------------------------------------------------------ */

static size_t moment_at(unsigned a, unsigned b) { return a * (a + 1) / 2 + b; }

/* Quiet stretches weigh as much as loud ones: each sample by the power of what changed before it. */
static void weigh(struct lpc_fit *f, const int16_t *x, size_t n)
{
    float power = 1;
    for (size_t i = 0; i < n && i < CHUNK; i++) {
        float d = (float)x[i] - (float)x[(ptrdiff_t)i - 1];
        if (i > 0) power += d * d / CHUNK;
    }
    for (size_t i = 0; i < n; i++) {
        const int16_t *p = x + i;
        float d = (float)p[0] - 2 * (float)p[-1] + (float)p[-2];
        f->weight[0][i] = 1;
        f->weight[1][i] = 1 / (power + 1);
        power += power_share * (d * d - power);
    }
}

static void leaf_moments(const float *weight, const int16_t *x, int mean, size_t n, double moment[LPC_MOMENTS])
{
    double v[LPC_LEAF + LPC_ORDER_MAX], w[LPC_LEAF];
    for (size_t i = 0; i < n + LPC_ORDER_MAX; i++) v[i] = x[(ptrdiff_t)i - LPC_ORDER_MAX] - mean;
    for (unsigned a = 0; a < LPC_LAGS; a++) {
        const double *va = v + LPC_ORDER_MAX - a;
        for (size_t i = 0; i < n; i++) w[i] = (double)weight[i] * va[i];
        for (unsigned b = 0; b <= a; b++) {
            const double *vb = v + LPC_ORDER_MAX - b;
            double sum[4] = {0};
            size_t i = 0;
            for (; i + 4 <= n; i += 4)
                for (size_t k = 0; k < 4; k++) sum[k] += w[i + k] * vb[i + k];
            for (; i < n; i++) sum[0] += w[i] * vb[i];
            moment[moment_at(a, b)] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        }
    }
}

/* Cholesky of the whole order; row by row it holds those of all lower orders. Returns how many rows are sound. */
static unsigned factor(const double *moment, double l[LPC_ORDER_MAX][LPC_ORDER_MAX], double y[LPC_ORDER_MAX])
{
    for (unsigned i = 0; i < LPC_ORDER_MAX; i++) {
        for (unsigned j = 0; j <= i; j++) {
            double s = moment[moment_at(i + 1, j + 1)];
            if (i == j) s += ridge * s + least_power;
            for (unsigned k = 0; k < j; k++) s -= l[i][k] * l[j][k];
            if (i == j && !(s > 0)) return i;
            l[i][j] = i == j ? sqrt(s) : s / l[j][j];
        }
        double s = moment[moment_at(i + 1, 0)];
        for (unsigned k = 0; k < i; k++) s -= l[i][k] * y[k];
        y[i] = s / l[i][i];
    }
    return LPC_ORDER_MAX;
}

static unsigned best_order(const double *moment, const double y[LPC_ORDER_MAX], unsigned rows, size_t n)
{
    double left = moment[0], least = 0;
    unsigned best = 0;
    for (unsigned order = 0; order <= rows; order++) {
        if (order > 0) left -= y[order - 1] * y[order - 1];
        double bits = 0.5 * (double)n * log2(fmax(left, 1e-6 * moment[0]) + 1e-9) + order * (double)LPC_COEF_BITS;
        if (order > 0 && bits >= least) continue;
        least = bits;
        best = order;
    }
    return best;
}

static bool quantise(const double *coef, unsigned order, struct lpc *p)
{
    const int limit = (1 << (LPC_COEF_BITS - 1)) - 1;
    double most = 0;
    for (unsigned i = 0; i < order; i++) most = fmax(most, fabs(coef[i]));
    if (!(most <= limit)) return false;
    *p = (struct lpc){.order = (uint8_t)order};
    while (p->shift < LPC_SHIFT_MAX && most * (2 << p->shift) < limit) p->shift++;
    for (unsigned i = 0; i < order; i++) p->coef[i] = (int16_t)lrint(coef[i] * (1 << p->shift));
    return true;
}

static bool solve(const double *moment, size_t n, struct lpc *p)
{
    double l[LPC_ORDER_MAX][LPC_ORDER_MAX], y[LPC_ORDER_MAX], coef[LPC_ORDER_MAX];
    unsigned order = best_order(moment, y, factor(moment, l, y), n);
    if (order == 0) return false;
    for (unsigned i = order; i-- > 0;) {
        coef[i] = y[i];
        for (unsigned k = i + 1; k < order; k++) coef[i] -= l[k][i] * coef[k];
        coef[i] /= l[i][i];
    }
    return quantise(coef, order, p);
}

/* ---- the tree ----------------------------------------------------------------------------------------------------- */

static void fit_node(struct lpc_fit *f, size_t at, const int16_t *x, int mean, size_t n, bool thorough)
{
    struct lpc_node *node = &f->node[at];
    struct lpc p;
    node->split = node->fitted = false;
    node->bits = INFINITY;
    for (unsigned kind = 0; kind < LPC_FIXED; kind++) {
        lpc_fixed(&p, kind);
        lpc_residuals(&p, mean, x, n, f->folded);
        float bits = bits_of(f->folded, n) + KIND_BITS;
        if (bits >= node->bits) continue;
        node->bits = bits;
        node->kind = (uint8_t)kind;
        node->p = p;
    }
    for (unsigned w = 0; thorough && n >= LPC_ORDER_MAX && w < LPC_WEIGHTINGS; w++) {
        if (!solve(f->moment[at][w], n, &p)) continue;
        lpc_residuals(&p, mean, x, n, f->folded);
        float bits = bits_of(f->folded, n) + (float)(KIND_BITS + SHIFT_BITS + ORDER_BITS + p.order * LPC_COEF_BITS);
        if (bits >= node->bits) continue;
        node->bits = bits;
        node->fitted = true;
        node->p = p;
    }
}

static void merge(struct lpc_fit *f, unsigned level, size_t k, const int16_t *x, int mean, size_t n, bool thorough)
{
    size_t at = lpc_node_at(level, k), low = lpc_node_at(level - 1, 2 * k), from = k * ((size_t)LPC_LEAF << level);
    size_t half = (size_t)LPC_LEAF << (level - 1);
    bool two = from + half < n;
    for (unsigned w = 0; thorough && w < LPC_WEIGHTINGS; w++)
        for (unsigned m = 0; m < LPC_MOMENTS; m++)
            f->moment[at][w][m] = f->moment[low][w][m] + (two ? f->moment[low + 1][w][m] : 0);
    float halves = f->node[low].bits + (two ? f->node[low + 1].bits : 0) + 1;
    fit_node(f, at, x + from, mean, n - from < 2 * half ? n - from : 2 * half, thorough);
    f->node[at].bits += 1;
    if (halves >= f->node[at].bits) return;
    f->node[at].split = true;
    f->node[at].bits = halves;
}

void lpc_fit(struct lpc_fit *f, const int16_t *x, int mean, size_t n, bool thorough)
{
    if (thorough) weigh(f, x, n);
    for (size_t k = 0; k * LPC_LEAF < n; k++) {
        size_t from = k * LPC_LEAF, m = n - from < LPC_LEAF ? n - from : LPC_LEAF;
        for (unsigned w = 0; thorough && w < LPC_WEIGHTINGS; w++)
            leaf_moments(f->weight[w] + from, x + from, mean, m, f->moment[k][w]);
        fit_node(f, k, x + from, mean, m, thorough);
    }
    for (unsigned level = 1; level < LPC_LEVELS; level++)
        for (size_t k = 0; k * ((size_t)LPC_LEAF << level) < n; k++) merge(f, level, k, x, mean, n, thorough);
}
