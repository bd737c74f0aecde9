/* witmotion_frame — where a WitMotion frame ends and what its fields say.
 *
 * Sources: the maker's data sheets (WT901SDCL v20-0605, WT901BLECL v20-0707) and SDK; lengths, sums and the look-ahead
 * rule measured on recorded streams. All integers are little-endian. Accelerometer ±16 g, gyro ±2000 deg/s full scale;
 * at rest the upward axis reads +1 g.
 */
#ifndef PLUMBLINE_WITMOTION_FRAME_H
#define PLUMBLINE_WITMOTION_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WITMOTION_SHORT = 11, WITMOTION_LONG = 20, WITMOTION_DATED = 28 }; /* lengths */
enum witmotion_type {
    WITMOTION_TIME = 0x50,
    WITMOTION_ACCEL = 0x51,
    WITMOTION_GYRO = 0x52,
    WITMOTION_ANGLE = 0x53,
    WITMOTION_QUAT = 0x59,
    WITMOTION_REPLY = 0x5f, /* to a read, from 55 5x devices */
    WITMOTION_DATA = 0x61,
    WITMOTION_REGISTER = 0x71, /* the same from 55 61 devices, with its first register */
};

enum witmotion_verdict {
    WITMOTION_MORE,    /* could become a frame: wait for more bytes */
    WITMOTION_FRAME,   /* a frame of *LENGTH bytes begins here */
    WITMOTION_BAD,     /* begins like a frame and is none: wrong sum, no successor, or no body moves like that */
    WITMOTION_NOTHING, /* no frame begins here */
};

/* Judges the HELD (1 … 30) bytes at P. LONG_LENGTH: of the stream's 55 61 frames, 0 unknown: a stream does not change it,
 * and a frame cut off by the 8 bytes between both must not pass for the other. */
enum witmotion_verdict witmotion_look(const uint8_t *p, unsigned held, unsigned long_length, unsigned *length);

void witmotion_int16(const uint8_t *p, int16_t *out, unsigned n);

/* YY MM DD hh mm ss msL msH as nanoseconds since 2000-01-01; NO_DEVICE_TIME when no clock says that. One that was never
 * set may begin with month and day 0. */
int64_t witmotion_time_ns(const uint8_t date[8]);

/* Whether a channel stands at the end of its range. */
bool witmotion_clipped(const int16_t v[3]);

/* VERSION in decimal, empty for 0. CAP >= 6. */
void witmotion_version(unsigned version, char *out, size_t cap);

#endif
