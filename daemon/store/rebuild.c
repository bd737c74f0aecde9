/* Invariants:
 *   What is made lies in a diary of its own, a temporary file of SQLite's, put there by the statements that fill the
 *   real one, which is attached as `diary`: both went through the same rules, and rows are equal when all columns are.
 *   Only rows in scope are compared or replaced: in a span, not in what is left out, of a derived kind.
 */
#include "plumbline/upkeep.h"

#include "diary.h"
#include "folder.h"
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 10000, TEXT = 8192 };

struct rebuild {
    struct diary_writer *writer;
    sqlite3 *db; /* the writer's */
    int error;
};

#define MINUTE_SCOPE                                                                                                   \
    "EXISTS(SELECT 1 FROM span WHERE minute>=from_ns/60000000000 AND minute<to_ns/60000000000)"                        \
    " AND NOT EXISTS(SELECT 1 FROM apart WHERE minute BETWEEN from_ns/60000000000 AND to_ns/60000000000)"
#define EVENT_SCOPE                                                                                                    \
    "kind BETWEEN 1 AND 11 AND EXISTS(SELECT 1 FROM span WHERE start_wall_ns>=from_ns AND start_wall_ns<to_ns)"        \
    " AND NOT EXISTS(SELECT 1 FROM apart WHERE start_wall_ns BETWEEN from_ns AND to_ns)"
_Static_assert(EVENT_SITTING == 1 && EVENT_REZERO == 11, "the kinds that are derived");

static const struct table {
    const char *name, *scope, *key, *same; /* same: the row of keys ?1 … */
    int keys;
    const char *of_key; /* what and when it is, behind the keys */
} tables[] = {
    {"minute", MINUTE_SCOPE, "minute", "minute=?1", 1, "'minute', minute*60000000000"},
    {"event", EVENT_SCOPE, "kind,start_run_ns,id", "kind=?1 AND start_run_ns=?2 AND id=?3", 3,
     "kind_name, start_wall_ns"},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int run(struct rebuild *r, const char *text)
{
    if (!r->error) r->error = diary_errno(r->db, sqlite3_exec(r->db, text, NULL, NULL, NULL));
    return r->error;
}

static int prepare(struct rebuild *r, const char *text, sqlite3_stmt **stmt)
{
    *stmt = NULL;
    if (!r->error) r->error = diary_errno(r->db, sqlite3_prepare_v2(r->db, text, -1, stmt, NULL));
    return r->error;
}

/* Runs STMT to its end and frees it. */
static int finish(struct rebuild *r, sqlite3_stmt *stmt)
{
    while (!r->error && sqlite3_step(stmt) == SQLITE_ROW) continue;
    int result = sqlite3_finalize(stmt);
    if (!r->error) r->error = diary_errno(r->db, result);
    return r->error;
}

static int attach(struct rebuild *r, const char *root)
{
    char path[FOLDER_PATH];
    sqlite3_stmt *stmt;
    int failed = folder_path(root, DIARY_FILE, path);
    if (failed) return failed;
    sqlite3_busy_timeout(r->db, BUSY_MS);
    if (prepare(r, "ATTACH ? AS diary", &stmt)) return r->error;
    sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    finish(r, stmt);
    return run(r,
               "CREATE TABLE span(from_ns INTEGER, to_ns INTEGER); CREATE TABLE apart(from_ns INTEGER, to_ns INTEGER);"
               "BEGIN");
}

int rebuild_open(const char *path, struct rebuild **out)
{
    struct rebuild *r = calloc(1, sizeof *r);
    if (!r) return -ENOMEM;
    int failed = diary_writer_open_scratch(&r->writer, &r->db);
    if (!failed) failed = attach(r, path);
    if (failed) {
        rebuild_close(r);
        return failed;
    }
    *out = r;
    return 0;
}

void rebuild_close(struct rebuild *r)
{
    if (!r) return;
    diary_writer_close(r->writer);
    free(r);
}

/* ---- what is made ------------------------------------------------------------------------------------------------ */

void rebuild_minute(struct rebuild *r, const struct minute *m)
{
    if (!r->error) r->error = diary_writer_put(r->writer, RECORD_MINUTE, m);
}

void rebuild_event(struct rebuild *r, const struct event *e, const struct now *now)
{
    struct record_event record = record_event_of(e, now);
    if (!r->error) r->error = diary_writer_put(r->writer, RECORD_EVENT, &record);
}

static int with_times(struct rebuild *r, const char *text, int64_t from_ns, int64_t to_ns)
{
    sqlite3_stmt *stmt;
    if (prepare(r, text, &stmt)) return r->error;
    sqlite3_bind_int64(stmt, 1, from_ns);
    sqlite3_bind_int64(stmt, 2, to_ns);
    return finish(r, stmt);
}

#define OBSERVED(row)                                                                                                  \
    row ".unsure_s+" row ".sitting_s+" row ".standing_s+" row ".walking_s+" row ".lying_s+" row ".not_worn_s+" row     \
        ".missing_s"

int rebuild_add_span(struct rebuild *r, const struct rebuild_span *s)
{
    with_times(r, "INSERT INTO span VALUES(?,?)", s->from_wall_ns, s->to_wall_ns);
    if (s->anew)
        with_times(r, "INSERT OR REPLACE INTO minute SELECT d.* FROM diary.minute d JOIN minute m USING(minute)"
                      " WHERE minute=?1/60000000000 AND ?1<?2 AND " OBSERVED("d") ">" OBSERVED("m") "+0.01",
                   s->from_wall_ns, s->to_wall_ns);
    if (s->cut)
        run(r, "INSERT OR REPLACE INTO event SELECT d.* FROM diary.event d JOIN event m USING(kind,start_run_ns,id)"
               " WHERE m.end_wall_ns IS NULL");
    return r->error;
}

int rebuild_leave_out(struct rebuild *r, int64_t from_wall_ns, int64_t to_wall_ns)
{
    return with_times(r, "INSERT INTO apart VALUES(?,?)", from_wall_ns, to_wall_ns);
}

bool rebuild_is_settled(struct rebuild *r, int64_t from_wall_ns, int64_t to_wall_ns)
{
    sqlite3_stmt *stmt;
    if (prepare(r, "SELECT 1 FROM event WHERE end_wall_ns IS NULL AND start_wall_ns>=? AND start_wall_ns<? LIMIT 1",
                &stmt))
        return false;
    sqlite3_bind_int64(stmt, 1, from_wall_ns);
    sqlite3_bind_int64(stmt, 2, to_wall_ns);
    bool any = sqlite3_step(stmt) == SQLITE_ROW;
    return finish(r, stmt) == 0 && !any;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static bool same_value(sqlite3_stmt *a, sqlite3_stmt *b, int i)
{
    int type = sqlite3_column_type(a, i);
    if (type != sqlite3_column_type(b, i)) return false;
    if (type == SQLITE_INTEGER) return sqlite3_column_int64(a, i) == sqlite3_column_int64(b, i);
    double x = sqlite3_column_double(a, i), y = sqlite3_column_double(b, i);
    if (type == SQLITE_FLOAT) return memcmp(&x, &y, sizeof x) == 0;
    const char *text = (const char *)sqlite3_column_text(a, i), *other = (const char *)sqlite3_column_text(b, i);
    return type == SQLITE_NULL || (text && other && strcmp(text, other) == 0);
}

static const char *text_of(sqlite3_stmt *stmt, int i)
{
    const char *text = (const char *)sqlite3_column_text(stmt, i);
    return text ? text : "null";
}

/* In which columns both rows differ. */
static void name_columns(sqlite3_stmt *diary, sqlite3_stmt *log, char to[256])
{
    size_t n = 0;
    for (int i = 0; i < sqlite3_column_count(diary); i++) {
        if (same_value(diary, log, i) || n >= 255) continue;
        int wrote = snprintf(to + n, 256 - n, "%s%s %s not %s", n ? ", " : "", sqlite3_column_name(diary, i),
                             text_of(diary, i), text_of(log, i));
        n = wrote < 0 || n + (size_t)wrote > 255 ? 255 : n + (size_t)wrote;
    }
}

struct comparison {
    struct rebuild *rebuild;
    const struct table *table;
    sqlite3_stmt *diary, *log; /* the row of a key */
    void (*fn)(void *, const struct rebuild_difference *);
    void *arg;
};

static bool fetch(sqlite3_stmt *stmt, sqlite3_stmt *keys, int n)
{
    sqlite3_reset(stmt);
    for (int i = 0; i < n; i++) sqlite3_bind_value(stmt, i + 1, sqlite3_column_value(keys, i));
    return sqlite3_step(stmt) == SQLITE_ROW;
}

static void show(const struct comparison *c, sqlite3_stmt *keys)
{
    struct rebuild_difference d = {.what = text_of(keys, c->table->keys),
                                   .wall_ns = sqlite3_column_int64(keys, c->table->keys + 1)};
    d.in_diary = fetch(c->diary, keys, c->table->keys);
    d.in_log = fetch(c->log, keys, c->table->keys);
    if (d.in_diary && d.in_log) name_columns(c->diary, c->log, d.columns);
    c->fn(c->arg, &d);
    sqlite3_reset(c->diary);
    sqlite3_reset(c->log);
}

/* Keys of the rows that one of the two has and the other has not, or otherwise. */
static int compare_table(struct comparison *c, uint64_t *rows, uint64_t *differences)
{
    const struct table *t = c->table;
    char text[TEXT];
    sqlite3_stmt *keys, *count;
    snprintf(text, sizeof text,
             "SELECT DISTINCT %s,%s FROM (SELECT * FROM (SELECT * FROM diary.%s WHERE %s EXCEPT SELECT * FROM main.%s)"
             " UNION ALL SELECT * FROM (SELECT * FROM main.%s WHERE %s EXCEPT SELECT * FROM diary.%s)) ORDER BY %d",
             t->key, t->of_key, t->name, t->scope, t->name, t->name, t->scope, t->name, t->keys + 2);
    prepare(c->rebuild, text, &keys);
    snprintf(text, sizeof text, "SELECT * FROM diary.%s WHERE %s", t->name, t->same);
    prepare(c->rebuild, text, &c->diary);
    snprintf(text, sizeof text, "SELECT * FROM main.%s WHERE %s", t->name, t->same);
    prepare(c->rebuild, text, &c->log);
    for (; !c->rebuild->error && sqlite3_step(keys) == SQLITE_ROW; ++*differences) show(c, keys);
    sqlite3_finalize(c->diary);
    sqlite3_finalize(c->log);
    finish(c->rebuild, keys);
    snprintf(text, sizeof text, "SELECT count(*) FROM main.%s WHERE %s", t->name, t->scope);
    prepare(c->rebuild, text, &count);
    if (!c->rebuild->error && sqlite3_step(count) == SQLITE_ROW) *rows = (uint64_t)sqlite3_column_int64(count, 0);
    return finish(c->rebuild, count);
}

int rebuild_compare(struct rebuild *r, struct rebuild_sum *sum, void (*fn)(void *, const struct rebuild_difference *),
                    void *arg)
{
    *sum = (struct rebuild_sum){0};
    struct comparison c = {.rebuild = r, .fn = fn, .arg = arg};
    for (int i = 0; i < TABLES; i++) {
        c.table = &tables[i];
        compare_table(&c, i == 0 ? &sum->minutes : &sum->events, &sum->differences);
    }
    return r->error;
}

/* ---- replacing --------------------------------------------------------------------------------------------------- */

/* Only rows that differ are touched: the totals of a day that stays as it was stay too. */
static void replace_table(struct rebuild *r, const struct table *t)
{
    char text[TEXT];
    snprintf(text, sizeof text,
             "DELETE FROM diary.%s WHERE (%s) IN"
             " (SELECT %s FROM (SELECT * FROM diary.%s WHERE %s EXCEPT SELECT * FROM main.%s));"
             "INSERT OR REPLACE INTO diary.%s SELECT * FROM main.%s WHERE %s EXCEPT SELECT * FROM diary.%s",
             t->name, t->key, t->key, t->name, t->scope, t->name, t->name, t->name, t->scope, t->name);
    run(r, text);
}

int rebuild_replace(struct rebuild *r)
{
    run(r, "COMMIT; PRAGMA diary.synchronous=FULL; BEGIN IMMEDIATE");
    for (int i = 0; i < TABLES; i++) replace_table(r, &tables[i]);
    if (run(r, "COMMIT") == 0) return 0;
    if (!sqlite3_get_autocommit(r->db)) sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
    return r->error;
}
