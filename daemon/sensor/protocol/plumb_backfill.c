/* Invariants:
 *   the batches that wait adjoin each other; the hole lies before the first of them
 *   a question is out for at most PATIENCE_NS without a word; after TRIES in a row that brought nothing the hole is left
 *   as it is
 */
#include "plumb_backfill.h"

#include "plumbline/sample.h"

#include <string.h>

enum { TRIES = 3, ASK_MAX = 8000 /* samples: ten seconds of a 115200 baud line */ };
static const int64_t PATIENCE_NS = SECONDS_NS(3), PAUSE_NS = SECONDS_NS(1);

static struct plumb_samples *batch_at(struct plumb_backfill *b, unsigned i) { return &b->batch[(b->first + i) % BACKFILL_BATCHES]; }

void plumb_backfill_clear(struct plumb_backfill *b)
{
    b->n = b->tries = 0;
    b->asking = b->given_up = b->progress = b->flows = false;
}

const struct plumb_samples *plumb_backfill_head(const struct plumb_backfill *b) { return b->n ? &b->batch[b->first] : NULL; }

void plumb_backfill_pop(struct plumb_backfill *b)
{
    b->first = (b->first + 1) % BACKFILL_BATCHES;
    if (--b->n == 0) plumb_backfill_clear(b);
}

bool plumb_backfill_hold(struct plumb_backfill *b, const struct plumb_samples *m, uint64_t missing)
{
    if (b->n == 0 && (!b->able || missing == 0)) return false;
    if (b->n) {
        const struct plumb_samples *newest = batch_at(b, b->n - 1);
        uint32_t ahead = m->first_index - (newest->first_index + newest->n);
        if (ahead > INT32_MAX) return true; /* it came twice */
        if (ahead > 0) b->n = 0; /* a second hole: one log fills both */
    }
    if (b->n == BACKFILL_BATCHES) {
        b->first = (b->first + 1) % BACKFILL_BATCHES;
        b->n--;
    }
    *batch_at(b, b->n++) = *m;
    if (b->n == BACKFILL_BATCHES - 1 && !b->flows) b->given_up = true; /* rather than lose what did arrive */
    return true;
}

bool plumb_backfill_take(struct plumb_backfill *b, struct plumb_samples *m, uint64_t next, uint32_t step_ticks, bool lost)
{
    if (!b->asking || b->n == 0) return false;
    int32_t ahead = (int32_t)(m->first_index - (uint32_t)next);
    int32_t room = (int32_t)(b->batch[b->first].first_index - (uint32_t)next);
    bool first = !b->heard;
    b->heard = true;
    if (ahead > 0 && (lost || !first)) return false; /* lost on the way: asked for again */
    if (ahead <= -(int32_t)m->n || ahead >= room) return false;
    if (ahead < 0) {
        m->n = (uint8_t)(m->n + ahead);
        m->first_index = (uint32_t)next;
        memmove(m->sample, m->sample - ahead, m->n * sizeof m->sample[0]);
        ahead = 0;
    }
    if (ahead + m->n > room) {
        m->t_last -= (uint32_t)(ahead + m->n - room) * step_ticks;
        m->n = (uint8_t)(room - ahead);
    }
    return true;
}

void plumb_backfill_progress(struct plumb_backfill *b) { b->progress = b->flows = true; }

void plumb_backfill_answered(struct plumb_backfill *b, int status, uint32_t count)
{
    if (!b->asking) return;
    b->asking = false;
    if (status == PLUMB_BUSY) return;
    if (status != PLUMB_OK || count == 0) b->given_up = b->n > 0;
}

bool plumb_backfill_ask(struct plumb_backfill *b, uint64_t next, int64_t now_ns, struct plumb_log_span *span)
{
    if (b->n == 0 || b->given_up) return false;
    if (b->progress) {
        b->asked_ns = now_ns;
        b->tries = 0;
    }
    b->progress = false;
    int64_t since_ns = now_ns - b->asked_ns;
    if (b->asking ? since_ns < PATIENCE_NS : b->tries > 0 && since_ns < PAUSE_NS) return false;
    b->asking = false;
    b->given_up = b->tries++ == TRIES;
    if (b->given_up) return false;
    uint32_t missing = b->batch[b->first].first_index - (uint32_t)next;
    *span = (struct plumb_log_span){.first_index = (uint32_t)next, .count = missing < ASK_MAX ? missing : ASK_MAX};
    b->asking = true;
    b->heard = false;
    b->asked_ns = now_ns;
    return true;
}
