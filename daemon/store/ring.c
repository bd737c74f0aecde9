/* Invariants:
 *   tail ≤ taken ≤ head ≤ tail + RING_SIZE, all multiples of 8; head is moved only by the putter, the others only by the
 *   taker.
 *   A record never wraps: where it would, a record of type 0 stands for the rest.
 *   head is published after the bytes below it are written, tail after they are safe elsewhere: killed between any two
 *   instructions, what lies from tail to head is whole.
 *   What is found in the file counts only with our identity before it and, record by record, a check that holds.
 */
#include "ring.h"

#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { LAYOUT = 2 }; /* one more whenever a record changes */

/* Whose records these are. */
struct identity {
    char magic[8];
    uint64_t layout;
    char boot[40];
    uint64_t device, inode; /* of the data folder */
};

struct ring_memory {
    struct identity identity;
    _Alignas(64) _Atomic uint64_t head; /* bytes ever put */
    _Alignas(64) _Atomic uint64_t tail; /* bytes ever released */
    _Alignas(RING_HEADER) uint8_t bytes[RING_SIZE];
};
_Static_assert(offsetof(struct ring_memory, bytes) == RING_HEADER, "the header is one page");

struct prefix {
    uint16_t type, size;
    uint32_t check;
};

static size_t step(size_t n) { return sizeof(struct prefix) + ((n + 7) & ~(size_t)7); }

/* Eight bytes at a time: in a replay a CRC would cost more than all the rest of putting. */
static uint32_t check_of(uint16_t type, const uint8_t *record, size_t n)
{
    uint64_t sum = ((uint64_t)type << 16) + n + 1;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, record + i, n - i < 8 ? n - i : 8);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio, odd: nothing is lost by it */
        sum ^= sum >> 32;
    }
    return (uint32_t)sum;
}

static uint64_t head_of(const struct ring *r) { return atomic_load_explicit(&r->memory->head, memory_order_acquire); }

/* ---- what is found ----------------------------------------------------------------------------------------------- */

/* Bytes that the record AT takes, 0 when it is not whole before END. */
static size_t whole(const struct ring_memory *m, uint64_t at, uint64_t end)
{
    const uint8_t *from = m->bytes + at % RING_SIZE;
    size_t to_wrap = RING_SIZE - at % RING_SIZE, room = end - at < to_wrap ? end - at : to_wrap;
    struct prefix prefix;
    memcpy(&prefix, from, sizeof prefix);
    if (prefix.type == 0) return room == to_wrap ? room : 0;
    if (step(prefix.size) > room) return 0;
    return check_of(prefix.type, from + sizeof prefix, prefix.size) == prefix.check ? step(prefix.size) : 0;
}

static void mend(struct ring_memory *m)
{
    uint64_t at = atomic_load(&m->tail), head = atomic_load(&m->head);
    for (size_t n; at != head && (n = whole(m, at, head)) > 0;) at += n;
    atomic_store(&m->head, at);
}

static bool sane(const struct ring_memory *m)
{
    uint64_t head = atomic_load(&m->head), tail = atomic_load(&m->tail);
    return head - tail <= RING_SIZE && head % 8 == 0 && tail % 8 == 0;
}

/* Empty before it has a name: killed in between, it is nobody's. */
static void begin(struct ring_memory *m, const struct identity *identity)
{
    memset(&m->identity, 0, sizeof m->identity);
    atomic_store(&m->tail, 0);
    atomic_store(&m->head, 0);
    m->identity = *identity;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static int identify(struct identity *identity, const char *folder)
{
    struct stat st;
    *identity = (struct identity){.magic = "plumbrng", .layout = LAYOUT};
    if (stat(folder, &st) < 0) return -errno;
    identity->device = st.st_dev;
    identity->inode = st.st_ino;
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t n = read(fd, identity->boot, sizeof identity->boot);
    close(fd);
    return n > 0 ? 0 : -EIO;
}

/* On a memory file system, or the putter would wait for a disk; ours alone, and nobody else's at the moment. */
static bool usable(int fd, struct stat *st)
{
    struct statfs fs;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, st) < 0 || fstatfs(fd, &fs) < 0) return false;
    if (fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC) return false;
    return S_ISREG(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & 0077) == 0 && st->st_nlink == 1;
}

/* Reserved before it is mapped: a full memory file system is an error here, not a SIGBUS later. */
static bool size_up(int fd, const struct stat *st)
{
    const off_t size = sizeof(struct ring_memory);
    if (st->st_size != size && ftruncate(fd, 0) < 0) return false;
    return posix_fallocate(fd, 0, size) == 0;
}

static int open_file(const char *path)
{
    struct stat st;
    if (folder_make_parents(path) < 0) return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || (usable(fd, &st) && size_up(fd, &st))) return fd;
    close(fd);
    return -1;
}

static void *map(int fd)
{
    int flags = MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0); /* shared, if with nobody: see let_go_of_pages() */
    return mmap(NULL, sizeof(struct ring_memory), PROT_READ | PROT_WRITE, flags, fd, 0);
}

int ring_open(struct ring *r, const char *path, const char *folder)
{
    struct identity identity = {0};
    *r = (struct ring){.file = -1};
    bool lasting = path && strlen(path) < sizeof r->path && identify(&identity, folder) == 0;
    if (lasting) r->file = open_file(path);
    void *memory = map(r->file);
    if (memory == MAP_FAILED) return -errno;
    r->memory = memory;
    if (r->file >= 0) snprintf(r->path, sizeof r->path, "%s", path);
    if (memcmp(&r->memory->identity, &identity, sizeof identity) == 0 && sane(r->memory)) {
        mend(r->memory);
    } else {
        begin(r->memory, &identity);
    }
    ring_rewind(r);
    return 0;
}

void ring_move(struct ring *r, const char *folder)
{
    struct identity identity;
    if (r->file < 0 || identify(&identity, folder) < 0) return;
    r->memory->identity = identity;
}

void ring_close(struct ring *r)
{
    if (!r->memory) return;
    if (r->file >= 0 && ring_used(r) == 0) unlink(r->path);
    munmap(r->memory, sizeof *r->memory);
    if (r->file >= 0) close(r->file);
    *r = (struct ring){.file = -1};
}

/* ---- putting ----------------------------------------------------------------------------------------------------- */

size_t ring_used(const struct ring *r)
{
    uint64_t tail = atomic_load_explicit(&r->memory->tail, memory_order_acquire);
    return head_of(r) - tail;
}

bool ring_put(struct ring *r, uint16_t type, const void *record, size_t n)
{
    struct ring_memory *m = r->memory;
    uint64_t head = atomic_load_explicit(&m->head, memory_order_relaxed);
    size_t at = head % RING_SIZE, need = step(n), filler = RING_SIZE - at < need ? RING_SIZE - at : 0;
    if (n > UINT16_MAX || RING_SIZE - ring_used(r) < filler + need) return false;
    if (filler) {
        memset(m->bytes + at, 0, sizeof(struct prefix));
        at = 0;
    }
    struct prefix prefix = {type, (uint16_t)n, check_of(type, record, n)};
    memcpy(m->bytes + at, &prefix, sizeof prefix);
    memcpy(m->bytes + at + sizeof prefix, record, n);
    atomic_store_explicit(&m->head, head + filler + need, memory_order_release);
    return true;
}

/* ---- taking ------------------------------------------------------------------------------------------------------ */

size_t ring_untaken(const struct ring *r) { return head_of(r) - r->taken; }

const void *ring_peek(struct ring *r, uint16_t *type, size_t *n)
{
    while (ring_untaken(r) > 0) {
        const uint8_t *at = r->memory->bytes + r->taken % RING_SIZE;
        struct prefix prefix;
        memcpy(&prefix, at, sizeof prefix);
        *type = prefix.type;
        *n = prefix.size;
        if (prefix.type != 0) return at + sizeof prefix;
        r->taken += RING_SIZE - r->taken % RING_SIZE;
    }
    return NULL;
}

void ring_take(struct ring *r)
{
    struct prefix prefix;
    memcpy(&prefix, r->memory->bytes + r->taken % RING_SIZE, sizeof prefix);
    r->taken += step(prefix.size);
}

uint64_t ring_mark(const struct ring *r) { return head_of(r); }

bool ring_reached(const struct ring *r, uint64_t mark) { return (int64_t)(mark - r->taken) <= 0; }

/* Going round and round would keep all of the ring among the pages that this process holds, for the few that it needs.
 * Shared memory keeps what is in it: the putter, who may be in there again, loses nothing. */
static void let_go_of_pages(struct ring *r, uint64_t from, uint64_t to)
{
    from -= from % RING_HEADER;
    to -= to % RING_HEADER;
    while (from < to) {
        size_t at = from % RING_SIZE, n = to - from < RING_SIZE - at ? to - from : RING_SIZE - at;
        (void)!madvise(r->memory->bytes + at, n, MADV_DONTNEED);
        from += n;
    }
}

void ring_release(struct ring *r)
{
    uint64_t tail = atomic_load_explicit(&r->memory->tail, memory_order_relaxed);
    atomic_store_explicit(&r->memory->tail, r->taken, memory_order_release);
    let_go_of_pages(r, tail, r->taken);
}

void ring_rewind(struct ring *r) { r->taken = atomic_load(&r->memory->tail); }

void ring_cut(struct ring *r) { atomic_store(&r->memory->head, r->taken); }
