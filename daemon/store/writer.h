/* writer — the store's thread: takes records from the ring, owns the raw log and the diary. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "diary_queue.h"
#include "rawlog.h"
#include "record.h"
#include "ring.h"

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
    _Atomic bool idle;          /* the thread sleeps until a record comes */
    _Atomic bool hurry;         /* it should wake now: more than half full, a flush, the end */
    _Atomic bool crowded;       /* the putter waits for room */

    pthread_mutex_t mutex;
    pthread_cond_t wake, done; /* for the thread; for those who wait for it */
    bool stop;
    uint64_t flush_asked, flush_done;
    struct store_state state;

    int64_t last_row; /* of the entries in the diary, once all that was put is in: the putter's own */

    /* the thread's own */
    struct rawlog log;
    struct diary_queue diary;
};

/* Opens raw log and diary in the folder PATH, mends them, takes in what a killed writer left in the ring, and starts the
 * thread. W is zeroed by the caller. RECOVERED says what was mended. 0 or a negative errno (then all is closed again). */
int writer_open(struct writer *w, const char *path, const struct store_options *o, char recovered[160]);
/* Writes all that waits and ends the thread. */
void writer_close(struct writer *w);
/* From one thread only. Waits only when wait_when_full; else a record for which there is no room is gone, and counted
 * when it is a sample. Samples leave an eighth of the ring to the diary. Whether it was put. */
bool writer_put(struct writer *w, enum record_type type, const void *record, size_t n);
/* Waits until all that was put has been given to the kernel, or refused by it. */
void writer_flush(struct writer *w);
void writer_state(struct writer *w, struct store_state *state);

#endif
