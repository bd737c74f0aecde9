/* make_year — a folder as a year of wearing leaves it, made from one that holds a single day of UTC.
 *
 *   make_year copy FOLDER DAYS    the day's blocks again for each of the days before it: other times, numbers and CRCs,
 *                                 the same payload; its minutes and events by the store's own writer
 *   make_year retire FOLDER DAYS  a sample of the next day, with retention_days = DAYS
 *   make_year open FOLDER DAYS    opens the log of the newest DAYS by the indexes, and going from header to header
 *
 * Context records are left out of the copies: they would tell of the day that they were made on.
 */
#include "bench.h"

#include "daemon/store/bytes.h"
#include "daemon/store/folder.h"
#include "daemon/store/hop.h"
#include "daemon/store/log_index.h"
#include "daemon/store/segment.h"
#include "daemon/store/segment_index.h"
#include "plumbline/store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MAX = 1440, HEAD_CRC_AT = 84 };
#define DAY_NS SECONDS_NS(86400)

static struct minute minute[ROWS_MAX];
static struct diary_event event[ROWS_MAX];
static size_t minutes, events;

static int only_day(const char *folder)
{
    int *days, day;
    size_t n;
    if (folder_days(folder, ".plog", &days, &n) < 0 || n == 0) fail("there is no day in the folder");
    day = days[n - 1];
    free(days);
    return day;
}

/* ---- the raw log ------------------------------------------------------------------------------------------------- */

static void move_back(uint8_t *block, int64_t ns)
{
    static const int times[] = {24, 32, 40};
    for (size_t i = 0; i < 3; i++) bytes_put(block + times[i], bytes_get(block + times[i], 8) - (uint64_t)ns, 8);
    bytes_put(block + HEAD_CRC_AT, crc32(0, block, HEAD_CRC_AT), 4);
}

static void copy_day(const char *folder, int fd, int day, int back, struct block_coder *coder)
{
    static uint8_t block[BLOCK_MAX];
    struct segment_mended mended = {0};
    struct segment s;
    struct hop hop;
    struct block_head head;
    off_t at;
    if (segment_open(&s, folder, day - back, false, coder, &mended) < 0) fail("a day cannot be written");
    if (hop_begin(&hop, fd, 0) < 0) fail("the day cannot be read");
    while (hop_next(&hop, &head, &at) > 0) {
        size_t n = BLOCK_HEADER + head.payload;
        if (head.kind != BLOCK_SAMPLES) continue;
        if (hop_read(fd, at, block, n) < 0) fail("the day cannot be read");
        move_back(block, back * DAY_NS);
        if (segment_append(&s, block, n, false) < 0) fail("a block cannot be written");
    }
    segment_finish(&s, coder, false);
    segment_close(&s);
}

static void copy_raw(const char *folder, int days)
{
    char path[FOLDER_PATH];
    struct block_coder coder;
    int day = only_day(folder);
    folder_day_path(folder, day, ".plog", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || block_coder_open(&coder) < 0) fail("the day cannot be read");
    for (int back = 1; back < days; back++) copy_day(folder, fd, day, back, &coder);
    block_coder_close(&coder);
    close(fd);
}

/* ---- the diary --------------------------------------------------------------------------------------------------- */

static int keep_minute(void *arg, const struct minute *m)
{
    (void)arg;
    if (minutes < ROWS_MAX) minute[minutes++] = *m;
    return 0;
}

static int keep_event(void *arg, const struct diary_event *e)
{
    (void)arg;
    if (events < ROWS_MAX) event[events++] = *e;
    return 0;
}

static struct store *open_store(const char *folder, int retention_days)
{
    struct store_options o;
    struct store *s;
    char why[256];
    store_options_default(&o);
    o.wait_when_full = true;
    o.retention_days = retention_days;
    if (store_open(folder, &o, &s, why) < 0) fail(why);
    return s;
}

static void copy_diary(const char *folder, int days)
{
    struct diary *d;
    char why[256];
    if (diary_open(folder, &d, why) < 0) fail(why);
    diary_minutes(d, 0, INT64_MAX, keep_minute, NULL);
    diary_events(d, 0, INT64_MAX / NS_PER_S / 2, keep_event, NULL);
    diary_close(d);
    struct store *s = open_store(folder, 0);
    for (int64_t back = 1; back < days; back++) {
        for (size_t i = 0; i < minutes; i++) {
            struct minute m = minute[i];
            m.minute -= 1440 * back;
            store_minute(s, &m);
        }
        for (size_t i = 0; i < events; i++) {
            struct event e = {.kind = event[i].kind,
                              .reason = event[i].reason,
                              .start_ns = event[i].start_wall_ns - back * DAY_NS,
                              .end_ns = event[i].end_wall_ns - back * DAY_NS,
                              .value = event[i].value,
                              .id = event[i].id};
            if (event[i].end_wall_ns != EVENT_OPEN)
                store_event(s, &e, &(struct now){.t_ns = 0, .wall_ns = 0, .utc_offset_s = event[i].utc_offset_s});
        }
    }
    store_close(s);
}

/* ---- what is measured here --------------------------------------------------------------------------------------- */

static void retire(const char *folder, int days)
{
    int64_t wall_ns = (only_day(folder) + 1) * DAY_NS + SECONDS_NS(12 * 3600);
    struct sample sample = {.t_ns = wall_ns, .raw = {.index = 1, .have = HAVE_ACCEL, .scale = SCALE_16G_2000DPS}};
    struct store *s = open_store(folder, days);
    store_sample(s, &sample, &(struct now){wall_ns, wall_ns, 0});
    store_close(s);
}

static double open_log(const char *folder, int64_t from_wall_ns, size_t *by_index, size_t *n)
{
    struct log_index x;
    double start_ns = now_ns();
    if (log_index_make(&x, folder, from_wall_ns, INT64_MAX) < 0) fail("the log cannot be opened");
    double took_ms = (now_ns() - start_ns) / 1e6;
    *by_index = x.by_index;
    *n = x.n;
    log_index_free(&x);
    return took_ms;
}

static int open_file(const char *folder, int day)
{
    char path[FOLDER_PATH];
    folder_day_path(folder, day, ".plog", path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) fail("a day cannot be opened");
    return fd;
}

/* Takes the indexes away, or gives them back: the last byte is not what it was. */
static void spoil_index(int fd)
{
    uint8_t last = 0;
    off_t end = lseek(fd, 0, SEEK_END);
    if (end == 0 || pread(fd, &last, 1, end - 1) != 1) fail("a day cannot be read");
    last ^= 0xff;
    if (pwrite(fd, &last, 1, end - 1) != 1) fail("a day cannot be written");
}

static void forget_cached(int fd)
{
    fsync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

static void each_day(const char *folder, void (*fn)(int fd))
{
    int *days;
    size_t n;
    if (folder_days(folder, ".plog", &days, &n) < 0) fail("the folder cannot be read");
    for (size_t i = 0; i < n; i++) {
        int fd = open_file(folder, days[i]);
        fn(fd);
        close(fd);
    }
    free(days);
}

static void open_both_ways(const char *folder, int days)
{
    int64_t from_wall_ns = (only_day(folder) + 1 - days) * DAY_NS;
    for (int by_header = 0; by_header < 2; by_header++) {
        size_t by_index, n;
        each_day(folder, forget_cached);
        double cold_ms = open_log(folder, from_wall_ns, &by_index, &n);
        printf("%sby_%s: files_by_index=%zu blocks=%zu cold_ms=%.1f warm_ms=%.1f", by_header ? "; " : "",
               by_header ? "header" : "index", by_index, n, cold_ms, open_log(folder, from_wall_ns, &by_index, &n));
        each_day(folder, spoil_index);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    int days = argc == 4 ? atoi(argv[3]) : 0;
    if (days < 1) fail("usage: make_year copy|retire|open FOLDER DAYS");
    if (!strcmp(argv[1], "copy")) {
        copy_raw(argv[2], days);
        copy_diary(argv[2], days);
    } else if (!strcmp(argv[1], "retire")) {
        retire(argv[2], days);
    } else {
        open_both_ways(argv[2], days);
    }
    return 0;
}
