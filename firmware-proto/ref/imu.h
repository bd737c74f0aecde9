/* imu — what the device wants of a sensor chip: to be set up, and to hand over what its FIFO has gathered. Drivers:
 * lsm6dso.c by its registers; board/imu_emulated.c for a machine without one.
 */
#ifndef PLUMB_REF_IMU_H
#define PLUMB_REF_IMU_H

#include "../plumb_link.h"

struct imu_mode {
    uint32_t rate_mhz; /* samples in 1000 s */
    uint16_t accel_g, gyro_dps;
    float accel_lsb_mps2, gyro_lsb_rads; /* a count */
    uint8_t scale;                       /* the driver's number for this pair of ranges: equal numbers, equal counts */
};

enum imu_fault {
    IMU_LOST = 1 /* the FIFO ran over */,
    IMU_RESET = 2 /* the chip lost its settings; it has them again */
};

struct imu_chip {
    void *self;
    /* Samples with MODE's rate (the nearest the chip has, if that is within a tenth) and ranges (exactly), and says in
     * *MODE what it then is. False when it cannot: nothing has changed. */
    bool (*set)(void *self, struct imu_mode *mode);
    /* Interrupts when N samples have gathered. */
    void (*watermark)(void *self, unsigned n);
    /* Takes up to MAX samples, oldest first; returns how many. *FAULTS: what happened before the first of them. */
    unsigned (*read)(void *self, struct plumb_sample *to, unsigned max, unsigned *faults);
};

/* Whether a rate is near enough to the one asked for. */
static inline bool imu_rate_fits(uint32_t has_mhz, uint32_t asked_mhz)
{
    uint32_t apart = has_mhz > asked_mhz ? has_mhz - asked_mhz : asked_mhz - has_mhz;
    return apart <= asked_mhz / 10;
}

#endif
