/* log_index — where the blocks of a stretch of wall time lie, in the order of run time. May be made beside a writer. */
#ifndef STORE_LOG_INDEX_H
#define STORE_LOG_INDEX_H

#include "block.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct log_place {
    int64_t first_t_ns; /* run time of the block's first reading, or the place of a context */
    uint64_t number;    /* of a context; 0 of readings */
    int day;
    int copy;     /* descriptor of the copied write-ahead file it lies in, −1: in the day's .plog */
    off_t offset; /* of its header */
};

struct log_index {
    struct log_place *place;
    size_t n, room;
    int *copy; /* owned */
    size_t n_copies;
    uint64_t damaged; /* stretches without a whole header */
    size_t days, by_index; /* files looked at, and those whose own index told at once */
};

/* All blocks under ROOT that may hold readings from FROM_WALL_NS until before TO_WALL_NS. 0 or a negative errno.
 * Free it also after a failure. */
int log_index_make(struct log_index *x, const char *root, int64_t from_wall_ns, int64_t to_wall_ns);
void log_index_free(struct log_index *x);

#endif
