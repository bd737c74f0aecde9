/* rezero — walking says anew, unasked, where upright is.
 *
 * Every 20 s of confirmed walking is a vote for the direction of up while walking. A vote that agrees with what is
 * known confirms it, and moves the whole set of poses towards itself, by at most 5° an hour and never further than
 * 15° from where the wearer calibrated. To one sensor a slipped strap and a stooped walk look alike: two votes in a
 * row that lie further off make the reference doubtful instead. After the sensor has been put on anew the first
 * minute of walking moves freely. Someone on a wire seldom walks: 20 s of standing after rising votes too, at half
 * the rate, when there is a captured way of standing and no walk for an hour. Pure.
 */
#ifndef POSTURE_REZERO_H
#define POSTURE_REZERO_H

#include "plumbline/posture.h"

struct rezero {
    float sum[3], seconds; /* of the running walk or standing */
    bool standing;         /* what is being summed */
    unsigned run;          /* epochs of it so far */
    unsigned off_votes;    /* that lay too far off, in a row */
    unsigned free_votes;   /* votes that may still move freely */
    float budget_deg;      /* what may be moved now */
    int64_t budget_ns;
    int64_t voted_ns; /* when walking last voted */
};

void rezero_init(struct rezero *z, int64_t now_ns);

/* An epoch of confirmed walking or of still standing with mean direction UP. Returns by how many degrees the poses
 * moved (0 when not). May change the state of C. */
float rezero_walked(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns);
float rezero_stood(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns);
/* An epoch of anything else. */
void rezero_broken(struct rezero *z);

/* The sensor was put on anew. */
void rezero_strapped(struct rezero *z, struct calibration *c);

/* Lets a reference go stale that nothing has confirmed for 4 h. */
void rezero_age(struct calibration *c, int64_t now_ns);

#endif
