/* Invariants:
 *   piece[] is what there is for this day, in the order in which it will lie in the new file: by run time, and what has
 *   none of ours (foreign blocks) behind what it lay behind.
 */
#include "repair.h"

#include "folder.h"
#include "hop.h"
#include "wal_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A block of ours, or a stretch of foreign ones. */
struct piece {
    int64_t first_t_ns;
    size_t order;
    int file_day;
    off_t offset;
    int64_t size;
    bool foreign;
};

struct pieces {
    struct piece *piece;
    size_t n, room;
    uint32_t next_sequence; /* of the file that was gone through: below it, the .wal tells nothing new */
    bool last_whole;        /* its last block is */
};

static int open_day(const struct repair *r, int day)
{
    char path[FOLDER_PATH];
    int error = folder_day_path(r->from, day, ".plog", path);
    if (error < 0) return error;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? -errno : fd;
}

static int own_day(const struct block_head *h, int file_day)
{
    return h->kind == BLOCK_SAMPLES ? folder_day(h->first_wall_ns, h->utc_offset_s) : file_day;
}

/* ---- what lies elsewhere ----------------------------------------------------------------------------------------- */

static int add_stray(struct repair *r, const struct repair_stray *stray)
{
    if (r->n_strays == r->strays_room) {
        size_t room = r->strays_room ? 2 * r->strays_room : 64;
        struct repair_stray *more = reallocarray(r->stray, room, sizeof *more);
        if (!more) return -ENOMEM;
        r->stray = more;
        r->strays_room = room;
    }
    r->stray[r->n_strays++] = *stray;
    return 0;
}

int repair_day_strays(struct repair *r, int day)
{
    struct hop hop;
    struct block_head head;
    off_t offset;
    int fd = open_day(r, day);
    if (fd < 0) return fd == -ENOENT ? 0 : fd;
    int error = hop_begin(&hop, fd, 0);
    r->all_bytes += hop.size;
    while (error >= 0 && (error = hop_next(&hop, &head, &offset)) > 0) {
        struct repair_stray stray = {.file_day = day,
                                     .own_day = own_day(&head, day),
                                     .offset = offset,
                                     .first_t_ns = head.first_t_ns,
                                     .size = BLOCK_HEADER + head.payload};
        if (stray.own_day != day) error = add_stray(r, &stray);
    }
    close(fd);
    return error < 0 ? error : 0;
}

/* ---- gathering --------------------------------------------------------------------------------------------------- */

static int add(struct pieces *p, struct piece piece)
{
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 512;
        struct piece *more = reallocarray(p->piece, room, sizeof *more);
        if (!more) return -ENOMEM;
        p->piece = more;
        p->room = room;
    }
    piece.order = p->n;
    p->piece[p->n++] = piece;
    return 0;
}

static bool foreign_at(int fd, off_t at)
{
    uint8_t bytes[BLOCK_HEADER];
    return hop_read(fd, at, bytes, sizeof bytes) == 0 && block_is_foreign(bytes);
}

static bool payload_holds(struct repair *r, int fd, off_t offset, const struct block_head *head)
{
    if (hop_read(fd, offset + BLOCK_HEADER, r->block, head->payload) < 0) return false;
    return (uint32_t)crc32(0, r->block, head->payload) == head->payload_crc;
}

static int gather_file(struct repair *r, struct pieces *p, int fd, int day)
{
    struct hop hop;
    struct block_head head;
    off_t offset = 0, expected = 0;
    int64_t behind = INT64_MIN;
    int error = hop_begin(&hop, fd, 0);
    while (error >= 0 && (error = hop_next(&hop, &head, &offset)) > 0) {
        if (offset > expected && foreign_at(fd, expected))
            error = add(p, (struct piece){behind, 0, day, expected, offset - expected, true});
        expected = hop.at;
        p->next_sequence = head.sequence + 1;
        if (error < 0 || head.kind == BLOCK_INDEX || own_day(&head, day) != day) continue;
        if (head.kind == BLOCK_SAMPLES) behind = head.first_t_ns;
        error = add(p, (struct piece){behind, 0, day, offset, BLOCK_HEADER + (int64_t)head.payload, false});
    }
    if (error == -EIO) error = 0; /* so far and no further */
    p->last_whole = p->next_sequence == 0 || payload_holds(r, fd, offset, &head);
    if (error == 0 && foreign_at(fd, expected))
        error = add(p, (struct piece){behind, 0, day, expected, hop.size - expected, true});
    return error;
}

static int by_time(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->first_t_ns != y->first_t_ns) return x->first_t_ns < y->first_t_ns ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int gather(struct repair *r, struct pieces *p, int fd, int day)
{
    int error = fd >= 0 ? gather_file(r, p, fd, day) : 0;
    for (size_t i = 0; error == 0 && i < r->n_strays; i++) {
        const struct repair_stray *s = &r->stray[i];
        if (s->own_day == day) error = add(p, (struct piece){s->first_t_ns, 0, s->file_day, s->offset, s->size, false});
    }
    if (error == 0 && p->n) qsort(p->piece, p->n, sizeof *p->piece, by_time);
    return error;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int decode(struct repair *r, const struct block_head *head)
{
    if (head->kind == BLOCK_SAMPLES) return block_decode(&r->coder, head, r->block + BLOCK_HEADER, r->reading);
    uint8_t *bytes = malloc(head->count ? head->count : 1);
    int error = bytes ? block_decode_bytes(&r->coder, head, r->block + BLOCK_HEADER, bytes) : -ENOMEM;
    free(bytes);
    return error;
}

/* Foreign blocks, as they stand. */
static int copy_stretch(struct repair *r, int fd, const struct piece *p)
{
    for (int64_t done = 0; done < p->size;) {
        size_t n = p->size - done < BLOCK_MAX ? (size_t)(p->size - done) : BLOCK_MAX;
        int error = hop_read(fd, p->offset + done, r->block, n);
        if (error < 0) return error;
        ssize_t wrote = pwrite(r->segment.plog, r->block, n, r->segment.plog_end);
        if (wrote < 0) return -errno;
        r->segment.plog_end += wrote;
        done += wrote;
    }
    return 0;
}

/* *LAST is the block of samples that was copied last. */
static int copy_block(struct repair *r, int fd, const struct piece *p, struct block_head *last)
{
    struct block_head head;
    int error = hop_read(fd, p->offset, r->block, (size_t)p->size);
    if (error == 0) error = block_read_head(r->block, &head);
    if (error == 0) error = decode(r, &head);
    if (error == -EBADMSG || error == -EIO) return 0; /* it is not whole */
    if (error < 0) return error;
    bool samples = head.kind == BLOCK_SAMPLES;
    if (samples && last->count && last->first_t_ns == head.first_t_ns && last->payload_crc == head.payload_crc)
        return 0;
    error = segment_append(&r->segment, r->block, (size_t)p->size, false);
    if (error < 0) return error;
    if (samples) *last = head;
    r->check->blocks++;
    r->check->samples += samples ? head.count : 0;
    return 0;
}

static int copy_pieces(struct repair *r, const struct pieces *p, int day)
{
    struct block_head last = {0};
    int fd = -1, fd_day = day, error = 0;
    for (size_t i = 0; error == 0 && i < p->n; i++) {
        const struct piece *piece = &p->piece[i];
        if (fd >= 0 && fd_day != piece->file_day) close(fd), fd = -1;
        if (fd < 0) fd = open_day(r, fd_day = piece->file_day);
        if (fd < 0)
            error = fd;
        else
            error = piece->foreign ? copy_stretch(r, fd, piece) : copy_block(r, fd, piece, &last);
        r->done_bytes += piece->size;
        if (r->check->progress) r->check->progress(r->check->arg, r->done_bytes, r->all_bytes);
    }
    if (fd >= 0) close(fd);
    return error;
}

/* What the write-ahead file COPY has beyond the .plog goes into that of the copy, from where it is brought in. */
static int copy_wal(struct repair *r, int copy, uint32_t next_sequence)
{
    struct hop hop;
    struct block_head head;
    off_t offset;
    int error = hop_begin(&hop, copy, 0);
    while (error >= 0 && (error = hop_next(&hop, &head, &offset)) > 0) {
        if (head.sequence < next_sequence || head.kind != BLOCK_SAMPLES) continue;
        size_t n = BLOCK_HEADER + head.payload;
        error = hop_read(copy, offset, r->block, n);
        if (error == 0) error = decode(r, &head);
        if (error == -EBADMSG) continue;
        if (error == 0) error = segment_append_wal(&r->segment, r->block, n);
    }
    return error;
}

static int finish(struct repair *r, const struct pieces *p, int day)
{
    struct segment_mended mended = {0};
    int copy = wal_copy(r->from, day), error = 0;
    if (copy >= 0) {
        /* A last block that never got to the disk was to replace what is there under its number. */
        error = copy_wal(r, copy, p->last_whole ? p->next_sequence : p->next_sequence - 1);
        close(copy);
        segment_close(&r->segment);
        if (error == 0) error = segment_open(&r->segment, r->to, day, true, &r->coder, &mended);
        r->check->samples += mended.samples;
    }
    if (error == 0) segment_finish(&r->segment, &r->coder, true);
    if (error == 0 && fdatasync(r->segment.plog) < 0) error = -errno;
    segment_close(&r->segment);
    return error;
}

int repair_day(struct repair *r, int day)
{
    struct pieces p = {0};
    struct segment_mended mended = {0};
    int fd = open_day(r, day);
    if (fd < 0 && fd != -ENOENT) return fd;
    int error = gather(r, &p, fd, day);
    if (fd >= 0) close(fd);
    if (error == 0) error = segment_open(&r->segment, r->to, day, false, &r->coder, &mended);
    if (error == 0) error = copy_pieces(r, &p, day);
    if (error == 0) error = finish(r, &p, day);
    free(p.piece);
    return error;
}
