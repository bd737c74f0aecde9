/* repair — a clean copy of what is whole; the public face is store_repair() (plumbline/upkeep.h). */
#ifndef STORE_REPAIR_H
#define STORE_REPAIR_H

#include "block.h"
#include "segment.h"

#include "plumbline/upkeep.h"

#include <stddef.h>

/* A block that lies in the file of a day that is not its own. */
struct repair_stray {
    int file_day, own_day;
    off_t offset;
    int64_t first_t_ns;
    uint32_t size; /* header and payload */
};

struct repair {
    struct store_check *check;
    const char *from, *to;
    struct repair_stray *stray;
    size_t n_strays, strays_room;
    int64_t done_bytes, all_bytes;
    struct block_coder coder;
    struct segment segment; /* of TO */
    struct reading reading[BLOCK_SAMPLES_MAX];
    uint8_t block[BLOCK_MAX];
};

/* Looks through the headers of DAY's .plog for blocks of other days (repair_day.c). 0 or a negative errno. */
int repair_day_strays(struct repair *r, int day);
/* Copies what is whole of DAY: blocks in the order of run time with numbers anew, what the .wal holds, an index. */
int repair_day(struct repair *r, int day);
/* Copies the diary, row by row where it is damaged (repair_diary.c). 0 or a negative errno. */
int repair_diary(struct repair *r);

/* Copies a file to a new one, 0600. 0 or a negative errno. */
int repair_copy_file(const char *from, const char *to);

#endif
