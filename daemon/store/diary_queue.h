/* diary_queue — records on their way into the diary: one transaction for all that has come together, tried again while
 * the disk refuses. Owned by the store's thread; times are arguments (any steady clock). */
#ifndef STORE_DIARY_QUEUE_H
#define STORE_DIARY_QUEUE_H

#include "diary.h"

#include <stddef.h>
#include <stdint.h>

enum { DIARY_QUEUE_MAX = 1 << 20 }; /* bytes; many hours of records */

struct diary_queue {
    char root[512];
    struct diary_writer *writer; /* NULL while it could not be opened */
    bool durable;                /* each transaction is on the disk when it ends */
    bool suspect;                /* the file was found damaged while in use */
    uint8_t *bytes;
    size_t n, room;
    bool apart;       /* the file is another's: nothing is tried */
    int error;        /* of the last try */
    int64_t retry_ns; /* no try before this, while there is an error */
    uint64_t lost;    /* records given up */
    char away[160];   /* what was moved aside on opening; empty when nothing */
};

/* Opens the diary under ROOT. A disk that refuses now is no failure, it is tried again; −EPROTO (a newer Plumbline
 * wrote the diary) and −ENAMETOOLONG are. DURABLE: each transaction outlives a power cut, not only what a person
 * entered. */
int diary_queue_open(struct diary_queue *q, const char *root, bool durable, int64_t now_ns);
void diary_queue_put(struct diary_queue *q, uint32_t type, const void *record, size_t n);
/* Writes all of it, or nothing. */
void diary_queue_settle(struct diary_queue *q, int64_t now_ns);
/* When settle has something to do without a new record; INT64_MAX never. */
int64_t diary_queue_due_ns(const struct diary_queue *q);
/* Writes all of it and closes the file; what comes then waits. 0, or a negative errno: what waits cannot be written,
 * and everything is as before. */
int diary_queue_let_go(struct diary_queue *q, int64_t now_ns);
/* The file is out of reach: closes it, and all waits. */
void diary_queue_abandon(struct diary_queue *q);
/* Goes on with the file as it is now. */
void diary_queue_take_back(struct diary_queue *q);
/* How many records of TYPE wait. */
unsigned diary_queue_count(const struct diary_queue *q, uint32_t type);
void diary_queue_close(struct diary_queue *q, int64_t now_ns);

#endif
