/* device_fixture — a device core on a board that is not there: what it sends is decoded and kept, its flash is
 * fake_flash, its link can be full. Samples carry their own number.
 */
#ifndef PLUMBLINE_DEVICE_FIXTURE_H
#define PLUMBLINE_DEVICE_FIXTURE_H

#include "firmware-proto/ref/device.h"

#include "fake_flash.h"

enum { FIXTURE_FRAMES = 4096, FIXTURE_PERIOD_US = 20000 };

struct fixture_frame {
    uint8_t type, seq, size, payload[PLUMB_PAYLOAD_MAX];
};

struct fixture {
    struct device device;
    struct device_board board;
    struct device_identity identity;
    struct imu_mode mode;
    struct fake_flash flash;
    struct plumb_receiver receiver;
    uint64_t now_us;
    size_t room; /* of the link */
    uint8_t seq; /* of the host */
    unsigned n, refused, lit;
    struct fixture_frame frame[FIXTURE_FRAMES]; /* what was sent since fixture_clear() */
};

static inline bool fixture_send(void *self, const uint8_t *wire, size_t n)
{
    struct fixture *x = self;
    struct plumb_frame f;
    if (n > x->room) {
        x->refused++;
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!plumb_link_receive(&x->receiver, wire[i], &f)) continue;
        struct fixture_frame *to = &x->frame[x->n++ % FIXTURE_FRAMES];
        to->type = f.type;
        to->seq = f.seq;
        to->size = f.size;
        memcpy(to->payload, f.payload, f.size);
    }
    return true;
}

static inline size_t fixture_room(void *self) { return ((struct fixture *)self)->room; }

/* A chip with 50 and 100 Hz, 4 and 8 g. */
static inline bool fixture_set_mode(void *self, struct imu_mode *mode)
{
    struct fixture *x = self;
    uint32_t rate = imu_rate_fits(50000, mode->rate_mhz) ? 50000 : imu_rate_fits(100000, mode->rate_mhz) ? 100000 : 0;
    if (!rate || (mode->accel_g != 4 && mode->accel_g != 8) || mode->gyro_dps != 500) return false;
    mode->rate_mhz = rate;
    mode->scale = (uint8_t)mode->accel_g;
    mode->accel_lsb_mps2 = 0.0003f * mode->accel_g;
    x->mode = *mode;
    return true;
}

static inline void fixture_motor(void *self, uint8_t percent, uint16_t ms) { (void)self, (void)percent, (void)ms; }
static inline void fixture_light(void *self, bool on) { ((struct fixture *)self)->lit = on; }
static inline void fixture_sense(void *self, struct plumb_status *s) { (void)self, s->battery_percent = 50; }

static inline void fixture_clear(struct fixture *x) { x->n = 0; }

static inline void fixture_boot(struct fixture *x, uint32_t boot_id, bool with_flash)
{
    x->mode = (struct imu_mode){50000, 4, 500, 0.0012f, 0.0003f, 4};
    x->board = (struct device_board){
        x, fixture_send, fixture_room, fixture_set_mode, fixture_motor, fixture_light, fixture_sense};
    x->identity =
        (struct device_identity){PLUMB_CAP_GYRO | PLUMB_CAP_IDENTIFY | PLUMB_CAP_VIBRATION, 0, 7, "unit", "1"};
    x->now_us = 0;
    x->room = SIZE_MAX;
    plumb_link_receiver_init(&x->receiver);
    device_init(&x->device, &x->board, &x->identity, &x->mode, with_flash ? &x->flash.flash : NULL, boot_id, 10);
}

static inline struct plumb_sample fixture_sample(uint64_t index)
{
    struct plumb_sample s = {{(int16_t)(index & 0x3FFF), 1, 2}, {3, (int16_t)(index >> 14), 5}};
    return s;
}

/* N samples, and the rounds of a main loop between them. */
static inline void fixture_run(struct fixture *x, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct plumb_sample s = fixture_sample(x->device.index);
        x->now_us += FIXTURE_PERIOD_US;
        device_run(&x->device, x->now_us);
        device_sample(&x->device, &s, x->now_us);
    }
}

static inline void fixture_say(struct fixture *x, uint8_t type, const uint8_t *payload, size_t size)
{
    uint8_t wire[PLUMB_WIRE_MAX];
    size_t n = plumb_link_encode(type, x->seq++, payload, size, wire);
    for (size_t i = 0; i < n; i++) device_receive(&x->device, wire + i, 1, x->now_us);
}

/* How many frames of TYPE were sent; *LAST: the last of them. */
static inline unsigned fixture_count(const struct fixture *x, uint8_t type, const struct fixture_frame **last)
{
    unsigned count = 0;
    for (unsigned i = 0; i < x->n && i < FIXTURE_FRAMES; i++) {
        if (x->frame[i].type != type) continue;
        count++;
        if (last) *last = &x->frame[i];
    }
    return count;
}

#endif
