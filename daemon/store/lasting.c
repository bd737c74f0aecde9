#include "lasting.h"

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

/* All but magic and layout. */
static int identify(struct lasting_identity *identity, const char *folder)
{
    struct stat st;
    if (stat(folder, &st) < 0) return -errno;
    identity->device = st.st_dev;
    identity->inode = st.st_ino;
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t n = read(fd, identity->boot, sizeof identity->boot);
    close(fd);
    return n > 0 ? 0 : -EIO;
}

/* Or who writes to it would wait for a disk. */
static bool on_memory(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

/* Ours alone, and nobody else's at the moment. */
static bool usable(int fd, struct stat *st)
{
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, st) < 0) return false;
    return S_ISREG(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & 0077) == 0 && st->st_nlink == 1;
}

/* Reserved before it is mapped: a full memory file system is an error here, not a SIGBUS later. */
static bool size_up(int fd, const struct stat *st, size_t size)
{
    if (st->st_size != (off_t)size && ftruncate(fd, 0) < 0) return false;
    return posix_fallocate(fd, 0, (off_t)size) == 0;
}

static int open_file(const char *path, size_t size)
{
    struct stat st;
    if (folder_make_parents(path) < 0) return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool memory = fd >= 0 && on_memory(fd);
    if (fd < 0 || (memory && usable(fd, &st) && size_up(fd, &st, size))) return fd;
    if (!memory && fstat(fd, &st) == 0 && st.st_size == 0) unlink(path); /* made just now, and of no use to anyone */
    close(fd);
    return -1;
}

/* Of FOLDER's name, and of no device that there is. */
static struct lasting_identity lent(struct lasting_identity identity, const char *folder)
{
    identity.device = 0;
    identity.inode = 14695981039346656037u; /* FNV-1a */
    for (; *folder; folder++) identity.inode = (identity.inode ^ (uint8_t)*folder) * 1099511628211u;
    return identity;
}

static bool was_lent(const struct lasting *l, const char *folder)
{
    const struct lasting_identity by_name = lent(l->identity, folder);
    return memcmp(l->memory, &by_name, sizeof by_name) == 0;
}

static bool is_ours(const struct lasting *l, const char *folder)
{
    return was_lent(l, folder) || memcmp(l->memory, &l->identity, sizeof l->identity) == 0;
}

int lasting_open(struct lasting *l, const char *path, const char *folder, const char magic[8], uint64_t layout,
                 size_t size)
{
    *l = (struct lasting){.file = -1, .size = size, .identity.layout = layout};
    memcpy(l->identity.magic, magic, sizeof l->identity.magic);
    bool may_last = path && strlen(path) < sizeof l->path && identify(&l->identity, folder) == 0;
    if (may_last) l->file = open_file(path, size);
    int flags = MAP_SHARED | (l->file < 0 ? MAP_ANONYMOUS : 0);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, l->file, 0);
    if (memory == MAP_FAILED) {
        int error = errno;
        if (l->file >= 0) close(l->file);
        *l = (struct lasting){.file = -1};
        return -error;
    }
    l->memory = memory;
    if (l->file >= 0) snprintf(l->path, sizeof l->path, "%s", path);
    l->ours = is_ours(l, folder);
    if (was_lent(l, folder)) lasting_own(l);
    return 0;
}

int lasting_look(struct lasting *l, const char *path, const char *folder, const char magic[8], uint64_t layout,
                 size_t size)
{
    struct stat st;
    void *memory = MAP_FAILED;
    *l = (struct lasting){.file = -1, .size = size, .identity.layout = layout};
    memcpy(l->identity.magic, magic, sizeof l->identity.magic);
    int r = identify(&l->identity, folder), fd = r < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size == (off_t)size)
        memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (fd >= 0) close(fd);
    if (memory == MAP_FAILED) return -ENOENT;
    l->memory = memory;
    l->ours = is_ours(l, folder);
    if (!l->ours) lasting_close(l, false);
    return l->memory ? 0 : -ENOENT;
}

void lasting_disown(struct lasting *l) { memset(l->memory, 0, sizeof l->identity); }

void lasting_own(struct lasting *l) { memcpy(l->memory, &l->identity, sizeof l->identity); }

void lasting_lend(struct lasting *l, const char *folder)
{
    const struct lasting_identity by_name = lent(l->identity, folder);
    memcpy(l->memory, &by_name, sizeof by_name);
}

void lasting_move(struct lasting *l, const char *folder)
{
    if (l->file >= 0 && identify(&l->identity, folder) == 0) lasting_own(l);
}

void lasting_close(struct lasting *l, bool remove)
{
    if (!l->memory) return;
    if (l->file >= 0 && remove) unlink(l->path);
    munmap(l->memory, l->size);
    if (l->file >= 0) close(l->file);
    *l = (struct lasting){.file = -1};
}
