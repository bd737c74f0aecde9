/* Invariants: each stretch of time goes into exactly one tick, each tick into exactly one epoch. */
#include "tick.h"

#include "calibration.h"
#include "vec.h"

#include <stdlib.h>

static const int64_t quiet_after_ns = SECONDS_NS(10), change_lag_ns = SECONDS_NS(15), swing_half_ns = SECONDS_NS(1);
static const int64_t look_after_ns = SECONDS_NS(7), look_near_ns = SECONDS_NS(2);
static const int64_t half_epoch_ns = SECONDS_NS(5) / 2;
static const float still_likely = 0.5f;
static const float turn_tau_s = 0.5f, stir_degs = 17;
static const float full_flexion_deg = 45, full_least_deg = 20, fullest_deg = 90;

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* What was seen around the swing says that it led back to where it came from: a reach or a bend. */
static bool came_back(const struct transition *t, int64_t swung_ns)
{
    bool denied = llabs(t->none_ns - swung_ns) <= look_near_ns;
    bool changed = t->last.kind != TRANSITION_NONE && llabs(t->last.t_ns - swung_ns) <= look_near_ns;
    return denied && !changed;
}

/* Getting up and sitting down are found seconds later, by what they led to; when they were, by the swing that goes with
 * them. A change without one is a change of mind about the same posture: a slouch may look like standing. So is one with
 * a swing that led back; until that can be known (transition.h) what is in the zone is undecided. */
static void watch_change(struct tracker *t, int64_t now_ns)
{
    struct slouch *s = &t->slouch;
    int64_t changed_ns = t->live.changed_ns, swung_ns = t->swing.t_ns;
    if (changed_ns != s->change_ns && changed_ns > t->live.walking_ended_ns) {
        s->change_ns = changed_ns;
        if (swung_ns >= changed_ns - change_lag_ns) s->swung_ns = swung_ns;
    }
    if (s->swung_ns == EVENT_OPEN || now_ns < s->swung_ns + look_after_ns) return;
    swung_ns = s->swung_ns;
    s->swung_ns = EVENT_OPEN;
    if (came_back(&t->transition, swung_ns)) return;
    slouch_quiet(s, swung_ns - swing_half_ns, swung_ns + swing_half_ns + quiet_after_ns, now_ns);
}

/* Sitting or standing (which of the two is no matter) still, likelier than not: walking has its steps and its ten
 * seconds to tell it; for long enough, in an attitude that can be believed. */
static enum slouch_weight weight(const struct tracker *t, int64_t now_ns)
{
    const float *p = t->live.p;
    int64_t walked_ns = t->live.walking_ended_ns, quiet_ns = t->slouch.quiet_ns;
    if (walked_ns != EVENT_OPEN) quiet_ns = later(quiet_ns, walked_ns + quiet_after_ns);
    bool still = p[ACTIVITY_SIT] + p[ACTIVITY_STAND] >= still_likely && t->live.posture != POSTURE_NOT_WORN;
    bool counts = still && t->activity.has_reference && now_ns >= quiet_ns && gait_cadence_hz(&t->gait, now_ns) <= 0 &&
                  t->force_mps2 > 0;
    bool undecided = bend_running(&t->bend, now_ns) || t->slouch.swung_ns != EVENT_OPEN;
    return !counts ? SLOUCH_IGNORED : undecided ? SLOUCH_UNDECIDED : SLOUCH_COUNTS;
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
    swing_step(&t->swing, t->up, dt_s, now_ns);
    if (bend_step(&t->bend, angle, dt_s, now_ns) == BEND_DONE) {
        slouch_bent(&t->slouch, now_ns);
        settle_bend(&t->settle, t->bend.since_ns, now_ns, t->bend.deepest_deg);
    }
    if (bend_shifted(&t->bend, a->inclination_deg, dt_s)) t->epoch.shifts++;
}

static void watch_bows(struct tracker *t, float dt_s, int64_t now_ns)
{
    float lean[3];
    const float *upright = calibration_reference(&t->calibration);
    if (!upright || t->calibration.settling == SETTLING_UP) return;
    if (bow_step(&t->bow, upright, t->up, dt_s, now_ns, lean))
        calibration_hint(&t->calibration, lean, true, t->hint, now_ns);
}

/* The captured bend to the desk, where it lies in the direction of slouching and further: on a lower back it often lies
 * the other way. */
static float own_full_flexion(const struct calibration *c)
{
    const struct prototype *bend = &c->pose[POSE_BEND], *slouched = &c->pose[POSE_SIT_SLOUCHED];
    struct angles bent, sunk = {.slouch_deg = 0};
    if (!bend->valid) return full_flexion_deg;
    calibration_angles(c, bend->up, &bent);
    if (slouched->valid) calibration_angles(c, slouched->up, &sunk);
    bool further = bent.slouch_deg > fmaxf(sunk.slouch_deg, full_least_deg);
    return further ? fminf(bent.slouch_deg, fullest_deg) : full_flexion_deg;
}

/* HELD_S of the time from SINCE_NS to NOW_NS were slouched, as is known only now: into the epochs that they lie in. */
static void make_good(struct tracker *t, int64_t since_ns, int64_t now_ns, float held_s)
{
    float share = held_s / ((float)(now_ns - since_ns) * 1e-9f);
    for (unsigned i = 0; i < t->settle.n; i++) {
        struct epoch *e = &t->settle.waiting[i];
        int64_t from_ns = later(since_ns, e->start_ns), end_ns = e->start_ns + (int64_t)(e->seconds * 1e9f);
        float within_s = share * (float)((end_ns < now_ns ? end_ns : now_ns) - from_ns) * 1e-9f;
        if (within_s <= 0) continue;
        e->slouch_s = fminf(e->seconds, e->slouch_s + within_s);
    }
    t->epoch.slouch_s += share * (float)(now_ns - later(since_ns, t->epoch.start_ns)) * 1e-9f;
}

static void watch_slouch(struct tracker *t, float dt_s, int64_t now_ns, struct tracker_out *out)
{
    struct slouch *s = &t->slouch;
    watch_change(t, now_ns);
    bool was_undecided = s->undecided;
    float held_s = slouch_step(s, &t->config, &t->calibration, &t->angles, t->up, weight(t, now_ns), dt_s, now_ns, out);
    if (was_undecided && !s->undecided && held_s > dt_s)
        make_good(t, s->undecided_ns, now_ns, held_s);
    else
        t->epoch.slouch_s += held_s;
    if (s->in_lean > 0) t->epoch.lean_left_s += dt_s;
    if (s->in_lean < 0) t->epoch.lean_right_s += dt_s;
    float flexed = s->in_zone ? fmaxf(1, t->angles.slouch_deg) : 0;
    creep_step(&t->creep, flexed, own_full_flexion(&t->calibration), dt_s);
}

/* What a burst of turning was decides 6 s later into which epoch a change of posture has led: that which began nearest
 * to it. */
static void watch_transition(struct tracker *t)
{
    struct transition_look look;
    bool anew = t->restarts != t->attitude.restarts;
    const float *reference = calibration_only_seated(&t->calibration) ? NULL : calibration_reference(&t->calibration);
    if (anew) transition_skip(&t->transition);
    t->restarts = t->attitude.restarts;
    /* At an epoch's border the attitude is already that of the sample behind it. */
    if (!transition_step(&t->transition, t->attitude.q, reference, t->attitude.t_ns, &look)) return;
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
    worn_watch(&t->worn, up);
    watch_transition(t);
    vec_copy(t->up, up);
    vec_add(t->features.up, dt_s, up);
    capture_step(&t->capture, &t->calibration, t->config.placement, up, t->force_mps2, dt_s, now_ns);
    calibration_angles(&t->calibration, up, &t->angles);
    sum_angles(&t->epoch, &t->angles, t->config.placement, dt_s);
    watch_bends(t, dt_s, now_ns);
    watch_bows(t, dt_s, now_ns);
    watch_slouch(t, dt_s, now_ns, out);
}
