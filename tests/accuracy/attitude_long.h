/* attitude_long — whole days of a simulated sensor: does single precision hold, does a drifting bias tilt the world?
 *
 * The simulated sensor reads at 100 Hz through the counts of ±16 g and ±2000 °/s, with a constant bias and the white
 * noise of a real one at rest (0.06 °/s, 0.03 m/s² a sample: the medians of data/imu16/broad_still_95hz.i16), from a
 * tilt of 17°. Its truth is integrated in double precision.
 */
#ifndef ATTITUDE_LONG_H
#define ATTITUDE_LONG_H

/* Prints a table and robust_…= lines. */
void attitude_long_print(void);

#endif
