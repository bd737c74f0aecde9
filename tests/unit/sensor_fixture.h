/* What the tests of the sensor room share: feeding a protocol in slices, noise, and the recorded captures. */
#ifndef SENSOR_FIXTURE_H
#define SENSOR_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/sensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FED_MAX = 16384 };

struct fed {
    size_t n;
    struct raw_sample sample[FED_MAX];
    struct link_stats stats;
    struct sensor_info info;
};

static inline uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Pushes N bytes into STATE, taking at most MAX samples a call, and holds the protocol to what push() promises. */
static inline void feed_more(const struct protocol *p, void *state, const uint8_t *bytes, size_t n, size_t max,
                             struct fed *fed)
{
    while (n > 0) {
        size_t count, room = FED_MAX - fed->n < max ? FED_MAX - fed->n : max;
        assert_true(room > 0);
        size_t ate = p->push(state, bytes, n, fed->sample + fed->n, room, &count);
        assert_true(count <= room && ate <= n);
        assert_true(ate == n || count == room);
        fed->n += count;
        bytes += ate;
        n -= ate;
    }
}

/* A fresh state, BYTES in slices of SLICE. */
static inline void feed(const struct protocol *p, const uint8_t *bytes, size_t n, size_t slice, size_t max,
                        struct fed *fed)
{
    void *state = malloc(p->state_size);
    assert_non_null(state);
    p->init(state);
    fed->n = 0;
    for (size_t at = 0; at < n; at += slice) feed_more(p, state, bytes + at, n - at < slice ? n - at : slice, max, fed);
    p->stats(state, &fed->stats);
    p->info(state, &fed->info);
    free(state);
}

static inline void assert_same_samples(const struct fed *a, const struct fed *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct raw_sample *x = &a->sample[i], *y = &b->sample[i];
        assert_true(x->device_ns == y->device_ns && x->index == y->index);
        assert_true(x->have == y->have && x->flags == y->flags);
        assert_memory_equal(x->accel, y->accel, sizeof x->accel);
        assert_memory_equal(x->gyro, y->gyro, sizeof x->gyro);
        assert_memory_equal(x->quat, y->quat, sizeof x->quat);
    }
    assert_memory_equal(&a->stats, &b->stats, sizeof a->stats);
}

/* Cut once at every byte, a byte at a time, in other slices, and with room for one sample only: always the same. */
static inline void assert_slicing_is_free(const struct protocol *p, const uint8_t *bytes, size_t n)
{
    static struct fed whole, cut;
    feed(p, bytes, n, n, FED_MAX, &whole);
    for (size_t slice = 1; slice < 40; slice++) {
        feed(p, bytes, n, slice, slice % 2 ? 1 : 7, &cut);
        assert_same_samples(&whole, &cut);
    }
    for (size_t at = 1; at < n; at++) {
        void *state = malloc(p->state_size);
        assert_non_null(state);
        p->init(state);
        cut.n = 0;
        feed_more(p, state, bytes, at, 3, &cut);
        feed_more(p, state, bytes + at, n - at, 3, &cut);
        p->stats(state, &cut.stats);
        free(state);
        assert_same_samples(&whole, &cut);
    }
}

/* A recorded file, or NULL (said aloud) when the data are not here. */
static inline FILE *open_data(const char *name)
{
    char path[512];
    const char *data = getenv("PLUMBLINE_DATA");
    snprintf(path, sizeof path, "%s/%s", data ? data : PLUMBLINE_SOURCE_DIR "/../shared/data", name);
    FILE *f = fopen(path, "r");
    if (!f) printf("skipped: %s is not here (set PLUMBLINE_DATA)\n", path);
    return f;
}

/* Appends the hexadecimal bytes of TEXT up to the first character that is no part of one; spaces may stand between. */
static inline size_t append_hex(const char *text, uint8_t *out, size_t n, size_t cap)
{
    unsigned byte;
    int used;
    while (n < cap && sscanf(text, " %2x%n", &byte, &used) == 1) {
        out[n++] = (uint8_t)byte;
        text += used;
    }
    return n;
}

#endif
