/* What every interruption leaves:
 *   unpacking          DATA.restoring with a mark in it; the next restore removes it
 *   changing places    done at once (RENAME_EXCHANGE): DATA is the old or the new one, DATA.restoring the other. Where the
 *                      file system cannot, DATA is missing for a moment: both folders are there, and the next restore goes on
 *   naming the former  DATA.restoring without a mark is a former folder: the next restore names it, and removes nothing
 * The lock of either folder is held until all is done, so that no daemon takes up a folder on its way.
 */
#include "tool.h"
#include "pack/pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = PATH_LEN + 64 };
#define MARK "restoring"

struct wish {
    const char *file;
    bool config;
    char data[PATH_LEN];
    char unpacked[PATH_ROOM], former[PATH_ROOM]; /* beside it */
};

static int parse(int argc, char **argv, struct wish *w)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm tm;
    *w = (struct wish){0};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--config")) w->config = true;
        else if (argv[i][0] == '-' || w->file) return tool_fail(2, "'%s' is not known; see plumbline restore --help", argv[i]);
        else w->file = argv[i];
    }
    if (!w->file) return tool_fail(2, "expected the file of a backup");
    snprintf(w->data, sizeof w->data, "%s", tool_config()->data);
    for (size_t n = strlen(w->data); n > 1 && w->data[n - 1] == '/';) w->data[--n] = 0;
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
    snprintf(w->unpacked, sizeof w->unpacked, "%s.restoring", w->data);
    snprintf(w->former, sizeof w->former, "%s.before-restore-%s", w->data, stamp);
    return 0;
}

static const char *below(const char *folder, const char *name, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/%s", folder, name);
    return path;
}

static int trouble(const char *path) { return tool_fail(1, "%s: %s", path, strerror(errno)); }

static void sync_parent(const char *path)
{
    char parent[PATH_ROOM];
    snprintf(parent, sizeof parent, "%s", path);
    char *slash = strrchr(parent, '/');
    if (slash) slash[slash == parent] = 0;
    int fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) fsync(fd), close(fd);
}

/* ---- the folder to unpack into ----------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type;
    bool lock = ftw->level == 1 && !strcmp(path + ftw->base, "lock");
    return ftw->level == 0 || lock ? 0 : remove(path);
}

static bool holds_more_than_lock(const char *folder)
{
    bool more = false;
    DIR *dir = opendir(folder);
    if (!dir) return false;
    for (struct dirent *e; (e = readdir(dir));)
        more |= strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && strcmp(e->d_name, "lock");
    closedir(dir);
    return more;
}

static int lock_folder(const struct wish *w, int *lock)
{
    char why[256];
    *lock = store_lock(w->unpacked, why);
    return *lock < 0 ? tool_fail(1, "%s", why) : 0;
}

static int clear(const struct wish *w)
{
    return nftw(w->unpacked, remove_one, 16, FTW_DEPTH | FTW_PHYS) ? trouble(w->unpacked) : 0;
}

/* What an interrupted restore left: half a backup goes, a former folder gets a name of its own. */
static int lock_unpacked(const struct wish *w, int *lock)
{
    char mark[PATH_ROOM], aside[PATH_ROOM + 16];
    int code = lock_folder(w, lock);
    if (code) return code;
    below(w->unpacked, MARK, mark);
    if (holds_more_than_lock(w->unpacked) && access(mark, F_OK)) {
        snprintf(aside, sizeof aside, "%s-interrupted", w->former);
        if (rename(w->unpacked, aside)) return trouble(w->unpacked);
        printf("a former folder, from an interrupted restore, is kept as %s\n", aside);
        close(*lock);
        code = lock_folder(w, lock);
    }
    if (!code) code = clear(w);
    if (code) return code;
    int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return trouble(mark);
    close(fd);
    return 0;
}

/* ---- what was unpacked ------------------------------------------------------------------------------------------- */

static int add_damage(void *damaged, const struct log_day *d, unsigned left)
{
    (void)left;
    *(uint64_t *)damaged += d->damaged;
    return 0;
}

/* The backup is what was saved, bit for bit; here: whether this program can use it. */
static int look_over(const struct wish *w, const struct pack *pack)
{
    char why[256];
    struct diary *d;
    uint64_t damaged = 0;
    int failed = pack->sum.diary ? diary_open(w->unpacked, &d, why) : -ENOENT;
    if (failed && failed != -ENOENT) return tool_fail(1, "%s: its diary cannot be used: %s", w->file, why);
    if (!failed) diary_close(d);
    failed = log_days(w->unpacked, INT_MAX, add_damage, &damaged);
    if (failed < 0) return tool_fail(1, "%s: %s", w->unpacked, strerror(-failed));
    if (damaged) printf("its raw log was damaged at %llu places when it was saved; 'plumbline check' names them\n", (unsigned long long)damaged);
    return 0;
}

static int unpack(const struct wish *w, struct pack *pack)
{
    *pack = (struct pack){.data = w->unpacked, .progress = progress_show};
    int fd = open(w->file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return trouble(w->file);
    int failed = pack_read(pack, fd);
    close(fd);
    return failed ? tool_fail(1, "%s: %s; nothing was changed", w->file, pack->why) : look_over(w, pack);
}

/* ---- changing places --------------------------------------------------------------------------------------------- */

static int exchange(const struct wish *w)
{
    if (renameat2(AT_FDCWD, w->unpacked, AT_FDCWD, w->data, RENAME_EXCHANGE) == 0) {
        sync_parent(w->data);
        return rename(w->unpacked, w->former) ? trouble(w->unpacked) : 0;
    }
    if (errno != EINVAL && errno != ENOSYS) return trouble(w->data);
    if (rename(w->data, w->former)) return trouble(w->data);
    return rename(w->unpacked, w->data) ? trouble(w->unpacked) : 0;
}

static int change_places(const struct wish *w, int *lock)
{
    struct hold hold;
    char path[PATH_ROOM];
    int code = hold_take(&hold, w->data);
    if (code) return code;
    unlink(below(w->data, MARK, path)); /* of a restore that was killed at its last step: what is former is no half backup */
    bool empty = !holds_more_than_lock(w->data);
    code = exchange(w);
    sync_parent(w->data);
    if (!code) unlink(below(w->data, MARK, path));
    if (!code && empty) {
        unlink(below(w->former, "lock", path));
        rmdir(w->former);
    } else if (!code) {
        printf("the former folder is kept; when you need it no more:  rm -r '%s'\n", w->former);
    }
    bool daemon = hold.daemon >= 0;
    close(*lock); /* else the daemon could not take it */
    *lock = -1;
    hold_end(&hold);
    if (!code && daemon) puts("the daemon goes on with it, and with the calibration in it");
    return code;
}

/* ---- the configuration ------------------------------------------------------------------------------------------- */

static int copy_file(const char *from, const char *to)
{
    char part[PATH_ROOM], chunk[4096];
    snprintf(part, sizeof part, "%s.part", to);
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    ssize_t n = in < 0 || out < 0 ? -1 : 0;
    while (n >= 0 && (n = read(in, chunk, sizeof chunk)) > 0)
        if (write(out, chunk, (size_t)n) != n) n = -1;
    if (n == 0 && fsync(out)) n = -1;
    int error = errno;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    if (n == 0 && rename(part, to) == 0) return 0;
    errno = n < 0 ? error : errno;
    return trouble(to);
}

static int place(const struct wish *w, const char *from, const char *to)
{
    char former[PATH_ROOM];
    const char *stamp = w->former + strlen(w->data);
    if (access(from, F_OK)) return 0;
    if (access(to, F_OK) == 0) {
        snprintf(former, sizeof former, "%s%s", to, stamp);
        if (!w->config) return printf("%s stays as it is; with --config the backup's would take its place\n", to), 0;
        if (rename(to, former)) return trouble(to);
        printf("the former %s is kept as %s\n", to, former);
    }
    int code = copy_file(from, to);
    if (!code) printf("restored %s\n", to);
    return code;
}

static void make_parents(const char *path)
{
    char part[PATH_ROOM];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(part, 0700);
        *slash = '/';
    }
}

/* From the folder where they were unpacked, and away from there. */
static int place_config(const struct wish *w)
{
    char from[PATH_ROOM], to[PATH_ROOM];
    snprintf(to, sizeof to, "%s", tool_config_path());
    make_parents(to);
    int code = place(w, below(w->data, PACK_CONFIG, from), to);
    if (!code) unlink(from);
    char *slash = strrchr(to, '/');
    size_t n = slash ? (size_t)(slash + 1 - to) : 0;
    snprintf(to + n, sizeof to - n, "catalogue.conf");
    if (!code) code = place(w, below(w->data, PACK_CATALOGUE, from), to);
    if (!code) unlink(from);
    if (!code) rmdir(below(w->data, "config", from));
    return code;
}

/* Half a backup is of use to nobody. */
static void give_up(const struct wish *w, int lock)
{
    char path[PATH_ROOM];
    if (access(below(w->unpacked, MARK, path), F_OK) == 0 && clear(w) == 0) {
        unlink(below(w->unpacked, "lock", path));
        rmdir(w->unpacked);
    }
    close(lock);
}

int cmd_restore(int argc, char **argv)
{
    struct wish w;
    struct pack pack;
    int lock = -1, code = parse(argc, argv, &w);
    if (!code) code = lock_unpacked(&w, &lock);
    if (!code) code = unpack(&w, &pack);
    if (!code) {
        printf("%s, made %s: ", w.file, pack.sum.made);
        tool_count(pack.sum.days, "day", "days");
        printf(" of raw log, %s\n", pack.sum.diary ? "the diary" : "no diary");
    }
    if (!code) code = change_places(&w, &lock);
    if (!code) code = place_config(&w);
    if (code && lock >= 0) give_up(&w, lock);
    if (!code) printf("restored into %s\n", w.data);
    return code;
}
