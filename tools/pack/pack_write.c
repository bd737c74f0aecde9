/* Invariants:
 *   An entry's size is said before its bytes: a file that gives fewer than it promised is a failure, never padding.
 *   The daemon may write meanwhile: diary and days are copies of one moment each, the diary's the earlier one.
 */
#include "pack.h"

#include "plumbline/diary.h"
#include "plumbline/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 65536 };

struct writing {
    struct pack *pack;
    gzFile out;
    uint64_t days; /* in all, once the first was seen */
};

static int fault(struct writing *w, int error, const char *what)
{
    const char *hint = error == -ENOSPC ? ": make room, or choose another disk" : "";
    snprintf(w->pack->why, sizeof w->pack->why, "%s: %s%s", what, strerror(-error), hint);
    return error;
}

static int put(struct writing *w, const void *bytes, size_t n)
{
    errno = 0;
    if (n == 0 || gzwrite(w->out, bytes, (unsigned)n) == (int)n) return 0;
    return fault(w, errno ? -errno : -EIO, "writing the backup");
}

static int put_header(struct writing *w, const char *name, uint64_t size, time_t at)
{
    uint8_t header[PACK_BLOCK];
    pack_header_make(name, size, at, header);
    return put(w, header, sizeof header);
}

static int put_padding(struct writing *w, uint64_t size)
{
    static const uint8_t zeros[PACK_BLOCK];
    return put(w, zeros, pack_padding(size));
}

static int put_text(struct writing *w, const char *name, const char *text, size_t n)
{
    int r = put_header(w, name, n, time(NULL));
    if (r == 0) r = put(w, text, n);
    return r == 0 ? put_padding(w, n) : r;
}

static int put_bytes(struct writing *w, const char *name, int fd, uint64_t size)
{
    char chunk[CHUNK];
    for (uint64_t at = 0; at < size;) {
        size_t want = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
        ssize_t n = pread(fd, chunk, want, (off_t)at);
        if (n <= 0) return fault(w, n < 0 ? -errno : -EIO, name);
        int r = put(w, chunk, (size_t)n);
        if (r < 0) return r;
        w->pack->sum.crc = (uint32_t)crc32(w->pack->sum.crc, (const Bytef *)chunk, (uInt)n);
        at += (uint64_t)n;
    }
    return put_padding(w, size);
}

static int put_file(struct writing *w, const char *name, int fd, uint64_t size)
{
    struct pack_sum *sum = &w->pack->sum;
    struct stat st;
    if (size > pack_name_limit(name)) return fault(w, -EFBIG, name);
    int r = put_header(w, name, size, fstat(fd, &st) == 0 ? st.st_mtime : time(NULL));
    sum->crc = (uint32_t)crc32(sum->crc, (const Bytef *)name, (uInt)strlen(name) + 1);
    if (r == 0) r = put_bytes(w, name, fd, size);
    sum->files++;
    sum->bytes += size;
    return r;
}

/* A file that need not be there. */
static int put_path(struct writing *w, const char *name, const char *path, bool *put)
{
    struct stat st;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return !path || errno == ENOENT ? 0 : fault(w, -errno, path);
    int r = fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && !S_ISREG(st.st_mode)) r = -EINVAL;
    r = r < 0 ? fault(w, r, path) : put_file(w, name, fd, (uint64_t)st.st_size);
    if (r == 0 && put) *put = true;
    close(fd);
    return r;
}

static int put_diary(struct writing *w)
{
    const char *scratch = w->pack->scratch;
    unlink(scratch); /* of one that was interrupted */
    int fd = open(scratch, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fault(w, -errno, scratch);
    close(fd);
    int r = diary_copy(w->pack->data, scratch);
    if (r == -EBADMSG) fault(w, r, "the diary is damaged; a start of the daemon sets it aside");
    else if (r < 0 && r != -ENOENT) fault(w, r, "copying the diary");
    else if (r == 0) r = put_path(w, "plumbline.db", scratch, &w->pack->sum.diary);
    unlink(scratch);
    return r == -ENOENT ? 0 : r;
}

static int put_day(void *arg, const struct log_day *d, unsigned left)
{
    struct writing *w = arg;
    struct log_copy copy;
    char name[64];
    time_t at = (time_t)d->day * 86400;
    struct tm tm;
    if (!gmtime_r(&at, &tm)) return 0;
    int r = log_copy_open(w->pack->data, d->day, &copy);
    if (r < 0) return r == -ENOENT ? 0 : fault(w, r, "the raw log"); /* retired this very moment */
    strftime(name, sizeof name, "raw/%Y/%m/%Y%m%d.plog", &tm);
    r = put_file(w, name, copy.plog, (uint64_t)copy.plog_bytes);
    strftime(name, sizeof name, "raw/%Y/%m/%Y%m%d.wal", &tm);
    if (r == 0 && copy.wal_bytes > 0) r = put_file(w, name, copy.wal, (uint64_t)copy.wal_bytes);
    log_copy_close(&copy);
    uint64_t done = ++w->pack->sum.days;
    if (w->pack->progress) w->pack->progress("packing", done, done + left);
    return r;
}

static int put_all(struct writing *w)
{
    char text[256], path[1024];
    time_t now = time(NULL);
    struct tm tm;
    int n = snprintf(text, sizeof text, PACK_HEAD " %d\nprogram " PLUMBLINE_VERSION "\nmade ", PACK_FORMAT);
    n += (int)strftime(text + n, sizeof text - (size_t)n, "%Y-%m-%dT%H:%M:%SZ\n", gmtime_r(&now, &tm));
    snprintf(path, sizeof path, "%s/devices", w->pack->data);
    int r = put_text(w, PACK_HEAD, text, (size_t)n);
    if (r == 0) r = put_path(w, PACK_CONFIG, w->pack->config, &w->pack->sum.config);
    if (r == 0) r = put_path(w, PACK_CATALOGUE, w->pack->catalogue, &w->pack->sum.catalogue);
    if (r == 0) r = put_path(w, "devices", path, NULL);
    if (r == 0) r = put_diary(w);
    if (r == 0) r = log_days(w->pack->data, INT_MAX, put_day, w);
    if (r < 0 && !w->pack->why[0]) fault(w, r, w->pack->data);
    return r;
}

static int put_end(struct writing *w)
{
    static const uint8_t zeros[2 * PACK_BLOCK];
    char text[256];
    int r = put_text(w, PACK_END, text, pack_end_text(&w->pack->sum, text));
    return r == 0 ? put(w, zeros, sizeof zeros) : r;
}

int pack_write(struct pack *p, int fd)
{
    struct writing w = {.pack = p};
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    p->sum = (struct pack_sum){0};
    p->why[0] = 0;
    w.out = copy < 0 ? NULL : gzdopen(copy, "wb1"); /* quickly: most of it is packed already */
    if (!w.out) {
        if (copy >= 0) close(copy);
        return fault(&w, -ENOMEM, "writing the backup");
    }
    gzbuffer(w.out, 2 * CHUNK);
    int r = put_all(&w);
    if (r == 0) r = put_end(&w);
    errno = 0;
    if (gzclose(w.out) != Z_OK && r == 0) r = fault(&w, errno ? -errno : -EIO, "writing the backup");
    return r;
}
