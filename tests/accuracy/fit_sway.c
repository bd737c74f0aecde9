/* Invariants: what a person adds weighs alike for sitting and for standing; no bin is empty after smoothing. */
#include "fit_sway.h"

#include "daemon/posture/vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double ridge = 0.003;
static const float noise_margin = 0.1f, bins_sigma = 1, floor_share = 0.02f;
enum { N = SWAY_FEATURES };

struct seen {
    int kind; /* 0 sitting, 1 standing */
    double weight;
    float x[N];
};

struct all_seen {
    size_t n;
    struct seen *of;
    float noise_from, noise_to;
};

/* Runs one person through the average as the filter does. */
static void see(struct all_seen *all, const struct fit_person *p, float walking_g)
{
    struct activity_sway s;
    size_t first = all->n, count[2] = {0};
    unsigned run = 0;
    activity_sway_init(&s);
    for (size_t k = 0; k < p->person->n_epochs; k++) {
        const struct fit_epoch *e = &p->epoch[k];
        bool moves = e->movement_g > walking_g;
        if (run >= 2) activity_sway_clear(&s);
        run = moves ? run + 1 : 0;
        if (moves) continue;
        activity_sway_add(&s, &e->sway, e->up);
        bool sits = e->truth == POSTURE_SITTING;
        if (s.n <= 0 || !(sits || e->truth == POSTURE_STANDING)) continue;
        struct seen *to = &all->of[all->n++];
        to->kind = sits ? 0 : 1;
        memcpy(to->x, s.mean, sizeof to->x);
        count[to->kind]++;
    }
    for (size_t k = first; k < all->n; k++) all->of[k].weight = (double)p->weight / (double)count[all->of[k].kind];
    if (s.noise_n == 0) return;
    all->noise_from = fminf(all->noise_from, s.noise);
    all->noise_to = fmaxf(all->noise_to, s.noise);
}

static void solve(double a[N][N], double b[N])
{
    for (int i = 0; i < N; i++)
        for (int r = i + 1; r < N; r++) {
            double f = a[r][i] / a[i][i];
            for (int c = i; c < N; c++) a[r][c] -= f * a[i][c];
            b[r] -= f * b[i];
        }
    for (int i = N - 1; i >= 0; i--) {
        for (int c = i + 1; c < N; c++) b[i] -= a[i][c] * b[c];
        b[i] /= a[i][i];
    }
}

/* weight = (S within + ridge × its diagonal)⁻¹ (mean sitting − mean standing) */
static void discriminate(const struct all_seen *all, float weight[N])
{
    double mean[2][N] = {0}, total[2] = {0}, within[N][N] = {0}, difference[N];
    for (size_t k = 0; k < all->n; k++) {
        const struct seen *s = &all->of[k];
        total[s->kind] += s->weight;
        for (int i = 0; i < N; i++) mean[s->kind][i] += s->weight * (double)s->x[i];
    }
    for (int i = 0; i < N; i++)
        for (int kind = 0; kind < 2; kind++) mean[kind][i] /= total[kind];
    for (size_t k = 0; k < all->n; k++) {
        const struct seen *s = &all->of[k];
        double d[N];
        for (int i = 0; i < N; i++) d[i] = (double)s->x[i] - mean[s->kind][i];
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) within[i][j] += s->weight / (total[0] + total[1]) * d[i] * d[j];
    }
    for (int i = 0; i < N; i++) {
        difference[i] = mean[0][i] - mean[1][i];
        within[i][i] *= 1 + ridge;
        within[i][i] += 1e-6;
    }
    solve(within, difference);
    for (int i = 0; i < N; i++) weight[i] = (float)difference[i];
}

struct scored {
    float score;
    double weight;
    int kind;
};

static int by_score(const void *a, const void *b)
{
    float x = ((const struct scored *)a)->score, y = ((const struct scored *)b)->score;
    return (x > y) - (x < y);
}

/* Bins that are equally full, and what each is worth. */
static void fill(struct sway_table *t, const struct all_seen *all)
{
    struct scored *of = people_must(calloc(all->n, sizeof *of));
    double total = 0, so_far = 0, in[SWAY_KINDS][SWAY_BINS] = {0};
    for (size_t k = 0; k < all->n; k++) {
        of[k] = (struct scored){0, all->of[k].weight, all->of[k].kind};
        for (int i = 0; i < N; i++) of[k].score += t->weight[i] * all->of[k].x[i];
        total += of[k].weight;
    }
    qsort(of, all->n, sizeof *of, by_score);
    int bin = 0;
    for (size_t k = 0; k < all->n; k++) {
        if (bin < SWAY_BINS - 1 && so_far >= total * (bin + 1) / SWAY_BINS) t->edge[bin++] = of[k].score;
        in[of[k].kind][bin] += of[k].weight;
        so_far += of[k].weight;
    }
    for (int kind = 0; kind < SWAY_KINDS; kind++) {
        double smooth[SWAY_BINS] = {0}, sum = 0;
        for (int i = 0; i < SWAY_BINS; i++) {
            double weight = 0;
            for (int j = 0; j < SWAY_BINS; j++) {
                double w = exp(-0.5 * (i - j) * (i - j) / (double)(bins_sigma * bins_sigma));
                smooth[i] += w * in[kind][j];
                weight += w;
            }
            smooth[i] /= weight;
            sum += smooth[i];
        }
        for (int i = 0; i < SWAY_BINS; i++)
            t->like[kind][i] = (float)log(smooth[i] / sum + (double)floor_share / SWAY_BINS);
    }
    free(of);
}

void fit_sway(struct sway_table *t, const struct fit_person *const *of, size_t n, enum placement placement,
              float walking_g)
{
    struct all_seen all = {.noise_from = INFINITY, .noise_to = -INFINITY};
    size_t room = 0;
    for (size_t i = 0; i < n; i++) room += of[i]->person->n_epochs;
    *t = (struct sway_table){.noise_from = 1, .noise_to = 0};
    if (placement != PLACEMENT_UPPER_BACK || room == 0) return;
    all.of = people_must(calloc(room, sizeof *all.of));
    for (size_t i = 0; i < n; i++)
        if (of[i]->person->kind == PERSON_COUNTS) see(&all, of[i], walking_g);
    if (all.n > 0) {
        t->noise_from = all.noise_from - noise_margin;
        t->noise_to = all.noise_to + noise_margin;
        discriminate(&all, t->weight);
        fill(t, &all);
    }
    free(all.of);
}
