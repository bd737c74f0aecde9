/* writer — the store's thread: takes records from the ring, owns the raw log and the diary. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "diary_queue.h"
#include "rawlog.h"
#include "record.h"
#include "ring.h"
#include "snapshot.h"

#include "plumbline/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer {
    struct ring ring;
    bool wait_when_full;
    int64_t floor_bytes;
    char path[512];
    pthread_t thread;
    _Atomic uint64_t ring_lost; /* samples for which the ring had no room */
    _Atomic bool lost;          /* the log has a mark of what was given up, of which the putter does not know */
    _Atomic bool idle;          /* the thread sleeps until a record comes */
    _Atomic int64_t since_ns;   /* the thread has been at its work since then; 0: it rests */
    _Atomic bool hurry;         /* it should wake now: more than half full, a flush, the end */
    _Atomic bool crowded;       /* the putter waits for room */

    pthread_mutex_t mutex;
    pthread_cond_t wake, done; /* for the thread; for those who wait for it */
    bool stop;
    uint64_t flush_asked, flush_done;
    struct store_state state;

    /* The n-th entry put since opening is to become the diary's row row_base + n; n is the putter's own. */
    _Atomic int64_t row_base;
    int64_t entries_put;

    bool let_go;        /* what is wanted, under the mutex */
    int turned;         /* eventfd: state.turn has changed */
    struct snapshot *snapshot; /* its maker's; the thread writes it to the file */

    /* the thread's own */
    struct rawlog log;
    uint64_t losses; /* of the log's, those that were told */
    struct diary_queue diary;
    int lock;              /* the folder's; −1 while apart. Before and after the thread its maker's */
    int64_t entries_taken; /* of those put since opening */
    bool apart;            /* lock and files are let go */
    bool abandoned;        /* not to another: the folder is gone */
    dev_t device;          /* of the folder that is, or was last, ours */
    ino_t inode;
    int turn_error;        /* why they could not be taken back */
    int64_t turn_due_ns;   /* when that is tried again */
};

/* With .lock taken and .snapshot opened by the caller: opens raw log and diary in the folder PATH, mends them, takes in what a killed writer left in the ring, and starts the
 * thread. W is zeroed by the caller. RECOVERED says what was mended. 0 or a negative errno (then all is closed again). */
int writer_open(struct writer *w, const char *path, const struct store_options *o, char recovered[160]);
/* Writes all that waits and ends the thread; apart, it waits up to a minute for the lock. */
void writer_close(struct writer *w);
/* From one thread only. Waits only when wait_when_full; else a record for which there is no room is gone, and counted
 * when it is a sample. Samples and contexts leave an eighth of the ring to the diary. Whether it was put. */
bool writer_put(struct writer *w, enum record_type type, const void *record, size_t n);
/* Whether the log was made to lack something since it was last asked. */
bool writer_lost(struct writer *w);
/* Waits until all that was put has been given to the kernel, or refused by it. */
void writer_flush(struct writer *w);
void writer_state(struct writer *w, struct store_state *state);
/* The thread goes to work now. */
void writer_wake(struct writer *w);

/* writer_turn.c: the folder is lent to another writer for a while. writer_ask() returns at once; from
 * writer_turn() on they are the thread's. */
void writer_ask(struct writer *w, bool let_go);
/* Does what is wanted, where it can be done now. */
void writer_turn(struct writer *w, bool let_go, int64_t now_ns);
enum store_turn writer_turn_of(const struct writer *w);
/* Remembers which folder it is; and looks, when writing failed, whether it still is in its place. */
void writer_know_folder(struct writer *w);
void writer_watch_folder(struct writer *w, int64_t now_ns);
/* When writer_turn() has something to do by itself; INT64_MAX never. */
int64_t writer_turn_due_ns(const struct writer *w);
/* The thread has ended: a last chance to write. Whether it was apart, and is no more. */
bool writer_turn_end(struct writer *w);

#endif
