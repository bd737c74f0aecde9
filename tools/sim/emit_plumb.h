/* emit_plumb — a device that speaks the plumb link: firmware-proto's codec behind a simulated clock, counter, battery
 * and motor. It streams by itself from boot, as the reference firmware does.
 *
 * Every function writes what the device sends to OUT and returns its length, at most EMIT_MAX.
 */
#ifndef PLUMBLINE_SIM_EMIT_PLUMB_H
#define PLUMBLINE_SIM_EMIT_PLUMB_H

#include "imu.h"

#include "firmware-proto/plumb_link.h"

enum { EMIT_MAX = 4096, EMIT_COMMAND_MAX = 256 };

struct emit_plumb {
    const struct imu *imu;
    double rate_hz; /* nominal: by the device's own clock */
    unsigned batch;
    struct chance chance;
    uint32_t boot_id;
    uint8_t seq;
    bool streaming;
    uint64_t index;         /* of the next sample, since boot */
    int64_t clock_shift_us; /* faults: how far the clock leapt */
    uint32_t samples_lost;
    uint64_t status_us, stream_us, hello_us; /* device time at which each is sent next */
    uint64_t on_until_us;                    /* motor */
    struct plumb_samples pending;
    struct plumb_receiver receiver;
};

void emit_plumb_init(struct emit_plumb *d, const struct scenario *s, const struct imu *imu);
/* A new boot_id; counter, clock and seq from 0. */
void emit_plumb_reboot(struct emit_plumb *d);
/* What is said at boot and when the port is opened. */
size_t emit_plumb_greet(struct emit_plumb *d, uint8_t *out);
size_t emit_plumb_sample(struct emit_plumb *d, const struct reading *r, uint8_t *out);
/* A sample made while nobody listens: counted, not sent. */
void emit_plumb_unheard(struct emit_plumb *d);
/* A sample that the device itself loses. */
void emit_plumb_lose(struct emit_plumb *d);
void emit_plumb_jump(struct emit_plumb *d, double seconds);
/* N ≤ EMIT_COMMAND_MAX bytes from the host. What a person would feel or see is said on LOG. */
size_t emit_plumb_command(struct emit_plumb *d, const uint8_t *bytes, size_t n, FILE *log, uint8_t *out);

#endif
