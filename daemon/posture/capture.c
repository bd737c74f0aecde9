/* Invariants: RUNNING has a start and no fault; DONE and IDLE have no fault; REFUSED has one. */
#include "capture.h"

#include "calibration.h"
#include "vec.h"

static const int64_t length_ns = SECONDS_NS(15), patience_ns = SECONDS_NS(16);
static const float length_s = 15, least_seen_s = 12, settle_s = 1;
static const float moved_deg = 8, moved_mps2 = 1.5f;

void capture_start(struct capture *k, enum pose pose, int64_t now_ns)
{
    *k = (struct capture){.state = CAPTURE_RUNNING, .pose = pose, .start_ns = now_ns};
}

static void refuse(struct capture *k, enum capture_fault fault)
{
    k->state = CAPTURE_REFUSED;
    k->fault = fault;
}

static void finish(struct capture *k, struct calibration *c, enum placement placement, int64_t now_ns)
{
    if (k->seen_s < least_seen_s || !vec_unit(k->sum)) {
        refuse(k, CAPTURE_NO_SAMPLES);
        return;
    }
    enum capture_fault fault = calibration_take(c, placement, k->pose, k->sum, now_ns);
    if (fault != CAPTURE_OK)
        refuse(k, fault);
    else
        k->state = CAPTURE_DONE;
}

void capture_step(struct capture *k, struct calibration *c, enum placement placement, const float up[3],
                  float force_mps2, float dt_s, int64_t now_ns)
{
    if (k->state != CAPTURE_RUNNING || now_ns <= k->start_ns) return;
    bool moved = fabsf(force_mps2 - STANDARD_GRAVITY_MPS2) > moved_mps2 ||
                 (k->seen_s > settle_s && vec_angle_deg(k->sum, up) > moved_deg);
    if (moved) {
        refuse(k, CAPTURE_MOVED);
        return;
    }
    vec_add(k->sum, dt_s, up);
    k->seen_s += dt_s;
    if (now_ns - k->start_ns >= length_ns) finish(k, c, placement, now_ns);
}

int64_t capture_due_ns(const struct capture *k)
{
    return k->state == CAPTURE_RUNNING ? k->start_ns + patience_ns : INT64_MAX;
}

void capture_advance(struct capture *k, int64_t now_ns)
{
    if (now_ns >= capture_due_ns(k)) refuse(k, CAPTURE_NO_SAMPLES);
}

void capture_show(const struct capture *k, struct capture_view *view)
{
    *view = (struct capture_view){.state = k->state, .fault = k->fault, .pose = k->pose};
    if (k->state == CAPTURE_RUNNING) view->progress = fminf(1, k->seen_s / length_s);
    if (k->state == CAPTURE_DONE) view->progress = 1;
}
