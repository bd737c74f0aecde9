/* Invariants:
 *   A row has no magic: who searches a damaged file for headers finds none in here.
 *   An index is believed only when it ends with the file, its CRCs hold, and its rows are headers that hold, in order,
 *   one behind the other, all before the index. Who reads a block by it still looks whether that header stands there.
 */
#include "segment_index.h"

#include "bytes.h"
#include "hop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = sizeof block_magic };

/* ---- making ------------------------------------------------------------------------------------------------------ */

struct rows {
    uint8_t *row;
    size_t n, room;
};

static int add_row(struct rows *rows, int plog, off_t offset)
{
    if (rows->n == rows->room) {
        size_t room = rows->room ? 2 * rows->room : 512;
        uint8_t *more = reallocarray(rows->row, room, SEGMENT_INDEX_ROW);
        if (!more) return -ENOMEM;
        rows->row = more;
        rows->room = room;
    }
    uint8_t *row = rows->row + rows->n++ * SEGMENT_INDEX_ROW;
    bytes_put(row, (uint64_t)offset, 8);
    return hop_read(plog, offset + MAGIC, row + 8, BLOCK_HEADER - MAGIC);
}

static int gather_rows(struct rows *rows, int plog, off_t end, struct block_head *last)
{
    struct hop hop;
    off_t offset;
    int r = hop_begin(&hop, plog, 0);
    if (r < 0) return r;
    if (hop.size > end) hop.size = end;
    while ((r = hop_next(&hop, last, &offset)) > 0) {
        if (rows->n == SEGMENT_INDEX_ROWS_MAX) return -E2BIG;
        r = add_row(rows, plog, offset);
        if (r < 0) return r;
    }
    return r;
}

int segment_index_make(int plog, off_t end, uint32_t sequence, struct block_coder *coder, uint8_t *out)
{
    struct rows rows = {0};
    struct block_head last = {0};
    size_t n = 0;
    int r = gather_rows(&rows, plog, end, &last);
    if (r == 0 && rows.n > 0) {
        struct block_head head = {.kind = BLOCK_INDEX,
                                  .sequence = sequence,
                                  .count = (uint32_t)(rows.n * SEGMENT_INDEX_ROW),
                                  .first_t_ns = last.last_t_ns,
                                  .last_t_ns = last.last_t_ns,
                                  .first_wall_ns = last.first_wall_ns,
                                  .utc_offset_s = last.utc_offset_s};
        n = block_encode_bytes(coder, &head, rows.row, out);
        head.sequence++;
        head.count = 0;
        head.first_index = (uint64_t)end;
        size_t post = block_encode_bytes(coder, &head, "", out + n);
        n = post == SEGMENT_INDEX_POST ? n + post : 0;
    }
    free(rows.row);
    if (r == -E2BIG) return 0;
    return r < 0 ? r : (int)n;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* The header of the index's first block and where it lies; false when the file does not end with an index. */
static bool find(int plog, off_t size, struct block_coder *coder, struct block_head *head, off_t *at)
{
    uint8_t bytes[SEGMENT_INDEX_POST];
    struct block_head post;
    off_t post_at = size - SEGMENT_INDEX_POST;
    if (post_at < BLOCK_HEADER || hop_read(plog, post_at, bytes, sizeof bytes) < 0) return false;
    if (block_read_head(bytes, &post) < 0 || post.kind != BLOCK_INDEX || post.count != 0) return false;
    if (post.payload != SEGMENT_INDEX_POST - BLOCK_HEADER) return false;
    if (block_decode_bytes(coder, &post, bytes + BLOCK_HEADER, bytes) < 0) return false;
    if (post.first_index > (uint64_t)(post_at - BLOCK_HEADER)) return false;
    *at = (off_t)post.first_index;
    if (hop_read(plog, *at, bytes, BLOCK_HEADER) < 0 || block_read_head(bytes, head) < 0) return false;
    return head->kind == BLOCK_INDEX && head->count > 0 && head->count % SEGMENT_INDEX_ROW == 0 &&
           *at + BLOCK_HEADER + (off_t)head->payload == post_at && head->sequence + 1 == post.sequence;
}

static bool read_row(const struct segment_index *x, size_t i, struct block_head *head, uint64_t *offset)
{
    const uint8_t *row = x->row + i * SEGMENT_INDEX_ROW;
    uint8_t bytes[BLOCK_HEADER];
    memcpy(bytes, block_magic, MAGIC);
    memcpy(bytes + MAGIC, row + 8, BLOCK_HEADER - MAGIC);
    *offset = bytes_get(row, 8);
    return block_read_head(bytes, head) == 0;
}

/* Whether the rows are headers one behind the other; counts what lies between them. */
static bool plausible(struct segment_index *x)
{
    uint64_t expected = 0, end = (uint64_t)x->at, offset;
    struct block_head head;
    for (size_t i = 0; i < x->n; i++) {
        if (!read_row(x, i, &head, &offset) || offset < expected) return false;
        if (offset > end || end - offset < (uint64_t)BLOCK_HEADER + head.payload) return false;
        x->damaged += offset > expected;
        expected = offset + BLOCK_HEADER + head.payload;
    }
    x->damaged += end > expected;
    return true;
}

static int load(int plog, const struct block_head *head, struct block_coder *coder, struct segment_index *x)
{
    uint8_t *payload = malloc(head->payload ? head->payload : 1);
    x->row = malloc(head->count);
    int r = payload && x->row ? hop_read(plog, x->at + BLOCK_HEADER, payload, head->payload) : -ENOMEM;
    if (r == 0) r = block_decode_bytes(coder, head, payload, x->row);
    free(payload);
    return r;
}

int segment_index_read(int plog, off_t size, struct block_coder *coder, struct segment_index *x)
{
    struct block_head head;
    *x = (struct segment_index){0};
    if (!find(plog, size, coder, &head, &x->at)) return 0;
    int r = load(plog, &head, coder, x);
    x->n = head.count / SEGMENT_INDEX_ROW;
    x->next_sequence = head.sequence + 2;
    if (r == 0 && plausible(x)) return 1;
    segment_index_free(x);
    return r == -ENOMEM ? r : 0;
}

void segment_index_free(struct segment_index *x)
{
    free(x->row);
    *x = (struct segment_index){0};
}

off_t segment_index_row(const struct segment_index *x, size_t i, struct block_head *head)
{
    uint64_t offset;
    (void)!read_row(x, i, head, &offset);
    return (off_t)offset;
}
