/* Axivity .cwa: blocks (cwa.h) one behind the other, dated by the device's clock.
 *
 * Real rates differ from the nominal one by percents, so samples are spread evenly between the beginnings of neighbouring
 * blocks, and these are reckoned from what the clock stamped and the sample period between stamps. A block therefore
 * waits for its successor. Where none follows (damaged blocks, another session, a clock that was set) it runs on at the
 * last known period, never into what comes behind.
 * Invariants:
 *   window[0 .. held) are the latest bytes; none of them belongs to a block already taken
 *   out[out_at .. out_n) is the block being given out; block is the one that waits, if has_block
 *   base is a stamped sample of the unbroken stretch that block belongs to, at least HALF_A_SECOND older where it can be
 */
#include "cwa.h"
#include "import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HALF_A_SECOND (NS_PER_S / 2)

struct cwa {
    struct import_told told;
    unsigned held;
    uint8_t window[CWA_BLOCK];
    uint64_t at, header;   /* of window[0] in the file; where blocks begin */
    uint64_t astray;       /* bytes passed over since the last good block */
    bool has_block, first; /* first: of an unbroken stretch */
    struct cwa_block block;
    uint64_t index; /* of its first sample */
    int64_t start_ns, base_ns;
    double base, period_ns; /* the number of the sample stamped base_ns; 0: the period is not known */
    struct cwa_block next;
    unsigned out_n, out_at;
    struct raw_sample out[CWA_SAMPLES_MAX];
};

static size_t cwa_size(void) { return sizeof(struct cwa); }

static bool cwa_fits(const uint8_t *head, size_t n)
{
    return (n >= CWA_HEADER && !memcmp(head, "MD\xfc\x03", 4)) || (n >= CWA_BLOCK && cwa_block_begins(head, 4));
}

static int cwa_begin(void *state, const uint8_t *head, size_t n, const struct import_options *o, char why[256])
{
    struct cwa *c = state;
    (void)o;
    memset(c, 0, sizeof *c);
    c->told = (struct import_told){.clock = IMPORT_LOCAL, .unit = "blocks"};
    if (!cwa_fits(head, n)) {
        snprintf(why, 256, "it does not begin as a .cwa file does; was it copied whole from the device?");
        return -1;
    }
    unsigned id = (unsigned)(head[5] | head[6] << 8), above = (unsigned)(head[11] | head[12] << 8);
    if (above != 0xffff) id |= above << 16;
    c->header = head[0] == 'M' ? CWA_HEADER : 0;
    if (c->header)
        snprintf(c->told.what, sizeof c->told.what, "Axivity %s %u", head[4] == 0x64 ? "AX6" : "AX3", id);
    else
        snprintf(c->told.what, sizeof c->told.what, "Axivity");
    return 0;
}

/* ---- dating ------------------------------------------------------------------------------------------------------ */

static double period_of(const struct cwa *c, const struct cwa_block *b)
{
    return c->period_ns > 0 ? c->period_ns : NS_PER_S / b->rate_hz;
}

static int64_t start_of(const struct cwa *c, const struct cwa_block *b)
{
    return b->anchor_ns - llround(b->anchor * period_of(c, b));
}

/* Gives the waiting block out, its samples evenly up to END_NS. */
static void give_out(struct cwa *c, int64_t end_ns)
{
    double step = (double)(end_ns - c->start_ns) / c->block.count;
    for (unsigned i = 0; i < c->block.count; i++) {
        c->out[i] = c->block.sample[i];
        c->out[i].device_ns = c->start_ns + llround(i * step);
        c->out[i].index = c->index + i;
    }
    c->out_at = 0;
    c->out_n = c->block.count;
}

/* Whether B is the block behind the waiting one, by its numbers and by its clock: the stamps may each be off by a sample,
 * the rate by a tenth. */
static bool follows(const struct cwa *c, const struct cwa_block *b)
{
    const struct cwa_block *a = &c->block;
    if (b->session != a->session || b->sequence != a->sequence + 1 || memcmp(a->kind, b->kind, 2) != 0) return false;
    if (a->device && b->device && a->device != b->device) return false;
    double passed = (double)c->index + a->count + b->anchor - c->base, nominal_ns = NS_PER_S / b->rate_hz;
    double astray = fabs((double)(b->anchor_ns - c->base_ns) - passed * nominal_ns);
    return astray <= 0.1 * fabs(passed) * nominal_ns + 2 * nominal_ns;
}

static void learn_period(struct cwa *c, const struct cwa_block *b)
{
    double at = (double)c->index + c->block.count + b->anchor;
    int64_t span_ns = b->anchor_ns - c->base_ns;
    if (span_ns < HALF_A_SECOND || at <= c->base) return;
    c->period_ns = (double)span_ns / (at - c->base);
    c->base = at;
    c->base_ns = b->anchor_ns;
    if (c->first) c->start_ns = start_of(c, &c->block);
}

static void begin_stretch(struct cwa *c)
{
    c->first = true;
    c->start_ns = start_of(c, &c->block);
    c->base = (double)c->index + c->block.anchor;
    c->base_ns = c->block.anchor_ns;
}

/* How many samples the device's numbers say are missing before B. */
static uint64_t missing(const struct cwa *c, const struct cwa_block *b)
{
    bool ahead = b->session == c->block.session && b->sequence > c->block.sequence;
    return ahead ? (uint64_t)(b->sequence - c->block.sequence - 1) * c->block.count : 0;
}

static int64_t own_end(const struct cwa *c) { return c->start_ns + llround(c->block.count * period_of(c, &c->block)); }

/* c->next has come: the waiting block is given out, and it waits in its place. */
static void succeed(struct cwa *c)
{
    const struct cwa_block *b = &c->next;
    bool goes_on = c->has_block && follows(c, b);
    uint64_t index = c->index + c->block.count + (c->has_block ? missing(c, b) : 0);
    if (goes_on) learn_period(c, b);
    int64_t start_ns = start_of(c, b), shortest_ns = llround(c->block.count * NS_PER_S / b->rate_hz / 2);
    goes_on = goes_on && start_ns - c->start_ns > shortest_ns;
    if (c->has_block) {
        int64_t end_ns = own_end(c);
        give_out(c, goes_on || (start_ns > c->start_ns && start_ns < end_ns) ? start_ns : end_ns);
        if (memcmp(c->block.kind, b->kind, 2) != 0) c->period_ns = 0;
    }
    c->block = *b;
    c->index = index;
    c->has_block = true;
    if (goes_on)
        c->first = false, c->start_ns = start_ns;
    else
        begin_stretch(c);
}

/* ---- framing ----------------------------------------------------------------------------------------------------- */

/* The rest of a flash that was never written, and the file's own header, are no damage. */
static bool is_no_loss(const struct cwa *c)
{
    const uint8_t *w = c->window;
    bool fill = w[0] == 0xff || w[0] == 0;
    for (int i = 1; i < CWA_BLOCK && fill; i++) fill = w[i] == w[0];
    return fill || c->at + CWA_BLOCK <= c->header;
}

static void pass_over(struct cwa *c)
{
    unsigned n = 1;
    while (n < CWA_BLOCK && !cwa_block_begins(c->window + n, CWA_BLOCK - n)) n++;
    if (!is_no_loss(c)) c->astray += n, c->told.skipped_bytes += n;
    memmove(c->window, c->window + n, CWA_BLOCK - n);
    c->held = CWA_BLOCK - n;
    c->at += n;
}

static void count_damage(struct cwa *c)
{
    c->told.damaged += (c->astray + CWA_BLOCK - 1) / CWA_BLOCK;
    c->astray = 0;
}

static void on_window(struct cwa *c)
{
    if (!cwa_block_read(&c->next, c->window)) {
        pass_over(c);
        return;
    }
    count_damage(c);
    c->told.units++;
    c->held = 0;
    c->at += CWA_BLOCK;
    if (c->next.count > 0) succeed(c);
}

static size_t emit(struct cwa *c, struct raw_sample *out, size_t max)
{
    size_t n = 0;
    while (n < max && c->out_at < c->out_n) out[n++] = c->out[c->out_at++];
    return n;
}

static size_t cwa_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct cwa *c = state;
    size_t at = 0;
    *count = emit(c, out, max);
    while (at < n && c->out_at == c->out_n) {
        size_t take = CWA_BLOCK - c->held < n - at ? CWA_BLOCK - c->held : n - at;
        memcpy(c->window + c->held, bytes + at, take);
        c->held += (unsigned)take;
        at += take;
        if (c->held == CWA_BLOCK) on_window(c);
        *count += emit(c, out + *count, max - *count);
    }
    return at;
}

static size_t cwa_finish(void *state, struct raw_sample *out, size_t max)
{
    struct cwa *c = state;
    c->astray += c->held; /* a block that was cut off */
    c->told.skipped_bytes += c->held;
    c->held = 0;
    count_damage(c);
    if (c->out_at == c->out_n && c->has_block) {
        give_out(c, own_end(c));
        c->has_block = false;
    }
    return emit(c, out, max);
}

static void cwa_told(const void *state, struct import_told *told) { *told = ((const struct cwa *)state)->told; }

const struct import_format cwa_format = {
    .name = "cwa",
    .size = cwa_size,
    .fits = cwa_fits,
    .begin = cwa_begin,
    .push = cwa_push,
    .finish = cwa_finish,
    .told = cwa_told,
};
