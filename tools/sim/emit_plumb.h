/* emit_plumb — a device that speaks the plumb link: the reference firmware's core (firmware-proto/ref/device.h) behind
 * a simulated clock, chip, battery, motor and flash.
 *
 * Every function writes what the device sends to OUT and returns its length, at most EMIT_MAX.
 */
#ifndef PLUMBLINE_SIM_EMIT_PLUMB_H
#define PLUMBLINE_SIM_EMIT_PLUMB_H

#include "imu.h"

#include "firmware-proto/ref/device.h"

/* EMIT_FLASH: 1.7 hours of 50 Hz. */
enum { EMIT_MAX = 4096, EMIT_COMMAND_MAX = 256, EMIT_FLASH_PAGE = 4096, EMIT_FLASH = 4 << 20 };

/* It holds the flash and points into itself: neither for the stack nor to be copied. */
struct emit_plumb {
    const struct imu *imu;
    double rate_hz; /* nominal: by the device's own clock */
    unsigned batch;
    struct chance chance;
    int64_t clock_shift_us; /* faults: how far the clock leapt */
    FILE *said;             /* what a person would feel or see */
    struct device device;
    struct device_board board;
    struct device_identity identity;
    struct flash flash;
    uint8_t *out; /* of the call under way */
    size_t used;
    uint8_t memory[EMIT_FLASH];
};

void emit_plumb_init(struct emit_plumb *d, const struct scenario *s, const struct imu *imu);
/* A new boot_id; counter, clock and seq from 0; the flash keeps what is in it. */
void emit_plumb_reboot(struct emit_plumb *d);
/* What is said at boot and when the port is opened. */
size_t emit_plumb_greet(struct emit_plumb *d, uint8_t *out);
/* The port was closed. Samples go into the log only, also after the next greeting, until the host says START. */
void emit_plumb_unplug(struct emit_plumb *d);
/* The START of a host that cannot speak: one that records to a file. */
size_t emit_plumb_start(struct emit_plumb *d, uint8_t *out);
size_t emit_plumb_sample(struct emit_plumb *d, const struct reading *r, uint8_t *out);
/* A sample that the device itself loses. */
void emit_plumb_lose(struct emit_plumb *d);
void emit_plumb_jump(struct emit_plumb *d, double seconds);
/* N ≤ EMIT_COMMAND_MAX bytes from the host. What a person would feel or see is said on LOG. */
size_t emit_plumb_command(struct emit_plumb *d, const uint8_t *bytes, size_t n, FILE *log, uint8_t *out);

#endif
