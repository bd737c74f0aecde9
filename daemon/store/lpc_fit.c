/* Invariants:
 *   a node's sums are those of its halves; a node without samples costs nothing;
 *   a node's predictor is the cheapest of all that were ever looked at for it, so that another look never makes it
 *   worse; a predictor that cannot be written (a coefficient too large, a matrix that is not positive) is not a
 *   candidate, and the fixed ones always are.
 */
#include "lpc_fit.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 32, KIND_BITS = 3, SHIFT_BITS = 4, ORDER_BITS = 4 };
enum { LAGS = LPC_ORDER_MAX + 1, MOMENTS = LAGS * (LAGS + 1) / 2 };
enum weighting { ALIKE, WEIGHED, WEIGHTINGS };

/* Of a piece; they add up over pieces. */
struct sums {
    double moment[WEIGHTINGS][MOMENTS]; /* Σ weight × x[i−a] × x[i−b], b <= a */
    float fixed_bits[LPC_FIXED];        /* what the fixed predictors' residuals cost */
};
static const double ridge = 1e-9, least_power = 1e-3;
static const float round_cost = 0.3f; /* of a mean residual: below it integers cost what they cost */
static const float power_share = 1.0f / 24;
enum { AROUND = 8 }; /* samples on either side that tell how large a residual is there */

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
static void weigh_by_power(float *weight, const int16_t *x, size_t n)
{
    float power = 1;
    for (size_t i = 0; i < n && i < CHUNK; i++) {
        float d = (float)x[i] - (float)x[(ptrdiff_t)i - 1];
        if (i > 0) power += d * d / CHUNK;
    }
    for (size_t i = 0; i < n; i++) {
        const int16_t *p = x + i;
        float d = (float)p[0] - 2 * (float)p[-1] + (float)p[-2];
        weight[i] = 1 / (power + 1);
        power += power_share * (d * d - power);
    }
}

/* The same once residuals are known: least squares whose weights are 1 / (width × (width + residual)) come near what is
 * likeliest where residuals follow a Laplace distribution of that width (iteratively reweighted least squares). */
static void weigh_by_residual(float *weight, const uint32_t *folded, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n && i < AROUND; i++) sum += folded[i];
    for (size_t i = 0; i < n; i++) {
        size_t from = i < AROUND ? 0 : i - AROUND, to = n - i > AROUND ? i + AROUND + 1 : n;
        if (i + AROUND < n) sum += folded[i + AROUND];
        float width = (float)sum / (float)(to - from) + 0.5f;
        weight[i] = 1 / (width * (width + (float)folded[i]));
        if (i >= AROUND) sum -= folded[from];
    }
}

static double dot(const double *u, const double *v, size_t n)
{
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++) sum[k] += u[i + k] * v[i + k];
    for (; i < n; i++) sum[0] += u[i] * v[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void leaf_moments(const float *weight, const int16_t *x, int mean, size_t n, struct sums *s)
{
    double values[LPC_LEAF + LPC_ORDER_MAX], w[LPC_LEAF];
    const double *v = values + LPC_ORDER_MAX;
    for (size_t i = 0; i < n + LPC_ORDER_MAX; i++) values[i] = x[(ptrdiff_t)i - LPC_ORDER_MAX] - mean;
    for (unsigned a = 0; a < LAGS; a++) {
        for (size_t i = 0; i < n; i++) w[i] = (double)weight[i] * v[(ptrdiff_t)i - (ptrdiff_t)a];
        for (unsigned b = 0; b <= a; b++) s->moment[WEIGHED][moment_at(a, b)] = dot(w, v - b, n);
        s->moment[ALIKE][moment_at(a, 0)] = dot(v - a, v, n);
        for (unsigned b = 1; b <= a; b++) /* the one before, moved by a sample: integers, so nothing is lost */
            s->moment[ALIKE][moment_at(a, b)] =
                s->moment[ALIKE][moment_at(a - 1, b - 1)] + *(v - a) * *(v - b) - *(v + n - a) * *(v + n - b);
    }
}

/* Cholesky of the whole order; row by row it holds those of all lower orders, as many as are sound. */
struct factors {
    double l[LPC_ORDER_MAX][LPC_ORDER_MAX], y[LPC_ORDER_MAX];
    unsigned rows;
};

static void factor(const double *moment, struct factors *f)
{
    for (f->rows = 0; f->rows < LPC_ORDER_MAX; f->rows++) {
        unsigned i = f->rows;
        for (unsigned j = 0; j <= i; j++) {
            double s = moment[moment_at(i + 1, j + 1)];
            if (i == j) s += ridge * s + least_power;
            for (unsigned k = 0; k < j; k++) s -= f->l[i][k] * f->l[j][k];
            if (i == j && !(s > 0)) return;
            f->l[i][j] = i == j ? sqrt(s) : s / f->l[j][j];
        }
        double s = moment[moment_at(i + 1, 0)];
        for (unsigned k = 0; k < i; k++) s -= f->l[i][k] * f->y[k];
        f->y[i] = s / f->l[i][i];
    }
}

static unsigned best_order(const double *moment, const struct factors *f, size_t n)
{
    double left = moment[0], least = 0;
    unsigned best = 0;
    for (unsigned order = 0; order <= f->rows; order++) {
        if (order > 0) left -= f->y[order - 1] * f->y[order - 1];
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

static bool solve(const struct factors *f, unsigned order, struct lpc *p)
{
    double coef[LPC_ORDER_MAX];
    for (unsigned i = order; i-- > 0;) {
        coef[i] = f->y[i];
        for (unsigned k = i + 1; k < order; k++) coef[i] -= f->l[k][i] * coef[k];
        coef[i] /= f->l[i][i];
    }
    return order > 0 && quantise(coef, order, p);
}

/* ---- the tree ----------------------------------------------------------------------------------------------------- */

struct source {
    const int16_t *x;
    int mean;
    size_t n;
    bool thorough;
    bool again; /* nodes have a predictor each, only the weights are new */
};

static void add(struct sums *s, const struct sums *more)
{
    for (unsigned w = 0; w < WEIGHTINGS; w++)
        for (unsigned m = 0; m < MOMENTS; m++) s->moment[w][m] += more->moment[w][m];
    for (unsigned kind = 0; kind < LPC_FIXED; kind++) s->fixed_bits[kind] += more->fixed_bits[kind];
}

static void leaf_sums(struct lpc_fit *f, const struct source *from, size_t at, size_t n, struct sums *s)
{
    struct lpc p;
    for (unsigned kind = 0; !from->again && kind < LPC_FIXED; kind++) {
        lpc_fixed(&p, kind);
        lpc_residuals(&p, from->mean, from->x + at, n, f->folded);
        s->fixed_bits[kind] = bits_of(f->folded, n);
    }
    if (from->thorough) leaf_moments(f->weight + at, from->x + at, from->mean, n, s);
}

static void begin_node(const struct sums *s, struct lpc_node *node)
{
    node->fitted = false;
    node->whole = INFINITY;
    for (unsigned kind = 0; kind < LPC_FIXED; kind++) {
        float bits = s->fixed_bits[kind] + KIND_BITS;
        if (bits >= node->whole) continue;
        node->whole = bits;
        node->kind = (uint8_t)kind;
        lpc_fixed(&node->p, kind);
    }
}

/* Takes the predictor of ORDER if it is cheaper than what the node has. */
static void try_order(struct lpc_fit *f, const struct source *from, size_t at, size_t n, const struct factors *factors,
                      unsigned order, struct lpc_node *node)
{
    struct lpc p;
    if (!solve(factors, order, &p)) return;
    lpc_residuals(&p, from->mean, from->x + at, n, f->folded);
    float bits = bits_of(f->folded, n) + (float)(KIND_BITS + SHIFT_BITS + ORDER_BITS + p.order * LPC_COEF_BITS);
    if (bits >= node->whole) return;
    node->whole = bits;
    node->fitted = true;
    node->p = p;
}

static void fit_node(struct lpc_fit *f, const struct source *from, size_t at, size_t n, const struct sums *s,
                     struct lpc_node *node)
{
    if (!from->again) begin_node(s, node);
    for (unsigned w = from->again ? WEIGHED : ALIKE; from->thorough && n >= LPC_ORDER_MAX && w < WEIGHTINGS; w++) {
        struct factors factors;
        factor(s->moment[w], &factors);
        try_order(f, from, at, n, &factors, best_order(s->moment[w], &factors, n), node);
    }
    node->split = false;
    node->bits = node->whole;
}

/* Fits node K of LEVEL, which has samples, and all below it. */
static void fit_below(struct lpc_fit *f, const struct source *from, unsigned level, size_t k, struct sums *s)
{
    struct lpc_node *node = &f->node[lpc_node_at(level, k)];
    size_t length = (size_t)LPC_LEAF << level, at = k * length, n = from->n - at < length ? from->n - at : length;
    float halves = 1;
    memset(s, 0, sizeof *s);
    if (level == 0) leaf_sums(f, from, at, n, s);
    for (size_t half = 2 * k; level > 0 && half <= 2 * k + 1; half++) {
        struct sums below;
        if (half * (length / 2) >= from->n) continue;
        fit_below(f, from, level - 1, half, &below);
        add(s, &below);
        halves += f->node[lpc_node_at(level - 1, half)].bits;
    }
    fit_node(f, from, at, n, s, node);
    if (level == 0) return;
    node->bits += 1;
    if (halves >= node->bits) return;
    node->split = true;
    node->bits = halves;
}

/* ---- another look, at what is left ------------------------------------------------------------------------------- */

/* What the pieces chosen so far leave, into f->folded. */
static void residuals_below(struct lpc_fit *f, const struct source *from, unsigned level, size_t k)
{
    const struct lpc_node *node = &f->node[lpc_node_at(level, k)];
    size_t length = (size_t)LPC_LEAF << level, at = k * length, n = from->n - at < length ? from->n - at : length;
    if (at >= from->n) return;
    if (level > 0 && node->split) {
        residuals_below(f, from, level - 1, 2 * k);
        residuals_below(f, from, level - 1, 2 * k + 1);
        return;
    }
    lpc_residuals(&node->p, from->mean, from->x + at, n, f->folded + at);
}

static void weigh_anew(struct lpc_fit *f, const struct source *from)
{
    residuals_below(f, from, LPC_LEVELS - 1, 0);
    weigh_by_residual(f->weight, f->folded, from->n);
}

/* Each order for the pieces that were chosen: the estimate of the best one is only that. */
static void refine_below(struct lpc_fit *f, const struct source *from, unsigned level, size_t k)
{
    struct lpc_node *node = &f->node[lpc_node_at(level, k)];
    size_t length = (size_t)LPC_LEAF << level, at = k * length, n = from->n - at < length ? from->n - at : length;
    if (at >= from->n) return;
    if (level > 0 && node->split) {
        refine_below(f, from, level - 1, 2 * k);
        refine_below(f, from, level - 1, 2 * k + 1);
        return;
    }
    if (n < LPC_ORDER_MAX) return;
    struct sums s = {0}, leaf = {0};
    struct factors factors;
    for (size_t i = 0; i < n; i += LPC_LEAF) {
        leaf_sums(f, from, at + i, n - i < LPC_LEAF ? n - i : LPC_LEAF, &leaf);
        add(&s, &leaf);
    }
    factor(s.moment[WEIGHED], &factors);
    for (unsigned order = 1; order <= factors.rows; order++) try_order(f, from, at, n, &factors, order, node);
}

void lpc_fit(struct lpc_fit *f, const int16_t *x, int mean, size_t n, bool thorough)
{
    struct source from = {x, mean, n, thorough, .again = false};
    struct sums s;
    if (thorough) weigh_by_power(f->weight, x, n);
    fit_below(f, &from, LPC_LEVELS - 1, 0, &s);
    if (!thorough) return;
    from.again = true;
    weigh_anew(f, &from);
    fit_below(f, &from, LPC_LEVELS - 1, 0, &s);
    weigh_anew(f, &from);
    refine_below(f, &from, LPC_LEVELS - 1, 0);
}
