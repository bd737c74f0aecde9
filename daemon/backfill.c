/* A device with a memory brings back what it took while it was away or unheard (its protocol asked for it). Invariants:
 *   samples still come in order; the tracker goes on from where the gap began, as if there had been none: what silence
 *   had closed by then is opened again, and the diary's rows (which are known by kind and start) are put right;
 *   the coach looks at the wearer again only when the samples have come up to the present.
 */
#include "context.h"
#include "plumbline/text.h"

#include <string.h>

#define PAST_NS SECONDS_NS(10)    /* older is no view of the present */
#define PATIENCE_NS SECONDS_NS(20) /* without another sample of the past: nothing more comes */

void backfill_prepare(struct pipeline *p)
{
    struct before_gap *b = &p->before_gap;
    if (b->valid || (p->options.clock != CLOCK_LIVE && !p->muted)) return;
    memcpy(b->tracker, p->tracker, tracker_size());
    b->minute_open = p->course.minute_open;
    b->minute = p->course.minute;
    b->minute_ns = p->course.minute_ns;
    memcpy(b->kept, p->course.kept, sizeof b->kept);
    b->n_kept = p->course.n_kept;
    b->valid = true;
}

/* The gap's row in the diary: it has lasted no time. The tracker is to know nothing of it; where the device has not kept
 * all, it finds the hole that is left by itself. */
static void close_row(struct pipeline *p)
{
    struct tracker_out out = {.n_events = 1};
    out.event[0] = (struct event){.kind = EVENT_GAP, .reason = GAP_UNPLUGGED, .start_ns = p->course.last_sample_ns,
                                  .end_ns = p->course.last_sample_ns};
    pipeline_deliver(p, &out);
}

void backfill_go_back(struct pipeline *p, const struct tracker_config *config)
{
    memcpy(p->tracker, p->before_gap.tracker, tracker_size());
    tracker_configure(p->tracker, config);
    p->course.minute_open = p->before_gap.minute_open;
    p->course.minute = p->before_gap.minute;
    p->course.minute_ns = p->before_gap.minute_ns;
    minutes_take_back(p, p->before_gap.kept, p->before_gap.n_kept);
    close_row(p);
}

bool backfill_look(struct pipeline *p, const struct sample *s)
{
    bool past = p->options.clock == CLOCK_LIVE && p->now.t_ns - s->t_ns > PAST_NS;
    struct tracker_config tracker = pipeline_life_tracker_config(p->config);
    if (p->before_gap.valid && s->raw.flags & SAMPLE_FROM_LOG) context_rewind(p, &tracker);
    p->before_gap.valid = false;
    p->behind_until_ns = past ? p->now.t_ns + PATIENCE_NS : INT64_MIN;
    return past;
}

int64_t backfill_not_before(const struct pipeline *p, int64_t due_ns)
{
    return due_ns < p->behind_until_ns ? p->behind_until_ns : due_ns;
}

/* ---- over a restart of the daemon ---- */

void backfill_mark(struct pipeline *p)
{
    struct heard *h = &p->course.heard;
    struct sensor_info info;
    if (!p->kept) return;
    if (!p->kept->take_up) { /* another device since: its count says nothing of the one before */
        h->protocol[0] = 0;
        return;
    }
    p->kept->info(p->protocol_state, &info);
    text_copy(h->protocol, sizeof h->protocol, info.boot_id ? p->kept->name : "");
    h->serial = info.serial;
    h->boot_id = info.boot_id;
    h->timebase = p->timebase;
}

void backfill_note(struct pipeline *p, const struct sample *s)
{
    struct heard *h = &p->course.heard;
    bool other = s->raw.flags & SAMPLE_RESTARTED || s->raw.index < h->next_index;
    h->next_index = s->raw.index + 1;
    if (p->muted && other) h->protocol[0] = 0; /* since the snapshot: another boot or device, an unknown one */
}

void backfill_take_up(struct pipeline *p)
{
    const struct heard *h = &p->course.heard;
    const struct protocol *protocol = h->protocol[0] ? protocol_find(h->protocol) : NULL;
    struct timebase *tb = &p->timebase;
    if (!protocol || !protocol->take_up || !h->timebase.started || !h->timebase.clocked) return;
    *tb = h->timebase;
    tb->last_device_ns += (int64_t)((double)(p->course.last_sample_ns - tb->last_run_ns) / tb->slope);
    tb->last_run_ns = p->course.last_sample_ns;
    const struct sensor_info who = {.serial = h->serial, .boot_id = h->boot_id};
    protocol->init(p->protocol_state);
    protocol->take_up(p->protocol_state, &who, h->next_index, tb->last_device_ns);
    p->kept = protocol;
}
