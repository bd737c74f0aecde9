/* BNO080/085/086 in UART-RVC mode, made for robot vacuum cleaners (data sheet BNO080 1000-3927, 1.3.5.2):
 *   AA AA | index | yaw, pitch, roll (0.01 deg) | x, y, z (mg, gravity included) | 3 reserved | sum of the 16 before
 * 19 bytes, little-endian, a hundred times a second, and nothing that could be asked.
 *
 * The data sheet says that pitch turns about y and roll about x. Its own example frame says otherwise: there the
 * accelerometer fits roll about y and pitch about x (x points right, y forward, as in the chip's other outputs), yaw
 * first, then pitch, then roll, which is also what their ranges allow: ±180°, ±90°, ±180°. So it is read here, and
 * level.h drops the attitude should a chip mean it the other way. Which way yaw counts is not known, and not needed.
 *
 * Invariants:
 *   window[0 .. held) are the stream's latest bytes; none of them belongs to a frame already taken.
 *   A frame is taken only when the next header stands behind it: eight bits of sum let one of 256 cut-off frames pass.
 *   A wrong frame costs one byte, then the search goes on behind it.
 */
#include "level.h"
#include "outbox.h"
#include "plumbline/sensor.h"

#include <math.h>
#include <string.h>

enum { FRAME = 19, WINDOW = FRAME + 2, HEADER = 0xaa, INDEX = 2, ANGLES = 3, FORCE = 9, SUM = 18 };
enum { HALF_TURN = 18000, QUARTER_TURN = 9000 }; /* 0.01 deg */
static const float RAD_PER_COUNT = 0.000174532925f;

struct bno_rvc {
    struct link_stats stats;
    struct outbox box;
    struct level level;
    unsigned held;
    uint8_t window[WINDOW];
    bool counting;
    uint8_t last; /* index of the last frame */
    uint64_t index;
};

static void get_three(const uint8_t *p, int16_t out[3])
{
    for (int i = 0; i < 3; i++, p += 2) out[i] = (int16_t)(uint16_t)(p[0] | p[1] << 8);
}

static bool within(int16_t v, int limit) { return v >= -limit && v <= limit; }

/* A line stuck at AA is no frame: sixteen of them add up to A0, and AA AA is no angle. */
static bool is_frame(const uint8_t *p)
{
    uint8_t sum = 0;
    int16_t angle[3];
    for (unsigned i = INDEX; i < SUM; i++) sum = (uint8_t)(sum + p[i]);
    get_three(p + ANGLES, angle);
    bool chained = p[FRAME] == HEADER && p[FRAME + 1] == HEADER;
    return sum == p[SUM] && chained && within(angle[0], HALF_TURN) && within(angle[1], QUARTER_TURN) &&
           within(angle[2], HALF_TURN);
}

static int16_t component(float v) { return (int16_t)lroundf(v * QUAT_COUNTS); }

/* Yaw about z, then pitch about the new x, then roll about the new y: q = z ⊗ x ⊗ y. */
static void attitude_of(const int16_t angle[3], int16_t quat[4])
{
    float half[3], c[3], s[3];
    for (int i = 0; i < 3; i++) {
        half[i] = (float)angle[i] * (RAD_PER_COUNT / 2);
        c[i] = cosf(half[i]);
        s[i] = sinf(half[i]);
    }
    float zx[4] = {c[0] * c[1], c[0] * s[1], s[0] * s[1], s[0] * c[1]};
    quat[0] = component(zx[0] * c[2] - zx[2] * s[2]);
    quat[1] = component(zx[1] * c[2] - zx[3] * s[2]);
    quat[2] = component(zx[2] * c[2] + zx[0] * s[2]);
    quat[3] = component(zx[3] * c[2] + zx[1] * s[2]);
}

static void drop(struct bno_rvc *b, unsigned n)
{
    b->held -= n;
    memmove(b->window, b->window + n, b->held);
}

static void take(struct bno_rvc *b)
{
    const uint8_t *p = b->window;
    int16_t angle[3];
    unsigned lost = b->counting ? (uint8_t)(p[INDEX] - b->last - 1) : 0;
    struct raw_sample *s = outbox_add(&b->box);
    s->index = b->index + lost;
    s->have = HAVE_ACCEL | HAVE_QUAT;
    s->flags = lost ? SAMPLE_GAP_BEFORE : 0;
    s->scale.accel_mps2 = STANDARD_GRAVITY_MPS2 / 1000;
    get_three(p + FORCE, s->accel);
    get_three(p + ANGLES, angle);
    attitude_of(angle, s->quat);
    level_watch(&b->level, s);
    b->index = s->index + 1;
    b->last = p[INDEX];
    b->counting = true;
    b->stats.lost_frames += lost;
    b->stats.lost_samples += lost;
    b->stats.samples++;
    b->stats.frames++;
    b->stats.run++;
    drop(b, FRAME);
}

static void skip_byte(struct bno_rvc *b)
{
    b->stats.skipped_bytes++;
    b->stats.run = 0;
    drop(b, 1);
}

static bool begins_right(const struct bno_rvc *b)
{
    return b->window[0] == HEADER && (b->held < 2 || b->window[1] == HEADER);
}

static void step(void *state, uint8_t byte)
{
    struct bno_rvc *b = state;
    b->stats.bytes++;
    b->window[b->held++] = byte;
    while (b->held > 0) {
        if (!begins_right(b)) {
            skip_byte(b);
        } else if (b->held < WINDOW) {
            return;
        } else if (is_frame(b->window)) {
            take(b);
        } else {
            b->stats.bad_frames++;
            skip_byte(b);
        }
    }
}

static void bno_rvc_init(void *state) { memset(state, 0, sizeof(struct bno_rvc)); }

static size_t bno_rvc_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max,
                           size_t *count)
{
    struct bno_rvc *b = state;
    return outbox_feed(&b->box, step, b, bytes, n, out, max, count);
}

static void bno_rvc_stats(const void *state, struct link_stats *stats)
{
    *stats = ((const struct bno_rvc *)state)->stats;
}

static void bno_rvc_info(const void *state, struct sensor_info *info)
{
    (void)state;
    memset(info, 0, sizeof *info);
    memcpy(info->model, "BNO08x UART-RVC", sizeof "BNO08x UART-RVC");
    info->rate_hz = 100;
    info->battery_percent = -1;
    info->has_counter = true;
}

const struct protocol bno_rvc_protocol = {
    .name = "bno-rvc",
    .state_size = sizeof(struct bno_rvc),
    .assurance = ASSURANCE_SUM,
    .lock_run = 3,
    .init = bno_rvc_init,
    .push = bno_rvc_push,
    .stats = bno_rvc_stats,
    .info = bno_rvc_info,
};
