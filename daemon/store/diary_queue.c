/* Invariants:
 *   bytes[0 … n) are whole records, oldest first: type, size (32 bits each), the record, padding to 8 bytes.
 *   A record leaves the queue when its transaction was committed, when SQLite says that no row can be made of it, or
 *   when it is the oldest and DIARY_QUEUE_MAX is reached.
 */
#include "diary_queue.h"

#include "rawlog.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct prefix {
    uint32_t type, size;
};

static size_t step(size_t n) { return sizeof(struct prefix) + ((n + 7) & ~(size_t)7); }

static const struct prefix *prefix_at(const struct diary_queue *q, size_t at) { return (const void *)(q->bytes + at); }

static void failed(struct diary_queue *q, int error, int64_t now_ns)
{
    q->error = error;
    q->retry_ns = now_ns + SECONDS_NS(RAWLOG_RETRY_S);
}

int diary_queue_open(struct diary_queue *q, const char *root, bool durable, int64_t now_ns)
{
    if (strlen(root) >= sizeof q->root) return -ENAMETOOLONG;
    memcpy(q->root, root, strlen(root) + 1);
    q->durable = durable;
    int r = diary_writer_open(root, false, &q->writer, q->away);
    if (r == -EPROTO || r == -ENAMETOOLONG) return r;
    if (r < 0) failed(q, r, now_ns);
    return 0;
}

static void drop_oldest(struct diary_queue *q)
{
    size_t n = step(prefix_at(q, 0)->size);
    memmove(q->bytes, q->bytes + n, q->n - n);
    q->n -= n;
    q->lost++;
}

static bool make_room(struct diary_queue *q, size_t need)
{
    if (q->n + need <= q->room) return true;
    size_t room = q->room ? 2 * q->room : 8192;
    if (room > DIARY_QUEUE_MAX) {
        while (q->n + need > q->room) drop_oldest(q);
        return true;
    }
    uint8_t *bytes = realloc(q->bytes, room);
    if (!bytes) return false;
    q->bytes = bytes;
    q->room = room;
    return true;
}

void diary_queue_put(struct diary_queue *q, uint32_t type, const void *record, size_t n)
{
    if (!make_room(q, step(n))) {
        q->lost++;
        return;
    }
    struct prefix prefix = {type, (uint32_t)n};
    memcpy(q->bytes + q->n, &prefix, sizeof prefix);
    memcpy(q->bytes + q->n + sizeof prefix, record, n);
    q->n += step(n);
}

static int write_all(struct diary_queue *q)
{
    bool fully = q->durable;
    uint64_t refused = 0;
    for (size_t at = 0; at < q->n; at += step(prefix_at(q, at)->size))
        fully |= record_by_a_person(prefix_at(q, at)->type);
    int r = diary_writer_begin(q->writer, fully);
    for (size_t at = 0; r == 0 && at < q->n; at += step(prefix_at(q, at)->size)) {
        r = diary_writer_put(q->writer, prefix_at(q, at)->type, prefix_at(q, at) + 1);
        if (r != -EINVAL) continue;
        refused++;
        r = 0;
    }
    if (r == 0) r = diary_writer_end(q->writer);
    if (r < 0) {
        diary_writer_undo(q->writer);
        return r;
    }
    q->lost += refused;
    q->n = 0;
    return 0;
}

void diary_queue_settle(struct diary_queue *q, int64_t now_ns)
{
    if (q->apart || (q->error ? now_ns < q->retry_ns : q->n == 0)) return;
    int r = 0;
    if (!q->writer) r = diary_writer_open(q->root, q->suspect, &q->writer, q->away);
    if (r == 0 && q->n > 0) r = write_all(q);
    if (r == 0) r = diary_writer_fill(q->writer);
    q->error = 0;
    if (r >= 0) {
        q->suspect = false;
        return;
    }
    failed(q, r, now_ns);
    /* Nothing that an open connection holds is worth keeping after a failure; a fresh one finds what the disk has. */
    q->suspect = r == -EBADMSG;
    diary_writer_close(q->writer);
    q->writer = NULL;
}

int64_t diary_queue_due_ns(const struct diary_queue *q) { return q->error && !q->apart ? q->retry_ns : INT64_MAX; }

int diary_queue_let_go(struct diary_queue *q, int64_t now_ns)
{
    q->retry_ns = now_ns;
    diary_queue_settle(q, now_ns);
    if (q->n > 0) return q->error;
    diary_writer_close(q->writer);
    q->writer = NULL;
    q->error = 0;
    q->apart = true;
    return 0;
}

void diary_queue_abandon(struct diary_queue *q)
{
    diary_writer_close(q->writer);
    q->writer = NULL;
    q->error = 0;
    q->apart = true;
}

void diary_queue_take_back(struct diary_queue *q) { q->apart = false; }

unsigned diary_queue_count(const struct diary_queue *q, uint32_t type)
{
    unsigned n = 0;
    for (size_t at = 0; at < q->n; at += step(prefix_at(q, at)->size)) n += prefix_at(q, at)->type == type;
    return n;
}

void diary_queue_close(struct diary_queue *q, int64_t now_ns)
{
    q->retry_ns = now_ns; /* one last try */
    diary_queue_settle(q, now_ns);
    while (q->writer && diary_writer_fill(q->writer) == 1) continue;
    diary_writer_close(q->writer);
    free(q->bytes);
}
