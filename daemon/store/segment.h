/* segment — the raw log of one local day: YYYYMMDD.plog, and beside it the write-ahead file of the block that grows.
 *
 * The .plog holds whole blocks. The .wal holds the readings of the next one, as small blocks that all carry the number
 * which that block will get. A block enters the .plog and is on the disk before the .wal is emptied; whatever is
 * interrupted, the numbers tell what is already in. Used by one thread of the one process that holds the lock.
 */
#ifndef STORE_SEGMENT_H
#define STORE_SEGMENT_H

#include "block.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct segment {
    int plog, wal; /* descriptors, −1 closed */
    int day;
    off_t plog_end, wal_end; /* behind the last whole block */
    off_t indexed_end;       /* plog_end when the index was made that lies before it; 0 none */
    struct block_head last; /* the last whole block, when last_at ≥ 0 */
    off_t last_at;
    uint32_t next_sequence;
    bool wal_unsynced;
    char wal_path[1024];
};

/* What segment_open() had to mend. */
struct segment_mended {
    uint64_t torn_bytes; /* cut off behind the last whole block */
    int64_t torn_wall_ns; /* when the samples before that end, on the clock of their place; INT64_MIN when there are none */
    uint64_t samples;    /* brought back from the write-ahead file */
};

void segment_init(struct segment *s);
/* Opens, and makes, the files of DAY under ROOT and cuts off a torn tail. What the .wal still holds is brought in when
 * RECOVER is set, and thrown away else: all of it is in memory. 0 or a negative errno (then it stays closed). MENDED is
 * added to. */
int segment_open(struct segment *s, const char *root, int day, bool recover, struct block_coder *coder,
                 struct segment_mended *mended);
bool segment_is_open(const struct segment *s);
/* Whether the open files are still those that have the names: somebody may have removed them, or moved the folder away. */
bool segment_in_place(const struct segment *s);

/* Appends an encoded block, giving it its number, and empties the write-ahead file; with SYNC it is on the disk before.
 * On failure the file is as it was. */
int segment_append(struct segment *s, uint8_t *block, size_t n, bool sync);
/* Appends a block of newer readings to the write-ahead file. On failure the file is as it was. */
int segment_append_wal(struct segment *s, uint8_t *block, size_t n);
/* Puts the write-ahead file on the disk. */
int segment_sync_wal(struct segment *s);

/* Puts an index behind the blocks, for a clean close, unless it is there already; with SYNC it is on the disk. Without
 * room there is none, and nothing depends on it. */
void segment_finish(struct segment *s, struct block_coder *coder, bool sync);
/* Closes both; an empty write-ahead file is removed. */
void segment_close(struct segment *s);

#endif
