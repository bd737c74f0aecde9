/* gait — steps and cadence from the size of the specific force.
 *
 * A step is a peak of |a| between two slow means (about 0.6 … 3 Hz), higher than 0.4 of recent peaks and 0.35 m/s², at
 * least 0.27 s after the one before. Steps that follow each other evenly are regular: only walking makes many of them.
 * Works from 10 Hz. Pure.
 */
#ifndef POSTURE_GAIT_H
#define POSTURE_GAIT_H

#include <stdbool.h>
#include <stdint.h>

struct gait {
    bool started, rising;
    float fast, slow;     /* means of |a|, m/s² */
    float peak, envelope; /* of the running peak, of recent ones */
    int64_t peak_ns, step_ns;
    float interval_s;        /* usual time between steps; 0 without */
    unsigned in_a_row;       /* regular steps up to now */
    uint32_t steps, regular; /* since the start; wrap around */
};

void gait_init(struct gait *g);
void gait_push(struct gait *g, float force_mps2, float dt_s, int64_t t_ns);
/* A gap: steps before and after do not belong together. */
void gait_break(struct gait *g);
/* Steps a second, 0 when the last ones were not regular or are over. */
float gait_cadence_hz(const struct gait *g, int64_t now_ns);

#endif
