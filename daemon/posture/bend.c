/* Invariants: deep implies since_ns is the time of crossing 30°; angles are NAN before the first known one. */
#include "bend.h"

#include "plumbline/sample.h"

#include <math.h>
#include <string.h>

static const float deep_deg = 30, back_deg = 25, fast_degs = 60, rate_least_s = 0.02f; /* no rate of shorter steps */
static const int64_t short_ns = SECONDS_NS(8), fast_short_ns = SECONDS_NS(20), there_ns = SECONDS_NS(1);
static const float shift_deg = 5, shift_s = 5;

void bend_init(struct bend *b)
{
    memset(b, 0, sizeof *b);
    b->before_deg = b->rested_deg = NAN;
}

static int64_t allowed_ns(const struct bend *b) { return b->rate_degs > fast_degs ? fast_short_ns : short_ns; }

enum bend_news bend_step(struct bend *b, float angle_deg, float dt_s, int64_t now_ns)
{
    float rate = isnan(b->before_deg) || dt_s < rate_least_s ? 0 : (angle_deg - b->before_deg) / dt_s;
    b->before_deg = angle_deg;
    if (isnan(angle_deg)) {
        b->deep = false;
        return BEND_NONE;
    }
    if (!b->deep) {
        if (angle_deg <= deep_deg) return BEND_NONE;
        b->deep = true;
        b->since_ns = now_ns;
        b->rate_degs = rate;
        b->deepest_deg = 0;
    }
    b->deepest_deg = fmaxf(b->deepest_deg, angle_deg);
    if (now_ns - b->since_ns <= there_ns) b->rate_degs = fmaxf(b->rate_degs, rate);
    if (angle_deg > back_deg) return BEND_NONE;
    b->deep = false;
    return now_ns - b->since_ns < allowed_ns(b) ? BEND_DONE : BEND_NONE;
}

bool bend_running(const struct bend *b, int64_t now_ns) { return b->deep && now_ns - b->since_ns < allowed_ns(b); }

bool bend_shifted(struct bend *b, float inclination_deg, float dt_s)
{
    if (isnan(inclination_deg)) return false;
    if (isnan(b->rested_deg)) b->rested_deg = inclination_deg;
    if (fabsf(inclination_deg - b->rested_deg) <= shift_deg) {
        b->away_s = 0;
        return false;
    }
    b->away_s += dt_s;
    if (b->away_s <= shift_s) return false;
    b->rested_deg = inclination_deg;
    b->away_s = 0;
    return true;
}
