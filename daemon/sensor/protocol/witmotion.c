/* Two framings begin with the same 0x55; the second byte tells them apart, so one window of bytes serves both:
 *   55 50…5F  11 bytes, the last is the sum of the ten before (WitMotion "normal protocol", HiWonder)
 *   55 61     20 bytes, or 28 with a date in SD-card logs; no checksum (WitMotion "BLE 5.0" type); 55 71 answers a read
 * Invariants:
 *   window[0 .. held) are the stream's latest bytes; none of them belongs to a frame already taken.
 *   A 55 61 frame is taken only when the next header stands where it must (real captures hold cut-off frames).
 *   A wrong frame costs one byte, then the search goes on behind it: garbage never swallows a good frame.
 */
#include "outbox.h"
#include "witmotion_frame.h"
#include "witmotion_talk.h"
#include "plumbline/sensor.h"

#include <string.h>

enum { WINDOW = WITMOTION_DATED + 2, LONG_SILENCE = 8, STRANGE_BYTES = 4 * WITMOTION_DATED };

/* What the frames of a group bring. */
enum part { TIME, ACCEL, GYRO, QUAT, PARTS };

struct witmotion {
    struct link_stats stats;
    struct outbox box;
    struct witmotion_talk talk;
    uint64_t index;
    unsigned held;
    uint8_t window[WINDOW];
    unsigned long_length; /* of the 55 61 frames; 0 unknown */
    unsigned strange;     /* bytes passed over since the last frame */
    /* the group of 55 5x frames being collected */
    uint8_t last_type;
    bool has[PARTS], done;
    unsigned absent[PARTS]; /* groups in a row without the part */
    int16_t accel[3], gyro[3], quat[4];
    int64_t group_ns;
    uint16_t version; /* 0x53 frames; 0 unknown */
};

static bool expected(const struct witmotion *w, enum part part) { return w->absent[part] < LONG_SILENCE; }

static struct raw_sample *emit(struct witmotion *w, const int16_t accel[3], const int16_t *gyro, int64_t device_ns)
{
    struct raw_sample *s = outbox_add(&w->box);
    s->device_ns = device_ns;
    s->index = w->index++;
    s->scale = SCALE_16G_2000DPS;
    s->have = gyro ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL;
    memcpy(s->accel, accel, sizeof s->accel);
    if (gyro) memcpy(s->gyro, gyro, sizeof s->gyro);
    if (witmotion_clipped(s->accel) || witmotion_clipped(s->gyro)) s->flags = SAMPLE_CLIPPED;
    w->stats.samples++;
    return s;
}

/* Where each group brings its time, one without it was damaged: its sample cannot be placed. */
static void finish_group(struct witmotion *w)
{
    w->done = true;
    if (!w->has[TIME] && expected(w, TIME)) {
        w->stats.lost_samples++;
        return;
    }
    struct raw_sample *s =
        emit(w, w->accel, w->has[GYRO] ? w->gyro : NULL, w->has[TIME] ? w->group_ns : NO_DEVICE_TIME);
    if (!w->has[QUAT]) return;
    s->have |= HAVE_QUAT;
    memcpy(s->quat, w->quat, sizeof s->quat);
}

/* Frames of a group come in rising order of type; a type that does not rise opens the next group. */
static void next_group(struct witmotion *w)
{
    if (w->has[ACCEL] && !w->done && (w->has[GYRO] || !expected(w, GYRO))) finish_group(w);
    for (int i = 0; i < PARTS; i++) {
        if (w->has[i])
            w->absent[i] = 0;
        else if (w->absent[i] < LONG_SILENCE)
            w->absent[i]++;
        w->has[i] = false;
    }
    w->done = false;
}

/* What was missed may be the end of this group and the beginning of the next: never splice two. */
static void forget_group(struct witmotion *w) { memset(w->has, 0, sizeof w->has); }

static void take_part(struct witmotion *w, enum part part, const uint8_t *data)
{
    w->has[part] = true;
    switch (part) {
    case TIME:
        w->group_ns = witmotion_time_ns(data);
        w->has[TIME] = w->group_ns != NO_DEVICE_TIME;
        break;
    case ACCEL: witmotion_int16(data, w->accel, 3); break;
    case GYRO: witmotion_int16(data, w->gyro, 3); break;
    default: witmotion_int16(data, w->quat, 4); break;
    }
}

static void take_short(struct witmotion *w, const uint8_t *frame)
{
    const uint8_t *data = frame + 2;
    if (frame[1] == WITMOTION_REPLY) {
        witmotion_talk_reply(&w->talk, 0, (unsigned)(data[0] | data[1] << 8));
        return;
    }
    if (frame[1] <= w->last_type) next_group(w);
    w->last_type = frame[1];
    switch (frame[1]) {
    case WITMOTION_TIME: take_part(w, TIME, data); break;
    case WITMOTION_ACCEL: take_part(w, ACCEL, data); break;
    case WITMOTION_GYRO: take_part(w, GYRO, data); break;
    case WITMOTION_QUAT: take_part(w, QUAT, data); break;
    case WITMOTION_ANGLE: w->version = (uint16_t)(data[6] | data[7] << 8); break;
    default: break;
    }
    if (w->has[ACCEL] && w->has[GYRO] && (w->has[QUAT] || !expected(w, QUAT)) && !w->done) finish_group(w);
}

static void take_long(struct witmotion *w, const uint8_t *frame, unsigned length)
{
    int16_t v[6];
    witmotion_int16(frame + 2, v, 6);
    emit(w, v, v + 3, length == WITMOTION_DATED ? witmotion_time_ns(frame + WITMOTION_LONG) : NO_DEVICE_TIME);
}

static void drop(struct witmotion *w, unsigned n)
{
    w->held -= n;
    memmove(w->window, w->window + n, w->held);
}

static void take(struct witmotion *w, unsigned length)
{
    const uint8_t *p = w->window;
    if (length == WITMOTION_SHORT)
        take_short(w, p);
    else if (p[1] == WITMOTION_REGISTER)
        witmotion_talk_reply(&w->talk, (unsigned)(p[2] | p[3] << 8), (unsigned)(p[4] | p[5] << 8));
    else
        take_long(w, p, w->long_length = length);
    w->stats.frames++;
    w->stats.run++;
    w->strange = 0;
    drop(w, length);
}

static void pass_over(struct witmotion *w)
{
    w->stats.skipped_bytes++;
    w->stats.run = 0;
    if (++w->strange >= STRANGE_BYTES) w->long_length = 0;
    forget_group(w);
    drop(w, 1);
}

static void step(void *state, uint8_t byte)
{
    struct witmotion *w = state;
    w->stats.bytes++;
    w->window[w->held++] = byte;
    while (w->held > 0) {
        unsigned length = 0;
        switch (witmotion_look(w->window, w->held, w->long_length, &length)) {
        case WITMOTION_MORE: return;
        case WITMOTION_FRAME: take(w, length); break;
        case WITMOTION_BAD:
            w->stats.bad_frames++;
            /* fallthrough */
        case WITMOTION_NOTHING: pass_over(w); break;
        }
    }
}

static void witmotion_init(void *state)
{
    struct witmotion *w = state;
    memset(w, 0, sizeof *w);
    witmotion_talk_init(&w->talk);
    w->absent[TIME] = w->absent[QUAT] = LONG_SILENCE; /* most are sold with both off */
}

static size_t witmotion_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max,
                             size_t *count)
{
    struct witmotion *w = state;
    return outbox_feed(&w->box, step, w, bytes, n, out, max, count);
}

static void witmotion_stats(const void *state, struct link_stats *stats)
{
    *stats = ((const struct witmotion *)state)->stats;
}

static void witmotion_info(const void *state, struct sensor_info *info)
{
    const struct witmotion *w = state;
    memset(info, 0, sizeof *info);
    memcpy(info->model, "WitMotion", sizeof "WitMotion");
    witmotion_version(w->version, info->firmware, sizeof info->firmware);
    info->battery_percent = w->talk.battery_percent;
    info->has_clock = expected(w, TIME) || w->long_length == WITMOTION_DATED;
}

static size_t witmotion_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    struct witmotion *w = state;
    return witmotion_talk_begin(&w->talk, command, w->long_length > 0, buf, cap);
}

static size_t witmotion_poll(void *state, int64_t now_ns, uint8_t *buf, size_t cap)
{
    return witmotion_talk_poll(&((struct witmotion *)state)->talk, now_ns, buf, cap);
}

const struct protocol witmotion_protocol = {
    .name = "witmotion",
    .state_size = sizeof(struct witmotion),
    .assurance = ASSURANCE_CHAIN,
    .lock_run = 4,
    .init = witmotion_init,
    .push = witmotion_push,
    .stats = witmotion_stats,
    .info = witmotion_info,
    .encode = witmotion_encode,
    .poll = witmotion_poll,
};
