/* bow — a short lean away from upright and back: what forward is told by when nothing else has told it. Bending to pick
 * something up, and the trunk's lean in sitting down and rising (30–40°; Schenkman et al. 1990), all go forward.
 *
 * Measured from the posture before it, so that it is seen in a sitter too: beyond 20°, back within 10°, 0.4 to 8 s.
 * Straightening up from a slouch is none: a bow leads away from upright. Pure.
 */
#ifndef POSTURE_BOW_H
#define POSTURE_BOW_H

#include <stdbool.h>
#include <stdint.h>

struct bow {
    bool started;
    float base[3]; /* the posture before */
    float deepest[3], deepest_deg;
    int64_t since_ns; /* when it left the base */
};

void bow_init(struct bow *b);

/* Up is in UP at NOW_NS, UPRIGHT where it is in walking. True when a bow has just ended: LEAN is then the direction of its
 * deepest point as if it had begun upright. */
bool bow_step(struct bow *b, const float upright[3], const float up[3], float dt_s, int64_t now_ns, float lean[3]);

#endif
