/* The self-test of the range of motion, sample by sample while it runs; its four values become entries. */
#include "pipeline_private.h"
#include "plumbline/text.h"

#include <errno.h>
#include <math.h>

enum { LATELY_S = 3, ASKED_S = 5 };

int pipeline_range_check(const struct pipeline *p)
{
    struct posture_view view;
    struct health health;
    struct load load = {0};
    pipeline_health(p, &health);
    wearer_history(p, &load);
    if (health_against_range(&health, load.hurt ? HEALTH_MUCH_PAIN : wearer_pain(p))) return -EPERM;
    tracker_view(p->tracker, &view);
    if (p->course.last_sample_ns == INT64_MIN || p->now.t_ns - view.t_ns > SECONDS_NS(LATELY_S)) return -ENODATA;
    if (view.posture == POSTURE_NOT_WORN) return -ENOTUNIQ;
    return view.angles_known ? 0 : -EDOM;
}

int pipeline_range_start(struct pipeline *p)
{
    int failed = pipeline_range_check(p);
    if (failed) return failed;
    range_start(&p->range);
    p->range_asked_ns = p->now.t_ns;
    return 0;
}

void pipeline_range_stop(struct pipeline *p) { p->range.state = RANGE_IDLE; }

static void enter(struct pipeline *p)
{
    struct range_view view;
    range_show(&p->range, &view);
    for (int w = 0; w < RANGE_WAYS; w++) {
        if (!isfinite(view.deg[w])) continue; /* that movement was not made */
        struct entry e = {.kind = ENTRY_RANGE, .value = (int)lroundf(view.deg[w])};
        text_copy(e.what, sizeof e.what, range_way_name((enum range_way)w));
        pipeline_enter(p, &e);
    }
}

void pipeline_range_look(struct pipeline *p)
{
    struct posture_view view;
    if (p->range.state != RANGE_RUNNING) return;
    bool alone = p->options.clock == CLOCK_LIVE && p->now.t_ns - p->range_asked_ns > SECONDS_NS(ASKED_S);
    if (alone) { /* who guided the wearer is gone */
        pipeline_range_stop(p);
        return;
    }
    tracker_view(p->tracker, &view);
    range_look(&p->range, &view);
    if (p->range.state == RANGE_DONE) enter(p);
}

void pipeline_range(struct pipeline *p, struct range_view *view)
{
    p->range_asked_ns = p->now.t_ns;
    range_advance(&p->range, p->now.t_ns);
    range_show(&p->range, view);
}
