/* quaternion — the little rotation algebra the simulator needs. Hamilton convention, w x y z; a unit quaternion q turns
 * a vector of the inner frame into the outer one.
 */
#ifndef PLUMBLINE_SIM_QUATERNION_H
#define PLUMBLINE_SIM_QUATERNION_H

#include <math.h>

#define DEG_RAD (3.14159265358979323846 / 180)

struct quaternion {
    double w, x, y, z;
};

static inline struct quaternion quaternion_multiply(struct quaternion a, struct quaternion b)
{
    return (struct quaternion){
        a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
        a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
        a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
        a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
    };
}

static inline struct quaternion quaternion_conjugate(struct quaternion q)
{
    return (struct quaternion){q.w, -q.x, -q.y, -q.z};
}

static inline void quaternion_rotate(struct quaternion q, const double v[3], double out[3])
{
    struct quaternion r =
        quaternion_multiply(quaternion_multiply(q, (struct quaternion){0, v[0], v[1], v[2]}), quaternion_conjugate(q));
    out[0] = r.x;
    out[1] = r.y;
    out[2] = r.z;
}

/* First roll about x, then pitch about y, then yaw about z, all about the outer frame's axes. */
static inline struct quaternion quaternion_euler(double roll_rad, double pitch_rad, double yaw_rad)
{
    struct quaternion x = {cos(roll_rad / 2), sin(roll_rad / 2), 0, 0};
    struct quaternion y = {cos(pitch_rad / 2), 0, sin(pitch_rad / 2), 0};
    struct quaternion z = {cos(yaw_rad / 2), 0, 0, sin(yaw_rad / 2)};
    return quaternion_multiply(quaternion_multiply(z, y), x);
}

/* The rotation vector (rad) that turns A into B, in the inner frame. */
static inline void quaternion_difference(struct quaternion a, struct quaternion b, double vector[3])
{
    struct quaternion d = quaternion_multiply(quaternion_conjugate(a), b);
    double sign = d.w < 0 ? -1 : 1, length = sqrt(d.x * d.x + d.y * d.y + d.z * d.z);
    double scale = length < 1e-9 ? 2 * sign : 2 * sign * atan2(length, sign * d.w) / length;
    vector[0] = d.x * scale;
    vector[1] = d.y * scale;
    vector[2] = d.z * scale;
}

#endif
