/* calibration_fixture — captures by the body of posture_fixture.h, for the tests of what is known of the mounting. */
#ifndef TEST_CALIBRATION_FIXTURE_H
#define TEST_CALIBRATION_FIXTURE_H

#include "daemon/posture/calibration.h"
#include "posture_fixture.h"

static inline void up_at(double flexion_deg, double lateral_deg, float up[3])
{
    double u[3];
    wearer_up(flexion_deg, lateral_deg, u);
    for (int i = 0; i < 3; i++) up[i] = (float)u[i];
}

static inline enum capture_fault take(struct calibration *c, enum placement placement, enum pose pose,
                                      double flexion_deg, int64_t at_s)
{
    float up[3];
    up_at(flexion_deg, 0, up);
    return calibration_take(c, placement, pose, up, SECONDS_NS(at_s));
}

#endif
