#include "plumbline/store.h"

#include "folder.h"
#include "hop.h"
#include "segment_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void add(struct log_day *d, const struct block_head *head)
{
    if (head->kind != BLOCK_SAMPLES) return;
    d->samples += head->count;
    d->span_ns += (int64_t)(((__uint128_t)head->period_q16_ns * head->count) >> 16);
}

/* What the file's own index tells, where it has one at its end that leaves nothing out; 0 else. The number after that of the last block. */
static uint64_t look_at_index(struct log_day *d, int fd, struct block_coder *coder)
{
    struct segment_index index;
    struct block_head head;
    struct stat st;
    if (fstat(fd, &st) < 0 || segment_index_read(fd, st.st_size, coder, &index) <= 0) return 0;
    bool whole = index.damaged == 0; /* else blocks may lie where it has none */
    for (size_t i = 0; whole && i < index.n; i++) {
        segment_index_row(&index, i, &head);
        add(d, &head);
    }
    uint64_t next = whole ? index.next_sequence : 0;
    segment_index_free(&index);
    return next;
}

/* Headers of the blocks with numbers from FROM on; the number after that of the last one. */
static uint64_t look_through(struct log_day *d, int fd, uint64_t from)
{
    struct hop hop;
    struct block_head head;
    off_t at;
    uint64_t next = from;
    if (hop_begin(&hop, fd, 0) < 0) return from;
    while (hop_next(&hop, &head, &at) > 0) {
        if (head.sequence < from) continue;
        add(d, &head);
        next = (uint64_t)head.sequence + 1;
    }
    d->damaged += hop.damaged;
    return next;
}

static int open_one(const char *path, const char *suffix, int day, uint64_t *bytes)
{
    char name[FOLDER_PATH];
    struct stat st;
    int fd = folder_day_path(path, day, suffix, name) < 0 ? -1 : open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return -1;
    if (fstat(fd, &st) == 0) *bytes += (uint64_t)st.st_size;
    return fd;
}

static void look_at(const char *path, struct log_day *d, struct block_coder *coder)
{
    uint64_t next = 0;
    int plog = open_one(path, ".plog", d->day, &d->bytes);
    if (plog >= 0) {
        next = look_at_index(d, plog, coder);
        if (next == 0) next = look_through(d, plog, 0);
        close(plog);
    }
    int wal = open_one(path, ".wal", d->day, &d->bytes);
    if (wal < 0) return;
    look_through(d, wal, next);
    close(wal);
}

int log_days(const char *path, int before, int (*fn)(void *, const struct log_day *, unsigned left), void *arg)
{
    struct block_coder coder;
    int *days = NULL;
    size_t n = 0, end = 0;
    int r = block_coder_open(&coder);
    if (r == 0) r = folder_days(path, ".plog", &days, &n);
    while (end < n && days[end] < before) end++;
    for (size_t i = 0; r == 0 && i < end; i++) {
        struct log_day d = {.day = days[i]};
        look_at(path, &d, &coder);
        r = fn(arg, &d, (unsigned)(end - i - 1));
    }
    free(days);
    block_coder_close(&coder);
    return r;
}
