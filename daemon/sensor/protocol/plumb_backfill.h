/* plumb_backfill — what did not arrive is asked for: a device with a log keeps every sample, numbered, and LOG_READ
 * brings back the missing ones (firmware-proto/PROTOCOL.md).
 *
 * Batches that come behind a hole wait here until the log has filled it, so that samples leave in order. The queue is
 * short: when it is full the oldest batch goes, for the log holds that one too. So a night's absence costs no memory.
 */
#ifndef PLUMBLINE_PLUMB_BACKFILL_H
#define PLUMBLINE_PLUMB_BACKFILL_H

#include "firmware-proto/plumb_link.h"

enum { BACKFILL_BATCHES = 32 };

struct plumb_backfill {
    bool able;        /* the device has a log, and somebody sends what is asked (nobody does for a recorded stream) */
    bool asking;      /* a LOG_READ is out */
    bool heard;       /* and a block of its answer came */
    bool given_up;    /* what waits goes as it is, the hole stays */
    bool progress;    /* since poll() was last here */
    bool flows;       /* the log has answered since the first batch began to wait */
    unsigned tries;   /* questions in a row that brought nothing */
    int64_t asked_ns; /* when the last block or question was */
    unsigned first, n;
    struct plumb_samples batch[BACKFILL_BATCHES]; /* a ring, each adjoining the one before */
};

/* Forgets what waits, for good reasons only: all of it is in the device's log. */
void plumb_backfill_clear(struct plumb_backfill *b);

/* Takes batch M, MISSING samples behind the next one to leave, unless it need not wait. */
bool plumb_backfill_hold(struct plumb_backfill *b, const struct plumb_samples *m, uint64_t missing);

/* The oldest batch that waits, NULL when none does; and it has left. */
const struct plumb_samples *plumb_backfill_head(const struct plumb_backfill *b);
void plumb_backfill_pop(struct plumb_backfill *b);

/* A block of the log came: cut to what lies from NEXT up to the first batch that waits, its samples STEP_TICKS apart.
 * False when it is of no use. LOST: frames went missing before it. */
bool plumb_backfill_take(struct plumb_backfill *b, struct plumb_samples *m, uint64_t next, uint32_t step_ticks, bool lost);

/* Samples of the log have left. A block that was taken and fits nowhere is no progress: it would be asked for for ever. */
void plumb_backfill_progress(struct plumb_backfill *b);

/* The answer to LOG_READ is at its end: it brought COUNT samples. */
void plumb_backfill_answered(struct plumb_backfill *b, int status, uint32_t count);

/* The span to ask for at NOW_NS, if it is time to; NEXT is the index of the first sample missing. */
bool plumb_backfill_ask(struct plumb_backfill *b, uint64_t next, int64_t now_ns, struct plumb_log_span *span);

#endif
