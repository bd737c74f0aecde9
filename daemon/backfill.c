/* A device with a memory brings back what it took while it was away or unheard (its protocol asked for it). Invariants:
 *   samples still come in order; the tracker goes on from where the gap began, as if there had been none: what silence
 *   had closed by then is opened again, and the diary's rows (which are known by kind and start) are put right;
 *   the coach looks at the wearer again only when the samples have come up to the present.
 */
#include "pipeline_private.h"

#include <string.h>

#define PAST_NS SECONDS_NS(10)    /* older is no view of the present */
#define PATIENCE_NS SECONDS_NS(20) /* without another sample of the past: nothing more comes */

void backfill_prepare(struct pipeline *p)
{
    struct before_gap *b = &p->before_gap;
    if (b->valid || p->options.clock != CLOCK_LIVE || p->muted) return;
    memcpy(b->tracker, p->tracker, tracker_size());
    b->minute_open = p->course.minute_open;
    b->minute = p->course.minute;
    b->minute_ns = p->course.minute_ns;
    b->valid = true;
}

static void go_back(struct pipeline *p)
{
    struct tracker_config tracker = pipeline_life_tracker_config(p->config);
    memcpy(p->tracker, p->before_gap.tracker, tracker_size());
    tracker_configure(p->tracker, &tracker);
    p->course.minute_open = p->before_gap.minute_open;
    p->course.minute = p->before_gap.minute;
    p->course.minute_ns = p->before_gap.minute_ns;
    tracker_gap(p->tracker, p->course.last_sample_ns, GAP_UNPLUGGED, &p->tracker_out); /* its row is closed, short */
    pipeline_deliver(p, &p->tracker_out);
}

bool backfill_look(struct pipeline *p, const struct sample *s)
{
    bool past = p->options.clock == CLOCK_LIVE && !p->muted && p->now.t_ns - s->t_ns > PAST_NS;
    if (p->before_gap.valid && s->raw.flags & SAMPLE_FROM_LOG) go_back(p);
    p->before_gap.valid = false;
    p->behind_until_ns = past ? p->now.t_ns + PATIENCE_NS : INT64_MIN;
    return past;
}

int64_t backfill_not_before(const struct pipeline *p, int64_t due_ns)
{
    return due_ns < p->behind_until_ns ? p->behind_until_ns : due_ns;
}
