/* block — up to a minute of readings as one self-contained, checked and compressed piece of the raw log; or some other
 * bytes that belong between them.
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
    BLOCK_BYTES_MAX = BLOCK_PAYLOAD_MAX - 1024, /* that a block of bytes holds: deflate may add a little */
};

enum block_kind {
    BLOCK_SAMPLES = 1,
    BLOCK_CONTEXT, /* bytes: what besides samples the tracker was told just here */
    BLOCK_INDEX,   /* bytes: where the blocks of the file lie; at the end of a file that was closed cleanly */
};

extern const uint8_t block_magic[4];

/* What a header says. In brackets: of a block of bytes. */
struct block_head {
    enum block_kind kind;
    uint32_t sequence; /* number of the block in its day's file, from 0; a write-ahead block carries the number
                             * that the block made of it will have */
    uint32_t count;    /* readings, 1 … BLOCK_SAMPLES_MAX [bytes, 0 … BLOCK_BYTES_MAX] */
    uint64_t first_index;  /* [its owner's] */
    int64_t first_t_ns;    /* run time of the first reading [its place among samples: behind all up to here] */
    int64_t last_t_ns;     /* run time of the last one [when it was so] */
    int64_t first_wall_ns; /* UTC of the first one; the others follow by run time */
    int32_t utc_offset_s;  /* local minus UTC then */
    struct scale scale;     /* [zeros] */
    uint64_t period_q16_ns; /* mean sampling period, 2^−16 ns [its owner's] */
    uint32_t stream;        /* which device took them: CRC-32 of its name; 0 not known */
    uint32_t epoch;         /* its boot id: another one, and index and clock begin anew; 0 not known */
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
 * sequence, count, first_wall_ns, utc_offset_s, scale, stream and epoch; the other fields are filled in. */
size_t block_encode(struct block_coder *c, struct block_head *head, const struct reading *reading, uint8_t *out);

/* The same for HEAD->count bytes (≤ BLOCK_BYTES_MAX); all of HEAD but the payload's fields is the caller's. */
size_t block_encode_bytes(struct block_coder *c, struct block_head *head, const void *bytes, uint8_t *out);

/* Writes another sequence number into an encoded block. */
void block_renumber(uint8_t *block, uint32_t sequence);

/* 0, or −EBADMSG when these BLOCK_HEADER bytes are no header of a version that we know. */
int block_read_head(const uint8_t *bytes, struct block_head *head);

/* Whether these BLOCK_HEADER bytes are a whole header of another version, which is no damage. */
bool block_is_foreign(const uint8_t *bytes);

/* Decodes the PAYLOAD that follows HEAD into READING (room for HEAD->count); 0, or −EBADMSG when it is damaged, or no
 * block of samples. */
int block_decode(struct block_coder *c, const struct block_head *head, const uint8_t *payload, struct reading *reading);
/* The same for a block of bytes: BYTES has room for HEAD->count. */
int block_decode_bytes(struct block_coder *c, const struct block_head *head, const uint8_t *payload, void *bytes);

#endif
