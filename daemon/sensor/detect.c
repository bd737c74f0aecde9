/* Invariants:
 *   every ear has heard every byte up to the lock; a lock, once there, stays
 *   a lock is looked for at every LOOK-th byte of the stream, whatever the slices, so slicing cannot decide who it is
 *   no ear: the protocol's state is never touched (it is known by its USB id alone)
 */
#include "plumbline/sensor.h"

#include <math.h>
#include <stdalign.h>
#include <string.h>

enum { HEARD_MAX = 8192, LOOK = 16, SAMPLES_AT_ONCE = 32, NORMS = 16, NORMS_NEEDED = 3, PROMISING_RUN = 2 };

/* One protocol listening; its state lies behind it. */
struct ear {
    const struct protocol *protocol;
    unsigned norms;      /* ever */
    float norm_g[NORMS]; /* of the latest samples, a ring */
};

struct detect {
    const struct protocol *locked;
    size_t since_look;
    size_t heard;
    uint8_t bytes[HEARD_MAX];
    alignas(max_align_t) uint8_t ears[]; /* one after another, in the table's order, an empty one behind the last */
};

static size_t aligned(size_t n) { return (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t); }

static void *state_of(const struct ear *e) { return (uint8_t *)e + aligned(sizeof *e); }

static size_t ear_size(const struct protocol *p) { return aligned(sizeof(struct ear)) + aligned(p->state_size); }

static struct ear *first_ear(const struct detect *d) { return (struct ear *)d->ears; }

static struct ear *next_ear(const struct ear *e) { return (struct ear *)((uint8_t *)e + ear_size(e->protocol)); }

size_t detect_size(void)
{
    size_t size = sizeof(struct detect) + sizeof(struct ear);
    for (const struct protocol *const *p = protocols; *p; p++)
        if (!(*p)->by_identity) size += ear_size(*p);
    return size;
}

void detect_init(struct detect *d)
{
    d->locked = NULL;
    d->heard = d->since_look = 0;
    struct ear *e = first_ear(d);
    for (const struct protocol *const *p = protocols; *p; p++) {
        if ((*p)->by_identity) continue;
        e->protocol = *p;
        e->norms = 0;
        (*p)->init(state_of(e));
        e = next_ear(e);
    }
    e->protocol = NULL;
}

static void remember(struct detect *d, const uint8_t *bytes, size_t n)
{
    if (n > HEARD_MAX) {
        bytes += n - HEARD_MAX;
        n = HEARD_MAX;
    }
    size_t kept = d->heard + n <= HEARD_MAX ? d->heard : HEARD_MAX - n;
    memmove(d->bytes, d->bytes + d->heard - kept, kept);
    memcpy(d->bytes + kept, bytes, n);
    d->heard = kept + n;
}

/* ---- who may be believed ---- */

static void note(struct ear *e, const struct raw_sample *s)
{
    double x = s->accel[0], y = s->accel[1], z = s->accel[2];
    double mps2 = sqrt(x * x + y * y + z * z) * (double)s->scale.accel_mps2;
    e->norm_g[e->norms++ % NORMS] = (float)(mps2 / (double)STANDARD_GRAVITY_MPS2);
}

static float median_g(const struct ear *e)
{
    float sorted[NORMS];
    int n = 0;
    for (unsigned i = 0; i < e->norms && i < NORMS; i++) {
        int k = n++;
        for (; k > 0 && sorted[k - 1] > e->norm_g[i]; k--) sorted[k] = sorted[k - 1];
        sorted[k] = e->norm_g[i];
    }
    return n ? sorted[n / 2] : NAN;
}

static bool plausible(const struct ear *e)
{
    if (e->protocol->assurance >= ASSURANCE_SUM) return true;
    float g = median_g(e);
    return e->norms >= NORMS_NEEDED && g > 0.5f && g < 1.5f;
}

static bool may_lock(const struct ear *e)
{
    struct link_stats stats;
    e->protocol->stats(state_of(e), &stats);
    return stats.run >= e->protocol->lock_run && plausible(e);
}

/* The one with the highest assurance of those that may lock; of two alike none. */
static const struct protocol *choose(const struct detect *d)
{
    const struct protocol *best = NULL;
    bool tie = false;
    for (const struct ear *e = first_ear(d); e->protocol; e = next_ear(e)) {
        const struct protocol *p = e->protocol;
        if (!may_lock(e) || (best && p->assurance < best->assurance)) continue;
        tie = best && p->assurance == best->assurance;
        best = p;
    }
    return tie ? NULL : best;
}

/* ---- what comes ---- */

static void hear(struct ear *e, const uint8_t *bytes, size_t n)
{
    struct raw_sample sample[SAMPLES_AT_ONCE];
    while (n > 0) {
        size_t count, ate = e->protocol->push(state_of(e), bytes, n, sample, SAMPLES_AT_ONCE, &count);
        for (size_t i = 0; i < count; i++) note(e, &sample[i]);
        bytes += ate;
        n -= ate;
    }
}

const struct protocol *detect_push(struct detect *d, const uint8_t *bytes, size_t n)
{
    remember(d, bytes, n);
    while (n > 0 && !d->locked) {
        size_t slice = LOOK - d->since_look < n ? LOOK - d->since_look : n;
        for (struct ear *e = first_ear(d); e->protocol; e = next_ear(e)) hear(e, bytes, slice);
        bytes += slice;
        n -= slice;
        d->since_look = (d->since_look + slice) % LOOK;
        if (d->since_look == 0) d->locked = choose(d);
    }
    return d->locked;
}

const uint8_t *detect_bytes(const struct detect *d, size_t *n)
{
    *n = d->heard;
    return d->bytes;
}

bool detect_promising(const struct detect *d)
{
    for (const struct ear *e = first_ear(d); e->protocol; e = next_ear(e)) {
        struct link_stats stats;
        e->protocol->stats(state_of(e), &stats);
        if (stats.run >= PROMISING_RUN) return true;
    }
    return false;
}

size_t detect_verdicts(const struct detect *d, struct detect_verdict *out, size_t max)
{
    size_t n = 0;
    for (const struct ear *e = first_ear(d); e->protocol; e = next_ear(e), n++) {
        if (n >= max) continue;
        struct link_stats stats;
        e->protocol->stats(state_of(e), &stats);
        out[n] = (struct detect_verdict){.name = e->protocol->name,
                                         .frames = stats.frames,
                                         .bad = stats.bad_frames,
                                         .run = stats.run,
                                         .needed = e->protocol->lock_run,
                                         .accel_g = median_g(e),
                                         .plausible = plausible(e)};
    }
    return n;
}
