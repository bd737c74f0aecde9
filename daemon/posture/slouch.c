/* Invariants:
 *   in_zone implies zone_since_ns != EVENT_OPEN; outside it is EVENT_OPEN;
 *   undecided implies undecided_ns and undecided_s are of one stretch; out of it undecided_s is 0;
 *   an event is opened and closed by its dwell alone, with the same start.
 */
#include "slouch.h"

#include "said.h"
#include "vec.h"

static const float guess_deg = 12, least_deg = 8, most_deg = 20, leave_share = 0.7f;
static const float unsupported_deg = 20, lean_deg = 10, lean_leave_deg = 7;
static const float past_slouch = 1.5f;
static const float widen_deg = 2, widen_most_deg = 6;
static const float share[] = {[SENSITIVITY_LOW] = 0.7f, [SENSITIVITY_MEDIUM] = 0.5f, [SENSITIVITY_HIGH] = 0.35f};

void slouch_init(struct slouch *s)
{
    memset(s, 0, sizeof *s);
    s->zone_since_ns = s->sure_since_ns = EVENT_OPEN;
    s->quiet_ns = s->change_ns = s->swung_ns = EVENT_OPEN;
    dwell_init(&s->zone);
    dwell_init(&s->lean);
}

void slouch_widen(struct slouch *s) { s->widened_deg = fminf(s->widened_deg + widen_deg, widen_most_deg); }

float slouch_threshold_deg(const struct slouch *s, const struct tracker_config *config, const struct calibration *c)
{
    if (c->state == REFERENCE_NONE || c->state == REFERENCE_DOUBTFUL) return NAN;
    if (calibration_has_line(c)) {
        float line = vec_angle_deg(c->pose[POSE_SIT_UPRIGHT].up, c->pose[POSE_SIT_SLOUCHED].up);
        return fmaxf(least_deg, fminf(most_deg, share[config->sensitivity] * line)) + s->widened_deg;
    }
    if (config->placement == PLACEMENT_LOWER_BACK || !c->have_forward) return NAN;
    return guess_deg + s->widened_deg;
}

/* Reclining: nearer to the captured lean-back than to the captured slouch, else behind upright. Someone who slouches
 * backward and has not captured leaning back reclines from half as far again as he slouches. The lower back cannot tell:
 * the pelvis turns backward in both. */
static bool reclines(const struct tracker_config *config, const struct calibration *c, const struct angles *a,
                     const float up[3])
{
    if (config->placement != PLACEMENT_UPPER_BACK) return false;
    const struct prototype *back = &c->pose[POSE_LEAN_BACK], *slouched = &c->pose[POSE_SIT_SLOUCHED];
    if (back->valid && slouched->valid) return vec_angle_deg(up, back->up) < vec_angle_deg(up, slouched->up);
    if (!a->have_signs || a->flexion_deg >= 0) return false;
    if (!calibration_has_line(c)) return true;
    struct angles full;
    calibration_angles(c, slouched->up, &full);
    return a->flexion_deg < (full.flexion_deg < 0 ? past_slouch * full.flexion_deg : 0);
}

static bool beyond(const struct slouch *s, const struct tracker_config *config, const struct calibration *c,
                   const struct angles *a, const float up[3])
{
    float threshold = slouch_threshold_deg(s, config, c), hold = s->in_zone ? leave_share : 1;
    if (isnan(threshold) || isnan(a->slouch_deg) || reclines(config, c, a, up)) return false;
    bool upper = config->placement == PLACEMENT_UPPER_BACK;
    bool unsupported = upper && a->have_signs && a->flexion_deg >= (unsupported_deg + s->widened_deg) * hold;
    return a->slouch_deg >= threshold * hold || unsupported;
}

static int leans(const struct slouch *s, const struct tracker_config *config, const struct angles *a)
{
    if (config->placement != PLACEMENT_UPPER_BACK || !a->have_signs) return 0;
    float border = s->in_lean ? lean_leave_deg : lean_deg;
    return a->lateral_deg >= border ? 1 : a->lateral_deg <= -border ? -1 : 0;
}

static void say(struct tracker_out *out, enum event_kind kind, const struct dwell *d, enum dwell_change change)
{
    if (change == DWELL_SAME) return;
    said(out, kind, 0, d->since_ns, change == DWELL_ENTERED ? EVENT_OPEN : d->last_ns, dwell_mean(d));
}

void slouch_leave(struct slouch *s)
{
    s->in_zone = false;
    s->zone_since_ns = s->sure_since_ns = EVENT_OPEN;
}

bool slouch_shown(const struct slouch *s) { return s->sure_since_ns != EVENT_OPEN && !s->undecided; }

void slouch_bent(struct slouch *s, int64_t now_ns)
{
    if (!s->undecided) return;
    dwell_forget(&s->zone, s->undecided_ns, now_ns);
    slouch_leave(s);
    s->undecided = false;
    s->undecided_s = 0;
}

void slouch_quiet(struct slouch *s, int64_t from_ns, int64_t until_ns, int64_t now_ns)
{
    s->quiet_ns = until_ns;
    dwell_forget(&s->zone, from_ns, until_ns < now_ns ? until_ns : now_ns);
    dwell_forget(&s->lean, from_ns, until_ns < now_ns ? until_ns : now_ns);
    if (!s->in_zone || s->zone_since_ns >= until_ns) return;
    if (now_ns < until_ns)
        slouch_leave(s);
    else
        s->zone_since_ns = until_ns;
    if (s->sure_since_ns != EVENT_OPEN && s->sure_since_ns < until_ns) s->sure_since_ns = until_ns;
}

static void follow_zone(struct slouch *s, bool guessed, const struct angles *a, int64_t from_ns)
{
    if (!s->in_zone) slouch_leave(s);
    if (!s->in_zone) return;
    if (s->zone_since_ns == EVENT_OPEN) s->zone_since_ns = from_ns;
    float hold = s->sure_since_ns != EVENT_OPEN ? leave_share : 1;
    if (guessed && a->flexion_deg < (unsupported_deg + s->widened_deg) * hold)
        s->sure_since_ns = EVENT_OPEN;
    else if (s->sure_since_ns == EVENT_OPEN)
        s->sure_since_ns = from_ns;
}

/* Seconds of an undecided stretch, once it is known that it was no bend. */
static float decide(struct slouch *s, enum slouch_weight weight, float dt_s, int64_t now_ns)
{
    float held_s = 0;
    if (weight == SLOUCH_UNDECIDED) {
        if (!s->undecided) s->undecided_ns = now_ns - (int64_t)(dt_s * 1e9f);
        s->undecided = true;
        return 0;
    }
    if (weight == SLOUCH_IGNORED)
        slouch_bent(s, now_ns);
    else
        held_s = s->undecided_s;
    s->undecided = false;
    s->undecided_s = 0;
    return held_s;
}

float slouch_step(struct slouch *s, const struct tracker_config *config, const struct calibration *c,
                  const struct angles *a, const float up[3], enum slouch_weight weight, float dt_s, int64_t now_ns,
                  struct tracker_out *out)
{
    float held_s = decide(s, weight, dt_s, now_ns);
    bool undecided = weight == SLOUCH_UNDECIDED;
    s->in_zone = weight != SLOUCH_IGNORED && beyond(s, config, c, a, up);
    s->in_lean = weight == SLOUCH_COUNTS ? leans(s, config, a) : 0;
    follow_zone(s, !calibration_has_line(c), a, now_ns - (int64_t)(dt_s * 1e9f));

    float flexion = a->have_signs ? a->flexion_deg : a->slouch_deg;
    say(out, EVENT_SLOUCH, &s->zone, dwell_step(&s->zone, s->in_zone, undecided, flexion, dt_s, now_ns));
    say(out, EVENT_LEAN, &s->lean, dwell_step(&s->lean, s->in_lean != 0, undecided, a->lateral_deg, dt_s, now_ns));
    if (!s->in_zone) return held_s;
    if (!undecided) return held_s + dt_s;
    s->undecided_s += dt_s;
    return 0;
}

void slouch_end(struct slouch *s, struct tracker_out *out)
{
    slouch_leave(s);
    s->in_lean = 0;
    s->undecided = false;
    s->undecided_s = 0;
    say(out, EVENT_SLOUCH, &s->zone, dwell_end(&s->zone));
    say(out, EVENT_LEAN, &s->lean, dwell_end(&s->lean));
}
