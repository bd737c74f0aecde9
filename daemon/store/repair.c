/* Invariants:
 *   Nothing in the folder that is read is changed, but for its lock; nothing in the other one is overwritten.
 *   A block is copied when it decodes; what another version wrote is copied as it stands.
 */
#include "repair.h"

#include "diary.h"
#include "folder.h"
#include "lock.h"
#include "snapshot.h"
#include "words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- days -------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The days of all .plogs and .wals, and those to which blocks belong that lie elsewhere; some may come twice. */
static int list_days(struct repair *r, int **days, size_t *n)
{
    int *plogs = NULL, *wals = NULL;
    size_t n_plogs = 0, n_wals = 0;
    int error = folder_days(r->from, ".plog", &plogs, &n_plogs);
    if (error == 0) error = folder_days(r->from, ".wal", &wals, &n_wals);
    for (size_t i = 0; error == 0 && i < n_plogs; i++) error = repair_day_strays(r, plogs[i]);
    int *all = error == 0 ? reallocarray(plogs, n_plogs + n_wals + r->n_strays + 1, sizeof *all) : NULL;
    if (!all) {
        free(plogs);
        free(wals);
        return error < 0 ? error : -ENOMEM;
    }
    *n = n_plogs;
    for (size_t i = 0; i < n_wals; i++) all[(*n)++] = wals[i];
    for (size_t i = 0; i < r->n_strays; i++) all[(*n)++] = r->stray[i].own_day;
    free(wals);
    qsort(all, *n, sizeof *all, ascending);
    *days = all;
    return 0;
}

static int copy_days(struct repair *r)
{
    int *days = NULL;
    size_t n = 0;
    int error = list_days(r, &days, &n);
    for (size_t i = 0; error == 0 && i < n; i++) {
        if (i && days[i] == days[i - 1]) continue;
        error = repair_day(r, days[i]);
        r->check->days += error == 0;
    }
    free(days);
    return error;
}

/* ---- other files ------------------------------------------------------------------------------------------------- */

static int pour(int from, int to)
{
    static const size_t chunk = 1 << 16;
    char *bytes = malloc(chunk);
    ssize_t n = bytes ? 0 : -1;
    while (bytes && (n = read(from, bytes, chunk)) > 0)
        for (ssize_t at = 0, wrote; at < n; at += wrote)
            if ((wrote = write(to, bytes + at, (size_t)(n - at))) < 0) {
                int error = -errno;
                free(bytes);
                return error;
            }
    int error = n < 0 ? -errno : fsync(to) < 0 ? -errno : 0;
    free(bytes);
    return error;
}

int repair_copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (in < 0) return -errno;
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int error = out < 0 ? -errno : pour(in, out);
    close(in);
    if (out >= 0) close(out);
    return error;
}

/* FILE lies beside log and diary, which have been copied with care. */
static bool is_other(const char *file, const char *full)
{
    static const char *const made_anew[] = {"lock", DIARY_FILE, DIARY_FILE "-wal", DIARY_FILE "-shm",
                                            DIARY_FILE "-journal"};
    for (size_t i = 0; i < sizeof made_anew / sizeof *made_anew; i++)
        if (!strcmp(file, made_anew[i])) return false;
    const char *dot = strrchr(file, '.');
    if (!strncmp(file, "raw/", 4) && dot && (!strcmp(dot, ".plog") || !strcmp(dot, ".wal"))) return false;
    return strcmp(file, "state.bin") != 0 || snapshot_check(full) == 0;
}

static int copy_other(struct repair *r, const FTSENT *e)
{
    char to[FOLDER_PATH];
    const char *file = e->fts_path + strlen(r->from);
    while (*file == '/') file++;
    if (!*file) return 0;
    int error = folder_path(r->to, file, to);
    if (error < 0) return error;
    if (e->fts_info == FTS_D) return mkdir(to, 0700) < 0 && errno != EEXIST ? -errno : 0;
    if (e->fts_info != FTS_F || !is_other(file, e->fts_path)) return 0;
    error = repair_copy_file(e->fts_path, to);
    if (error != -EIO && error != -EACCES) return error;
    struct finding f = {.kind = FINDING_UNREADABLE,
                        .file = file,
                        .from_wall_ns = INT64_MIN,
                        .to_wall_ns = INT64_MAX,
                        .number = -error,
                        .detail = ""};
    r->check->damages++;
    if (r->check->found) r->check->found(r->check->arg, &f);
    return 0;
}

static int copy_others(struct repair *r)
{
    char from[FOLDER_PATH];
    if (strlen(r->from) >= sizeof from) return -ENAMETOOLONG;
    memcpy(from, r->from, strlen(r->from) + 1);
    char *paths[] = {from, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!walk) return -errno;
    int error = 0;
    for (FTSENT *e; error == 0 && (e = fts_read(walk));) error = copy_other(r, e);
    fts_close(walk);
    return error;
}

/* ---- the two folders --------------------------------------------------------------------------------------------- */

static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    bool empty = dir;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) empty = false;
    if (dir) closedir(dir);
    return empty;
}

static bool lies_in(const char *path, const char *folder)
{
    char outer[PATH_MAX], inner[PATH_MAX];
    if (!realpath(folder, outer) || !realpath(path, inner)) return false;
    size_t n = strlen(outer);
    return strncmp(inner, outer, n) == 0 && (inner[n] == '/' || inner[n] == 0);
}

static int make_target(const char *from, const char *to)
{
    bool made = mkdir(to, 0700) == 0;
    if (!made && errno != EEXIST) return -errno;
    if (lies_in(to, from)) {
        if (made) rmdir(to);
        return -EINVAL;
    }
    if (made) return 0;
    if (!is_empty(to)) return -ENOTEMPTY;
    return chmod(to, 0700) < 0 ? -errno : 0;
}

static int copy_all(struct repair *r)
{
    int error = block_coder_open(&r->coder);
    if (error == 0) error = copy_days(r);
    if (error == 0) error = repair_diary(r);
    if (error == 0) error = copy_others(r);
    block_coder_close(&r->coder);
    return error;
}

int store_repair(const char *path, const char *to, struct store_check *c, char why[256])
{
    char lock_path[FOLDER_PATH];
    int pid = 0, lock = folder_path(path, "lock", lock_path);
    why[0] = 0;
    if (lock == 0) lock = lock_take(lock_path, &pid);
    if (lock == -EWOULDBLOCK) return words_locked(why, pid, path), lock;
    /* Where nobody may write, nobody does. */
    if (lock < 0 && lock != -EROFS && lock != -EACCES) return words_open(why, lock, path), lock;
    int error = make_target(path, to);
    if (error < 0) words_repair(why, error, to);
    struct repair *r = error == 0 ? calloc(1, sizeof *r) : NULL;
    if (r) {
        r->check = c;
        r->from = path;
        r->to = to;
        segment_init(&r->segment);
        error = copy_all(r);
        if (error < 0) words_repair(why, error, to);
        free(r->stray);
        free(r);
    } else if (error == 0) {
        error = -ENOMEM;
    }
    if (lock >= 0) close(lock);
    return error;
}
