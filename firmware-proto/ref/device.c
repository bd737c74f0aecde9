/* Invariants:
 *   pending holds the pending.n samples before index, without a hole; record likewise for the log
 *   seq counts the frames that the link took; one it did not take is counted in frames_lost
 *   nothing is sent while the port is closed; sampling and logging know nothing of the port
 */
#include "device_private.h"

#include <string.h>

static const uint64_t SECOND_US = 1000000;

bool device_send(struct device *d, uint8_t type, const uint8_t *payload, size_t size)
{
    uint8_t wire[PLUMB_WIRE_MAX];
    if (!d->linked) return false;
    size_t n = plumb_link_encode(type, d->seq, payload, size, wire);
    if (!d->board->send(d->board->self, wire, n)) {
        d->frames_lost++;
        return false;
    }
    d->seq++;
    return true;
}

void device_send_hello(struct device *d)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    const struct device_identity *id = d->identity;
    struct plumb_hello hello = {PLUMB_MAJOR, PLUMB_MINOR, id->caps, d->boot_id, id->serial, "", ""};
    if (d->logging) hello.caps |= PLUMB_CAP_LOG;
    memcpy(hello.model, id->model, sizeof hello.model);
    memcpy(hello.firmware, id->firmware, sizeof hello.firmware);
    device_send(d, PLUMB_HELLO, payload, plumb_put_hello(&hello, payload));
}

void device_send_stream(struct device *d)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    const struct imu_mode *m = &d->mode;
    struct plumb_stream stream = {1,           d->identity->axes, m->accel_lsb_mps2, m->gyro_lsb_rads,
                                  m->rate_mhz, m->accel_g,        m->gyro_dps,       1000};
    device_send(d, PLUMB_STREAM, payload, plumb_put_stream(&stream, payload));
}

void device_send_rsp(struct device *d, uint8_t command, uint8_t command_seq, int8_t status, const uint8_t *data,
                     size_t size)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_rsp rsp = {.command = command, .command_seq = command_seq, .status = status, .size = (uint8_t)size};
    if (size) memcpy(rsp.data, data, size);
    device_send(d, PLUMB_RSP, payload, plumb_put_rsp(&rsp, payload));
}

static void send_status(struct device *d, uint64_t now_us)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_status status = {
        .time_us = now_us,
        .samples_total = (uint32_t)d->index,
        .samples_lost = d->samples_lost,
        .frames_lost = d->frames_lost,
        .battery_percent = PLUMB_BATTERY_UNKNOWN,
        .charge = PLUMB_NO_BATTERY,
        .log_used_blocks = d->logging ? d->log.used : 0,
    };
    d->board->sense(d->board->self, &status);
    device_send(d, PLUMB_STATUS, payload, plumb_put_status(&status, payload));
}

void device_init(struct device *d, const struct device_board *board, const struct device_identity *identity,
                 const struct imu_mode *mode, const struct flash *flash, uint32_t boot_id, uint8_t batch)
{
    memset(d, 0, sizeof *d);
    d->board = board;
    d->identity = identity;
    d->mode = *mode;
    d->batch = batch >= 1 && batch <= PLUMB_SAMPLES_MAX ? batch : 10;
    d->streaming = d->restarted = true;
    d->status_us = SECOND_US;
    d->stream_us = 60 * SECOND_US;
    d->logging = flash != NULL;
    if (flash) flash_log_open(&d->log, flash);
    while (boot_id == 0 || boot_id == d->log.newest_boot) boot_id++;
    d->boot_id = boot_id;
    plumb_link_receiver_init(&d->receiver);
}

void device_link(struct device *d, bool up, uint64_t now_us)
{
    d->linked = up;
    plumb_link_receiver_init(&d->receiver);
    if (up) {
        device_send_hello(d);
        device_send_stream(d);
        d->hello_us = now_us + 5 * SECOND_US;
        return;
    }
    d->streaming = false;
    d->pending.n = 0;
    d->task.command = 0;
}

/* Whether *NEXT has come; it then lies one PERIOD on. Also right after a clock that leapt, as a simulated one may. */
static bool is_due(uint64_t *next, uint64_t period, uint64_t now_us)
{
    if (*next > now_us + period) *next = now_us;
    if (now_us < *next) return false;
    *next += (1 + (now_us - *next) / period) * period;
    return true;
}

static void act(struct device *d, struct motor_act act)
{
    if (act.change) d->board->motor(d->board->self, act.percent, act.ms);
}

void device_run(struct device *d, uint64_t now_us)
{
    if (d->streaming)
        d->hello_us = now_us;
    else if (is_due(&d->hello_us, 5 * SECOND_US, now_us))
        device_send_hello(d);
    if (d->streaming && is_due(&d->stream_us, 60 * SECOND_US, now_us)) device_send_stream(d);
    if (is_due(&d->status_us, SECOND_US, now_us)) send_status(d, now_us);
    act(d, motor_run(&d->motor, now_us, d->heard_us));
    if (d->light_off_us && now_us >= d->light_off_us) {
        d->board->light(d->board->self, false);
        d->light_off_us = 0;
    }
    device_log_run(d);
}

/* ---- samples ------------------------------------------------------------------------------------------------- */

void device_flush(struct device *d)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    if (d->pending.n == 0) return;
    bool heard = device_send(d, PLUMB_SAMPLES, payload, plumb_put_samples(&d->pending, payload));
    d->pending.n = 0;
    d->pending.flags = heard ? 0 : PLUMB_GAP_BEFORE;
}

static bool is_clipped(const struct plumb_sample *s)
{
    for (int c = 0; c < 3; c++) {
        if (s->gyro[c] == INT16_MAX || s->gyro[c] == INT16_MIN) return true;
        if (s->accel[c] == INT16_MAX || s->accel[c] == INT16_MIN) return true;
    }
    return false;
}

static void stream_sample(struct device *d, const struct plumb_sample *sample, uint16_t flags, uint64_t t_us)
{
    struct plumb_samples *p = &d->pending;
    if (flags & (PLUMB_GAP_BEFORE | PLUMB_IMU_RESTARTED)) device_flush(d);
    if (p->n == 0) {
        p->stream = 1;
        p->first_index = (uint32_t)d->index;
    }
    p->flags |= flags;
    p->sample[p->n++] = *sample;
    p->t_last = (uint32_t)t_us;
    if (p->n >= d->batch) device_flush(d);
}

void device_sample(struct device *d, const struct plumb_sample *sample, uint64_t t_us)
{
    uint16_t flags = is_clipped(sample) ? PLUMB_CLIPPED : 0;
    if (d->gap) flags |= PLUMB_GAP_BEFORE;
    if (d->restarted) flags |= PLUMB_IMU_RESTARTED;
    d->gap = d->restarted = false;
    if (d->streaming) stream_sample(d, sample, flags, t_us);
    if (d->logging) device_log_sample(d, sample, flags, t_us);
    d->index++;
}

void device_lose(struct device *d, uint32_t n)
{
    d->index += n;
    d->samples_lost += n;
    d->gap = true;
}

void device_restarted(struct device *d) { d->restarted = true; }

void device_event(struct device *d, uint8_t code, uint32_t arg, uint64_t now_us)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_event event = {code, (uint32_t)now_us, arg};
    device_send(d, PLUMB_EVENT, payload, plumb_put_event(&event, payload));
}

int64_t device_wall_us(const struct device *d, uint64_t now_us)
{
    return d->wall_us ? d->wall_us + (int64_t)now_us : 0;
}
