/* Invariants:
 *   plog_end and wal_end lie behind the last whole block; nothing is ever written elsewhere than there.
 *   Every block in the .wal carries next_sequence; one with a lower number is a leftover that is already in the .plog.
 *   The .wal is emptied only after the block that holds its readings was written (and synced, when syncing).
 * Interrupted while
 *   appending to the .wal   its torn tail is ignored: at most the last batch (1 s) is gone
 *   appending to the .plog  the torn tail is cut off, the readings come from the .wal
 *   emptying the .wal       its numbers are below next_sequence: ignored and emptied
 *   appending the index     its torn tail is cut off; without it the headers are gone through
 */
#include "segment.h"

#include "folder.h"
#include "hop.h"
#include "segment_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void segment_init(struct segment *s) { *s = (struct segment){.plog = -1, .wal = -1, .last_at = -1}; }

bool segment_is_open(const struct segment *s) { return s->plog >= 0; }

bool segment_in_place(const struct segment *s)
{
    struct stat plog, wal, named;
    if (fstat(s->plog, &plog) < 0 || fstat(s->wal, &wal) < 0 || plog.st_nlink == 0) return false;
    return stat(s->wal_path, &named) == 0 && named.st_dev == wal.st_dev && named.st_ino == wal.st_ino;
}

/* ---- recovery ---------------------------------------------------------------------------------------------------- */

static bool payload_holds(int fd, off_t at, const struct block_head *head, uint8_t *buffer)
{
    if (hop_read(fd, at + BLOCK_HEADER, buffer, head->payload) < 0) return false;
    return (uint32_t)crc32(0, buffer, head->payload) == head->payload_crc;
}

/* Blocks that another version of this program wrote are kept, though not read. */
static bool foreign_at(int fd, off_t at)
{
    uint8_t bytes[BLOCK_HEADER];
    return hop_read(fd, at, bytes, sizeof bytes) == 0 && block_is_foreign(bytes);
}

/* The last block is to be written anew. */
static void step_back(struct segment *s)
{
    s->plog_end = s->last_at;
    s->next_sequence = s->last.sequence;
    s->last_at = -1;
}

/* Whether the .wal still has the readings of the block HEAD. */
static bool wal_has(const struct segment *s, const struct block_head *head)
{
    struct hop h;
    struct block_head first;
    off_t at;
    return hop_begin(&h, s->wal, 0) == 0 && hop_next(&h, &first, &at) > 0 && first.sequence == head->sequence;
}

/* When the samples of HEAD end, on the clock of their place. Unsigned: whatever a header says, no overflow. */
static int64_t end_of(const struct block_head *head)
{
    return (int64_t)((uint64_t)head->first_wall_ns + (uint64_t)head->last_t_ns - (uint64_t)head->first_t_ns +
                     (uint64_t)SECONDS_NS(head->utc_offset_s));
}

static int cut_off(struct segment *s, off_t size, int64_t end_wall_ns, struct segment_mended *mended)
{
    if (s->plog_end == size) return 0;
    mended->torn_bytes += (uint64_t)(size - s->plog_end);
    mended->torn_wall_ns = end_wall_ns;
    return ftruncate(s->plog, s->plog_end) < 0 ? -errno : 0;
}

/* Finds the end of the whole blocks. A last block whose payload does not hold was never synced: the .wal still has
 * it. */
static int find_end(struct segment *s, uint8_t *buffer, struct segment_mended *mended)
{
    struct hop h;
    struct block_head head;
    off_t at;
    int64_t end_wall_ns = INT64_MIN, before_wall_ns = INT64_MIN; /* of the last samples; without the last block */
    int r = hop_begin(&h, s->plog, 0);
    if (r < 0) return r;
    while ((r = hop_next(&h, &head, &at)) > 0) {
        before_wall_ns = end_wall_ns;
        if (head.kind == BLOCK_SAMPLES) end_wall_ns = end_of(&head);
        s->last = head;
        s->last_at = at;
        s->next_sequence = head.sequence + 1;
    }
    if (r < 0) return r;
    s->plog_end = h.at;
    if (s->last_at >= 0 && !payload_holds(s->plog, s->last_at, &s->last, buffer) && wal_has(s, &s->last)) {
        step_back(s);
        end_wall_ns = before_wall_ns;
    }
    if (s->last_at >= 0 && s->last.kind == BLOCK_INDEX) s->indexed_end = s->plog_end;
    if (foreign_at(s->plog, s->plog_end)) s->plog_end = h.size;
    return cut_off(s, h.size, end_wall_ns, mended);
}

struct recovery {
    struct block_head head; /* of the first block */
    struct reading reading[BLOCK_SAMPLES_MAX];
    uint8_t block[BLOCK_MAX];
};

/* Gathers the readings of the .wal that are not in the .plog yet; they were to become one block. */
static int gather_wal(const struct segment *s, struct block_coder *coder, struct recovery *rec)
{
    struct hop h;
    struct block_head head;
    off_t at;
    int r = hop_begin(&h, s->wal, 0);
    if (r < 0) return r;
    rec->head.count = 0;
    while ((r = hop_next(&h, &head, &at)) > 0) {
        /* A higher number: the .plog has lost blocks at its end. */
        if (head.sequence < s->next_sequence || head.kind != BLOCK_SAMPLES) continue;
        if (rec->head.count + head.count > BLOCK_SAMPLES_MAX) break;
        if (hop_read(s->wal, at + BLOCK_HEADER, rec->block, head.payload) < 0) continue;
        if (block_decode(coder, &head, rec->block, rec->reading + rec->head.count) < 0) continue;
        uint32_t count = rec->head.count + head.count;
        if (rec->head.count == 0) rec->head = head;
        rec->head.count = count;
    }
    return r < 0 ? r : 0;
}

static int bring_in_wal(struct segment *s, struct block_coder *coder, struct recovery *rec,
                        struct segment_mended *mended)
{
    int r = gather_wal(s, coder, rec);
    if (r < 0) return r;
    if (rec->head.count == 0) return 0;
    size_t n = block_encode(coder, &rec->head, rec->reading, rec->block);
    r = segment_append(s, rec->block, n, true);
    if (r == 0) mended->samples += rec->head.count;
    return r;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int open_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 || errno != ENOENT) return fd < 0 ? -errno : fd;
    int r = folder_make_parents(path);
    if (r < 0) return r;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -errno;
    folder_sync_parent(path);
    return fd;
}

static int open_files(struct segment *s, const char *root, int day)
{
    char path[FOLDER_PATH];
    int r = folder_day_path(root, day, ".plog", path);
    if (r == 0) r = folder_day_path(root, day, ".wal", s->wal_path);
    if (r < 0) return r;
    s->plog = open_file(path);
    if (s->plog < 0) return s->plog;
    s->wal = open_file(s->wal_path);
    return s->wal < 0 ? s->wal : 0;
}

int segment_open(struct segment *s, const char *root, int day, bool recover, struct block_coder *coder,
                 struct segment_mended *mended)
{
    segment_init(s);
    s->day = day;
    struct recovery *rec = malloc(sizeof *rec);
    if (!rec) return -ENOMEM;
    int r = open_files(s, root, day);
    if (r == 0) r = find_end(s, rec->block, mended);
    if (r == 0 && recover) r = bring_in_wal(s, coder, rec, mended);
    if (r == 0 && ftruncate(s->wal, 0) < 0) r = -errno;
    free(rec);
    if (r < 0) {
        if (s->plog >= 0) close(s->plog);
        if (s->wal >= 0) close(s->wal);
        segment_init(s);
    }
    return r;
}

void segment_close(struct segment *s)
{
    if (s->wal >= 0) {
        if (s->wal_end == 0 && segment_in_place(s)) unlink(s->wal_path);
        close(s->wal);
    }
    if (s->plog >= 0) close(s->plog);
    segment_init(s);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int write_at(int fd, off_t at, const uint8_t *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(fd, bytes + done, n - done, at + (off_t)done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return -errno;
        done += (size_t)wrote;
    }
    return 0;
}

/* All of it or nothing: a short write is cut off again. Should even that fail, the next write covers it and recovery
 * knows how to pass over the rest. */
static int append(int fd, off_t end, const uint8_t *bytes, size_t n, bool sync)
{
    int r = write_at(fd, end, bytes, n);
    if (r == 0 && sync && fdatasync(fd) < 0) r = -errno;
    if (r < 0) (void)!ftruncate(fd, end);
    return r;
}

/* Whether BLOCK is the last one in the file, of a write that was said to fail and could not be cut off. */
static bool is_last(const struct segment *s, const uint8_t *block, struct block_head *head)
{
    const struct block_head *last = &s->last;
    if (block_read_head(block, head) < 0 || s->last_at < 0) return false;
    return head->kind == last->kind && head->count == last->count && head->first_index == last->first_index &&
           head->first_t_ns == last->first_t_ns && head->last_t_ns == last->last_t_ns &&
           head->payload == last->payload && head->payload_crc == last->payload_crc;
}

int segment_append(struct segment *s, uint8_t *block, size_t n, bool sync)
{
    struct block_head head;
    if (is_last(s, block, &head)) step_back(s);
    block_renumber(block, s->next_sequence);
    int r = append(s->plog, s->plog_end, block, n, sync);
    if (r < 0) return r;
    s->last = head;
    s->last_at = s->plog_end;
    s->last.sequence = s->next_sequence;
    s->plog_end += (off_t)n;
    s->next_sequence++;
    s->wal_unsynced = false;
    s->wal_end = 0;
    (void)!ftruncate(s->wal, 0); /* what stays has an old number */
    return 0;
}

int segment_append_wal(struct segment *s, uint8_t *block, size_t n)
{
    block_renumber(block, s->next_sequence);
    int r = append(s->wal, s->wal_end, block, n, false);
    if (r < 0) return r;
    s->wal_end += (off_t)n;
    s->wal_unsynced = true;
    return 0;
}

int segment_sync_wal(struct segment *s)
{
    if (!s->wal_unsynced) return 0;
    if (fdatasync(s->wal) < 0) return -errno;
    s->wal_unsynced = false;
    return 0;
}

/* Readings in the write-ahead file carry the next number: an index that took it would make them look like old ones. */
void segment_finish(struct segment *s, struct block_coder *coder, bool sync)
{
    if (!segment_is_open(s) || s->wal_end > 0 || s->plog_end == s->indexed_end) return;
    uint8_t *out = malloc(SEGMENT_INDEX_MAX);
    int n = out ? segment_index_make(s->plog, s->plog_end, s->next_sequence, coder, out) : 0;
    if (n > 0 && append(s->plog, s->plog_end, out, (size_t)n, sync) == 0) {
        s->plog_end += n;
        s->indexed_end = s->plog_end;
        s->next_sequence += 2;
    }
    free(out);
}
