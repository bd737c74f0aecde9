/* Invariants: n < LEVEL_WINDOW between two calls; strikes <= STRIKES_MAX. */
#include "level.h"

#include <math.h>
#include <string.h>

enum { STRIKES = 3, STRIKES_MAX = 6 };
static const float tilted = 0.9397f; /* cosine of 20°: more than a second of walking can be off */

static float dot(const float a[3], const float b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void add(struct level *l, const struct raw_sample *s)
{
    float w = s->quat[0] / QUAT_COUNTS, x = s->quat[1] / QUAT_COUNTS, y = s->quat[2] / QUAT_COUNTS,
          z = s->quat[3] / QUAT_COUNTS;
    l->up[0] += 2 * (x * z - w * y);
    l->up[1] += 2 * (y * z + w * x);
    l->up[2] += w * w - x * x - y * y + z * z;
    for (int i = 0; i < 3; i++) l->force[i] += (float)s->accel[i];
    l->n++;
}

static bool agree(const struct level *l)
{
    return dot(l->force, l->up) > tilted * sqrtf(dot(l->force, l->force) * dot(l->up, l->up));
}

void level_watch(struct level *l, struct raw_sample *s)
{
    if (!(s->have & HAVE_QUAT) || !(s->have & HAVE_ACCEL)) return;
    add(l, s);
    if (l->n == LEVEL_WINDOW) {
        if (!agree(l))
            l->strikes += l->strikes < STRIKES_MAX;
        else
            l->strikes -= l->strikes > 0;
        if (l->strikes == 0) l->doubted = false;
        if (l->strikes >= STRIKES) l->doubted = true;
        l->n = 0;
        memset(l->force, 0, sizeof l->force);
        memset(l->up, 0, sizeof l->up);
    }
    if (l->doubted) s->have &= (uint16_t)~HAVE_QUAT;
}
