/* Everything in one file, while the daemon runs. FILE.part grows beside it and is read back and checked before it gets the
 * name; whatever is interrupted, FILE is whole or not there. */
#include "tool.h"
#include "pack/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = PATH_LEN + 32 };

struct wish {
    const char *file;
    bool force;
    char part[PATH_ROOM], scratch[PATH_ROOM], catalogue[PATH_LEN];
};

/* For the handler: what an interrupted run would leave. */
static const char *volatile unfinished[2];

static void give_up(int signal_number)
{
    for (int i = 0; i < 2; i++) unlink(unfinished[i]);
    _exit(128 + signal_number);
}

static void catch_interrupts(const struct wish *w)
{
    struct sigaction catch = {.sa_handler = give_up};
    unfinished[0] = w->part;
    unfinished[1] = w->scratch;
    sigaction(SIGINT, &catch, NULL);
    sigaction(SIGTERM, &catch, NULL);
}

static int parse(int argc, char **argv, struct wish *w)
{
    *w = (struct wish){0};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--force")) w->force = true;
        else if (argv[i][0] == '-' || w->file) return tool_fail(2, "'%s' is not known; see plumbline backup --help", argv[i]);
        else w->file = argv[i];
    }
    if (!w->file) return tool_fail(2, "expected a file to write, as plumbline-2026-03-02.tar.gz");
    if (strlen(w->file) >= PATH_LEN) return tool_fail(2, "the file's name is too long");
    snprintf(w->part, sizeof w->part, "%s.part", w->file);
    snprintf(w->scratch, sizeof w->scratch, "%s.part-diary", w->file);
    if (!w->force && access(w->file, F_OK) == 0) return tool_fail(1, "%s is there already; choose another name, or --force", w->file);
    return 0;
}

/* The wearer's own catalogue, where it lies beside the configuration. */
static const char *catalogue(struct wish *w)
{
    if (tool_config()->catalogue[0]) return NULL;
    snprintf(w->catalogue, sizeof w->catalogue, "%s", tool_config_path());
    char *slash = strrchr(w->catalogue, '/');
    size_t n = slash ? (size_t)(slash + 1 - w->catalogue) : 0;
    snprintf(w->catalogue + n, sizeof w->catalogue - n, "catalogue.conf");
    return w->catalogue;
}

static int read_back(int fd, const struct pack *written, struct pack *seen)
{
    *seen = (struct pack){.progress = progress_show};
    if (pack_read(seen, fd)) return tool_fail(1, "read back, the backup is not whole (%s): look at the disk", seen->why);
    if (seen->sum.crc == written->sum.crc && seen->sum.bytes == written->sum.bytes) return 0;
    return tool_fail(1, "read back, the backup is another one than was written: look at the disk");
}

static int give_name(const struct wish *w)
{
    unsigned flags = w->force ? 0 : RENAME_NOREPLACE;
    int r = renameat2(AT_FDCWD, w->part, AT_FDCWD, w->file, flags);
    if (r < 0 && flags && (errno == EINVAL || errno == ENOSYS)) r = rename(w->part, w->file); /* looked for it before */
    if (r < 0) return tool_fail(1, "%s: %s", w->file, strerror(errno));
    char folder[PATH_ROOM];
    snprintf(folder, sizeof folder, "%s", w->part);
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) fsync(fd), close(fd);
    return 0;
}

static int write_part(struct wish *w, int fd)
{
    struct pack seen, pack = {.data = tool_config()->data, .config = tool_config_path(), .catalogue = catalogue(w),
                              .scratch = w->scratch, .progress = progress_show};
    struct stat st;
    if (ftruncate(fd, 0)) return tool_fail(1, "%s: %s", w->part, strerror(errno));
    if (pack_write(&pack, fd)) return tool_fail(1, "%s: %s", w->file, pack.why);
    if (fsync(fd)) return tool_fail(1, "%s: %s", w->part, strerror(errno));
    int code = read_back(fd, &pack, &seen);
    if (!code) code = give_name(w);
    if (code || fstat(fd, &st)) return code;
    printf("%s: %.1f MB, read back and whole: ", w->file, (double)st.st_size / 1e6);
    tool_count(seen.sum.days, "day", "days");
    printf(" of raw log, %s%s%s, in all ", seen.sum.diary ? "the diary" : "no diary yet",
           seen.sum.config ? ", the configuration" : "", seen.sum.catalogue ? ", your catalogue" : "");
    tool_count(seen.sum.files, "file", "files");
    printf(" of %.1f MB\n", (double)seen.sum.bytes / 1e6);
    if (tool_config()->catalogue[0]) printf("not in it: your catalogue %s\n", tool_config()->catalogue);
    return 0;
}

int cmd_backup(int argc, char **argv)
{
    struct wish w;
    int code = parse(argc, argv, &w);
    if (code) return code;
    if (tool_data_folder(1)) return 1;
    int fd = open(w.part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return tool_fail(1, "%s: %s", w.part, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return tool_fail(1, "another backup writes to %s", w.file);
    }
    catch_interrupts(&w);
    fchmod(fd, 0600); /* it may be left from another time */
    code = write_part(&w, fd);
    if (code) unlink(w.part);
    close(fd);
    return code;
}
