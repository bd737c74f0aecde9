/* Invariants:
 *   How much is gone is told by the file's own index where it knows, else by the blocks before and behind: the device's
 *   count where it goes on, else the time between, and never more than so many blocks can hold.
 */
#include "verify_look.h"

/* The index has the headers of all that is gone. */
static bool told_by_index(const struct verify_look *l, struct finding *f)
{
    uint64_t blocks = 0;
    for (size_t i = 0; i < l->index.n; i++) {
        struct block_head h;
        segment_index_row(&l->index, i, &h);
        if (h.sequence < l->loss_sequence || h.sequence - l->loss_sequence >= l->loss_blocks) continue;
        blocks++;
        if (h.kind != BLOCK_SAMPLES) continue;
        if (f->samples == 0) f->from_wall_ns = h.first_wall_ns;
        f->utc_offset_s = h.utc_offset_s;
        f->to_wall_ns = verify_look_end_wall_ns(&h);
        f->samples += h.count;
    }
    return blocks > 0 && blocks == l->loss_blocks;
}

/* Readings between two blocks, PERIOD ns apart. */
static uint64_t between(const struct verify_look *l, const struct block_head *after, uint64_t period)
{
    const struct block_head *before = &l->before;
    if (before->stream == after->stream && before->epoch == after->epoch && after->first_index > l->before_last_index)
        return after->first_index - l->before_last_index - 1;
    uint64_t time_ns = (uint64_t)after->first_t_ns - (uint64_t)before->last_t_ns;
    return period > 0 && time_ns <= INT64_MAX && time_ns > period ? time_ns / period - 1 : 0;
}

/* Nothing behind tells how far it went: as many as so many bytes may hold, but not beyond the day. */
static void told_by_bytes(const struct verify_look *l, uint64_t period, struct finding *f)
{
    int64_t day_end_ns = SECONDS_NS((l->day + 1) * (int64_t)86400 - f->utc_offset_s), ahead_ns;
    uint64_t left_ns = f->from_wall_ns < day_end_ns ? (uint64_t)day_end_ns - (uint64_t)f->from_wall_ns : 0;
    f->samples = l->loss_bytes * l->before.count / (BLOCK_HEADER + l->before.payload);
    if (period && f->samples > left_ns / period) f->samples = left_ns / period;
    if (!__builtin_mul_overflow(f->samples, period, &ahead_ns)) f->to_wall_ns = f->from_wall_ns + ahead_ns;
}

static void told_by_neighbours(const struct verify_look *l, const struct block_head *after, struct finding *f)
{
    const struct block_head *before = l->before.count ? &l->before : NULL, *known = before ? before : after;
    uint64_t period = known ? verify_look_period_ns(known) : 0, most = BLOCK_SAMPLES_MAX;
    if (period > (uint64_t)SECONDS_NS(BLOCK_SPAN_MAX_S) / BLOCK_SAMPLES_MAX)
        most = (uint64_t)SECONDS_NS(BLOCK_SPAN_MAX_S) / period + 1;
    if (before) f->from_wall_ns = verify_look_end_wall_ns(before);
    if (after) {
        f->to_wall_ns = after->first_wall_ns;
        f->utc_offset_s = after->utc_offset_s;
    }
    if (before && after)
        f->samples = between(l, after, period);
    else if (before)
        told_by_bytes(l, period, f);
    else
        f->samples = l->loss_blocks * most;
    if (l->loss_blocks && f->samples / most >= l->loss_blocks) f->samples = l->loss_blocks * most;
}

static void tell(struct verify_look *l, struct finding *f)
{
    f->bytes = l->loss_bytes;
    f->blocks = l->loss_blocks;
    verify_tell(l->v, f);
    l->loss_bytes = l->loss_blocks = 0;
}

void verify_loss_add(struct verify_look *l, uint64_t bytes, uint64_t blocks)
{
    if (l->loss_blocks == 0) l->loss_sequence = l->next_sequence;
    l->loss_bytes += bytes;
    l->loss_blocks += blocks;
    struct finding f = verify_look_finding(l, l->loss_bytes ? FINDING_BLOCK_DAMAGED : FINDING_BLOCKS_MISSING);
    if (blocks && told_by_index(l, &f)) tell(l, &f);
}

void verify_loss_close(struct verify_look *l, const struct block_head *after)
{
    if (!l->loss_bytes && !l->loss_blocks) return;
    bool nothing_gone = after && !l->loss_blocks && !l->in_wal; /* the numbers go on */
    struct finding f = verify_look_finding(l, nothing_gone    ? FINDING_GARBAGE
                                              : l->loss_bytes ? FINDING_BLOCK_DAMAGED
                                                              : FINDING_BLOCKS_MISSING);
    told_by_neighbours(l, after, &f);
    if (nothing_gone) f.samples = 0;
    tell(l, &f);
}
