/* What the host says. Every command may come twice, with any payload and in any order; each is answered once, and what
 * is out of range changes nothing.
 */
#include "device_private.h"

static const uint64_t MS_US = 1000;

/* Takes on the mode that the chip has now. Samples of the mode before leave first: a frame and a record are of one. */
static int8_t change_mode(struct device *d, struct imu_mode want, bool *changed)
{
    if (!d->board->set_mode(d->board->self, &want)) return PLUMB_RANGE;
    *changed = want.rate_mhz != d->mode.rate_mhz || want.scale != d->mode.scale;
    if (*changed) {
        device_flush(d);
        device_log_flush(d);
        d->restarted = true;
    }
    d->mode = want;
    return PLUMB_OK;
}

static int8_t start(struct device *d, const struct plumb_frame *f, bool *changed)
{
    struct plumb_start m;
    if (!plumb_get_start(f->payload, f->size, &m) || m.stream > 1) return PLUMB_RANGE;
    struct imu_mode want = d->mode;
    if (m.rate_mhz) want.rate_mhz = m.rate_mhz;
    if (m.rate_mhz && change_mode(d, want, changed) != PLUMB_OK) return PLUMB_RANGE;
    if (m.batch) d->batch = m.batch;
    if (!d->streaming) d->pending.flags = PLUMB_GAP_BEFORE;
    d->streaming = true;
    return PLUMB_OK;
}

static int8_t stop(struct device *d, uint64_t now_us)
{
    if (d->streaming) device_flush(d);
    d->streaming = false;
    d->hello_us = now_us;
    return PLUMB_OK;
}

static int8_t set_range(struct device *d, const struct plumb_frame *f, bool *changed)
{
    struct plumb_range m;
    if (!plumb_get_range(f->payload, f->size, &m)) return PLUMB_RANGE;
    struct imu_mode want = d->mode;
    want.accel_g = m.accel_g;
    want.gyro_dps = m.gyro_dps;
    return change_mode(d, want, changed);
}

static int8_t identify(struct device *d, const struct plumb_frame *f, uint64_t now_us)
{
    uint16_t ms;
    if (!(d->identity->caps & PLUMB_CAP_IDENTIFY)) return PLUMB_UNKNOWN;
    if (!plumb_get_identify(f->payload, f->size, &ms)) return PLUMB_RANGE;
    d->light_off_us = now_us + ms * MS_US;
    d->board->light(d->board->self, true);
    return PLUMB_OK;
}

static int8_t vibrate(struct device *d, const struct plumb_frame *f, uint64_t now_us)
{
    struct plumb_vibrate m;
    if (!(d->identity->caps & PLUMB_CAP_VIBRATION)) return PLUMB_UNKNOWN;
    if (!plumb_get_vibrate(f->payload, f->size, &m)) return PLUMB_RANGE;
    return motor_vibrate(&d->motor, &m, now_us);
}

static int8_t silence(struct device *d, uint64_t now_us)
{
    if (!(d->identity->caps & PLUMB_CAP_VIBRATION)) return PLUMB_UNKNOWN;
    if (motor_stop(&d->motor, now_us).change) d->board->motor(d->board->self, 0, 0);
    return PLUMB_OK;
}

static int8_t set_time(struct device *d, const struct plumb_frame *f, uint64_t now_us)
{
    int64_t unix_us;
    const int64_t year_2200_us = INT64_C(7258118400000000);
    if (!plumb_get_time(f->payload, f->size, &unix_us) || unix_us <= 0 || unix_us > year_2200_us) return PLUMB_RANGE;
    d->wall_us = unix_us - (int64_t)now_us;
    return PLUMB_OK;
}

static void pong(struct device *d, const struct plumb_frame *f, uint64_t now_us)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_pong m = {.t_rx_us = now_us, .t_tx_us = now_us};
    if (plumb_get_ping(f->payload, f->size, &m.token)) device_send(d, PLUMB_PONG, payload, plumb_put_pong(&m, payload));
}

/* *CHANGED: the numbers mean something else from now on. */
static int8_t obey(struct device *d, const struct plumb_frame *f, uint64_t now_us, bool *changed)
{
    switch (f->type) {
    case PLUMB_START: return start(d, f, changed);
    case PLUMB_STOP: return stop(d, now_us);
    case PLUMB_SET_RANGE: return set_range(d, f, changed);
    case PLUMB_IDENTIFY: return identify(d, f, now_us);
    case PLUMB_VIBRATE: return vibrate(d, f, now_us);
    case PLUMB_VIBRATE_STOP: return silence(d, now_us);
    case PLUMB_SET_TIME: return set_time(d, f, now_us);
    default: return PLUMB_UNKNOWN;
    }
}

static void answer(struct device *d, const struct plumb_frame *f, uint64_t now_us)
{
    bool changed = false;
    switch (f->type) {
    case PLUMB_HELLO_REQ: device_send_hello(d); return;
    case PLUMB_STREAM_REQ: device_send_stream(d); return;
    case PLUMB_PING: pong(d, f, now_us); return;
    case PLUMB_KEEPALIVE: return;
    case PLUMB_LOG_LIST:
    case PLUMB_LOG_READ:
    case PLUMB_LOG_ERASE: device_log_command(d, f); return;
    default: break;
    }
    int8_t status = obey(d, f, now_us, &changed);
    device_send_rsp(d, f->type, f->seq, status, NULL, 0);
    if (changed) device_send_stream(d);
}

void device_receive(struct device *d, const uint8_t *bytes, size_t n, uint64_t now_us)
{
    struct plumb_frame f;
    for (size_t i = 0; i < n; i++) {
        if (!plumb_link_receive(&d->receiver, bytes[i], &f)) continue;
        if (f.type >= 0x80) continue; /* an echo of what a device says: never answered */
        d->heard_us = now_us;
        answer(d, &f, now_us);
    }
}
