/* Invariants:
 *   The .plog is gone through until it has not grown while the .wal was copied: then both together miss nothing, also
 *   beside a writer (as in log_index.c).
 *   A torn end of the .plog is what an interrupted write leaves. It is a loss only where the .wal has not its readings.
 */
#include "verify_look.h"

#include "wal_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOKS_MAX = 8 };

/* Bytes that are no block of ours. True when they are another version's. */
static bool on_stretch(struct verify_look *l, off_t at, off_t behind)
{
    uint8_t bytes[BLOCK_HEADER];
    bool foreign =
        behind - at >= BLOCK_HEADER && hop_read(l->fd, at, bytes, sizeof bytes) == 0 && block_is_foreign(bytes);
    if (foreign) {
        struct finding f = verify_look_finding(l, FINDING_FOREIGN);
        f.bytes = (uint64_t)(behind - at);
        verify_tell(l->v, &f);
    } else {
        verify_loss_add(l, (uint64_t)(behind - at), 0);
    }
    return foreign;
}

/* Goes on from where the last look at this file ended. */
static int go_through(struct verify_look *l)
{
    struct block_head head;
    off_t offset, expected;
    int r = hop_begin(&l->hop, l->fd, l->hop.at);
    while (r >= 0) {
        expected = l->hop.at;
        r = hop_next(&l->hop, &head, &offset);
        if (r <= 0) break;
        bool foreign = offset > expected && on_stretch(l, expected, offset);
        r = verify_block(l, &head, offset, foreign);
        if (!l->in_wal) verify_progress(l->v, l->hop.at - expected);
    }
    return r;
}

static bool grew(const struct verify_look *l)
{
    struct stat st;
    return fstat(l->fd, &st) == 0 && st.st_size > l->hop.size;
}

/* What lies behind the last whole block of the .plog. */
static void on_tail(struct verify_look *l)
{
    uint8_t bytes[BLOCK_HEADER];
    struct block_head head;
    off_t at = l->hop.at, n = l->hop.size - at;
    if (n <= 0) return;
    verify_progress(l->v, n);
    bool header = n >= BLOCK_HEADER && hop_read(l->fd, at, bytes, sizeof bytes) == 0;
    if (l->wal_waits && l->wal_sequence == l->next_sequence) return;
    if (header && block_read_head(bytes, &head) == 0) {
        verify_loss_close(l, &head);
        enum finding_kind kind = head.kind == BLOCK_SAMPLES ? FINDING_BLOCK_DAMAGED
                                 : head.kind == BLOCK_INDEX ? FINDING_INDEX
                                                            : FINDING_CONTEXT;
        struct finding f = verify_look_finding_at(l, kind, &head);
        f.bytes = (uint64_t)n;
        verify_tell(l->v, &f);
    } else if (header && block_is_foreign(bytes)) {
        on_stretch(l, at, l->hop.size);
    } else {
        verify_loss_add(l, (uint64_t)n, 0);
    }
}

/* ---- the write-ahead file ---------------------------------------------------------------------------------------- */

/* The number of the first block of what FD holds. */
static void peek(struct verify_look *l, int fd)
{
    struct hop hop;
    struct block_head head;
    off_t offset;
    l->wal_waits = fd >= 0 && hop_begin(&hop, fd, 0) == 0 && hop_next(&hop, &head, &offset) > 0;
    if (l->wal_waits) l->wal_sequence = head.sequence;
}

static int go_through_wal(struct verify_look *l, int copy, const char *file)
{
    struct block_head head;
    off_t offset, expected = 0;
    uint64_t samples_before = l->v->check->samples;
    const uint32_t first = l->next_sequence;
    int64_t from_wall_ns = INT64_MIN;
    l->fd = copy;
    int r = hop_begin(&l->hop, copy, 0);
    while (r >= 0 && (r = hop_next(&l->hop, &head, &offset)) > 0) {
        off_t gone = offset - expected;
        expected = l->hop.at;
        if (head.sequence < first) continue; /* it is in the .plog already */
        l->in_wal = true;
        l->file = file;
        if (gone) verify_loss_add(l, (uint64_t)gone, 0);
        if (from_wall_ns == INT64_MIN) from_wall_ns = head.first_wall_ns;
        r = verify_block(l, &head, offset, false);
    }
    if (l->v->check->samples > samples_before) {
        struct finding f = verify_look_finding_at(l, FINDING_WAITING, &l->before);
        f.from_wall_ns = from_wall_ns;
        f.samples = l->v->check->samples - samples_before;
        verify_tell(l->v, &f);
    }
    return r;
}

/* ---- the day ----------------------------------------------------------------------------------------------------- */

static int go_through_both(struct verify_look *l, const char *wal_name)
{
    int copy = -ENOENT, r = 0;
    for (int i = 0; i < LOOKS_MAX && r >= 0; i++) {
        if (copy >= 0) close(copy);
        r = go_through(l);
        copy = wal_copy(l->v->root, l->day);
        if (!grew(l)) break;
    }
    peek(l, copy);
    if (r >= 0) on_tail(l);
    int plog = l->fd;
    if (copy >= 0 && r >= 0) r = go_through_wal(l, copy, wal_name);
    if (copy >= 0) close(copy);
    l->fd = plog;
    if (r >= 0) verify_loss_close(l, NULL);
    return r < 0 ? r : 0;
}

static int begin(struct verify_look *l, const char *plog, const char *wal)
{
    struct stat st;
    int fd = open(wal, O_RDONLY | O_CLOEXEC);
    peek(l, fd);
    if (fd >= 0) close(fd);
    l->fd = open(plog, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (l->fd < 0 && errno == ENOENT && l->wal_waits) l->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (l->fd < 0 || fstat(l->fd, &st) < 0) return -errno;
    int r = segment_index_read(l->fd, st.st_size, &l->v->coder, &l->index);
    return r < 0 ? r : 0;
}

int verify_day(struct verify *v, int day)
{
    char plog[FOLDER_PATH], wal[FOLDER_PATH];
    struct verify_look l = {
        .v = v, .day = day, .fd = -1, .seen_newest_t_ns = INT64_MIN, .damages_before = v->check->damages};
    int r = folder_day_path(v->root, day, ".plog", plog);
    if (r == 0) r = folder_day_path(v->root, day, ".wal", wal);
    if (r < 0) return r;
    l.file = plog + strlen(v->root) + 1;
    r = begin(&l, plog, wal);
    v->check->days += r == 0;
    if (r == 0) r = go_through_both(&l, wal + strlen(v->root) + 1);
    if (r < 0 && r != -ENOMEM && r != -ENOENT) {
        struct finding f = verify_look_finding(&l, FINDING_UNREADABLE);
        f.number = -r;
        verify_tell(v, &f);
    }
    if (l.fd >= 0) close(l.fd);
    free(l.seen);
    segment_index_free(&l.index);
    return r == -ENOMEM ? r : 0;
}
