/* Invariants:
 *   every posterior sums to 1; every evidence has 1 as its largest entry, so that no product underflows;
 *   slots are a ring, the newest at next − 1; a slot's factors lead into it, its steps >= 1;
 *   without a reference tilt says nothing and lying cannot be found.
 */
#include "activity.h"

#include "activity_tables.h"
#include "calibration.h"
#include "vec.h"

static const float tilt_weight = 0.8f;
static const float upright_clip = 0.6f; /* lower back: being upright says little */
static const float impossible = -40;
static const float stepless = -1; /* walking without regular steps */
/* Quiet standing exists, and a sensor quieter than the recordings' makes all stillness look like their sitting: it may
 * say no more than this, where tilt (lower back) or captured poses can say it better. */
static const float stillness_lower = 0.5f, stillness_with_poses = 0.25f;
/* Captured poses: spread of a posture as a share of what lies between them, and in degrees; most they may say. */
static const float pose_sd_share = 0.67f, pose_sd_least_deg = 2.5f, pose_sd_most_deg = 6, pose_most = 3;
static const float reclined_deg = 9;  /* so far behind the captured standing nobody stands */
static const float as_seated_deg = 8; /* this near to captured sitting nothing speaks for standing but movement */
static const float lying_lower_deg = 75, lying_upper_deg = 62;
static const float em_prior = 200, em_sd[2] = {6, 12}, em_mean[2] = {5, 32}, em_between = 0.45f, em_table_deg = 18;
static const float still_from_deg = -20;
static const float factor_none = 0.5f, factor_some = 4.48f, factor_much = 54.6f; /* exp(−.7, 1.5, 4) */
static const float start[ACTIVITY_CLASSES] = {.3f, .3f, .3f, .1f};
enum { EM_EVERY = 6, EM_STEPS = 8, EM_LEAST = 10, REGULAR_STEPS = 3, SKIP_MOST = 24 };

void activity_init(struct activity *a)
{
    memset(a, 0, sizeof *a);
    a->tilt_before_deg = NAN;
}

void activity_restart(struct activity *a)
{
    a->n = a->next = a->skipped = a->walking_run = 0;
    a->walking = false;
    a->tilt_before_deg = NAN;
}

void activity_forget_threshold(struct activity *a)
{
    memset(a->still, 0, sizeof a->still);
    a->still_n = 0;
    a->shift_deg = 0;
}

void activity_gap(struct activity *a, unsigned epochs)
{
    a->skipped = a->skipped + epochs < SKIP_MOST ? a->skipped + epochs : SKIP_MOST;
    a->tilt_before_deg = NAN;
    a->walking_run = 0;
}

void activity_tell(struct activity *a, enum told told) { a->told = told; }
void activity_hint(struct activity *a, float log_odds) { a->hint = log_odds; }

/* ---- transitions ---- */

static const float stay_epochs[2][ACTIVITY_CLASSES] = {
    [PLACEMENT_UPPER_BACK] = {100, 12, 8, 60},
    [PLACEMENT_LOWER_BACK] = {300, 12, 8, 60},
};
static const float leave_to[ACTIVITY_CLASSES][ACTIVITY_CLASSES] = {
    [ACTIVITY_SIT] = {0, .35f, .60f, .05f},
    [ACTIVITY_STAND] = {.30f, 0, .65f, .05f},
    [ACTIVITY_WALK] = {.35f, .60f, 0, .05f},
    [ACTIVITY_LIE] = {.4f, .2f, .4f, 0},
};

static float transition(enum placement placement, const struct activity_slot *into, int from, int to)
{
    float leave = 1 / stay_epochs[placement][from];
    if (from == to) return 1 - leave;
    float p = leave * leave_to[from][to];
    if (from == ACTIVITY_SIT && to == ACTIVITY_STAND) p *= into->rise;
    if (from == ACTIVITY_STAND && to == ACTIVITY_SIT) p *= into->sit_down;
    return p;
}

static void normalise(float p[ACTIVITY_CLASSES])
{
    float sum = 0;
    for (int i = 0; i < ACTIVITY_CLASSES; i++) sum += p[i];
    for (int i = 0; i < ACTIVITY_CLASSES; i++) p[i] = sum > 0 ? p[i] / sum : start[i];
}

static void forward_once(enum placement placement, const struct activity_slot *into, float p[ACTIVITY_CLASSES])
{
    float next[ACTIVITY_CLASSES] = {0};
    for (int i = 0; i < ACTIVITY_CLASSES; i++)
        for (int j = 0; j < ACTIVITY_CLASSES; j++) next[j] += p[i] * transition(placement, into, i, j);
    memcpy(p, next, sizeof next);
}

static void backward_once(enum placement placement, const struct activity_slot *into, float b[ACTIVITY_CLASSES])
{
    float before[ACTIVITY_CLASSES] = {0};
    for (int i = 0; i < ACTIVITY_CLASSES; i++)
        for (int j = 0; j < ACTIVITY_CLASSES; j++) before[i] += transition(placement, into, i, j) * b[j];
    memcpy(b, before, sizeof before);
}

/* ---- evidence ---- */

struct look {
    const struct activity_tables *tables;
    bool have_tilt, lying;
    bool senses;    /* there is an accelerometer: without one nobody is seen to walk, and counts as standing */
    bool from_seat; /* tilt is from sitting upright: no measure of standing or walking */
    float up[3], tilt_deg, roll_deg, movement_g;
    bool moves;
};

static unsigned bin_of(float x, float from, float step, unsigned bins)
{
    float at = floorf((x - from) / step);
    return at < 0 ? 0 : at >= (float)bins ? bins - 1 : (unsigned)at;
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
    look->lying = look->tilt_deg > (placement == PLACEMENT_LOWER_BACK ? lying_lower_deg : lying_upper_deg);
    if (placement != PLACEMENT_LOWER_BACK || !c->have_forward) return;
    float forward[3], left[3];
    vec_reject(c->forward, reference, forward);
    if (!vec_unit(forward)) return;
    vec_cross(reference, forward, left);
    look->tilt_deg = DEG_PER_RAD * atan2f(vec_dot(look->up, forward), vec_dot(look->up, reference));
    look->roll_deg = DEG_PER_RAD * asinf(fmaxf(-1, fminf(1, vec_dot(look->up, left))));
}

static unsigned tilt_entry(const struct look *look, float shift_deg)
{
    const struct activity_tables *t = look->tables;
    float roll = fabsf(look->roll_deg);
    unsigned roll_bin = t->rolls == 1 || roll <= 12 ? 0 : roll <= 35 ? 1 : 2;
    return bin_of(look->tilt_deg - shift_deg, t->tilt_from_deg, t->tilt_step_deg, t->tilt_bins) * t->rolls + roll_bin;
}

/* Sitting and standing both captured: the wearer's own poses tell them apart, not other people's tilt. */
static bool has_poses(const struct calibration *c)
{
    return c->pose[POSE_STAND].valid && c->pose[POSE_SIT_UPRIGHT].valid;
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
static void weigh_tilt(const struct activity *a, const struct look *look, const struct calibration *c,
                       float x[TABLE_CLASSES])
{
    if (!look->have_tilt || look->from_seat) return;
    unsigned entry = tilt_entry(look, a->shift_deg);
    for (int i = 0; i < TABLE_CLASSES; i++) x[i] += tilt_weight * look->tables->tilt[i][entry];
    if (calibration_to_sitting_deg(c, look->up) < as_seated_deg && !has_poses(c))
        x[ACTIVITY_STAND] = fminf(x[ACTIVITY_STAND], x[ACTIVITY_SIT]);
    if (!has_poses(c)) return;
    float mean = 0.5f * (x[ACTIVITY_SIT] + x[ACTIVITY_STAND]), poses = from_poses(c, look->up);
    x[ACTIVITY_SIT] = mean + 0.5f * poses;
    x[ACTIVITY_STAND] = mean - 0.5f * poses;
}

/* What movement says for each class. */
static void weigh_motion(const struct look *look, float most_for_sitting, float x[TABLE_CLASSES])
{
    const struct activity_tables *t = look->tables;
    float step = (t->motion_to - t->motion_from) / TABLE_MOTION;
    if (isnan(look->movement_g)) return;
    unsigned bin = bin_of(log10f(look->movement_g + 1e-4f), t->motion_from, step, TABLE_MOTION);
    for (int i = 0; i < TABLE_CLASSES; i++) x[i] += t->motion[i][bin];
    float for_sitting = t->motion[ACTIVITY_SIT][bin] - t->motion[ACTIVITY_STAND][bin];
    if (for_sitting > most_for_sitting) x[ACTIVITY_SIT] -= for_sitting - most_for_sitting;
}

static void weigh(const struct activity *a, const struct look *look, const struct tracker_config *config,
                  const struct calibration *c, float x[ACTIVITY_CLASSES])
{
    bool lower = config->placement == PLACEMENT_LOWER_BACK;
    memset(x, 0, ACTIVITY_CLASSES * sizeof *x);
    weigh_tilt(a, look, c, x);
    weigh_motion(look, has_poses(c) || look->from_seat ? stillness_with_poses : lower ? stillness_lower : INFINITY, x);
    x[ACTIVITY_SIT] += config->sitting_bias + (a->told == TOLD_SITTING ? pose_most : 0);
    x[ACTIVITY_STAND] += a->told == TOLD_STANDING ? pose_most : 0;
    if (!look->moves) x[ACTIVITY_WALK] += look->senses ? stepless : impossible;
    bool clip = lower && !look->moves && !has_poses(c) && a->told == TOLD_NOTHING;
    if (clip) x[ACTIVITY_STAND] = fminf(x[ACTIVITY_STAND], x[ACTIVITY_SIT] + upright_clip);
    if (look->have_tilt && !look->from_seat && !look->moves) x[ACTIVITY_SIT] += a->hint;
    for (int i = 0; i < ACTIVITY_CLASSES; i++) x[i] = look->lying ? impossible : x[i];
    x[ACTIVITY_LIE] = look->lying ? 0 : impossible;
}

/* ---- the wearer's threshold on the lower back ---- */

static void fit_threshold(struct activity *a)
{
    float mean[2] = {em_mean[0], em_mean[1]};
    for (int step = 0; step < EM_STEPS; step++) {
        float weight[2] = {em_prior, em_prior}, sum[2] = {em_prior * em_mean[0], em_prior * em_mean[1]};
        for (int i = 0; i < TILT_BINS; i++) {
            if (a->still[i] == 0) continue;
            float tilt = still_from_deg + 0.5f + (float)i, like[2];
            for (int k = 0; k < 2; k++) {
                float z = (tilt - mean[k]) / em_sd[k];
                like[k] = expf(-0.5f * z * z) / em_sd[k] + 1e-12f;
            }
            for (int k = 0; k < 2; k++) {
                float share = (float)a->still[i] * like[k] / (like[0] + like[1]);
                weight[k] += share;
                sum[k] += share * tilt;
            }
        }
        for (int k = 0; k < 2; k++) mean[k] = sum[k] / weight[k];
    }
    a->shift_deg = mean[0] + em_between * (mean[1] - mean[0]) - em_table_deg;
}

static void learn_threshold(struct activity *a, const struct look *look)
{
    if (!look->have_tilt || look->from_seat || look->lying || look->moves || look->tilt_deg <= still_from_deg) return;
    a->still[bin_of(look->tilt_deg, still_from_deg, 1, TILT_BINS)]++;
    a->still_n++;
    if (a->still_n >= EM_LEAST && a->still_n % EM_EVERY == 0) fit_threshold(a);
}

/* ---- the filter ---- */

/* A jump away from upright looks like sitting down, one toward it like rising. */
static void jump_factors(struct activity_slot *s, float before_deg, float now_deg)
{
    s->rise = s->sit_down = factor_none;
    float jump = now_deg - before_deg;
    if (!(fabsf(jump) >= 4)) return;
    float factor = fabsf(jump) > 15 ? factor_much : factor_some;
    *(jump > 0 ? &s->sit_down : &s->rise) = factor;
}

static void look_at(struct look *look, const struct tracker_config *config, const struct calibration *c,
                    const struct features *f)
{
    bool lower = config->placement == PLACEMENT_LOWER_BACK;
    *look = (struct look){.tables = lower ? &activity_tables_lower : &activity_tables_upper};
    look->movement_g = lower ? features_surplus_g(f) : features_spread_g(f);
    look->moves = f->regular_steps >= REGULAR_STEPS;
    look->senses = f->n > 0;
    if (features_up(f, look->up)) look_at_tilt(look, config->placement, c);
}

void activity_step(struct activity *a, const struct tracker_config *config, const struct calibration *c,
                   const struct features *f)
{
    struct look look;
    float x[ACTIVITY_CLASSES], p[ACTIVITY_CLASSES];
    look_at(&look, config, c, f);
    if (config->placement == PLACEMENT_LOWER_BACK) learn_threshold(a, &look);
    weigh(a, &look, config, c, x);
    a->told = TOLD_NOTHING;
    a->hint = 0;

    activity_live(a, p);
    struct activity_slot *s = &a->slot[a->next];
    float tilt_deg = look.have_tilt && !look.from_seat ? look.tilt_deg : NAN;
    jump_factors(s, a->tilt_before_deg, tilt_deg);
    s->steps = 1 + a->skipped;
    a->skipped = 0;
    for (unsigned i = 0; i < s->steps; i++) forward_once(config->placement, s, p);
    float most = fmaxf(fmaxf(x[0], x[1]), fmaxf(x[2], x[3]));
    for (int i = 0; i < ACTIVITY_CLASSES; i++) p[i] *= s->evidence[i] = expf(x[i] - most);
    normalise(p);
    memcpy(s->forward, p, sizeof p);

    a->next = (a->next + 1) % ACTIVITY_SLOTS;
    if (a->n < ACTIVITY_SLOTS) a->n++;
    a->tilt_before_deg = tilt_deg;
    a->has_reference = look.have_tilt;
    a->walking = look.moves && look.movement_g > look.tables->walking_g;
    a->walking_run = a->walking ? a->walking_run + 1 : 0;
}

void activity_live(const struct activity *a, float p[ACTIVITY_CLASSES])
{
    const struct activity_slot *newest = &a->slot[(a->next + ACTIVITY_SLOTS - 1) % ACTIVITY_SLOTS];
    memcpy(p, a->n ? newest->forward : start, ACTIVITY_CLASSES * sizeof *p);
}

void activity_settled(const struct activity *a, enum placement placement, unsigned age, float p[ACTIVITY_CLASSES])
{
    float back[ACTIVITY_CLASSES] = {1, 1, 1, 1};
    for (unsigned i = 0; i < age; i++) {
        const struct activity_slot *s = &a->slot[(a->next + 2 * ACTIVITY_SLOTS - 1 - i) % ACTIVITY_SLOTS];
        for (int k = 0; k < ACTIVITY_CLASSES; k++) back[k] *= s->evidence[k];
        for (unsigned k = 0; k < s->steps; k++) backward_once(placement, s, back);
        normalise(back);
    }
    const struct activity_slot *then = &a->slot[(a->next + 2 * ACTIVITY_SLOTS - 1 - age) % ACTIVITY_SLOTS];
    for (int i = 0; i < ACTIVITY_CLASSES; i++) p[i] = then->forward[i] * back[i];
    normalise(p);
}

enum activity_class activity_best(const float p[ACTIVITY_CLASSES])
{
    int best = 0;
    for (int i = 1; i < ACTIVITY_CLASSES; i++)
        if (p[i] > p[best]) best = i;
    return (enum activity_class)best;
}
