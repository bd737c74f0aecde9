/* Invariants:
 *   part is not empty exactly while that file is ours: locked, and to be renamed or removed
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(char why[256], int error, const char *file, const char *words)
{
    snprintf(why, 256, "%.150s: %s", file, words);
    return error;
}

/* Locks the open file PART and empties it: what lies in it was left by an export that was killed. */
static int take_part(int fd, const char *part, char why[256])
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) return refuse(why, -EEXIST, part, "is in the way; remove it");
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) return refuse(why, -EBUSY, part, "another export is writing to it");
    if (fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0) return refuse(why, -errno, part, strerror(errno));
    return 0;
}

static int open_part(struct target *t, const char *file, char why[256])
{
    char part[PATH_MAX];
    int n = snprintf(part, sizeof part, "%s.part", file);
    if (n >= (int)sizeof part) return refuse(why, -ENAMETOOLONG, file, strerror(ENAMETOOLONG));
    int fd = open(part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0) return refuse(why, -errno, part, errno == ELOOP ? "is in the way; remove it" : strerror(errno));
    int error = take_part(fd, part, why);
    t->out = error ? NULL : fdopen(fd, "w");
    if (!t->out) return close(fd), error ? error : -ENOMEM;
    memcpy(t->part, part, sizeof part);
    return 0;
}

int target_open(struct target *t, const char *file, bool force, char why[256])
{
    struct stat st;
    *t = (struct target){.out = stdout, .file = "standard output", .force = force};
    if (!file || !strcmp(file, "-")) return 0;
    t->file = file;
    bool there = stat(file, &st) == 0;
    if (there && S_ISDIR(st.st_mode)) return refuse(why, -EISDIR, file, "is a folder; name a file in it");
    if (there && !S_ISREG(st.st_mode)) {
        t->out = fopen(file, "we");
        return t->out ? 0 : refuse(why, -errno, file, strerror(errno));
    }
    if (there && !force) return refuse(why, -EEXIST, file, "exists; --force replaces it, or name another file");
    return open_part(t, file, why);
}

void target_explain(const struct target *t, int error, char why[256])
{
    if (error == -ENOSPC || error == -EDQUOT)
        snprintf(why, 256,
                 "%.120s: the disk is full. Free some room, name a file on another disk, or export less with --from "
                 "and --to (Parquet is smallest)",
                 t->file);
    else
        snprintf(why, 256, "%.150s: could not be written (%s)", t->file, strerror(-error));
}

/* PART under its name; without FORCE not over a file that has come meanwhile. */
static int put_in_place(const struct target *t)
{
    if (renameat2(AT_FDCWD, t->part, AT_FDCWD, t->file, t->force ? 0 : RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -errno;
    /* A file system that cannot promise it. */
    if (!t->force && access(t->file, F_OK) == 0) return -EEXIST;
    return rename(t->part, t->file) < 0 ? -errno : 0;
}

int target_finish(struct target *t, char why[256])
{
    int error = 0;
    if (fflush(t->out) || (t->part[0] && fsync(fileno(t->out)) < 0)) error = -errno;
    if (!error && t->part[0]) error = put_in_place(t);
    if (!error) t->part[0] = 0;
    if (t->out != stdout && fclose(t->out) && !error) error = -errno;
    t->out = stdout;
    if (!error) return 0;
    if (error == -EEXIST)
        refuse(why, error, t->file, "has come into being meanwhile; --force replaces it");
    else
        target_explain(t, error, why);
    target_discard(t);
    return error;
}

void target_discard(struct target *t)
{
    if (t->part[0]) unlink(t->part);
    if (t->out != stdout) fclose(t->out);
    t->part[0] = 0;
    t->out = stdout;
}
