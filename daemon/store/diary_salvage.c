/* Invariants:
 *   the damaged file is only copied; what is opened, mended and thrown away is the copy;
 *   of each table rows come by ascending key; where SQLite cannot go on, the next key from which it can is searched by
 *   doubling steps and then halving them, so that a bad page costs its own rows and some sixty look-ups;
 *   the number of such places is bounded, and so is the time.
 */
#include "diary.h"

#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOLES_MAX = 2000, PAGE = 4096 };

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

/* A first page that says where the tables begin: the same in all diaries, but for those that a VACUUM has laid out anew. Of
 * the schema only the tables, so that one page holds it. NULL, or free it. */
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
        r = sqlite3_exec(db, "PRAGMA trusted_schema=0; PRAGMA writable_schema=1; PRAGMA cache_size=-512", NULL, NULL, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_prepare_v2(db, "SELECT 1 FROM minute,event,entry,workout,calibration", -1, &stmt, NULL);
    sqlite3_finalize(stmt);
    if (r == SQLITE_OK) return db;
    sqlite3_close(db);
    return NULL;
}

/* ---- a table ----------------------------------------------------------------------------------------------------- */

struct table {
    const char *name, *key;
    const char *of; /* rows are known by this and then the key; NULL: by the key alone */
};

static const struct table tables[] = {
    {"entry", "rowid", NULL},  {"workout", "rowid", NULL}, {"calibration", "rowid", NULL},
    {"device", "rowid", NULL}, {"minute", "rowid", NULL},  {"event", "start_run_ns", "kind"},
};

struct pour {
    sqlite3_stmt *rows, *put; /* key, then the columns */
    int columns;
    int64_t last; /* key of the newest row */
    uint64_t n;
};

/* "a,b,c" of the table as the damaged file has it; 0 columns when it cannot be told. */
static int names_of(sqlite3 *from, const char *table, char names[DIARY_NAMES])
{
    sqlite3_stmt *stmt;
    size_t length = 0;
    int n = 0;
    if (sqlite3_prepare_v2(from, "SELECT name FROM pragma_table_info(?)", -1, &stmt, NULL) != SQLITE_OK) return 0;
    sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    for (; sqlite3_step(stmt) == SQLITE_ROW; n++) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        if (!name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name)) n = DIARY_DAY_COLUMNS;
        if (n >= DIARY_DAY_COLUMNS || length + strlen(name) + 2 > DIARY_NAMES) break;
        length += (size_t)snprintf(names + length, DIARY_NAMES - length, "%s%s", n ? "," : "", name);
    }
    sqlite3_finalize(stmt);
    return n < DIARY_DAY_COLUMNS ? n : 0;
}

static bool prepare(struct pour *p, sqlite3 *from, sqlite3 *to, const struct table *t)
{
    char names[DIARY_NAMES], marks[2 * DIARY_DAY_COLUMNS + 4], sql[2 * DIARY_NAMES];
    p->columns = names_of(from, t->name, names);
    if (p->columns == 0) return false;
    diary_marks(p->columns, marks);
    snprintf(sql, sizeof sql, "SELECT %s,%s FROM %s WHERE %s=?2 AND %s>=?1 ORDER BY %s", t->key, names, t->name,
             t->of ? t->of : "1", t->key, t->key);
    if (sqlite3_prepare_v2(from, sql, -1, &p->rows, NULL) != SQLITE_OK) return false;
    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s(%s) VALUES(%s)", t->name, names, marks);
    return sqlite3_prepare_v2(to, sql, -1, &p->put, NULL) == SQLITE_OK;
}

static void put(struct pour *p)
{
    for (int i = 0; i < p->columns; i++) sqlite3_bind_value(p->put, i + 1, sqlite3_column_value(p->rows, i + 1));
    p->n += sqlite3_step(p->put) == SQLITE_DONE; /* else the row is no row of ours: NULL where none may be */
    sqlite3_reset(p->put);
}

/* Rows from key AT on, until the end (true) or where it cannot go on (false). */
static bool pour_from(struct pour *p, int64_t at)
{
    bool any = false;
    int r;
    sqlite3_reset(p->rows);
    sqlite3_bind_int64(p->rows, 1, at);
    while ((r = sqlite3_step(p->rows)) == SQLITE_ROW) {
        int64_t key = sqlite3_column_int64(p->rows, 0);
        if (key < at || (any && key < p->last)) return false;
        p->last = key;
        any = true;
        put(p);
    }
    return r == SQLITE_DONE;
}

static bool readable_from(struct pour *p, int64_t at)
{
    sqlite3_reset(p->rows);
    sqlite3_bind_int64(p->rows, 1, at);
    int r = sqlite3_step(p->rows);
    return r == SQLITE_DONE || (r == SQLITE_ROW && sqlite3_column_int64(p->rows, 0) >= at);
}

/* The least key behind the last row from which it goes on; false when there is none. */
static bool find_next(struct pour *p, int64_t *at)
{
    int64_t bad = 0, good = 1;
    while (!readable_from(p, p->last + good)) {
        bad = good;
        if (good > (INT64_MAX - p->last) / 2) return false;
        good *= 2;
    }
    while (good - bad > 1) {
        int64_t middle = bad + (good - bad) / 2;
        if (readable_from(p, p->last + middle))
            good = middle;
        else
            bad = middle;
    }
    *at = p->last + good;
    return true;
}

static uint64_t pour(sqlite3 *from, sqlite3 *to, const struct table *t, int of)
{
    struct pour p = {0};
    int64_t at = 0;
    if (prepare(&p, from, to, t)) {
        sqlite3_bind_int(p.rows, 2, of);
        for (int holes = 0; holes < HOLES_MAX && !pour_from(&p, at); holes++) {
            if (p.last < at) p.last = at;
            if (!find_next(&p, &at)) break;
        }
    }
    sqlite3_finalize(p.rows);
    sqlite3_finalize(p.put);
    return p.n;
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

static int row_says_so(void *fits, int n, char **text, char **names)
{
    (void)names;
    *(bool *)fits = n == 1 && text[0] && strcmp(text[0], "1") == 0;
    return 0;
}

/* Whether the tables begin where the first page says, as far as they have rows: one of another table has other columns. */
static bool fits(sqlite3 *db)
{
    static const char *const questions[] = {"SELECT typeof(shifts)='integer' FROM minute LIMIT 1",
                                            "SELECT typeof(what)='text' FROM entry LIMIT 1",
                                            "SELECT typeof(title)='text' FROM workout LIMIT 1"};
    bool all = true;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        bool one = true;
        sqlite3_exec(db, questions[i], row_says_so, &one, NULL);
        all = all && one;
    }
    return all;
}

/* NULL when nothing can be read of it. */
static sqlite3 *open_damaged(const char *copy)
{
    sqlite3 *db = open_copy(copy);
    for (int vacuumed = 0; !db && vacuumed < 2; vacuumed++) {
        mend_first_page(copy, vacuumed);
        db = open_copy(copy);
        if (!db || fits(db)) continue;
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
    for (size_t i = 0; from && r == SQLITE_OK && i < sizeof tables / sizeof *tables; i++) {
        const struct table *t = &tables[i];
        for (int of = 1; of < (t->of ? EVENT_KIND_COUNT : 2); of++) {
            uint64_t n = pour(from, to, t, t->of ? of : 1);
            out->rows += n;
            if (strcmp(t->name, "minute") == 0) out->minutes += n;
            if (strcmp(t->name, "entry") == 0) out->entries += n;
        }
    }
    if (r == SQLITE_OK) r = sqlite3_exec(to, "COMMIT", NULL, NULL, NULL);
    error = diary_errno(to, r);
    if (error && !sqlite3_get_autocommit(to)) sqlite3_exec(to, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(from);
    remove_copy(copy);
    return error;
}
