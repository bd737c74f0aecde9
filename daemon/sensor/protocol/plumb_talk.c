/* What is said to a plumb device: commands, and what the decoder asks by itself. Rules kept here:
 *   who joins in midstream needs STREAM as well, which a device repeats only once a minute: HELLO_REQ asks for both; a
 *   border goes before it, for a serial port is opened with echo on, and what came before it was raw went back
 *   a vibration that lasts is kept alive, for the device stops when its host seems dead
 *   a round trip bounds how late samples can be; the device's own part of it is taken out (the PONG says)
 */
#include "plumb.h"

#include <math.h>
#include <string.h>

static const int64_t ASK_NS = SECONDS_NS(2), PING_NS = SECONDS_NS(60), KEEPALIVE_NS = SECONDS_NS(PLUMB_KEEPALIVE_S) / 3;

_Static_assert((int)SENSOR_ON_MAX_MS == (int)PLUMB_VIBRATE_ON_MAX_MS, "the link's limit is the one that is told");
_Static_assert((int)SENSOR_DUTY_MAX_PERCENT == (int)PLUMB_VIBRATE_DUTY_MAX_PERCENT, "the link's limit is the one that is told");

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

static int64_t lasts_ns(const struct sensor_command *c)
{
    return NS_PER_MS * (int64_t)at_most(c->repeats, UINT8_MAX) * (at_most(c->on_ms, UINT16_MAX) + at_most(c->off_ms, UINT16_MAX));
}

size_t plumb_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    struct plumb *p = state;
    uint8_t payload[PLUMB_PAYLOAD_MAX] = {0}, wire[2 * PLUMB_WIRE_MAX + 1];
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
    if (type == PLUMB_VIBRATE || type == PLUMB_VIBRATE_STOP) p->vibrates_ns = lasts_ns(command);
    return n;
}

static size_t say(struct plumb *p, enum sensor_command_kind kind, uint8_t *buf, size_t cap)
{
    return plumb_encode(p, &(struct sensor_command){.kind = kind, .token = p->seq}, buf, cap);
}

static size_t ask_for_missing(struct plumb *p, int64_t now_ns, uint8_t *buf, size_t cap)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX], wire[PLUMB_WIRE_MAX];
    struct plumb_log_span span;
    if (cap < PLUMB_WIRE_MAX || !plumb_backfill_ask(&p->backfill, p->next_index, now_ns, &span)) return 0;
    span.boot_id = p->hello.boot_id;
    size_t n = plumb_link_encode(PLUMB_LOG_READ, p->seq++, payload, plumb_put_log_span(&span, payload), wire);
    memcpy(buf, wire, n);
    return n;
}

static bool due(int64_t *last_ns, int64_t every_ns, int64_t now_ns)
{
    if (*last_ns && now_ns - *last_ns < every_ns) return false;
    *last_ns = now_ns;
    return true;
}

/* The PONG was read just before this: now is when it came. */
static void take_round_trip(struct plumb *p, int64_t now_ns)
{
    int64_t round_ns = now_ns - p->ping_ns - p->held_ns;
    if (p->ponged && p->ping_ns && round_ns > 0) p->round_trip_ns = round_ns;
    p->ponged = false;
}

size_t plumb_poll(void *state, int64_t now_ns, uint8_t *buf, size_t cap)
{
    struct plumb *p = state;
    bool stranger = !p->have_hello || !p->have_stream || p->unsure;
    take_round_trip(p, now_ns);
    if (p->vibrates_ns) p->vibrates_until_ns = now_ns + p->vibrates_ns;
    p->vibrates_ns = 0;
    p->polled = true;
    p->backfill.able = p->have_hello && (p->hello.caps & PLUMB_CAP_LOG);
    if (p->unsure && p->asked_ns && now_ns - p->asked_ns > ASK_NS) p->unsure = false; /* it does not say: its count will */
    if (stranger && due(&p->asked_ns, ASK_NS, now_ns)) return say(p, SENSOR_HELLO, buf, cap);
    size_t n = ask_for_missing(p, now_ns, buf, cap);
    if (n) return n;
    if (now_ns < p->vibrates_until_ns && due(&p->kept_ns, KEEPALIVE_NS, now_ns)) return say(p, SENSOR_KEEPALIVE, buf, cap);
    if (!stranger && due(&p->ping_ns, PING_NS, now_ns)) return say(p, SENSOR_PING, buf, cap);
    return 0;
}
