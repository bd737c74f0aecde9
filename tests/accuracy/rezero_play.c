/* Invariants: samples are those of the simulator, seen from a sensor frame that extra() turns; rate and force stay those
 * of one body. */
#include "rezero_play.h"

#include "daemon/posture/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double RAMP_S = 2, STEP_S = 0.005;

static struct quaternion conjugated(struct quaternion by, struct quaternion q)
{
    return quaternion_multiply(quaternion_multiply(quaternion_conjugate(by), q), by);
}

struct quaternion play_turn_about(const double axis[3], double angle_deg)
{
    double size = sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]), s = sin(angle_deg * DEG_RAD / 2) / size;
    return (struct quaternion){cos(angle_deg * DEG_RAD / 2), s * axis[0], s * axis[1], s * axis[2]};
}

struct quaternion play_any_turn(struct chance *c)
{
    double q[4], size = 0;
    for (int i = 0; i < 4; i++) {
        q[i] = chance_normal(c);
        size += q[i] * q[i];
    }
    size = sqrt(size);
    return (struct quaternion){q[0] / size, q[1] / size, q[2] / size, q[3] / size};
}

/* A SHARE (0…1) of the turn Q, about the same axis. */
static struct quaternion part_of(struct quaternion q, double share)
{
    double axis[3] = {q.x, q.y, q.z}, size = sqrt(q.x * q.x + q.y * q.y + q.z * q.z);
    if (share <= 0 || size < 1e-12) return (struct quaternion){1, 0, 0, 0};
    return share >= 1 ? q : play_turn_about(axis, share * 2 * atan2(size, q.w) / DEG_RAD);
}

/* The walk's own lean at T_S, body frame. */
static struct quaternion lean_at(const struct play *p, double t_s)
{
    const struct scenario *s = &p->scenario;
    int walk = -1;
    for (size_t i = 0; i < s->n_segments; i++) {
        const struct segment *g = &s->segments[i];
        if (g->start_s > t_s) break;
        if (g->kind != SEGMENT_WALK) continue;
        walk++;
        double in_s = t_s - g->start_s, left_s = g->start_s + g->duration_s - t_s;
        if (left_s < 0) continue;
        double share = fmin(1, fmin(in_s, left_s) / RAMP_S);
        const double *lean = p->lean_deg[walk % PLAY_WALKS];
        return quaternion_euler(-share * lean[1] * DEG_RAD, share * lean[0] * DEG_RAD, 0);
    }
    return (struct quaternion){1, 0, 0, 0};
}

/* What turns the present sensor frame into the simulator's. */
static struct quaternion extra(const struct play *p, double t_s, bool leaning)
{
    struct quaternion q = {1, 0, 0, 0};
    if (leaning) q = conjugated(p->sim.imu.mount, lean_at(p, t_s));
    for (int i = 0; i < p->turns; i++) {
        double share = (t_s - p->turn[i].from_s) / p->turn[i].over_s;
        q = quaternion_multiply(q, part_of(p->turn[i].by, share));
    }
    return q;
}

void play_begin(struct play *p, const char *text, enum placement placement, double walk_rms_deg, uint64_t seed)
{
    struct chance c;
    memset(p, 0, sizeof *p);
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    if (!in || scenario_read(&p->scenario, in, "accuracy-rezero", stderr)) exit(1);
    fclose(in);
    chance_init(&c, seed, 40);
    p->scenario.placement = placement;
    p->scenario.seed = seed;
    for (int i = 0; i < 3; i++) p->scenario.mount_deg[i] = chance_between(&c, -180, 180);
    for (int i = 0; i < PLAY_WALKS; i++)
        for (int k = 0; k < 2; k++) p->lean_deg[i][k] = walk_rms_deg / sqrt(2) * chance_normal(&c);
    sim_init(&p->sim, &p->scenario, false);
    struct tracker_config config = {.placement = placement, .sensitivity = SENSITIVITY_MEDIUM};
    if (placement == PLACEMENT_LOWER_BACK) config.sitting_bias = 0.1f;
    tracker_init(&p->tracker, &config);
}

void play_turn(struct play *p, double from_s, double over_s, struct quaternion by)
{
    p->turn[p->turns++] = (struct play_turn){from_s, over_s, by};
}

void play_end(struct play *p) { scenario_free(&p->scenario); }

static void obey(struct play *p)
{
    const struct scenario *s = &p->scenario;
    while (p->next_command < s->n_commands && s->commands[p->next_command].at_s <= p->t_s) {
        const char *pose = strrchr(s->commands[p->next_command++].words, ' ');
        for (int i = 0; pose && i < POSE_COUNT; i++)
            if (strcmp(pose + 1, pose_name((enum pose)i)) == 0)
                tracker_capture_start(&p->tracker, (enum pose)i, (int64_t)(p->t_s * NS_PER_S));
    }
}

static struct sample seen(const struct play *p, const struct reading *r, struct quaternion x)
{
    struct sample s;
    memset(&s, 0, sizeof s);
    double force[3], rate[3], turn[3];
    for (int i = 0; i < 3; i++) {
        force[i] = r->accel[i] * p->sim.imu.accel_lsb_mps2;
        rate[i] = r->gyro[i] * p->sim.imu.gyro_lsb_rads;
    }
    quaternion_rotate(quaternion_conjugate(x), force, force);
    quaternion_rotate(quaternion_conjugate(x), rate, rate);
    quaternion_difference(extra(p, r->t_s - STEP_S, true), extra(p, r->t_s + STEP_S, true), turn);
    for (int i = 0; i < 3; i++) {
        s.accel_mps2[i] = (float)force[i];
        s.gyro_rads[i] = (float)(rate[i] + turn[i] / (2 * STEP_S));
    }
    s.t_ns = (int64_t)(r->t_s * NS_PER_S);
    s.raw.have = HAVE_ACCEL | HAVE_GYRO;
    s.raw.scale = SCALE_16G_2000DPS;
    return s;
}

/* Keeps what is true of this moment. */
static void note_truth(struct play *p, const struct reading *r, struct quaternion x)
{
    static const double up[3] = {0, 0, 1}, forward[3] = {1, 0, 0};
    bool was = p->walking;
    double now[3], own[3];
    p->walking = motion_segment(&p->sim.motion)->kind == SEGMENT_WALK;
    quaternion_rotate(quaternion_conjugate(quaternion_multiply(p->sim.imu.mount, extra(p, r->t_s, false))), forward, p->forward);
    if (!p->walking) return;
    if (!was) memset(p->up, 0, sizeof p->up), memset(p->own_up, 0, sizeof p->own_up);
    quaternion_rotate(quaternion_conjugate(quaternion_multiply(r->attitude, x)), up, now);
    quaternion_rotate(quaternion_conjugate(quaternion_multiply(r->attitude, extra(p, r->t_s, false))), up, own);
    for (int i = 0; i < 3; i++) p->up[i] += now[i], p->own_up[i] += own[i];
    p->walked_s += p->sim.period_s;
}

/* An epoch that lies in one segment is right or wrong. */
static void count(struct play *p, const struct epoch *e)
{
    const struct scenario *s = &p->scenario;
    double from_s = (double)e->start_ns * 1e-9, to_s = from_s + (double)e->seconds, flexion, lateral;
    if (from_s < p->count_from_s) return;
    for (size_t i = 0; i < s->n_segments; i++) {
        const struct segment *g = &s->segments[i];
        if (from_s < g->start_s + 5 || to_s > g->start_s + g->duration_s) continue; /* the way into it */
        enum posture truth = motion_truth(&p->sim.motion, g, g, &flexion, &lateral);
        p->of_s[truth] += (double)e->seconds;
        p->right_s[truth] += e->posture == truth ? (double)e->seconds : 0;
    }
}

bool play_until(struct play *p, double t_s, bool (*stop)(const struct play *p))
{
    static struct tracker_out out;
    struct reading r;
    while (p->t_s < t_s && sim_next(&p->sim, &r)) {
        struct quaternion x = extra(p, r.t_s, true);
        struct sample s = seen(p, &r, x);
        note_truth(p, &r, x);
        p->t_s = r.t_s;
        obey(p);
        tracker_push(&p->tracker, &s, &out);
        for (unsigned i = 0; i < out.n_events; i++) {
            const struct event *e = &out.event[i];
            if (e->kind == EVENT_REFERENCE && (e->reason == REFERENCE_DOUBTFUL || e->reason == REFERENCE_STALE)) p->asked++;
        }
        for (unsigned i = 0; i < out.n_epochs; i++) count(p, &out.epoch[i]);
        if (stop && stop(p)) return true;
    }
    return false;
}

static double angle_deg(const double a[3], const double b[3])
{
    double dot = 0, aa = 0, bb = 0;
    for (int i = 0; i < 3; i++) dot += a[i] * b[i], aa += a[i] * a[i], bb += b[i] * b[i];
    return acos(fmax(-1, fmin(1, dot / sqrt(aa * bb)))) / DEG_RAD;
}

double play_vertical_error_deg(const struct play *p, bool own)
{
    const float *known = calibration_reference(&p->tracker.calibration);
    if (!known) return 180;
    return angle_deg((double[3]){(double)known[0], (double)known[1], (double)known[2]}, own ? p->own_up : p->up);
}

double play_forward_error_deg(const struct play *p)
{
    const struct calibration *c = &p->tracker.calibration;
    const float *known = calibration_reference(c);
    if (!c->have_forward || !known) return NAN;
    double flat[2][3], dot[2] = {0, 0};
    for (int i = 0; i < 3; i++) {
        dot[0] += (double)(c->forward[i] * known[i]);
        dot[1] += p->forward[i] * (double)known[i];
    }
    for (int i = 0; i < 3; i++) {
        flat[0][i] = (double)c->forward[i] - dot[0] * (double)known[i];
        flat[1][i] = p->forward[i] - dot[1] * (double)known[i];
    }
    return angle_deg(flat[0], flat[1]);
}
