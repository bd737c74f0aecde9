#include "xbus_reading.h"

#include <math.h>
#include <string.h>

/* The widest ranges made are ±20 g and ±2000 deg/s; some margin for scale and offset. */
static const double ACCEL_MAX_MPS2 = 250, GYRO_MAX_RADS = 45;

/* The rotation from each earth frame to east-north-up. */
static const double to_enu[][4] = {
    [XBUS_ENU] = {1, 0, 0, 0},
    [XBUS_NED] = {0, M_SQRT1_2, M_SQRT1_2, 0},
    [XBUS_NWU] = {M_SQRT1_2, 0, 0, M_SQRT1_2},
};

static void multiply(const double a[4], const double b[4], double out[4])
{
    out[0] = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
    out[1] = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
    out[2] = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
    out[3] = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
}

/* OUT = Q V Q*. */
static void rotate(const double q[4], const double v[3], double out[3])
{
    const double vector[4] = {0, v[0], v[1], v[2]}, back[4] = {q[0], -q[1], -q[2], -q[3]};
    double half[4], whole[4];
    multiply(q, vector, half);
    multiply(half, back, whole);
    memcpy(out, whole + 1, 3 * sizeof *out);
}

static bool read_vector(const struct xbus_item *item, double limit, double out[3])
{
    return xbus_numbers(item, out, 3) && fabs(out[0]) < limit && fabs(out[1]) < limit && fabs(out[2]) < limit;
}

static bool read_quaternion(const struct xbus_item *item, double out[4])
{
    double q[4];
    if (!xbus_numbers(item, q, 4)) return false;
    multiply(to_enu[item->frame], q, out);
    double norm = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
    return norm > 0.9 && norm < 1.1;
}

static bool read_free(const struct xbus_item *item, double out[3])
{
    double v[3];
    if (!read_vector(item, ACCEL_MAX_MPS2, v)) return false;
    rotate(to_enu[item->frame], v, out);
    return true;
}

static bool read_item(const struct xbus_item *item, struct xbus_reading *r)
{
    switch (item->kind) {
    case XBUS_PACKET_COUNTER:
        r->have_counter = item->size == 2;
        r->counter = (uint16_t)(r->have_counter ? xbus_unsigned(item->data, 2) : 0);
        return r->have_counter;
    case XBUS_SAMPLE_TIME_FINE:
        r->have_time = item->size == 4;
        r->ticks = r->have_time ? xbus_unsigned(item->data, 4) : 0;
        return r->have_time;
    case XBUS_ACCELERATION: return r->have_accel = read_vector(item, ACCEL_MAX_MPS2, r->accel);
    case XBUS_RATE_OF_TURN: return r->have_gyro = read_vector(item, GYRO_MAX_RADS, r->gyro);
    case XBUS_QUATERNION: return r->have_quat = read_quaternion(item, r->quat);
    case XBUS_FREE_ACCELERATION: return r->have_free = read_free(item, r->free);
    default: return true;
    }
}

bool xbus_read(const struct xbus_message *m, struct xbus_reading *r)
{
    memset(r, 0, sizeof *r);
    unsigned at = 0;
    struct xbus_item item;
    while (xbus_next_item(m, &at, &item))
        if (!read_item(&item, r)) return false;
    return true;
}

void xbus_free_in_sensor(const struct xbus_reading *r, double out[3])
{
    const double back[4] = {r->quat[0], -r->quat[1], -r->quat[2], -r->quat[3]};
    rotate(back, r->free, out);
}
