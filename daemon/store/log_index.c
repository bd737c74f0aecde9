/* Invariants:
 *   A .wal is copied before it is looked at, because its writer may empty it at any moment. It counts from the number
 *   that follows the last block of its .plog. A block is in the .plog before the .wal is emptied; so when the .plog has
 *   not grown since it was looked through, .plog and copy together miss nothing.
 */
#include "log_index.h"

#include "folder.h"
#include "hop.h"
#include "segment_index.h"
#include "wal_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOKS_MAX = 8 };

/* What is being looked for, and one day's state. */
struct look {
    struct log_index *x;
    int64_t from_wall_ns, to_wall_ns;
    int day, plog;
    uint64_t next_sequence;
    struct hop hop;
    struct block_coder *coder;
};

static int add(struct look *l, const struct block_head *head, off_t offset, int copy)
{
    struct log_index *x = l->x;
    int64_t span_ns, last_wall_ns;
    if (head->kind != BLOCK_SAMPLES && head->kind != BLOCK_CONTEXT) return 0;
    if (__builtin_sub_overflow(head->last_t_ns, head->first_t_ns, &span_ns)) return 0;
    if (__builtin_add_overflow(head->first_wall_ns, span_ns, &last_wall_ns)) return 0;
    if (last_wall_ns < l->from_wall_ns || head->first_wall_ns >= l->to_wall_ns) return 0;
    if (x->n == x->room) {
        size_t room = x->room ? 2 * x->room : 1024;
        struct log_place *more = reallocarray(x->place, room, sizeof *more);
        if (!more) return -ENOMEM;
        x->place = more;
        x->room = room;
    }
    uint64_t number = head->kind == BLOCK_CONTEXT ? head->first_index : 0;
    x->place[x->n++] = (struct log_place){head->first_t_ns, number, l->day, copy, offset};
    return 0;
}

/* Takes the blocks from the index at the file's end, so that the way through the headers begins behind it. One that leaves
 * out a stretch is not believed: it would hide what lies there. */
static int look_at_index(struct look *l)
{
    struct segment_index index;
    struct block_head head;
    struct stat st;
    if (fstat(l->plog, &st) < 0) return -errno;
    int r = segment_index_read(l->plog, st.st_size, l->coder, &index);
    if (r <= 0) return r;
    r = 0;
    bool whole = index.damaged == 0; /* else blocks may lie where it has none */
    for (size_t i = 0; whole && r == 0 && i < index.n; i++) {
        off_t offset = segment_index_row(&index, i, &head);
        r = add(l, &head, offset, -1);
    }
    if (whole) {
        l->hop.at = st.st_size;
        l->next_sequence = index.next_sequence;
        l->x->by_index++;
    }
    segment_index_free(&index);
    return r;
}

/* Goes on through the .plog from where the last look ended. */
static int look_through_plog(struct look *l)
{
    struct block_head head;
    off_t offset;
    int r = hop_begin(&l->hop, l->plog, l->hop.at);
    while (r >= 0 && (r = hop_next(&l->hop, &head, &offset)) > 0) {
        l->next_sequence = (uint64_t)head.sequence + 1;
        r = add(l, &head, offset, -1);
    }
    l->x->damaged += l->hop.damaged;
    return r;
}

static bool grew(const struct look *l)
{
    struct stat st;
    return fstat(l->plog, &st) == 0 && st.st_size > l->hop.size;
}

static int look_through_wal(struct look *l, int copy)
{
    struct hop hop;
    struct block_head head;
    off_t offset;
    int *more = reallocarray(l->x->copy, l->x->n_copies + 1, sizeof *more);
    if (!more) {
        close(copy);
        return -ENOMEM;
    }
    l->x->copy = more;
    more[l->x->n_copies++] = copy;
    int r = hop_begin(&hop, copy, 0);
    while (r >= 0 && (r = hop_next(&hop, &head, &offset)) > 0)
        if (head.sequence >= l->next_sequence) r = add(l, &head, offset, copy);
    return r;
}

static int look_through_day(struct look *l, const char *root)
{
    int copy = -ENOENT, r = look_at_index(l);
    if (r < 0) return r;
    for (int i = 0; i < LOOKS_MAX; i++) {
        if (copy >= 0) close(copy);
        r = look_through_plog(l);
        copy = wal_copy(root, l->day);
        if (r < 0 || !grew(l)) break;
    }
    if (copy >= 0) {
        int wal = look_through_wal(l, copy);
        return r < 0 ? r : wal;
    }
    /* A torn end is usual while there is a .wal: it is being written, or will be mended. Otherwise it is a loss. */
    if (l->hop.at < l->hop.size) l->x->damaged++;
    return r;
}

static int by_run_time(const void *a, const void *b)
{
    const struct log_place *x = a, *y = b;
    if (x->first_t_ns != y->first_t_ns) return x->first_t_ns < y->first_t_ns ? -1 : 1;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Looks at the file of L->day, with nothing known of it yet. */
static int look_at_day(struct look *l, const char *root)
{
    char path[FOLDER_PATH];
    int r = folder_day_path(root, l->day, ".plog", path);
    if (r < 0) return r;
    l->plog = open(path, O_RDONLY | O_CLOEXEC);
    if (l->plog < 0) return errno == ENOENT ? 0 : -errno; /* retired this very moment */
    l->x->days++;
    r = look_through_day(l, root);
    close(l->plog);
    return r;
}

int log_index_make(struct log_index *x, const char *root, int64_t from_wall_ns, int64_t to_wall_ns)
{
    int *days = NULL;
    size_t n = 0;
    struct block_coder coder;
    *x = (struct log_index){0};
    int r = block_coder_open(&coder);
    if (r == 0) r = folder_days(root, ".plog", &days, &n);
    /* Local days begin up to a day before and after those of UTC. */
    int first = folder_day(from_wall_ns, 0) - 1, last = folder_day(to_wall_ns, 0) + 1;
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct look l = {
            .x = x, .from_wall_ns = from_wall_ns, .to_wall_ns = to_wall_ns, .day = days[i], .coder = &coder};
        if (days[i] >= first && days[i] <= last) r = look_at_day(&l, root);
    }
    free(days);
    block_coder_close(&coder);
    if (r >= 0 && x->n) qsort(x->place, x->n, sizeof *x->place, by_run_time);
    return r < 0 ? r : 0;
}

void log_index_free(struct log_index *x)
{
    for (size_t i = 0; i < x->n_copies; i++) close(x->copy[i]);
    free(x->copy);
    free(x->place);
    *x = (struct log_index){0};
}
