/* snapshot — the newest state of tracker and coach, in memory that outlives the process where there is such, so that
 * SIGKILL costs nothing; and in state.bin, two slots, so that a torn write costs no more than the newest. Layout of the
 * file: docs/log-format.md. One thread puts and gets, one other writes the file. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include "lasting.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot {
    struct lasting lasting; /* .memory NULL: put and get do nothing */
    char path[1024];
    pthread_mutex_t mutex; /* never held while a disk may be waited for */
    uint64_t sequence;     /* of the newest */
    int last;              /* slot of the newest, −1 none */
    int busy;              /* the one that is being written to the file, −1 none */
    uint64_t written;      /* the sequence that the file has; the writing thread's own */
};

/* Takes up what PATH holds, or MEMORY (as in struct store_options; NULL is fine) for the data folder FOLDER, where that
 * is newer. 0 or a negative errno; no file is no error, then there is no snapshot yet. */
int snapshot_open(struct snapshot *s, const char *path, const char *memory, const char *folder);
/* Keeps N ≤ STATE_MAX bytes. No disk is waited for. */
void snapshot_put(struct snapshot *s, const void *bytes, size_t n, uint64_t tag);
/* The newest whole snapshot with this TAG and size; false when there is none. */
bool snapshot_get(struct snapshot *s, void *bytes, size_t n, uint64_t tag);
/* Looks, and keeps nothing: 0 when PATH holds a whole snapshot or none yet, −EBADMSG, or another negative errno. */
int snapshot_check(const char *path);
/* Writes the newest one to the file, unless it is there. 0 or a negative errno. */
int snapshot_write(struct snapshot *s);
/* The file, and the folder, may be others by now: what comes next is newer than what they hold. */
void snapshot_move(struct snapshot *s, const char *folder);
/* Writes; the memory is given up once the file has it all. */
void snapshot_close(struct snapshot *s);

#endif
