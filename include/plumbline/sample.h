/* sample — one reading of the sensor on the back, and the frames and signs that the whole program uses.
 *
 * Time      t_ns is *run time*: CLOCK_BOOTTIME plus a constant chosen at start so that it also runs on over a reboot
 *           and a restart (see pipeline.h). It never goes back. Wall time is known only to struct now.
 * Sensor    frame: whatever the maker printed on the case; any mounting is accepted.
 * Body      frame: x forward, y to the wearer's left, z up. Bending forward is positive flexion, leaning to the left
 *           is positive lateral flexion. This is the one place that says so; tests/unit/test_sample.c holds it.
 * Specific  force: an accelerometer at rest reads +1 g along "up", never −1 g. Protocols turn others' signs around.
 *
 * The log keeps the sensor's own integers and their scale, and the tracker sees numbers made from those integers: what
 * is replayed is to the last bit what was seen live.
 */
#ifndef PLUMBLINE_SAMPLE_H
#define PLUMBLINE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#define STANDARD_GRAVITY_MPS2 9.80665f

enum { NS_PER_US = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };
#define SECONDS_NS(s) ((int64_t)(s) * NS_PER_S)

/* What a sample holds (struct sample.have). */
enum {
    HAVE_ACCEL = 1,        /* specific force, gravity included */
    HAVE_GYRO = 2,         /* angular rate */
    HAVE_QUAT = 4,         /* the device's own attitude, sensor to earth (earth z up) */
    HAVE_LINEAR_ACCEL = 8, /* the accel field has gravity already removed: attitude must come from the quaternion */
};

/* What is remarkable about it (struct sample.flags). */
enum {
    SAMPLE_CLIPPED = 1,    /* a channel is at the end of its range */
    SAMPLE_GAP_BEFORE = 2, /* samples are missing between the previous one and this */
    SAMPLE_FROM_LOG = 4,   /* read back from the device's own memory after a reconnect */
    SAMPLE_RESTARTED = 8,  /* the device or its sensor chip restarted: index and clock start anew */
    SAMPLE_ON_CHANGE = 16, /* of a device that speaks when something changes: silence is stillness, its time arrival */
    SAMPLE_IMPORTED = 32,  /* brought into the log from a recording, maybe of another sensor worn otherwise */
    SAMPLE_UNWORN = 64,    /* the device feels that nobody wears it; clear where it does not say */
    SAMPLE_DESK_ACTIVE = 128, /* not of the sensor: keyboard or pointer of the desk were used within a minute; the log */
    SAMPLE_DESK_QUIET = 256,  /* … not used, the screen unlocked; so a replay sees what the tracker saw. Neither: unknown */
};

/* Name of flag 1 << BIT, as an export spells it; NULL behind the last. */
const char *sample_flag_name(unsigned bit);

/* Units of the integers. A protocol that sends text rounds to SCALE_16G_2000DPS, one that sends
 * floats to a scale as fine as its readings allow. */
struct scale {
    float accel_mps2; /* m/s² a count, > 0 */
    float gyro_rads;  /* rad/s a count, > 0; 0 without a gyro */
};
#define SCALE_16G_2000DPS ((struct scale){STANDARD_GRAVITY_MPS2 * 16.0f / 32768.0f, 0.0010652644f})
#define QUAT_COUNTS 32767.0f /* quaternion components are stored as component × QUAT_COUNTS */

/* V counts as an integer. One at or beyond the end of its range stays there and sets SAMPLE_CLIPPED in *FLAGS. */
int16_t sample_count(double v, uint16_t *flags);

/* As a protocol decodes it: the device's own clock and count, where it has them. */
struct raw_sample {
    int64_t device_ns;  /* device time of this sample, unwrapped; NO_DEVICE_TIME without a clock */
    uint64_t index;     /* number of this sample since the device started, unwrapped; a protocol without a counter counts
                         * what it decodes */
    uint16_t have;      /* HAVE_… */
    uint16_t flags;     /* SAMPLE_… */
    int16_t accel[3];   /* counts */
    int16_t gyro[3];    /* counts */
    int16_t quat[4];    /* w x y z */
    struct scale scale;
};
#define NO_DEVICE_TIME INT64_MIN

/* As every room behind the timebase sees it. */
struct sample {
    int64_t t_ns;        /* run time of the middle of the sampling interval, strictly increasing */
    struct raw_sample raw;
    float accel_mps2[3]; /* sensor frame; raw.accel × scale */
    float gyro_rads[3];  /* sensor frame; raw.gyro × scale */
    float quat[4];       /* w x y z, unit length */
};

/* Fills the SI fields of S from its raw counts. */
void sample_convert(struct sample *s);

/* The one present moment, held by pipeline.c and handed down. Local time of day is wall_s + utc_offset_s. */
struct now {
    int64_t t_ns;          /* run time */
    int64_t wall_ns;       /* UTC, nanoseconds since 1970 */
    int32_t utc_offset_s;  /* local minus UTC, east positive */
};

/* Wall time (UTC, ns) of run time T_NS, as the clock is set at NOW. */
static inline int64_t now_wall_of(const struct now *now, int64_t t_ns) { return now->wall_ns + (t_ns - now->t_ns); }

#endif
