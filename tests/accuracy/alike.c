/* Invariant: a recording without both postures, or nearer than asked for, stays as it is. */
#include "alike.h"

#include "daemon/posture/vec.h"

#include <math.h>

static bool mean_up(const struct person *p, enum posture truth, float up[3])
{
    float sum[3] = {0};
    size_t per_epoch = p->n_epochs ? p->n_samples / p->n_epochs : 0;
    for (size_t i = 0; i < p->n_epochs; i++)
        for (size_t k = 0; p->epoch[i].truth == truth && k < per_epoch; k++) {
            struct sample s;
            people_sample(p, i * per_epoch + k, 0, &s);
            vec_add(sum, 1, s.accel_mps2);
        }
    vec_copy(up, sum);
    return vec_unit(up);
}

/* V about the unit vector N (Rodrigues). */
static void turn(int16_t v[3], const float n[3], float rad)
{
    float x[3] = {(float)v[0], (float)v[1], (float)v[2]}, across[3], along = vec_dot(x, n);
    vec_cross(n, x, across);
    for (int i = 0; i < 3; i++)
        v[i] = (int16_t)lrintf(x[i] * cosf(rad) + across[i] * sinf(rad) + n[i] * along * (1 - cosf(rad)));
}

void alike_make(struct person *p, double deg)
{
    float sit[3], stand[3], axis[3];
    if (!mean_up(p, POSTURE_SITTING, sit) || !mean_up(p, POSTURE_STANDING, stand)) return;
    float by_deg = vec_angle_deg(stand, sit) - (float)deg;
    vec_cross(stand, sit, axis);
    if (!(by_deg > 0) || !vec_unit(axis)) return;
    size_t per_epoch = p->n_samples / p->n_epochs;
    for (size_t i = 0; i < p->n_samples; i++) {
        if (p->epoch[i / per_epoch].truth != POSTURE_STANDING) continue;
        turn(p->sample[i].accel, axis, by_deg / DEG_PER_RAD);
        turn(p->sample[i].gyro, axis, by_deg / DEG_PER_RAD);
    }
}

void alike_capture(const struct person *p, struct calibration *c)
{
    struct prototype *sit = &c->pose[POSE_SIT_UPRIGHT], *stand = &c->pose[POSE_STAND];
    sit->valid = mean_up(p, POSTURE_SITTING, sit->up);
    stand->valid = mean_up(p, POSTURE_STANDING, stand->up);
}
