/* Invariants: every class of a symbol is in exactly one group; Σ symbols = N. */
#include "groups.h"

#include "payload.h"

#include <math.h>
#include <string.h>

enum { SYMBOLS = 256 };
static const float table_bits = 120, table_bits_a_symbol = 3.5f; /* what a dynamic Huffman table costs in deflate */

struct counts {
    uint32_t all[EXPECT_CLASSES];
    uint32_t of[EXPECT_CLASSES][SYMBOLS]; /* only of classes that are there */
};

static float n_log_n(uint32_t n) { return n ? (float)n * log2f((float)n) : 0; }

/* Symbols of a run of classes. */
struct run {
    uint32_t of[SYMBOLS], all;
};

static void add(struct run *r, const struct counts *c, unsigned class)
{
    r->all += c->all[class];
    for (unsigned s = 0; s < SYMBOLS; s++) r->of[s] += c->of[class][s];
}

/* Bits for them with one table: their entropy, and the table. */
static float together(const struct run *r)
{
    float bits = n_log_n(r->all) + table_bits;
    for (unsigned s = 0; s < SYMBOLS; s++)
        if (r->of[s]) bits += table_bits_a_symbol - n_log_n(r->of[s]);
    return bits;
}

/* The cheapest cut of classes 0 … n − 1 into runs; ends at run ends. */
static void cut(const struct counts *c, struct groups *g)
{
    float least[EXPECT_CLASSES + 1] = {0};
    uint8_t begin[EXPECT_CLASSES + 1] = {0}, ends[EXPECT_CLASSES];
    for (unsigned end = 1; end <= EXPECT_CLASSES; end++) {
        struct run run = {.all = 0};
        if (c->all[end - 1] == 0) {
            least[end] = least[end - 1];
            begin[end] = (uint8_t)(end - 1);
            continue;
        }
        least[end] = INFINITY;
        for (unsigned from = end; from-- > 0;) {
            if (c->all[from] == 0) continue;
            add(&run, c, from);
            float bits = least[from] + together(&run);
            if (bits >= least[end]) continue;
            least[end] = bits;
            begin[end] = (uint8_t)from;
        }
    }
    unsigned n = 0;
    for (unsigned end = EXPECT_CLASSES; end > 0; end = begin[end])
        if (c->all[end - 1]) ends[n++] = (uint8_t)(end - 1);
    g->n = n;
    for (unsigned k = 0; k < n; k++) g->last_class[k] = ends[n - 1 - k];
}

void groups_make(struct groups *g, const uint8_t *class, const uint8_t *symbol, size_t n, bool several)
{
    struct counts c;
    memset(g, 0, sizeof *g);
    if (n == 0) return;
    if (!several) {
        g->n = 1;
        g->last_class[0] = EXPECT_CLASSES - 1;
        g->symbols[0] = (uint32_t)n;
        return;
    }
    memset(c.all, 0, sizeof c.all);
    for (size_t i = 0; i < n; i++) {
        unsigned k = class[i];
        if (c.all[k]++ == 0) memset(c.of[k], 0, sizeof c.of[k]);
        c.of[k][symbol[i]]++;
    }
    cut(&c, g);
    for (unsigned k = 0, group = 0; k < EXPECT_CLASSES; k++) {
        if (group < g->n && k > g->last_class[group]) group++;
        if (c.all[k]) g->symbols[group] += c.all[k];
    }
}

static void assign(const struct groups *g, uint8_t group_of[EXPECT_CLASSES])
{
    for (unsigned k = 0, group = 0; k < EXPECT_CLASSES; k++) {
        if (group + 1 < g->n && k > g->last_class[group]) group++;
        group_of[k] = (uint8_t)group;
    }
}

void groups_sort(const struct groups *g, const uint8_t *class, const uint8_t *symbol, size_t n, uint8_t *sorted)
{
    uint8_t group_of[EXPECT_CLASSES], *next[EXPECT_CLASSES];
    assign(g, group_of);
    for (unsigned k = 0; k < g->n; sorted += g->symbols[k++]) next[k] = sorted;
    for (size_t i = 0; i < n; i++) *next[group_of[class[i]]]++ = symbol[i];
}

size_t groups_total(const struct groups *g)
{
    size_t total = 0;
    for (unsigned k = 0; k < g->n; k++) total += g->symbols[k];
    return total;
}

bool groups_sound(const struct groups *g)
{
    for (unsigned k = 0; k < g->n; k++)
        if (g->last_class[k] >= EXPECT_CLASSES || (k > 0 && g->last_class[k] <= g->last_class[k - 1])) return false;
    return groups_total(g) <= PAYLOAD_SYMBOLS_MAX;
}

void groups_feed(const struct groups *g, const uint8_t *sorted, struct feed *feed)
{
    uint8_t group_of[EXPECT_CLASSES];
    memset(feed, 0, sizeof *feed);
    feed->next[0] = sorted; /* also without a group */
    assign(g, group_of);
    for (unsigned k = 0; k < EXPECT_CLASSES; k++) {
        feed->of[k].group = group_of[k];
        feed->of[k].low_bits = (uint8_t)expect_low_bits(k);
    }
    for (unsigned k = 0; k < g->n; sorted += g->symbols[k++]) feed->next[k] = sorted;
}

bool groups_eaten(const struct groups *g, const uint8_t *sorted, const struct feed *feed)
{
    for (unsigned k = 0; k < g->n; k++) {
        sorted += g->symbols[k];
        if (feed->next[k] != sorted) return false;
    }
    return g->n > 0 || feed->next[0] == sorted;
}
