/* log — the raw log is read: samples, and the contexts between them, as they were given to the store
 * (plumbline/store.h).
 *
 * Every function may run beside a writer. Every length is checked: a damaged file gives fewer samples, never a crash.
 * PATH is the data folder, wall times are UTC in ns, and where nothing else is said an int is 0 or a negative errno.
 * The bytes of the files: docs/log-format.md.
 */
#ifndef PLUMBLINE_LOG_H
#define PLUMBLINE_LOG_H

#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A context: what the tracker was told besides samples (a setting, a gap, a clock that was set, "that was wrong") or
 * held before the next one, so that the log alone makes the same minutes and events once more. To the store a few bytes
 * of a kind; what they mean is the pipeline's (daemon/context.h). */
enum {
    LOG_CONTEXT_MAX = 32 * 1024,
    LOG_CONTEXT_LOST = 14, /* a kind of the store's own: what was to lie in front of it was given up */
};
struct log_context {
    unsigned kind;
    uint64_t number;  /* > 0, grows from one to the next: one that comes twice is known by it */
    int64_t place_ns; /* run time: behind the samples up to then, and the contexts of smaller numbers */
    int64_t t_ns;     /* run time when it was so */
    size_t n;         /* ≤ LOG_CONTEXT_MAX */
    const void *bytes;
};

/* Samples in time order, those of the write-ahead file included. */
struct log_reader;
int log_reader_open(const char *path, int64_t from_wall_ns, int64_t to_wall_ns, struct log_reader **r);
/* 1 a sample (with its wall time), 0 the end. */
int log_reader_next(struct log_reader *r, struct sample *s, int64_t *wall_ns);
/* The same with the contexts between the samples. */
struct log_item {
    bool is_context;
    int64_t wall_ns;        /* of the sample, or of when the context was so */
    int32_t utc_offset_s;   /* local minus UTC then */
    uint32_t stream, epoch; /* of the sample's device, 0 not known */
    struct sample sample;
    struct log_context context; /* its bytes are valid until the next call */
};
int log_reader_next_item(struct log_reader *r, struct log_item *item);
/* The next context, whatever lies before it: blocks of samples are not even read. */
int log_reader_next_context(struct log_reader *r, struct log_item *item);
/* Goes on with what lies at or behind the place of a context. */
void log_reader_seek(struct log_reader *r, int64_t place_ns, uint64_t number);
/* Local minus UTC when the block of the last sample given began. */
int32_t log_reader_utc_offset_s(const struct log_reader *r);
/* Blocks skipped because they were damaged, so far. */
uint64_t log_reader_damaged(const struct log_reader *r);
void log_reader_close(struct log_reader *r);

/* One local day of the raw log, as its headers tell. */
struct log_day {
    int day;          /* since 1 January 1970 */
    uint64_t bytes;   /* of its files */
    uint64_t samples; /* in whole blocks */
    int64_t span_ns;  /* that these took */
    uint64_t damaged; /* stretches that are no block */
};
/* Calls FN for every day before the day BEFORE, in order, with how many are LEFT; FN returns nonzero to stop. Returns
 * 0, FN's value or a negative errno. */
int log_days(const char *path, int before, int (*fn)(void *, const struct log_day *, unsigned left), void *arg);

/* A day's files as they are at one moment: the whole blocks of the .plog are its first PLOG_BYTES, WAL is a private
 * copy of the write-ahead file (−1: there is none). Both to be read from 0. */
struct log_copy {
    int plog, wal; /* descriptors */
    int64_t plog_bytes, wal_bytes;
};
int log_copy_open(const char *path, int day, struct log_copy *c);
void log_copy_close(struct log_copy *c);

#endif
