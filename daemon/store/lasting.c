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

/* On a memory file system, or who writes to it would wait for a disk; ours alone, and nobody else's at the moment. */
static bool usable(int fd, struct stat *st)
{
    struct statfs fs;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, st) < 0 || fstatfs(fd, &fs) < 0) return false;
    if (fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC) return false;
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
    if (fd < 0 || (usable(fd, &st) && size_up(fd, &st, size))) return fd;
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
    const struct lasting_identity by_name = lent(l->identity, folder);
    bool was_lent = memcmp(memory, &by_name, sizeof by_name) == 0;
    l->ours = was_lent || memcmp(memory, &l->identity, sizeof l->identity) == 0;
    if (was_lent) lasting_own(l);
    return 0;
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
