/* Invariants:
 *   What block_encode() is given, block_decode() gives back, to the bit, for any readings whatever.
 *   A decoder believes nothing: a header counts only with its CRC, a payload only with its own, and even then every
 *   length is checked, since a CRC does not stop somebody who writes files.
 *   The payload is a sequence of channels; each is one byte (order and width) and WIDTH planes of COUNT bytes, lowest
 *   byte first. Planes are deflate blocks of their own where that pays, because each has its own distribution.
 */
#include "block.h"

#include "bytes.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

const uint8_t block_magic[4] = {0xb1, 'P', 'L', 'B'};

enum {
    VERSION = 1,
    KIND_SAMPLES = 1,
    PLANE_ALONE_FROM = 512, /* readings; below, a Huffman table a plane costs more than it saves */
    HEAD_CRC_AT = 84,
};

enum type { TYPE_I64, TYPE_I16, TYPE_U8 };

static const struct channel {
    size_t offset;
    enum type type;
} channels[BLOCK_CHANNELS] = {
    {offsetof(struct reading, t_ns), TYPE_I64},     {offsetof(struct reading, index), TYPE_I64},
    {offsetof(struct reading, have), TYPE_U8},      {offsetof(struct reading, flags), TYPE_U8},
    {offsetof(struct reading, accel[0]), TYPE_I16}, {offsetof(struct reading, accel[1]), TYPE_I16},
    {offsetof(struct reading, accel[2]), TYPE_I16}, {offsetof(struct reading, gyro[0]), TYPE_I16},
    {offsetof(struct reading, gyro[1]), TYPE_I16},  {offsetof(struct reading, gyro[2]), TYPE_I16},
    {offsetof(struct reading, quat[0]), TYPE_I16},  {offsetof(struct reading, quat[1]), TYPE_I16},
    {offsetof(struct reading, quat[2]), TYPE_I16},  {offsetof(struct reading, quat[3]), TYPE_I16},
};
enum { CHANNEL_TIME = 0, CHANNEL_INDEX = 1 };

int block_coder_open(struct block_coder *c)
{
    memset(&c->deflate, 0, sizeof c->deflate);
    memset(&c->inflate, 0, sizeof c->inflate);
    /* Raw streams. Strings do not repeat in residuals, so a small window and runs of one byte (Z_RLE) are enough. */
    if (deflateInit2(&c->deflate, 6, Z_DEFLATED, -12, 8, Z_RLE) != Z_OK) return -ENOMEM;
    return inflateInit2(&c->inflate, -15) == Z_OK ? 0 : -ENOMEM;
}

void block_coder_close(struct block_coder *c)
{
    deflateEnd(&c->deflate);
    inflateEnd(&c->inflate);
}

/* ---- header ------------------------------------------------------------------------------------------------------ */

static uint32_t crc(const uint8_t *bytes, size_t n) { return (uint32_t)crc32(0, bytes, (uInt)n); }

static void write_head(const struct block_head *h, uint8_t *out)
{
    memcpy(out, block_magic, sizeof block_magic);
    out[4] = VERSION;
    out[5] = KIND_SAMPLES;
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
    bytes_put(out + 60, 0, 4);
    bytes_put(out + 64, h->period_q16_ns, 8);
    bytes_put(out + 72, h->payload, 4);
    bytes_put(out + 76, h->payload_crc, 4);
    bytes_put(out + 80, 0, 4);
    bytes_put(out + HEAD_CRC_AT, crc(out, HEAD_CRC_AT), 4);
}

void block_renumber(uint8_t *block, uint32_t sequence)
{
    bytes_put(block + 8, sequence, 4);
    bytes_put(block + HEAD_CRC_AT, crc(block, HEAD_CRC_AT), 4);
}

int block_read_head(const uint8_t *bytes, struct block_head *h)
{
    if (memcmp(bytes, block_magic, sizeof block_magic) != 0) return -EBADMSG;
    if (bytes[4] != VERSION || bytes[5] != KIND_SAMPLES || bytes_get(bytes + 6, 2) != BLOCK_HEADER) return -EBADMSG;
    if (bytes_get32(bytes + HEAD_CRC_AT) != crc(bytes, HEAD_CRC_AT)) return -EBADMSG;
    *h = (struct block_head){
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
    };
    bool plausible = h->count >= 1 && h->count <= BLOCK_SAMPLES_MAX && h->payload <= BLOCK_PAYLOAD_MAX &&
                     isfinite(h->scale.accel_mps2) && isfinite(h->scale.gyro_rads);
    return plausible ? 0 : -EBADMSG;
}

/* ---- channels ---------------------------------------------------------------------------------------------------- */

/* Time and index are kept as their distance from a straight line: an even stream leaves zeros. */
static uint64_t line(const struct block_head *h, unsigned channel, uint64_t i)
{
    if (channel == CHANNEL_TIME) return (uint64_t)h->first_t_ns + ((i * h->period_q16_ns + (1u << 15)) >> 16);
    return h->first_index + i;
}

static void gather(const struct block_head *h, unsigned channel, const struct reading *reading, int64_t *value)
{
    const char *at = (const char *)reading + channels[channel].offset;
    for (uint32_t i = 0; i < h->count; i++, at += sizeof *reading) {
        if (channels[channel].type == TYPE_U8) {
            value[i] = *(const uint8_t *)at;
        } else if (channels[channel].type == TYPE_I16) {
            value[i] = *(const int16_t *)(const void *)at;
        } else {
            value[i] = (int64_t)(*(const uint64_t *)(const void *)at - line(h, channel, i));
        }
    }
}

static void scatter(const struct block_head *h, unsigned channel, const int64_t *value, struct reading *reading)
{
    char *at = (char *)reading + channels[channel].offset;
    for (uint32_t i = 0; i < h->count; i++, at += sizeof *reading) {
        if (channels[channel].type == TYPE_U8) {
            *(uint8_t *)at = (uint8_t)value[i];
        } else if (channels[channel].type == TYPE_I16) {
            *(int16_t *)(void *)at = (int16_t)value[i];
        } else {
            *(uint64_t *)(void *)at = (uint64_t)value[i] + line(h, channel, i);
        }
    }
}

static unsigned width_of(uint64_t all)
{
    unsigned width = 0;
    for (; all; all >>= 8) width++;
    return width;
}

/* ---- encoding ---------------------------------------------------------------------------------------------------- */

/* Room is never short: BLOCK_PAYLOAD_MAX is above the worst case. */
static void squeeze(z_stream *z, uint8_t *bytes, size_t n, int flush)
{
    z->next_in = bytes;
    z->avail_in = (uInt)n;
    deflate(z, flush);
}

static void encode_channel(struct block_coder *c, const struct block_head *h, unsigned channel,
                           const struct reading *reading)
{
    gather(h, channel, reading, c->value);
    unsigned order = predict_choose(c->value, h->count);
    unsigned width = width_of(predict_residuals(c->value, h->count, order, c->residual));
    uint8_t descriptor = (uint8_t)(order << 4 | width);
    squeeze(&c->deflate, &descriptor, 1, Z_NO_FLUSH);
    for (unsigned k = 0; k < width; k++) {
        for (uint32_t i = 0; i < h->count; i++) c->plane[i] = (uint8_t)(c->residual[i] >> (8 * k));
        squeeze(&c->deflate, c->plane, h->count, h->count < PLANE_ALONE_FROM ? Z_NO_FLUSH : Z_BLOCK);
    }
}

size_t block_encode(struct block_coder *c, struct block_head *h, const struct reading *reading, uint8_t *out)
{
    h->first_index = reading[0].index;
    h->first_t_ns = reading[0].t_ns;
    h->last_t_ns = reading[h->count - 1].t_ns;
    uint64_t span_ns = (uint64_t)h->last_t_ns - (uint64_t)h->first_t_ns;
    bool even = h->count > 1 && span_ns <= UINT64_MAX >> 16;
    h->period_q16_ns = even ? (span_ns << 16) / (h->count - 1) : 0;

    deflateReset(&c->deflate);
    c->deflate.next_out = out + BLOCK_HEADER;
    c->deflate.avail_out = BLOCK_PAYLOAD_MAX;
    for (unsigned channel = 0; channel < BLOCK_CHANNELS; channel++) encode_channel(c, h, channel, reading);
    squeeze(&c->deflate, NULL, 0, Z_FINISH);

    h->payload = BLOCK_PAYLOAD_MAX - c->deflate.avail_out;
    h->payload_crc = crc(out + BLOCK_HEADER, h->payload);
    write_head(h, out);
    return BLOCK_HEADER + h->payload;
}

/* ---- decoding ---------------------------------------------------------------------------------------------------- */

static bool draw(z_stream *z, uint8_t *to, size_t n)
{
    z->next_out = to;
    z->avail_out = (uInt)n;
    while (z->avail_out > 0) {
        int result = inflate(z, Z_NO_FLUSH);
        if (result != Z_OK) return result == Z_STREAM_END && z->avail_out == 0;
    }
    return true;
}

static int decode_channel(struct block_coder *c, const struct block_head *h, unsigned channel, struct reading *reading)
{
    uint8_t descriptor;
    if (!draw(&c->inflate, &descriptor, 1)) return -EBADMSG;
    unsigned order = descriptor >> 4, width = descriptor & 15;
    if (order >= PREDICT_ORDERS || width > 8) return -EBADMSG;
    memset(c->residual, 0, h->count * sizeof *c->residual);
    for (unsigned k = 0; k < width; k++) {
        if (!draw(&c->inflate, c->plane, h->count)) return -EBADMSG;
        for (uint32_t i = 0; i < h->count; i++) c->residual[i] |= (uint64_t)c->plane[i] << (8 * k);
    }
    predict_restore(c->residual, h->count, order, c->value);
    scatter(h, channel, c->value, reading);
    return 0;
}

int block_decode(struct block_coder *c, const struct block_head *h, const uint8_t *payload, struct reading *reading)
{
    if (crc(payload, h->payload) != h->payload_crc) return -EBADMSG;
    inflateReset(&c->inflate);
    c->inflate.next_in = (z_const Bytef *)(uintptr_t)payload;
    c->inflate.avail_in = h->payload;
    for (unsigned channel = 0; channel < BLOCK_CHANNELS; channel++)
        if (decode_channel(c, h, channel, reading) < 0) return -EBADMSG;
    return 0;
}
