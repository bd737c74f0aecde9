/* past — of the records that a killed predecessor left in the ring, which ones are in the files already? It may have
 * written them and not come to release them. Used once, before the store's thread starts. */
#ifndef STORE_PAST_H
#define STORE_PAST_H

#include "rawlog.h"

#include "plumbline/store.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* A RECORD_ENTRY as it lies in the ring; of the diary's concern is only the first member. */
struct past_entry {
    struct entry entry;
    int64_t row; /* that the diary will give it */
};

/* Where in the log samples and contexts would lie; begin it with PAST_NOTHING and show it each of them. */
struct past_span {
    int64_t from_wall_ns, to_wall_ns, last_t_ns;
};
#define PAST_NOTHING ((struct past_span){INT64_MAX, INT64_MIN, INT64_MIN})
void past_widen(struct past_span *span, const struct rawlog_sample *s);
void past_widen_context(struct past_span *span, const struct rawlog_context *c);

struct past {
    int64_t newest_t_ns; /* run time of the newest sample of the span that is in the log */
    uint64_t newest_number; /* of the newest context likewise */
    int64_t last_row;    /* of the entries; 0 when there is none, or the diary cannot be read now */
    sqlite3 *db;         /* NULL then */
};

/* Looks at log and diary in the folder ROOT. 0, or a negative errno when the log cannot be read. */
int past_open(struct past *p, const char *root, const struct past_span *span);
void past_close(struct past *p);
/* Whether this record is in already. False also for those that may be put twice and change nothing. */
bool past_has(struct past *p, uint32_t type, const void *record);

#endif
