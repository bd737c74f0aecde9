/* Invariants: anchor has unit length once started; still_ns is not later than the last epoch's start. */
#include "worn.h"

#include "calibration.h"
#include "vec.h"

static const float still_deg = 0.3f, breathing_deg = 0.12f, turned_deg = 5, shaken_g = 0.03f;
static const int64_t off_ns = SECONDS_NS(600), off_explained_ns = SECONDS_NS(1800), lifeless_ns = SECONDS_NS(120);

void worn_init(struct worn *w) { memset(w, 0, sizeof *w); }

void worn_watch(struct worn *w, const float up[3])
{
    if (vec_norm(w->first) <= 0) {
        vec_copy(w->first, up);
        vec_copy(w->far, up);
        w->far_deg = 0;
    }
    float from_first_deg = vec_angle_deg(w->first, up);
    if (from_first_deg > w->far_deg) {
        vec_copy(w->far, up);
        w->far_deg = from_first_deg;
    }
    w->range_deg = larger(w->range_deg, larger(from_first_deg, vec_angle_deg(w->far, up)));
}

enum worn_news worn_tell(struct worn *w, bool worn, int64_t now_ns)
{
    if (worn == !w->off || (worn && !w->told)) return WORN_SAME; /* what was found by stillness ends by movement */
    if (worn) {
        worn_init(w);
        return WORN_ON;
    }
    w->off = w->told = w->started = true;
    w->still_ns = now_ns;
    return WORN_OFF;
}

enum worn_news worn_step(struct worn *w, const struct calibration *c, const float up[3], float movement_g,
                         int64_t start_ns, int64_t end_ns)
{
    bool shaken = movement_g > shaken_g, breathes = w->range_deg > breathing_deg;
    memset(w->first, 0, sizeof w->first);
    w->range_deg = 0;
    if (w->told) return WORN_SAME;
    float turned = w->started ? vec_angle_deg(w->anchor, up) : 180;
    if (w->off) {
        if (turned < turned_deg && !shaken) return WORN_SAME;
        worn_init(w);
        return WORN_ON;
    }
    if (turned > still_deg || shaken || breathes) {
        vec_copy(w->anchor, up);
        w->still_ns = start_ns;
        w->started = true;
    }
    w->explained = calibration_explains(c, up);
    if (end_ns - w->still_ns < (w->explained ? off_explained_ns : off_ns)) return WORN_SAME;
    w->off = true;
    return WORN_OFF;
}

bool worn_lifeless(const struct worn *w, int64_t now_ns)
{
    return w->off || (w->started && now_ns - w->still_ns >= lifeless_ns);
}

bool worn_doubtful(const struct worn *w, int64_t t_ns, int64_t now_ns)
{
    return w->off || (worn_lifeless(w, now_ns) && !w->explained && t_ns >= w->still_ns);
}
