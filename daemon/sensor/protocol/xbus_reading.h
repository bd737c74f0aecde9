/* xbus_reading — one MTData2 as numbers in SI units and an east-north-up earth frame, whatever its formats and frames. */
#ifndef PLUMBLINE_XBUS_READING_H
#define PLUMBLINE_XBUS_READING_H

#include "xbus_message.h"

struct xbus_reading {
    bool have_counter, have_time, have_accel, have_gyro, have_quat, have_free;
    uint16_t counter;
    uint32_t ticks;  /* 100 µs */
    double accel[3]; /* m/s², sensor frame */
    double gyro[3];  /* rad/s, sensor frame */
    double quat[4];  /* w x y z, sensor to earth (east-north-up), about unit length */
    double free[3];  /* m/s², gravity taken off; earth frame */
};

/* False when an item that is understood has another size than it must, or says what no MTi can measure. */
bool xbus_read(const struct xbus_message *m, struct xbus_reading *r);

/* R's free acceleration in the sensor frame; R must have both. */
void xbus_free_in_sensor(const struct xbus_reading *r, double out[3]);

#endif
