/* Invariants: RUNNING and DONE have no fault, REFUSED has one; phases follow the samples' time alone; a value is only
 * taken from 0.3 s without a hole, all of which lie in the phase of its way. */
#include "plumbline/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t held_ns = SECONDS_NS(3) / 10, hole_ns = SECONDS_NS(1) / 5, gap_ns = SECONDS_NS(1),
                     apart_ns = SECONDS_NS(1) / 180;
static const int64_t patience_ns = SECONDS_NS(4), walk_ns = SECONDS_NS(3);
static const float still_deg = 6, back_deg = 10, least_deg = 5;
static const int looked_s = 3;      /* the end of the first upright */
static const int looked_back_s = 2; /* the end of the others */

static const int seconds[RANGE_PHASES] = {6, 9, 5, 8, 5, 8, 5, 8, 5};
static const char *const names[RANGE_WAYS] = {"flexion", "extension", "left", "right"};

const char *range_way_name(enum range_way w) { return (unsigned)w < RANGE_WAYS ? names[w] : ""; }

enum range_way range_way_find(const char *name)
{
    enum range_way w = RANGE_FLEXION;
    while (w < RANGE_WAYS && strcmp(names[w], name) != 0) w++;
    return w;
}

int range_phase_s(int phase) { return phase >= 0 && phase < RANGE_PHASES ? seconds[phase] : 0; }

/* The phase at SINCE_NS after the start, RANGE_PHASES behind the last, and what is left of it. */
static int phase_at(int64_t since_ns, int64_t *left_ns)
{
    int phase = 0;
    *left_ns = 0;
    for (; phase < RANGE_PHASES; phase++) {
        *left_ns = SECONDS_NS(seconds[phase]) - since_ns;
        if (*left_ns > 0) break;
        since_ns -= SECONDS_NS(seconds[phase]);
    }
    return phase;
}

static void refuse(struct range *r, enum range_fault fault)
{
    r->state = RANGE_REFUSED;
    r->fault = fault;
}

void range_start(struct range *r) { *r = (struct range){.state = RANGE_RUNNING, .start_ns = INT64_MIN}; }

/* ---- upright ----------------------------------------------------------------------------------------------------- */

static void add_upright(struct range *r, const struct posture_view *v)
{
    struct range_sum *s = &r->sum;
    if (!s->n) {
        s->least_flexion_deg = s->most_flexion_deg = v->flexion_deg;
        s->least_lateral_deg = s->most_lateral_deg = v->lateral_deg;
        s->from_ns = v->t_ns;
    }
    s->n++;
    s->flexion_deg += (double)v->flexion_deg;
    s->lateral_deg += (double)v->lateral_deg;
    s->least_flexion_deg = fminf(s->least_flexion_deg, v->flexion_deg);
    s->most_flexion_deg = fmaxf(s->most_flexion_deg, v->flexion_deg);
    s->least_lateral_deg = fminf(s->least_lateral_deg, v->lateral_deg);
    s->most_lateral_deg = fmaxf(s->most_lateral_deg, v->lateral_deg);
    s->to_ns = v->t_ns;
}

static bool within(const struct range_sum *s, float most_deg)
{
    return s->most_flexion_deg - s->least_flexion_deg <= most_deg &&
           s->most_lateral_deg - s->least_lateral_deg <= most_deg;
}

/* The phase has ended: is what was seen of it upright? */
static enum range_fault end_upright(struct range *r, int phase)
{
    const struct range_sum s = r->sum;
    r->sum = (struct range_sum){0};
    if (!s.n || s.to_ns - s.from_ns < SECONDS_NS(phase ? looked_back_s : looked_s) / 2) return RANGE_NO_SAMPLES;
    float flexion_deg = (float)(s.flexion_deg / s.n), lateral_deg = (float)(s.lateral_deg / s.n);
    if (phase) {
        bool back = fabsf(flexion_deg - r->upright_flexion_deg) <= back_deg &&
                    fabsf(lateral_deg - r->upright_lateral_deg) <= back_deg;
        return back ? RANGE_OK : RANGE_NOT_BACK;
    }
    r->upright_flexion_deg = flexion_deg;
    r->upright_lateral_deg = lateral_deg;
    return within(&s, still_deg) ? RANGE_OK : RANGE_MOVED;
}

/* ---- the four ways ----------------------------------------------------------------------------------------------- */

static float along(const struct range *r, enum range_way way, const struct posture_view *v)
{
    float flexion_deg = v->flexion_deg - r->upright_flexion_deg, lateral_deg = v->lateral_deg - r->upright_lateral_deg;
    const float deg[RANGE_WAYS] = {flexion_deg, -flexion_deg, lateral_deg, -lateral_deg};
    return deg[way];
}

/* Takes the least of the last 0.3 s, if they were all seen. */
static void look_back(struct range *r, enum range_way way)
{
    const struct range_angle *newest = &r->angle[(r->n_angle - 1) % RANGE_HELD];
    uint32_t kept = r->n_angle < RANGE_HELD ? r->n_angle : RANGE_HELD;
    float least = newest->deg;
    for (uint32_t i = 1; i < kept; i++) {
        const struct range_angle *a = &r->angle[(r->n_angle - 1 - i) % RANGE_HELD];
        least = fminf(least, a->deg);
        if (newest->t_ns - a->t_ns < held_ns) continue;
        r->covered[way] = true;
        r->furthest_deg[way] = fmaxf(r->furthest_deg[way], least);
        return;
    }
}

static void add_way(struct range *r, enum range_way way, const struct posture_view *v)
{
    int64_t since_ns = r->n_angle ? v->t_ns - r->angle[(r->n_angle - 1) % RANGE_HELD].t_ns : 0;
    if (r->n_angle && since_ns < apart_ns) return; /* so many samples that the ring would not span 0.3 s */
    if (since_ns > hole_ns) r->n_angle = 0;
    r->angle[r->n_angle++ % RANGE_HELD] = (struct range_angle){v->t_ns, along(r, way, v)};
    look_back(r, way);
}

/* ---- sample by sample -------------------------------------------------------------------------------------------- */

/* What makes the test void, whatever the phase. */
static enum range_fault fault_of(struct range *r, const struct posture_view *v)
{
    if (r->last_ns && v->t_ns - r->last_ns > gap_ns) return RANGE_NO_SAMPLES;
    if (v->posture == POSTURE_NOT_WORN) return RANGE_NOT_WORN;
    if (v->posture != POSTURE_WALKING)
        r->walking_ns = 0;
    else if (!r->walking_ns)
        r->walking_ns = v->t_ns;
    if (r->walking_ns && v->t_ns - r->walking_ns > walk_ns) return RANGE_WALKED;
    bool known = v->angles_known && isfinite(v->flexion_deg) && isfinite(v->lateral_deg);
    return known ? RANGE_OK : RANGE_NO_REFERENCE;
}

/* The phases up to PHASE have ended. */
static enum range_fault end_phases(struct range *r, int phase)
{
    enum range_fault fault = RANGE_OK;
    for (; r->phase < phase && fault == RANGE_OK; r->phase++) {
        if (r->phase % 2 == 0)
            fault = end_upright(r, r->phase);
        else if (!r->covered[r->phase / 2])
            fault = RANGE_NO_SAMPLES;
        r->n_angle = 0;
    }
    return fault;
}

void range_look(struct range *r, const struct posture_view *v)
{
    if (r->state != RANGE_RUNNING || v->t_ns < r->last_ns) return;
    if (r->start_ns == INT64_MIN) r->start_ns = v->t_ns;
    int64_t left_ns;
    int phase = phase_at(v->t_ns - r->start_ns, &left_ns);
    enum range_fault fault = fault_of(r, v);
    r->last_ns = v->t_ns;
    if (fault == RANGE_OK) fault = end_phases(r, phase);
    if (fault != RANGE_OK)
        refuse(r, fault);
    else if (phase == RANGE_PHASES)
        r->state = RANGE_DONE;
    else if (phase % 2)
        add_way(r, (enum range_way)(phase / 2), v);
    else if (left_ns <= SECONDS_NS(phase ? looked_back_s : looked_s))
        add_upright(r, v);
}

void range_advance(struct range *r, int64_t now_ns)
{
    if (r->state != RANGE_RUNNING) return;
    if (!r->last_ns)
        r->last_ns = now_ns; /* waits for its first sample from now on */
    else if (now_ns - r->last_ns > patience_ns)
        refuse(r, RANGE_NO_SAMPLES);
}

void range_show(const struct range *r, struct range_view *view)
{
    int64_t left_ns = 0;
    *view = (struct range_view){.state = r->state, .fault = r->fault};
    if (r->state == RANGE_RUNNING) {
        int64_t since_ns = r->start_ns == INT64_MIN ? 0 : r->last_ns - r->start_ns;
        view->phase = phase_at(since_ns, &left_ns);
        view->phase_left_s = (float)left_ns / NS_PER_S;
        view->left_s = view->phase_left_s;
        for (int i = view->phase + 1; i < RANGE_PHASES; i++) view->left_s += (float)seconds[i];
    }
    for (int w = 0; w < RANGE_WAYS; w++) {
        bool seen = r->state == RANGE_DONE && r->furthest_deg[w] >= least_deg;
        view->deg[w] = seen ? r->furthest_deg[w] : NAN;
    }
}

/* ---- what a difference means ------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double range_median(double *deg, int n)
{
    if (n <= 0) return NAN;
    qsort(deg, (size_t)n, sizeof deg[0], ascending);
    return n % 2 ? deg[n / 2] : (deg[n / 2 - 1] + deg[n / 2]) / 2;
}
