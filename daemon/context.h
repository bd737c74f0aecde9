/* context — what is told the tracker besides samples, or decides which minutes and events are made of what it says.
 *
 * Each of these functions writes down what it is about to do, in the raw log just behind the samples so far, and then does
 * it. context_replay() does it again from there: samples and contexts in their order give the same minutes and events, to
 * the bit. Nothing is written down before the first sample (the snapshot in front of it holds all that was before), nor
 * while the log is replayed. Payloads: docs/log-format.md.
 */
#ifndef PLUMBLINE_CONTEXT_H
#define PLUMBLINE_CONTEXT_H

#include "pipeline_private.h"

enum { CONTEXT_HEAD = 40 }; /* of a start and a snapshot: tag, whether the log has what came before, version */

/* 140 years. No time in a log that somebody made up lies farther from 1970, nor wall time from run time: they can be added. */
#define CONTEXT_FAR_NS SECONDS_NS(140ll * 365 * 86400)

/* Part of the log's format: append only. */
enum context_kind {
    CONTEXT_START = 1, /* the program began, and went on where the log ends */
    CONTEXT_SNAPSHOT,  /* course and tracker as they are before the next sample */
    CONTEXT_GAP,
    CONTEXT_ADVANCE,
    CONTEXT_MINUTE, /* the open minute was closed for want of more */
    CONTEXT_REWIND, /* back to before the gap: samples of it are coming */
    CONTEXT_FINISH,
    CONTEXT_CONFIGURE,
    CONTEXT_CAPTURE,
    CONTEXT_MOVED,
    CONTEXT_WIDEN,
    CONTEXT_WALL,
    CONTEXT_ZONE,
    CONTEXT_LOST = LOG_CONTEXT_LOST, /* the store's */
};

void context_start(struct pipeline *p, const struct tracker_config *config);
/* Before S, the first sample of a day's file, or after something that the log has not got (p->hole). */
void context_snapshot(struct pipeline *p, const struct sample *s);

/* MAY_RETURN: the device may have kept what is missing (backfill.c). */
void context_gap(struct pipeline *p, int64_t t_ns, enum gap_reason reason, bool may_return);
/* Time has passed until TO_NS without a sample. */
void context_advance(struct pipeline *p, int64_t to_ns);
void context_close_minute(struct pipeline *p);
void context_rewind(struct pipeline *p, const struct tracker_config *config);
void context_finish(struct pipeline *p);
void context_configure(struct pipeline *p, const struct tracker_config *config);
void context_capture(struct pipeline *p, enum pose pose, int64_t t_ns);
void context_moved(struct pipeline *p, bool moved, int64_t t_ns);
void context_widen(struct pipeline *p);
/* The wall clock moved against run time by STEP_NS: small moves are followed, large ones are an event. */
void context_wall(struct pipeline *p, int64_t t_ns, int64_t step_ns);
void context_zone(struct pipeline *p, const struct zone *zone);

enum replayed context_replay(struct pipeline *p, const struct log_context *c);

#endif
