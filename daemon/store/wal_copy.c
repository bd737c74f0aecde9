#include "wal_copy.h"

#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WAL_MAX = 16 << 20 };

static int fill(int to, int from)
{
    char chunk[16384];
    for (off_t at = 0; at < WAL_MAX;) {
        ssize_t n = pread(from, chunk, sizeof chunk, at);
        if (n < 0) return -errno;
        if (n == 0) break;
        if (write(to, chunk, (size_t)n) != n) return -EIO;
        at += n;
    }
    return 0;
}

int wal_copy(const char *root, int day)
{
    char path[FOLDER_PATH];
    int r = folder_day_path(root, day, ".wal", path);
    if (r < 0) return r;
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) return -errno;
    int to = memfd_create("plumbline-wal", MFD_CLOEXEC);
    r = to < 0 ? -errno : fill(to, from);
    close(from);
    if (r == 0) return to;
    if (to >= 0) close(to);
    return r;
}
