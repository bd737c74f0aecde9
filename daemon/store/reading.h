/* reading — one sample as the raw log keeps it: the sensor's own integers and when. What is the same for a whole block
 * (scale, wall clock, UTC offset) lies in the block's header; what follows from the integers (SI units) is not kept.
 * The device's own clock is not kept either: run time has been made from it. */
#ifndef STORE_READING_H
#define STORE_READING_H

#include <stdint.h>

struct reading {
    int64_t t_ns; /* run time */
    uint64_t index;
    uint16_t have, flags;
    int16_t accel[3], gyro[3], quat[4];
};

#endif
