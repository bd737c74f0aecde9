#include "folder.h"

#include "plumbline/sample.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int folder_day(int64_t wall_ns, int32_t utc_offset_s)
{
    return (int)floor_div(floor_div(wall_ns, NS_PER_S) + utc_offset_s, DAY_S);
}

int folder_path(const char *root, const char *name, char path[FOLDER_PATH])
{
    int n = snprintf(path, FOLDER_PATH, "%s/%s", root, name);
    return n < 0 || n >= FOLDER_PATH ? -ENAMETOOLONG : 0;
}

int folder_day_path(const char *root, int day, const char *suffix, char path[FOLDER_PATH])
{
    time_t noon = (time_t)day * DAY_S;
    struct tm tm;
    char date[32], name[96];
    if (!gmtime_r(&noon, &tm) || strftime(date, sizeof date, "raw/%Y/%m/%Y%m%d", &tm) == 0) return -EINVAL;
    snprintf(name, sizeof name, "%s%s", date, suffix);
    return folder_path(root, name, path);
}

int folder_make_parents(const char *path)
{
    char part[FOLDER_PATH];
    if (strlen(path) >= sizeof part) return -ENAMETOOLONG;
    memcpy(part, path, strlen(path) + 1);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(part, 0700) == 0) {
            folder_sync_parent(part);
        } else if (errno != EEXIST) {
            int error = errno;
            struct stat st;
            if (stat(part, &st) < 0 || !S_ISDIR(st.st_mode)) return -error;
        }
        *slash = '/';
    }
    return 0;
}

int folder_again(const char *path, dev_t device)
{
    char other[FOLDER_PATH];
    struct stat st;
    int r = folder_path(path, "lock", other);
    if (r < 0) return r;
    if (stat(path, &st) == 0) return st.st_dev == device || access(other, F_OK) == 0 ? 0 : -ENODEV;
    memcpy(other, path, strlen(path) + 1);
    char *slash = strrchr(other, '/');
    if (slash > other) *slash = 0;
    if (stat(other, &st) < 0 || st.st_dev != device) return -ENODEV;
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

void folder_sync_parent(const char *path)
{
    char part[FOLDER_PATH];
    snprintf(part, sizeof part, "%s", path);
    char *slash = strrchr(part, '/');
    if (!slash) return;
    *slash = 0;
    int fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

/* ---- which days there are ---------------------------------------------------------------------------------------- */

struct listing {
    const char *suffix;
    int *days;
    size_t n, room;
    int error;
};

static bool digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)text[i])) return false;
    return true;
}

static void add_file(struct listing *l, const char *name)
{
    if (!digits(name, 8)) return;
    bool ours = l->suffix ? !strcmp(name + 8, l->suffix) : !strcmp(name + 8, ".plog") || !strcmp(name + 8, ".wal");
    if (!ours) return;
    int date = (int)strtol(name, NULL, 10);
    struct tm tm = {.tm_year = date / 10000 - 1900, .tm_mon = date / 100 % 100 - 1, .tm_mday = date % 100};
    time_t at = timegm(&tm);
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 128;
        int *days = reallocarray(l->days, room, sizeof *days);
        if (!days) {
            l->error = -ENOMEM;
            return;
        }
        l->days = days;
        l->room = room;
    }
    l->days[l->n++] = (int)floor_div(at, DAY_S);
}

/* Folders of the form YYYY and MM hold what we look for; LEVEL 0 is raw/, level 2 the month. */
static void walk(struct listing *l, const char *path, unsigned level)
{
    static const size_t name_digits[] = {4, 2};
    DIR *dir = opendir(path);
    if (!dir) {
        if (errno != ENOENT && !l->error) l->error = -errno;
        return;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        if (level == 2) {
            add_file(l, e->d_name);
        } else if (strlen(e->d_name) == name_digits[level] && digits(e->d_name, name_digits[level])) {
            char below[FOLDER_PATH];
            if (folder_path(path, e->d_name, below) == 0) walk(l, below, level + 1);
        }
    }
    closedir(dir);
}

static int ascending(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int folder_days(const char *root, const char *suffix, int **days, size_t *n)
{
    struct listing l = {.suffix = suffix};
    char raw[FOLDER_PATH];
    int r = folder_path(root, "raw", raw);
    if (r < 0) return r;
    walk(&l, raw, 0);
    if (l.error) {
        free(l.days);
        return l.error;
    }
    if (l.n) qsort(l.days, l.n, sizeof *l.days, ascending);
    *days = l.days;
    *n = 0;
    for (size_t i = 0; i < l.n; i++)
        if (*n == 0 || l.days[*n - 1] != l.days[i]) l.days[(*n)++] = l.days[i];
    return 0;
}
