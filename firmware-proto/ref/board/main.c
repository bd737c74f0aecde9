/* The main loop. Sampling is paced by the chip's FIFO: each interrupt brings a batch, and its moment is that of the
 * batch's last sample. Samples that the FIFO lost are counted by the time that passed.
 */
#include "board.h"

enum { BATCH = 10 };

static struct device device;

static void take_batch(const struct imu_chip *chip, uint64_t when_us)
{
    static uint64_t before_us;
    struct plumb_sample sample[BATCH];
    unsigned faults;
    uint64_t period_us = UINT64_C(1000000000) / device.mode.rate_mhz;
    unsigned n = chip->read(chip->self, sample, BATCH, &faults);
    if (n == 0) return;
    if (faults && before_us) {
        uint64_t due = (when_us - before_us + period_us / 2) / period_us;
        if (due > n) device_lose(&device, (uint32_t)(due - n));
    } else if (before_us) {
        period_us = (when_us - before_us) / n;
    }
    if (faults & IMU_RESET) device_restarted(&device);
    for (unsigned i = 0; i < n; i++) device_sample(&device, &sample[i], when_us - (n - 1 - i) * period_us);
    before_us = when_us;
}

int main(void)
{
    struct imu_mode mode = {.rate_mhz = 50000, .accel_g = 4, .gyro_dps = 500};
    uint8_t heard[64];
    uint64_t when_us;
    board_init();
    struct imu_chip chip = board_imu(&mode, BATCH);
    device_init(&device, &board_device, &board_identity, &mode, &board_flash, board_random(), BATCH);
    device_link(&device, true, board_now_us()); /* a UART does not tell whether somebody listens */
    for (;;) {
        board_wait();
        board_alive();
        for (size_t n; (n = board_receive(heard, sizeof heard)) > 0;) device_receive(&device, heard, n, board_now_us());
        while (board_imu_ready(&when_us)) take_batch(&chip, when_us);
        device_run(&device, board_now_us());
    }
}
