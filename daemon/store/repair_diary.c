/* Invariants:
 *   A diary that SQLite finds whole is copied by SQLite, as of one moment. Else its rows are read in the order of their
 *   key, from both sides of every place that cannot be read, into a new diary; and the file is kept beside it as found.
 */
#include "repair.h"

#include "diary.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS_MAX = 128, NAMES = 4096 };

struct salvage {
    sqlite3 *from, *to;
    char table[64], key[64], columns[NAMES], marks[2 * COLUMNS_MAX];
    char only[64]; /* a condition on the rows, with " AND " behind it, or empty */
    sqlite3_stmt *put;
};

/* ---- a table, row by row ----------------------------------------------------------------------------------------- */

static int put_row(struct salvage *s, sqlite3_stmt *row)
{
    for (int i = 0; i + 1 < sqlite3_column_count(row); i++)
        sqlite3_bind_value(s->put, i + 1, sqlite3_column_value(row, i));
    int r = sqlite3_step(s->put);
    sqlite3_reset(s->put);
    return r == SQLITE_DONE ? SQLITE_OK : r;
}

/* Copies the rows with keys in [LOW, HIGH), downwards or up, until one cannot be read; *LAST is the last key copied.
 * SQLITE_DONE, or what stopped it; a row that the new diary refuses is passed over. */
static int copy_rows(struct salvage *s, int64_t low, int64_t high, bool down, int64_t *last)
{
    char sql[NAMES + 512];
    sqlite3_stmt *row;
    snprintf(sql, sizeof sql, "SELECT %s,%s FROM %s WHERE %s%s>=? AND %s<? ORDER BY %s%s", s->columns, s->key, s->table,
             s->only, s->key, s->key, s->key, down ? " DESC" : "");
    int r = sqlite3_prepare_v2(s->from, sql, -1, &row, NULL);
    if (r != SQLITE_OK) return r;
    sqlite3_bind_int64(row, 1, low);
    sqlite3_bind_int64(row, 2, high);
    while ((r = sqlite3_step(row)) == SQLITE_ROW) {
        *last = sqlite3_column_int64(row, sqlite3_column_count(row) - 1);
        int put = put_row(s, row);
        if (put == SQLITE_FULL || put == SQLITE_IOERR || put == SQLITE_NOMEM) {
            r = put;
            break;
        }
    }
    sqlite3_finalize(row);
    return r;
}

/* Up until something cannot be read; then further on, by steps that double, until something can; then back. */
static int copy_table(struct salvage *s)
{
    int64_t low = INT64_MIN;
    for (int64_t step = 1;;) {
        int64_t last = INT64_MIN, back;
        int r = copy_rows(s, low, INT64_MAX, false, &last);
        if (r == SQLITE_FULL || r == SQLITE_NOMEM) return r;
        if ((r == SQLITE_DONE || last != INT64_MIN) && step > 1) copy_rows(s, low - step / 2, low, true, &back);
        if (r == SQLITE_DONE) return SQLITE_OK;
        if (last != INT64_MIN) {
            low = last + 1;
            step = 1;
        } else if (low == INT64_MIN) {
            low = 0;
            continue;
        }
        if (__builtin_add_overflow(low, step, &low) || __builtin_mul_overflow(step, 2, &step)) return SQLITE_OK;
    }
}

/* ---- which tables and columns ------------------------------------------------------------------------------------ */

/* The columns of both diaries' tables, and the key: the row's number, or the second column of a table without one. */
static int describe(struct salvage *s)
{
    sqlite3_stmt *row;
    char sql[200];
    size_t n = 0, columns = 0;
    bool rowid = true;
    snprintf(sql, sizeof sql, "SELECT name,pk,type FROM pragma_table_info('%s')", s->table);
    int r = sqlite3_prepare_v2(s->to, sql, -1, &row, NULL);
    if (r != SQLITE_OK) return r;
    while (sqlite3_step(row) == SQLITE_ROW && columns < COLUMNS_MAX) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        if (sqlite3_table_column_metadata(s->from, NULL, s->table, name, NULL, NULL, NULL, NULL, NULL) != SQLITE_OK)
            continue;
        n += (size_t)snprintf(s->columns + n, sizeof s->columns - n, "%s%s", columns ? "," : "", name);
        memcpy(s->marks + 2 * columns, "?,", 2);
        columns++;
        if (sqlite3_column_int(row, 1) > 1) rowid = false;
    }
    sqlite3_finalize(row);
    if (columns == 0 || n >= sizeof s->columns) return SQLITE_EMPTY;
    s->marks[2 * columns - 1] = 0;
    snprintf(s->key, sizeof s->key, "%s", rowid ? "rowid" : "start_run_ns");
    return SQLITE_OK;
}

static int salvage_table(struct salvage *s)
{
    char sql[NAMES + 512];
    int r = describe(s);
    if (r == SQLITE_EMPTY) return SQLITE_OK; /* it cannot be read at all, or an older diary had none */
    snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO %s(%s) VALUES(%s)", s->table, s->columns, s->marks);
    if (r == SQLITE_OK) r = sqlite3_prepare_v2(s->to, sql, -1, &s->put, NULL);
    s->only[0] = 0;
    if (r == SQLITE_OK && !strcmp(s->key, "rowid")) r = copy_table(s);
    for (int kind = 0; r == SQLITE_OK && strcmp(s->key, "rowid") != 0 && kind < EVENT_KIND_COUNT; kind++) {
        snprintf(s->only, sizeof s->only, "kind=%d AND ", kind);
        r = copy_table(s);
    }
    sqlite3_finalize(s->put);
    s->put = NULL;
    return r;
}

/* All tables that the new diary has. */
static int salvage(struct salvage *s)
{
    char names[16][64];
    int n = 0, r;
    sqlite3_stmt *row;
    r = sqlite3_prepare_v2(s->to, "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'", -1,
                           &row, NULL);
    if (r != SQLITE_OK) return diary_errno(s->to, r);
    while (sqlite3_step(row) == SQLITE_ROW && n < 16)
        snprintf(names[n++], sizeof names[0], "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    r = sqlite3_exec(s->to, "BEGIN", NULL, NULL, NULL);
    for (int i = 0; r == SQLITE_OK && i < n; i++) {
        memcpy(s->table, names[i], sizeof s->table);
        r = salvage_table(s);
    }
    if (r == SQLITE_OK) r = sqlite3_exec(s->to, "COMMIT", NULL, NULL, NULL);
    return diary_errno(s->to, r);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static int says_ok(void *ok, int n, char **text, char **names)
{
    (void)names;
    *(bool *)ok = n == 1 && text[0] && strcmp(text[0], "ok") == 0;
    return 0;
}

static bool is_whole(sqlite3 *db)
{
    bool ok = false;
    return sqlite3_exec(db, "PRAGMA integrity_check(1)", says_ok, &ok, NULL) == SQLITE_OK && ok;
}

static int copy_whole(sqlite3 *from, const char *to)
{
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", to);
    if (!sql) return -ENOMEM;
    int r = sqlite3_exec(from, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return diary_errno(from, r);
}

static int64_t count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) return 0;
    int64_t n = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    return n;
}

/* FROM may be NULL: not a row can be read. */
static int write_copy(struct repair *r, sqlite3 *from, const char *file, const char *to)
{
    char kept[FOLDER_PATH];
    struct salvage s = {.from = from};
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* so that SQLite's umask does not decide */
    if (fd < 0) return -errno;
    close(fd);
    bool whole = from && is_whole(from);
    int error = whole ? copy_whole(from, to) : folder_path(r->to, DIARY_FILE ".damaged", kept);
    if (error == 0 && !whole) error = repair_copy_file(file, kept);
    if (error < 0) return error;
    error = diary_errno(NULL, sqlite3_open_v2(to, &s.to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    if (error == 0 && !whole) error = diary_migrate(s.to);
    if (error == 0 && !whole && from) error = salvage(&s);
    if (error == 0) {
        r->check->minutes = (uint64_t)count(s.to, "SELECT count(*) FROM minute");
        r->check->events = (uint64_t)count(s.to, "SELECT count(*) FROM event");
        if (!whole) r->check->damages++;
    }
    sqlite3_close(s.to);
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
