/* payload — the compressed samples of a block (block.h), as docs/log-format.md describes them byte by byte.
 *
 * Counts of the sensor's axes are predicted (lpc.h); of what is left the low bits are written as they are, and the rest as
 * symbols, sorted by the class that is expected of them (expect.h), each group of classes as a deflate block with a
 * Huffman table of its own. Time, index and flags follow simple lines (predict.h) and go into the same deflate stream
 * as bytes. zlib does all entropy coding.
 *
 * Pure, but for the memory that zlib takes when a coder is opened.
 */
#ifndef STORE_PAYLOAD_H
#define STORE_PAYLOAD_H

#include "expect.h"
#include "lpc_fit.h"
#include "reading.h"

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

enum {
    PAYLOAD_SAMPLES_MAX = LPC_SAMPLES_MAX,
    PAYLOAD_LINES = 4, /* time, index, have, flags */
    PAYLOAD_AXES = 10, /* accelerometer, gyro, quaternion */
    PAYLOAD_SENSOR_AXES = 4,
    PAYLOAD_SYMBOLS_MAX = PAYLOAD_AXES * PAYLOAD_SAMPLES_MAX,
    PAYLOAD_BYTES_MAX = PAYLOAD_SAMPLES_MAX * 80, /* above what the worst channels can need */
};

/* What the header says of the readings; time and index are written as their distance from these lines. */
struct payload_lines {
    uint32_t count;
    int64_t first_t_ns;
    uint64_t first_index, period_q16_ns;
};

struct payload_coder {
    z_stream deflate, inflate;
    uint32_t inverse[EXPECT_CLASSES]; /* expect_inverse() */
    struct lpc_fit fit; /* from here on: of use while a payload is made or read, and no longer */
    int64_t value[PAYLOAD_SAMPLES_MAX];
    uint64_t residual[PAYLOAD_SAMPLES_MAX];
    uint8_t plane[PAYLOAD_SAMPLES_MAX];
    int16_t axis[PAYLOAD_SENSOR_AXES][LPC_ORDER_MAX + PAYLOAD_SAMPLES_MAX]; /* history before the first: the mean */
    uint32_t folded[PAYLOAD_SENSOR_AXES][PAYLOAD_SAMPLES_MAX];
    uint16_t surprise[PAYLOAD_SAMPLES_MAX + 2]; /* summed over the sensors so far, from [1] on */
    uint8_t class[PAYLOAD_SYMBOLS_MAX];
    uint8_t symbol[2 * PAYLOAD_SYMBOLS_MAX]; /* twice: a damaged file may make a group read on into the next */
    uint8_t bits[PAYLOAD_BYTES_MAX];
};

/* 0 or −ENOMEM. Close it also after a failure. */
int payload_open(struct payload_coder *c);
void payload_close(struct payload_coder *c);

/* The part of a coder that may be forgotten between two calls. */
static inline void *payload_scratch(struct payload_coder *c, size_t *n)
{
    *n = sizeof *c - offsetof(struct payload_coder, fit);
    return &c->fit;
}

/* Writes LINES->count readings into OUT (PAYLOAD_BYTES_MAX); returns the length. */
size_t payload_encode(struct payload_coder *c, const struct payload_lines *lines, const struct reading *reading,
                      uint8_t *out);

/* Reads them back; 0, or −EBADMSG when the N bytes are damaged. Believes nothing: whoever writes a file also writes its
 * checksums. */
int payload_decode(struct payload_coder *c, const struct payload_lines *lines, const uint8_t *bytes, size_t n,
                   struct reading *reading);

/* The same for COUNT bytes (≤ PAYLOAD_BYTES_MAX − 1024) of any meaning, which become one deflate stream. */
size_t payload_encode_bytes(struct payload_coder *c, const void *from, size_t count, uint8_t *out);
int payload_decode_bytes(struct payload_coder *c, const uint8_t *bytes, size_t n, void *to, size_t count);

#endif
