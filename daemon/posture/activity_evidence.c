/* Invariants:
 *   without a reference tilt says nothing and lying cannot be found;
 *   lying is told by the tilt alone, whatever else is known.
 */
#include "activity_evidence.h"

#include "calibration.h"
#include "vec.h"

static const float tilt_weight = 0.8f, sway_weight = 0.65f;
static const float upright_clip =
    0.4f; /* lower back: being upright says little, and less than typing does on average */
static const float impossible = -40;
static const float stepless = -1; /* walking without regular steps, unless it goes on: stairs have none */
/* Quiet standing exists, and a sensor quieter than the recordings' makes all stillness look like their sitting: it may
 * say no more than this, where tilt (lower back) or captured poses can say it better. */
static const float stillness_lower = 0.5f, stillness_with_poses = 0.25f;
/* Captured poses: spread of a posture as a share of what lies between them, and in degrees; most they may say. */
static const float pose_sd_share = 0.67f, pose_sd_least_deg = 2.5f, pose_sd_most_deg = 6, pose_most = 3;
static const float told_most = 6;     /* the wearer's word */
static const float reclined_deg = 9;  /* so far behind the captured standing nobody stands */
static const float as_seated_deg = 8; /* this near to captured sitting nothing speaks for standing but movement */
/* Deep reclining and lying overlap (of twelve people one sat at 75-77°, two lay there): near the border belief goes on.
 * On the upper back next to nobody sat beyond 55°, and nobody lay within 61°. */
static const float lying_slope = 1; /* a degree */
static const float lying_lower_deg = 77, lying_upper_deg = 58;
enum { REGULAR_STEPS = 3 };

static unsigned bin_of(float x, float from, float step, unsigned bins)
{
    float at = floorf((x - from) / step);
    return !(at >= 0) ? 0 : at >= (float)bins ? bins - 1 : (unsigned)at;
}

/* Tilt from the walking direction. On the lower back backward is positive and counts; unsigned until forward is
 * known. */
static void look_at_tilt(struct look *look, enum placement placement, const struct calibration *c)
{
    const float *reference = calibration_reference(c);
    if (!reference) return;
    look->have_tilt = true;
    look->from_seat = calibration_only_seated(c);
    look->tilt_deg = vec_angle_deg(reference, look->up);
    look->beyond_lying_deg = look->tilt_deg - (placement == PLACEMENT_LOWER_BACK ? lying_lower_deg : lying_upper_deg);
    look->lying = look->beyond_lying_deg > 0;
    if (placement != PLACEMENT_LOWER_BACK || !c->have_forward) return;
    float forward[3], left[3];
    vec_reject(c->forward, reference, forward);
    if (!vec_unit(forward)) return;
    vec_cross(reference, forward, left);
    look->tilt_deg = DEG_PER_RAD * atan2f(vec_dot(look->up, forward), vec_dot(look->up, reference));
    look->roll_deg = DEG_PER_RAD * asinf(fmaxf(-1, fminf(1, vec_dot(look->up, left))));
}

void activity_evidence_look(struct look *look, const struct tracker_config *config, const struct calibration *c,
                            const struct features *f)
{
    bool lower = config->placement == PLACEMENT_LOWER_BACK;
    *look = (struct look){.tables = activity_tables_of(config->placement)};
    look->movement_g = lower ? features_surplus_g(f) : features_spread_g(f);
    look->moves = f->regular_steps >= REGULAR_STEPS;
    look->senses = f->n > 0;
    look->sitting_odds = f->lifeless ? 0 : f->sitting_odds;
    look->lifeless = f->lifeless;
    if (features_up(f, look->up)) look_at_tilt(look, config->placement, c);
}

static unsigned tilt_entry(const struct look *look, float shift_deg)
{
    const struct activity_tables *t = look->tables;
    float roll = fabsf(look->roll_deg);
    unsigned roll_bin = t->rolls == 1 || roll <= 12 ? 0 : roll <= 35 ? 1 : 2;
    return bin_of(look->tilt_deg - shift_deg, t->tilt_from_deg, t->tilt_step_deg, t->tilt_bins) * t->rolls + roll_bin;
}

/* Both captured and next to the same: there tilt tells nothing of which it is, neither the wearer's nor other people's. */
static bool poses_alike(const struct calibration *c)
{
    return c->pose[POSE_SIT_UPRIGHT].valid && c->pose[POSE_STAND].valid && !calibration_tells_apart(c);
}

static float from_poses(const struct calibration *c, const float up[3])
{
    const float *stand = c->pose[POSE_STAND].up;
    float sitting = calibration_to_sitting_deg(c, up), standing = vec_angle_deg(stand, up);
    float between = vec_angle_deg(stand, c->pose[POSE_SIT_UPRIGHT].up);
    float sd = fmaxf(pose_sd_least_deg, fminf(pose_sd_most_deg, pose_sd_share * between));
    float llr = (standing * standing - sitting * sitting) / (2 * sd * sd);
    float behind = calibration_behind_standing_deg(c, up);
    if (!isnan(behind)) {
        float reclining = fmaxf(0, reclined_deg - behind), least = pose_sd_least_deg;
        llr = fmaxf(llr, (standing * standing - reclining * reclining) / (2 * least * least));
    }
    return fmaxf(-pose_most, fminf(pose_most, llr));
}

/* What tilt says for each class. */
static void weigh_tilt(const struct look *look, float shift_deg, const struct calibration *c, float x[TABLE_CLASSES])
{
    if (!look->have_tilt || look->from_seat) return;
    unsigned entry = tilt_entry(look, shift_deg);
    for (int i = 0; i < TABLE_CLASSES; i++) x[i] += tilt_weight * look->tables->tilt[i][entry];
    bool trunk = look->tables->rolls == 1; /* on stairs it leans as in standing; the pelvis hardly does */
    if (trunk) x[ACTIVITY_WALK] = fmaxf(x[ACTIVITY_WALK], x[ACTIVITY_STAND]);
    float mean = 0.5f * (x[ACTIVITY_SIT] + x[ACTIVITY_STAND]);
    if (calibration_to_sitting_deg(c, look->up) < as_seated_deg && !calibration_tells_apart(c)) {
        x[ACTIVITY_STAND] = poses_alike(c) ? mean : fminf(x[ACTIVITY_STAND], x[ACTIVITY_SIT]);
        if (poses_alike(c)) x[ACTIVITY_SIT] = mean;
    }
    if (!calibration_tells_apart(c)) return;
    float poses = from_poses(c, look->up);
    x[ACTIVITY_SIT] = mean + 0.5f * poses;
    x[ACTIVITY_STAND] = mean - 0.5f * poses;
}

/* What movement says for each class. */
static void weigh_motion(const struct look *look, float most_for_sitting, float x[TABLE_CLASSES])
{
    const struct activity_tables *t = look->tables;
    float step = (t->motion_to - t->motion_from) / TABLE_MOTION;
    if (isnan(look->movement_g) || look->lifeless) return;
    unsigned bin = bin_of(log10f(look->movement_g + 1e-4f), t->motion_from, step, TABLE_MOTION);
    for (int i = 0; i < TABLE_CLASSES; i++) x[i] += t->motion[i][bin];
    float for_sitting = t->motion[ACTIVITY_SIT][bin] - t->motion[ACTIVITY_STAND][bin];
    if (for_sitting > most_for_sitting) x[ACTIVITY_SIT] -= for_sitting - most_for_sitting;
}

/* What sway says; in walking there is none. */
static void weigh_sway(const struct look *look, float x[TABLE_CLASSES])
{
    if (look->sway_bin < 0) return;
    float standing = sway_weight * look->tables->sway.like[1][look->sway_bin];
    x[ACTIVITY_SIT] += sway_weight * look->tables->sway.like[0][look->sway_bin];
    x[ACTIVITY_STAND] += standing;
    x[ACTIVITY_WALK] += standing;
}

void activity_evidence_weigh(const struct look *look, float shift_deg, enum told told,
                             const struct tracker_config *config, const struct calibration *c,
                             float x[ACTIVITY_CLASSES])
{
    bool lower = config->placement == PLACEMENT_LOWER_BACK;
    memset(x, 0, ACTIVITY_CLASSES * sizeof *x);
    weigh_tilt(look, shift_deg, c, x);
    weigh_motion(look,
                 calibration_tells_apart(c) || look->from_seat ? stillness_with_poses
                 : lower                                       ? stillness_lower
                                                               : INFINITY,
                 x);
    weigh_sway(look, x);
    x[ACTIVITY_SIT] += config->sitting_bias + (told == TOLD_SITTING ? told_most : 0);
    x[ACTIVITY_STAND] += told == TOLD_STANDING ? told_most : 0;
    if (!look->moves) x[ACTIVITY_WALK] += !look->senses ? impossible : look->goes_on ? 0 : stepless;
    bool clip = lower && !look->moves && !calibration_tells_apart(c) && told == TOLD_NOTHING;
    if (clip) x[ACTIVITY_STAND] = fminf(x[ACTIVITY_STAND], x[ACTIVITY_SIT] + upright_clip);
    /* What is known from outside adds to what a still body shows, and never stands for it. */
    if (look->have_tilt && !look->from_seat && !look->moves) x[ACTIVITY_SIT] += look->sitting_odds;
    float most = fmaxf(fmaxf(x[ACTIVITY_SIT], x[ACTIVITY_STAND]), x[ACTIVITY_WALK]);
    x[ACTIVITY_LIE] = look->have_tilt ? most + lying_slope * look->beyond_lying_deg : impossible;
}
