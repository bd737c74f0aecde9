/* Invariants: pending holds the pending.n samples before index, without a hole; seq counts every frame sent; the
 * device's clock is a function of index, so that a jump of it shows in every later frame.
 */
#include "emit_plumb.h"

#include <math.h>
#include <string.h>

static const uint64_t SECOND_US = 1000000;
static const uint64_t BOOT_US = 250000; /* from power-on to the first sample */

static uint64_t clock_us(const struct emit_plumb *d, uint64_t index)
{
    int64_t us = llround((double)index * 1e6 / d->rate_hz) + (int64_t)BOOT_US + d->clock_shift_us;
    return us > 0 ? (uint64_t)us : 0;
}

static size_t send(struct emit_plumb *d, uint8_t type, const uint8_t *payload, size_t size, uint8_t *out)
{
    return plumb_link_encode(type, d->seq++, payload, size, out);
}

static size_t send_hello(struct emit_plumb *d, uint8_t *out)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello hello = {
        .major = PLUMB_MAJOR,
        .minor = PLUMB_MINOR,
        .caps = PLUMB_CAP_GYRO | PLUMB_CAP_BATTERY | PLUMB_CAP_IDENTIFY | PLUMB_CAP_VIBRATION | PLUMB_CAP_TEMPERATURE,
        .boot_id = d->boot_id,
        .serial = d->imu->seed,
        .firmware = "sim " PLUMBLINE_VERSION,
    };
    snprintf(hello.model, sizeof hello.model, "sim %s", d->imu->part->name);
    return send(d, PLUMB_HELLO, payload, plumb_put_hello(&hello, payload), out);
}

static size_t send_stream(struct emit_plumb *d, uint8_t *out)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_stream stream = {
        .stream = 1,
        .accel_lsb_mps2 = (float)d->imu->accel_lsb_mps2,
        .gyro_lsb_rads = (float)d->imu->gyro_lsb_rads,
        .rate_mhz = (uint32_t)lround(d->rate_hz * 1000),
        .accel_range_g = (uint16_t)d->imu->part->accel_range_g,
        .gyro_range_dps = (uint16_t)d->imu->part->gyro_range_dps,
        .tick_ns = 1000,
    };
    return send(d, PLUMB_STREAM, payload, plumb_put_stream(&stream, payload), out);
}

static size_t send_status(struct emit_plumb *d, uint64_t now_us, uint8_t *out)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    double hours = (double)now_us / 3.6e9, percent = fmax(5, 95 - 4 * hours);
    struct plumb_status status = {
        .time_us = now_us,
        .samples_total = (uint32_t)d->index,
        .samples_lost = d->samples_lost,
        .battery_mv = (uint16_t)(3300 + 8 * percent),
        .battery_percent = (uint8_t)percent,
        .temperature_c100 = 3120,
    };
    return send(d, PLUMB_STATUS, payload, plumb_put_status(&status, payload), out);
}

static void begin_frame(struct emit_plumb *d, uint16_t flags)
{
    d->pending.n = 0;
    d->pending.flags = flags;
}

void emit_plumb_reboot(struct emit_plumb *d)
{
    d->boot_id = (uint32_t)chance_bits(&d->chance) | 1;
    d->seq = 0;
    d->streaming = true;
    d->index = 0;
    d->clock_shift_us = 0;
    d->samples_lost = 0;
    d->on_until_us = 0;
    d->status_us = SECOND_US;
    d->stream_us = 60 * SECOND_US;
    d->pending.stream = 1;
    begin_frame(d, PLUMB_IMU_RESTARTED);
    plumb_link_receiver_init(&d->receiver);
}

void emit_plumb_init(struct emit_plumb *d, const struct scenario *s, const struct imu *imu)
{
    memset(d, 0, sizeof *d);
    d->imu = imu;
    d->rate_hz = s->rate_hz;
    d->batch = s->batch;
    chance_init(&d->chance, s->seed, 3);
    emit_plumb_reboot(d);
}

size_t emit_plumb_greet(struct emit_plumb *d, uint8_t *out)
{
    size_t n = send_hello(d, out);
    return n + send_stream(d, out + n);
}

/* What is due by the clock at NOW_US. */
static size_t send_due(struct emit_plumb *d, uint64_t now_us, uint8_t *out)
{
    size_t n = 0;
    if (!d->streaming && now_us >= d->hello_us) {
        n += send_hello(d, out + n);
        d->hello_us = now_us + 5 * SECOND_US;
    }
    if (d->streaming && now_us >= d->stream_us) {
        n += send_stream(d, out + n);
        d->stream_us = now_us + 60 * SECOND_US;
    }
    if (now_us >= d->status_us) {
        n += send_status(d, now_us, out + n);
        d->status_us += (1 + (now_us - d->status_us) / SECOND_US) * SECOND_US;
    }
    return n;
}

size_t emit_plumb_sample(struct emit_plumb *d, const struct reading *r, uint8_t *out)
{
    uint64_t now_us = clock_us(d, d->index);
    size_t n = send_due(d, now_us, out);
    uint64_t index = d->index++;
    if (!d->streaming) return n;

    struct plumb_samples *p = &d->pending;
    if (p->n == 0) p->first_index = (uint32_t)index;
    memcpy(p->sample[p->n].gyro, r->gyro, sizeof r->gyro);
    memcpy(p->sample[p->n].accel, r->accel, sizeof r->accel);
    if (r->clipped) p->flags |= PLUMB_CLIPPED;
    if (++p->n < d->batch) return n;

    uint8_t payload[PLUMB_PAYLOAD_MAX];
    p->t_last = (uint32_t)now_us;
    n += send(d, PLUMB_SAMPLES, payload, plumb_put_samples(p, payload), out + n);
    begin_frame(d, 0);
    return n;
}

void emit_plumb_unheard(struct emit_plumb *d)
{
    d->index++;
    begin_frame(d, PLUMB_GAP_BEFORE);
}

void emit_plumb_lose(struct emit_plumb *d)
{
    d->samples_lost += 1u + d->pending.n;
    emit_plumb_unheard(d);
}

void emit_plumb_jump(struct emit_plumb *d, double seconds)
{
    d->clock_shift_us += llround(seconds * 1e6);
    uint64_t now_us = clock_us(d, d->index);
    if (d->status_us > now_us + SECOND_US) d->status_us = now_us;
    if (d->stream_us > now_us + 60 * SECOND_US) d->stream_us = now_us;
}

/* ---- commands ------------------------------------------------------------------------------------------------ */

static int8_t start(struct emit_plumb *d, const struct plumb_frame *f)
{
    struct plumb_start m;
    if (!plumb_get_start(f->payload, f->size, &m) || m.stream != 1) return PLUMB_RANGE;
    if (m.rate_mhz != 0 && m.rate_mhz != (uint32_t)lround(d->rate_hz * 1000)) return PLUMB_RANGE;
    if (m.batch != 0) d->batch = m.batch;
    begin_frame(d, d->streaming ? 0 : PLUMB_GAP_BEFORE);
    d->streaming = true;
    return PLUMB_OK;
}

static int8_t vibrate(struct emit_plumb *d, const struct plumb_frame *f, FILE *log)
{
    struct plumb_vibrate m;
    uint64_t now_us = clock_us(d, d->index);
    if (!plumb_get_vibrate(f->payload, f->size, &m)) return PLUMB_RANGE;
    if (m.on_ms > PLUMB_VIBRATE_ON_MAX_MS) return PLUMB_RANGE;
    if (now_us < d->on_until_us) return PLUMB_BUSY;
    uint64_t length_us = 1000u * m.repeats * (uint64_t)(m.on_ms + m.off_ms);
    d->on_until_us = now_us + (length_us < PLUMB_KEEPALIVE_S * SECOND_US ? length_us : PLUMB_KEEPALIVE_S * SECOND_US);
    fprintf(log, "plumbline-sim: vibrates %u x %u ms at %u %%\n", m.repeats, m.on_ms, m.strength_percent);
    return PLUMB_OK;
}

static int8_t obey(struct emit_plumb *d, const struct plumb_frame *f, FILE *log)
{
    struct plumb_range range;
    uint16_t ms;
    switch (f->type) {
    case PLUMB_START: return start(d, f);
    case PLUMB_STOP:
        d->streaming = false;
        d->hello_us = clock_us(d, d->index);
        return PLUMB_OK;
    case PLUMB_SET_RANGE:
        if (!plumb_get_range(f->payload, f->size, &range)) return PLUMB_RANGE;
        return range.accel_g == d->imu->part->accel_range_g && range.gyro_dps == d->imu->part->gyro_range_dps
                   ? PLUMB_OK
                   : PLUMB_RANGE;
    case PLUMB_IDENTIFY:
        if (!plumb_get_identify(f->payload, f->size, &ms)) return PLUMB_RANGE;
        fprintf(log, "plumbline-sim: shows its light for %u ms\n", ms);
        return PLUMB_OK;
    case PLUMB_VIBRATE: return vibrate(d, f, log);
    case PLUMB_VIBRATE_STOP: d->on_until_us = 0; return PLUMB_OK;
    default: return PLUMB_UNKNOWN; /* no log, no wall clock: caps says so */
    }
}

static size_t send_pong(struct emit_plumb *d, const struct plumb_frame *f, uint8_t *out)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_pong pong = {.t_rx_us = clock_us(d, d->index), .t_tx_us = clock_us(d, d->index)};
    if (!plumb_get_ping(f->payload, f->size, &pong.token)) return 0;
    return send(d, PLUMB_PONG, payload, plumb_put_pong(&pong, payload), out);
}

static size_t answer(struct emit_plumb *d, const struct plumb_frame *f, FILE *log, uint8_t *out)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    switch (f->type) {
    case PLUMB_HELLO_REQ: return send_hello(d, out);
    case PLUMB_STREAM_REQ: return send_stream(d, out);
    case PLUMB_PING: return send_pong(d, f, out);
    case PLUMB_KEEPALIVE: return 0;
    default: break;
    }
    struct plumb_rsp rsp = {.command = f->type, .command_seq = f->seq, .status = obey(d, f, log)};
    return send(d, PLUMB_RSP, payload, plumb_put_rsp(&rsp, payload), out);
}

size_t emit_plumb_command(struct emit_plumb *d, const uint8_t *bytes, size_t n, FILE *log, uint8_t *out)
{
    struct plumb_frame f;
    size_t size = 0;
    for (size_t i = 0; i < n; i++) {
        if (plumb_link_receive(&d->receiver, bytes[i], &f) && size + PLUMB_WIRE_MAX <= EMIT_MAX)
            size += answer(d, &f, log, out + size);
    }
    return size;
}
