/* Hostile bytes to the listener: how they are cut decides nothing, what was heard is kept to the byte, the verdicts add
 * up, and the hunt for a speed neither spins nor leaves its table. The first byte chooses the second slicing and the
 * time between two reads. */
#include "plumbline/sensor.h"
#include "tests/fuzz/fuzz_replay.h"

#include <math.h>

enum { KEPT = 8192, PROTOCOLS = 32 };

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void check_verdicts(const struct detect *d, const struct protocol *locked, size_t n)
{
    struct detect_verdict v[PROTOCOLS];
    size_t count = detect_verdicts(d, v, PROTOCOLS);
    require(count > 0 && count <= PROTOCOLS, "somebody listens");
    for (size_t i = 0; i < count; i++) {
        const struct protocol *p = protocol_find(v[i].name);
        require(p && !p->by_identity, "who listens may listen");
        require(v[i].run <= n && v[i].needed == p->lock_run, "a run is made of bytes");
        require(!(v[i].accel_g < 0) && !isinf(v[i].accel_g), "a length");
        if (p == locked) require(v[i].run >= v[i].needed && v[i].plausible, "who locked had grounds to");
    }
}

static const struct protocol *listen(const uint8_t *bytes, size_t n, size_t slice)
{
    struct detect *d = malloc(detect_size());
    require(d != NULL, "memory");
    detect_init(d);
    const struct protocol *p = NULL;
    size_t at = 0, kept;
    while (at < n && !p) {
        size_t some = n - at < slice ? n - at : slice;
        p = detect_push(d, bytes + at, some);
        at += some;
    }
    const uint8_t *heard = detect_bytes(d, &kept);
    require(kept == (at < KEPT ? at : KEPT) && !memcmp(heard, bytes + at - kept, kept), "nothing heard is lost");
    check_verdicts(d, p, at);
    free(d);
    return p;
}

static void hunt(const uint8_t *bytes, size_t n, size_t slice, int64_t step_ns)
{
    struct hunt h;
    struct link_stats s = {0};
    int64_t now_ns = 0;
    hunt_begin(&h, true, (unsigned)bytes[0] * 1000);
    for (size_t at = 0; at < n; at += slice) {
        now_ns += bytes[at] & 1 ? step_ns : 0;
        s.bytes += slice;
        s.frames += bytes[at] & 2;
        s.bad_frames += bytes[at] >> 6;
        if (h.locked)
            hunt_watch(&h, &s, now_ns);
        else
            hunt_heard(&h, bytes[at] & 4, now_ns);
        if (!h.locked && bytes[at] == 0x55) hunt_locked(&h, now_ns), s = (struct link_stats){0};
        if (hunt_turn(&h, now_ns) != HUNT_STAY) require(hunt_turn(&h, now_ns) == HUNT_STAY, "one turn at a time");
        require(hunt_due_ns(&h) > now_ns, "what is due lies ahead");
        require(hunt_baud(&h) >= 1000, "a speed");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    size_t slice = 1 + data[0] % 97;
    data++, size--;
    const struct protocol *whole = listen(data, size, 4096);
    require(whole == listen(data, size, slice), "slicing does not change who is heard");
    hunt(data, size, slice, (int64_t)data[0] * 100 * NS_PER_MS);
    return 0;
}
