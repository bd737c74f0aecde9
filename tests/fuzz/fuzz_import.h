/* Whatever the bytes: an importer does not trap, keeps what push() promises, and slicing changes neither samples nor
 * figures. */
#ifndef FUZZ_IMPORT_H
#define FUZZ_IMPORT_H

#include "tests/fuzz/fuzz_replay.h"
#include "tools/import/import.h"

#include <math.h>

enum { FUZZ_ROOM = 300 };

struct fuzz_outcome {
    int failed;
    uint64_t hash, samples;
    struct import_told told;
};

static inline void fuzz_require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static inline void fuzz_mix(struct fuzz_outcome *o, const void *p, size_t n)
{
    for (const uint8_t *b = p; n-- > 0; b++) o->hash = (o->hash ^ *b) * 1099511628211u;
}

static inline void fuzz_take(struct fuzz_outcome *o, const struct raw_sample *s, size_t n)
{
    for (; n-- > 0; s++, o->samples++) {
        fuzz_require(s->have & (HAVE_ACCEL | HAVE_LINEAR_ACCEL | HAVE_QUAT), "a sample tells of a posture");
        fuzz_require(s->scale.accel_mps2 > 0 && isfinite(s->scale.accel_mps2), "a count means something");
        fuzz_mix(o, &s->device_ns, sizeof s->device_ns);
        fuzz_mix(o, &s->index, sizeof s->index);
        fuzz_mix(o, &s->flags, sizeof s->flags);
        fuzz_mix(o, s->accel, sizeof s->accel);
        fuzz_mix(o, s->gyro, sizeof s->gyro);
        fuzz_mix(o, s->quat, sizeof s->quat);
    }
}

static inline struct fuzz_outcome fuzz_run(const struct import_format *f, const char *map, const uint8_t *bytes,
                                           size_t n, size_t slice, size_t max)
{
    struct fuzz_outcome o = {.hash = 14695981039346656037u};
    struct raw_sample out[FUZZ_ROOM];
    struct import_options options = {.columns = map};
    char why[256] = "";
    void *state = malloc(f->size());
    fuzz_require(state != NULL, "memory");
    o.failed = f->begin(state, bytes, n, &options, why);
    fuzz_require(!o.failed == !why[0], "a refusal says why");
    for (size_t at = 0, count; !o.failed && at < n;) {
        size_t offered = n - at < slice ? n - at : slice, ate = f->push(state, bytes + at, offered, out, max, &count);
        fuzz_require(count <= max && ate <= offered && (ate == offered || count == max), "push keeps its word");
        fuzz_take(&o, out, count);
        at += ate;
    }
    for (size_t count; !o.failed && (count = f->finish(state, out, max)) > 0;) {
        fuzz_require(count <= max, "finish keeps its word");
        fuzz_take(&o, out, count);
    }
    if (!o.failed) f->told(state, &o.told);
    fuzz_require(memchr(o.told.what, 0, sizeof o.told.what) != NULL, "names end");
    free(state);
    return o;
}

/* DICE chooses the second slicing. */
static inline void fuzz_import(const struct import_format *f, const char *map, const uint8_t *bytes, size_t n,
                               unsigned dice)
{
    f->fits(bytes, n);
    struct fuzz_outcome whole = fuzz_run(f, map, bytes, n, n ? n : 1, FUZZ_ROOM);
    struct fuzz_outcome cut = fuzz_run(f, map, bytes, n, 1 + dice % 61, 1 + dice % 5);
    fuzz_require(whole.failed == cut.failed && whole.hash == cut.hash && whole.samples == cut.samples,
                 "slicing changes no sample");
    fuzz_require(whole.told.units == cut.told.units && whole.told.damaged == cut.told.damaged &&
                     whole.told.skipped_bytes == cut.told.skipped_bytes,
                 "slicing changes no figure");
}

#endif
