/* verify — reads all that is stored and says what is damaged; the public face is store_check() (plumbline/upkeep.h). */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "block.h"

#include "plumbline/upkeep.h"

#include <stddef.h>
#include <stdint.h>

/* A minute of wall time (UTC, since 1970) and in how many of its seconds there were samples. */
struct verify_minute {
    int64_t minute;
    int32_t utc_offset_s;
    uint32_t seconds;
};

struct verify {
    struct store_check *check;
    const char *root;
    struct block_coder coder;
    struct verify_minute *minute; /* in the order of reading */
    size_t n_minutes, minutes_room;
    int *day; /* those with a file, ascending */
    size_t n_days;
    bool on_change; /* a sensor that is silent while nothing changes */
    int64_t done_bytes, all_bytes;
    struct reading reading[BLOCK_SAMPLES_MAX];
    uint8_t payload[BLOCK_PAYLOAD_MAX];
};

void verify_tell(struct verify *v, const struct finding *f);
/* N more bytes were looked through. */
void verify_progress(struct verify *v, int64_t n);

/* One local day's .plog and .wal (verify_day.c); 0 or a negative errno. */
int verify_day(struct verify *v, int day);
/* The diary, and its minutes against those with samples (verify_diary.c); 0 or a negative errno. */
int verify_diary(struct verify *v);
/* state.bin, permissions, and what lies in the wrong place (verify_files.c); 0 or a negative errno. */
int verify_files(struct verify *v);

#endif
