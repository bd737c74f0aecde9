/* Invariants:
 *   running: an epoch is being filled, epoch.start_ns <= tick_ns <= last_ns, and no gap is running;
 *   each moment between two samples not more than 0.5 s apart (2 s of a device that speaks on change) lies in exactly
 *   one epoch, which is 5 s long unless a gap or the end cut it short;
 *   what is said of the reference is said when it changes, wherever the change was made.
 */
#include "tracker.h"

#include "live.h"
#include "said.h"
#include "tick.h"
#include "vec.h"

#include <errno.h>

static const int64_t epoch_ns = SECONDS_NS(5), tick_ns = 99 * (int64_t)NS_PER_MS, hole_ns = 500 * (int64_t)NS_PER_MS;
static const int64_t times_end_ns = INT64_MAX / 2; /* so that no sum or difference of two of them overflows */
static const int64_t silence_ns = SECONDS_NS(2); /* no longer is stillness that a device does not speak of */
static const int64_t lost_ns = SECONDS_NS(60), left_ns = SECONDS_NS(10), anew_ns = SECONDS_NS(4 * 3600);
static const float rezero_said_deg = 0.5f, seated_sure = 0.95f, seated_back_deg = 20;
static const float walked_steps_a_s = 1.2f, walked_g = 0.08f;

size_t tracker_size(void) { return sizeof(struct tracker); }

void tracker_init(struct tracker *t, const struct tracker_config *config)
{
    memset(t, 0, sizeof *t);
    t->config = *config;
    t->last_ns = EVENT_OPEN;
    calibration_init(&t->calibration);
    attitude_init(&t->attitude);
    gait_init(&t->gait);
    activity_init(&t->activity);
    transition_init(&t->transition);
    worn_init(&t->worn);
    live_init(&t->live);
    slouch_init(&t->slouch);
    bend_init(&t->bend);
    swing_init(&t->swing);
    bow_init(&t->bow);
    settle_init(&t->settle);
    calibration_angles(&t->calibration, t->up, &t->angles);
}

void tracker_configure(struct tracker *t, const struct tracker_config *config)
{
    if (config->placement != t->config.placement) activity_forget_threshold(&t->activity);
    t->config = *config;
}

/* ---- an epoch ---- */

static void begin_epoch(struct tracker *t, int64_t start_ns)
{
    t->epoch = (struct epoch){.start_ns = start_ns};
    features_clear(&t->features);
    t->input = (struct input){0};
    t->steps_before = t->gait.steps;
    t->regular_before = t->gait.regular;
    t->tick_ns = start_ns;
    t->running = true;
}

/* The sensor was put on anew, or has probably been: after a gap of hours. */
static void strap_on(struct tracker *t)
{
    rezero_strapped(&t->rezero, &t->calibration);
    bow_init(&t->bow);
}

/* BEFORE: as it was before the news. FROM_NS: since when it is worn again. */
static void take_worn(struct tracker *t, enum worn_news news, const struct worn *before, int64_t from_ns,
                      struct tracker_out *out)
{
    if (news == WORN_OFF) {
        if (t->worn.told) settle_flush(&t->settle, &t->activity, before, t->config.placement, out);
        said(out, EVENT_NOT_WORN, 0, t->worn.still_ns, EVENT_OPEN, 0);
        sitting_end(&t->settle.sitting, t->worn.still_ns, BOUT_TAKEN_OFF, out);
        slouch_end(&t->slouch, out);
    }
    if (news == WORN_ON) {
        settle_flush(&t->settle, &t->activity, before, t->config.placement, out);
        said(out, EVENT_NOT_WORN, 0, before->still_ns, from_ns, 0);
        strap_on(t);
        activity_restart(&t->activity);
    }
}

static void watch_worn(struct tracker *t, const float up[3], int64_t end_ns, struct tracker_out *out)
{
    struct worn before = t->worn;
    float movement_g = features_spread_g(&t->features);
    take_worn(t, worn_tell(&t->worn, !t->unworn, t->epoch.start_ns), &before, t->epoch.start_ns, out);
    before = t->worn;
    take_worn(t, worn_step(&t->worn, &t->calibration, up, movement_g, t->epoch.start_ns, end_ns), &before,
              t->epoch.start_ns, out);
}

/* Walking that the reference may be told by: not by the tilt, which may be what is wrong, nor by vigour, which slow
 * walkers lack. */
static bool surely_walked(const struct tracker *t)
{
    return (float)t->features.regular_steps >= walked_steps_a_s * t->epoch.seconds &&
           features_spread_g(&t->features) >= walked_g;
}

/* What walking and standing say of the reference, and a sitter's pelvis of forward. */
static void watch_reference(struct tracker *t, const float up[3], float seconds, int64_t end_ns,
                            struct tracker_out *out)
{
    const float *p = t->live.p;
    struct calibration *c = &t->calibration;
    float moved = 0;
    t->live.walking_run = surely_walked(t) ? t->live.walking_run + 1 : 0;
    if (t->live.walking_run >= 2)
        moved = rezero_walked(&t->rezero, c, up, seconds, end_ns);
    else if (t->live.posture == POSTURE_STANDING && t->live.risen)
        moved = rezero_stood(&t->rezero, c, up, seconds, end_ns);
    else
        moved = rezero_broken(&t->rezero, c, end_ns);
    if (moved >= rezero_said_deg) said(out, EVENT_REZERO, 0, end_ns, end_ns, moved);
    rezero_age(c, end_ns);
    bool seated = t->config.placement == PLACEMENT_LOWER_BACK && p[ACTIVITY_SIT] > seated_sure && c->have_up;
    if (seated && c->settling != SETTLING_UP && vec_angle_deg(calibration_reference(c), up) > seated_back_deg)
        calibration_hint(c, up, false, t->hint, end_ns);
}

static void close_epoch(struct tracker *t, int64_t end_ns, struct tracker_out *out)
{
    float up[3];
    t->epoch.seconds = (float)(end_ns - t->epoch.start_ns) * 1e-9f;
    t->running = false;
    if (end_ns <= t->epoch.start_ns) return;
    t->epoch.steps = (uint16_t)(t->gait.steps - t->steps_before);
    t->features.regular_steps = t->gait.regular - t->regular_before;
    bool have_up = features_up(&t->features, up);
    struct calibration scratch;
    if (have_up) watch_worn(t, up, end_ns, out);
    const struct calibration *trusted = have_up ? calibration_trusted(&t->calibration, up, &scratch) : &t->calibration;
    if (t->capture.state == CAPTURE_RUNNING && t->capture.start_ns <= t->epoch.start_ns)
        activity_tell(&t->activity, t->capture.pose == POSE_STAND ? TOLD_STANDING : TOLD_SITTING);
    t->features.sitting_odds = input_log_odds(&t->input, t->config.desk);
    t->features.lifeless = worn_lifeless(&t->worn, end_ns);
    activity_step(&t->activity, &t->config, trusted, &t->features);
    live_step(&t->live, &t->activity, t->worn.off, t->epoch.start_ns, end_ns);
    t->epoch.p_sitting = t->live.p[ACTIVITY_SIT];
    if (have_up && !t->worn.off) watch_reference(t, up, t->epoch.seconds, end_ns, out);
    settle_add(&t->settle, &t->epoch, &t->activity, &t->worn, t->config.placement, out);
    sitting_follow(&t->live.sitting, &t->settle.sitting);
}

/* ---- gaps ---- */

/* The wearer has been out of sight for too long for what went on to be the same. */
static void lose(struct tracker *t, struct tracker_out *out)
{
    struct sitting *s = &t->settle.sitting;
    int64_t at_ns = t->gap.start_ns;
    settle_flush(&t->settle, &t->activity, &t->worn, t->config.placement, out);
    bool interrupted = s->interrupted_s > 0, stirred = at_ns - t->live.stirred_ns <= left_ns;
    if (t->gap.reason == GAP_UNPLUGGED && (interrupted || stirred))
        sitting_end(s, interrupted ? s->interrupted_ns : t->live.stirred_ns, BOUT_LEFT, out);
    sitting_end(s, at_ns, BOUT_LOST, out);
    walks_end(&t->settle.walks, out);
    slouch_end(&t->slouch, out);
    activity_restart(&t->activity);
    live_lost(&t->live, at_ns);
    t->gap.lost = true;
    if (!t->gap.said) said(out, EVENT_GAP, (int)t->gap.reason, at_ns, EVENT_OPEN, 0);
    t->gap.said = true;
}

static void begin_gap(struct tracker *t, enum gap_reason reason, struct tracker_out *out)
{
    if (t->running) {
        tick(t, t->last_ns, out);
        close_epoch(t, t->last_ns, out);
    }
    t->gap = (struct gap){.running = true, .reason = reason, .start_ns = t->last_ns};
    slouch_bent(&t->slouch, t->last_ns);
    slouch_leave(&t->slouch);
    rezero_interrupted(&t->rezero);
    gait_break(&t->gait);
    transition_break(&t->transition);
    sway_break(&t->sway);
}

static void end_gap(struct tracker *t, int64_t now_ns, struct tracker_out *out)
{
    int64_t length_ns = now_ns - t->gap.start_ns;
    if (!t->gap.lost && length_ns >= lost_ns) lose(t, out);
    if (length_ns >= anew_ns) strap_on(t);
    if (!t->gap.lost) activity_gap(&t->activity, (unsigned)(length_ns / epoch_ns));
    said(out, EVENT_GAP, (int)t->gap.reason, t->gap.start_ns, now_ns, 0);
    creep_step(&t->creep, 0, 1, (float)length_ns * 1e-9f);
    bend_init(&t->bend);
    swing_init(&t->swing);
    bow_init(&t->bow);
    t->gap = (struct gap){0};
}

void tracker_gap(struct tracker *t, int64_t now_ns, enum gap_reason reason, struct tracker_out *out)
{
    out->n_events = out->n_epochs = 0;
    if (t->last_ns == EVENT_OPEN) return;
    if (!t->gap.running) begin_gap(t, reason, out);
    t->gap.reason = reason;
    if (!t->gap.said) said(out, EVENT_GAP, (int)reason, t->gap.start_ns, EVENT_OPEN, 0);
    t->gap.said = true;
    attitude_gap(&t->attitude);
    if (!t->gap.lost && now_ns - t->gap.start_ns >= lost_ns) lose(t, out);
}

/* ---- samples ---- */

static void say_reference(struct tracker *t, int64_t now_ns, struct tracker_out *out)
{
    if (t->calibration.state == t->said_state) return;
    t->said_state = t->calibration.state;
    said(out, EVENT_REFERENCE, (int)t->said_state, now_ns, now_ns, 0);
}

/* A sample whose accelerometer has gravity taken out gets it back from the attitude. Without one nothing is known of
 * movement, and nothing against the attitude. HELD_S: since the sample before, without a gap. */
static void take_force(struct tracker *t, const struct sample *s, float held_s)
{
    float force[3], up[3], weight = 1, dt_s = t->attitude.interval_s;
    if (!(s->raw.have & (HAVE_ACCEL | HAVE_LINEAR_ACCEL))) {
        t->force_mps2 = STANDARD_GRAVITY_MPS2;
        return;
    }
    vec_copy(force, s->accel_mps2);
    if ((s->raw.have & HAVE_LINEAR_ACCEL) && attitude_up(&t->attitude, up)) vec_add(force, STANDARD_GRAVITY_MPS2, up);
    if (!(vec_norm(force) < 1e4f)) return;
    t->force_mps2 = vec_norm(force);
    if (s->raw.flags & SAMPLE_ON_CHANGE) {
        weight = 100 * held_s;
        dt_s = held_s;
    }
    features_add_force(&t->features, force, weight);
    transition_add_force(&t->transition, t->force_mps2);
    if (t->config.placement == PLACEMENT_UPPER_BACK && !(s->raw.flags & SAMPLE_ON_CHANGE))
        sway_add(&t->sway, &t->features.sway, force, dt_s);
    gait_push(&t->gait, t->force_mps2, smaller(dt_s, 0.2f), s->t_ns);
}

static int64_t longest_silence(const struct sample *s)
{
    return s->raw.flags & SAMPLE_ON_CHANGE ? silence_ns : hole_ns;
}

void tracker_push(struct tracker *t, const struct sample *s, struct tracker_out *out)
{
    out->n_events = out->n_epochs = 0;
    bool first = t->last_ns == EVENT_OPEN;
    if (s->t_ns < 0 || s->t_ns >= times_end_ns || (!first && s->t_ns <= t->last_ns)) {
        t->late++;
        return;
    }
    bool silent = !first && !t->gap.running && s->t_ns - t->last_ns > longest_silence(s);
    if (silent && attitude_takes(&t->attitude, s)) /* what was before it ends with the attitude of then */
        begin_gap(t, s->raw.flags & SAMPLE_GAP_BEFORE ? GAP_LOSS : GAP_SILENT, out);
    if (!attitude_push(&t->attitude, s)) return;
    if (first) rezero_init(&t->rezero, s->t_ns);
    float held_s = first || t->gap.running ? 0 : (float)(s->t_ns - t->last_ns) * 1e-9f;
    if (t->gap.running) end_gap(t, s->t_ns, out);
    if (!t->running) begin_epoch(t, s->t_ns);

    int64_t border_ns = t->epoch.start_ns + epoch_ns;
    if (s->t_ns >= border_ns) {
        tick(t, border_ns, out);
        close_epoch(t, border_ns, out);
        begin_epoch(t, border_ns);
    }
    take_force(t, s, held_s);
    input_add(&t->input, s->raw.flags);
    t->last_ns = s->t_ns;
    t->unworn = s->raw.flags & SAMPLE_UNWORN;
    if (s->t_ns - t->tick_ns >= tick_ns) tick(t, s->t_ns, out);
    say_reference(t, s->t_ns, out);
}

int64_t tracker_due_ns(const struct tracker *t)
{
    int64_t due = capture_due_ns(&t->capture);
    if (t->last_ns == EVENT_OPEN || t->gap.lost) return due;
    int64_t lost = t->last_ns + lost_ns;
    return lost < due ? lost : due;
}

void tracker_advance(struct tracker *t, int64_t now_ns, struct tracker_out *out)
{
    out->n_events = out->n_epochs = 0;
    capture_advance(&t->capture, now_ns);
    if (t->last_ns == EVENT_OPEN || t->gap.lost || now_ns - t->last_ns < lost_ns) return;
    if (!t->gap.running) begin_gap(t, GAP_SILENT, out);
    lose(t, out);
}

void tracker_finish(struct tracker *t, int64_t now_ns, struct tracker_out *out)
{
    (void)now_ns;
    out->n_events = out->n_epochs = 0;
    if (t->last_ns == EVENT_OPEN) return;
    if (t->running) {
        tick(t, t->last_ns, out);
        close_epoch(t, t->last_ns, out);
    }
    settle_flush(&t->settle, &t->activity, &t->worn, t->config.placement, out);
    sitting_end(&t->settle.sitting, t->last_ns, BOUT_STOPPED, out);
    walks_end(&t->settle.walks, out);
    slouch_end(&t->slouch, out);
    activity_restart(&t->activity);
    live_lost(&t->live, t->last_ns);
}

/* ---- what is asked of it ---- */

void tracker_view(const struct tracker *t, struct posture_view *v)
{
    const struct live *l = &t->live;
    float border = slouch_threshold_deg(&t->slouch, &t->config, &t->calibration);
    *v = (struct posture_view){
        .t_ns = t->last_ns,
        .quality = attitude_quality(&t->attitude),
        .posture = t->gap.running || t->last_ns == EVENT_OPEN ? POSTURE_MISSING : l->posture,
        .p_sitting = l->p[ACTIVITY_SIT],
        .confidence = live_confidence(l, t->config.placement),
        .angles_known = t->angles.have_signs,
        .inclination_deg = t->angles.inclination_deg,
        .flexion_deg = t->angles.flexion_deg,
        .lateral_deg = t->angles.lateral_deg,
        .in_slouch_zone = slouch_shown(&t->slouch),
        .in_lean_zone = t->slouch.in_lean != 0,
        .zone_since_ns = slouch_shown(&t->slouch) ? t->slouch.sure_since_ns : EVENT_OPEN,
        .sitting_since_ns = sitting_since(&l->sitting),
        .upright_since_ns = l->sitting.upright_ns,
        .walking_ended_ns = l->walking_ended_ns,
        .slouch_threshold_deg = border,
        .reference = t->calibration.state,
        .settling = t->calibration.settling != SETTLING_NOT,
        .creep = t->creep.level,
        .cadence_hz = l->posture == POSTURE_WALKING ? gait_cadence_hz(&t->gait, t->last_ns) : 0,
    };
}

void tracker_capture_start(struct tracker *t, enum pose pose, int64_t now_ns)
{
    if ((unsigned)pose < POSE_COUNT) capture_start(&t->capture, pose, now_ns);
}

void tracker_capture(const struct tracker *t, struct capture_view *view) { capture_show(&t->capture, view); }

void tracker_get_calibration(const struct tracker *t, struct calibration *c) { *c = t->calibration; }

int tracker_set_calibration(struct tracker *t, const struct calibration *c)
{
    if (!calibration_sound(c)) return -EINVAL;
    t->calibration = *c;
    return 0;
}

void tracker_sensor_moved(struct tracker *t, bool moved, int64_t now_ns)
{
    rezero_answered(&t->rezero, &t->calibration, moved, now_ns);
}

void tracker_widen_zone(struct tracker *t) { slouch_widen(&t->slouch); }
