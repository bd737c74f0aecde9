/* Invariants:
 *   waiting[] are finished blocks that are not on the disk, oldest first; the running block is newer than all of them.
 *   The write-ahead file holds the first in_wal readings of the running block, and nothing while blocks wait: its
 *   blocks would carry the wrong number.
 *   After a failure nothing is tried for RAWLOG_RETRY_S; readings are gathered on as if nothing were, and only when
 *   more than RAWLOG_KEEP_S wait, the oldest block is given up and counted. The same while apart, when no file is open and
 *   no .wal holds anything of ours.
 */
#include "rawlog.h"

#include "folder.h"
#include "rawlog_loss.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FREE_LOOK_S = 10 };
#define GAP_NS (NS_PER_S / 2)
#define WALL_STEP_NS (NS_PER_S / 10) /* more than slewing does to a block, less than a person would miss */

static struct waiting_block *waiting_at(struct rawlog *l, unsigned i)
{
    return &l->waiting[(l->waiting_first + i) % RAWLOG_WAITING_MAX];
}

static void waiting_drop(struct rawlog *l)
{
    if (waiting_at(l, 0)->number) l->passed = waiting_at(l, 0)->number;
    free(waiting_at(l, 0)->bytes);
    l->waiting_first = (l->waiting_first + 1) % RAWLOG_WAITING_MAX;
    l->waiting_n--;
}

/* The files themselves are lost to us, as when a disk is pulled out: the next try opens them anew, from memory. */
static bool files_lost(int error)
{
    return error == -EIO || error == -ENODEV || error == -ENXIO || error == -ESTALE || error == -EBADF;
}

static void failed(struct rawlog *l, int error, int64_t now_ns)
{
    if (files_lost(error)) {
        segment_close(&l->segment);
        l->in_wal = 0;
    }
    l->error = error;
    l->retry_ns = now_ns + SECONDS_NS(RAWLOG_RETRY_S);
}

static void close_finished(struct rawlog *l)
{
    segment_finish(&l->segment, &l->coder, l->options.sync_s > 0);
    segment_close(&l->segment);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int mend_day(struct rawlog *l, int day)
{
    int r = segment_open(&l->segment, l->root, day, true, &l->coder, &l->mended);
    if (r == 0) close_finished(l);
    return r;
}

static int mend(struct rawlog *l)
{
    int *days = NULL;
    size_t n = 0;
    int r = folder_days(l->root, ".wal", &days, &n);
    for (size_t i = 0; r == 0 && i < n; i++) r = mend_day(l, days[i]);
    free(days);
    days = NULL;
    if (r < 0) return r;
    /* The newest day also without a .wal: what was torn off its end is said. */
    r = folder_days(l->root, ".plog", &days, &n);
    if (r == 0 && n > 0) r = mend_day(l, days[n - 1]);
    free(days);
    return r;
}

/* What could not be mended on opening, for want of room. */
static int mend_late(struct rawlog *l)
{
    int r = l->unmended ? mend(l) : 0;
    if (r == 0) l->unmended = false;
    return r;
}

int rawlog_open(struct rawlog *l, const char *root, const struct rawlog_options *options)
{
    segment_init(&l->segment);
    if (strlen(root) >= sizeof l->root) return -ENAMETOOLONG;
    memcpy(l->root, root, strlen(root) + 1);
    l->options = *options;
    l->sync_due_ns = INT64_MAX;
    int r = block_coder_open(&l->coder);
    if (r == 0) r = mend(l);
    if (r != -ENOSPC && r != -EDQUOT && r != -EFBIG && r != -EIO) return r;
    l->unmended = true;
    l->error = r;
    l->retry_ns = INT64_MIN;
    return 0;
}

/* ---- keeping the folder in bounds -------------------------------------------------------------------------------- */

/* Removes what is older than the setting, as reckoned from the last but two of the finished days that there are: a clock
 * that jumps into the future, even over a midnight there, opens new days, but deletes nothing. */
static void retire(struct rawlog *l, int today)
{
    enum { SURE = 3 };
    int *days = NULL, last = INT32_MIN;
    size_t n = 0;
    if (l->options.retention_days <= 0 || folder_days(l->root, ".plog", &days, &n) < 0) return;
    for (size_t i = 0; i < n; i++)
        if (i + 1 >= SURE && days[i] < today) last = days[i + 1 - SURE];
    for (size_t i = 0; i < n && last != INT32_MIN; i++) {
        char path[FOLDER_PATH];
        if ((int64_t)days[i] + l->options.retention_days > last) break;
        if (folder_day_path(l->root, days[i], ".plog", path) == 0) unlink(path);
    }
    free(days);
}

static int look_for_room(struct rawlog *l, int64_t now_ns)
{
    if (l->free_looked_ns && now_ns - l->free_looked_ns < SECONDS_NS(FREE_LOOK_S) && !l->error) return 0;
    struct statvfs vfs;
    if (segment_is_open(&l->segment) && !segment_in_place(&l->segment)) return -ESTALE;
    if (statvfs(l->root, &vfs) < 0) return -errno;
    l->free_bytes = (int64_t)vfs.f_bavail * (int64_t)vfs.f_frsize;
    l->free_looked_ns = now_ns;
    return l->free_bytes < l->options.floor_bytes ? -ENOSPC : 0;
}

/* Makes DAY's segment the open one. */
static int turn_to(struct rawlog *l, int day)
{
    if (segment_is_open(&l->segment) && l->segment.day == day) return 0;
    close_finished(l);
    int r = segment_open(&l->segment, l->root, day, false, &l->coder, &l->mended);
    if (r == 0) retire(l, day);
    return r;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int write_loss(struct rawlog *l)
{
    if (!rawlog_loss_any(l)) return 0;
    int r = turn_to(l, l->lost.day);
    if (r == 0) r = segment_append(&l->segment, l->block, rawlog_loss_encode(l), l->options.sync_s > 0);
    if (r < 0) return r;
    l->lost = (struct waiting_block){0};
    l->losses++;
    return 0;
}

static int write_waiting(struct rawlog *l)
{
    int lost = write_loss(l);
    if (lost < 0) return lost;
    while (l->waiting_n > 0) {
        struct waiting_block *w = waiting_at(l, 0);
        int r = turn_to(l, w->day);
        if (r == 0) r = segment_append(&l->segment, w->bytes, w->n, l->options.sync_s > 0);
        if (r < 0) return r;
        l->samples += w->count;
        l->bytes += w->n;
        l->written_wall_s = w->last_wall_ns / NS_PER_S;
        if (l->options.sync_s > 0) l->synced_wall_s = l->written_wall_s;
        waiting_drop(l);
    }
    return 0;
}

static int write_ahead(struct rawlog *l, int64_t now_ns)
{
    if (l->in_wal == l->head.count) return 0;
    int r = turn_to(l, l->day);
    if (r < 0) return r;
    struct block_head head = l->head;
    const struct reading *from = l->reading + l->in_wal;
    head.count -= l->in_wal;
    head.first_wall_ns += from->t_ns - l->reading[0].t_ns;
    size_t n = block_encode(&l->coder, &head, from, l->block);
    r = segment_append_wal(&l->segment, l->block, n);
    if (r < 0) return r;
    l->in_wal = l->head.count;
    l->written_wall_s = (head.first_wall_ns + (head.last_t_ns - head.first_t_ns)) / NS_PER_S;
    if (l->options.sync_s > 0 && l->sync_due_ns == INT64_MAX) l->sync_due_ns = now_ns + SECONDS_NS(l->options.sync_s);
    return 0;
}

static int sync_ahead(struct rawlog *l, int64_t now_ns)
{
    if (now_ns < l->sync_due_ns) return 0;
    l->sync_due_ns = INT64_MAX;
    int r = segment_is_open(&l->segment) ? segment_sync_wal(&l->segment) : 0;
    if (r == 0) l->synced_wall_s = l->written_wall_s;
    return r;
}

void rawlog_settle(struct rawlog *l, int64_t now_ns)
{
    if (l->apart || (l->error && now_ns < l->retry_ns)) return;
    int r = mend_late(l);
    if (r == 0) r = look_for_room(l, now_ns);
    if (r == 0) r = write_waiting(l);
    if (r == 0) r = write_ahead(l, now_ns);
    if (r == 0) r = sync_ahead(l, now_ns);
    l->error = 0;
    if (r < 0) failed(l, r, now_ns);
}

int64_t rawlog_due_ns(const struct rawlog *l)
{
    if (l->apart) return INT64_MAX;
    if (l->error) return l->unmended || l->waiting_n || l->in_wal < l->head.count ? l->retry_ns : INT64_MAX;
    return l->sync_due_ns;
}

bool rawlog_is_settled(const struct rawlog *l)
{
    return l->waiting_n == 0 && l->in_wal == l->head.count && !rawlog_loss_any(l);
}

uint64_t rawlog_waiting(const struct rawlog *l)
{
    uint64_t n = l->head.count - l->in_wal;
    for (unsigned i = 0; i < l->waiting_n; i++) n += l->waiting[(l->waiting_first + i) % RAWLOG_WAITING_MAX].count;
    return n;
}

/* ---- gathering --------------------------------------------------------------------------------------------------- */

static void give_up_oldest(struct rawlog *l, int64_t newest_t_ns)
{
    while (l->waiting_n > 0) {
        const struct waiting_block *oldest = waiting_at(l, 0);
        if (l->waiting_n < RAWLOG_WAITING_MAX && newest_t_ns - oldest->last_t_ns <= SECONDS_NS(RAWLOG_KEEP_S)) break;
        rawlog_loss_note(l, oldest);
        waiting_drop(l);
    }
}

/* Lets the encoded block, N bytes, wait behind the others, and tries to write them. */
static void wait_behind(struct rawlog *l, const struct block_head *head, size_t n, int day, int64_t now_ns)
{
    struct waiting_block w = rawlog_loss_block_of(head, day);
    give_up_oldest(l, head->last_t_ns);
    w.n = n;
    w.bytes = malloc(n);
    if (!w.bytes) {
        rawlog_loss_note(l, &w);
        failed(l, -ENOMEM, now_ns);
        return;
    }
    memcpy(w.bytes, l->block, n);
    *waiting_at(l, l->waiting_n++) = w;
    rawlog_settle(l, now_ns);
}

/* A block needs half a megabyte to be made in, once a minute: the system has it in between. FROM is memory of no file. */
static void give_back(void *from, size_t n)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t)from + page - 1) / page * page, end = ((uintptr_t)from + n) / page * page;
    if (begin < end) (void)!madvise((void *)begin, end - begin, MADV_DONTNEED);
}

static void rest(struct rawlog *l)
{
    size_t n;
    void *scratch = payload_scratch(&l->coder.payload, &n);
    give_back(scratch, n);
    give_back(l->block, sizeof l->block);
}

void rawlog_cut(struct rawlog *l, int64_t now_ns)
{
    if (l->head.count == 0) return;
    struct block_head head = l->head;
    size_t n = block_encode(&l->coder, &head, l->reading, l->block);
    l->head.count = l->in_wal = 0;
    wait_behind(l, &head, n, l->day, now_ns);
    rest(l);
}

void rawlog_context(struct rawlog *l, const struct rawlog_context *c, int64_t now_ns)
{
    rawlog_cut(l, now_ns);
    struct block_head head = {.kind = BLOCK_CONTEXT,
                              .count = c->n,
                              .first_index = c->number,
                              .first_t_ns = c->place_ns,
                              .last_t_ns = c->t_ns,
                              .first_wall_ns = c->wall_ns,
                              .utc_offset_s = c->utc_offset_s,
                              .period_q16_ns = c->kind};
    size_t n = block_encode_bytes(&l->coder, &head, c->bytes, l->block);
    wait_behind(l, &head, n, folder_day(c->wall_ns, c->utc_offset_s), now_ns);
}

static bool continues(const struct rawlog *l, const struct rawlog_sample *s)
{
    const struct reading *first = &l->reading[0], *last = &l->reading[l->head.count - 1], *r = &s->reading;
    int64_t drift_ns = s->wall_ns - (l->head.first_wall_ns + (r->t_ns - first->t_ns));
    return l->head.count < BLOCK_SAMPLES_MAX && r->t_ns > last->t_ns && r->t_ns - last->t_ns <= GAP_NS &&
           r->t_ns - first->t_ns < SECONDS_NS(BLOCK_SPAN_MAX_S) && r->index > last->index &&
           !(r->flags & (SAMPLE_GAP_BEFORE | SAMPLE_RESTARTED)) && s->utc_offset_s == l->head.utc_offset_s &&
           s->stream == l->head.stream && s->epoch == l->head.epoch &&
           s->scale.accel_mps2 == l->head.scale.accel_mps2 && s->scale.gyro_rads == l->head.scale.gyro_rads &&
           drift_ns <= WALL_STEP_NS && drift_ns >= -WALL_STEP_NS && folder_day(s->wall_ns, s->utc_offset_s) == l->day;
}

void rawlog_put(struct rawlog *l, const struct rawlog_sample *s, int64_t now_ns)
{
    if (l->head.count > 0 && !continues(l, s)) rawlog_cut(l, now_ns);
    if (l->head.count == 0) {
        l->head = (struct block_head){.first_wall_ns = s->wall_ns, .utc_offset_s = s->utc_offset_s, .scale = s->scale,
                                       .stream = s->stream, .epoch = s->epoch};
        l->day = folder_day(s->wall_ns, s->utc_offset_s);
    }
    l->reading[l->head.count++] = s->reading;
}

/* ---- another's turn ---------------------------------------------------------------------------------------------- */

int rawlog_let_go(struct rawlog *l, int64_t now_ns)
{
    rawlog_cut(l, now_ns);
    int r = mend_late(l);
    if (r == 0) r = write_waiting(l);
    l->error = 0;
    if (r < 0) {
        failed(l, r, now_ns);
        return r;
    }
    close_finished(l);
    l->sync_due_ns = INT64_MAX;
    l->apart = true;
    return 0;
}

void rawlog_abandon(struct rawlog *l)
{
    segment_close(&l->segment);
    l->in_wal = 0;
    l->error = 0;
    l->sync_due_ns = INT64_MAX;
    l->apart = true;
}

int rawlog_take_back(struct rawlog *l, bool same)
{
    int r = same ? 0 : mend(l);
    if (r < 0) return r;
    l->apart = l->unmended = false;
    l->free_looked_ns = 0;
    return 0;
}

void rawlog_close(struct rawlog *l, int64_t now_ns)
{
    rawlog_cut(l, now_ns);
    l->retry_ns = now_ns; /* one last try */
    rawlog_settle(l, now_ns);
    while (l->waiting_n > 0) {
        l->samples_lost += waiting_at(l, 0)->count;
        waiting_drop(l);
    }
    close_finished(l);
    block_coder_close(&l->coder);
}
