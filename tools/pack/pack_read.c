/* Invariants:
 *   An entry is taken only under a name that pack_write() gives, as a plain file, once, and no larger than its name
 *   allows; nothing is made outside the folder, which was empty.
 *   What counts is the end: without it, or when it says anything else than what came, it is no backup.
 */
#include "pack.h"

#include "plumbline/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 65536, TEXT = 256, FILES_MAX = 200000, FLOOR_MB = 200, LOOK_BYTES = 8 << 20 };

struct reading {
    struct pack *pack;
    gzFile in;
    int folder;          /* −1: only check */
    uint64_t unlooked;   /* bytes written since the free space was looked at */
    uint64_t size;       /* of the file, for progress */
    bool head, end;
};

__attribute__((format(printf, 3, 4))) static int fault(struct reading *r, int error, const char *format, ...)
{
    char raw[sizeof r->pack->why];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_copy(r->pack->why, sizeof r->pack->why, raw); /* a name in it is anyone's */
    return error;
}

static int damaged(struct reading *r)
{
    if (!r->head) return fault(r, -EBADMSG, "this is no backup of Plumbline");
    return fault(r, -EBADMSG, "it is cut off or damaged");
}

/* All N bytes, or a fault. */
static int get(struct reading *r, void *bytes, size_t n)
{
    return gzread(r->in, bytes, (unsigned)n) == (int)n ? 0 : damaged(r);
}

static int pass_padding(struct reading *r, uint64_t size)
{
    uint8_t zeros[PACK_BLOCK];
    return get(r, zeros, pack_padding(size));
}

/* ---- writing what was read --------------------------------------------------------------------------------------- */

static int make_file(struct reading *r, const char *name)
{
    char part[TEXT];
    snprintf(part, sizeof part, "%s", name);
    for (char *slash = strchr(part, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdirat(r->folder, part, 0700) < 0 && errno != EEXIST)
            return fault(r, -errno, "%s: %s", part, strerror(errno));
        *slash = '/';
    }
    int fd = openat(r->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) return fd;
    if (errno == EEXIST) return fault(r, -EBADMSG, "it holds '%s' twice, which no backup does", name);
    return fault(r, -errno, "%s: %s", name, strerror(errno));
}

/* A liar's backup may grow without an end: some room stays free whatever it says. */
static int check_room(struct reading *r, size_t n)
{
    struct statvfs fs;
    r->unlooked += n;
    if (r->unlooked < LOOK_BYTES) return 0;
    r->unlooked = 0;
    if (fstatvfs(r->folder, &fs) < 0 || (uint64_t)fs.f_bavail * fs.f_frsize >= ((uint64_t)FLOOR_MB << 20)) return 0;
    return fault(r, -ENOSPC, "less than %d MB would stay free: make room", FLOOR_MB);
}

static int keep(struct reading *r, int fd, const void *bytes, size_t n)
{
    if (fd < 0) return 0;
    for (size_t at = 0; at < n;) {
        ssize_t wrote = write(fd, (const char *)bytes + at, n - at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return fault(r, -errno, "%s%s", strerror(errno), errno == ENOSPC ? ": make room" : "");
        at += (size_t)wrote;
    }
    return check_room(r, n);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static int take_bytes(struct reading *r, int fd, uint64_t size)
{
    uint8_t bytes[CHUNK];
    for (uint64_t left = size; left > 0;) {
        size_t n = left < CHUNK ? (size_t)left : CHUNK;
        int failed = get(r, bytes, n);
        if (!failed) failed = keep(r, fd, bytes, n);
        if (failed) return failed;
        r->pack->sum.crc = (uint32_t)crc32(r->pack->sum.crc, bytes, (uInt)n);
        left -= n;
        if (r->pack->progress && r->size) r->pack->progress("reading", (uint64_t)gzoffset(r->in) * 99 / 100, r->size);
    }
    return pass_padding(r, size);
}

static int take_file(struct reading *r, const char *name, uint64_t size)
{
    struct pack_sum *sum = &r->pack->sum;
    int fd = -1;
    if (size > pack_name_limit(name) || sum->files >= FILES_MAX)
        return fault(r, -EBADMSG, "it holds '%s', or so much of it, as no backup does", name);
    if (r->folder >= 0 && (fd = make_file(r, name)) < 0) return fd;
    sum->files++;
    sum->bytes += size;
    sum->days += strstr(name, ".plog") != NULL;
    sum->diary |= !strcmp(name, "plumbline.db");
    sum->config |= !strcmp(name, PACK_CONFIG);
    sum->catalogue |= !strcmp(name, PACK_CATALOGUE);
    sum->crc = (uint32_t)crc32(sum->crc, (const Bytef *)name, (uInt)strlen(name) + 1);
    int failed = take_bytes(r, fd, size);
    if (fd >= 0 && close(fd) < 0 && !failed) failed = fault(r, -errno, "%s: %s", name, strerror(errno));
    return failed;
}

static int take_text(struct reading *r, uint64_t size, char text[TEXT])
{
    memset(text, 0, TEXT);
    if (size >= TEXT) return damaged(r);
    int failed = get(r, text, (size_t)size);
    return failed ? failed : pass_padding(r, size);
}

static int take_head(struct reading *r, uint64_t size)
{
    char text[TEXT];
    struct pack_sum *sum = &r->pack->sum;
    unsigned format = 0;
    int failed = take_text(r, size, text);
    if (failed < 0) return failed;
    if (sscanf(text, PACK_HEAD " %u\nprogram %31s\nmade %31s", &format, sum->program, sum->made) < 1) return damaged(r);
    r->head = true;
    if (format <= PACK_FORMAT) return 0;
    return fault(r, -EPROTO, "it was made by a newer Plumbline (%s): update this one", sum->program);
}

static int take_end(struct reading *r, uint64_t size)
{
    char text[TEXT], expected[TEXT];
    int failed = take_text(r, size, text);
    if (failed < 0) return failed;
    pack_end_text(&r->pack->sum, expected);
    if (strcmp(text, expected) != 0) return fault(r, -EBADMSG, "it is damaged: it holds other things than it says");
    r->end = true;
    return 0;
}

static int take_entry(struct reading *r, const uint8_t header[PACK_BLOCK])
{
    char name[101];
    uint64_t size;
    int failed = pack_header_read(header, name, &size);
    if (failed == -EBADMSG || (!r->head && strcmp(name, PACK_HEAD) != 0)) return damaged(r);
    if (failed) return fault(r, -EBADMSG, "it holds '%.60s', which is no plain file", name);
    if (r->end) return fault(r, -EBADMSG, "something stands behind its end");
    if (!r->head) return take_head(r, size);
    return strcmp(name, PACK_END) ? take_file(r, name, size) : take_end(r, size);
}

/* Tar ends with blocks of zeros; gzip with a checksum, which is looked at when all was read. */
static int take_rest(struct reading *r)
{
    uint8_t zeros[PACK_BLOCK];
    int n;
    while ((n = gzread(r->in, zeros, sizeof zeros)) > 0)
        for (int i = 0; i < n; i++)
            if (zeros[i]) return fault(r, -EBADMSG, "something stands behind its end");
    return n < 0 || !r->end ? damaged(r) : 0;
}

static int take_all(struct reading *r)
{
    static const uint8_t zeros[PACK_BLOCK];
    uint8_t header[PACK_BLOCK];
    int failed = 0;
    while (!failed && !(failed = get(r, header, sizeof header)) && memcmp(header, zeros, sizeof header) != 0)
        failed = take_entry(r, header);
    return failed ? failed : take_rest(r);
}

static int finish(struct reading *r)
{
    if (r->folder >= 0 && syncfs(r->folder) < 0) return fault(r, -errno, "%s", strerror(errno));
    if (r->pack->progress) r->pack->progress("reading", 1, 1);
    return 0;
}

static int open_all(struct reading *r, int fd)
{
    struct stat st;
    const char *into = r->pack->data;
    if (into && (r->folder = open(into, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return fault(r, -errno, "%s: %s", into, strerror(errno));
    if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0) return fault(r, -errno, "%s", strerror(errno));
    r->size = (uint64_t)st.st_size;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    r->in = copy < 0 ? NULL : gzdopen(copy, "rb");
    if (!r->in && copy >= 0) close(copy);
    if (!r->in) return fault(r, -ENOMEM, "out of memory");
    gzbuffer(r->in, 2 * CHUNK);
    return 0;
}

int pack_read(struct pack *p, int fd)
{
    struct reading r = {.pack = p, .folder = -1};
    p->sum = (struct pack_sum){0};
    p->why[0] = 0;
    int failed = open_all(&r, fd);
    if (!failed) failed = take_all(&r);
    if (r.in && gzclose(r.in) != Z_OK && !failed) failed = damaged(&r);
    if (!failed) failed = finish(&r);
    if (r.folder >= 0) close(r.folder);
    return failed;
}
