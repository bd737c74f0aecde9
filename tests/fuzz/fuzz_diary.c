/* The diary's file, from somebody who means harm: read by a reader, and taken over by the writer, which keeps a damaged one
 * and reads out of it what it can. Seeds: diaries that the store wrote. */
#define FUZZ_COPIES 150 /* each is a folder and a few transactions */
#include "fuzz_replay.h"

#include "daemon/store/diary.h"
#include "daemon/store/record.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

enum { ROWS_MAX = 100000 };

static unsigned rows;

static int count(void) { return ++rows > ROWS_MAX ? -E2BIG : 0; }

static int on_minute(void *arg, const struct minute *m)
{
    (void)arg, (void)m;
    return count();
}

static int on_event(void *arg, const struct diary_event *e)
{
    (void)arg, (void)e;
    return count();
}

static int on_entry(void *arg, const struct entry *e)
{
    (void)arg;
    if (!memchr(e->what, 0, sizeof e->what)) abort();
    return count();
}

static int on_workout(void *arg, const struct workout *w)
{
    (void)arg;
    if (!memchr(w->title, 0, sizeof w->title)) abort();
    return count();
}

static int on_day(void *arg, const struct day_total *total)
{
    (void)arg, (void)total;
    return count();
}

static void read_all(const char *folder)
{
    struct diary *d;
    struct calibration c;
    char why[256] = "";
    rows = 0;
    if (diary_open(folder, &d, why) != 0) {
        if (!why[0]) abort();
        return;
    }
    diary_minutes(d, INT64_MIN, INT64_MAX, on_minute, NULL);
    diary_events(d, 0, INT64_MAX / NS_PER_S, on_event, NULL);
    diary_entries(d, INT64_MIN, INT64_MAX, on_entry, NULL);
    diary_workouts(d, INT64_MIN, INT64_MAX, on_workout, NULL);
    diary_days(d, INT64_MIN, INT64_MAX, on_day, NULL);
    diary_calibration(d, &c);
    diary_close(d);
    if (rows > ROWS_MAX) abort(); /* the seeds have far fewer */
}

/* Whatever was there: a minute can be written, and is read again. */
static void write_on(const char *folder)
{
    struct diary_writer *w;
    char away[160];
    struct minute m = {.minute = 29540760, .posture_s = {60}};
    int r = diary_writer_open(folder, true, &w, away);
    if (r == -EPROTO) return; /* the version was hit */
    if (r != 0) abort();
    r = diary_writer_begin(w, true);
    if (r == 0) r = diary_writer_put(w, RECORD_MINUTE, &m);
    if (r == 0) r = diary_writer_end(w);
    if (r != 0 && r != -EBADMSG && r != -EINVAL) abort();
    for (int i = 0; i < 9 && diary_writer_fill(w) == 1; i++) continue;
    diary_writer_undo(w);
    diary_writer_close(w);
}

static void put(const char *folder, const char *name, const uint8_t *data, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    close(fd);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s/plumbline-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder)) abort();
    put(folder, DIARY_FILE, data, size);
    read_all(folder);
    write_on(folder);
    read_all(folder);
    /* the same as what a write-ahead file says */
    put(folder, DIARY_FILE "-wal", data, size);
    write_on(folder);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
