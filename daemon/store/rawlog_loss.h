/* rawlog_loss — what the disk refused for so long that memory gave it up leaves a mark in the log: else nobody would see that
 * what follows is not all. A context of the kind LOG_CONTEXT_LOST, in the place where the last of it was to lie. */
#ifndef STORE_RAWLOG_LOSS_H
#define STORE_RAWLOG_LOSS_H

#include "rawlog.h"

/* The block HEAD of DAY on its way, but for its bytes. */
struct waiting_block rawlog_loss_block_of(const struct block_head *head, int day);
/* W is given up: counted, and to be marked. */
void rawlog_loss_note(struct rawlog *l, const struct waiting_block *w);
/* Whether a mark is to be written; and that mark, into L->block: its length. */
bool rawlog_loss_any(const struct rawlog *l);
size_t rawlog_loss_encode(struct rawlog *l);

#endif
