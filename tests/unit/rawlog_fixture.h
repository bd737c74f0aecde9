/* rawlog_fixture — a raw log in a folder of its own, without the store's thread. */
#ifndef TEST_RAWLOG_FIXTURE_H
#define TEST_RAWLOG_FIXTURE_H

#include "store_fixture.h"

#include "daemon/store/folder.h"
#include "daemon/store/hop.h"
#include "daemon/store/rawlog.h"
#include "daemon/store/segment.h"

#include <errno.h>
#include <fcntl.h>

enum { DAY = 20514 }; /* 2026-03-02 */

static char *folder;
static char plog_path[FOLDER_PATH], wal_path[FOLDER_PATH];

static int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    folder_day_path(folder, DAY, ".plog", plog_path);
    folder_day_path(folder, DAY, ".wal", wal_path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_remove(folder);
    return 0;
}

static inline struct rawlog *log_open(void)
{
    struct rawlog *l = calloc(1, sizeof *l);
    assert_non_null(l);
    assert_int_equal(rawlog_open(l, folder, &(struct rawlog_options){.sync_s = 0}), 0);
    return l;
}

static inline void log_close(struct rawlog *l)
{
    rawlog_close(l, 0);
    free(l);
}

static inline struct rawlog_sample log_sample(uint64_t i)
{
    struct sample s = fixture_sample(i);
    struct rawlog_sample r = {.reading = {.t_ns = s.t_ns, .index = i, .have = s.raw.have},
                              .scale = s.raw.scale,
                              .wall_ns = fixture_now(i).wall_ns,
                              .utc_offset_s = 3600};
    memcpy(r.reading.accel, s.raw.accel, sizeof s.raw.accel);
    memcpy(r.reading.gyro, s.raw.gyro, sizeof s.raw.gyro);
    return r;
}

static inline void log_put(struct rawlog *l, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        struct rawlog_sample s = log_sample(i);
        rawlog_put(l, &s, 0);
    }
}

/* Where the blocks end that are not an index. */
static inline size_t log_blocks_end(const char *path)
{
    struct hop h;
    struct block_head head;
    off_t at, end = 0;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(hop_begin(&h, fd, 0), 0);
    while (hop_next(&h, &head, &at) > 0)
        if (head.kind != BLOCK_INDEX) end = h.at;
    close(fd);
    return (size_t)end;
}

/* A file's bytes (free them), with room for SPARE more behind them. */
static inline uint8_t *log_slurp(const char *path, size_t *n, size_t spare)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    *n = (size_t)lseek(fd, 0, SEEK_END);
    uint8_t *bytes = malloc(*n + spare + 1);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, *n, 0), *n);
    close(fd);
    return bytes;
}

static inline void log_spill(const char *path, const uint8_t *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
