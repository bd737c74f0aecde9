/* Invariants:
 *   no sample leaves before a STREAM of this boot has said what its counts mean; never two boots in one count or clock
 *   next_index is the index after the last sample given out, so first_index − next_index is exactly what was lost
 *   within a boot, index and device time of the samples given out rise strictly: what comes twice is dropped, and what
 *   comes behind a hole waits for the device's log to fill it (plumb_backfill.h)
 * Losses are counted where they can be told apart: frames by seq, samples by index, and inside the device by STATUS.
 */
#include "plumb.h"

#include "firmware-proto/little.h"

#include <string.h>

enum { TICK_NS_MAX = 10 * NS_PER_MS };

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
    p->counting = p->have_stream = p->unworn = false;
    plumb_backfill_clear(&p->backfill);
    p->device_lost_before_boot = p->device_lost;
}

static void on_hello(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_hello hello;
    if (!plumb_get_hello(f->payload, f->size, &hello)) {
        p->refused++;
        return;
    }
    if (p->have_hello && (hello.boot_id != p->hello.boot_id || hello.serial != p->hello.serial))
        begin_boot(p);
    else
        p->lost_frames += f->lost;
    p->hello = hello;
    p->have_hello = true;
    p->unsure = false;
    if (!(hello.caps & PLUMB_CAP_LOG)) p->backfill.able = false;
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
        if (p->unworn && !(m->flags & PLUMB_FROM_LOG)) s->flags |= SAMPLE_UNWORN;
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

/* Gives out M, which comes next or behind a hole that nothing fills. */
static void place(struct plumb *p, const struct plumb_samples *m)
{
    uint64_t first = m->first_index, ticks = m->t_last;
    if (!locate(p, m, &first, &ticks) && p->counting) {
        if (m->flags & PLUMB_FROM_LOG) return;
        p->restarted = true; /* its HELLO was lost */
        p->counting = false;
    }
    uint64_t missing = p->counting ? first - p->next_index : 0;
    p->lost_samples += missing;
    bool paused = !p->counting && m->flags & PLUMB_GAP_BEFORE; /* a chip set up anew has made a pause, no new count */
    unsigned flags = missing > 0 || paused || m->flags & PLUMB_IMU_RESTARTED ? SAMPLE_GAP_BEFORE : 0;
    if (p->restarted) flags |= SAMPLE_RESTARTED;
    emit(p, m, first, (int64_t)(ticks * p->stream.tick_ns), step_ns(p, m, missing, ticks), (uint8_t)flags);
    p->next_index = first + m->n;
    p->last_ticks = ticks;
    p->counting = true;
    p->restarted = false;
}

/* What comes before the device has said what its numbers mean is passed over; it is no bad frame. */
static bool get_samples(struct plumb *p, const struct plumb_frame *f, struct plumb_samples *m)
{
    if (!p->have_stream || p->unsure) return false;
    bool good = plumb_get_samples(f->payload, f->size, m);
    p->refused += !good;
    return good && m->stream == p->stream.stream;
}

static void on_samples(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_samples m;
    if (!get_samples(p, f, &m)) return;
    uint64_t index = plumb_link_unwrap(p->next_index, m.first_index);
    uint64_t missing = p->counting && index > p->next_index ? index - p->next_index : 0;
    if (!plumb_backfill_hold(&p->backfill, &m, missing)) place(p, &m);
}

/* The step of a log block that adjoins what came before, as the device's clock tells it; else the nominal one. */
static uint32_t apart_ticks(const struct plumb *p, const struct plumb_samples *m)
{
    uint32_t nominal = (uint32_t)(nominal_ns(p) / p->stream.tick_ns), n = m->first_index + m->n - (uint32_t)p->next_index;
    if (n == 0 || n > m->n) return nominal;
    uint32_t measured = (m->t_last - (uint32_t)p->last_ticks) / n;
    return measured < nominal + nominal / 4 ? measured : nominal;
}

static void on_logblock(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_logblock block;
    if (!p->have_stream) return;
    if (!plumb_get_logblock(f->payload, f->size, &block)) {
        p->refused++;
        return;
    }
    bool usable = block.samples.stream == p->stream.stream && p->counting;
    uint64_t next = p->next_index;
    if (!usable || !plumb_backfill_take(&p->backfill, &block.samples, next, apart_ticks(p, &block.samples), f->lost > 0)) return;
    block.samples.flags |= PLUMB_FROM_LOG;
    place(p, &block.samples);
    if (p->next_index != next) plumb_backfill_progress(&p->backfill);
}

static void on_rsp(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_rsp rsp;
    if (!plumb_get_rsp(f->payload, f->size, &rsp)) {
        p->refused++;
        return;
    }
    if (rsp.status < 0 && rsp.command != PLUMB_LOG_READ) {
        p->refusals++;
        p->refusal = rsp.status;
    }
    if (rsp.command == PLUMB_LOG_READ) plumb_backfill_answered(&p->backfill, rsp.status, rsp.size >= 4 ? little_get32(rsp.data) : 0);
}

/* Worn or not is told by a mark on each sample from then on. Buttons and taps mean nothing yet, and the charge comes with
 * STATUS. */
static void on_event(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_event event;
    if (!plumb_get_event(f->payload, f->size, &event)) {
        p->refused++;
        return;
    }
    if (event.code == PLUMB_EVENT_WORN) p->unworn = false;
    if (event.code == PLUMB_EVENT_UNWORN) p->unworn = true;
}

static void on_pong(struct plumb *p, const struct plumb_frame *f)
{
    struct plumb_pong pong;
    if (!plumb_get_pong(f->payload, f->size, &pong)) {
        p->refused++;
        return;
    }
    uint64_t held_us = pong.t_tx_us - pong.t_rx_us;
    p->ponged = held_us < 1000000;
    p->held_ns = p->ponged ? (int64_t)held_us * NS_PER_US : 0;
}

/* One batch at a time leaves the queue: the outbox holds no more. */
static void release(struct plumb *p)
{
    const struct plumb_samples *head = plumb_backfill_head(&p->backfill);
    if (!head || p->box.count > 0) return;
    if (!p->backfill.given_up && head->first_index != (uint32_t)p->next_index) return;
    place(p, head);
    p->backfill.given_up = false;
    plumb_backfill_pop(&p->backfill);
}

static void on_frame(struct plumb *p, const struct plumb_frame *f)
{
    if (f->type != PLUMB_HELLO) p->lost_frames += f->lost;
    if (f->lost > 0) p->unworn = false; /* one of the lost may have said so: who is seen moving must not be left out */
    if (f->type == PLUMB_HELLO) {
        on_hello(p, f);
    } else if (p->have_hello && p->hello.major != PLUMB_MAJOR) {
        p->refused++;
        return;
    }
    switch (f->type) {
    case PLUMB_STREAM: on_stream(p, f); break;
    case PLUMB_SAMPLES: on_samples(p, f); break;
    case PLUMB_LOGBLOCK: on_logblock(p, f); break;
    case PLUMB_STATUS: on_status(p, f); break;
    case PLUMB_RSP: on_rsp(p, f); break;
    case PLUMB_EVENT: on_event(p, f); break;
    case PLUMB_PONG: on_pong(p, f); break;
    default: break;
    }
}

static void step(void *state, uint8_t byte)
{
    struct plumb *p = state;
    struct plumb_frame f;
    if (plumb_link_receive(&p->receiver, byte, &f)) on_frame(p, &f);
    release(p);
}

static void plumb_init(void *state)
{
    struct plumb *p = state;
    memset(p, 0, sizeof *p);
    plumb_link_receiver_init(&p->receiver);
    p->battery_percent = -1;
}

/* What waited is in the device's log, if the device is the same: its HELLO will say. */
static void plumb_resume(void *state)
{
    struct plumb *p = state;
    p->receiver.used = p->receiver.run = 0;
    p->receiver.too_long = p->receiver.bordered = p->receiver.have_seq = false;
    plumb_backfill_clear(&p->backfill);
    p->unsure = p->unsure || (p->polled && p->have_hello);
    p->unworn = false; /* it may have been put on meanwhile, and that is told once */
    p->asked_ns = p->ping_ns = p->vibrates_ns = 0;
    p->ponged = false;
}

static void plumb_take_up(void *state, const struct sensor_info *who, uint64_t next_index, int64_t device_ns)
{
    struct plumb *p = state;
    p->hello = (struct plumb_hello){.major = PLUMB_MAJOR, .boot_id = who->boot_id, .serial = who->serial};
    p->have_hello = p->unsure = p->counting = true;
    p->backfill.able = true; /* as far as is known: HELLO will say */
    p->stream.tick_ns = NS_PER_US;
    p->next_index = next_index;
    p->last_ticks = (uint64_t)device_ns / NS_PER_US;
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

static const char *reason(int8_t refusal)
{
    switch (refusal) {
    case PLUMB_UNKNOWN: return "it has no such command";
    case PLUMB_RANGE: return "out of its range";
    case PLUMB_BUSY: return "it is busy, or had enough for now";
    case PLUMB_LOCKED: return "it is locked";
    default: return "";
    }
}

static void plumb_info(const void *state, struct sensor_info *info)
{
    const struct plumb *p = state;
    const char *why = reason(p->refusal);
    memset(info, 0, sizeof *info);
    memcpy(info->model, p->hello.model, sizeof p->hello.model);
    memcpy(info->firmware, p->hello.firmware, sizeof p->hello.firmware);
    info->serial = p->hello.serial;
    info->boot_id = p->hello.boot_id;
    info->rate_hz = (float)p->stream.rate_mhz / 1000.0f;
    info->battery_percent = p->battery_percent;
    info->has_clock = info->has_counter = true;
    info->has_vibration = p->hello.caps & PLUMB_CAP_VIBRATION;
    info->refusals = p->refusals;
    memcpy(info->refusal, why, strlen(why));
    info->round_trip_ms = (float)p->round_trip_ns * 1e-6f;
}

const struct protocol plumb_protocol = {
    .name = "plumb",
    .state_size = sizeof(struct plumb),
    .assurance = ASSURANCE_CRC,
    .lock_run = 2,
    .init = plumb_init,
    .push = plumb_push,
    .stats = plumb_stats,
    .info = plumb_info,
    .encode = plumb_encode,
    .poll = plumb_poll,
    .resume = plumb_resume,
    .take_up = plumb_take_up,
};
