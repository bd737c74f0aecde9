/* Invariants:
 *   slots are a ring, the newest at next − 1, their times increase, and no two neighbours have a hole between them;
 *   burst2 of a slot is final when 0.5 s have come after it; a burst is looked at once, when it is 6.1 s old;
 *   LOOK is told only when both of its windows lie within the ring; every number that enters the ring is finite.
 */
#include "transition.h"

#include "plumbline/sample.h"
#include "vec.h"

#include <stdlib.h>

#define MS_NS(ms) ((ms) * (int64_t)NS_PER_MS)

static const int64_t age_ns = MS_NS(6100), half_ns = MS_NS(500), apart_ns = MS_NS(1000);
static const int64_t near_ns = MS_NS(1800), far_ns = MS_NS(4000), further_ns = MS_NS(6000), edge_ns = MS_NS(300);
enum { WINDOW_MOST = 32, WINDOW_LEAST = 8 };

static const float burst_least_rads = 0.35f;
/* The further the way led from both ends, the less they need to differ. */
static const float change_deg = 7, change_per_dip = 0.1f, change_least_deg = 4;
static const float upright_most_deg = 20, seat_most_deg = 75; /* beyond that people lie */
static const float seat_quiet_g = 0.07f, seat_quiet_rads = 0.7f;
static const float dip_least_deg = 15, beyond_most_deg = 90; /* nobody leans as far to rise as to reach the floor */
static const float about_up_most = 0.6f;

void transition_init(struct transition *t)
{
    memset(t, 0, sizeof *t);
    t->none_ns = INT64_MIN / 2;
}

void transition_break(struct transition *t)
{
    t->n = t->next = t->forces = 0;
    t->force_sum = t->force_sq_sum = 0;
    t->have_q = false;
}

void transition_skip(struct transition *t) { t->have_q = false; }

void transition_add_force(struct transition *t, float force_mps2)
{
    if (!(force_mps2 < 1e3f)) return;
    t->forces++;
    t->force_sum += force_mps2;
    t->force_sq_sum += force_mps2 * force_mps2;
}

/* Slot of age I, 0 the newest. */
static struct transition_slot *slot(struct transition *t, unsigned i)
{
    return &t->slot[(t->next + 2 * TRANSITION_SLOTS - 1 - i) % TRANSITION_SLOTS];
}

/* How many slots are less than SPAN_NS older than the newest. */
static unsigned count_younger(struct transition *t, int64_t span_ns)
{
    int64_t newest_ns = slot(t, 0)->t_ns;
    unsigned low = 0, high = t->n;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (newest_ns - slot(t, middle)->t_ns < span_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- filling the ring ---- */

/* Rate that turned the attitude from the last slot's to Q within DT_S. */
static void rate_between(const float from[4], const float q[4], float dt_s, float rate_rads[3])
{
    float back[4] = {from[0], -from[1], -from[2], -from[3]}, turned[4];
    quat_multiply(back, q, turned);
    float scale = (turned[0] < 0 ? -2 : 2) / dt_s;
    for (int i = 0; i < 3; i++) rate_rads[i] = scale * turned[1 + i];
}

static bool add_slot(struct transition *t, const float q[4], int64_t now_ns)
{
    struct transition_slot s = {.t_ns = now_ns};
    float rate[3] = {0};
    quat_up(q, s.up);
    if (!vec_unit(s.up)) return false;
    if (t->have_q && t->n > 0) rate_between(t->q, q, (float)(now_ns - slot(t, 0)->t_ns) * 1e-9f, rate);
    float about_up = vec_dot(rate, s.up);
    s.turn2 = vec_dot(rate, rate);
    s.about_up2 = about_up * about_up;
    if (t->forces > 0) {
        s.force_mps2 = t->force_sum / (float)t->forces;
        s.force_sq = t->force_sq_sum / (float)t->forces;
    }
    t->forces = 0;
    t->force_sum = t->force_sq_sum = 0;
    memcpy(t->q, q, sizeof t->q);
    t->have_q = true;
    t->slot[t->next] = s;
    t->next = (t->next + 1) % TRANSITION_SLOTS;
    if (t->n < TRANSITION_SLOTS) t->n++;
    return true;
}

/* The mean square of the second around the slot that is now half a second old. */
static void finish_burst(struct transition *t)
{
    float sum = 0;
    unsigned n = 0, centre = count_younger(t, half_ns);
    if (centre == t->n) return;
    int64_t centre_ns = slot(t, centre)->t_ns;
    for (unsigned i = 0; i < t->n && centre_ns - slot(t, i)->t_ns <= half_ns; i++, n++) sum += slot(t, i)->turn2;
    slot(t, centre)->burst2 = sum / (float)n;
}

/* ---- looking at a burst ---- */

/* The slot that has just come of age, when no other within a second turns faster. */
static bool find_peak(struct transition *t, unsigned *peak)
{
    int64_t newest_ns = slot(t, 0)->t_ns;
    unsigned at = count_younger(t, age_ns);
    if (at == 0 || at == t->n || newest_ns - slot(t, at)->t_ns >= age_ns + (newest_ns - slot(t, 1)->t_ns)) return false;
    const struct transition_slot *s = slot(t, at);
    if (s->burst2 < burst_least_rads * burst_least_rads) return false;
    for (unsigned i = 0; i < t->n; i++) {
        const struct transition_slot *other = slot(t, i);
        int64_t later_ns = other->t_ns - s->t_ns;
        if (later_ns > 0 && later_ns <= apart_ns && other->burst2 > s->burst2) return false;
        if (later_ns < 0 && -later_ns <= apart_ns && other->burst2 >= s->burst2) return false;
    }
    *peak = at;
    return true;
}

struct window {
    float up[3];
    float spread_g; /* SD of |a|; NAN without an accelerometer */
    float turning;  /* RMS of the rate, rad/s */
};

static float median(float *v, unsigned n)
{
    for (unsigned i = 1; i < n; i++)
        for (unsigned k = i; k > 0 && v[k] < v[k - 1]; k--) {
            float swapped = v[k];
            v[k] = v[k - 1];
            v[k - 1] = swapped;
        }
    return n % 2 ? v[n / 2] : 0.5f * (v[n / 2 - 1] + v[n / 2]);
}

/* Median direction and the spread of |a| from FROM_NS to TO_NS; false when the ring does not cover it. */
static bool look_through(struct transition *t, int64_t from_ns, int64_t to_ns, struct window *w)
{
    float v[3][WINDOW_MOST], mean = 0, sq = 0, turn2 = 0;
    unsigned n = 0, forces = 0;
    if (slot(t, t->n - 1)->t_ns > from_ns + edge_ns || slot(t, 0)->t_ns < to_ns - edge_ns) return false;
    for (unsigned i = 0; i < t->n && n < WINDOW_MOST; i++) {
        const struct transition_slot *s = slot(t, i);
        if (s->t_ns < from_ns || s->t_ns > to_ns) continue;
        for (int k = 0; k < 3; k++) v[k][n] = s->up[k];
        n++;
        turn2 += s->turn2;
        forces += s->force_sq > 0;
        mean += s->force_mps2;
        sq += s->force_sq;
    }
    if (n < WINDOW_LEAST) return false;
    for (int k = 0; k < 3; k++) w->up[k] = median(v[k], n);
    w->turning = sqrtf(turn2 / (float)n);
    w->spread_g = NAN;
    if (forces > 0) {
        mean /= (float)forces;
        w->spread_g = sqrtf(fmaxf(0, sq / (float)forces - mean * mean)) / STANDARD_GRAVITY_MPS2;
    }
    return vec_unit(w->up);
}

/* The way from BEFORE to AFTER: how far it led beyond both, and how much of the turning was about the vertical. */
static void follow_way(struct transition *t, int64_t centre_ns, const struct window *before, const struct window *after,
                       struct transition_look *look)
{
    float all = 0, about_up = 0, from_before = 0, from_after = 0;
    look->turned_deg = vec_angle_deg(before->up, after->up);
    look->beyond_deg = 0;
    for (unsigned i = 0; i < t->n; i++) {
        const struct transition_slot *s = slot(t, i);
        if (llabs(s->t_ns - centre_ns) > near_ns) continue;
        float there = vec_angle_deg(s->up, before->up), rest = vec_angle_deg(s->up, after->up);
        look->beyond_deg = fmaxf(look->beyond_deg, 0.5f * (there + rest - look->turned_deg));
        from_before = fmaxf(from_before, there);
        from_after = fmaxf(from_after, rest);
        all += s->turn2;
        about_up += s->about_up2;
    }
    look->dip_deg = fminf(from_before, from_after);
    look->about_up = all > 0 ? about_up / all : 0;
}

/* Two seconds further on, to both sides, it is no nearer to the other posture than halfway: a bend held for some
 * seconds is not taken for a seat. What the ring no longer has speaks for it. */
static bool has_lasted(struct transition *t, const float *reference, const struct transition_look *look)
{
    struct window earlier, later;
    float half = 0.5f * (look->before_deg + look->after_deg);
    bool sat_before = look->before_deg > half;
    if (look_through(t, look->t_ns - further_ns, look->t_ns - far_ns, &earlier) &&
        (vec_angle_deg(reference, earlier.up) > half) != sat_before)
        return false;
    return !look_through(t, look->t_ns + far_ns, look->t_ns + further_ns, &later) ||
           (vec_angle_deg(reference, later.up) > half) != sat_before;
}

static enum transition_kind judge(const struct transition_look *look)
{
    float change = look->before_deg - look->after_deg;
    float upright = fminf(look->before_deg, look->after_deg), seat = fmaxf(look->before_deg, look->after_deg);
    bool differs = fabsf(change) >= fmaxf(change_least_deg, change_deg - change_per_dip * look->dip_deg);
    bool quiet = !(look->seat_g > seat_quiet_g) && look->seat_rads <= seat_quiet_rads;
    bool leant = look->dip_deg >= dip_least_deg && look->beyond_deg <= beyond_most_deg;
    if (!look->lasts || !differs || !quiet || !leant || look->about_up > about_up_most) return TRANSITION_NONE;
    if (upright > upright_most_deg || seat > seat_most_deg) return TRANSITION_NONE;
    return change > 0 ? TRANSITION_RISE : TRANSITION_SIT_DOWN;
}

bool transition_step(struct transition *t, const float q[4], const float *reference, int64_t now_ns,
                     struct transition_look *look)
{
    struct window before, after;
    unsigned peak;
    if (t->n > 0 && now_ns <= slot(t, 0)->t_ns) return false;
    if (!add_slot(t, q, now_ns)) {
        transition_break(t);
        return false;
    }
    finish_burst(t);
    if (!reference || !find_peak(t, &peak)) return false;
    const struct transition_slot *s = slot(t, peak);
    *look = (struct transition_look){.t_ns = s->t_ns, .burst_rads = sqrtf(s->burst2)};
    if (!look_through(t, s->t_ns - far_ns, s->t_ns - near_ns, &before)) return false;
    if (!look_through(t, s->t_ns + near_ns, s->t_ns + far_ns, &after)) return false;
    look->before_deg = vec_angle_deg(reference, before.up);
    look->after_deg = vec_angle_deg(reference, after.up);
    look->seat_g = look->before_deg > look->after_deg ? before.spread_g : after.spread_g;
    look->seat_rads = look->before_deg > look->after_deg ? before.turning : after.turning;
    follow_way(t, s->t_ns, &before, &after, look);
    look->lasts = has_lasted(t, reference, look);
    look->kind = judge(look);
    if (look->kind != TRANSITION_NONE)
        t->last = *look;
    else
        t->none_ns = look->t_ns;
    return true;
}
