/* Invariant: the damaged file is only copied; what is opened, mended and thrown away is the copy. */
#include "diary.h"

#include "diary_pour.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = DIARY_POUR_PAGE };

/* ---- the copy ---------------------------------------------------------------------------------------------------- */

/* What the disk cannot give is left zero. */
static int copy_bytes(int in, int out)
{
    char bytes[1 << 12];
    off_t size = lseek(in, 0, SEEK_END);
    for (off_t at = 0; at < size; at += (off_t)sizeof bytes) {
        ssize_t n = pread(in, bytes, sizeof bytes, at);
        if (n < 0) memset(bytes, 0, sizeof bytes), n = sizeof bytes;
        ssize_t done = pwrite(out, bytes, (size_t)n, at);
        if (done != n) return done < 0 ? -errno : -ENOSPC;
    }
    return 0;
}

static int copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (in < 0) return errno == ENOENT ? 0 : -errno;
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int error = out < 0 ? -errno : copy_bytes(in, out);
    close(in);
    if (out >= 0) close(out);
    return error;
}

static void put32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A first page that says where the tables begin: the same in all diaries, but for those that a VACUUM has laid out
 * anew. Of the schema only the tables, so that one page holds it. NULL, or free it. */
static uint8_t *first_page(bool vacuumed)
{
    sqlite3 *db;
    sqlite3_int64 n = 0;
    uint8_t *page = NULL;
    if (sqlite3_open(":memory:", &db) == SQLITE_OK && diary_migrate(db) == 0 &&
        (!vacuumed || sqlite3_exec(db, "VACUUM", NULL, NULL, NULL) == SQLITE_OK) &&
        sqlite3_exec(db,
                     "ATTACH ':memory:' AS plain; PRAGMA plain.user_version=1; PRAGMA writable_schema=1;"
                     "INSERT INTO plain.sqlite_schema SELECT * FROM main.sqlite_schema WHERE name<>'day' AND"
                     " (type='table' OR sql IS NULL)",
                     NULL, NULL, NULL) == SQLITE_OK)
        page = sqlite3_serialize(db, "plain", &n, 0);
    sqlite3_close(db);
    if (n == PAGE) return page;
    sqlite3_free(page);
    return NULL;
}

/* Whatever stands there (offsets: sqlite.org/fileformat2.html, 1.3). */
static void mend_first_page(const char *path, bool vacuumed)
{
    uint8_t *page = first_page(vacuumed);
    int fd = page ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    if (size >= PAGE) {
        page[18] = page[19] = 2; /* write-ahead log */
        put32(page + 28, (uint32_t)(size / PAGE));
        put32(page + 32, 0); /* no free pages */
        put32(page + 36, 0);
        if (pwrite(fd, page, PAGE, 0) != PAGE) size = 0; /* then it is as unreadable as before */
    }
    if (fd >= 0) close(fd);
    sqlite3_free(page);
}

/* NULL when it does not say where all tables are. */
static sqlite3 *open_copy(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int r = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    /* What the schema says beside the tables may be damaged too. */
    if (r == SQLITE_OK)
        r = sqlite3_exec(db, "PRAGMA trusted_schema=0; PRAGMA writable_schema=1; PRAGMA cache_size=-512", NULL, NULL,
                         NULL);
    if (r == SQLITE_OK)
        r = sqlite3_prepare_v2(db, "SELECT 1 FROM minute,event,entry,workout,calibration", -1, &stmt, NULL);
    sqlite3_finalize(stmt);
    if (r == SQLITE_OK) return db;
    sqlite3_close(db);
    return NULL;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void remove_copy(const char *path)
{
    static const char *const parts[] = {"", "-wal", "-shm"};
    char name[FOLDER_PATH + 32];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(name, sizeof name, "%s%s", path, parts[i]);
        unlink(name);
    }
}

static int make_copy(const char *damaged, const char *copy)
{
    char from[FOLDER_PATH + 64], to[FOLDER_PATH + 64];
    snprintf(from, sizeof from, "%s-wal", damaged);
    snprintf(to, sizeof to, "%s-wal", copy);
    remove_copy(copy);
    struct stat st;
    int error = copy_file(damaged, copy);
    /* Of a page that was cut through SQLite would make rows of zeros. */
    if (!error && (stat(copy, &st) < 0 || truncate(copy, st.st_size - st.st_size % PAGE) < 0)) error = -errno;
    return error ? error : copy_file(from, to);
}

/* NULL when nothing can be read of it. */
static sqlite3 *open_damaged(const char *copy)
{
    sqlite3 *db = open_copy(copy);
    for (int vacuumed = 0; !db && vacuumed < 2; vacuumed++) {
        mend_first_page(copy, vacuumed);
        db = open_copy(copy);
        if (!db || diary_pour_fits(db)) continue;
        sqlite3_close(db);
        db = NULL;
    }
    return db;
}

int diary_salvage(sqlite3 *to, const char *damaged, const char *copy, struct diary_salvaged *out)
{
    *out = (struct diary_salvaged){0};
    int error = make_copy(damaged, copy);
    if (error) {
        remove_copy(copy);
        return error;
    }
    sqlite3 *from = open_damaged(copy);
    int r = sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (from && r == SQLITE_OK) diary_pour(from, to, copy, out);
    if (r == SQLITE_OK) r = sqlite3_exec(to, "COMMIT", NULL, NULL, NULL);
    error = diary_errno(to, r);
    if (error && !sqlite3_get_autocommit(to)) sqlite3_exec(to, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(from);
    remove_copy(copy);
    return error;
}
