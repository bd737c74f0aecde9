/* lsm6dso — ST's LSM6DSO accelerometer and gyroscope, by its register map (data sheet DS12140). Both sensors run at one
 * rate into the chip's FIFO (continuous mode, 512 words: 256 samples); INT1 rises at the watermark and the host reads
 * the lot. Over I²C or SPI, behind two functions.
 */
#ifndef PLUMB_REF_LSM6DSO_H
#define PLUMB_REF_LSM6DSO_H

#include "imu.h"

enum { LSM6DSO_FIFO_WORDS = 512, LSM6DSO_WHO_AM_I = 0x6C };

struct lsm6dso_bus {
    void *self;
    /* N registers from REG on, which the chip steps through by itself (the FIFO's output does not step on). False: no
     * answer. */
    bool (*read)(void *self, uint8_t reg, uint8_t *to, size_t n);
    bool (*write)(void *self, uint8_t reg, uint8_t value);
    void (*wait_ms)(void *self, unsigned ms);
};

struct lsm6dso {
    const struct lsm6dso_bus *bus;
    struct imu_mode mode;
    unsigned watermark; /* samples */
    bool have_gyro, have_accel;
    struct plumb_sample half; /* of a pair whose other word has not come */
};

/* Resets the chip and sets it up to MODE (as imu_chip.set). False when it is not there or is another one. */
bool lsm6dso_init(struct lsm6dso *c, const struct lsm6dso_bus *bus, struct imu_mode *mode, unsigned watermark);
struct imu_chip lsm6dso_chip(struct lsm6dso *c);

/* 0.01 °C. */
bool lsm6dso_temperature(struct lsm6dso *c, int16_t *c100);

#endif
