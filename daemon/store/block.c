/* Invariants:
 *   What block_encode() is given, block_decode() gives back, to the bit, for any readings whatever.
 *   A decoder believes nothing: a header counts only with its CRC, a payload only with its own, and even then every
 *   length is checked, since a CRC does not stop somebody who writes files.
 */
#include "block.h"

#include "bytes.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

const uint8_t block_magic[4] = {0xb1, 'P', 'L', 'B'};

enum { VERSION = 2, HEAD_CRC_AT = 84 };

int block_coder_open(struct block_coder *c) { return payload_open(&c->payload); }

void block_coder_close(struct block_coder *c) { payload_close(&c->payload); }

/* ---- header ------------------------------------------------------------------------------------------------------ */

static uint32_t crc(const uint8_t *bytes, size_t n) { return (uint32_t)crc32(0, bytes, (uInt)n); }

static void write_head(const struct block_head *h, uint8_t *out)
{
    memcpy(out, block_magic, sizeof block_magic);
    out[4] = VERSION;
    out[5] = (uint8_t)h->kind;
    bytes_put(out + 6, BLOCK_HEADER, 2);
    bytes_put(out + 8, h->sequence, 4);
    bytes_put(out + 12, h->count, 4);
    bytes_put(out + 16, h->first_index, 8);
    bytes_put(out + 24, (uint64_t)h->first_t_ns, 8);
    bytes_put(out + 32, (uint64_t)h->last_t_ns, 8);
    bytes_put(out + 40, (uint64_t)h->first_wall_ns, 8);
    bytes_put(out + 48, (uint32_t)h->utc_offset_s, 4);
    bytes_put_float(out + 52, h->scale.accel_mps2);
    bytes_put_float(out + 56, h->scale.gyro_rads);
    bytes_put(out + 60, h->stream, 4);
    bytes_put(out + 64, h->period_q16_ns, 8);
    bytes_put(out + 72, h->payload, 4);
    bytes_put(out + 76, h->payload_crc, 4);
    bytes_put(out + 80, h->epoch, 4);
    bytes_put(out + HEAD_CRC_AT, crc(out, HEAD_CRC_AT), 4);
}

void block_renumber(uint8_t *block, uint32_t sequence)
{
    bytes_put(block + 8, sequence, 4);
    bytes_put(block + HEAD_CRC_AT, crc(block, HEAD_CRC_AT), 4);
}

static bool is_ours(const uint8_t *bytes)
{
    return bytes[4] == VERSION && bytes[5] >= BLOCK_SAMPLES && bytes[5] <= BLOCK_INDEX &&
           bytes_get(bytes + 6, 2) == BLOCK_HEADER;
}

static bool plausible(const struct block_head *h)
{
    if (h->payload > BLOCK_PAYLOAD_MAX) return false;
    if (h->kind != BLOCK_SAMPLES) return h->count <= BLOCK_BYTES_MAX;
    return h->count >= 1 && h->count <= BLOCK_SAMPLES_MAX && isfinite(h->scale.accel_mps2) &&
           isfinite(h->scale.gyro_rads);
}

int block_read_head(const uint8_t *bytes, struct block_head *h)
{
    if (memcmp(bytes, block_magic, sizeof block_magic) != 0 || !is_ours(bytes)) return -EBADMSG;
    if (bytes_get32(bytes + HEAD_CRC_AT) != crc(bytes, HEAD_CRC_AT)) return -EBADMSG;
    *h = (struct block_head){
        .kind = bytes[5],
        .sequence = bytes_get32(bytes + 8),
        .count = bytes_get32(bytes + 12),
        .first_index = bytes_get(bytes + 16, 8),
        .first_t_ns = (int64_t)bytes_get(bytes + 24, 8),
        .last_t_ns = (int64_t)bytes_get(bytes + 32, 8),
        .first_wall_ns = (int64_t)bytes_get(bytes + 40, 8),
        .utc_offset_s = (int32_t)bytes_get32(bytes + 48),
        .scale = {bytes_get_float(bytes + 52), bytes_get_float(bytes + 56)},
        .period_q16_ns = bytes_get(bytes + 64, 8),
        .payload = bytes_get32(bytes + 72),
        .payload_crc = bytes_get32(bytes + 76),
        .stream = bytes_get32(bytes + 60),
        .epoch = bytes_get32(bytes + 80),
    };
    return plausible(h) ? 0 : -EBADMSG;
}

bool block_is_foreign(const uint8_t *bytes)
{
    return memcmp(bytes, block_magic, sizeof block_magic) == 0 && !is_ours(bytes) &&
           bytes_get32(bytes + HEAD_CRC_AT) == crc(bytes, HEAD_CRC_AT);
}

/* ---- payload ----------------------------------------------------------------------------------------------------- */

static size_t finish(struct block_head *h, size_t payload, uint8_t *out)
{
    h->payload = (uint32_t)payload;
    h->payload_crc = crc(out + BLOCK_HEADER, payload);
    write_head(h, out);
    return BLOCK_HEADER + payload;
}

static struct payload_lines lines_of(const struct block_head *h)
{
    return (struct payload_lines){.count = h->count,
                                  .first_t_ns = h->first_t_ns,
                                  .first_index = h->first_index,
                                  .period_q16_ns = h->period_q16_ns};
}

size_t block_encode(struct block_coder *c, struct block_head *h, const struct reading *reading, uint8_t *out)
{
    h->kind = BLOCK_SAMPLES;
    h->first_index = reading[0].index;
    h->first_t_ns = reading[0].t_ns;
    h->last_t_ns = reading[h->count - 1].t_ns;
    uint64_t span_ns = (uint64_t)h->last_t_ns - (uint64_t)h->first_t_ns;
    bool even = h->count > 1 && span_ns <= UINT64_MAX >> 16;
    h->period_q16_ns = even ? (span_ns << 16) / (h->count - 1) : 0;

    const struct payload_lines lines = lines_of(h);
    return finish(h, payload_encode(&c->payload, &lines, reading, out + BLOCK_HEADER), out);
}

size_t block_encode_bytes(struct block_coder *c, struct block_head *h, const void *bytes, uint8_t *out)
{
    return finish(h, payload_encode_bytes(&c->payload, bytes, h->count, out + BLOCK_HEADER), out);
}

int block_decode(struct block_coder *c, const struct block_head *h, const uint8_t *payload, struct reading *reading)
{
    if (h->kind != BLOCK_SAMPLES || crc(payload, h->payload) != h->payload_crc) return -EBADMSG;
    const struct payload_lines lines = lines_of(h);
    return payload_decode(&c->payload, &lines, payload, h->payload, reading);
}

int block_decode_bytes(struct block_coder *c, const struct block_head *h, const uint8_t *payload, void *bytes)
{
    if (h->kind == BLOCK_SAMPLES || crc(payload, h->payload) != h->payload_crc) return -EBADMSG;
    return payload_decode_bytes(&c->payload, payload, h->payload, bytes, h->count);
}
