/* capture — 15 s of keeping still in a pose, for calibration.h. Refused when the wearer moved, when samples were
 * missing, or when the pose cannot be what it is said to be. Pure.
 */
#ifndef POSTURE_CAPTURE_H
#define POSTURE_CAPTURE_H

#include "plumbline/posture.h"

struct capture {
    enum capture_state state;
    enum capture_fault fault;
    enum pose pose;
    int64_t start_ns;
    float seen_s; /* seconds with samples */
    float sum[3]; /* of up, weighted by seconds */
};

void capture_start(struct capture *k, enum pose pose, int64_t now_ns);

/* UP was so for DT_S until NOW_NS, FORCE_MPS2 the specific force's size at its end. On the last of them the pose is
 * taken into C. */
void capture_step(struct capture *k, struct calibration *c, enum placement placement, const float up[3],
                  float force_mps2, float dt_s, int64_t now_ns);

/* Run time at which a capture without samples gives up; INT64_MAX when none runs. */
int64_t capture_due_ns(const struct capture *k);
void capture_advance(struct capture *k, int64_t now_ns);

void capture_show(const struct capture *k, struct capture_view *view);

#endif
