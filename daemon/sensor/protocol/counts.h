/* counts — integers for a device that sends floating-point numbers.
 *
 * The scale is as fine as the largest reading so far allows, from ±2 g and ±250 °/s on; it only ever widens, so that a log
 * is not cut into pieces: someone who sits is kept to 0.06 mg, and a jump of 10 g is not clipped.
 */
#ifndef PLUMBLINE_COUNTS_H
#define PLUMBLINE_COUNTS_H

#include "plumbline/sample.h"

/* All zero at first. */
struct counts {
    unsigned accel, gyro; /* how often each range was doubled */
};

/* Sets S's accel, gyro and scale, and SAMPLE_CLIPPED where ±2 g and ±250 °/s, doubled DOUBLINGS times, do not do. */
void counts_fill(struct counts *c, const double accel_mps2[3], const double gyro_rads[3], unsigned doublings,
                 struct raw_sample *s);

#endif
