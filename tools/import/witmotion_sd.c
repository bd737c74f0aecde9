/* What WitMotion sensors write on their memory card: the bytes they would send, in groups of 11-byte frames with a time
 * frame (55 50) each, or as dated 28-byte 55 61 frames. So the protocol decodes them; only the last frame of a log has no
 * successor to vouch for it, and gets one here.
 * Its dates come from a clock on the sensor that a person sets, by the wall.
 */
#include "import.h"
#include "plumbline/sensor.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

enum { LEAST_FRAMES = 4 };

struct witmotion_sd {
    bool dated, finished;
    alignas(max_align_t) uint8_t protocol[];
};

static const struct protocol *protocol(void) { return protocol_find("witmotion"); }

static size_t witmotion_sd_size(void) { return sizeof(struct witmotion_sd) + protocol()->state_size; }

/* An accident of bytes makes a frame now and then; a log is made of them. */
static bool witmotion_sd_fits(const uint8_t *head, size_t n)
{
    enum { WINDOW = 64 };
    unsigned frames = 0;
    for (size_t at = 0; at + 11 <= n && at < WINDOW * 11; at++) {
        unsigned sum = 0;
        for (int i = 0; i < 10; i++) sum += head[at + (size_t)i];
        bool shorter = head[at] == 0x55 && head[at + 1] >> 4 == 5 && (sum & 0xff) == head[at + 10];
        bool longer = head[at] == 0x55 && head[at + 1] == 0x61;
        for (size_t length = 20; longer && length <= 28; length += 8)
            if (at + length + 1 < n && head[at + length] == 0x55 && head[at + length + 1] == 0x61) frames++;
        frames += shorter;
    }
    return frames >= LEAST_FRAMES;
}

static int witmotion_sd_begin(void *state, const uint8_t *head, size_t n, const struct import_options *o, char why[256])
{
    struct witmotion_sd *w = state;
    (void)head, (void)n, (void)o, (void)why;
    w->dated = w->finished = false;
    protocol()->init(w->protocol);
    return 0;
}

static void note(struct witmotion_sd *w, const struct raw_sample *s, size_t n)
{
    for (size_t i = 0; i < n; i++) w->dated = w->dated || s[i].device_ns != NO_DEVICE_TIME;
}

static size_t witmotion_sd_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max,
                                size_t *count)
{
    struct witmotion_sd *w = state;
    size_t used = protocol()->push(w->protocol, bytes, n, out, max, count);
    note(w, out, *count);
    return used;
}

static size_t witmotion_sd_finish(void *state, struct raw_sample *out, size_t max)
{
    static const uint8_t successor[] = {0x55, 0x61};
    struct witmotion_sd *w = state;
    size_t count = 0;
    if (!w->finished) protocol()->push(w->protocol, successor, sizeof successor, out, max, &count);
    w->finished = true;
    note(w, out, count);
    return count;
}

static void witmotion_sd_told(const void *state, struct import_told *told)
{
    const struct witmotion_sd *w = state;
    struct link_stats s;
    struct sensor_info info;
    protocol()->stats(w->protocol, &s);
    protocol()->info(w->protocol, &info);
    *told = (struct import_told){.clock = w->dated ? IMPORT_LOCAL : IMPORT_NO_CLOCK,
                                 .unit = "frames",
                                 .units = s.frames,
                                 .damaged = s.bad_frames,
                                 .skipped_bytes = s.skipped_bytes};
    snprintf(told->what, sizeof told->what, "%s%s%s", info.model, info.firmware[0] ? ", firmware " : "", info.firmware);
}

const struct import_format witmotion_sd_format = {
    .name = "witmotion",
    .size = witmotion_sd_size,
    .fits = witmotion_sd_fits,
    .begin = witmotion_sd_begin,
    .push = witmotion_sd_push,
    .finish = witmotion_sd_finish,
    .told = witmotion_sd_told,
};
