/* vec — three-vectors and unit quaternions (w x y z, sensor to earth), as the rest of the room needs them.
 * Angles between vectors are unsigned, in degrees where the name says so. A zero vector has no direction: vec_unit()
 * says false and leaves it alone.
 */
#ifndef POSTURE_VEC_H
#define POSTURE_VEC_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define DEG_PER_RAD 57.2957795f

/* fminf() and fmaxf() for what is never NAN: one instruction each instead of a call, at every sample. */
static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a > b ? a : b; }

static inline float vec_dot(const float a[3], const float b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
static inline float vec_norm(const float a[3]) { return sqrtf(vec_dot(a, a)); }

static inline void vec_cross(const float a[3], const float b[3], float out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* a += k b */
static inline void vec_add(float a[3], float k, const float b[3])
{
    for (int i = 0; i < 3; i++) a[i] += k * b[i];
}

static inline void vec_copy(float to[3], const float from[3]) { memcpy(to, from, 3 * sizeof *to); }

static inline bool vec_unit(float a[3])
{
    float norm = vec_norm(a);
    if (!(norm > 1e-6f) || !isfinite(norm)) return false;
    for (int i = 0; i < 3; i++) a[i] /= norm;
    return true;
}

static inline float vec_angle_deg(const float a[3], const float b[3])
{
    float across[3];
    vec_cross(a, b, across);
    return DEG_PER_RAD * atan2f(vec_norm(across), vec_dot(a, b));
}

/* The part of A at right angles to the unit vector AXIS. */
static inline void vec_reject(const float a[3], const float axis[3], float out[3])
{
    vec_copy(out, a);
    vec_add(out, -vec_dot(a, axis), axis);
}

static inline void quat_multiply(const float a[4], const float b[4], float out[4])
{
    float w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
    float x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
    float y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
    float z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
    out[0] = w, out[1] = x, out[2] = y, out[3] = z;
}

static inline void quat_unit(float q[4])
{
    float norm = sqrtf(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++) q[i] /= norm;
}

/* The shortest rotation that takes the unit vector FROM to the unit vector TO; about x, y or z when they are
 * opposite. */
static inline void quat_between(const float from[3], const float to[3], float q[4])
{
    q[0] = 1 + vec_dot(from, to);
    vec_cross(from, to, q + 1);
    if (q[0] < 1e-3f) {
        int least = fabsf(from[0]) < fabsf(from[1]) ? 0 : 1;
        if (fabsf(from[2]) < fabsf(from[least])) least = 2;
        float any[3] = {0};
        any[least] = 1;
        q[0] = 0;
        vec_cross(from, any, q + 1);
    }
    quat_unit(q);
}

static inline void quat_rotate(const float q[4], const float v[3], float out[3])
{
    float t[3], u[3];
    vec_cross(q + 1, v, t);
    for (int i = 0; i < 3; i++) t[i] *= 2;
    vec_cross(q + 1, t, u);
    for (int i = 0; i < 3; i++) out[i] = v[i] + q[0] * t[i] + u[i];
}

/* Earth's up in the frame that Q turns into the earth's. */
static inline void quat_up(const float q[4], float up[3])
{
    up[0] = 2 * (q[1] * q[3] - q[0] * q[2]);
    up[1] = 2 * (q[2] * q[3] + q[0] * q[1]);
    up[2] = q[0] * q[0] - q[1] * q[1] - q[2] * q[2] + q[3] * q[3];
}

#endif
