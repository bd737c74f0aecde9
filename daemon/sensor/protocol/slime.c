/* SlimeVR's nRF receiver, and a tracker on its cable: HID reports of four packets, which come as one stream of bytes
 * from the transport. No mark, no clock, no count: the USB id says who it is.
 *
 * Invariants:
 *   window[0 .. held) are the stream's latest bytes; a packet is taken only when two others follow it, so that a report
 *   cut short costs packets and does not make one up (the receiver fills its reports: nothing waits for long)
 *   a tracker becomes known by an address or a precise attitude, which hardly anything else looks like; of one not
 *   known nothing else is believed
 *   samples are of one tracker: the lowest number among the first LISTEN packets with an attitude, and it stays so
 *   (which of several is heard first is chance, and each is worn somewhere else)
 *   a tracker sends its attitude only when it changes, and other packets ten times a second meanwhile: each of those
 *   says that the attitude of before still holds, and is a sample of it
 * Acceleration is passed on as what it is, linear, and only of firmware built since its axes are the quaternion's:
 * before, the project's own programs disagreed about them (SlimeVR-Server, pull requests 945, 1014 and 1431).
 */
#include "outbox.h"
#include "slime_packet.h"
#include "plumbline/sensor.h"

#include <string.h>

enum { WINDOW = 3 * SLIME_PACKET, LISTEN = 32, NOBODY = 256, TRACKERS = 256 };
enum { ACCEL_SINCE = SLIME_DATE(2025, 6, 1) };
static const float ACCEL_MPS2 = 1.0f / 128;

struct slime {
    struct link_stats stats;
    struct outbox box;
    unsigned held;
    uint8_t window[WINDOW];
    unsigned chosen, lowest;                 /* NOBODY until heard */
    unsigned listened;                       /* packets with an attitude, up to LISTEN */
    bool known[TRACKERS], present[TRACKERS]; /* believed to exist; seen moving */
    unsigned trackers;                       /* how many are present */
    uint64_t index;
    struct raw_sample latest; /* have 0: none yet */
    uint16_t date_said, date; /* of its firmware, believed when said twice; 0 unknown, which newer ones leave it */
    uint64_t address[TRACKERS];
    int battery_percent;
};

static void meet(struct slime *l, unsigned tracker)
{
    l->trackers += !l->present[tracker];
    l->present[tracker] = true;
    if (l->chosen != NOBODY) return;
    if (tracker < l->lowest) l->lowest = tracker;
    if (++l->listened == LISTEN) l->chosen = l->lowest;
}

static void emit(struct slime *l)
{
    struct raw_sample *s = outbox_add(&l->box);
    *s = l->latest;
    s->index = l->index++;
    l->stats.samples++;
}

static void on_attitude(struct slime *l, const struct slime_packet *p)
{
    struct raw_sample *s = &l->latest;
    memset(s, 0, sizeof *s);
    s->device_ns = NO_DEVICE_TIME;
    s->scale.accel_mps2 = ACCEL_MPS2;
    s->have = HAVE_QUAT;
    s->flags = SAMPLE_ON_CHANGE;
    memcpy(s->quat, p->quat, sizeof s->quat);
    if (!p->have_accel || (l->date && l->date < ACCEL_SINCE)) return;
    s->have |= HAVE_LINEAR_ACCEL;
    memcpy(s->accel, p->accel, sizeof s->accel);
    for (int i = 0; i < 3; i++)
        if (s->accel[i] == INT16_MAX || s->accel[i] == INT16_MIN) s->flags |= SAMPLE_CLIPPED;
}

static bool is_believable(const struct slime *l, const uint8_t *bytes)
{
    struct slime_packet p;
    return slime_packet_read(bytes, &p) && (p.unmistakable || l->known[p.tracker]);
}

static void on_info(struct slime *l, uint16_t date)
{
    if (date == l->date_said) l->date = date;
    l->date_said = date;
}

static void on_packet(struct slime *l, const struct slime_packet *p)
{
    l->known[p->tracker] = true;
    if (p->type == SLIME_ADDRESS) { /* the receiver's word; the tracker may be switched off */
        l->address[p->tracker] = p->address;
        return;
    }
    if (p->have_quat) meet(l, p->tracker);
    if (p->tracker != l->chosen) return;
    if (p->type == SLIME_INFO) on_info(l, p->date);
    l->stats.lost_frames += p->lost;
    if (p->battery_percent >= 0) l->battery_percent = p->battery_percent;
    if (p->have_quat) on_attitude(l, p);
    if (l->latest.have && p->type <= SLIME_COMPACT_BUTTON) emit(l);
}

static void drop(struct slime *l, unsigned n)
{
    l->held -= n;
    memmove(l->window, l->window + n, l->held);
}

static void step(void *state, uint8_t byte)
{
    struct slime *l = state;
    l->stats.bytes++;
    l->window[l->held++] = byte;
    if (l->held < WINDOW) return;
    bool chained = true;
    for (unsigned at = 0; at < WINDOW && chained; at += SLIME_PACKET) chained = is_believable(l, l->window + at);
    if (chained) {
        struct slime_packet p;
        slime_packet_read(l->window, &p);
        on_packet(l, &p);
        l->stats.frames++;
        l->stats.run++;
        drop(l, SLIME_PACKET);
        return;
    }
    l->stats.bad_frames += l->stats.run > 0;
    l->stats.skipped_bytes++;
    l->stats.run = 0;
    drop(l, 1);
}

static void slime_init(void *state)
{
    struct slime *l = state;
    memset(l, 0, sizeof *l);
    l->chosen = l->lowest = NOBODY;
    l->battery_percent = -1;
}

static size_t slime_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct slime *l = state;
    return outbox_feed(&l->box, step, l, bytes, n, out, max, count);
}

static void slime_stats(const void *state, struct link_stats *stats) { *stats = ((const struct slime *)state)->stats; }

static size_t put_number(char *out, unsigned v)
{
    char digits[3];
    size_t n = 0, d = 0;
    do digits[d++] = (char)('0' + v % 10);
    while (v /= 10);
    while (d > 0) out[n++] = digits[--d];
    return n;
}

/* "SlimeVR", and where there is a choice which one it is: "SlimeVR 1, 3 here". */
static void put_model(const struct slime *l, char *out)
{
    size_t n = sizeof "SlimeVR" - 1;
    memcpy(out, "SlimeVR", n);
    if (l->chosen == NOBODY || l->trackers < 2) return;
    out[n++] = ' ';
    n += put_number(out + n, l->chosen);
    out[n++] = ',';
    out[n++] = ' ';
    n += put_number(out + n, l->trackers);
    memcpy(out + n, " here", sizeof " here");
}

static void slime_info(const void *state, struct sensor_info *info)
{
    const struct slime *l = state;
    memset(info, 0, sizeof *info);
    put_model(l, info->model);
    info->battery_percent = l->battery_percent;
    if (l->chosen == NOBODY) return;
    info->serial = l->address[l->chosen];
    if (l->date) slime_packet_date(l->date, info->firmware);
}

const struct protocol slime_protocol = {
    .name = "slime",
    .state_size = sizeof(struct slime),
    .assurance = ASSURANCE_CHAIN,
    .lock_run = 8,
    .init = slime_init,
    .push = slime_push,
    .stats = slime_stats,
    .info = slime_info,
    .by_identity = true,
};
