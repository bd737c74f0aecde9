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
 *
 * What is written here is read with plumbline/log.h and plumbline/diary.h; plumbline/upkeep.h looks it over, repairs,
 * forgets and rebuilds. Behind the four, in daemon/store/, by the beginnings of their names:
 *   store writer record words      records come in, their thread hands them on; what is said to a person
 *   ring lasting snapshot past     what outlives a killed process, and what of it the files have already
 *   rawlog segment hop folder lock the raw log is written: blocks made, files of days, from block to block
 *   log wal_copy                   the raw log is read, also while it grows
 *   block payload groups expect lpc predict bits bytes reading   a block's bytes (pure)
 *   diary                          SQLite: schema, reading, writing, totals of days, what a damaged file still gives
 *   verify repair forget rebuild   upkeep
 */
#ifndef PLUMBLINE_STORE_H
#define PLUMBLINE_STORE_H

#include "plumbline/coach.h"
#include "plumbline/diary.h"
#include "plumbline/event.h"
#include "plumbline/log.h"
#include "plumbline/posture.h"
#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- writing (the daemon, or a command that holds the lock) ------------------------------------------------------ */

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

/* Whether it was taken, and nothing given up since the last one: not when the disk has been refusing for so long that
 * the ring is full, or memory. */
bool store_sample(struct store *s, const struct sample *sample, const struct now *now);
/* The samples to come are those of the device STREAM (CRC-32 of its name, 0 not known) since it started with the id
 * EPOCH. */
void store_stream(struct store *s, uint32_t stream, uint32_t epoch);

/* A sensor was heard; the diary keeps when it was first and last. */
struct device_seen {
    char name[48], serial[48]; /* SERIAL: or what else tells it from others of that name */
    int64_t wall_s;
};
void store_device(struct store *s, const struct device_seen *d);

bool store_context(struct store *s, const struct log_context *c, const struct now *now);
void store_minute(struct store *s, const struct minute *m);
/* Idempotent: an event with the same kind, start and id replaces the earlier one (an open bout closes). */
void store_event(struct store *s, const struct event *e, const struct now *now);
/* A gap in the log's time, or the end of a stream: the running block is closed. */
void store_cut(struct store *s);
void store_flush(struct store *s); /* waits until all that was given is handed to the kernel; not for the loop in live use */

void store_entry(struct store *s, const struct entry *e);
void store_workout(struct store *s, const struct workout *w);
void store_calibration(struct store *s, const struct calibration *c, const struct now *now);

/* ---- another's turn: a command that removes, restores or remakes files asks the daemon to let go of them --------- */

/* STORE_APART: lock and files are let go; whatever is put waits in memory, the newest hour of samples, and with .memory
 * the first minute of them also for a successor. STORE_TAKING_BACK: they are wanted again, which is tried every two
 * seconds until the other writer lets go, is killed, or has put the folder back. */
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

/* ---- what is going on -------------------------------------------------------------------------------------------- */

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

/* ---- snapshot: survives SIGKILL where .memory does, and a torn write because there are two slots ----------------- */

/* Keeps N bytes (≤ STATE_MAX) as the newest snapshot; TAG names their layout. No disk is waited for. */
enum { STATE_MAX = 256 * 1024 };
void store_snapshot(struct store *s, const void *bytes, size_t n, uint64_t tag);
/* Newest whole snapshot with this TAG and size; false when there is none. */
bool store_last_snapshot(struct store *s, void *bytes, size_t n, uint64_t tag);

#endif
