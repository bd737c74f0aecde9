/* Invariants:
 *   A slot counts only when its CRC holds over sequence, tag, size and bytes.
 *   In memory the slot that is put into is neither the newest whole one nor the one on its way to the file; in the
 *   file the one that is written is not the newest.
 *   The file is opened for each writing: it may be removed or moved away in between, and no mapping of it can fail.
 */
#include "snapshot.h"

#include "bytes.h"

#include "plumbline/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { FILE_SLOTS = 2, SLOTS = 3, SLOT_HEADER = 32, SLOT_SIZE = SLOT_HEADER + STATE_MAX };
enum { LAYOUT = 1, SIZE = LASTING_HEADER + SLOTS * SLOT_SIZE };
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

static uint8_t *slot_at(const struct snapshot *s, int i)
{
    return (uint8_t *)s->lasting.memory + LASTING_HEADER + i * SLOT_SIZE;
}

/* −1 none. */
static int find_newest(const struct snapshot *s)
{
    int best = -1;
    for (int i = 0; i < SLOTS; i++)
        if (whole(slot_at(s, i)) && (best < 0 || slot_sequence(slot_at(s, i)) > slot_sequence(slot_at(s, best))))
            best = i;
    return best;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

/* Slot I of the file, no more of it than its header says; what cannot be read fails its CRC. */
static void read_slot(int fd, int i, uint8_t *slot)
{
    bool sane = pread(fd, slot, SLOT_HEADER, (off_t)i * SLOT_SIZE) == SLOT_HEADER && slot_size(slot) <= STATE_MAX;
    if (!sane) bytes_put(slot + 24, 0, 8);
    if (sane) (void)!pread(fd, slot + SLOT_HEADER, slot_size(slot), (off_t)i * SLOT_SIZE + SLOT_HEADER);
}

/* Into memory in which nothing counts. */
static void take_up(struct snapshot *s)
{
    for (int i = 0; i < SLOTS; i++) memset(slot_at(s, i), 0, SLOT_HEADER);
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return;
    for (int i = 0; i < FILE_SLOTS; i++) read_slot(fd, i, slot_at(s, i));
    close(fd);
}

/* The highest sequence in the file, and which slot to write next. A header alone is believed: at worst the numbers go
 * on from higher up. */
static uint64_t look_at_file(int fd, int *next)
{
    uint64_t best = 0;
    *next = 0;
    for (int i = 0; i < FILE_SLOTS; i++) {
        uint8_t head[SLOT_HEADER];
        if (pread(fd, head, sizeof head, (off_t)i * SLOT_SIZE) != sizeof head || memcmp(head, magic, sizeof magic) != 0)
            continue;
        if (slot_sequence(head) < best) continue;
        best = slot_sequence(head);
        *next = 1 - i;
    }
    return best;
}

static int write_slot(int fd, int i, const uint8_t *slot)
{
    size_t n = SLOT_HEADER + slot_size(slot);
    for (size_t done = 0; done < n;) {
        ssize_t wrote = pwrite(fd, slot + done, n - done, (off_t)i * SLOT_SIZE + (off_t)done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return -errno;
        done += (size_t)wrote;
    }
    return 0;
}

/* The newest slot, kept from the putter until unclaim(). */
static int claim(struct snapshot *s, uint64_t *sequence)
{
    pthread_mutex_lock(&s->mutex);
    s->busy = s->last;
    *sequence = s->busy < 0 ? 0 : slot_sequence(slot_at(s, s->busy));
    if (*sequence == s->written) s->busy = -1;
    pthread_mutex_unlock(&s->mutex);
    return s->busy;
}

static void unclaim(struct snapshot *s, uint64_t at_least)
{
    pthread_mutex_lock(&s->mutex);
    s->busy = -1;
    if (s->sequence < at_least) s->sequence = at_least;
    pthread_mutex_unlock(&s->mutex);
}

int snapshot_write(struct snapshot *s)
{
    uint64_t sequence, in_file = 0;
    if (!s->lasting.memory) return 0;
    int slot = claim(s, &sequence), next, r = 0;
    if (slot < 0) return 0;
    int fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        r = -errno;
    } else {
        in_file = look_at_file(fd, &next);
        if (in_file < sequence) r = write_slot(fd, next, slot_at(s, slot));
        close(fd);
    }
    unclaim(s, in_file);
    if (r == 0) s->written = sequence;
    return r;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

int snapshot_open(struct snapshot *s, const char *path, const char *memory, const char *folder)
{
    *s = (struct snapshot){.busy = -1};
    int r = lasting_open(&s->lasting, memory, folder, "plumbsta", LAYOUT, SIZE);
    if (r < 0) return r;
    snprintf(s->path, sizeof s->path, "%s", path);
    pthread_mutex_init(&s->mutex, NULL);
    if (!s->lasting.ours) {
        lasting_disown(&s->lasting);
        take_up(s);
        lasting_own(&s->lasting);
    }
    s->last = find_newest(s);
    s->sequence = s->last < 0 ? 0 : slot_sequence(slot_at(s, s->last));
    if (!s->lasting.ours) s->written = s->sequence;
    return 0;
}

void snapshot_move(struct snapshot *s, const char *folder)
{
    if (!s->lasting.memory) return;
    int next, fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    uint64_t in_file = fd < 0 ? 0 : look_at_file(fd, &next);
    if (fd >= 0) close(fd);
    lasting_move(&s->lasting, folder);
    pthread_mutex_lock(&s->mutex);
    /* another file's snapshot stays until a new one comes */
    s->written = in_file < s->sequence ? in_file : s->sequence;
    if (s->sequence < in_file) s->sequence = in_file;
    pthread_mutex_unlock(&s->mutex);
}

void snapshot_close(struct snapshot *s)
{
    if (!s->lasting.memory) return;
    int r = snapshot_write(s);
    pthread_mutex_destroy(&s->mutex);
    lasting_close(&s->lasting, r == 0);
    s->lasting.memory = NULL;
}

/* ---- for the other thread ---------------------------------------------------------------------------------------- */

void snapshot_put(struct snapshot *s, const void *bytes, size_t n, uint64_t tag)
{
    if (!s->lasting.memory || n > STATE_MAX) return;
    pthread_mutex_lock(&s->mutex);
    int i = 0;
    while (i == s->last || i == s->busy) i++;
    uint8_t *slot = slot_at(s, i);
    memset(slot, 0, sizeof magic);
    bytes_put(slot + 8, ++s->sequence, 8);
    bytes_put(slot + 16, tag, 8);
    bytes_put(slot + 24, n, 8);
    memcpy(slot + SLOT_HEADER, bytes, n);
    bytes_put(slot + 4, slot_crc(slot), 4);
    memcpy(slot, magic, sizeof magic);
    s->last = i;
    pthread_mutex_unlock(&s->mutex);
}

bool snapshot_get(struct snapshot *s, void *bytes, size_t n, uint64_t tag)
{
    const uint8_t *best = NULL;
    for (int i = 0; s->lasting.memory && i < SLOTS; i++) {
        const uint8_t *slot = slot_at(s, i);
        if (!whole(slot) || slot_size(slot) != n || bytes_get(slot + 16, 8) != tag) continue;
        if (!best || slot_sequence(slot) > slot_sequence(best)) best = slot;
    }
    if (best) memcpy(bytes, best + SLOT_HEADER, n);
    return best;
}

/* ---- for `check` ------------------------------------------------------------------------------------------------- */

static int check(int fd, uint8_t *slot)
{
    bool empty = true;
    for (int i = 0; i < FILE_SLOTS; i++) {
        memset(slot, 0, SLOT_HEADER);
        read_slot(fd, i, slot);
        if (whole(slot)) return 0;
        for (int k = 0; k < SLOT_HEADER; k++) empty = empty && slot[k] == 0;
    }
    return empty ? 0 : -EBADMSG;
}

int snapshot_check(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return -errno;
    uint8_t *slot = malloc(SLOT_SIZE);
    int r = !slot ? -ENOMEM : fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0) r = st.st_size <= FILE_SLOTS * SLOT_SIZE ? check(fd, slot) : -EBADMSG;
    free(slot);
    close(fd);
    return r;
}
