#include "plumbline/diary.h"

#include "diary.h"
#include "folder.h"

#include <errno.h>
#include <unistd.h>

int diary_copy_open(sqlite3 *from, const char *to)
{
    sqlite3_stmt *stmt = NULL;
    int r = sqlite3_prepare_v2(from, "VACUUM INTO ?1", -1, &stmt, NULL);
    if (r == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, to, -1, SQLITE_STATIC);
        r = sqlite3_step(stmt);
    }
    int error = diary_errno(from, r);
    sqlite3_finalize(stmt);
    return error;
}

int diary_copy(const char *path, const char *to)
{
    char file[FOLDER_PATH];
    sqlite3 *db = NULL;
    int r = folder_path(path, DIARY_FILE, file);
    if (r < 0) return r;
    if (access(file, F_OK) < 0) return -errno;
    r = diary_errno(db, sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    if (r == 0) {
        sqlite3_busy_timeout(db, 10000);
        sqlite3_exec(db, "PRAGMA cache_size=-2048", NULL, NULL, NULL);
        r = diary_copy_open(db, to);
    }
    sqlite3_close(db);
    return r;
}
