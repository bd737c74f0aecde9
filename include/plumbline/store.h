/* store — keeps every sample (raw log), every minute, event and entry (diary).
 *
 * One thread owns all files; the loop's thread puts records into a fixed ring (1 MiB) and never waits for a disk.
 * Promise: SIGKILL loses nothing when the ring lies in lasting memory (.memory), else ≤ 1 s; power loss ≤ 10 s, nothing
 * older. A full or read-only disk is a state, not an end; what it refuses for over a minute lies in the process alone.
 *
 * Files under the data folder (0700, files 0600):
 *   plumbline.db              the diary (SQLite, WAL)
 *   raw/YYYY/MM/YYYYMMDD.plog raw log, a local day a file; *.wal the write-ahead file of the one being written
 *   state.bin                 the tracker's and the coach's last snapshot (two slots, mapped memory)
 *   lock                      flock'ed by the one writer; holds its pid
 */
#ifndef PLUMBLINE_STORE_H
#define PLUMBLINE_STORE_H

#include "plumbline/coach.h"
#include "plumbline/event.h"
#include "plumbline/outcome.h"
#include "plumbline/posture.h"
#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- writing (the daemon, or a command that holds the lock) ---------------------------------------------------------- */

struct store_options {
    bool wait_when_full; /* replay: the caller waits for the disk; live: never (samples are counted as lost) */
    int sync_s;          /* fdatasync of the write-ahead file every so many seconds; 4; 0 = never of anything */
    int retention_days;  /* raw log; 90; 0 = for ever */
    int64_t floor_bytes; /* stop writing raw data when less than this is free; 200 MB */
    const char *memory;  /* the ring's file, on a memory file system (tmpfs); one a data folder; removed when all is
                          * written. NULL, the default, or no such file system: memory that ends with the process */
};
void store_options_default(struct store_options *o);

struct store;
/* Opens (and makes) the folder PATH, takes the lock, recovers what an interrupted writer left (with the same
 * .memory also what lay in its ring), starts the thread.
 * 0, or −EWOULDBLOCK another writer (its pid in WHY), or another negative errno; WHY says what to do. */
int store_open(const char *path, const struct store_options *o, struct store **s, char why[256]);
/* Writes all that waits, syncs, ends the thread. NULL is fine. */
void store_close(struct store *s);

void store_sample(struct store *s, const struct sample *sample, const struct now *now);
void store_minute(struct store *s, const struct minute *m);
/* Idempotent: an event with the same kind, start and id replaces the earlier one (an open bout closes). */
void store_event(struct store *s, const struct event *e, const struct now *now);
/* A gap in the log's time, or the end of a stream: the running block is closed. */
void store_cut(struct store *s);
void store_flush(struct store *s); /* waits until all that was given is handed to the kernel; not for the loop in live use */

enum entry_kind { ENTRY_PAIN = 1, ENTRY_STRESS, ENTRY_SORENESS, ENTRY_ROUTINE, ENTRY_FEEL, ENTRY_NOTE };
const char *entry_kind_name(enum entry_kind k);
struct entry {
    int64_t wall_s;
    enum entry_kind kind;
    int value;      /* 0…10, −1 none */
    char what[64];  /* area, item id or note */
};
void store_entry(struct store *s, const struct entry *e);
void store_workout(struct store *s, const struct workout *w);
void store_calibration(struct store *s, const struct calibration *c, const struct now *now);

struct store_state {
    int error;                /* 0, or the negative errno of the last failing write */
    char error_text[160];     /* what to do about it */
    uint64_t samples, bytes;  /* written since open; bytes of compressed blocks */
    uint64_t samples_lost;    /* given but not kept (ring full, disk full for over an hour) */
    uint64_t samples_waiting; /* kept in memory */
    int64_t free_bytes;
    int64_t last_write_wall_s;
    char recovered[160];      /* what store_open found and mended; empty when nothing */
};
void store_state(struct store *s, struct store_state *state);

/* ---- snapshot: survives SIGKILL because it is mapped memory, and a torn write because there are two slots --------------- */

/* Keeps N bytes (≤ STATE_MAX) as the newest snapshot; TAG names their layout. No system call. */
enum { STATE_MAX = 256 * 1024 };
void store_snapshot(struct store *s, const void *bytes, size_t n, uint64_t tag);
/* Newest whole snapshot with this TAG and size; false when there is none. */
bool store_last_snapshot(struct store *s, void *bytes, size_t n, uint64_t tag);

/* ---- reading ------------------------------------------------------------------------------------------------------- */

/* Raw log, in time order, write-ahead file included. May run beside a writer. Every length is checked: a damaged file
 * gives fewer samples, never a crash. */
struct log_reader;
int log_reader_open(const char *path, int64_t from_wall_ns, int64_t to_wall_ns, struct log_reader **r);
/* 1 a sample (with its wall time), 0 the end. */
int log_reader_next(struct log_reader *r, struct sample *s, int64_t *wall_ns);
/* Blocks skipped because they were damaged, so far. */
uint64_t log_reader_damaged(const struct log_reader *r);
void log_reader_close(struct log_reader *r);

/* Diary, read only; may run beside a writer. */
struct diary;
int diary_open(const char *path, struct diary **d, char why[256]); /* PATH = data folder; −ENOENT when there is none yet */
void diary_close(struct diary *d);

/* An event as stored, in wall time. */
struct diary_event {
    enum event_kind kind;
    int reason;
    int64_t start_wall_ns, end_wall_ns; /* end = EVENT_OPEN while it lasts */
    int32_t utc_offset_s;
    float value;
    uint32_t id;
};
/* Each calls FN for every row in time order; FN returns nonzero to stop. Returns 0, FN's value or a negative errno. */
int diary_minutes(struct diary *d, int64_t from_min, int64_t to_min, int (*fn)(void *, const struct minute *), void *arg);
int diary_events(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct diary_event *), void *arg);
int diary_entries(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct entry *), void *arg);
int diary_workouts(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct workout *), void *arg);
/* The newest calibration: 0, −ENOENT, or a negative errno. */
int diary_calibration(struct diary *d, struct calibration *c);

/* ---- looking everything over: `plumbline check` ---------------------------------------------------------------------- */

enum finding_kind {
    /* of the raw log */
    FINDING_UNREADABLE,    /* the file cannot be read; number: errno */
    FINDING_BLOCK_DAMAGED, /* bytes that are no whole block, and what was lost with them */
    FINDING_BLOCKS_MISSING, /* the numbers leave some out */
    FINDING_GARBAGE,       /* bytes between blocks that are none; nothing is missing */
    FINDING_BLOCK_DOUBLED, /* the same block once more */
    FINDING_OTHER_DAY,     /* a block of another day */
    FINDING_DISORDER,      /* a block whose times or numbers contradict the one before, or its own header */
    FINDING_CONTEXT,       /* a block of bytes that cannot be read; no samples are lost */
    FINDING_INDEX,         /* the index does not tell what the file holds */
    FINDING_MISPLACED,     /* a file that is not where it would be read */
    FINDING_NO_MINUTE,     /* samples, but no minute in the diary; number: of minutes */
    FINDING_NO_DAY,        /* minutes in the diary, but no file of that day; number: of minutes */
    /* of the diary */
    FINDING_DIARY_DAMAGED, /* detail: what SQLite says */
    FINDING_DIARY_MISSING,
    FINDING_MINUTES,       /* minutes of more than 60 s, or of less than none; number: how many */
    FINDING_EVENTS,        /* events that end before they begin; number */
    FINDING_EVENTS_OPEN,   /* left open although the next one of their kind has begun; number */
    FINDING_ANSWERS,       /* answers to notices that are not there; number */
    /* of the rest */
    FINDING_SNAPSHOT,      /* state.bin holds no whole snapshot */
    FINDING_MODE,          /* others may read it; number: its mode */
    /* no damage */
    FINDING_NOTES,
    FINDING_FOREIGN = FINDING_NOTES, /* blocks, or a diary, of another version of this program */
    FINDING_WAITING,                 /* samples in the write-ahead file */
    FINDING_NO_SAMPLES,              /* minutes in the diary whose samples are not in that day's file; number: of minutes */
};
struct finding {
    enum finding_kind kind;
    const char *file; /* below the data folder */
    int64_t from_wall_ns, to_wall_ns; /* of what is lost or meant; INT64_MIN, INT64_MAX: not known */
    int32_t utc_offset_s;
    uint64_t samples; /* about how many: lost, or meant */
    uint64_t bytes, blocks; /* 0: not known */
    int64_t number;
    const char *detail;
};

struct store_check {
    int64_t from_wall_ns, to_wall_ns; /* only days and minutes that lie between */
    void (*found)(void *arg, const struct finding *f);
    void (*progress)(void *arg, int64_t done_bytes, int64_t all_bytes);
    void *arg;
    /* what was seen */
    uint64_t days, bytes, blocks, samples, minutes, events;
    uint64_t damages; /* findings that are no notes */
};
/* Reads all that is stored in the folder PATH, whatever anyone else does to it meanwhile, and tells what is damaged. 0, or
 * a negative errno when it could not look. Memory does not grow with the days, but for 16 bytes a minute recorded. */
int store_check(const char *path, struct store_check *c);
/* Writes what is whole in PATH into TO, a new or empty folder; nothing else may write to PATH meanwhile. .found tells what
 * could not be copied, .damages counts it, .samples what was copied. 0 or a negative errno; WHY says what to do. */
int store_repair(const char *path, const char *to, struct store_check *c, char why[256]);

#endif
