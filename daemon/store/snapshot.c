/* Invariants:
 *   A slot counts only when its CRC holds over sequence, tag, size and bytes.
 *   The slot that is written is never the newest whole one.
 */
#include "snapshot.h"

#include "bytes.h"
#include "hop.h"

#include "plumbline/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { SLOTS = 2, SLOT_HEADER = 32, SLOT_SIZE = SLOT_HEADER + STATE_MAX, FILE_SIZE = SLOTS * SLOT_SIZE };
/* In a slot: 0 magic, 4 CRC of all that follows, 8 sequence, 16 tag, 24 size, 28 zero, 32 the bytes. */
static const uint8_t magic[4] = {0xb1, 'P', 'L', 'S'};

static uint32_t slot_size(const uint8_t *slot) { return bytes_get32(slot + 24); }
static uint64_t slot_sequence(const uint8_t *slot) { return bytes_get(slot + 8, 8); }
static uint32_t slot_crc(const uint8_t *slot)
{
    return (uint32_t)crc32(0, slot + 8, SLOT_HEADER - 8 + slot_size(slot));
}

static bool whole(const uint8_t *slot)
{
    return memcmp(slot, magic, sizeof magic) == 0 && slot_size(slot) <= STATE_MAX &&
           bytes_get32(slot + 4) == slot_crc(slot);
}

static const uint8_t *newest(const struct snapshot *s)
{
    const uint8_t *best = NULL;
    for (int i = 0; i < SLOTS; i++) {
        const uint8_t *slot = s->map + i * SLOT_SIZE;
        if (whole(slot) && (!best || slot_sequence(slot) > slot_sequence(best))) best = slot;
    }
    return best;
}

int snapshot_open(struct snapshot *s, const char *path)
{
    *s = (struct snapshot){0};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -errno;
    /* Reserved before it is mapped: a full disk is an error here, not a SIGBUS later. */
    int r = -posix_fallocate(fd, 0, FILE_SIZE);
    void *map = r == 0 ? mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (r == 0 && map == MAP_FAILED) r = -errno;
    close(fd);
    if (r < 0) return r;
    s->map = map;
    const uint8_t *slot = newest(s);
    s->sequence = slot ? slot_sequence(slot) : 0;
    s->next = slot == s->map ? 1 : 0;
    return 0;
}

void snapshot_put(struct snapshot *s, const void *bytes, size_t n, uint64_t tag)
{
    if (!s->map || n > STATE_MAX) return;
    uint8_t *slot = s->map + s->next * SLOT_SIZE;
    s->next ^= 1;
    memset(slot, 0, sizeof magic);
    bytes_put(slot + 8, ++s->sequence, 8);
    bytes_put(slot + 16, tag, 8);
    bytes_put(slot + 24, n, 8);
    memcpy(slot + SLOT_HEADER, bytes, n);
    bytes_put(slot + 4, slot_crc(slot), 4);
    memcpy(slot, magic, sizeof magic);
}

bool snapshot_get(const struct snapshot *s, void *bytes, size_t n, uint64_t tag)
{
    if (!s->map) return false;
    const uint8_t *best = NULL;
    for (int i = 0; i < SLOTS; i++) {
        const uint8_t *slot = s->map + i * SLOT_SIZE;
        if (!whole(slot) || slot_size(slot) != n || bytes_get(slot + 16, 8) != tag) continue;
        if (!best || slot_sequence(slot) > slot_sequence(best)) best = slot;
    }
    if (best) memcpy(bytes, best + SLOT_HEADER, n);
    return best;
}

void snapshot_close(struct snapshot *s)
{
    if (s->map) munmap(s->map, FILE_SIZE);
    *s = (struct snapshot){0};
}

static int check(int fd, uint8_t *bytes)
{
    static const uint8_t none[sizeof magic];
    struct stat st;
    if (fstat(fd, &st) < 0) return -errno;
    if (st.st_size != FILE_SIZE) return -EBADMSG;
    int r = hop_read(fd, 0, bytes, FILE_SIZE);
    if (r < 0) return r;
    bool empty = true;
    for (int i = 0; i < SLOTS; i++) {
        const uint8_t *slot = bytes + i * SLOT_SIZE;
        if (whole(slot)) return 0;
        empty = empty && memcmp(slot, none, sizeof none) == 0;
    }
    return empty ? 0 : -EBADMSG;
}

int snapshot_check(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return -errno;
    uint8_t *bytes = malloc(FILE_SIZE);
    int r = bytes ? check(fd, bytes) : -ENOMEM;
    free(bytes);
    close(fd);
    return r;
}
