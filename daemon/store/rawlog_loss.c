/* The number of a mark is an older context's, of one that is in the log or was given up: a successor takes what it finds in the
 * ring up to the newest number for written (past.c). */
#include "rawlog_loss.h"

#include "plumbline/store.h"

struct waiting_block rawlog_loss_block_of(const struct block_head *head, int day)
{
    bool context = head->kind == BLOCK_CONTEXT;
    int64_t last_wall_ns = head->first_wall_ns + (head->last_t_ns - head->first_t_ns);
    return (struct waiting_block){.day = day,
                                  .count = context ? 0 : head->count,
                                  .number = context ? head->first_index : 0,
                                  .last_t_ns = head->last_t_ns,
                                  .last_wall_ns = last_wall_ns,
                                  .place_ns = context ? head->first_t_ns : head->last_t_ns,
                                  .place_wall_ns = context ? head->first_wall_ns : last_wall_ns,
                                  .utc_offset_s = head->utc_offset_s};
}

void rawlog_loss_note(struct rawlog *l, const struct waiting_block *w)
{
    l->samples_lost += w->count;
    l->lost = *w;
    l->lost.bytes = NULL;
}

bool rawlog_loss_any(const struct rawlog *l) { return l->lost.count || l->lost.number; }

size_t rawlog_loss_encode(struct rawlog *l)
{
    struct block_head head = {.kind = BLOCK_CONTEXT,
                              .first_index = l->passed ? l->passed : 1,
                              .first_t_ns = l->lost.place_ns,
                              .last_t_ns = l->lost.place_ns,
                              .first_wall_ns = l->lost.place_wall_ns,
                              .utc_offset_s = l->lost.utc_offset_s,
                              .period_q16_ns = LOG_CONTEXT_LOST};
    return block_encode_bytes(&l->coder, &head, "", l->block);
}
