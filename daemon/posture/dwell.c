/* Invariants:
 *   a slot belongs to one second of run time; slots of seconds before now − 60 s are ignored, not cleared;
 *   inside implies since_ns <= last_ns.
 */
#include "dwell.h"

#include "plumbline/sample.h"

#include <math.h>
#include <string.h>

static const float enter_s = 36, leave_s = 18;

void dwell_init(struct dwell *d)
{
    memset(d, 0, sizeof *d);
    for (int i = 0; i < DWELL_SLOTS; i++) d->slot[i].second = INT64_MIN;
}

static void put(struct dwell *d, float value, float dt_s, int64_t now_ns)
{
    int64_t start_ns = now_ns - (int64_t)(dt_s * 1e9f), second = now_ns / NS_PER_S;
    struct dwell_slot *s = &d->slot[(uint64_t)second % DWELL_SLOTS];
    if (s->second != second) *s = (struct dwell_slot){.second = second, .first_ns = start_ns};
    s->held_s += dt_s;
    s->sum += value * dt_s;
}

/* Seconds held within the last minute; with OLDEST the slot of its first moment. */
static float held_lately(const struct dwell *d, int64_t now_ns, const struct dwell_slot **oldest, float *sum)
{
    float held = 0;
    *oldest = NULL;
    *sum = 0;
    for (int i = 0; i < DWELL_SLOTS; i++) {
        const struct dwell_slot *s = &d->slot[i];
        if (s->second <= now_ns / NS_PER_S - DWELL_SLOTS) continue;
        held += s->held_s;
        *sum += s->sum;
        if (!*oldest || s->second < (*oldest)->second) *oldest = s;
    }
    return held;
}

enum dwell_change dwell_step(struct dwell *d, bool holds, bool undecided, float value, float dt_s, int64_t now_ns)
{
    const struct dwell_slot *oldest;
    float sum;
    if (holds) {
        put(d, value, dt_s, now_ns);
        d->last_ns = now_ns;
        d->held_s += dt_s;
        d->sum += value * dt_s;
    }
    bool same_second = now_ns / NS_PER_S == (now_ns - (int64_t)(dt_s * 1e9f)) / NS_PER_S;
    if (same_second) return DWELL_SAME; /* once a second is enough */
    float held = held_lately(d, now_ns, &oldest, &sum);
    if (!d->inside && !undecided && held >= enter_s) {
        d->inside = true;
        d->since_ns = oldest->first_ns;
        d->held_s = held;
        d->sum = sum;
        return DWELL_ENTERED;
    }
    return d->inside && held < leave_s ? dwell_end(d) : DWELL_SAME;
}

void dwell_forget(struct dwell *d, int64_t from_ns, int64_t to_ns)
{
    for (int i = 0; i < DWELL_SLOTS; i++) {
        struct dwell_slot *s = &d->slot[i];
        if (s->second < from_ns / NS_PER_S || s->second > to_ns / NS_PER_S) continue;
        int64_t start_ns = s->second * NS_PER_S, end_ns = start_ns + NS_PER_S;
        int64_t within_ns = (to_ns < end_ns ? to_ns : end_ns) - (from_ns > start_ns ? from_ns : start_ns);
        float share = (float)within_ns * 1e-9f;
        if (d->inside) {
            d->held_s -= share * s->held_s;
            d->sum -= share * s->sum;
        }
        s->held_s *= 1 - share;
        s->sum *= 1 - share;
        if (s->first_ns >= from_ns) s->first_ns = to_ns < end_ns ? to_ns : end_ns;
        if (within_ns >= NS_PER_S) s->second = INT64_MIN;
    }
}

enum dwell_change dwell_end(struct dwell *d)
{
    if (!d->inside) return DWELL_SAME;
    d->inside = false;
    for (int i = 0; i < DWELL_SLOTS; i++) d->slot[i].second = INT64_MIN;
    return DWELL_LEFT;
}

float dwell_mean(const struct dwell *d) { return d->held_s > 0 ? d->sum / d->held_s : NAN; }
