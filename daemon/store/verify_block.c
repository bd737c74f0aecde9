/* Invariants:
 *   `before` is the last whole block of samples of this day. A block that does not belong (doubled, of another day, at
 *   odds with its own header) is told and changes neither it nor the minutes.
 */
#include "verify_look.h"

#include "bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool of_other_day(const struct verify_look *l, const struct block_head *h)
{
    return h->kind == BLOCK_SAMPLES && folder_day(h->first_wall_ns, h->utc_offset_s) != l->day;
}

static void tell_at(struct verify_look *l, enum finding_kind kind, const struct block_head *head)
{
    struct finding f = verify_look_finding_at(l, kind, head);
    verify_tell(l->v, &f);
}

/* ---- blocks that have been there --------------------------------------------------------------------------------- */

static int remember(struct verify_look *l, const struct block_head *head, off_t offset)
{
    if (l->n_seen == l->seen_room) {
        size_t room = l->seen_room ? 2 * l->seen_room : 512;
        struct verify_seen *more = reallocarray(l->seen, room, sizeof *more);
        if (!more) return -ENOMEM;
        l->seen = more;
        l->seen_room = room;
    }
    struct verify_seen *s = &l->seen[l->n_seen++];
    *s = (struct verify_seen){
        .offset = offset, .first_t_ns = head->first_t_ns, .payload_crc = head->payload_crc, .kind = head->kind};
    if (head->kind == BLOCK_SAMPLES && head->first_t_ns > l->seen_newest_t_ns) l->seen_newest_t_ns = head->first_t_ns;
    bytes_put(s->row, (uint64_t)offset, 8);
    return hop_read(l->fd, offset + (off_t)sizeof block_magic, s->row + 8, SEGMENT_INDEX_ROW - 8);
}

static bool doubled(const struct verify_look *l, const struct block_head *head)
{
    if (l->in_wal || head->kind != BLOCK_SAMPLES || head->first_t_ns > l->seen_newest_t_ns) return false;
    for (size_t i = 0; i < l->n_seen; i++)
        if (l->seen[i].kind == BLOCK_SAMPLES && l->seen[i].first_t_ns == head->first_t_ns &&
            l->seen[i].payload_crc == head->payload_crc)
            return true;
    return false;
}

/* Whether the N bytes of an index have every block before it (it is the last one seen), as it is. What they have beside
 * these is gone, and told elsewhere; as what moved the blocks is. */
static bool index_is_true(const struct verify_look *l, const uint8_t *bytes, size_t n)
{
    const uint8_t *row = bytes, *end = bytes + n / SEGMENT_INDEX_ROW * SEGMENT_INDEX_ROW;
    if (l->v->check->damages > l->damages_before || l->loss_blocks || l->loss_bytes) return true;
    if (n % SEGMENT_INDEX_ROW) return false;
    for (size_t i = 0; i + 1 < l->n_seen; i++) {
        while (row < end && (off_t)bytes_get(row, 8) < l->seen[i].offset) row += SEGMENT_INDEX_ROW;
        if (row == end || memcmp(row, l->seen[i].row, SEGMENT_INDEX_ROW) != 0) return false;
        row += SEGMENT_INDEX_ROW;
    }
    return true;
}

/* ---- samples ----------------------------------------------------------------------------------------------------- */

static int add_minute(struct verify *v, int64_t minute, int32_t utc_offset_s)
{
    if (v->n_minutes && v->minute[v->n_minutes - 1].minute == minute) {
        v->minute[v->n_minutes - 1].seconds++;
        return 0;
    }
    if (v->n_minutes == v->minutes_room) {
        size_t room = v->minutes_room ? 2 * v->minutes_room : 4096;
        struct verify_minute *more = reallocarray(v->minute, room, sizeof *more);
        if (!more) return -ENOMEM;
        v->minute = more;
        v->minutes_room = room;
    }
    v->minute[v->n_minutes++] = (struct verify_minute){minute, utc_offset_s, 1};
    return 0;
}

static int add_minutes(struct verify *v, const struct block_head *head)
{
    int64_t second_before = -1;
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < head->count; i++) {
        int64_t second = (head->first_wall_ns + (v->reading[i].t_ns - head->first_t_ns)) / NS_PER_S;
        v->on_change |= (v->reading[i].flags & SAMPLE_ON_CHANGE) != 0;
        if (second != second_before) r = add_minute(v, second / 60, head->utc_offset_s);
        second_before = second;
    }
    return r;
}

/* Whether the readings are those that the header tells of, one behind the other, within a block's span. */
static bool sound(const struct reading *r, const struct block_head *h)
{
    if (h->first_wall_ns < 0 || h->first_wall_ns > INT64_MAX / 2) return false;
    if ((uint64_t)h->last_t_ns - (uint64_t)h->first_t_ns > (uint64_t)SECONDS_NS(BLOCK_SPAN_MAX_S)) return false;
    if (r[0].t_ns != h->first_t_ns || r[h->count - 1].t_ns != h->last_t_ns || r[0].index != h->first_index)
        return false;
    for (uint32_t i = 1; i < h->count; i++)
        if (r[i].t_ns <= r[i - 1].t_ns || r[i].index <= r[i - 1].index) return false;
    return true;
}

static int on_samples(struct verify_look *l, const struct block_head *head, off_t offset)
{
    struct verify *v = l->v;
    int r = hop_read(l->fd, offset + BLOCK_HEADER, v->payload, head->payload);
    if (r == 0) r = block_decode(&v->coder, head, v->payload, v->reading);
    if (r < 0 && r != -EBADMSG) return r;
    verify_loss_close(l, head);
    if (r < 0) return tell_at(l, FINDING_BLOCK_DAMAGED, head), 0;
    if (!sound(v->reading, head)) return tell_at(l, FINDING_DISORDER, head), 0;
    if (of_other_day(l, head)) return tell_at(l, FINDING_OTHER_DAY, head), 0;
    if (l->before.count && head->first_t_ns <= l->before.last_t_ns) tell_at(l, FINDING_DISORDER, head);
    l->before = *head;
    l->before_last_index = v->reading[head->count - 1].index;
    v->check->samples += head->count;
    return add_minutes(v, head);
}

static int on_bytes(struct verify_look *l, const struct block_head *head, off_t offset)
{
    uint8_t *bytes = malloc(head->count ? head->count : 1);
    if (!bytes) return -ENOMEM;
    int r = hop_read(l->fd, offset + BLOCK_HEADER, l->v->payload, head->payload);
    if (r == 0) r = block_decode_bytes(&l->v->coder, head, l->v->payload, bytes);
    if (r == 0 && head->kind == BLOCK_INDEX && head->count && !index_is_true(l, bytes, head->count)) r = -EBADMSG;
    free(bytes);
    if (r != -EBADMSG) return r;
    tell_at(l, head->kind == BLOCK_INDEX ? FINDING_INDEX : FINDING_CONTEXT, head);
    return 0;
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

/* A block of the .plog that never got to the disk, while the .wal still has its readings. */
static bool in_the_making(struct verify_look *l, const struct block_head *head, off_t offset)
{
    if (l->in_wal || !l->wal_waits || l->wal_sequence != head->sequence) return false;
    if (hop_read(l->fd, offset + BLOCK_HEADER, l->v->payload, head->payload) < 0) return true;
    return (uint32_t)crc32(0, l->v->payload, head->payload) != head->payload_crc;
}

static void on_number(struct verify_look *l, const struct block_head *head, bool after_foreign)
{
    if (head->sequence > l->next_sequence && !after_foreign) verify_loss_add(l, 0, head->sequence - l->next_sequence);
    if (head->sequence < l->next_sequence && !l->in_wal) tell_at(l, FINDING_DISORDER, head);
    l->next_sequence = head->sequence + 1;
}

int verify_block(struct verify_look *l, const struct block_head *head, off_t offset, bool after_foreign)
{
    if (in_the_making(l, head, offset)) return 0;
    if (doubled(l, head)) return tell_at(l, FINDING_BLOCK_DOUBLED, head), 0;
    /* One that was copied here from another day brought a number along that means nothing. */
    if (!of_other_day(l, head) || head->sequence == l->next_sequence) on_number(l, head, after_foreign);
    int r = l->in_wal ? 0 : remember(l, head, offset);
    l->v->check->blocks++;
    if (r < 0) return r;
    return head->kind == BLOCK_SAMPLES ? on_samples(l, head, offset) : on_bytes(l, head, offset);
}
