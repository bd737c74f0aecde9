/* Invariants:
 *   of each table rows come by ascending key; where SQLite cannot go on, the next key from which it can is searched by
 *   doubling steps and then halving them, so that a bad page costs its own rows and some sixty look-ups;
 *   where it could not go on, each page that may be a leaf of the table is then taken for all of it: so the rows below
 *   a bad root are found, too. What is in the new diary already stays: such a page may be an old one;
 *   the number of bad places is bounded, and so is the time.
 */
#include "diary_pour.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HOLES_MAX = 2000 };

struct table {
    const char *name, *key;
    const char *of;   /* rows are known by this and then the key; NULL: by the key alone */
    const char *fits; /* true of each of its rows, and of no other table's */
    uint8_t leaf;     /* what a leaf of it begins with */
};

static const struct table tables[] = {
    {"entry", "rowid", NULL, "typeof(wall_s)='integer' AND typeof(what)='text'", 13},
    {"workout", "rowid", NULL, "typeof(start_wall_s)='integer' AND typeof(title)='text'", 13},
    {"calibration", "rowid", NULL, "typeof(wall_s)='integer' AND typeof(bytes)='blob'", 13},
    {"device", "rowid", NULL, "typeof(name)='text' AND typeof(last_wall_s)='integer'", 13},
    {"minute", "rowid", NULL, "typeof(utc_offset_s)='integer' AND unsure_s<=61 AND typeof(shifts)='integer'", 13},
    {"event", "start_run_ns", "kind", "typeof(kind_name)='text' AND typeof(start_wall_ns)='integer'", 10},
};

struct pour {
    sqlite3_stmt *rows, *put; /* key, then the columns */
    int columns;
    int64_t last; /* key of the newest row */
    uint64_t n;
};

/* "a,b,c" of the table as both files have it: the damaged one may be an older or newer Plumbline's. 0 columns when it
 * cannot be told. */
static int names_of(sqlite3 *from, sqlite3 *to, const char *table, char names[DIARY_NAMES])
{
    sqlite3_stmt *stmt;
    size_t length = 0;
    int n = 0;
    if (sqlite3_prepare_v2(from, "SELECT name FROM pragma_table_info(?)", -1, &stmt, NULL) != SQLITE_OK) return 0;
    sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
    while (n < DIARY_DAY_COLUMNS && sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        if (!name || sqlite3_table_column_metadata(to, NULL, table, name, NULL, NULL, NULL, NULL, NULL)) continue;
        length += (size_t)snprintf(names + length, DIARY_NAMES - length, "%s%s", n ? "," : "", name);
        n++;
    }
    sqlite3_finalize(stmt);
    return n;
}

static bool prepare(struct pour *p, sqlite3 *from, sqlite3 *to, const struct table *t)
{
    char names[DIARY_NAMES], marks[2 * DIARY_DAY_COLUMNS + 4], sql[2 * DIARY_NAMES];
    p->columns = names_of(from, to, t->name, names);
    if (p->columns == 0) return false;
    diary_marks(p->columns, marks);
    snprintf(sql, sizeof sql, "SELECT %s,%s FROM %s WHERE %s=?2 AND %s>=?1 AND %s ORDER BY %s", t->key, names, t->name,
             t->of ? t->of : "1", t->key, t->fits, t->key);
    if (sqlite3_prepare_v2(from, sql, -1, &p->rows, NULL) != SQLITE_OK) return false;
    snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO %s(%s) VALUES(%s)", t->name, names, marks);
    return sqlite3_prepare_v2(to, sql, -1, &p->put, NULL) == SQLITE_OK;
}

static void put(struct pour *p)
{
    for (int i = 0; i < p->columns; i++) sqlite3_bind_value(p->put, i + 1, sqlite3_column_value(p->rows, i + 1));
    sqlite3_step(p->put); /* what is no row of ours is refused: NULL where none may be */
    p->n += sqlite3_reset(p->put) == SQLITE_OK && sqlite3_changes(sqlite3_db_handle(p->put)) > 0;
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
    if (p->last == INT64_MAX) return false;
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

/* False when it could not go on somewhere. */
static bool pour_range(struct pour *p, int of)
{
    int64_t at = 0;
    bool whole = true;
    sqlite3_reset(p->rows);
    sqlite3_bind_int(p->rows, 2, of);
    for (int holes = 0; holes < HOLES_MAX && !pour_from(p, at); holes++) {
        whole = false;
        if (p->last < at) p->last = at;
        if (!find_next(p, &at)) break;
    }
    return whole;
}

/* Each kind is a range of its own. */
static bool pour_table(sqlite3 *from, sqlite3 *to, const struct table *t, uint64_t *n)
{
    struct pour p = {0};
    bool whole = prepare(&p, from, to, t);
    for (int of = 1; p.put && of < (t->of ? EVENT_KIND_COUNT : 2); of++) {
        p.last = 0;
        whole &= pour_range(&p, of);
    }
    sqlite3_finalize(p.rows);
    sqlite3_finalize(p.put);
    *n += p.n;
    return whole;
}

/* ---- leaves ------------------------------------------------------------------------------------------------------ */

/* Has the table begin at PAGE, for all that SQLite knows. */
static bool root_at(sqlite3 *db, const struct table *t, unsigned page)
{
    char sql[160];
    snprintf(sql, sizeof sql,
             "UPDATE sqlite_schema SET rootpage=%u WHERE type='table' AND name='%s'; PRAGMA schema_version=%u", page,
             t->name, page);
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static uint64_t pour_leaves(sqlite3 *from, sqlite3 *to, const struct table *t, const char *copy)
{
    uint64_t n = 0;
    uint8_t first;
    int fd = open(copy, O_RDONLY | O_CLOEXEC);
    for (unsigned page = 2; fd >= 0 && pread(fd, &first, 1, (off_t)(page - 1) * DIARY_POUR_PAGE) == 1; page++)
        if (first == t->leaf && root_at(from, t, page)) pour_table(from, to, t, &n);
    if (fd >= 0) close(fd);
    return n;
}

/* ---- all tables -------------------------------------------------------------------------------------------------- */

void diary_pour(sqlite3 *from, sqlite3 *to, const char *copy, struct diary_salvaged *out)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const struct table *t = &tables[i];
        uint64_t n = 0;
        if (!pour_table(from, to, t, &n)) n += pour_leaves(from, to, t, copy);
        out->rows += n;
        if (strcmp(t->name, "minute") == 0) out->minutes = n;
        if (strcmp(t->name, "entry") == 0) out->entries = n;
    }
}

static int row_says_so(void *fits, int n, char **text, char **names)
{
    (void)names;
    *(bool *)fits = n == 1 && text[0] && strcmp(text[0], "1") == 0;
    return 0;
}

bool diary_pour_fits(sqlite3 *from)
{
    bool all = true;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[200];
        bool one = true; /* also when there is no row, or none can be read */
        snprintf(sql, sizeof sql, "SELECT %s FROM %s LIMIT 1", tables[i].fits, tables[i].name);
        sqlite3_exec(from, sql, row_says_so, &one, NULL);
        all = all && one;
    }
    return all;
}
