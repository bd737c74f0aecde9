/* block — up to a minute of readings as one self-contained, checked and compressed piece of the raw log.
 *
 * The byte-exact layout is in docs/log-format.md. A block needs nothing but itself: 88 bytes of header, guarded by a
 * CRC-32, then its payload (payload.h), guarded by another. A write-ahead file holds the same blocks, only smaller.
 *
 * Pure, but for the memory that zlib takes when a coder is opened.
 */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "payload.h"
#include "reading.h"

#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOCK_SAMPLES_MAX = PAYLOAD_SAMPLES_MAX,
    BLOCK_HEADER = 88,
    BLOCK_PAYLOAD_MAX = PAYLOAD_BYTES_MAX,
    BLOCK_MAX = BLOCK_HEADER + BLOCK_PAYLOAD_MAX,
    BLOCK_SPAN_MAX_S = 60,
};

extern const uint8_t block_magic[4];

/* What a header says. */
struct block_head {
    uint32_t sequence; /* number of the block in its day's file, from 0; a write-ahead block carries the number
                             * that the block made of it will have */
    uint32_t count;    /* readings, 1 … BLOCK_SAMPLES_MAX */
    uint64_t first_index;
    int64_t first_t_ns;    /* run time of the first reading */
    int64_t last_t_ns;     /* run time of the last one */
    int64_t first_wall_ns; /* UTC of the first one; the others follow by run time */
    int32_t utc_offset_s;  /* local minus UTC then */
    struct scale scale;
    uint64_t period_q16_ns; /* mean sampling period, 2^−16 ns */
    uint32_t payload;       /* bytes that follow the header */
    uint32_t payload_crc;
};

struct block_coder {
    struct payload_coder payload;
};
/* 0 or −ENOMEM. About 2 MB, of which a block touches what it needs; close it also after a failure. */
int block_coder_open(struct block_coder *c);
void block_coder_close(struct block_coder *c);

/* Encodes READING[0 … HEAD->count−1] into OUT (BLOCK_MAX bytes); returns the length. Of HEAD the caller gives
 * sequence, count, first_wall_ns, utc_offset_s and scale; the other fields are filled in. */
size_t block_encode(struct block_coder *c, struct block_head *head, const struct reading *reading, uint8_t *out);

/* Writes another sequence number into an encoded block. */
void block_renumber(uint8_t *block, uint32_t sequence);

/* 0, or −EBADMSG when these BLOCK_HEADER bytes are no header of a version that we know. */
int block_read_head(const uint8_t *bytes, struct block_head *head);

/* Whether these BLOCK_HEADER bytes are a whole header of another version, which is no damage. */
bool block_is_foreign(const uint8_t *bytes);

/* Decodes the PAYLOAD that follows HEAD into READING (room for HEAD->count); 0, or −EBADMSG when it is damaged. */
int block_decode(struct block_coder *c, const struct block_head *head, const uint8_t *payload, struct reading *reading);

#endif
