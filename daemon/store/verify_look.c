#include "verify_look.h"

struct finding verify_look_finding(const struct verify_look *l, enum finding_kind kind)
{
    return (struct finding){.kind = kind,
                            .file = l->file,
                            .from_wall_ns = INT64_MIN,
                            .to_wall_ns = INT64_MAX,
                            .utc_offset_s = l->before.utc_offset_s,
                            .detail = ""};
}

uint64_t verify_look_period_ns(const struct block_head *h) { return h->period_q16_ns >> 16; }

/* Unsigned, because a file made to deceive may overflow. */
int64_t verify_look_end_wall_ns(const struct block_head *h)
{
    return (int64_t)((uint64_t)h->first_wall_ns + (uint64_t)h->last_t_ns - (uint64_t)h->first_t_ns +
                     (h->kind == BLOCK_SAMPLES ? verify_look_period_ns(h) : 0));
}

struct finding verify_look_finding_at(const struct verify_look *l, enum finding_kind kind, const struct block_head *h)
{
    struct finding f = verify_look_finding(l, kind);
    f.from_wall_ns = h->first_wall_ns;
    f.to_wall_ns = verify_look_end_wall_ns(h);
    f.utc_offset_s = h->utc_offset_s;
    f.samples = h->kind == BLOCK_SAMPLES ? h->count : 0;
    f.bytes = BLOCK_HEADER + h->payload;
    f.blocks = 1;
    return f;
}
