/* Invariants: no file is read on once a second of the processor time this program may use is gone; the three left are
 * enough for what was read (ICS_STEPS), on a machine a few times slower, too. Depth 0 is what was named, depth 1 a
 * collection in it; deeper is not looked at, so no loop of links matters. */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_BYTES = 32 << 20, ALL_BYTES = 64 << 20, FILES = 20000, FOLDERS = 2000, PIECE = 1 << 16, PATH_ROOM = 4096 };

static void note(struct folder *f, enum note kind, const char *path) { notes_add(&f->ics->notes, kind, path); }

static bool is_late(struct folder *f, const char *path)
{
    bool late = clock() > CLOCKS_PER_SEC;
    if (late) note(f, NOTE_EFFORT, path);
    return late;
}

static void read_file(struct folder *f, int fd, uint64_t size, const char *path)
{
    static char piece[PIECE];
    ssize_t n = 0;
    uint64_t got = 0;
    if (size > FILE_BYTES || f->bytes + size > ALL_BYTES) {
        note(f, NOTE_TOO_LARGE, path);
        return;
    }
    ics_file_begin(f->ics, path);
    while (got <= FILE_BYTES && !is_late(f, path) &&
           ((n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))) {
        if (n < 0) continue;
        got += (uint64_t)n;
        ics_push(f->ics, piece, (size_t)n);
    }
    if (n < 0) note(f, NOTE_UNREADABLE, path);
    if (got > FILE_BYTES) note(f, NOTE_TOO_LARGE, path); /* it grew */
    f->bytes += got;
    ics_file_end(f->ics);
}

static bool is_calendar(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 4 && !strcasecmp(name + n - 4, ".ics");
}

static void read_path(struct folder *f, const char *path, int depth);

static void read_folder(struct folder *f, int fd, const char *path, int depth)
{
    char inner[PATH_ROOM];
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (e->d_name[0] == '.' || (size_t)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) >= sizeof inner)
            continue;
        if (is_calendar(e->d_name)) read_path(f, inner, depth + 1);
        else if (depth == 0 && fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
            read_path(f, inner, depth + 1);
    }
    closedir(dir);
}

static void read_path(struct folder *f, const char *path, int depth)
{
    struct stat st;
    if (f->files >= FILES || f->folders >= FOLDERS) {
        note(f, NOTE_TOO_MANY_FILES, "calendar");
        return;
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        note(f, NOTE_NO_FILE, path); /* to open a device may do something */
        return;
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) {
        note(f, NOTE_UNREADABLE, path);
        if (fd >= 0) close(fd);
        return;
    }
    if (S_ISDIR(st.st_mode) && depth < 2) {
        f->folders++;
        read_folder(f, fd, path, depth);
        return;
    }
    f->files++;
    if (S_ISREG(st.st_mode)) read_file(f, fd, (uint64_t)st.st_size, path);
    else note(f, NOTE_NO_FILE, path);
    close(fd);
}

void folder_read(struct folder *f, const char *path) { read_path(f, path, 0); }
