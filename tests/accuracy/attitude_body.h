/* attitude_body — a simulated sensor that rests, and now and then is turned and swung about.
 *
 * A burst of motion lasts 12 s: rates up to about 2 rad/s and accelerations of some m/s² on each axis, at whole multiples
 * of 1/12 Hz under one bell-shaped envelope, so that the sensor ends with the speed 0 where it began.
 */
#ifndef ATTITUDE_BODY_H
#define ATTITUDE_BODY_H

#include "plumbline/sample.h"
#include "seeded.h"

enum { BODY_RATE_HZ = 100, BODY_BURST_S = 12 };

struct attitude_body {
    struct seeded random;
    double q[4]; /* sensor to earth, true at the end of the last sample */
    double bias_dps[3];
    int64_t n;                                                 /* samples so far */
    int burst;                                                 /* samples into the burst; 0 at rest */
    double turn_rads[3], push_mps2[3], turn_hz[3], push_hz[3]; /* of this burst */
};

/* At rest, with a tilt of TILT_DEG about x. */
void attitude_body_init(struct attitude_body *b, uint64_t seed, double tilt_deg);

/* A burst begins with the next sample. */
void attitude_body_move(struct attitude_body *b);

/* The next sample, and earth's up in the sensor's frame at its end. */
void attitude_body_next(struct attitude_body *b, struct sample *s, float up[3]);

#endif
