/* Xsens and Movella MTi sensors: MTData2 messages of the Xbus protocol.
 * Invariants:
 *   window[0 .. held) are the stream's latest bytes; none of them belongs to a message already taken.
 *   A wrong message costs one byte, then the search goes on behind it: garbage never swallows a good message.
 *   Loss is counted over all MTData2, whatever they hold: position messages share the counter with inertial ones.
 * Increments (4010, 8030) are not used: without acceleration or attitude a message gives no sample, and SET_CONTENT
 * asks for them. Time of day (1010) is not used either: it leaps when satellites are found.
 */
#include "counts.h"
#include "outbox.h"
#include "xbus_reading.h"
#include "xbus_setup.h"
#include "plumbline/sensor.h"

#include <math.h>
#include <string.h>

enum {
    TICK_NS = 100 * NS_PER_US,
    TICKS_A_DAY = 864000000, /* MTi 10 and 100 series begin again then, the others at 2³² */
    TURN_TICKS = 600000,     /* a minute: a clock that seems to have run back farther has restarted */
    RATE_DEFAULT_HZ = 100,
    RATE_MAX_HZ = 200, /* 47 bytes a sample: what the usual 115200 baud carry */
};

struct xbus {
    struct link_stats stats;
    struct outbox box;
    struct xbus_setup setup;
    uint64_t index;
    struct counts counts;
    bool counted, timed;
    uint16_t counter;
    uint32_t ticks, step;  /* of the last sample with a time, and from the one before */
    int64_t elapsed_ticks; /* ticks, unwrapped */
    unsigned held;
    uint8_t window[XBUS_LOOK_MAX];
};

/* Takes the sample's time; true when the device has restarted since the last. */
static bool advance(struct xbus *x, uint32_t ticks)
{
    uint32_t ahead = ticks - x->ticks, in_a_day = ticks + TICKS_A_DAY - x->ticks;
    bool forward = ticks >= x->ticks;
    if (!forward && x->ticks < TICKS_A_DAY && in_a_day < TURN_TICKS) ahead = in_a_day;
    bool restarted = x->timed && !forward && ahead >= TURN_TICKS;
    if (!x->timed || restarted)
        x->elapsed_ticks = ticks;
    else
        x->elapsed_ticks += x->step = ahead;
    x->timed = true;
    x->ticks = ticks;
    return restarted;
}

/* A lost message counts as a lost sample: what was in it, nobody knows. */
static void count_loss(struct xbus *x, uint16_t counter, bool restarted)
{
    uint16_t missing = (uint16_t)(counter - x->counter - 1);
    if (x->counted && !restarted && missing < UINT16_MAX / 2) {
        x->stats.lost_frames += missing;
        x->stats.lost_samples += missing;
    }
    x->counted = true;
    x->counter = counter;
}

static void emit(struct xbus *x, const struct xbus_reading *r, bool restarted)
{
    struct raw_sample *s = outbox_add(&x->box);
    if (restarted) {
        s->flags |= SAMPLE_RESTARTED;
        x->index = 0;
    }
    double force[3];
    memcpy(force, r->accel, sizeof force);
    if (!r->have_accel) xbus_free_in_sensor(r, force);
    s->have = r->have_accel ? HAVE_ACCEL : HAVE_LINEAR_ACCEL;
    counts_fill(&x->counts, force, r->gyro, 4, s); /* there are models of ±20 g */
    if (r->have_gyro) s->have |= HAVE_GYRO;
    if (r->have_quat) s->have |= HAVE_QUAT;
    for (int i = 0; i < 4; i++) s->quat[i] = (int16_t)lround(fmin(fmax(r->quat[i], -1), 1) * (double)QUAT_COUNTS);
    if (r->have_time) s->device_ns = x->elapsed_ticks * TICK_NS;
    s->index = x->index++;
    x->stats.samples++;
}

static void take_data(struct xbus *x, const struct xbus_message *m)
{
    struct xbus_reading r;
    if (!xbus_read(m, &r)) {
        x->stats.bad_frames++;
        x->stats.run = 0;
        return;
    }
    /* the time of a message without a sample may be arbitrary (position before satellites are found) */
    bool sample = r.have_accel || (r.have_quat && r.have_free);
    bool restarted = sample && r.have_time && advance(x, r.ticks);
    if (r.have_counter) count_loss(x, r.counter, restarted);
    if (sample) emit(x, &r, restarted);
    x->stats.frames++;
    x->stats.run++;
}

static void drop(struct xbus *x, unsigned n)
{
    x->held -= n;
    memmove(x->window, x->window + n, x->held);
}

static void take(struct xbus *x, const struct xbus_message *m)
{
    xbus_setup_heard(&x->setup, m->id);
    if (m->id == XBUS_MTDATA2)
        take_data(x, m);
    else
        x->stats.frames++;
    drop(x, m->length);
}

/* Up to the next byte that a message could begin with. */
static void skip(struct xbus *x)
{
    const uint8_t *next = memchr(x->window + 1, x->window[0], x->held - 1);
    unsigned n = next && x->window[0] == 0xfa ? (unsigned)(next - x->window) : 1;
    x->stats.skipped_bytes += n;
    x->stats.run = 0;
    drop(x, n);
}

/* A long message that proves to be none may have held many short ones. What the outbox has no room for waits for the next
 * byte: twenty messages leave the window by then, so that it never fills up. */
static void step(void *state, uint8_t byte)
{
    struct xbus *x = state;
    x->stats.bytes++;
    x->window[x->held++] = byte;
    while (x->held > 0 && x->box.count < OUTBOX_SAMPLES) {
        struct xbus_message m;
        switch (xbus_look(x->window, x->held, &m)) {
        case XBUS_MORE: return;
        case XBUS_MESSAGE: take(x, &m); break;
        case XBUS_BAD:
            x->stats.bad_frames++;
            /* fallthrough */
        case XBUS_NOTHING: skip(x); break;
        }
    }
}

static void xbus_init(void *state) { memset(state, 0, sizeof(struct xbus)); }

static size_t xbus_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct xbus *x = state;
    return outbox_feed(&x->box, step, x, bytes, n, out, max, count);
}

static void xbus_stats(const void *state, struct link_stats *stats) { *stats = ((const struct xbus *)state)->stats; }

static void xbus_info(const void *state, struct sensor_info *info)
{
    const struct xbus *x = state;
    memset(info, 0, sizeof *info);
    memcpy(info->model, "Xsens MTi", sizeof "Xsens MTi");
    info->battery_percent = -1;
    info->has_clock = x->timed;
}

/* Rate and content are one setting. A question such as "who are you" would stop the measurement: never asked. */
static size_t xbus_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    struct xbus *x = state;
    if (command->kind != SENSOR_SET_RATE && command->kind != SENSOR_SET_CONTENT) return 0;
    double rate_hz = (double)command->rate_hz;
    if (!(rate_hz > 0)) rate_hz = x->step > 0 ? (double)NS_PER_S / TICK_NS / x->step : RATE_DEFAULT_HZ;
    struct xbus_setup setup = {0};
    xbus_setup_begin(&setup, (unsigned)fmin(fmax(round(rate_hz), 1), RATE_MAX_HZ));
    size_t n = xbus_setup_poll(&setup, 0, buf, cap);
    if (n > 0) x->setup = setup;
    return n;
}

static size_t xbus_poll(void *state, int64_t now_ns, uint8_t *buf, size_t cap)
{
    return xbus_setup_poll(&((struct xbus *)state)->setup, now_ns, buf, cap);
}

const struct protocol xbus_protocol = {
    .name = "xbus",
    .state_size = sizeof(struct xbus),
    .assurance = ASSURANCE_SUM,
    .lock_run = 3,
    .init = xbus_init,
    .push = xbus_push,
    .stats = xbus_stats,
    .info = xbus_info,
    .encode = xbus_encode,
    .poll = xbus_poll,
};
