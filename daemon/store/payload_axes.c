/* Invariants:
 *   Encoder and decoder go through axes and samples in the same order, expect the same, and meet the same low bits;
 *   a group's symbols lie in that order too.
 */
#include "payload_axes.h"

enum { STEP = sizeof(struct reading) / sizeof(int16_t) };
enum { ESCAPE = 255 }; /* symbol for a residual too large for its class; all of it follows among the low bits */

static const struct {
    size_t offset;
    unsigned axes;
} sensors[PAYLOAD_SENSORS] = {
    {offsetof(struct reading, accel), 3}, {offsetof(struct reading, gyro), 3}, {offsetof(struct reading, quat), 4}};

/* ---- axes: how they are predicted --------------------------------------------------------------------------------- */

static void write_predictor(struct bits *b, const struct lpc_node *node)
{
    bits_write(b, node->fitted ? LPC_FIXED : node->kind, 3);
    if (!node->fitted) return;
    bits_write(b, node->p.order - 1u, 4);
    bits_write(b, node->p.shift, 4);
    for (unsigned k = 0; k < node->p.order; k++)
        bits_write(b, (unsigned)node->p.coef[k] & ((1u << LPC_COEF_BITS) - 1), LPC_COEF_BITS);
}

static bool read_predictor(struct bits *b, struct lpc *p)
{
    unsigned kind = bits_read(b, 3);
    if (kind < LPC_FIXED) lpc_fixed(p, kind);
    if (kind != LPC_FIXED) return kind < LPC_FIXED;
    *p = (struct lpc){.order = (uint8_t)(bits_read(b, 4) + 1)};
    p->shift = (uint8_t)bits_read(b, 4);
    const unsigned sign = 1u << (LPC_COEF_BITS - 1);
    for (unsigned k = 0; k < p->order; k++)
        p->coef[k] = (int16_t)((int)(bits_read(b, LPC_COEF_BITS) ^ sign) - (int)sign);
    return true;
}

struct source {
    const int16_t *x;
    int mean;
    uint32_t *folded;
};

/* From the whole axis down: one bit says whether a piece is cut in halves. */
static void encode_pieces(const struct payload_coder *c, struct bits *b, unsigned level, size_t k, size_t n,
                          const struct source *s)
{
    const struct lpc_node *node = &c->fit.node[lpc_node_at(level, k)];
    size_t length = (size_t)LPC_LEAF << level, from = k * length;
    if (from >= n) return;
    if (level > 0) bits_write(b, node->split, 1);
    if (level > 0 && node->split) {
        encode_pieces(c, b, level - 1, 2 * k, n, s);
        encode_pieces(c, b, level - 1, 2 * k + 1, n, s);
        return;
    }
    write_predictor(b, node);
    lpc_residuals(&node->p, s->mean, s->x + from, n - from < length ? n - from : length, s->folded + from);
}

struct axis {
    size_t offset; /* in a reading */
    int mean;
    unsigned n_pieces;
    struct lpc piece[LPC_PIECES_MAX];
    uint8_t piece_of[LPC_PIECES_MAX]; /* leaf by leaf */
};

static bool read_pieces(struct bits *b, unsigned level, size_t k, size_t n, struct axis *axis)
{
    size_t length = (size_t)LPC_LEAF << level, from = k * length;
    if (from >= n) return true;
    if (level > 0 && bits_read(b, 1))
        return read_pieces(b, level - 1, 2 * k, n, axis) && read_pieces(b, level - 1, 2 * k + 1, n, axis);
    for (size_t leaf = from; leaf < n && leaf < from + length; leaf += LPC_LEAF)
        axis->piece_of[leaf / LPC_LEAF] = (uint8_t)axis->n_pieces;
    return read_predictor(b, &axis->piece[axis->n_pieces++]); /* each covers a leaf: never more than LPC_PIECES_MAX */
}

/* ---- axes: what is left ------------------------------------------------------------------------------------------- */

/* How lively the world is: what the sensors before this one did around the sample, and what the axes of this one did at
 * the sample before. Samples go in the outer loop and axes, which do not wait for each other, in the inner one: so the
 * processor has several chains to work on. */
struct liveliness {
    uint32_t share;
    unsigned last;   /* sum of this sensor's surprises at the sample before */
    unsigned before; /* the same of the sensors before, while c->surprise has this sensor's too by now */
};

static struct liveliness begin_sensor(unsigned axes_before, unsigned axes)
{
    return (struct liveliness){.share = expect_share(4 * axes_before + 2 * axes), .last = 16 * axes};
}

static inline unsigned lively_at(const struct payload_coder *c, const struct liveliness *l, uint32_t i)
{
    return expect_lively(l->before + 2u * c->surprise[1 + i] + c->surprise[2 + i] + 2 * l->last, l->share);
}

/* This sensor's axes did NOW at sample I. */
static inline void note(struct payload_coder *c, struct liveliness *l, uint32_t i, unsigned now)
{
    l->before = c->surprise[1 + i];
    l->last = now;
    c->surprise[1 + i] = (uint16_t)(l->before + now);
}

static void encode_sensor(struct payload_coder *c, struct bits *b, uint32_t n, unsigned axes_before, unsigned axes)
{
    struct expect expect[PAYLOAD_SENSOR_AXES];
    struct liveliness l = begin_sensor(axes_before, axes);
    size_t at = (size_t)axes_before * n;
    for (unsigned a = 0; a < axes; a++) expect_begin(&expect[a]);
    for (uint32_t i = 0; i < n; i++) {
        unsigned lively = lively_at(c, &l, i), now = 0;
        for (unsigned a = 0; a < axes; a++, at++) {
            unsigned usual = expect_usual(&expect[a]);
            unsigned class = expect_class(usual, lively), low = expect_low_bits(class);
            uint32_t u = c->folded[a][i];
            bool fits = u >> low < ESCAPE;
            c->class[at] = (uint8_t) class;
            c->symbol[at] = (uint8_t)(fits ? u >> low : ESCAPE);
            bits_write(b, fits ? u & ((1u << low) - 1) : u, fits ? low : 32);
            now += expect_surprise(u, c->inverse[usual >> 2]);
            expect_update(&expect[a], u);
        }
        note(c, &l, i, now);
    }
}

/* What a sensor's axes are decoded from, and how far it has come. */
struct drawing {
    struct bits bits;
    struct feed *feed;
    const uint32_t *inverse;
    struct liveliness lively;
    struct expect expect[PAYLOAD_SENSOR_AXES];
};

/* The next folded residual of an axis; adds its surprise to NOW. */
static inline __attribute__((always_inline)) uint32_t draw_one(struct drawing *d, struct expect *expect,
                                                               unsigned lively, unsigned *now)
{
    unsigned usual = expect_usual(expect);
    unsigned class = expect_class(usual, lively), low = d->feed->of[class].low_bits;
    uint32_t high = *d->feed->next[d->feed->of[class].group]++;
    uint32_t u = high < ESCAPE ? high << low | bits_read(&d->bits, low) : bits_read(&d->bits, 32);
    expect_update(expect, u);
    *now += expect_surprise(u, d->inverse[usual >> 2]);
    return u;
}

/* A leaf of a sensor's axes: the same predictors all along. Restoring a sample waits for the one before, and drawing a
 * residual for the one before, but neither for the other: so the processor has both in hand. */
struct leaf {
    struct lpc_plan plan[PAYLOAD_SENSOR_AXES];
    int16_t *x[PAYLOAD_SENSOR_AXES];  /* behind their history */
    int16_t *to[PAYLOAD_SENSOR_AXES]; /* in the readings */
    uint32_t from, n;
};

static inline __attribute__((always_inline)) void decode_next(struct drawing *d, const struct leaf *leaf, unsigned a,
                                                              uint32_t i, int taps, unsigned lively, unsigned *now)
{
    uint32_t u = draw_one(d, &d->expect[a], lively, now);
    int16_t *x = leaf->x[a] + i;
    leaf->to[a][i * STEP] = *x = lpc_restore(&leaf->plan[a], x, u, taps);
}

static inline __attribute__((always_inline)) void decode_leaf(struct payload_coder *c, struct drawing *drawing,
                                                              const struct leaf *from, unsigned axes, int taps)
{
    struct drawing d = *drawing; /* in registers */
    const struct leaf leaf = *from;
    for (uint32_t i = 0; i < leaf.n; i++) {
        unsigned lively = lively_at(c, &d.lively, leaf.from + i), now = 0;
        bits_fill(&d.bits);
        decode_next(&d, &leaf, 0, i, taps, lively, &now);
        if (axes > 1) decode_next(&d, &leaf, 1, i, taps, lively, &now);
        if (axes > 2) decode_next(&d, &leaf, 2, i, taps, lively, &now);
        if (axes > 3) decode_next(&d, &leaf, 3, i, taps, lively, &now);
        note(c, &d.lively, leaf.from + i, now);
    }
    *drawing = d;
}

static void decode_leaf_of(struct payload_coder *c, struct drawing *d, const struct leaf *leaf, unsigned axes,
                           unsigned order)
{
    if (axes != 3)
        decode_leaf(c, d, leaf, axes, LPC_ORDER_MAX);
    else if (order <= 8)
        decode_leaf(c, d, leaf, 3, 8); /* the usual number: no questions */
    else
        decode_leaf(c, d, leaf, 3, LPC_ORDER_MAX);
}

/* False when the axis is all zeros. */
static bool take_axis(const char *at, uint32_t n, int16_t *x, int *mean)
{
    int64_t sum = 0;
    int any = 0;
    for (uint32_t i = 0; i < n; i++, at += sizeof(struct reading)) {
        x[i] = *(const int16_t *)(const void *)at;
        any |= x[i];
        sum += x[i];
    }
    *mean = (int)(sum / (int64_t)n);
    return any != 0;
}

static int16_t *samples_of(struct payload_coder *c, unsigned axis, int mean)
{
    int16_t *x = c->axis[axis] + LPC_ORDER_MAX;
    for (int k = 1; k <= LPC_ORDER_MAX; k++) x[-k] = (int16_t)mean;
    return x;
}

unsigned payload_axes_encode(struct payload_coder *c, struct bits *b, unsigned sensor, const struct reading *reading,
                             uint32_t n, unsigned axes_before)
{
    unsigned axes = 0;
    for (unsigned k = 0; k < sensors[sensor].axes; k++) {
        int mean;
        const char *at = (const char *)reading + sensors[sensor].offset + k * sizeof(int16_t);
        bool any = take_axis(at, n, c->axis[0] + LPC_ORDER_MAX, &mean);
        bits_write(b, any, 1);
        if (!any) continue;
        bits_write(b, (uint16_t)mean, 16);
        struct source s = {.x = samples_of(c, 0, mean), .mean = mean, .folded = c->folded[axes++]};
        lpc_fit(&c->fit, s.x, mean, n, n >= PAYLOAD_ALONE_FROM);
        encode_pieces(c, b, LPC_LEVELS - 1, 0, n, &s);
    }
    if (axes > 0) encode_sensor(c, b, n, axes_before, axes);
    return axes;
}

static void decode_sensor(struct payload_coder *c, struct drawing *d, const struct axis *axis, unsigned axes,
                          uint32_t n, struct reading *reading)
{
    int16_t *x[PAYLOAD_SENSOR_AXES];
    for (unsigned a = 0; a < axes; a++) {
        x[a] = samples_of(c, a, axis[a].mean);
        expect_begin(&d->expect[a]);
    }
    for (uint32_t from = 0; from < n; from += LPC_LEAF) {
        struct leaf leaf = {.from = from, .n = n - from < LPC_LEAF ? n - from : LPC_LEAF};
        unsigned order = 0;
        for (unsigned a = 0; a < axes; a++) {
            const struct lpc *p = &axis[a].piece[axis[a].piece_of[from / LPC_LEAF]];
            lpc_plan(&leaf.plan[a], p, axis[a].mean);
            order = p->order > order ? p->order : order;
            leaf.x[a] = x[a] + from;
            leaf.to[a] = (int16_t *)(void *)((char *)&reading[from] + axis[a].offset);
        }
        decode_leaf_of(c, d, &leaf, axes, order);
    }
}

bool payload_axes_decode(struct payload_coder *c, struct bits *b, unsigned sensor, struct reading *reading, uint32_t n,
                         unsigned *axes_before, struct feed *feed)
{
    struct axis axis[PAYLOAD_SENSOR_AXES];
    unsigned axes = 0;
    for (unsigned k = 0; k < sensors[sensor].axes; k++) {
        size_t offset = sensors[sensor].offset + k * sizeof(int16_t);
        if (!bits_read(b, 1)) continue;
        struct axis *a = &axis[axes++];
        a->offset = offset;
        a->mean = (int16_t)bits_read(b, 16);
        a->n_pieces = 0;
        if (!read_pieces(b, LPC_LEVELS - 1, 0, n, a)) return false;
    }
    if (axes == 0) return true;
    struct drawing d = {.bits = *b, .feed = feed, .inverse = c->inverse, .lively = begin_sensor(*axes_before, axes)};
    decode_sensor(c, &d, axis, axes, n, reading);
    *axes_before += axes;
    *b = d.bits;
    return true;
}
