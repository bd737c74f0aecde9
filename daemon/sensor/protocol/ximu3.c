/* x-io x-IMU3: messages between line feeds, binary ones stuffed as in SLIP with 0A for END. It streams unasked.
 *
 * Invariants:
 *   line[0 .. min(length, LINE_MAX)) is the message being read, unstuffed; of a longer one only the beginning is kept
 *   a sample's time rises; a clock that leaps is believed when a second message says so too
 *   only messages whose form proves something raise the run: binary data, and `I` among lines of text (a maker's sketch
 *   may well print `A,1000,0.1,0.2,0.3`)
 *   a quaternion belongs to samples at most QUAT_AGE_US away, and leaves only while level.h believes it (its earth may
 *   be set to point down)
 * The haptic accessory hangs on the very port that the cable to the computer needs, so nothing vibrates here.
 */
#include "level.h"
#include "counts.h"
#include "outbox.h"
#include "ximu3_message.h"
#include "plumbline/sensor.h"

#include <math.h>
#include <string.h>

enum { END = 0x0a, ESCAPE = 0xdb, ESCAPED_END = 0xdc, ESCAPED_ESCAPE = 0xdd, BINARY = 0x80 };
enum { LINE_MAX = XIMU3_TEXT_MAX, CHIP_RATE_HZ = 400, QUAT_AGE_US = 25000, LEAP_US = 10000000 };
static const float RAD_PER_DEG = 0.0174532925f;

struct ximu3 {
    struct link_stats stats;
    struct outbox box;
    struct counts counts;
    struct level level;
    uint8_t line[LINE_MAX];
    unsigned length, raw; /* unstuffed, as heard */
    bool escaped, broken;
    bool started, leaping;
    uint64_t last_us, leap_us; /* of the last sample; of the message that leapt */
    uint64_t index;
    bool have_quat;
    uint64_t quat_us;
    int16_t quat[4];
    int battery_percent;
    char name[24];
    uint64_t serial;
};

static bool follows(uint64_t before_us, uint64_t us) { return us > before_us && us - before_us <= LEAP_US; }

/* Whether a sample of time US goes on from the last one; *FLAGS says what lies between. */
static bool place(struct ximu3 *x, uint64_t us, uint16_t *flags)
{
    bool on = !x->started || follows(x->last_us, us), leapt = !on && x->leaping && follows(x->leap_us, us);
    x->leaping = !on && !leapt;
    x->leap_us = us;
    if (!on && !leapt) return false;
    if (leapt) *flags |= us > x->last_us ? SAMPLE_GAP_BEFORE : SAMPLE_RESTARTED;
    x->last_us = us;
    x->started = true;
    return true;
}

static bool on_inertial(struct ximu3 *x, const struct ximu3_message *m)
{
    uint16_t flags = 0;
    if (!place(x, m->us, &flags)) return false;
    if (flags & SAMPLE_RESTARTED) x->index = 0;
    struct raw_sample *s = outbox_add(&x->box);
    s->device_ns = (int64_t)(m->us * NS_PER_US);
    s->index = x->index++;
    s->have = HAVE_ACCEL | HAVE_GYRO;
    double rate[3], force[3];
    for (int i = 0; i < 3; i++) {
        rate[i] = (double)(m->value[i] * RAD_PER_DEG);
        force[i] = (double)(m->value[3 + i] * STANDARD_GRAVITY_MPS2);
    }
    s->flags = flags;
    counts_fill(&x->counts, force, rate, 3, s); /* its chip ends at ±16 g, ±2000 °/s */
    uint64_t age_us = m->us > x->quat_us ? m->us - x->quat_us : x->quat_us - m->us;
    if (x->have_quat && age_us <= QUAT_AGE_US) {
        s->have |= HAVE_QUAT;
        memcpy(s->quat, x->quat, sizeof s->quat);
    }
    level_watch(&x->level, s);
    x->stats.samples++;
    return true;
}

static void on_quaternion(struct ximu3 *x, const struct ximu3_message *m)
{
    for (int i = 0; i < 4; i++) x->quat[i] = (int16_t)lroundf(fminf(fmaxf(m->value[i], -1), 1) * QUAT_COUNTS);
    x->quat_us = m->us;
    x->have_quat = true;
}

static bool on_data(struct ximu3 *x, const struct ximu3_message *m)
{
    switch (m->letter) {
    case 'I': return on_inertial(x, m);
    case 'Q':
    case 'L':
    case 'E': on_quaternion(x, m); return true;
    case 'B': x->battery_percent = m->value[0] >= 0 && m->value[0] <= 100 ? (int)lroundf(m->value[0]) : -1; return true;
    default: return true;
    }
}

/* An answer to a ping: {"ping":{"interface":"USB","name":"x-IMU3","sn":"0123-4567-89AB-CDEF"}} */
static void on_words(struct ximu3 *x)
{
    char sn[24];
    if (x->line[0] != '{') return;
    ximu3_message_string(x->line, x->length, "name", x->name, sizeof x->name);
    if (!ximu3_message_string(x->line, x->length, "sn", sn, sizeof sn)) return;
    x->serial = 0;
    for (const char *p = sn; *p; p++) {
        static const char digits[] = "0123456789ABCDEF";
        const char *digit = strchr(digits, *p >= 'a' ? *p - ('a' - 'A') : *p);
        if (digit) x->serial = x->serial << 4 | (uint64_t)(digit - digits);
    }
}

static void on_message(struct ximu3 *x)
{
    struct ximu3_message m;
    enum ximu3_kind kind = XIMU3_NOTHING;
    if (!x->broken && !x->escaped && x->length <= LINE_MAX) kind = ximu3_message_read(x->line, x->length, &m);
    if (kind == XIMU3_WORDS) on_words(x);
    if (kind == XIMU3_NOTHING || (kind == XIMU3_DATA && !on_data(x, &m))) {
        x->stats.bad_frames += x->line[0] > BINARY;
        x->stats.skipped_bytes += x->raw;
        x->stats.run = 0;
        return;
    }
    x->stats.frames++;
    if (kind == XIMU3_DATA && (m.binary || m.letter == 'I')) x->stats.run++;
}

static void put(struct ximu3 *x, uint8_t byte)
{
    if (x->length < LINE_MAX) x->line[x->length] = byte;
    x->length += x->length <= LINE_MAX;
}

/* Only binary messages are stuffed. */
static void take_byte(struct ximu3 *x, uint8_t byte)
{
    bool stuffed = x->length > 0 && x->line[0] > BINARY;
    if (x->escaped) {
        x->broken = x->broken || (byte != ESCAPED_END && byte != ESCAPED_ESCAPE);
        put(x, byte == ESCAPED_END ? END : ESCAPE);
        x->escaped = false;
    } else if (stuffed && byte == ESCAPE) {
        x->escaped = true;
    } else {
        put(x, byte);
    }
}

static void step(void *state, uint8_t byte)
{
    struct ximu3 *x = state;
    x->stats.bytes++;
    x->raw += x->raw < UINT16_MAX;
    if (byte != END) {
        take_byte(x, byte);
        return;
    }
    on_message(x);
    x->length = x->raw = 0;
    x->line[0] = 0;
    x->escaped = x->broken = false;
}

static void ximu3_init(void *state)
{
    struct ximu3 *x = state;
    memset(x, 0, sizeof *x);
    x->battery_percent = -1;
}

static size_t ximu3_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct ximu3 *x = state;
    return outbox_feed(&x->box, step, x, bytes, n, out, max, count);
}

static void ximu3_stats(const void *state, struct link_stats *stats) { *stats = ((const struct ximu3 *)state)->stats; }

static void ximu3_info(const void *state, struct sensor_info *info)
{
    const struct ximu3 *x = state;
    memset(info, 0, sizeof *info);
    memcpy(info->model, "x-IMU3", sizeof "x-IMU3");
    if (x->name[0]) memcpy(info->model, x->name, sizeof x->name);
    info->serial = x->serial;
    info->battery_percent = x->battery_percent;
    info->has_clock = true;
}

/* {"KEY":NUMBER} and a line feed. */
static size_t put_setting(const char *key, unsigned number, char *out)
{
    char digits[10];
    size_t n = 0, d = 0;
    out[n++] = '{';
    out[n++] = '"';
    for (; *key; key++) out[n++] = *key;
    out[n++] = '"';
    out[n++] = ':';
    do digits[d++] = (char)('0' + number % 10);
    while (number /= 10);
    while (d > 0) out[n++] = digits[--d];
    out[n++] = '}';
    out[n++] = '\n';
    return n;
}

static size_t put_text(const char *text, char *out)
{
    size_t n = strlen(text);
    memcpy(out, text, n);
    return n;
}

/* The chip samples at a fixed rate and sends the mean of so many readings. */
static unsigned divisor_for(float rate_hz)
{
    if (!(rate_hz >= 1)) return CHIP_RATE_HZ;
    return rate_hz > CHIP_RATE_HZ ? 1 : (unsigned)lroundf(CHIP_RATE_HZ / rate_hz);
}

static size_t ximu3_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    (void)state;
    char text[64];
    size_t n = 0;
    if (command->kind == SENSOR_HELLO || command->kind == SENSOR_PING) n = put_text("{\"ping\":null}\n", text);
    if (command->kind == SENSOR_IDENTIFY) n = put_text("{\"strobe\":null}\n", text);
    if (command->kind == SENSOR_SET_RATE)
        n = put_setting("inertial_message_rate_divisor", divisor_for(command->rate_hz), text);
    if (command->kind == SENSOR_SET_CONTENT) n = put_setting("ahrs_message_rate_divisor", 0, text);
    if (n > cap) return 0;
    memcpy(buf, text, n);
    return n;
}

const struct protocol ximu3_protocol = {
    .name = "ximu3",
    .state_size = sizeof(struct ximu3),
    .assurance = ASSURANCE_CHAIN,
    .lock_run = 3,
    .init = ximu3_init,
    .push = ximu3_push,
    .stats = ximu3_stats,
    .info = ximu3_info,
    .encode = ximu3_encode,
};
