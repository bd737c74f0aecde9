/* Invariants: deep implies since_ns is the time of crossing 30°; angles are NAN before the first known one. */
#include "bend.h"

#include "vec.h"

static const float deep_deg = 30, back_deg = 25, fast_degs = 60, rate_least_s = 0.02f; /* no rate of shorter steps */
static const int64_t short_ns = SECONDS_NS(8), fast_short_ns = SECONDS_NS(20), there_ns = SECONDS_NS(1);
static const float shift_deg = 5, shift_s = 5;
static const float bow_each_s = 0.25f, bow_cosine = 0.9397f; /* 20° */

void bend_init(struct bend *b)
{
    memset(b, 0, sizeof *b);
    b->before_deg = b->rested_deg = NAN;
    b->bowed_ns = EVENT_OPEN;
}

static int64_t allowed_ns(const struct bend *b) { return b->rate_degs > fast_degs ? fast_short_ns : short_ns; }

enum bend_news bend_step(struct bend *b, float angle_deg, const float up[3], float dt_s, int64_t now_ns)
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
    if (angle_deg > b->deepest_deg) {
        b->deepest_deg = angle_deg;
        vec_copy(b->deepest_up, up);
    }
    if (now_ns - b->since_ns <= there_ns) b->rate_degs = fmaxf(b->rate_degs, rate);
    if (angle_deg > back_deg) return BEND_NONE;
    b->deep = false;
    return now_ns - b->since_ns < allowed_ns(b) ? BEND_DONE : BEND_NONE;
}

bool bend_running(const struct bend *b, int64_t now_ns) { return b->deep && now_ns - b->since_ns < allowed_ns(b); }

void bend_watch_bows(struct bend *b, const float up[3], float dt_s, int64_t now_ns)
{
    b->bow_wait_s -= dt_s;
    if (b->bow_wait_s > 0) return;
    b->bow_wait_s = fmaxf(0, b->bow_wait_s + bow_each_s);
    vec_copy(b->bow_up[b->bow_next], up);
    b->bow_next = (b->bow_next + 1) % BOW_SLOTS;
    if (b->bow_n < BOW_SLOTS) b->bow_n++;
    const float *oldest = b->bow_up[b->bow_n < BOW_SLOTS ? 0 : b->bow_next];
    for (unsigned age = 1; age + 1 < b->bow_n; age++) {
        const float *then = b->bow_up[(b->bow_next + 2 * BOW_SLOTS - 1 - age) % BOW_SLOTS];
        if (vec_dot(then, oldest) > bow_cosine || vec_dot(then, up) > bow_cosine) continue;
        b->bowed_ns = now_ns - (int64_t)((float)age * bow_each_s * 1e9f);
        return;
    }
}

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
