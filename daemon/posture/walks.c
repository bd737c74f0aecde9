/* Invariants: certain implies since_ns != EVENT_OPEN; a walk said open is said closed once, with the same start. */
#include "walks.h"

#include "said.h"

#include <string.h>

static const int64_t certain_ns = SECONDS_NS(10), pause_ns = SECONDS_NS(10);

void walks_init(struct walks *w)
{
    memset(w, 0, sizeof *w);
    w->since_ns = EVENT_OPEN;
}

void walks_end(struct walks *w, struct tracker_out *out)
{
    if (w->certain) said(out, EVENT_WALK, 0, w->since_ns, w->last_ns, (float)w->steps);
    walks_init(w);
}

void walks_step(struct walks *w, enum posture p, int64_t start_ns, float seconds, unsigned steps,
                struct tracker_out *out)
{
    int64_t end_ns = start_ns + (int64_t)(seconds * 1e9f);
    if (p != POSTURE_WALKING) {
        if (w->since_ns != EVENT_OPEN && end_ns - w->last_ns >= pause_ns) walks_end(w, out);
        return;
    }
    if (w->since_ns == EVENT_OPEN) w->since_ns = start_ns;
    w->last_ns = end_ns;
    w->steps += steps;
    if (w->certain || end_ns - w->since_ns < certain_ns) return;
    w->certain = true;
    said(out, EVENT_WALK, 0, w->since_ns, EVENT_OPEN, 0);
}
