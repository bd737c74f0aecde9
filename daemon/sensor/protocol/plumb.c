/* Invariants:
 *   no sample leaves before a STREAM of this boot has said what its counts mean; never two boots in one count or clock
 *   next_index is the index after the last sample given out, so first_index − next_index is exactly what was lost
 *   within a boot, index and device time of the samples given out rise strictly: what comes twice is dropped
 * Losses are counted where they can be told apart: frames by seq, samples by index, and inside the device by STATUS.
 */
#include "protocol.h"
#include "outbox.h"

#include "firmware-proto/plumb_link.h"

#include <math.h>
#include <string.h>

enum { TICK_NS_MAX = 10 * NS_PER_MS };

struct plumb {
    struct plumb_receiver receiver;
    struct outbox box;
    uint64_t refused, samples, lost_frames, lost_samples, device_lost, device_lost_before_boot;
    bool have_hello, have_stream, counting, restarted;
    struct plumb_hello hello;
    struct plumb_stream stream;
    uint64_t next_index, last_ticks;
    int battery_percent;
    uint8_t seq;
};

static int16_t worst(int16_t a, int16_t b)
{
    return a == INT16_MIN || b == INT16_MIN ? INT16_MAX : (int16_t)(a > b ? a : b);
}

static bool at_end_of_range(const struct plumb_sample *m)
{
    int16_t top = 0;
    for (int i = 0; i < 3; i++) top = worst(top, worst(m->accel[i], m->gyro[i]));
    return top == INT16_MAX;
}

static void begin_boot(struct plumb *p)
{
    p->restarted = p->restarted || p->counting;
    p->counting = p->have_stream = false;
    p->device_lost_before_boot = p->device_lost;
}

static void on_hello(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_hello hello;
    if (!plumb_get_hello(f->payload, f->size, &hello)) {
        p->refused++;
        return;
    }
    if (p->have_hello && hello.boot_id != p->hello.boot_id)
        begin_boot(p);
    else
        p->lost_frames += f->lost;
    p->hello = hello;
    p->have_hello = true;
}

/* One stream at a time: the first one described. */
static void on_stream(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_stream stream;
    if (!plumb_get_stream(f->payload, f->size, &stream) || stream.tick_ns > TICK_NS_MAX) {
        p->refused++;
        return;
    }
    if (p->have_stream && stream.stream != p->stream.stream) return;
    if (p->counting && stream.tick_ns != p->stream.tick_ns) begin_boot(p); /* no clock goes on in another unit */
    p->stream = stream;
    p->have_stream = true;
}

static void on_status(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_status status;
    if (!plumb_get_status(f->payload, f->size, &status)) {
        p->refused++;
        return;
    }
    p->device_lost = p->device_lost_before_boot + status.samples_lost;
    p->battery_percent = status.battery_percent <= 100 ? status.battery_percent : -1;
}

static uint8_t sample_flags(unsigned plumb_flags)
{
    unsigned flags = 0;
    if (plumb_flags & PLUMB_CLIPPED) flags |= SAMPLE_CLIPPED;
    if (plumb_flags & PLUMB_FROM_LOG) flags |= SAMPLE_FROM_LOG;
    return (uint8_t)flags;
}

/* Device time of the last sample is T_LAST_NS; those before it lie APART_NS apart. */
static void emit(struct plumb *p, const struct plumb_samples *m, uint64_t first, int64_t t_last_ns, int64_t apart_ns,
                 uint8_t first_flags)
{
    for (unsigned i = 0; i < m->n; i++) {
        struct raw_sample *s = outbox_add(&p->box);
        s->device_ns = t_last_ns - (int64_t)(m->n - 1u - i) * apart_ns;
        s->index = first + i;
        s->have = p->stream.gyro_lsb_rads > 0 ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL;
        s->flags = sample_flags(m->flags);
        if (i == 0) s->flags |= first_flags;
        if (at_end_of_range(&m->sample[i])) s->flags |= SAMPLE_CLIPPED;
        memcpy(s->accel, m->sample[i].accel, sizeof s->accel);
        memcpy(s->gyro, m->sample[i].gyro, sizeof s->gyro);
        s->scale = (struct scale){p->stream.accel_lsb_mps2, p->stream.gyro_lsb_rads};
    }
    p->samples += m->n;
}

static int64_t nominal_ns(const struct plumb *p)
{
    return p->stream.rate_mhz ? (int64_t)(1e12 / p->stream.rate_mhz) : 0;
}

/* The rate a chip really has differs by some percent from the one it states: between batches that adjoin, the device's
 * clock tells. After missing samples the nominal step serves, unless it would reach back over the batch before. */
static int64_t step_ns(const struct plumb *p, const struct plumb_samples *m, uint64_t missing, uint64_t ticks)
{
    int64_t nominal = nominal_ns(p);
    if (!p->counting) return nominal;
    int64_t measured = (int64_t)((ticks - p->last_ticks) * p->stream.tick_ns) / m->n;
    int64_t limit = missing == 0 ? nominal + nominal / 4 : nominal;
    return nominal > 0 && measured > limit ? nominal : measured;
}

/* Finds M's place in the boot's count and clock. The clock wraps after 71 minutes in µs, sooner than a sensor may be
 * away, so the count tells which turn of it this is. False when M does not continue what came before. */
static bool locate(const struct plumb *p, const struct plumb_samples *m, uint64_t *first, uint64_t *ticks)
{
    if (!p->counting) return false;
    uint64_t index = plumb_link_unwrap(p->next_index, m->first_index);
    if (index < p->next_index) return false;
    double elapsed_ticks = (double)(index - p->next_index + m->n) * (double)nominal_ns(p) / p->stream.tick_ns;
    uint64_t top = INT64_MAX / 2 / p->stream.tick_ns;
    if (elapsed_ticks > (double)(top - p->last_ticks)) return false;
    uint64_t t = plumb_link_unwrap(p->last_ticks + (uint64_t)elapsed_ticks, m->t_last);
    if (t <= p->last_ticks || t > top) return false;
    *first = index;
    *ticks = t;
    return true;
}

static void on_samples(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_samples m;
    if (!p->have_stream || !plumb_get_samples(f->payload, f->size, &m)) {
        p->refused++;
        return;
    }
    if (m.stream != p->stream.stream) return;
    uint64_t first = m.first_index, ticks = m.t_last;
    if (!locate(p, &m, &first, &ticks) && p->counting) {
        if (m.flags & PLUMB_FROM_LOG) return;
        p->restarted = true; /* its HELLO was lost */
        p->counting = false;
    }
    uint64_t missing = p->counting ? first - p->next_index : 0;
    p->lost_samples += missing;
    unsigned flags = missing > 0 || (m.flags & PLUMB_GAP_BEFORE) ? SAMPLE_GAP_BEFORE : 0;
    if (p->restarted || (m.flags & PLUMB_IMU_RESTARTED)) flags |= SAMPLE_RESTARTED;
    emit(p, &m, first, (int64_t)(ticks * p->stream.tick_ns), step_ns(p, &m, missing, ticks), (uint8_t)flags);
    p->next_index = first + m.n;
    p->last_ticks = ticks;
    p->counting = true;
    p->restarted = false;
}

static void step(void *state, uint8_t byte)
{
    struct plumb *p = state;
    struct plumb_frame f;
    if (!plumb_link_receive(&p->receiver, byte, &f)) return;
    if (f.type != PLUMB_HELLO) p->lost_frames += f.lost;
    if (f.type == PLUMB_HELLO)
        on_hello(p, &f);
    else if (p->have_hello && p->hello.major != PLUMB_MAJOR)
        p->refused++;
    else if (f.type == PLUMB_STREAM)
        on_stream(p, &f);
    else if (f.type == PLUMB_SAMPLES)
        on_samples(p, &f);
    else if (f.type == PLUMB_STATUS)
        on_status(p, &f);
}

static void plumb_init(void *state)
{
    struct plumb *p = state;
    memset(p, 0, sizeof *p);
    plumb_link_receiver_init(&p->receiver);
    p->battery_percent = -1;
}

static size_t plumb_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct plumb *p = state;
    return outbox_feed(&p->box, step, p, bytes, n, out, max, count);
}

static void plumb_stats(const void *state, struct link_stats *stats)
{
    const struct plumb *p = state;
    *stats = (struct link_stats){
        .bytes = p->receiver.bytes,
        .frames = p->receiver.frames,
        .samples = p->samples,
        .bad_frames = p->receiver.bad_frames + p->refused,
        .skipped_bytes = p->receiver.skipped_bytes,
        .lost_frames = p->lost_frames,
        .lost_samples = p->lost_samples,
        .device_lost = p->device_lost,
        .run = p->receiver.run,
    };
}

static void plumb_info(const void *state, struct sensor_info *info)
{
    const struct plumb *p = state;
    memset(info, 0, sizeof *info);
    memcpy(info->model, p->hello.model, sizeof p->hello.model);
    memcpy(info->firmware, p->hello.firmware, sizeof p->hello.firmware);
    info->serial = p->hello.serial;
    info->boot_id = p->hello.boot_id;
    info->rate_hz = (float)p->stream.rate_mhz / 1000.0f;
    info->battery_percent = p->battery_percent;
    info->has_clock = info->has_counter = true;
    info->has_vibration = p->hello.caps & PLUMB_CAP_VIBRATION;
}

static unsigned at_most(unsigned v, unsigned top) { return v < top ? v : top; }

static uint16_t whole(float v) { return v > 0 && v < UINT16_MAX ? (uint16_t)lroundf(v) : 0; }

/* Writes the payload of COMMAND and its type; 0 when it is none of ours. */
static uint8_t put_command(const struct plumb *p, const struct sensor_command *c, uint8_t *payload, size_t *size)
{
    *size = 0;
    switch (c->kind) {
    case SENSOR_HELLO: return PLUMB_HELLO_REQ;
    case SENSOR_SET_RATE:
    case SENSOR_START: {
        float mhz = c->rate_hz > 0 && c->rate_hz < 1e4f ? c->rate_hz * 1000.0f : 0;
        struct plumb_start start = {p->stream.stream, (uint32_t)lroundf(mhz),
                                    (uint8_t)at_most(c->batch, PLUMB_SAMPLES_MAX)};
        *size = plumb_put_start(&start, payload);
        return PLUMB_START;
    }
    case SENSOR_STOP: return PLUMB_STOP;
    case SENSOR_VIBRATE: {
        struct plumb_vibrate v = {(uint8_t)at_most(c->strength_percent, 100), (uint8_t)at_most(c->repeats, UINT8_MAX),
                                  (uint16_t)at_most(c->on_ms, PLUMB_VIBRATE_ON_MAX_MS),
                                  (uint16_t)at_most(c->off_ms, UINT16_MAX)};
        *size = plumb_put_vibrate(&v, payload);
        return v.repeats && v.on_ms ? PLUMB_VIBRATE : PLUMB_VIBRATE_STOP;
    }
    case SENSOR_IDENTIFY:
        *size = plumb_put_identify((uint16_t)at_most(c->on_ms, UINT16_MAX), payload);
        return PLUMB_IDENTIFY;
    case SENSOR_PING: *size = plumb_put_ping(c->token, payload); return PLUMB_PING;
    case SENSOR_KEEPALIVE: return PLUMB_KEEPALIVE;
    case SENSOR_SET_RANGE: {
        struct plumb_range range = {whole(c->accel_g), whole(c->gyro_dps)};
        *size = plumb_put_range(&range, payload);
        return PLUMB_SET_RANGE;
    }
    case SENSOR_SET_CONTENT: /* it is what it sends */
    case SENSOR_ZERO: return 0;
    }
    return 0;
}

/* Who joins in midstream needs STREAM as well, which a device repeats only once a minute: HELLO asks for both. A border
 * goes before it: a serial port is opened with echo on, and what came before it was set raw went back to the device. */
static size_t plumb_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    struct plumb *p = state;
    uint8_t payload[PLUMB_PAYLOAD_MAX] = {0}, wire[2 * PLUMB_WIRE_MAX];
    size_t size, n = 0;
    uint8_t type = put_command(p, command, payload, &size);
    if (type == 0) return 0;
    if (type == PLUMB_VIBRATE_STOP) size = 0;
    uint8_t seq = p->seq;
    if (type == PLUMB_HELLO_REQ) wire[n++] = 0;
    n += plumb_link_encode(type, seq++, payload, size, wire + n);
    if (type == PLUMB_HELLO_REQ) n += plumb_link_encode(PLUMB_STREAM_REQ, seq++, NULL, 0, wire + n);
    if (n > cap) return 0;
    memcpy(buf, wire, n);
    p->seq = seq;
    return n;
}

const struct protocol plumb_protocol = {
    .name = "plumb",
    .state_size = sizeof(struct plumb),
    .lock_run = 2,
    .init = plumb_init,
    .push = plumb_push,
    .stats = plumb_stats,
    .info = plumb_info,
    .encode = plumb_encode,
};
