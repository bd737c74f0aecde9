/* Invariants: to[] is the stance of the present posture, from[] what the body was at move_start_s; a move ends within
 * its segment, so that the next one starts at rest; every curve added to the stance is twice differentiable.
 */
#include "motion.h"

#include <math.h>
#include <string.h>

enum channel {
    SWAY_PITCH,
    SWAY_LATERAL,
    DRIFT_PITCH,
    DRIFT_LATERAL,
    FIDGET_PITCH,
    FIDGET_LATERAL,
    FIDGET_YAW,
    TURN,
    PACE,
    SHIFT_PITCH,
    SHIFT_LATERAL,
    SHAKE_UP,
    SHAKE_AHEAD,
    SHAKE_ASIDE
};

static const double STOOP_S = 1.1; /* down, and up again */
static const double BITE_EACH_S = 10, BITE_S = 3, SHAKE_S = 0.08;

static double min_jerk(double u) { return u <= 0 ? 0 : u >= 1 ? 1 : u * u * u * (10 + u * (6 * u - 15)); }

static double min_jerk_integral(double u) { return u * u * u * u * (2.5 + u * (u - 3)); }

/* Up to 1 and back while U goes from 0 to 1. */
static double bump(double u)
{
    if (u <= 0 || u >= 1) return 0;
    double v = 4 * u * (1 - u);
    return v * v * v;
}

static void draw_person(struct motion *m, enum placement placement)
{
    struct chance *c = &m->chance;
    bool lower = placement == PLACEMENT_LOWER_BACK;
    m->person = (struct person){
        .sit_deg = lower ? chance_between(c, -38, -30) : chance_between(c, 5, 10),
        .stand_deg = lower ? chance_between(c, -9, -5) : chance_between(c, -2, 1.5),
        .slouch_sign = lower ? -1 : 1,
        .dip_deg = chance_between(c, 30, 40),
        .breath_hz = chance_between(c, 0.2, 0.3),
        .breath_deg = (lower ? 0.3 : 1) * chance_between(c, 0.25, 0.5),
        .cadence_spm = chance_between(c, 104, 118),
        .step_m = chance_between(c, 0.015, 0.021),
        .lever_m = {lower ? -0.10 : -0.12, 0, lower ? 0.12 : 0.42},
        .sitting = {0.12, 0.7, 0},
        .standing = {0.35, 0.4, 0},
        .posed = {0.35, 0.4, 0},
    };
}

/* ---- stances ------------------------------------------------------------------------------------------------- */

static bool is_seated(enum segment_kind kind) { return kind <= SEGMENT_FIDGET; }
static bool is_upright(enum segment_kind kind) { return kind >= SEGMENT_STAND && kind <= SEGMENT_WALK; }

static double flexion_of(const struct person *p, const struct segment *segment)
{
    switch (segment->kind) {
    case SEGMENT_PHONE:
    case SEGMENT_SLOUCH: return p->slouch_sign * segment->angle_deg;
    case SEGMENT_DESK_BEND:
    case SEGMENT_STAND_SLOUCH: return segment->angle_deg;
    case SEGMENT_CROSS:
    case SEGMENT_DRIVE:
    case SEGMENT_RECLINE: return -segment->angle_deg;
    default: return 0;
    }
}

static void stance_of(const struct person *p, const struct segment *segment, double stance[STANCE_PARTS])
{
    static const double seated[STANCE_PARTS] = {[BREATH_SHARE] = 1, [TURN_DEG] = 6};
    static const double standing[STANCE_PARTS] = {
        [HEIGHT_M] = 0.4, [FORWARD_M] = 0.25, [BREATH_SHARE] = 1, [TURN_DEG] = 8};
    static const double lying[STANCE_PARTS] = {
        [PITCH_DEG] = -86, [LATERAL_DEG] = 3, [DRIFT_DEG] = 0.3, [BREATH_SHARE] = 1};
    static const double on_table[STANCE_PARTS] = {
        [PITCH_DEG] = 118, [LATERAL_DEG] = 27, [HEIGHT_M] = 0.3, [FORWARD_M] = 0.5};
    enum segment_kind kind = segment->kind;
    const double *base = kind == SEGMENT_LIE        ? lying
                         : kind == SEGMENT_TAKE_OFF ? on_table
                         : is_seated(kind)          ? seated
                                                    : standing;

    memcpy(stance, base, STANCE_PARTS * sizeof *stance);
    if (base == seated || base == standing) {
        const struct wander *w = segment->posed ? &p->posed : base == seated ? &p->sitting : &p->standing;
        stance[SWAY_DEG] = w->sway_deg;
        stance[DRIFT_DEG] = w->drift_deg;
        stance[SHIFT_DEG] = w->shift_deg;
    }
    if (is_seated(kind)) stance[PITCH_DEG] = p->sit_deg + flexion_of(p, segment);
    if (kind == SEGMENT_STAND || kind == SEGMENT_STAND_SLOUCH)
        stance[PITCH_DEG] = p->stand_deg + flexion_of(p, segment);
    if (kind == SEGMENT_EAT) stance[BITE_DEG] = segment->angle_deg;
    if (kind == SEGMENT_DRIVE) stance[SHAKE_MPS2] = segment->shake_mps2;
    if (kind == SEGMENT_CROSS) stance[LATERAL_DEG] = 0.7 * segment->side * segment->angle_deg;
    if (kind == SEGMENT_LEAN) stance[LATERAL_DEG] = segment->side * segment->angle_deg;
    if (kind == SEGMENT_FIDGET) stance[FIDGET_DEG] = 4.5;
    if (kind == SEGMENT_WALK) {
        stance[GAIT_SHARE] = 1;
        stance[DRIFT_DEG] = 0.8;
        stance[SHIFT_DEG] = 0;
        stance[TURN_DEG] = 70;
    }
}

/* Walking begins when the way is half over and ends before it is. */
static double share_of_way(const struct motion *m, int part, double u)
{
    if (part != GAIT_SHARE) return min_jerk(u);
    return min_jerk(m->to[GAIT_SHARE] > m->from[GAIT_SHARE] ? 2 * u - 1 : 2 * u);
}

static void stance_at(const struct motion *m, double t_s, double stance[STANCE_PARTS])
{
    double u = (t_s - m->move_start_s) / m->move_s;
    if (u >= 1) {
        memcpy(stance, m->to, sizeof m->to);
        return;
    }
    for (int i = 0; i < STANCE_PARTS; i++) stance[i] = m->from[i] + (m->to[i] - m->from[i]) * share_of_way(m, i, u);
}

/* ---- segments ------------------------------------------------------------------------------------------------ */

static double step_phase(const struct motion *m, double t_s)
{
    double elapsed = t_s - m->move_start_s, u = elapsed / m->move_s, change = m->cadence_to_hz - m->cadence_from_hz;
    double steps = u < 1 ? m->cadence_from_hz * elapsed + change * m->move_s * min_jerk_integral(u)
                         : m->cadence_to_hz * elapsed - change * m->move_s / 2;
    return m->phase_rad + 360 * DEG_RAD * steps;
}

static double move_duration(struct motion *m, const struct segment *to)
{
    bool onto = to->kind == SEGMENT_TAKE_OFF || m->posture == SEGMENT_TAKE_OFF;
    bool lying = to->kind == SEGMENT_LIE || m->posture == SEGMENT_LIE;
    double angle = fabs(m->to[PITCH_DEG] - m->from[PITCH_DEG]) + fabs(m->to[LATERAL_DEG] - m->from[LATERAL_DEG]);
    double s = 1 + 1.2 * fmin(1, angle / 40) + chance_between(&m->chance, 0, 0.3);
    if (is_seated(m->posture) != is_seated(to->kind)) s = chance_between(&m->chance, 1.7, 2.5);
    if (lying) s = 3;
    if (onto) s = 4;
    return fmin(s, to->duration_s);
}

static void enter(struct motion *m, const struct segment *segment)
{
    if (!segment_is_posture(segment->kind)) return;
    bool first = m->move_s == 0;
    double stance[STANCE_PARTS], t = segment->start_s;
    double cadence = (segment->cadence_spm > 0 ? segment->cadence_spm : m->person.cadence_spm) / 60;
    bool walked = m->posture == SEGMENT_WALK && !first, walks = segment->kind == SEGMENT_WALK;

    stance_of(&m->person, segment, stance);
    if (first) {
        memcpy(m->to, stance, sizeof m->to);
        m->posture = segment->kind;
        m->move_s = 1;
    }
    m->phase_rad = step_phase(m, t);
    m->cadence_from_hz = walked ? m->cadence_to_hz : cadence;
    m->cadence_to_hz = walked && !walks ? m->cadence_to_hz : cadence;
    stance_at(m, t, m->from);
    memcpy(m->to, stance, sizeof m->to);
    m->move_start_s = t;
    m->dip_deg =
        (is_seated(m->posture) && is_upright(segment->kind)) || (is_upright(m->posture) && is_seated(segment->kind))
            ? m->person.dip_deg
            : 0;
    m->move_s = move_duration(m, segment);
    m->posture = segment->kind;
}

void motion_init(struct motion *m, const struct scenario *s)
{
    memset(m, 0, sizeof *m);
    m->scenario = s;
    m->seed = s->seed;
    chance_init(&m->chance, s->seed, 1);
    draw_person(m, s->placement);
}

const struct segment *motion_segment(const struct motion *m)
{
    return &m->scenario->segments[m->next ? m->next - 1 : 0];
}

/* ---- the pose ------------------------------------------------------------------------------------------------ */

struct lean {
    double pitch_deg, lateral_deg, yaw_deg;
    double offset_m[3]; /* of the hip, along the heading */
};

static void add_excursion(const struct motion *m, double t_s, struct lean *l)
{
    const struct segment *segment = motion_segment(m);
    double size = bump((t_s - segment->start_s) / segment->duration_s);
    if (segment->kind == SEGMENT_STOOP) {
        double down = fmin(STOOP_S, segment->duration_s / 2), t = t_s - segment->start_s;
        l->pitch_deg += segment->angle_deg * (min_jerk(t / down) - min_jerk((t - segment->duration_s) / down + 1));
    }
    if (segment->kind == SEGMENT_BEND) l->pitch_deg += segment->angle_deg * size;
    if (segment->kind == SEGMENT_REACH) {
        double side = segment->start_s - floor(segment->start_s / 2) * 2 < 1 ? 1 : -1;
        l->pitch_deg += 12 * size;
        l->lateral_deg += 14 * side * size;
        l->yaw_deg += 20 * side * size;
    }
}

static void add_wander(const struct motion *m, double t_s, const double stance[STANCE_PARTS], struct lean *l)
{
    uint64_t seed = m->seed;
    if (stance[SWAY_DEG] > 0) {
        l->pitch_deg += stance[SWAY_DEG] * chance_wander(seed, SWAY_PITCH, t_s / 0.7);
        l->lateral_deg += 0.7 * stance[SWAY_DEG] * chance_wander(seed, SWAY_LATERAL, t_s / 0.8);
    }
    if (stance[DRIFT_DEG] > 0) {
        l->pitch_deg += stance[DRIFT_DEG] * chance_wander(seed, DRIFT_PITCH, t_s / 20);
        l->lateral_deg += 0.6 * stance[DRIFT_DEG] * chance_wander(seed, DRIFT_LATERAL, t_s / 26);
    }
    if (stance[SHIFT_DEG] > 0) {
        l->pitch_deg += stance[SHIFT_DEG] * chance_wander(seed, SHIFT_PITCH, t_s / 60);
        l->lateral_deg += 0.4 * stance[SHIFT_DEG] * chance_wander(seed, SHIFT_LATERAL, t_s / 70);
    }
    if (stance[BITE_DEG] > 0) l->pitch_deg += stance[BITE_DEG] * bump(fmod(t_s, BITE_EACH_S) / BITE_S);
    if (stance[SHAKE_MPS2] > 0) {
        double size = stance[SHAKE_MPS2] * SHAKE_S * SHAKE_S / 2.9; /* RMS of the curve's second derivative */
        l->offset_m[2] += size * chance_wander(seed, SHAKE_UP, t_s / SHAKE_S);
        l->offset_m[0] += 0.5 * size * chance_wander(seed, SHAKE_AHEAD, t_s / SHAKE_S);
        l->offset_m[1] += 0.5 * size * chance_wander(seed, SHAKE_ASIDE, t_s / SHAKE_S);
    }
    if (stance[FIDGET_DEG] > 0) {
        l->pitch_deg += stance[FIDGET_DEG] * chance_wander(seed, FIDGET_PITCH, t_s / 1.1);
        l->lateral_deg += stance[FIDGET_DEG] * chance_wander(seed, FIDGET_LATERAL, t_s / 1.3);
        l->yaw_deg += 3 * stance[FIDGET_DEG] * chance_wander(seed, FIDGET_YAW, t_s / 1.7);
    }
    if (stance[TURN_DEG] > 0) l->yaw_deg += stance[TURN_DEG] * chance_wander(seed, TURN, t_s / 9);
    l->pitch_deg += stance[BREATH_SHARE] * m->person.breath_deg * sin(360 * DEG_RAD * m->person.breath_hz * t_s);
}

static void add_gait(const struct motion *m, double t_s, double share, struct lean *l)
{
    if (share <= 0) return;
    double step = step_phase(m, t_s) + 0.5 * chance_wander(m->seed, PACE, t_s / 5), stride = step / 2;
    double size = m->person.step_m * share;
    l->offset_m[0] += size * (0.55 * sin(step + 0.9) + 0.10 * sin(2 * step));
    l->offset_m[1] += size * (1.10 * sin(stride) + 0.15 * sin(3 * stride + 0.4));
    l->offset_m[2] -= size * (cos(step) + 0.18 * cos(2 * step + 0.6));
    l->pitch_deg += share * 1.4 * sin(step + 0.3);
    l->lateral_deg += share * 2.0 * sin(stride + 0.2);
    l->yaw_deg += share * 5.0 * sin(stride + 1.0);
}

void motion_pose(struct motion *m, double t_s, struct trunk_pose *pose)
{
    const struct scenario *s = m->scenario;
    while (m->next < s->n_segments && s->segments[m->next].start_s <= t_s) enter(m, &s->segments[m->next++]);

    double stance[STANCE_PARTS], lever[3];
    stance_at(m, t_s, stance);
    struct lean l = {
        .pitch_deg = stance[PITCH_DEG] + m->dip_deg * bump((t_s - m->move_start_s) / m->move_s),
        .lateral_deg = stance[LATERAL_DEG],
        .offset_m = {stance[FORWARD_M], 0, stance[HEIGHT_M]},
    };
    add_excursion(m, t_s, &l);
    add_wander(m, t_s, stance, &l);
    add_gait(m, t_s, stance[GAIT_SHARE], &l);

    /* Positive flexion turns z towards x, which is + about y; leaning left turns z towards y, which is − about x. */
    double yaw = l.yaw_deg * DEG_RAD;
    pose->attitude = quaternion_euler(-l.lateral_deg * DEG_RAD, l.pitch_deg * DEG_RAD, yaw);
    quaternion_rotate(pose->attitude, m->person.lever_m, lever);
    pose->position_m[0] = cos(yaw) * l.offset_m[0] - sin(yaw) * l.offset_m[1] + lever[0];
    pose->position_m[1] = sin(yaw) * l.offset_m[0] + cos(yaw) * l.offset_m[1] + lever[1];
    pose->position_m[2] = l.offset_m[2] + lever[2];
}

enum posture motion_truth(const struct motion *m, const struct segment *segment, const struct segment *present,
                          double *flexion_deg, double *lateral_deg)
{
    enum segment_kind kind = present->kind;
    bool bends = segment->kind == SEGMENT_BEND || segment->kind == SEGMENT_STOOP;
    *flexion_deg = flexion_of(&m->person, present) + (bends ? segment->angle_deg : 0);
    *lateral_deg = kind == SEGMENT_LEAN ? present->side * present->angle_deg : 0;
    if (segment->kind >= SEGMENT_UNPLUG) return POSTURE_MISSING;
    if (kind == SEGMENT_LIE) return POSTURE_LYING;
    if (kind == SEGMENT_TAKE_OFF) return POSTURE_NOT_WORN;
    if (kind == SEGMENT_WALK) return POSTURE_WALKING;
    return is_upright(kind) ? POSTURE_STANDING : POSTURE_SITTING;
}
