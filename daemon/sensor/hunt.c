/* Invariants:
 *   place < number of speeds in the round; place 0 is the last good speed, or 115200 when there is none
 *   nothing is due while nothing is heard, but for the end of an even stream
 *   a lock makes its speed the good one, so listening anew begins there
 * Order and dwell after gpsd's hunt loop (serial.c, gpsd_next_hunt_setting), with what a 10 Hz sensor needs.
 */
#include "plumbline/sensor.h"

#include <string.h>

enum { SPEEDS = 7, ENOUGH_BEATS = 4, ENOUGH_FRAMES = 20, GARBAGE_BYTES = 256, PATIENCE_MAX = 64 };
static const unsigned speeds[SPEEDS] = {115200, 9600, 57600, 921600, 230400, 460800, 38400};

static const int64_t DWELL_NS = 1200 * (int64_t)NS_PER_MS;
static const int64_t BEAT_NS = 100 * (int64_t)NS_PER_MS;
static const int64_t PROMISE_NS = SECONDS_NS(30); /* twenty lines of text at 1 Hz, and some */
static const int64_t REST_FIRST_NS = SECONDS_NS(4), REST_MAX_NS = SECONDS_NS(60);
static const int64_t FORGET_NS = SECONDS_NS(20); /* what came before so long a silence says nothing of what comes now */
static const int64_t WINDOW_NS = SECONDS_NS(5), EVEN_NS = SECONDS_NS(1), SILENCE_NS = SECONDS_NS(2);

static bool in_table(unsigned baud)
{
    for (int i = 0; i < SPEEDS; i++)
        if (speeds[i] == baud) return true;
    return false;
}

static unsigned round_length(const struct hunt *h) { return h->good && !in_table(h->good) ? SPEEDS + 1 : SPEEDS; }

unsigned hunt_baud(const struct hunt *h)
{
    if (!h->good) return speeds[h->place];
    unsigned place = 0;
    for (int i = 0; h->place > 0 && i < SPEEDS; i++)
        if (speeds[i] != h->good && ++place == h->place) return speeds[i];
    return h->good;
}

static void forget_heard(struct hunt *h)
{
    h->first_ns = h->last_ns = h->beat_ns = -1;
    h->beats = 0;
    h->promising = false;
}

void hunt_begin(struct hunt *h, bool has_speed, unsigned good)
{
    memset(h, 0, sizeof *h);
    h->has_speed = has_speed;
    h->good = good;
    h->patience = 1;
    forget_heard(h);
}

void hunt_heard(struct hunt *h, bool promising, int64_t now_ns)
{
    if (h->last_ns >= 0 && now_ns - h->last_ns > FORGET_NS) forget_heard(h);
    if (h->first_ns < 0) h->first_ns = now_ns;
    if (h->beats == 0 || now_ns - h->beat_ns >= BEAT_NS) {
        h->beats++;
        h->beat_ns = now_ns;
    }
    h->last_ns = now_ns;
    h->promising = promising;
}

static void begin_window(struct hunt *h, const struct link_stats *stats, int64_t now_ns)
{
    h->window_ns = now_ns;
    h->longest_ns = 0;
    h->bytes = stats->bytes;
    h->frames = stats->frames;
    h->bad = stats->bad_frames;
}

void hunt_locked(struct hunt *h, int64_t now_ns)
{
    h->good = hunt_baud(h);
    h->place = h->rounds = 0;
    h->locked = true;
    h->even = h->doubt = false;
    h->patience = h->noisy && h->patience < PATIENCE_MAX ? h->patience * 2 : h->patience;
    h->noisy = false;
    h->last_ns = now_ns;
    h->seen = 0;
    h->window_ns = -1; /* it begins with what is seen next: counts may go on from before */
}

/* Whether what came since the window began makes sense of another speed or sender likely. */
static bool makes_no_sense(const struct hunt *h, const struct link_stats *stats)
{
    uint64_t good = stats->frames - h->frames, bad = stats->bad_frames - h->bad, all = good + bad;
    return all >= ENOUGH_FRAMES ? bad * 20 > all : good == 0 && stats->bytes - h->bytes >= GARBAGE_BYTES;
}

void hunt_watch(struct hunt *h, const struct link_stats *stats, int64_t now_ns)
{
    if (stats->bytes == h->seen) return;
    if (now_ns - h->last_ns > h->longest_ns) h->longest_ns = now_ns - h->last_ns;
    h->last_ns = now_ns;
    h->seen = stats->bytes;
    if (h->window_ns < 0) begin_window(h, stats, now_ns);
    if (now_ns - h->window_ns < WINDOW_NS * h->patience) return;
    h->doubt = h->noisy = makes_no_sense(h, stats);
    if (!h->doubt) h->patience = 1;
    h->even = h->longest_ns < EVEN_NS;
    begin_window(h, stats, now_ns);
}

/* How long to stay at this speed. */
static int64_t dwell_ns(const struct hunt *h)
{
    int64_t dwell = DWELL_NS;
    if (h->place == 0 && h->rounds > 0) {
        dwell = REST_FIRST_NS << (h->rounds < 5 ? h->rounds - 1 : 4);
        if (dwell > REST_MAX_NS) dwell = REST_MAX_NS;
    }
    return h->promising && dwell < PROMISE_NS ? PROMISE_NS : dwell;
}

int64_t hunt_due_ns(const struct hunt *h)
{
    if (h->locked) return h->doubt ? h->last_ns : h->even ? h->last_ns + SILENCE_NS : INT64_MAX;
    if (!h->has_speed || h->beats < ENOUGH_BEATS) return INT64_MAX;
    int64_t due_ns = h->first_ns + dwell_ns(h);
    return h->last_ns >= due_ns ? due_ns : INT64_MAX; /* it is turned by what is heard, never by silence */
}

enum hunt_turn hunt_turn(struct hunt *h, int64_t now_ns)
{
    if (now_ns < hunt_due_ns(h)) return HUNT_STAY;
    bool was_locked = h->locked;
    h->locked = false;
    forget_heard(h);
    if (was_locked) return HUNT_LISTEN;
    if (++h->place == round_length(h)) {
        h->place = 0;
        h->rounds++;
    }
    return HUNT_SPEED;
}
