#include "imu.h"

#include "plumbline/sample.h"

#include <math.h>
#include <string.h>

#define GRAVITY_MPS2 ((double)STANDARD_GRAVITY_MPS2)

/* Noise, sensitivities and ranges: data sheets LSM6DSO (ST DS12140), BMI270 (Bosch BST-BMI270-DS000), MPU-6050
 * (InvenSense PS-MPU-6000A), typical values. */
const struct imu_part imu_parts[] = {
    {"lsm6dso", "ST LSM6DSO, 4 g, 500 deg/s", 70, 3.8, 0.122, 17.5, 4, 500, 7, 0.3},
    {"bmi270", "Bosch BMI270, 4 g, 500 deg/s", 160, 8, 1e3 / 8192, 1e3 / 65.536, 4, 500, 7, 0.2},
    {"mpu6050", "InvenSense MPU-6050, 4 g, 500 deg/s", 400, 5, 1e3 / 8192, 1e3 / 65.536, 4, 500, 15, 0.6},
    {NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0},
};

const struct imu_part *imu_part_find(const char *name)
{
    for (const struct imu_part *p = imu_parts; p->name; p++) {
        if (strcmp(p->name, name) == 0) return p;
    }
    return NULL;
}

void imu_init(struct imu *imu, const struct scenario *s, double rate_hz, bool range_16g_2000dps)
{
    const struct imu_part *p = s->part;
    memset(imu, 0, sizeof *imu);
    imu->part = p;
    imu->rate_hz = rate_hz;
    imu->seed = s->seed;
    imu->scenario = s;
    for (size_t i = 0; i < s->n_segments; i++) imu->turns = imu->turns || s->segments[i].kind == SEGMENT_TURN;
    chance_init(&imu->chance, s->seed, 2);
    imu->mount = quaternion_euler(s->mount_deg[0] * DEG_RAD, s->mount_deg[1] * DEG_RAD, s->mount_deg[2] * DEG_RAD);
    imu->accel_lsb_mps2 = GRAVITY_MPS2 * (range_16g_2000dps ? 16.0 / 32768 : p->accel_lsb_mg / 1e3);
    imu->gyro_lsb_rads = DEG_RAD * (range_16g_2000dps ? 2000.0 / 32768 : p->gyro_lsb_mdps / 1e3);
    imu->accel_sd_mps2 = GRAVITY_MPS2 * 1e-6 * p->accel_noise_ug * sqrt(rate_hz / 2);
    imu->gyro_sd_rads = DEG_RAD * 1e-3 * p->gyro_noise_mdps * sqrt(rate_hz / 2);
    for (int i = 0; i < 3; i++) {
        double accel_mg = p->accel_bias_mg * chance_normal(&imu->chance),
               gyro_dps = p->gyro_bias_dps * chance_normal(&imu->chance);
        imu->accel_bias_mps2[i] = GRAVITY_MPS2 * 1e-3 * (s->have_accel_bias ? s->accel_bias_mg[i] : accel_mg);
        imu->gyro_bias_rads[i] = DEG_RAD * (s->have_gyro_bias ? s->gyro_bias_dps[i] : gyro_dps);
    }
}

static int16_t count_of(double value, double lsb, bool *clipped)
{
    double count = rint(value / lsb);
    if (count > INT16_MIN && count < INT16_MAX) return (int16_t)count;
    *clipped = true;
    return count > 0 ? INT16_MAX : INT16_MIN;
}

static void specific_force(const struct imu *imu, const struct trunk_pose pose[3], struct quaternion sensor,
                           double force[3])
{
    double half_s = 0.5 / imu->rate_hz, earth[3];
    for (int i = 0; i < 3; i++)
        earth[i] = (pose[2].position_m[i] - 2 * pose[1].position_m[i] + pose[0].position_m[i]) / (half_s * half_s);
    earth[2] += GRAVITY_MPS2;
    quaternion_rotate(quaternion_conjugate(sensor), earth, force);
}

/* Sensor to body at T_S. */
static struct quaternion mount_at(const struct imu *imu, double t_s)
{
    struct quaternion mount = imu->mount;
    for (size_t i = 0; imu->turns && i < imu->scenario->n_segments; i++) {
        const struct segment *g = &imu->scenario->segments[i];
        if (g->start_s >= t_s) break;
        if (g->kind != SEGMENT_TURN) continue;
        double share = fmin(1, (t_s - g->start_s) / g->duration_s) * DEG_RAD;
        const double *turn = g->turn_deg;
        mount = quaternion_multiply(quaternion_euler(share * turn[0], share * turn[1], share * turn[2]), mount);
    }
    return mount;
}

void imu_read(struct imu *imu, const struct trunk_pose pose[3], double t_s, struct reading *r)
{
    double force[3], turn[3], rate[3], half_s = 0.5 / imu->rate_hz;
    struct quaternion mount = mount_at(imu, t_s);
    r->t_s = t_s;
    r->clipped = false;
    r->attitude = quaternion_multiply(pose[1].attitude, mount);
    specific_force(imu, pose, r->attitude, force);
    quaternion_difference(pose[0].attitude, pose[2].attitude, turn);
    quaternion_rotate(quaternion_conjugate(mount), turn, rate);
    if (imu->turns) {
        quaternion_difference(mount_at(imu, t_s - half_s), mount_at(imu, t_s + half_s), turn);
        for (int i = 0; i < 3; i++) rate[i] += turn[i];
    }
    for (unsigned i = 0; i < 3; i++) {
        rate[i] *= imu->rate_hz;
        if (!imu->ideal) {
            double drift = 0.01 * DEG_RAD * chance_wander(imu->seed, 100 + i, t_s / 300);
            rate[i] += imu->gyro_bias_rads[i] + drift + imu->gyro_sd_rads * chance_normal(&imu->chance);
            force[i] += imu->accel_bias_mps2[i] + imu->accel_sd_mps2 * chance_normal(&imu->chance);
        }
        r->gyro[i] = count_of(rate[i], imu->gyro_lsb_rads, &r->clipped);
        r->accel[i] = count_of(force[i], imu->accel_lsb_mps2, &r->clipped);
    }
}
