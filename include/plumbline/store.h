/* store — keeps every sample (raw log), every minute, event and entry (diary).
 *
 * One thread owns all files; the loop's thread puts records into a fixed ring (1 MiB) and never waits for a disk. In
 * lasting memory (.memory) they may lie for 2 s, else for 1 s; what a person entered goes on at once.
 * Promise: SIGKILL loses nothing when the ring lies in lasting memory (.memory), else ≤ 1 s; power loss ≤ 10 s, nothing
 * older. A full or read-only disk is a state, not an end; what it refuses for over a minute lies in the process alone.
 *
 * Files under the data folder (0700, files 0600):
 *   plumbline.db              the diary (SQLite, WAL)
 *   raw/YYYY/MM/YYYYMMDD.plog raw log, a local day a file; *.wal the write-ahead file of the one being written
 *   state.bin                 the tracker's and the coach's last snapshot (two slots)
 *   lock                      flock'ed by the one writer; holds its pid. Never removed
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

/* Whether it was taken, and nothing given up since the last one: not when the disk has been refusing for so long that the
 * ring is full, or memory. */
bool store_sample(struct store *s, const struct sample *sample, const struct now *now);
/* The samples to come are those of the device STREAM (CRC-32 of its name, 0 not known) since it started with the id EPOCH. */
void store_stream(struct store *s, uint32_t stream, uint32_t epoch);

/* A sensor was heard; the diary keeps when it was first and last. */
struct device_seen {
    char name[48], serial[48]; /* SERIAL: or what else tells it from others of that name */
    int64_t wall_s;
};
void store_device(struct store *s, const struct device_seen *d);

/* What besides samples was told the tracker, as the raw log keeps it. Kinds and bytes are the pipeline's (daemon/context.h). */
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
bool store_context(struct store *s, const struct log_context *c, const struct now *now);
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

/* ---- another's turn: a command that removes, restores or remakes files asks the daemon to let go of them meanwhile ---- */

/* STORE_APART: lock and files are let go; whatever is put waits in memory, the newest hour of samples, and with .memory the
 * first minute of them also for a successor. STORE_TAKING_BACK: they are wanted again, which is tried every two seconds
 * until the other writer lets go, is killed, or has put the folder back. */
enum store_turn { STORE_OURS, STORE_LETTING_GO, STORE_APART, STORE_TAKING_BACK };
/* Both return at once, store_state() tells the turn; from one thread. What waits is written before anything is let go;
 * where that fails the turn is STORE_OURS again, and the state's error says why. The files that are taken back may be
 * others than those that were let go. */
void store_let_go(struct store *s);
void store_take_back(struct store *s);
/* Becomes readable (8 bytes, non-blocking) when the turn has changed; the store's own. */
int store_turned(const struct store *s);
/* The lock of the folder PATH (made where it is not) without a store: a descriptor, to be closed. −EWOULDBLOCK: another
 * writer, its pid in WHY; or another negative errno; WHY says what to do. */
int store_lock(const char *path, char why[256]);

/* ---- forgetting: what was recorded before a local day goes for good ------------------------------------------------------ */

enum { FORGET_TABLES = 7 };
/* What goes, or went. */
struct forget_sum {
    uint64_t days, samples;       /* of the raw log; forget_look() only */
    uint64_t files, bytes;        /* raw log, reports, diaries that were set aside as damaged */
    uint64_t rows[FORGET_TABLES]; /* of the diary; of the table forget_table(i) */
};
const char *forget_table(unsigned i);
/* DAY counts from 1 January 1970, MIDNIGHT_S is when it began. Only looks; STAYS is told each damaged diary that was set aside
 * later, and so may hold older things too. 0 or a negative errno; −EBADMSG: the diary is damaged. */
int forget_look(const char *path, int day, int64_t midnight_s, struct forget_sum *sum,
                void (*stays)(void *arg, const char *path), void *arg);
/* Remove, and add to SUM what they removed; interrupted, they are called again. The caller holds the folder's lock. Of the
 * calibrations the newest stays, which is in use, and state.bin when it was written since. 0 or a negative errno; −EPROTO: the diary is a newer Plumbline's;
 * −EBUSY: another program reads it and keeps the old pages from going. */
int forget_files(const char *path, int day, int64_t midnight_s, struct forget_sum *sum);
int forget_rows(const char *path, int day, int64_t midnight_s, struct forget_sum *sum);

struct store_state {
    enum store_turn turn;
    int error;                /* 0, or the negative errno of the last failing write */
    char error_text[160];     /* what to do about it */
    uint64_t samples, bytes;  /* written since open; bytes of compressed blocks */
    uint64_t samples_lost;    /* given but not kept (ring full, disk full for over an hour) */
    uint64_t samples_waiting; /* kept in memory */
    int64_t free_bytes;
    int64_t last_write_wall_s;
    int64_t synced_wall_s;    /* all samples up to then also survive a power cut */
    char recovered[160];      /* what store_open found and mended; empty when nothing */
};
void store_state(struct store *s, struct store_state *state);

/* ---- snapshot: survives SIGKILL where .memory does, and a torn write because there are two slots ----------------------------- */

/* Keeps N bytes (≤ STATE_MAX) as the newest snapshot; TAG names their layout. No disk is waited for. */
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
/* The same with the contexts between the samples. */
struct log_item {
    bool is_context;
    int64_t wall_ns;      /* of the sample, or of when the context was so */
    int32_t utc_offset_s; /* local minus UTC then */
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
/* Calls FN for every day before the day BEFORE, in order, with how many are LEFT; FN returns nonzero to stop. Returns 0, FN's
 * value or a negative errno. May run beside a writer. */
int log_days(const char *path, int before, int (*fn)(void *, const struct log_day *, unsigned left), void *arg);

/* A day's files as they are at one moment, also beside a writer: the whole blocks of the .plog are its first PLOG_BYTES, WAL is
 * a private copy of the write-ahead file (−1: there is none). Both to be read from 0. */
struct log_copy {
    int plog, wal; /* descriptors */
    int64_t plog_bytes, wal_bytes;
};
/* 0 or a negative errno. */
int log_copy_open(const char *path, int day, struct log_copy *c);
void log_copy_close(struct log_copy *c);

/* The diary as it is at one moment, without what was deleted, also beside a writer: into the file TO, which is empty or not
 * there. 0, −ENOENT: there is no diary, −EBADMSG: it is damaged, or another negative errno. */
int diary_copy(const char *path, const char *to);

/* ---- rebuilding: what was made of the raw log once more, set beside what the diary holds ---------------------------- */

/* Of minutes and derived events alone: those that the tracker gives rise to. What was said, answered or entered, and what
 * the sensor or a clock did, is none of its concern. The folder's lock is the caller's. */
struct rebuild;
int rebuild_open(const char *path, struct rebuild **r);
void rebuild_close(struct rebuild *r);
/* As store_minute() and store_event(). A failure is kept, and returned by all that follows. */
void rebuild_minute(struct rebuild *r, const struct minute *m);
void rebuild_event(struct rebuild *r, const struct event *e, const struct now *now);

/* What was made is all that there is of this time. ANEW: the program began anew at its begin, so that the minute may be
 * fuller in the diary. CUT: it was broken off at its end, so that the diary may know more of what lasts. */
struct rebuild_span {
    int64_t from_wall_ns, to_wall_ns;
    bool anew, cut;
};
int rebuild_add_span(struct rebuild *r, const struct rebuild_span *span);
/* But not of this time within it, which somebody else filled: imported. */
int rebuild_leave_out(struct rebuild *r, int64_t from_wall_ns, int64_t to_wall_ns);
/* Whether nothing lasts that began in this time; else, or on failure, what comes may change it. */
bool rebuild_is_settled(struct rebuild *r, int64_t from_wall_ns, int64_t to_wall_ns);

struct rebuild_difference {
    const char *what; /* "minute", or an event's kind */
    int64_t wall_ns;  /* of its start, UTC */
    bool in_diary, in_log;
    char columns[256]; /* where both have it: "slouch_sitting_s 3.5 not 4, …": the diary's, and what it should be */
};
/* Counts what there is in the spans, and calls FN for each row that differs in any bit. 0 or a negative errno. */
struct rebuild_sum {
    uint64_t minutes, events, differences;
};
int rebuild_compare(struct rebuild *r, struct rebuild_sum *sum, void (*fn)(void *, const struct rebuild_difference *),
                    void *arg);
/* Puts what was made in the place of what the diary holds, all or nothing. 0 or a negative errno. */
int rebuild_replace(struct rebuild *r);

/* Diary, read only; may run beside a writer. */
struct diary;
int diary_open(const char *path, struct diary **d, char why[256]); /* PATH = data folder; −ENOENT when there is none yet */
void diary_close(struct diary *d);
/* What an error of the functions below means to a person, and what to do. */
const char *diary_error(int error);

/* Each calls FN for every row in time order; FN returns nonzero to stop. Returns 0, FN's value or a negative errno. */
int diary_minutes(struct diary *d, int64_t from_min, int64_t to_min, int (*fn)(void *, const struct minute *), void *arg);
int diary_events(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct diary_event *), void *arg);
int diary_entries(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct entry *), void *arg);
int diary_workouts(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct workout *), void *arg);
/* What each local day from FROM_DATE to before TO_DATE (days since 1970) came to; days of which there is no minute are left
 * out. Days that the diary keeps a total of are not summed again: weeks and years cost little. */
int diary_days(struct diary *d, int64_t from_date, int64_t to_date, int (*fn)(void *, const struct day_total *), void *arg);
/* The newest calibration: 0, −ENOENT, or a negative errno. */
int diary_calibration(struct diary *d, struct calibration *c);
/* All of this version, with the time at which each was stored. As those above. */
int diary_calibrations(struct diary *d, int64_t from_wall_s, int64_t to_wall_s,
                       int (*fn)(void *, int64_t wall_s, const struct calibration *), void *arg);

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
    FINDING_NO_SAMPLES,              /* minutes in the diary whose samples that day's file lacks; number: of minutes */
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
/* Reads all that is stored in the folder PATH, whatever anyone else does to it meanwhile, and tells what is damaged. 0,
 * or a negative errno when it could not look. Memory does not grow with the days, but for 16 bytes a minute recorded. */
int store_check(const char *path, struct store_check *c);
/* Writes what is whole in PATH into TO, a new or empty folder; nothing else may write to PATH meanwhile. .found tells of
 * files that could not be copied, .damages counts these and a damaged diary, .samples what was copied. 0 or a negative
 * errno; WHY says what to do. */
int store_repair(const char *path, const char *to, struct store_check *c, char why[256]);

#endif
