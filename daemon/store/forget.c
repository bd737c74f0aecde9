/* Invariants:
 *   Whatever is interrupted, another run finishes: each step looks for what is still there.
 *   A row that was removed is nowhere in the files when forget_rows() has returned 0: its page was written over
 *   (secure_delete), the file was written anew (VACUUM), the write-ahead log was emptied.
 *   A minute and an event lie in the local day that they were lived in, as the raw log's files do; what knows no offset
 *   is judged by the local midnight given.
 */
#include "plumbline/log.h"
#include "plumbline/upkeep.h"

#include "diary.h"
#include "folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400, PATIENCE_MS = 10000 };
#define SET_ASIDE DIARY_FILE ".damaged-"
#define SHEET "plumbline-therapist-" /* it ends with its day */
#define CHUNK "5000" /* rows a transaction: bounds the write-ahead log */

/* A sign that a clinician should look at, which stands until it is cleared. */
#define STANDING_SIGNS \
    "SELECT id FROM entry f WHERE kind_name='red-flag' AND value>0 AND NOT EXISTS (SELECT 1 FROM entry c WHERE" \
    " c.kind_name='red-flag' AND c.value=0 AND c.what IN ('',f.what) AND (c.wall_s,c.id)>(f.wall_s,f.id))"
#define STANDING_ANSWERS \
    "SELECT id FROM (SELECT id,what FROM entry WHERE kind_name='health' ORDER BY wall_s DESC,id DESC LIMIT 1)" \
    " WHERE what<>''"

/* ?1 is the midnight, UTC; ?2 the same as a local time. The first condition of two is for the index. */
static const struct {
    const char *table, *key, *old;
} rows[FORGET_TABLES] = {
    {"minute", "minute", "minute < ?1/60+1440 AND minute*60+utc_offset_s < ?2"},
    {"event", "kind,start_run_ns,id",
     "start_wall_ns < (?1+86400)*1000000000 AND start_wall_ns/1000000000+utc_offset_s < ?2"},
    {"entry", "id", "wall_s < ?1 AND id NOT IN (" STANDING_SIGNS " UNION " STANDING_ANSWERS ")"},
    {"workout", "id", "start_wall_s < ?1"},
    {"calibration", "id", "wall_s < ?1 AND id < (SELECT max(id) FROM calibration)"},
    {"day", "day", "day < ?2/86400"},
    {"device", "id", "last_wall_s < ?1"},
};

const char *forget_table(unsigned i) { return rows[i].table; }

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* The day in a NAME, PREFIX20260302… or PREFIX2026-03-02…; false when it is none of these. */
static bool day_of(const char *name, const char *prefix, int *day)
{
    char digits[9] = "";
    size_t n = strlen(prefix);
    if (strncmp(name, prefix, n) != 0) return false;
    for (size_t i = 0; i < 8; n++) {
        if (isdigit((unsigned char)name[n]))
            digits[i++] = name[n];
        else if (name[n] != '-' || i == 0)
            return false;
    }
    int date = atoi(digits);
    struct tm tm = {.tm_year = date / 10000 - 1900, .tm_mon = date / 100 % 100 - 1, .tm_mday = date % 100};
    *day = folder_day((int64_t)timegm(&tm) * NS_PER_S, 0);
    return true;
}

/* What is done with each old file, and with each that may hold old things beside newer ones. */
struct sweep {
    const char *root, *prefix;
    int day;
    bool remove;
    void (*stays)(void *arg, const char *path);
    void *arg;
    struct forget_sum *sum;
    int error;
};

static void take_file(struct sweep *s, const char *path, const char *name)
{
    struct stat st;
    int day;
    if (!day_of(name, s->prefix, &day) || lstat(path, &st) < 0 || !S_ISREG(st.st_mode)) return;
    if (day >= s->day) {
        bool reaches_back = !strcmp(s->prefix, SET_ASIDE) || !strcmp(s->prefix, SHEET);
        if (reaches_back && s->stays) s->stays(s->arg, path);
        return;
    }
    s->sum->files++;
    s->sum->bytes += (uint64_t)st.st_size;
    if (s->remove && unlink(path) < 0 && errno != ENOENT) s->error = -errno;
}

/* Files of FOLDER, and of the folders in it that are called by digits, DEPTH levels down. Empty ones of these go. */
static void sweep_folder(struct sweep *s, const char *folder, int depth)
{
    DIR *dir = opendir(folder);
    if (!dir && errno != ENOENT) s->error = -errno;
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));) {
        char path[FOLDER_PATH];
        if (e->d_name[0] == '.' || folder_path(folder, e->d_name, path) < 0) continue;
        if (depth == 0) {
            take_file(s, path, e->d_name);
        } else if (strspn(e->d_name, "0123456789") == strlen(e->d_name)) {
            sweep_folder(s, path, depth - 1);
            if (s->remove) rmdir(path); /* not when something is left in it */
        }
    }
    if (s->remove) fsync(dirfd(dir));
    closedir(dir);
}

static int sweep(struct sweep *s)
{
    char path[FOLDER_PATH];
    s->prefix = "";
    if (folder_path(s->root, "raw", path) == 0) sweep_folder(s, path, 2);
    s->prefix = "plumbline-"; /* a report's is the day that it begins with */
    if (folder_path(s->root, "reports", path) == 0) sweep_folder(s, path, 0);
    s->prefix = SHEET;
    if (folder_path(s->root, "reports", path) == 0) sweep_folder(s, path, 0);
    s->prefix = SET_ASIDE;
    sweep_folder(s, s->root, 0);
    return s->error;
}

/* The snapshot of a tracker and a coach that have not run since. */
static int remove_state(const char *path, int64_t midnight_s)
{
    char file[FOLDER_PATH];
    struct stat st;
    int r = folder_path(path, "state.bin", file);
    if (r < 0 || lstat(file, &st) < 0 || st.st_mtime >= midnight_s) return r;
    return unlink(file) < 0 ? -errno : 0;
}

int forget_files(const char *path, int day, int64_t midnight_s, struct forget_sum *sum)
{
    struct sweep s = {.root = path, .day = day, .remove = true, .sum = sum};
    int r = sweep(&s);
    return r < 0 ? r : remove_state(path, midnight_s);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int open_diary(const char *path, int flags, sqlite3 **db)
{
    char file[FOLDER_PATH];
    *db = NULL;
    int r = folder_path(path, DIARY_FILE, file);
    if (r < 0) return r;
    if (access(file, F_OK) < 0) return -errno;
    r = sqlite3_open_v2(file, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_busy_timeout(*db, PATIENCE_MS);
    return diary_errno(*db, r);
}

/* Runs SQL with the two times bound; the first column of its row, if any, into *ANSWER. */
static int run(sqlite3 *db, const char *sql, int day, int64_t midnight_s, int64_t *answer)
{
    sqlite3_stmt *stmt = NULL;
    int r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (r != SQLITE_OK) return diary_errno(db, r);
    if (sqlite3_bind_parameter_count(stmt) >= 1) sqlite3_bind_int64(stmt, 1, midnight_s);
    if (sqlite3_bind_parameter_count(stmt) >= 2) sqlite3_bind_int64(stmt, 2, (int64_t)day * DAY_S);
    r = sqlite3_step(stmt);
    if (answer) *answer = r == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    r = diary_errno(db, r);
    sqlite3_finalize(stmt);
    return r;
}

/* 1, 0: an older Plumbline's diary has fewer tables; or a negative errno. */
static int has_table(sqlite3 *db, const char *name)
{
    char sql[96];
    int64_t there = 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name='%s'", name);
    int r = run(db, sql, 0, 0, &there);
    return r < 0 ? r : there > 0;
}

static int count_rows(const char *path, int day, int64_t midnight_s, struct forget_sum *sum)
{
    sqlite3 *db;
    char sql[1024];
    int r = open_diary(path, SQLITE_OPEN_READONLY, &db);
    for (unsigned i = 0; r == 0 && i < FORGET_TABLES; i++) {
        int64_t n = 0;
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s", rows[i].table, rows[i].old);
        r = has_table(db, rows[i].table);
        if (r > 0) r = run(db, sql, day, midnight_s, &n);
        sum->rows[i] = (uint64_t)n;
    }
    sqlite3_close(db);
    return r == -ENOENT ? 0 : r;
}

static int delete_rows(sqlite3 *db, unsigned i, int day, int64_t midnight_s, struct forget_sum *sum)
{
    char sql[1024];
    int r = 0, n = 1;
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE (%s) IN (SELECT %s FROM %s WHERE %s LIMIT " CHUNK ")",
             rows[i].table, rows[i].key, rows[i].key, rows[i].table, rows[i].old);
    while (r == 0 && n > 0) {
        r = run(db, sql, day, midnight_s, NULL);
        n = r == 0 ? sqlite3_changes(db) : 0;
        sum->rows[i] += (uint64_t)n;
    }
    return r;
}

static int delete_all(sqlite3 *db, int day, int64_t midnight_s, struct forget_sum *sum)
{
    int r = diary_migrate(db);
    for (unsigned i = FORGET_TABLES; r == 0 && i-- > 0;) { /* days before the minutes that take them along */
        r = has_table(db, rows[i].table);
        if (r > 0) r = delete_rows(db, i, day, midnight_s, sum);
    }
    if (r == 0) r = has_table(db, "device");
    if (r > 0)
        r = run(db, "UPDATE device SET first_wall_s=?1 WHERE first_wall_s<?1", day, midnight_s, NULL);
    return r;
}

static int wipe(sqlite3 *db)
{
    int r = diary_errno(db, sqlite3_exec(db, "VACUUM", NULL, NULL, NULL));
    if (r < 0) return r;
    return diary_errno(db, sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}

static int open_to_wipe(const char *path, sqlite3 **db)
{
    int r = open_diary(path, SQLITE_OPEN_READWRITE, db);
    if (r < 0) return r;
    return diary_errno(*db, sqlite3_exec(*db,
                                         "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
                                         "PRAGMA cache_size=-2048; PRAGMA wal_autocheckpoint=128",
                                         NULL, NULL, NULL));
}

int forget_health(const char *path)
{
    sqlite3 *db;
    int r = open_to_wipe(path, &db);
    if (r == 0)
        r = run(db,
                "DELETE FROM entry WHERE kind_name='health' OR (kind_name='red-flag' AND id NOT IN (" STANDING_SIGNS
                "))",
                0, 0, NULL);
    if (r == 0) r = wipe(db);
    sqlite3_close(db);
    return r == -ENOENT ? 0 : r;
}

int forget_rows(const char *path, int day, int64_t midnight_s, struct forget_sum *sum)
{
    sqlite3 *db;
    int r = open_to_wipe(path, &db);
    if (r == 0) r = delete_all(db, day, midnight_s, sum);
    if (r == 0) r = wipe(db);
    sqlite3_close(db);
    return r == -ENOENT ? 0 : r;
}

/* ---- what would go ----------------------------------------------------------------------------------------------- */

static int add_day(void *arg, const struct log_day *d, unsigned left)
{
    struct forget_sum *sum = arg;
    (void)left;
    sum->days++;
    sum->samples += d->samples;
    return 0;
}

int forget_look(const char *path, int day, int64_t midnight_s, struct forget_sum *sum,
                void (*stays)(void *arg, const char *path), void *arg)
{
    *sum = (struct forget_sum){0};
    struct sweep s = {.root = path, .day = day, .stays = stays, .arg = arg, .sum = sum};
    int r = sweep(&s);
    if (r == 0) r = log_days(path, day, add_day, sum);
    return r < 0 ? r : count_rows(path, day, midnight_s, sum);
}
