/* Samples from a file of the machine that emulates this one: samples.i16 in its folder, 12 bytes a sample as on the
 * wire (rate x y z, acceleration x y z). Sample K is due at (K + 1) periods of the device's clock. The file is a FIFO
 * that never runs over: a machine that was held up hands out everything, each sample with its own time. At the file's
 * end the emulation ends.
 */
#include "imu_emulated.h"

#include "semihosting.h"

#include "../../little.h"

enum { RATE_MHZ = 50000, SAMPLE = 12, CHUNK = 64 };

static struct {
    int file;
    uint64_t taken;
    unsigned watermark;
    struct imu_mode mode;
} emulated = {.mode = {RATE_MHZ, 4, 500, 0.122e-3f * 9.80665f, 17.5e-3f * 0.017453292519943295f, 1}};

static bool set(void *self, struct imu_mode *mode)
{
    (void)self;
    if (!imu_rate_fits(RATE_MHZ, mode->rate_mhz)) return false;
    if (mode->accel_g != emulated.mode.accel_g || mode->gyro_dps != emulated.mode.gyro_dps) return false;
    *mode = emulated.mode;
    return true;
}

static void watermark(void *self, unsigned n)
{
    (void)self;
    emulated.watermark = n;
}

static unsigned read(void *self, struct plumb_sample *to, unsigned max, unsigned *faults)
{
    uint8_t bytes[CHUNK * SAMPLE];
    (void)self;
    *faults = 0;
    if (max > emulated.watermark) max = emulated.watermark;
    if (max > CHUNK) max = CHUNK;
    unsigned n = semihosting_read(emulated.file, bytes, max * SAMPLE) / SAMPLE;
    if (n == 0) semihosting_exit(emulated.taken > 0);
    for (unsigned i = 0; i < n; i++) {
        for (unsigned c = 0; c < 3; c++) {
            to[i].gyro[c] = (int16_t)little_get16(bytes + SAMPLE * i + 2 * c);
            to[i].accel[c] = (int16_t)little_get16(bytes + SAMPLE * i + 6 + 2 * c);
        }
    }
    emulated.taken += n;
    return n;
}

bool imu_emulated_ready(uint64_t now_us, uint64_t *when_us)
{
    *when_us = (emulated.taken + emulated.watermark) * (UINT64_C(1000000000) / RATE_MHZ);
    return now_us >= *when_us;
}

struct imu_chip imu_emulated_chip(struct imu_mode *mode, unsigned n)
{
    emulated.file = semihosting_open("samples.i16");
    if (emulated.file < 0 || !set(NULL, mode)) semihosting_exit(false);
    emulated.watermark = n;
    return (struct imu_chip){NULL, set, watermark, read};
}
