/* Invariant: a diary that SQLite finds whole is copied by SQLite, as of one moment. Of another what can be read goes
 * into a new one, and the file is kept beside that, as it was found. */
#include "repair.h"

#include "diary.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int64_t count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) return 0;
    int64_t n = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    return n;
}

static int salvage(struct repair *r, sqlite3 *to, const char *file)
{
    char kept[FOLDER_PATH], copy[FOLDER_PATH];
    struct diary_salvaged saved;
    int error = folder_path(r->to, DIARY_FILE ".damaged", kept);
    if (error == 0) error = folder_path(r->to, DIARY_FILE ".copy", copy);
    if (error == 0) error = repair_copy_file(file, kept);
    if (error == 0) error = diary_migrate(to);
    if (error == 0) error = diary_salvage(to, file, copy, &saved);
    r->check->damages++;
    return error;
}

/* FROM may be NULL: not a row can be read. */
static int write_copy(struct repair *r, sqlite3 *from, const char *file, const char *to)
{
    sqlite3 *db = NULL;
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* so that SQLite's umask does not decide */
    if (fd < 0) return -errno;
    close(fd);
    bool whole = from && diary_check(from, "integrity_check") == 0;
    int error = whole ? diary_copy_open(from, to) : 0;
    if (error == 0)
        error = diary_errno(NULL, sqlite3_open_v2(to, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    if (error == 0 && !whole) error = salvage(r, db, file);
    if (error == 0) {
        r->check->minutes = (uint64_t)count(db, "SELECT count(*) FROM minute");
        r->check->events = (uint64_t)count(db, "SELECT count(*) FROM event");
    }
    sqlite3_close(db);
    return error;
}

int repair_diary(struct repair *r)
{
    char file[FOLDER_PATH], to[FOLDER_PATH], why[256];
    struct diary *d = NULL;
    sqlite3 *plain = NULL;
    int error = folder_path(r->from, DIARY_FILE, file);
    if (error == 0) error = folder_path(r->to, DIARY_FILE, to);
    if (error < 0) return error;
    if (access(file, F_OK) < 0) return errno == ENOENT ? 0 : -errno;
    /* A newer one's version is no reason to leave it behind. */
    if (diary_open(r->from, &d, why) < 0 && sqlite3_open_v2(file, &plain, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        sqlite3_close(plain);
        plain = NULL;
    }
    error = write_copy(r, d ? d->db : plain, file, to);
    diary_close(d);
    sqlite3_close(plain);
    return error;
}
