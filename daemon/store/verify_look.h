/* verify_look — what is known of one day's files while they are gone through, block by block (inside verify). */
#ifndef STORE_VERIFY_LOOK_H
#define STORE_VERIFY_LOOK_H

#include "folder.h"
#include "hop.h"
#include "segment_index.h"
#include "verify.h"

/* A whole block that has been there. */
struct verify_seen {
    off_t offset;
    int64_t first_t_ns;
    uint32_t payload_crc;
    enum block_kind kind;
    uint8_t row[SEGMENT_INDEX_ROW]; /* as the index should tell it */
};

struct verify_look {
    struct verify *v;
    int day, fd; /* the file that is gone through */
    bool in_wal;
    const char *file; /* its name below the data folder */
    struct hop hop;
    struct verify_seen *seen; /* owned; of the .plog */
    size_t n_seen, seen_room;
    int64_t seen_newest_t_ns;
    struct segment_index index; /* owned; n = 0: none to believe */
    struct block_head before;   /* the last whole block of samples; count 0: none yet */
    uint64_t before_last_index;
    uint64_t loss_bytes, loss_blocks; /* gone since then, and not told yet */
    uint32_t loss_sequence;           /* the first number of them */
    uint32_t next_sequence, wal_sequence;
    uint64_t damages_before; /* found before this file */
    bool wal_waits;          /* wal_sequence is the number of the .wal's first block */
};

/* A finding of KIND in this file, with nothing known of its time; or that of the block with header HEAD. */
struct finding verify_look_finding(const struct verify_look *l, enum finding_kind kind);
struct finding verify_look_finding_at(const struct verify_look *l, enum finding_kind kind,
                                      const struct block_head *head);

uint64_t verify_look_period_ns(const struct block_head *h);
/* When the reading after its last one was due. */
int64_t verify_look_end_wall_ns(const struct block_head *h);

/* ---- verify_loss.c ---- */

/* BYTES, or BLOCKS numbers from next_sequence on, are not there. */
void verify_loss_add(struct verify_look *l, uint64_t bytes, uint64_t blocks);
/* What is gone up to AFTER (NULL: the end) is told. */
void verify_loss_close(struct verify_look *l, const struct block_head *after);

/* ---- verify_block.c ---- */

/* The next whole block; AFTER_FOREIGN: one of another version lay before it. 0 or a negative errno. */
int verify_block(struct verify_look *l, const struct block_head *head, off_t offset, bool after_foreign);

#endif
