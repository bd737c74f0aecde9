/* worn — whether somebody wears the sensor.
 *
 * Nobody holds the trunk's direction within 0.3° for minutes: the longest such run in 7.5 h of labelled people was
 * 200 s. A table does. Not worn: 10 min within 0.3° in a direction that no captured pose (20°) and no upright posture
 * (35° from the reference) explains, 30 min in one that they do. Worn again: turned by more than 5°, or shaken. Pure.
 */
#ifndef POSTURE_WORN_H
#define POSTURE_WORN_H

#include "plumbline/posture.h"

enum worn_news { WORN_SAME, WORN_OFF, WORN_ON };

struct worn {
    float anchor[3]; /* direction that has not changed since still_ns */
    int64_t still_ns;
    bool started, off, explained;
};

void worn_init(struct worn *w);
/* An epoch from START_NS to END_NS with mean direction UP and movement MOVEMENT_G (NAN unknown). */
enum worn_news worn_step(struct worn *w, const struct calibration *c, const float up[3], float movement_g,
                         int64_t start_ns, int64_t end_ns);
/* Whether the stillness that contains T_NS has lasted long enough (120 s) in an unexplained direction to say nothing
 * of posture. */
bool worn_doubtful(const struct worn *w, int64_t t_ns, int64_t now_ns);

#endif
