#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 8 };

static int holder(int fd)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    return n > 0 ? (int)strtol(text, NULL, 10) : 0;
}

bool lock_holds(int fd, const char *path)
{
    struct stat held, named;
    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

/* A descriptor of the locked file, whatever name it has by now. */
static int take(const char *path, int *pid)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    int error = errno;
    *pid = holder(fd);
    close(fd);
    return -error;
}

int lock_take(const char *path, int *pid)
{
    int fd = take(path, pid);
    for (int tries = 0; fd >= 0 && !lock_holds(fd, path); tries++) {
        close(fd);
        fd = tries < TRIES ? take(path, pid) : -EAGAIN;
    }
    if (fd < 0) return fd;
    char text[24];
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    /* The pid is only for people: a full disk may refuse it, the lock holds all the same. */
    if (ftruncate(fd, 0) == 0) (void)!pwrite(fd, text, (size_t)n, 0);
    return fd;
}
