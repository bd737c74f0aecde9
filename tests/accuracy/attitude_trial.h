/* attitude_trial — a recording of an inertial sensor beside an optical reference, in memory.
 *
 * The file format is the one of the BROAD fixtures (data/broad/README.md; Laidig et al., "BROAD - A Benchmark for Robust
 * Inertial Orientation Estimation", Data 6(7), 2021): gzip, little-endian, packed; a header of 40 bytes and records of 22
 * (accelerometer, gyro, reference quaternion, flags). Any period and any scales are accepted.
 */
#ifndef ATTITUDE_TRIAL_H
#define ATTITUDE_TRIAL_H

#include "plumbline/sample.h"

#include <stddef.h>

/* One record. The sample's time is the end of its interval, at which UP (earth's up in the sensor frame) is true. */
struct moment {
    struct sample s;
    float up[3];     /* unit length; all 0 where the reference does not know */
    bool moving;     /* in the movement phase */
    bool gap_before; /* the filter is told that samples are missing before this one */
};

struct trial {
    int64_t period_ns;
    size_t n;
    struct moment *moment; /* owned; attitude_trial_free() */
};

/* NULL, or why PATH is no whole recording with a reference (T is empty then). */
const char *attitude_trial_read(const char *path, struct trial *t);

/* TO becomes a copy of FROM; its own moments, made by an earlier copy of the same or zero, are used again. */
void attitude_trial_copy(struct trial *to, const struct trial *from);
void attitude_trial_free(struct trial *t);

/* Whether the attitude counts there: in the movement phase, with the reference known. */
bool attitude_trial_scored(const struct moment *m);

/* Gives the moments the times that they would have if none had ever been missing. */
void attitude_trial_number_times(struct trial *t);

/* First and last moment of the movement phase, breaks within it included; false without one. */
bool attitude_trial_movement(const struct trial *t, size_t *first, size_t *last);

/* Names of the *.imu16.gz in FOLDER in order; how many, at most MOST. */
enum { TRIAL_NAME = 256 };
size_t attitude_trial_list(const char *folder, char (*names)[TRIAL_NAME], size_t most);

#endif
