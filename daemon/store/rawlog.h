/* rawlog — gathers readings into blocks and gets them onto the disk, or keeps the newest hour while the disk refuses.
 *
 * Owned by the store's thread. Times are arguments (any steady clock). */
#ifndef STORE_RAWLOG_H
#define STORE_RAWLOG_H

#include "block.h"
#include "segment.h"

#include <stdbool.h>
#include <stdint.h>

enum { RAWLOG_WAITING_MAX = 512, RAWLOG_KEEP_S = 3600, RAWLOG_RETRY_S = 5 };

/* One reading and what a block's header needs. */
struct rawlog_sample {
    struct reading reading;
    struct scale scale;
    int64_t wall_ns;
    int32_t utc_offset_s;
    uint32_t stream, epoch;
};

/* A context on its way; N bytes follow. */
struct rawlog_context {
    uint64_t number;
    int64_t place_ns, t_ns, wall_ns; /* the wall time of place_ns */
    int32_t utc_offset_s;
    uint32_t kind, n;
    uint8_t bytes[];
};

/* A finished block on its way to the disk. */
struct waiting_block {
    uint8_t *bytes;
    size_t n;
    int day;
    uint32_t count;  /* of readings */
    uint64_t number; /* of a context; 0 of readings */
    int64_t last_t_ns, last_wall_ns;
    int64_t place_ns, place_wall_ns; /* what comes behind it in the log has this place */
    int32_t utc_offset_s;
};

struct rawlog_options {
    int sync_s, retention_days;
    int64_t floor_bytes;
};

struct rawlog {
    char root[512];
    struct rawlog_options options;
    struct block_coder coder;
    struct segment segment;
    struct segment_mended mended;

    struct block_head head; /* of the running block: wall time, offset, scale, count */
    int day;                /* of the running block */
    uint32_t in_wal;        /* how many of its readings are in the write-ahead file */
    struct reading reading[BLOCK_SAMPLES_MAX];
    uint8_t block[BLOCK_MAX];

    struct waiting_block waiting[RAWLOG_WAITING_MAX]; /* oldest first, from waiting_first, in a circle */
    unsigned waiting_first, waiting_n;

    struct waiting_block lost; /* the newest given up of which the log has no mark yet; zeros: none */
    uint64_t losses;           /* such marks */
    uint64_t passed;           /* number of the newest context that was written or given up */

    bool unmended;       /* there was no room for mending: nothing is written before that is done */
    bool apart;          /* the files are another's: nothing is tried */
    int error;           /* of the last try, 0 when the disk takes what it is given */
    int64_t retry_ns;    /* no try before this, while there is an error */
    int64_t sync_due_ns; /* when the write-ahead file must be on the disk; INT64_MAX when it is */
    int64_t free_bytes, free_looked_ns;
    uint64_t samples, bytes, samples_lost;
    int64_t written_wall_s; /* of the newest reading that the kernel has */
    int64_t synced_wall_s;  /* of the newest one that the disk has; 0 none, or never synced */
};

/* Takes in what an interrupted writer left under ROOT; on a full or failing disk later. 0 or a negative errno. About 1.2 MiB; zeroed by the caller. */
int rawlog_open(struct rawlog *l, const char *root, const struct rawlog_options *options);
/* Takes the next reading; ends the running block where it must. NOW_NS only spaces tries to write. */
void rawlog_put(struct rawlog *l, const struct rawlog_sample *s, int64_t now_ns);
/* Ends the running block; behind it comes C. */
void rawlog_context(struct rawlog *l, const struct rawlog_context *c, int64_t now_ns);
/* Ends the running block. */
void rawlog_cut(struct rawlog *l, int64_t now_ns);
/* Writes what waits, and the newest readings to the write-ahead file; syncs when it is time. */
void rawlog_settle(struct rawlog *l, int64_t now_ns);
/* When rawlog_settle() has something to do without new readings; INT64_MAX never. */
int64_t rawlog_due_ns(const struct rawlog *l);
/* Whether the files have all that was given. */
bool rawlog_is_settled(const struct rawlog *l);
/* Writes all of it, whatever the floor says, and closes every file; what comes then waits in memory. 0, or a negative errno:
 * what waits cannot be written, and everything is as before. */
int rawlog_let_go(struct rawlog *l, int64_t now_ns);
/* The files are out of reach: closes them, and what they may not have waits in memory. */
void rawlog_abandon(struct rawlog *l);
/* Goes on with the files as they are now: SAME as they were abandoned, else after mending them as rawlog_open() does.
 * 0, or a negative errno: still apart. */
int rawlog_take_back(struct rawlog *l, bool same);
/* Readings that are only in memory. */
uint64_t rawlog_waiting(const struct rawlog *l);
/* Cuts, writes what can be written, closes. */
void rawlog_close(struct rawlog *l, int64_t now_ns);

#endif
