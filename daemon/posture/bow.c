/* Invariants: base has unit length once started; deepest_deg > 0 only since the base was left. */
#include "bow.h"

#include "plumbline/sample.h"
#include "vec.h"

static const float leave_deg = 8, deep_deg = 20, back_deg = 10, base_tau_s = 2;
static const int64_t longest_ns = SECONDS_NS(8), shortest_ns = 400 * (int64_t)NS_PER_MS;

void bow_init(struct bow *b) { memset(b, 0, sizeof *b); }

static void rest_at(struct bow *b, const float up[3], float share)
{
    for (int i = 0; i < 3; i++) b->base[i] += share * (up[i] - b->base[i]);
    b->started = vec_unit(b->base);
    b->deepest_deg = 0;
}

static bool leads_away(const struct bow *b, const float upright[3])
{
    return vec_angle_deg(b->deepest, upright) > fmaxf(deep_deg, vec_angle_deg(b->base, upright));
}

bool bow_step(struct bow *b, const float upright[3], const float up[3], float dt_s, int64_t now_ns, float lean[3])
{
    if (!b->started) rest_at(b, up, 1);
    float away = vec_angle_deg(b->base, up);
    if (b->deepest_deg <= 0 && away < leave_deg) {
        rest_at(b, up, dt_s / (base_tau_s + dt_s));
        b->since_ns = now_ns;
        return false;
    }
    if (away > b->deepest_deg) {
        b->deepest_deg = away;
        vec_copy(b->deepest, up);
    }
    int64_t length_ns = now_ns - b->since_ns;
    if (length_ns > longest_ns) {
        rest_at(b, up, 1);
        return false;
    }
    if (away > back_deg || (b->deepest_deg < deep_deg && away > leave_deg)) return false;
    bool bowed = b->deepest_deg >= deep_deg && length_ns >= shortest_ns && leads_away(b, upright);
    vec_copy(lean, b->deepest);
    vec_add(lean, -1, b->base);
    vec_add(lean, 1, upright);
    rest_at(b, up, 1);
    return bowed && vec_unit(lean);
}
