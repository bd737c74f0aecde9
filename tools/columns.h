/* columns — a CSV file of sensor readings as raw samples: which columns, what they mean, and the scale when nobody knows. */
#ifndef PLUMBLINE_COLUMNS_H
#define PLUMBLINE_COLUMNS_H

#include "plumbline/sample.h"

#include <stddef.h>

struct columns_options {
    const char *names; /* "x,y,z" or "ax,ay,az,gx,gy,gz": names of the header line; accelerometer first */
    double offset;     /* subtracted from the accelerometer's columns */
    double scale_g;    /* g a count; 0: from the median length of all readings, which is 1 g on a body mostly at rest */
    double gyro_rads;  /* rad/s a count of the gyro columns */
};

/* Reads PATH (plain or gzip). 0 with *SAMPLES (to be freed) and *N; a negative errno with WHY otherwise. Lines that are
 * no numbers are skipped and counted in *BAD. */
int columns_read(const char *path, const struct columns_options *o, struct raw_sample **samples, size_t *n, size_t *bad, char why[256]);

#endif
