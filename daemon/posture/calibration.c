/* Invariants:
 *   every valid direction has unit length; forward is at right angles to the zero of the angles;
 *   have_forward implies have_up; settling implies have_up and DOUBTFUL; a refused capture changes nothing;
 *   what turns one direction turns them all.
 */
#include "calibration.h"

#include "vec.h"

static const float hints_agree_deg = 40,
                   forward_least = 0.07f; /* sine of 4°: less tilt says nothing of its direction */
static const float pose_deg = 20, upright_deg = 35, apart_deg = 5;
enum { BOWS_MOST = 5 };
static const int64_t same_session_ns = SECONDS_NS(3600);

/* Plausible angles of a pose from sitting upright (or from upright, before that is known). */
static const struct {
    float least_deg, most_deg;
} plausible[POSE_COUNT] = {
    [POSE_SIT_UPRIGHT] = {0, 60}, [POSE_SIT_SLOUCHED] = {4, 70}, [POSE_LEAN_BACK] = {4, 80},
    [POSE_BEND] = {12, 110},      [POSE_STAND] = {0, 60},
};

static const char *const names[POSE_COUNT] = {"sit-upright", "sit-slouched", "lean-back", "bend", "stand"};

const char *pose_name(enum pose p) { return (unsigned)p < POSE_COUNT ? names[p] : "unknown"; }

void calibration_init(struct calibration *c)
{
    memset(c, 0, sizeof *c);
    c->version = CALIBRATION_VERSION;
}

static bool is_unit(const float v[3])
{
    float norm = vec_norm(v);
    return norm > 0.99f && norm < 1.01f;
}

/* A byte from a file may be no bool, and loading it as one is undefined. */
static bool is_bool(const bool *b)
{
    unsigned char byte;
    memcpy(&byte, b, 1);
    return byte <= 1;
}

static bool is_time(int64_t t_ns) { return t_ns >= 0 && t_ns < INT64_MAX / 2; }

static bool has_sound_numbers(const struct calibration *c)
{
    const bool *flags[] = {&c->have_up, &c->have_forward, &c->have_walk, &c->have_walk_also};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (!is_bool(flags[i])) return false;
    for (int i = 0; i < POSE_COUNT; i++)
        if (!is_bool(&c->pose[i].valid) || !is_time(c->pose[i].taken_ns)) return false;
    return is_time(c->up_ns) && is_time(c->forward_ns) && (unsigned)c->state <= REFERENCE_DOUBTFUL &&
           (unsigned)c->settling <= SETTLING_FORWARD && c->bows <= BOWS_MOST;
}

/* Whatever is known, upright is known as well. */
static bool knows_up(const struct calibration *c)
{
    bool any = c->have_walk || c->have_forward;
    for (int i = 0; i < POSE_COUNT; i++) any = any || c->pose[i].valid;
    return c->have_up || !any;
}

bool calibration_sound(const struct calibration *c)
{
    if (c->version != CALIBRATION_VERSION || !has_sound_numbers(c)) return false;
    for (int i = 0; i < POSE_COUNT; i++)
        if (c->pose[i].valid && !is_unit(c->pose[i].up)) return false;
    if (!knows_up(c) || (c->have_up && !is_unit(c->up))) return false;
    if (c->have_walk && (!is_unit(c->walk) || !is_unit(c->walk_first))) return false;
    if (c->have_walk_also && !is_unit(c->walk_also)) return false;
    if (c->settling && (!c->have_up || c->state != REFERENCE_DOUBTFUL)) return false;
    if (!c->have_forward) return c->have_up || c->state == REFERENCE_NONE;
    return is_unit(c->forward) && fabsf(vec_dot(c->forward, calibration_zero(c))) < 0.02f;
}

const float *calibration_reference(const struct calibration *c)
{
    if (c->have_walk) return c->walk;
    return c->have_up ? c->up : NULL;
}

const float *calibration_zero(const struct calibration *c)
{
    if (c->pose[POSE_SIT_UPRIGHT].valid) return c->pose[POSE_SIT_UPRIGHT].up;
    return c->have_up ? c->up : NULL;
}

enum reference_state calibration_settled_state(const struct calibration *c)
{
    if (c->settling) return REFERENCE_DOUBTFUL;
    for (int i = 0; i < POSE_COUNT; i++)
        if (c->pose[i].valid) return REFERENCE_CALIBRATED;
    return c->have_up ? REFERENCE_GUESSED : REFERENCE_NONE;
}

/* False, and nothing changed, when TOWARD says too little. */
static bool set_forward(struct calibration *c, const float toward[3], int64_t now_ns)
{
    float forward[3];
    vec_reject(toward, calibration_zero(c), forward);
    if (vec_norm(forward) < forward_least || !vec_unit(forward)) return false;
    vec_copy(c->forward, forward);
    c->have_forward = true;
    c->forward_ns = now_ns;
    return true;
}

/* Bending forward takes up backward in the sensor's frame. On the lower back slouching tilts the pelvis backward, so
 * that only the upper back's slouch says where forward is. */
static void forward_from_poses(struct calibration *c, enum placement placement, int64_t now_ns)
{
    float toward[3] = {0};
    if (c->pose[POSE_BEND].valid) vec_add(toward, -1, c->pose[POSE_BEND].up);
    if (c->pose[POSE_SIT_SLOUCHED].valid && placement == PLACEMENT_UPPER_BACK)
        vec_add(toward, -1, c->pose[POSE_SIT_SLOUCHED].up);
    if (c->pose[POSE_LEAN_BACK].valid) vec_add(toward, 1, c->pose[POSE_LEAN_BACK].up);
    if (set_forward(c, toward, now_ns) || !c->have_forward) return;
    c->have_forward = set_forward(c, c->forward, c->forward_ns); /* what was known, from the new zero */
}

/* All that is known of this wearer, but for how often the sensor was put on. */
static void forget_poses(struct calibration *c)
{
    uint32_t strap_id = c->strap_id;
    calibration_init(c);
    c->strap_id = strap_id;
}

static void turn_older_poses(struct calibration *c, const float up[3], int64_t now_ns)
{
    const struct prototype *old = &c->pose[POSE_SIT_UPRIGHT];
    if (!old->valid || now_ns - old->taken_ns < same_session_ns) return;
    float q[4];
    quat_between(old->up, up, q);
    calibration_turn(c, q);
}

/* A direction that no pose of the same mounting can have: the sensor has moved since, and the old poses are no measure of
 * the new ones. Within a session it is the pose that is unlikely. */
static bool is_new_mounting(const struct calibration *c, enum pose pose, const float up[3], int64_t now_ns)
{
    const float *zero = calibration_zero(c);
    int64_t taken_ns = INT64_MIN / 2;
    for (int i = 0; i < POSE_COUNT; i++)
        if (c->pose[i].valid && c->pose[i].taken_ns > taken_ns) taken_ns = c->pose[i].taken_ns;
    return zero && now_ns - taken_ns >= same_session_ns && vec_angle_deg(zero, up) > plausible[pose].most_deg;
}

static enum capture_fault fault_of(const struct calibration *c, enum pose pose, const float up[3])
{
    const float *zero = calibration_zero(c);
    bool only_zero_moves = pose == POSE_SIT_UPRIGHT && !c->pose[POSE_STAND].valid;
    if (!zero) return pose == POSE_SIT_UPRIGHT || pose == POSE_STAND ? CAPTURE_OK : CAPTURE_TOO_EARLY;
    float off = vec_angle_deg(zero, up);
    if (only_zero_moves) return CAPTURE_OK;
    return off < plausible[pose].least_deg ? CAPTURE_ALIKE : off > plausible[pose].most_deg ? CAPTURE_UNLIKELY : CAPTURE_OK;
}

enum capture_fault calibration_take(struct calibration *c, enum placement placement, enum pose pose, const float up[3],
                                    int64_t now_ns)
{
    bool first = pose == POSE_SIT_UPRIGHT || pose == POSE_STAND;
    if (c->settling && !first) return CAPTURE_TOO_EARLY;
    if (first && (c->settling || is_new_mounting(c, pose, up, now_ns))) forget_poses(c);
    enum capture_fault fault = fault_of(c, pose, up);
    if (fault != CAPTURE_OK) return fault;
    if (pose == POSE_SIT_UPRIGHT) turn_older_poses(c, up, now_ns);
    vec_copy(c->pose[pose].up, up);
    c->pose[pose].valid = true;
    c->pose[pose].taken_ns = now_ns;
    c->pose[pose].strap_id = c->strap_id;
    if (pose == POSE_STAND || (pose == POSE_SIT_UPRIGHT && !c->pose[POSE_STAND].valid)) {
        vec_copy(c->up, up);
        c->have_up = true;
        c->have_walk = false; /* the next walk belongs to these poses */
    }
    c->up_ns = now_ns;
    c->state = REFERENCE_CALIBRATED;
    forward_from_poses(c, placement, now_ns);
    return CAPTURE_OK;
}

/* ---- put on anew ---- */

void calibration_strapped(struct calibration *c)
{
    c->strap_id++;
    c->have_walk_also = false;
    c->bows = 0;
    if (c->state == REFERENCE_NONE || !c->have_up) return;
    c->settling = SETTLING_UP;
    c->state = REFERENCE_DOUBTFUL;
}

void calibration_settle_up(struct calibration *c, const float up[3])
{
    float q[4];
    if (calibration_only_seated(c) || !c->have_forward) forget_poses(c);
    if (calibration_reference(c)) {
        quat_between(calibration_reference(c), up, q);
        calibration_turn(c, q);
    } else {
        vec_copy(c->up, up);
        c->have_up = true;
    }
    vec_copy(c->walk, up);
    vec_copy(c->walk_first, up);
    c->have_walk = true;
    c->settling = c->have_forward ? SETTLING_FORWARD : SETTLING_NOT;
}

/* Turns the set about the vertical by SHARE of the way from the forward that is believed to FORWARD. */
static void turn_forward(struct calibration *c, const float forward[3], float share)
{
    const float *axis = calibration_reference(c);
    float from[3], to[3], across[3], q[4];
    vec_reject(c->forward, axis, from);
    vec_reject(forward, axis, to);
    if (!vec_unit(from) || !vec_unit(to)) return;
    vec_cross(from, to, across);
    float half = 0.5f * share * atan2f(vec_dot(across, axis), vec_dot(from, to));
    q[0] = cosf(half);
    for (int i = 0; i < 3; i++) q[1 + i] = sinf(half) * axis[i];
    calibration_turn(c, q);
}

static void settle_forward(struct calibration *c, const float forward[3], int64_t now_ns)
{
    float believed[3];
    if (c->settling == SETTLING_NOT) {
        vec_reject(c->forward, calibration_reference(c), believed);
        if (c->bows == 0 || c->bows >= BOWS_MOST) return;
        bool agrees = vec_angle_deg(believed, forward) < hints_agree_deg;
        if (!agrees && c->bows > 1) return;
        if (!agrees) { /* one against one: neither is believed */
            c->settling = SETTLING_FORWARD;
            c->state = REFERENCE_DOUBTFUL;
            c->bows = 0;
            return;
        }
    }
    turn_forward(c, forward, 1 / (float)++c->bows);
    c->forward_ns = now_ns;
    if (c->settling == SETTLING_NOT) return;
    c->settling = SETTLING_NOT;
    c->state = calibration_settled_state(c);
}

void calibration_hint(struct calibration *c, const float up[3], bool forward_tilt, float hint[3], int64_t now_ns)
{
    float across[3], toward[3] = {0};
    if (!c->have_up || c->settling == SETTLING_UP || (c->have_forward && !c->settling && c->bows == 0)) return;
    vec_reject(up, calibration_reference(c), across);
    vec_add(toward, forward_tilt ? -1 : 1, across);
    if (!vec_unit(toward)) return;
    if (c->have_forward) {
        settle_forward(c, toward, now_ns);
        return;
    }
    if (vec_norm(hint) > 0 && vec_angle_deg(hint, toward) < hints_agree_deg) {
        float mean[3];
        vec_copy(mean, toward);
        vec_add(mean, 1, hint);
        set_forward(c, mean, now_ns);
    }
    vec_copy(hint, toward);
}

bool calibration_explains(const struct calibration *c, const float up[3])
{
    for (int i = 0; i < POSE_COUNT; i++)
        if (c->pose[i].valid && vec_angle_deg(c->pose[i].up, up) < pose_deg) return true;
    const float *reference = calibration_reference(c);
    return reference && vec_angle_deg(reference, up) < upright_deg;
}

const struct calibration *calibration_trusted(const struct calibration *c, const float up[3],
                                              struct calibration *scratch)
{
    if (c->settling == SETTLING_NOT || (c->settling == SETTLING_UP && calibration_explains(c, up))) return c;
    calibration_init(scratch);
    scratch->state = REFERENCE_DOUBTFUL;
    if (c->settling == SETTLING_UP) return scratch;
    vec_copy(scratch->up, c->walk);
    vec_copy(scratch->walk, c->walk);
    scratch->have_up = scratch->have_walk = true;
    return scratch;
}

void calibration_turn(struct calibration *c, const float q[4])
{
    float *all[POSE_COUNT + 4] = {c->up, c->forward, c->walk, c->walk_also};
    for (int i = 0; i < POSE_COUNT; i++) all[4 + i] = c->pose[i].up;
    for (int i = 0; i < POSE_COUNT + 4; i++) { /* walk_first stays: it is what the turning is bounded by */
        float turned[3];
        quat_rotate(q, all[i], turned);
        vec_copy(all[i], turned);
        vec_unit(all[i]);
    }
}

bool calibration_has_line(const struct calibration *c)
{
    return c->pose[POSE_SIT_UPRIGHT].valid && c->pose[POSE_SIT_SLOUCHED].valid;
}

void calibration_angles(const struct calibration *c, const float up[3], struct angles *a)
{
    bool told = c->state != REFERENCE_DOUBTFUL;
    const float *zero = c->settling == SETTLING_UP        ? NULL
                        : c->settling == SETTLING_FORWARD ? calibration_reference(c)
                                                          : calibration_zero(c);
    *a = (struct angles){.inclination_deg = NAN, .flexion_deg = NAN, .lateral_deg = NAN, .slouch_deg = NAN};
    if (!zero) return;
    a->have_inclination = true;
    a->inclination_deg = vec_angle_deg(zero, up);
    float upright = vec_dot(up, zero);
    if (!told) return;
    if (c->have_forward) {
        float left[3];
        vec_cross(zero, c->forward, left);
        a->have_signs = true;
        a->flexion_deg = DEG_PER_RAD * atan2f(-vec_dot(up, c->forward), upright);
        a->lateral_deg = DEG_PER_RAD * asinf(fmaxf(-1, fminf(1, -vec_dot(up, left))));
        a->slouch_deg = a->flexion_deg;
    }
    if (calibration_has_line(c)) {
        float line[3];
        vec_reject(c->pose[POSE_SIT_SLOUCHED].up, zero, line);
        if (vec_unit(line)) a->slouch_deg = DEG_PER_RAD * atan2f(vec_dot(up, line), upright);
    }
}

/* Angle from UP to the nearest point of the arc between the unit vectors FROM and TO. */
static float to_arc_deg(const float up[3], const float from[3], const float to[3])
{
    float along[3], span = vec_angle_deg(from, to);
    vec_reject(to, from, along);
    if (span < 0.5f || !vec_unit(along)) return vec_angle_deg(up, from);
    float at = DEG_PER_RAD * atan2f(vec_dot(up, along), vec_dot(up, from));
    if (at <= 0) return vec_angle_deg(up, from);
    if (at >= span) return vec_angle_deg(up, to);
    float normal[3];
    vec_cross(from, along, normal);
    return DEG_PER_RAD * asinf(fminf(1, fabsf(vec_dot(up, normal))));
}

static bool bend_is_like_standing(const struct calibration *c)
{
    const struct prototype *bend = &c->pose[POSE_BEND], *stand = &c->pose[POSE_STAND];
    return stand->valid && vec_angle_deg(bend->up, stand->up) < vec_angle_deg(bend->up, calibration_zero(c));
}

float calibration_to_sitting_deg(const struct calibration *c, const float up[3])
{
    const struct prototype *upright = &c->pose[POSE_SIT_UPRIGHT], *slouched = &c->pose[POSE_SIT_SLOUCHED];
    float nearest = upright->valid ? vec_angle_deg(up, upright->up) : NAN;
    if (slouched->valid)
        nearest = fminf(nearest,
                        upright->valid ? to_arc_deg(up, upright->up, slouched->up) : vec_angle_deg(up, slouched->up));
    /* The ways from sitting upright to these may lead through standing's direction. */
    if (c->pose[POSE_LEAN_BACK].valid) nearest = fminf(nearest, vec_angle_deg(up, c->pose[POSE_LEAN_BACK].up));
    if (c->pose[POSE_BEND].valid && !bend_is_like_standing(c))
        nearest = fminf(nearest, vec_angle_deg(up, c->pose[POSE_BEND].up));
    return nearest;
}

float calibration_behind_standing_deg(const struct calibration *c, const float up[3])
{
    if (!c->pose[POSE_STAND].valid || !c->pose[POSE_SIT_UPRIGHT].valid || !c->have_forward) return NAN;
    struct angles standing, now;
    calibration_angles(c, c->pose[POSE_STAND].up, &standing);
    calibration_angles(c, up, &now);
    return standing.flexion_deg < 0 ? standing.flexion_deg - now.flexion_deg : NAN;
}

bool calibration_tells_apart(const struct calibration *c)
{
    const struct prototype *sit = &c->pose[POSE_SIT_UPRIGHT], *stand = &c->pose[POSE_STAND];
    return sit->valid && stand->valid && vec_angle_deg(sit->up, stand->up) >= apart_deg;
}

bool calibration_only_seated(const struct calibration *c)
{
    return c->pose[POSE_SIT_UPRIGHT].valid && !c->pose[POSE_STAND].valid && !c->have_walk;
}
