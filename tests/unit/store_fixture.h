/* store_fixture — a folder of its own and a made-up stream, for the tests of the store. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/store.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIXTURE_WALL_NS (SECONDS_NS(1772445600)) /* 2026-03-02 10:00 UTC */
#define FIXTURE_RUN_NS (SECONDS_NS(5000))
#define PERIOD_NS (10 * NS_PER_MS)

/* In memory where that can be: thousands of syncs, of which none tests the disk, would wait for it. */
static inline char *fixture_folder(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/dev/shm/plumbline-test-XXXXXX");
    if (mkdtemp(path)) return path;
    snprintf(path, sizeof path, "/tmp/plumbline-test-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static inline int fixture_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void fixture_remove(const char *path) { nftw(path, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS); }

/* The same numbers on every machine. */
static inline uint32_t fixture_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Sample I of an even 100 Hz stream of six axes. */
static inline struct sample fixture_sample(uint64_t i)
{
    uint32_t seed = (uint32_t)i * 2654435761u + 1;
    struct sample s = {
        .t_ns = FIXTURE_RUN_NS + (int64_t)i * PERIOD_NS,
        .raw = {.device_ns = NO_DEVICE_TIME, .index = i, .have = HAVE_ACCEL | HAVE_GYRO, .scale = SCALE_16G_2000DPS},
    };
    for (int k = 0; k < 3; k++) {
        s.raw.accel[k] = (int16_t)(k * 1000 + (int)(fixture_random(&seed) % 21) - 10);
        s.raw.gyro[k] = (int16_t)((int)(fixture_random(&seed) % 11) - 5);
    }
    sample_convert(&s);
    return s;
}

static inline struct now fixture_now(uint64_t i)
{
    int64_t passed_ns = (int64_t)i * PERIOD_NS;
    return (struct now){FIXTURE_RUN_NS + passed_ns, FIXTURE_WALL_NS + passed_ns, 3600};
}

static inline void fixture_put(struct store *s, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        struct sample sample = fixture_sample(i);
        struct now now = fixture_now(i);
        store_sample(s, &sample, &now);
    }
}

static inline struct store *fixture_open(const char *folder, struct store_options options)
{
    struct store *s = NULL;
    char why[256];
    int r = store_open(folder, &options, &s, why);
    if (r != 0) print_message("store_open: %s\n", why);
    assert_int_equal(r, 0);
    return s;
}

static inline struct store_options fixture_options(void)
{
    struct store_options o;
    store_options_default(&o);
    o.wait_when_full = true;
    o.floor_bytes = 0;
    return o;
}

static inline struct store_state fixture_state(struct store *s)
{
    struct store_state st;
    store_state(s, &st);
    return st;
}

/* Samples read back from FOLDER, each checked to be fixture_sample(its index), in order; *DAMAGED may be NULL. */
static inline uint64_t fixture_count(const char *folder, uint64_t *damaged)
{
    struct log_reader *r;
    struct sample s;
    int64_t wall_ns, last_ns = INT64_MIN;
    uint64_t n = 0;
    assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
    for (; log_reader_next(r, &s, &wall_ns) == 1; n++) {
        struct sample expected = fixture_sample(s.raw.index);
        assert_true(s.t_ns > last_ns);
        last_ns = s.t_ns;
        assert_int_equal(s.t_ns, expected.t_ns);
        assert_int_equal(wall_ns, fixture_now(s.raw.index).wall_ns);
        assert_memory_equal(s.raw.accel, expected.raw.accel, sizeof s.raw.accel);
        assert_memory_equal(s.raw.gyro, expected.raw.gyro, sizeof s.raw.gyro);
        assert_memory_equal(s.accel_mps2, expected.accel_mps2, sizeof s.accel_mps2);
    }
    if (damaged) *damaged = log_reader_damaged(r);
    log_reader_close(r);
    return n;
}

#endif
