/* Invariants: a step is counted once, when its peak has been left; step_ns < peak_ns while rising. */
#include "gait.h"

#include "vec.h"

static const float fast_tau_s = 0.06f, slow_tau_s = 0.4f, envelope_tau_s = 2;
static const float peak_least_mps2 = 0.35f, peak_share = 0.4f;
static const float forgotten_mps2 = 1e-6f;
static const float interval_least_s = 0.27f, interval_most_s = 1.3f, interval_spread = 0.35f;
static const float ended_after_s = 2;
enum { EVEN_STEPS = 3 };

void gait_init(struct gait *g) { memset(g, 0, sizeof *g); }

void gait_break(struct gait *g)
{
    uint32_t steps = g->steps, regular = g->regular;
    gait_init(g);
    g->steps = steps;
    g->regular = regular;
}

static void count_step(struct gait *g)
{
    float interval = (float)(g->peak_ns - g->step_ns) * 1e-9f;
    bool first = g->step_ns == 0 || interval > interval_most_s;
    bool even = !first && g->interval_s > 0 && fabsf(interval - g->interval_s) < interval_spread * g->interval_s;
    g->step_ns = g->peak_ns;
    g->steps++;
    if (first) {
        g->interval_s = 0;
        g->in_a_row = 0;
        return;
    }
    g->interval_s = even ? g->interval_s + 0.3f * (interval - g->interval_s) : interval;
    g->in_a_row = even ? g->in_a_row + 1 : 0;
    if (g->in_a_row >= EVEN_STEPS) g->regular++;
}

void gait_push(struct gait *g, float force_mps2, float dt_s, int64_t t_ns)
{
    if (!g->started) {
        g->fast = g->slow = force_mps2;
        g->started = true;
    }
    g->fast += dt_s / (fast_tau_s + dt_s) * (force_mps2 - g->fast);
    g->slow += dt_s / (slow_tau_s + dt_s) * (force_mps2 - g->slow);
    g->envelope -= dt_s / (envelope_tau_s + dt_s) * g->envelope;
    if (g->envelope < forgotten_mps2) g->envelope = 0; /* else it ends as a denormal number, slow on every machine */
    float x = g->fast - g->slow, threshold = larger(peak_least_mps2, peak_share * g->envelope);
    if (!g->rising) {
        if (x < threshold || (float)(t_ns - g->step_ns) * 1e-9f < interval_least_s) return;
        g->rising = true;
        g->peak = 0;
    }
    if (x > g->peak) {
        g->peak = x;
        g->peak_ns = t_ns;
    }
    if (x > 0) return;
    g->rising = false;
    g->envelope = larger(g->envelope, g->peak);
    count_step(g);
}

float gait_cadence_hz(const struct gait *g, int64_t now_ns)
{
    bool over = (float)(now_ns - g->step_ns) * 1e-9f > ended_after_s;
    return over || g->in_a_row < EVEN_STEPS || g->interval_s <= 0 ? 0 : 1 / g->interval_s;
}
