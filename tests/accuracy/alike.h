/* alike — a wearer who sits upright as they stand: a recording whose standing is turned, accelerometer and gyro, about one
 * axis, so that its mean direction lies DEG from that of sitting; and both captured as the calibration would. Movement, sway
 * and walking stay the person's own. Raw recordings only. */
#ifndef ACCURACY_ALIKE_H
#define ACCURACY_ALIKE_H

#include "people.h"

/* Turns the standing of P. P is changed. */
void alike_make(struct person *p, double deg);
/* The means of P's sitting and standing as captured poses of C. */
void alike_capture(const struct person *p, struct calibration *c);

#endif
