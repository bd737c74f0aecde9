/* disk_faults — a disk that refuses or stalls, for one test program: libc's calls that change regular files, as made by
 * the store and by SQLite, pass through here. */
#ifndef TEST_DISK_FAULTS_H
#define TEST_DISK_FAULTS_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the calls that change a file, counted from 1, those from .first on, .n of them, fail with .error. A write that
 * fails leaves half of its bytes behind. While .stalled is set, what syncs does not come back. */
static struct {
    _Atomic int first, n, calls, error;
    _Atomic bool stalled;
    _Atomic unsigned waits; /* calls that wait now */
    pthread_mutex_t mutex;
    pthread_cond_t go_on;
} faults = {.mutex = PTHREAD_MUTEX_INITIALIZER, .go_on = PTHREAD_COND_INITIALIZER};

static inline void faults_set(int first, int n, int error)
{
    faults.error = error;
    faults.n = n;
    faults.calls = 0;
    faults.first = first;
}

static inline void faults_stall(bool stalled)
{
    pthread_mutex_lock(&faults.mutex);
    faults.stalled = stalled;
    pthread_cond_broadcast(&faults.go_on);
    pthread_mutex_unlock(&faults.mutex);
}

static inline bool faults_regular(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Whether this call fails; then errno says why. */
static inline bool faults_hit(void)
{
    if (!faults.first) return false;
    int call = ++faults.calls;
    if (call < faults.first || call - faults.first >= faults.n) return false;
    errno = faults.error;
    return true;
}

static inline void faults_wait(void)
{
    pthread_mutex_lock(&faults.mutex);
    faults.waits++;
    while (faults.stalled) pthread_cond_wait(&faults.go_on, &faults.mutex);
    faults.waits--;
    pthread_mutex_unlock(&faults.mutex);
}

static inline int faults_sync(long number, int fd)
{
    faults_wait();
    return faults_hit() ? -1 : (int)syscall(number, fd);
}

static inline ssize_t faults_write(int fd, const void *bytes, size_t n, off_t at)
{
    if (!faults_regular(fd) || !faults_hit()) return syscall(SYS_pwrite64, fd, bytes, n, at);
    int error = errno;
    (void)!syscall(SYS_pwrite64, fd, bytes, n / 2, at);
    errno = error;
    return -1;
}

int fdatasync(int fd);
int fsync(int fd);
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at);
int ftruncate(int fd, off_t size);
int ftruncate64(int fd, off_t size);

int fdatasync(int fd) { return faults_sync(SYS_fdatasync, fd); }
int fsync(int fd) { return faults_sync(SYS_fsync, fd); }
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) { return faults_write(fd, bytes, n, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at) { return faults_write(fd, bytes, n, at); }
int ftruncate(int fd, off_t size) { return faults_hit() ? -1 : (int)syscall(SYS_ftruncate, fd, size); }
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

#endif
