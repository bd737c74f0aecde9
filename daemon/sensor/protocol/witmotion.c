/* Two framings begin with the same 0x55; the second byte tells them apart, so one window of bytes serves both:
 *   55 50…5F  11 bytes, the last is the sum of the ten before (WitMotion "normal protocol", HiWonder)
 *   55 61     20 bytes, or 28 with a date in SD-card logs; no checksum (WitMotion "BLE 5.0" type); 55 71 answers a read
 * Invariants:
 *   window[0 .. held) are the stream's latest bytes; none of them belongs to a frame already taken.
 *   A 55 61 frame is taken only when the next header stands where it must (real captures hold cut-off frames).
 *   A wrong frame costs one byte, then the search goes on behind it: garbage never swallows a good frame.
 */
#include "protocol.h"
#include "outbox.h"
#include "witmotion_frame.h"

#include <string.h>

enum { WINDOW = WITMOTION_DATED + 2, LONG_SILENCE = 8 };

struct witmotion {
    struct link_stats stats;
    struct outbox box;
    uint64_t index;
    unsigned held;
    uint8_t window[WINDOW];
    /* the group of 55 5x frames being collected */
    uint8_t last_type;
    bool have_accel, have_gyro, done;
    int16_t accel[3], gyro[3];
    int64_t group_ns;
    unsigned groups_without_gyro, groups_without_time;
    uint16_t version; /* 0x53 frames; 0 unknown */
};

static void emit(struct witmotion *w, const int16_t accel[3], const int16_t *gyro, int64_t device_ns)
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
}

/* Where each group brings its time, one without it was damaged: its sample cannot be placed. */
static void finish_group(struct witmotion *w)
{
    w->done = true;
    if (w->group_ns == NO_DEVICE_TIME && w->groups_without_time < LONG_SILENCE) {
        w->stats.lost_samples++;
        return;
    }
    emit(w, w->accel, w->have_gyro ? w->gyro : NULL, w->group_ns);
}

/* Frames of a group come in rising order of type; a type that does not rise opens the next group. */
static void next_group(struct witmotion *w)
{
    if (w->have_accel && !w->done && w->groups_without_gyro >= LONG_SILENCE) finish_group(w);
    if (w->have_gyro)
        w->groups_without_gyro = 0;
    else if (w->groups_without_gyro < LONG_SILENCE)
        w->groups_without_gyro++;
    if (w->group_ns != NO_DEVICE_TIME)
        w->groups_without_time = 0;
    else if (w->groups_without_time < LONG_SILENCE)
        w->groups_without_time++;
    w->have_accel = w->have_gyro = w->done = false;
    w->group_ns = NO_DEVICE_TIME;
}

/* What was missed may be the end of this group and the beginning of the next: never splice two. */
static void forget_group(struct witmotion *w)
{
    w->have_accel = w->have_gyro = false;
    w->group_ns = NO_DEVICE_TIME;
}

static void take_short(struct witmotion *w, const uint8_t *frame)
{
    if (frame[1] <= w->last_type) next_group(w);
    w->last_type = frame[1];
    switch (frame[1]) {
    case WITMOTION_TIME: w->group_ns = witmotion_time_ns(frame + 2); break;
    case WITMOTION_ACCEL:
        witmotion_int16(frame + 2, w->accel, 3);
        w->have_accel = true;
        break;
    case WITMOTION_GYRO:
        witmotion_int16(frame + 2, w->gyro, 3);
        w->have_gyro = true;
        break;
    case WITMOTION_ANGLE: w->version = (uint16_t)(frame[8] | frame[9] << 8); break;
    default: break;
    }
    if (w->have_accel && w->have_gyro && !w->done) finish_group(w);
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
    if (length == WITMOTION_SHORT)
        take_short(w, w->window);
    else if (w->window[1] == WITMOTION_DATA)
        take_long(w, w->window, length);
    w->stats.frames++;
    w->stats.run++;
    drop(w, length);
}

static void step(void *state, uint8_t byte)
{
    struct witmotion *w = state;
    w->stats.bytes++;
    w->window[w->held++] = byte;
    while (w->held > 0) {
        unsigned length = 0;
        switch (witmotion_look(w->window, w->held, &length)) {
        case WITMOTION_MORE: return;
        case WITMOTION_FRAME: take(w, length); break;
        case WITMOTION_BAD:
            w->stats.bad_frames++;
            /* fallthrough */
        case WITMOTION_NOTHING:
            w->stats.skipped_bytes++;
            w->stats.run = 0;
            forget_group(w);
            drop(w, 1);
            break;
        }
    }
}

static void witmotion_init(void *state)
{
    struct witmotion *w = state;
    memset(w, 0, sizeof *w);
    w->group_ns = NO_DEVICE_TIME;
    w->groups_without_time = LONG_SILENCE; /* most are sold with the clock off */
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
    info->battery_percent = -1;
    info->has_clock = w->groups_without_time < LONG_SILENCE;
}

/* Rate and content are settings the sensor keeps: they are the wearer's, made with the maker's own program. */
static size_t witmotion_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    (void)state, (void)command, (void)buf, (void)cap;
    return 0;
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
};
