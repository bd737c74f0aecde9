/* worn — whether somebody wears the sensor.
 *
 * Nobody holds the trunk's direction within 0.3° for minutes: the longest such run in 7.5 h of labelled people was
 * 200 s. A table does. Means of 5 s alone would not see someone who only breathes, so that breathing counts as well: more
 * than 0.12° within such a time (sensor noise at rest stays below 0.08°). Not worn: 10 min within both in a direction that
 * no captured pose (20°) and no upright posture (35° from the reference) explains, 30 min in one that they do. Worn
 * again: turned by more than 5°, or shaken. A device that feels whether it is worn is believed at once. Pure.
 */
#ifndef POSTURE_WORN_H
#define POSTURE_WORN_H

#include "plumbline/posture.h"

enum worn_news { WORN_SAME, WORN_OFF, WORN_ON };

struct worn {
    float anchor[3]; /* direction that has not changed since still_ns */
    int64_t still_ns;
    float first[3], far[3]; /* of this epoch: its first direction, and the furthest from it, */
    float far_deg;          /* by so much */
    float range_deg;        /* the largest angle between either and another */
    bool started, off, explained;
    bool told; /* off because the device said so */
};

void worn_init(struct worn *w);
/* Up is in UP, some ten times a second. */
void worn_watch(struct worn *w, const float up[3]);
/* The device says whether it is worn. WORN_OFF and WORN_ON only when that is new. */
enum worn_news worn_tell(struct worn *w, bool worn, int64_t now_ns);
/* An epoch from START_NS to END_NS with mean direction UP and movement MOVEMENT_G (NAN unknown). */
enum worn_news worn_step(struct worn *w, const struct calibration *c, const float up[3], float movement_g,
                         int64_t start_ns, int64_t end_ns);
/* Whether it has been so still for so long (120 s) that stillness speaks no more of what a wearer does: whoever types
 * meanwhile wears something else. */
bool worn_lifeless(const struct worn *w, int64_t now_ns);
/* Whether such a stillness contains T_NS and lies in an unexplained direction: it says nothing of posture. */
bool worn_doubtful(const struct worn *w, int64_t t_ns, int64_t now_ns);

#endif
