/* A whole raw log from somebody who means harm: a day's .plog, its .wal and the ring beside them, opened by a reader and by
 * a writer, which mends them. The input is cut in three at two borders that its first four bytes name. After a
 * writer has mended it, mending again changes nothing.
 *
 * With libFuzzer: tests/fuzz/README.md; else as fuzz_replay.h says. */
#include "daemon/store/bytes.h"
#include "daemon/store/folder.h"
#include "plumbline/store.h"

#define FUZZ_COPIES 60
#include "fuzz_replay.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

enum { DAY = 20514 };

static char folder[64], plog[FOLDER_PATH], wal[FOLDER_PATH], memory[96];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static void clean_up(void) { nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

static void ready(void)
{
    if (folder[0]) return;
    atexit(clean_up);
    snprintf(folder, sizeof folder, "/dev/shm/plumbline-fuzz-XXXXXX");
    if (!mkdtemp(folder)) {
        snprintf(folder, sizeof folder, "/tmp/plumbline-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
    }
    snprintf(memory, sizeof memory, "%s/under-way", folder);
    if (folder_day_path(folder, DAY, ".plog", plog) < 0 || folder_day_path(folder, DAY, ".wal", wal) < 0) abort();
    if (folder_make_parents(plog) < 0) abort();
}

static void spill(const char *path, const uint8_t *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n) abort();
    close(fd);
}

/* Over the header that a ring of this boot and this folder has, and its records. */
static void spill_ring(const uint8_t *bytes, size_t n)
{
    int fd = open(memory, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) abort();
    if (n > 16 && (pwrite(fd, bytes, 8, 128) != 8 || pwrite(fd, bytes + 8, 8, 192) != 8 ||
                   pwrite(fd, bytes + 16, n - 16, 4096) != (ssize_t)n - 16))
        abort();
    close(fd);
}

static uint64_t count(void)
{
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns;
    uint64_t n = 0;
    if (log_reader_open(folder, INT64_MIN, INT64_MAX, &log) < 0) return 0;
    while (log_reader_next(log, &s, &wall_ns) == 1) n++;
    log_reader_close(log);
    return n;
}

static void mend(void)
{
    struct store_options o;
    struct store *s;
    char why[256];
    store_options_default(&o);
    o.sync_s = 0;
    o.floor_bytes = 0;
    o.retention_days = 0;
    o.memory = memory;
    if (store_open(folder, &o, &s, why) == 0) store_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    ready();
    if (n < 4) return 0;
    size_t rest = n - 4, first = bytes_get(bytes, 2) * rest / 65535;
    size_t second = first + bytes_get(bytes + 2, 2) * (rest - first) / 65535;
    spill(plog, bytes + 4, first);
    spill(wal, bytes + 4 + first, second - first);
    spill_ring(bytes + 4 + second, rest - second);
    count();
    mend();
    uint64_t mended = count();
    mend();
    if (count() != mended) abort();
    return 0;
}
