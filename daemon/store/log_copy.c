/* As in log_index.c: a block is in the .plog before the .wal is emptied, so when the .plog has not grown while the .wal
 * was copied, both together miss nothing. */
#include "plumbline/log.h"

#include "folder.h"
#include "hop.h"
#include "wal_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOKS_MAX = 8 };

static int64_t size_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_size : 0;
}

/* The end of the whole blocks from FROM on, where a writer is at work on the file; what lies behind it is being
 * written. */
static int64_t whole_end(int fd, int64_t from)
{
    struct hop hop;
    struct block_head head;
    off_t at;
    if (hop_begin(&hop, fd, from) < 0) return from;
    while (hop_next(&hop, &head, &at) > 0) continue;
    return hop.at;
}

int log_copy_open(const char *path, int day, struct log_copy *c)
{
    char name[FOLDER_PATH];
    *c = (struct log_copy){.plog = -1, .wal = -1};
    int r = folder_day_path(path, day, ".plog", name);
    if (r == 0) c->plog = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (r < 0 || c->plog < 0) return r < 0 ? r : -errno;
    int64_t end = 0, size = 0;
    for (int i = 0; i < LOOKS_MAX; i++) {
        if (c->wal >= 0) close(c->wal);
        size = size_of(c->plog);
        c->wal = wal_copy(path, day);
        if (c->wal < 0 && c->wal != -ENOENT) {
            r = c->wal;
            log_copy_close(c);
            return r;
        }
        end = c->wal < 0 ? size : whole_end(c->plog, end);
        if (end <= size && size == size_of(c->plog)) break;
    }
    c->plog_bytes = end < size ? end : size;
    c->wal_bytes = c->wal < 0 ? 0 : size_of(c->wal);
    return 0;
}

void log_copy_close(struct log_copy *c)
{
    if (c->plog >= 0) close(c->plog);
    if (c->wal >= 0) close(c->wal);
    c->plog = c->wal = -1;
}
