/* Invariants: each stretch of time goes into exactly one tick, each tick into exactly one epoch. */
#include "tick.h"

#include "calibration.h"
#include "vec.h"

static const int64_t quiet_after_ns = SECONDS_NS(10), half_epoch_ns = SECONDS_NS(5) / 2;
static const float turn_tau_s = 0.5f, stir_degs = 17, full_flexion_deg = 45;

/* Sitting or standing still, for long enough, in an attitude that can be believed. */
static bool counts(const struct tracker *t, int64_t now_ns)
{
    enum posture p = t->live.posture;
    bool still = p == POSTURE_SITTING || p == POSTURE_STANDING || (p == POSTURE_UNSURE && t->activity.has_reference);
    return still && now_ns - t->live.changed_ns >= quiet_after_ns && gait_cadence_hz(&t->gait, now_ns) <= 0 &&
           !bend_running(&t->bend, now_ns) && t->force_mps2 > 0;
}

static unsigned bin_of(float inclination_deg)
{
    unsigned bin = 0;
    while (bin < INCLINATION_BINS - 1 && inclination_deg >= inclination_borders_deg[bin]) bin++;
    return bin;
}

static void sum_angles(struct epoch *e, const struct angles *a, enum placement placement, float dt_s)
{
    if (!a->have_signs) return;
    if (e->angle_s <= 0) {
        e->flexion_min_deg = e->flexion_max_deg = a->flexion_deg;
    }
    e->angle_s += dt_s;
    e->flexion_sum_deg_s += a->flexion_deg * dt_s;
    e->flexion_sum_sq += a->flexion_deg * a->flexion_deg * dt_s;
    e->flexion_min_deg = fminf(e->flexion_min_deg, a->flexion_deg);
    e->flexion_max_deg = fmaxf(e->flexion_max_deg, a->flexion_deg);
    e->lateral_sum_deg_s += a->lateral_deg * dt_s;
    if (placement == PLACEMENT_UPPER_BACK) e->bin_s[bin_of(a->flexion_deg)] += dt_s;
}

static void watch_turning(struct tracker *t, const float up[3], float dt_s, int64_t now_ns)
{
    float rate = vec_norm(t->up) > 0 && dt_s > 0.02f ? vec_angle_deg(t->up, up) / dt_s : 0;
    t->live.turn_degs += dt_s / (turn_tau_s + dt_s) * (rate - t->live.turn_degs);
    if (t->live.turn_degs > stir_degs) t->live.stirred_ns = now_ns;
}

static void watch_bends(struct tracker *t, float dt_s, int64_t now_ns)
{
    const struct angles *a = &t->angles;
    float angle = a->have_signs ? a->flexion_deg : a->inclination_deg;
    if (bend_step(&t->bend, angle, t->up, dt_s, now_ns) == BEND_DONE) {
        settle_bend(&t->settle, t->bend.since_ns, now_ns, t->bend.deepest_deg);
        calibration_hint(&t->calibration, t->bend.deepest_up, true, t->hint, now_ns);
    }
    if (bend_shifted(&t->bend, a->inclination_deg, dt_s)) t->epoch.shifts++;
}

static void watch_slouch(struct tracker *t, float dt_s, int64_t now_ns, struct tracker_out *out)
{
    struct slouch *s = &t->slouch;
    slouch_step(s, &t->config, &t->calibration, &t->angles, t->up, counts(t, now_ns), dt_s, now_ns, out);
    if (s->in_zone) t->epoch.slouch_s += dt_s;
    if (s->in_lean > 0) t->epoch.lean_left_s += dt_s;
    if (s->in_lean < 0) t->epoch.lean_right_s += dt_s;
    float flexed = s->in_zone ? fmaxf(1, t->angles.slouch_deg) : 0;
    creep_step(&t->creep, flexed, full_flexion_deg, dt_s);
}

/* What a burst of turning was decides 6 s later into which epoch a change of posture has led: that which began nearest
 * to it. */
static void watch_transition(struct tracker *t, int64_t now_ns)
{
    struct transition_look look;
    bool anew = t->restarts != t->attitude.restarts;
    const float *reference = calibration_only_seated(&t->calibration) ? NULL : calibration_reference(&t->calibration);
    if (anew) transition_skip(&t->transition);
    t->restarts = t->attitude.restarts;
    if (!transition_step(&t->transition, t->attitude.q, reference, now_ns, &look)) return;
    if (look.kind == TRANSITION_NONE) return;
    enum change change = look.kind == TRANSITION_RISE ? CHANGE_RISE : CHANGE_SIT_DOWN;
    bool past = look.t_ns < t->epoch.start_ns - half_epoch_ns;
    activity_see(&t->activity, t->config.placement, change, past);
}

void tick(struct tracker *t, int64_t now_ns, struct tracker_out *out)
{
    float dt_s = (float)(now_ns - t->tick_ns) * 1e-9f, up[3];
    t->tick_ns = now_ns;
    if (dt_s <= 0 || !attitude_up(&t->attitude, up)) return;
    watch_turning(t, up, dt_s, now_ns);
    watch_transition(t, now_ns);
    vec_copy(t->up, up);
    vec_add(t->features.up, dt_s, up);
    capture_step(&t->capture, &t->calibration, t->config.placement, up, t->force_mps2, dt_s, now_ns);
    calibration_angles(&t->calibration, up, &t->angles);
    sum_angles(&t->epoch, &t->angles, t->config.placement, dt_s);
    watch_bends(t, dt_s, now_ns);
    watch_slouch(t, dt_s, now_ns, out);
}
