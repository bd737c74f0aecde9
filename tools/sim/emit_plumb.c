/* Invariants: the device's clock is a function of its index, so that a jump of it shows in every later frame; out is
 * NULL outside of a call, and what the device says then is lost.
 */
#include "emit_plumb.h"

#include <math.h>
#include <string.h>

static const uint64_t BOOT_US = 250000; /* from power-on to the first sample */

static uint64_t clock_us(const struct emit_plumb *d)
{
    int64_t us = llround((double)d->device.index * 1e6 / d->rate_hz) + (int64_t)BOOT_US + d->clock_shift_us;
    return us > 0 ? (uint64_t)us : 0;
}

/* ---- the board ----------------------------------------------------------------------------------------------- */

static size_t room(void *self)
{
    const struct emit_plumb *d = self;
    return d->out ? EMIT_MAX - d->used : 0;
}

static bool send(void *self, const uint8_t *wire, size_t n)
{
    struct emit_plumb *d = self;
    if (n > room(d)) return false;
    memcpy(d->out + d->used, wire, n);
    d->used += n;
    return true;
}

static uint32_t rate_mhz(const struct emit_plumb *d) { return (uint32_t)lround(d->rate_hz * 1000); }

/* The motion is sampled at the scenario's rate and the part's ranges, and at no others. */
static bool set_mode(void *self, struct imu_mode *mode)
{
    const struct emit_plumb *d = self;
    if (!imu_rate_fits(rate_mhz(d), mode->rate_mhz)) return false;
    if (mode->accel_g != d->imu->part->accel_range_g || mode->gyro_dps != d->imu->part->gyro_range_dps) return false;
    *mode = d->device.mode;
    return true;
}

static void motor(void *self, uint8_t percent, uint16_t ms)
{
    const struct emit_plumb *d = self;
    if (ms)
        fprintf(d->said, "plumbline-sim: vibrates for %u ms at %u %%\n", ms, percent);
    else
        fprintf(d->said, "plumbline-sim: stops vibrating\n");
}

static void light(void *self, bool on)
{
    const struct emit_plumb *d = self;
    fprintf(d->said, "plumbline-sim: its light goes %s\n", on ? "on" : "off");
}

static void sense(void *self, struct plumb_status *s)
{
    (void)self;
    double hours = (double)s->time_us / 3.6e9, percent = fmax(5, 95 - 4 * hours);
    s->battery_mv = (uint16_t)(3300 + 8 * percent);
    s->battery_percent = (uint8_t)percent;
    s->charge = PLUMB_DISCHARGING;
    s->temperature_c100 = 3120;
}

static void flash_read(void *self, uint32_t at, uint8_t *to, size_t n)
{
    const struct emit_plumb *d = self;
    memcpy(to, d->memory + at, n);
}

static bool flash_write(void *self, uint32_t at, const uint8_t *from, size_t n)
{
    struct emit_plumb *d = self;
    for (size_t i = 0; i < n; i++) d->memory[at + i] &= from[i];
    return memcmp(d->memory + at, from, n) == 0;
}

static bool flash_erase(void *self, uint32_t page)
{
    struct emit_plumb *d = self;
    memset(d->memory + (size_t)page * EMIT_FLASH_PAGE, 0xFF, EMIT_FLASH_PAGE);
    return true;
}

/* ---- the device ---------------------------------------------------------------------------------------------- */

static void begin(struct emit_plumb *d, uint8_t *out)
{
    d->out = out;
    d->used = 0;
}

static size_t end(struct emit_plumb *d)
{
    d->out = NULL;
    return d->used;
}

void emit_plumb_reboot(struct emit_plumb *d)
{
    const struct imu_part *part = d->imu->part;
    struct imu_mode mode = {rate_mhz(d),
                            (uint16_t)part->accel_range_g,
                            (uint16_t)part->gyro_range_dps,
                            (float)d->imu->accel_lsb_mps2,
                            (float)d->imu->gyro_lsb_rads,
                            1};
    d->clock_shift_us = 0;
    device_init(&d->device, &d->board, &d->identity, &mode, &d->flash, (uint32_t)chance_bits(&d->chance) | 1,
                (uint8_t)d->batch);
}

void emit_plumb_init(struct emit_plumb *d, const struct scenario *s, const struct imu *imu)
{
    d->imu = imu;
    d->rate_hz = s->rate_hz;
    d->batch = s->batch;
    d->said = stderr;
    d->out = NULL;
    d->board = (struct device_board){d, send, room, set_mode, motor, light, sense};
    d->flash = (struct flash){d, EMIT_FLASH_PAGE, EMIT_FLASH / EMIT_FLASH_PAGE, flash_read, flash_write, flash_erase};
    d->identity = (struct device_identity){.serial = imu->seed, .firmware = "sim " PLUMBLINE_VERSION};
    d->identity.caps = PLUMB_CAP_GYRO | PLUMB_CAP_BATTERY | PLUMB_CAP_IDENTIFY | PLUMB_CAP_VIBRATION |
                       PLUMB_CAP_SET_TIME | PLUMB_CAP_TEMPERATURE;
    snprintf(d->identity.model, sizeof d->identity.model, "sim %s", imu->part->name);
    memset(d->memory, 0xFF, sizeof d->memory);
    chance_init(&d->chance, s->seed, 3);
    emit_plumb_reboot(d);
}

size_t emit_plumb_greet(struct emit_plumb *d, uint8_t *out)
{
    begin(d, out);
    device_link(&d->device, true, clock_us(d));
    return end(d);
}

void emit_plumb_unplug(struct emit_plumb *d) { device_link(&d->device, false, clock_us(d)); }

size_t emit_plumb_start(struct emit_plumb *d, uint8_t *out)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX], wire[PLUMB_WIRE_MAX];
    struct plumb_start start = {.stream = 1};
    size_t n = plumb_link_encode(PLUMB_START, 0, payload, plumb_put_start(&start, payload), wire);
    return emit_plumb_command(d, wire, n, d->said, out);
}

size_t emit_plumb_sample(struct emit_plumb *d, const struct reading *r, uint8_t *out)
{
    struct plumb_sample sample;
    uint64_t now_us = clock_us(d);
    memcpy(sample.gyro, r->gyro, sizeof sample.gyro);
    memcpy(sample.accel, r->accel, sizeof sample.accel);
    begin(d, out);
    device_run(&d->device, now_us);
    device_sample(&d->device, &sample, now_us);
    return end(d);
}

void emit_plumb_lose(struct emit_plumb *d) { device_lose(&d->device, 1); }

void emit_plumb_jump(struct emit_plumb *d, double seconds) { d->clock_shift_us += llround(seconds * 1e6); }

size_t emit_plumb_command(struct emit_plumb *d, const uint8_t *bytes, size_t n, FILE *log, uint8_t *out)
{
    FILE *before = d->said;
    d->said = log;
    begin(d, out);
    device_receive(&d->device, bytes, n, clock_us(d));
    d->said = before;
    return end(d);
}
