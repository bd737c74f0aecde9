/* rezero — walking says anew, unasked, where upright is.
 *
 * Every 20 s of confirmed walking (short walks of half an hour count together) is a vote for the direction of up while
 * walking. A vote that agrees with what is known (8°) confirms it. Once the walk is over (a minute without walking) the mean of its votes is
 * one observation of two things at once: how far the sensor has crept since the poses were taken, and how this wearer
 * walks, which the first walk tells only to within a walk's mood. A Kalman filter of these two (in degrees, of either direction
 * alike) parts them: right after the poses were taken nothing can have crept, and walks teach walking; the longer
 * ago, the more they move the whole set of poses, by at most 5° in any hour and never further than 15°. What it is told:
 * a strap creeps by 1° in an hour's square root, each walk lies 3° (RMS) beside the wearer's mean; at a walk in 25 min the
 * set then follows with a time constant of about 2.5 h.
 * To one sensor a slipped strap and a
 * stooped walk look alike: two votes in a row that lie further off make the reference doubtful, two that agree make it
 * good again, and the wearer can say which it is. After the sensor has been put on anew the first minute of walking
 * moves freely. Someone on a wire seldom walks: 20 s of standing still after rising vote too, once a rise and at half
 * the rate, when there is a captured way of standing and no walk for an hour, and they are no nearer to a captured way of sitting. Pure.
 *
 * The borders against what people do: a vote lies 1.2 to 5.5° (RMS) from the wearer's own mean (HAR70+ lower back, Casale
 * chest), two votes in a row 4 to 5° from each other (95 %). 8° is about the middle between such a walk and a slip of 15°:
 * at 6.5 / 8 / 9.5° 1.00 / 1.00 / .92 of such slips are found, for .65 / .14 / .04 doubts a day without any
 * (accuracy-rezero).
 */
#ifndef POSTURE_REZERO_H
#define POSTURE_REZERO_H

#include "plumbline/posture.h"

struct rezero_sum {
    float sum[3], seconds;
    int64_t last_ns;
};

struct rezero {
    struct rezero_sum walked, stood;
    unsigned stood_epochs;  /* of the running standing */
    bool stood_voted;       /* it has voted */
    float off_votes;        /* that lay too far off, in a row; standing counts half */
    float near_votes;       /* that agreed, in a row */
    float off[3];           /* their mean */
    unsigned free_votes;    /* votes that may still move freely */
    float budget_deg;       /* what may be moved now */
    int64_t budget_ns;
    int64_t voted_ns; /* when walking last voted */
    float walk[3];    /* sum of the votes of the walk that goes on or has just ended, none: zero */
    int64_t walk_ns;  /* the last of these */
    /* Variances, degrees²: of how far the set has crept, of how walking lies in the set, and of both together. */
    float crept_var, walks_var, both_var;
    int64_t crept_ns; /* crept_var is that of then */
};

void rezero_init(struct rezero *z, int64_t now_ns);

/* An epoch of confirmed walking, or of still standing after rising, with mean direction UP. Returns by how many degrees
 * the poses moved (0 when not). May change the state of C. */
float rezero_walked(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns);
float rezero_stood(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns);
/* An epoch of anything else: the walk before it may be over, and the poses move by what it said. */
float rezero_broken(struct rezero *z, struct calibration *c, int64_t now_ns);
/* Samples are missing. */
void rezero_interrupted(struct rezero *z);

/* The sensor was put on anew. */
void rezero_strapped(struct rezero *z, struct calibration *c);

/* The wearer's answer: see tracker_sensor_moved(). Returns by how many degrees the poses moved. */
float rezero_answered(struct rezero *z, struct calibration *c, bool moved, int64_t now_ns);

/* Lets a reference go stale that nothing has confirmed for 4 h. */
void rezero_age(struct calibration *c, int64_t now_ns);

#endif
