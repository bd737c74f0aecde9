/* Invariants of the receiver:
 *   wire[0 .. used) are the bytes since the last border, none of them 00, unless too_long
 *   every byte becomes part of a good frame, is a border, or is counted in skipped_bytes
 *   a frame is given out only when its CRC-32 is right: nothing else ever leaves this file
 */
#include "plumb_link.h"

#include "cobs.h"
#include "crc32.h"
#include "little.h"

#include <string.h>

enum { HEAD = 2, CHECK = 4 };

size_t plumb_link_encode(uint8_t type, uint8_t seq, const uint8_t *payload, size_t size, uint8_t wire[PLUMB_WIRE_MAX])
{
    uint8_t plain[PLUMB_FRAME_MAX];
    if (size > PLUMB_PAYLOAD_MAX) return 0;
    plain[0] = type;
    plain[1] = seq;
    if (size) memcpy(plain + HEAD, payload, size);
    little_put32(plain + HEAD + size, crc32_of(plain, HEAD + size));
    size_t n = cobs_encode(plain, HEAD + size + CHECK, wire);
    wire[n++] = 0;
    return n;
}

void plumb_link_receiver_init(struct plumb_receiver *r) { memset(r, 0, sizeof *r); }

static bool decode(struct plumb_receiver *r, struct plumb_frame *f)
{
    size_t n = cobs_decode(r->wire, r->used);
    if (n < HEAD + CHECK || n > PLUMB_FRAME_MAX) return false;
    size_t body = n - CHECK;
    if (crc32_of(r->wire, body) != little_get32(r->wire + body)) return false;
    f->type = r->wire[0];
    f->seq = r->wire[1];
    f->lost = r->have_seq ? (uint8_t)(f->seq - r->seq - 1) : 0;
    f->size = (uint8_t)(body - HEAD);
    f->payload = r->wire + HEAD;
    return true;
}

static bool end_frame(struct plumb_receiver *r, struct plumb_frame *f)
{
    bool good = !r->too_long && decode(r, f);
    if (good) {
        r->frames++;
        if (r->run < UINT16_MAX) r->run++;
        r->have_seq = true;
        r->seq = f->seq;
    } else {
        if (!r->too_long) r->skipped_bytes += r->used;
        r->bad_frames += r->bordered;
        r->run = 0;
    }
    r->used = 0;
    r->too_long = false;
    return good;
}

bool plumb_link_receive(struct plumb_receiver *r, uint8_t byte, struct plumb_frame *f)
{
    r->bytes++;
    if (byte == 0) {
        bool good = r->used > 0 && end_frame(r, f);
        r->bordered = true;
        return good;
    }
    if (r->too_long) {
        r->skipped_bytes++;
    } else if (r->used == PLUMB_WIRE_MAX - 1) {
        r->skipped_bytes += r->used + 1u;
        r->too_long = true;
    } else {
        r->wire[r->used++] = byte;
    }
    return false;
}
