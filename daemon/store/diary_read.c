/* The public, read-only side of the diary (plumbline/diary.h). */
#include "diary.h"

#include "folder.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ASTRAY_MAX = 1000 };

static int user_version(sqlite3 *db, int *version)
{
    sqlite3_stmt *stmt;
    int r = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);
    if (r != SQLITE_OK) return r;
    r = sqlite3_step(stmt);
    if (r == SQLITE_ROW) *version = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return r == SQLITE_ROW ? SQLITE_OK : r;
}

static int try_open(struct diary *d, const char *uri)
{
    int r = sqlite3_open_v2(uri, &d->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    if (r != SQLITE_OK) return r;
    sqlite3_busy_timeout(d->db, 2000);
    sqlite3_exec(d->db, "PRAGMA cache_size=-2048; PRAGMA trusted_schema=0; PRAGMA cell_size_check=1", NULL, NULL, NULL);
    return user_version(d->db, &d->version);
}

/* "file:" and PATH with what a URI would misread written as %XX. */
static void to_uri(const char *path, const char *query, char *uri, size_t room)
{
    size_t n = (size_t)snprintf(uri, room, "file:");
    for (; *path && n + 4 < room; path++) {
        const char *format = strchr("%?#", *path) ? "%%%02X" : "%c";
        n += (size_t)snprintf(uri + n, room - n, format, (unsigned char)*path);
    }
    snprintf(uri + n, room - n, "%s", query);
}

int diary_open(const char *path, struct diary **out, char why[256])
{
    char file[FOLDER_PATH], uri[3 * FOLDER_PATH];
    int error = folder_path(path, DIARY_FILE, file);
    if (error < 0) return error;
    if (access(file, F_OK) < 0) {
        error = -errno;
        snprintf(why, 256, "there is no diary in %.180s yet", path);
        return error;
    }
    struct diary *d = calloc(1, sizeof *d);
    if (!d) return -ENOMEM;
    to_uri(file, "", uri, sizeof uri);
    int r = try_open(d, uri);
    if (r != SQLITE_OK && access(path, W_OK) < 0) {
        /* A folder where SQLite may not make its shared memory: nobody writes there either. */
        sqlite3_close(d->db);
        d->db = NULL;
        to_uri(file, "?immutable=1", uri, sizeof uri);
        r = try_open(d, uri);
    }
    error = diary_errno(d->db, r);
    if (error == 0 && d->version > diary_version()) error = -EPROTO;
    if (error == 0 && d->version == 0) error = -ENOENT;
    if (error == 0) {
        *out = d;
        return 0;
    }
    snprintf(why, 256,
             error == -EPROTO ? "the diary in %.120s was written by a newer Plumbline: update this one"
                              : "the diary in %.120s cannot be read: %s",
             path, strerror(-error));
    diary_close(d);
    return error;
}

void diary_close(struct diary *d)
{
    if (!d) return;
    sqlite3_close(d->db);
    free(d);
}

const char *diary_error(int error) { return words_diary(error); }

/* ---- rows -------------------------------------------------------------------------------------------------------- */

typedef int row_fn(void *arg, sqlite3_stmt *stmt);

struct call {
    void *fn_arg;
    union {
        int (*minute)(void *, const struct minute *);
        int (*event)(void *, const struct diary_event *);
        int (*entry)(void *, const struct entry *);
        int (*workout)(void *, const struct workout *);
        int (*calibration)(void *, int64_t, const struct calibration *);
    } fn;
};

/* So that the next writer looks closer. Who may not write there cannot say so. */
static void tell_writer(struct diary *d)
{
    char mark[FOLDER_PATH + 16];
    const char *file = sqlite3_db_filename(d->db, "main");
    if (!file || snprintf(mark, sizeof mark, "%s" DIARY_SUSPECT, file) >= (int)sizeof mark) return;
    int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) close(fd);
}

/* Rows must ascend in column KEY. Where they do not, they are left out, and after a while it is no diary: a damaged
 * tree may lead in circles. */
static int step_all(sqlite3_stmt *stmt, int key, row_fn *row, struct call *call, int *result)
{
    int64_t last = INT64_MIN;
    int r, astray = 0;
    while (*result == 0 && (r = sqlite3_step(stmt)) == SQLITE_ROW) {
        int64_t at = sqlite3_column_int64(stmt, key);
        if (at < last) {
            if (++astray > ASTRAY_MAX) return SQLITE_CORRUPT;
            continue;
        }
        last = at;
        *result = row(call, stmt);
    }
    return *result ? SQLITE_OK : r;
}

static int each(struct diary *d, const char *text, int key, int64_t from, int64_t to, row_fn *row, struct call *call)
{
    sqlite3_stmt *stmt;
    int result = 0, r = sqlite3_prepare_v2(d->db, text, -1, &stmt, NULL);
    if (r == SQLITE_OK) {
        sqlite3_bind_int64(stmt, 1, from);
        sqlite3_bind_int64(stmt, 2, to);
        r = step_all(stmt, key, row, call, &result);
        sqlite3_finalize(stmt);
    }
    int error = diary_errno(d->db, r);
    if (error == -EBADMSG) tell_writer(d);
    return result ? result : error;
}

static float real(sqlite3_stmt *stmt, int i)
{
    return sqlite3_column_type(stmt, i) == SQLITE_NULL ? NAN : (float)sqlite3_column_double(stmt, i);
}

static void text(sqlite3_stmt *stmt, int i, char *to, size_t room)
{
    const unsigned char *from = sqlite3_column_text(stmt, i);
    snprintf(to, room, "%s", from ? (const char *)from : "");
}

static int minute_row(void *arg, sqlite3_stmt *stmt)
{
    const struct call *call = arg;
    struct minute m = {0};
    diary_take(stmt, diary_minute, DIARY_MINUTE_COLUMNS, &m);
    return call->fn.minute(call->fn_arg, &m);
}

static int event_row(void *arg, sqlite3_stmt *stmt)
{
    const struct call *call = arg;
    struct diary_event e = {
        .kind = (enum event_kind)sqlite3_column_int(stmt, 0),
        .reason = sqlite3_column_int(stmt, 1),
        .start_wall_ns = sqlite3_column_int64(stmt, 2),
        .end_wall_ns = sqlite3_column_type(stmt, 3) == SQLITE_NULL ? EVENT_OPEN : sqlite3_column_int64(stmt, 3),
        .utc_offset_s = sqlite3_column_int(stmt, 4),
        .value = real(stmt, 5),
        .id = (uint32_t)sqlite3_column_int64(stmt, 6),
    };
    return call->fn.event(call->fn_arg, &e);
}

static int entry_row(void *arg, sqlite3_stmt *stmt)
{
    const struct call *call = arg;
    struct entry e = {
        .wall_s = sqlite3_column_int64(stmt, 0),
        .kind = (enum entry_kind)sqlite3_column_int(stmt, 1),
        .value = sqlite3_column_type(stmt, 2) == SQLITE_NULL ? -1 : sqlite3_column_int(stmt, 2),
    };
    text(stmt, 3, e.what, sizeof e.what);
    return call->fn.entry(call->fn_arg, &e);
}

static int workout_row(void *arg, sqlite3_stmt *stmt)
{
    const struct call *call = arg;
    struct workout w = {
        .id = sqlite3_column_int64(stmt, 0),
        .start_wall_s = sqlite3_column_int64(stmt, 1),
        .end_wall_s = sqlite3_column_int64(stmt, 2),
        .type = (enum workout_type)sqlite3_column_int(stmt, 3),
    };
    text(stmt, 4, w.title, sizeof w.title);
    return call->fn.workout(call->fn_arg, &w);
}

static int calibration_row(void *arg, sqlite3_stmt *stmt)
{
    const struct call *call = arg;
    struct calibration c;
    memcpy(&c, sqlite3_column_blob(stmt, 1), sizeof c);
    return call->fn.calibration(call->fn_arg, sqlite3_column_int64(stmt, 0), &c);
}

int diary_minutes(struct diary *d, int64_t from_min, int64_t to_min, int (*fn)(void *, const struct minute *),
                  void *arg)
{
    char names[DIARY_NAMES], sql[DIARY_NAMES + 128];
    diary_names(diary_minute, DIARY_MINUTE_COLUMNS, names);
    snprintf(sql, sizeof sql, "SELECT %s FROM minute WHERE minute>=? AND minute<? ORDER BY minute", names);
    return each(d, sql, 0, from_min, to_min, minute_row, &(struct call){arg, {.minute = fn}});
}

int diary_events(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct diary_event *),
                 void *arg)
{
    return each(d,
                "SELECT kind,reason,start_wall_ns,end_wall_ns,utc_offset_s,value,id FROM event"
                " WHERE start_wall_ns>=?1*1000000000 AND start_wall_ns<?2*1000000000 ORDER BY start_wall_ns,kind,id",
                2, from_wall_s, to_wall_s, event_row, &(struct call){arg, {.event = fn}});
}

int diary_entries(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct entry *),
                  void *arg)
{
    return each(d, "SELECT wall_s,kind,value,what FROM entry WHERE wall_s>=? AND wall_s<? ORDER BY wall_s,id",
                0, from_wall_s, to_wall_s, entry_row, &(struct call){arg, {.entry = fn}});
}

int diary_workouts(struct diary *d, int64_t from_wall_s, int64_t to_wall_s, int (*fn)(void *, const struct workout *),
                   void *arg)
{
    return each(d,
                "SELECT id,start_wall_s,end_wall_s,type,title FROM workout WHERE start_wall_s>=? AND start_wall_s<?"
                " ORDER BY start_wall_s,id",
                1, from_wall_s, to_wall_s, workout_row, &(struct call){arg, {.workout = fn}});
}

int diary_calibrations(struct diary *d, int64_t from_wall_s, int64_t to_wall_s,
                       int (*fn)(void *, int64_t wall_s, const struct calibration *), void *arg)
{
    char sql[192];
    snprintf(sql, sizeof sql,
             "SELECT wall_s,bytes FROM calibration WHERE version=%d AND length(bytes)=%zu AND wall_s>=? AND wall_s<?"
             " ORDER BY wall_s,id",
             CALIBRATION_VERSION, sizeof(struct calibration));
    return each(d, sql, 0, from_wall_s, to_wall_s, calibration_row, &(struct call){arg, {.calibration = fn}});
}

int diary_calibration(struct diary *d, struct calibration *c)
{
    sqlite3_stmt *stmt;
    int r = sqlite3_prepare_v2(d->db,
                               "SELECT bytes FROM calibration WHERE version=? AND length(bytes)=?"
                               " ORDER BY id DESC LIMIT 1",
                               -1, &stmt, NULL);
    if (r != SQLITE_OK) return diary_errno(d->db, r);
    sqlite3_bind_int(stmt, 1, CALIBRATION_VERSION);
    sqlite3_bind_int(stmt, 2, (int)sizeof *c);
    r = sqlite3_step(stmt);
    int error = r == SQLITE_DONE ? -ENOENT : diary_errno(d->db, r);
    if (r == SQLITE_ROW) memcpy(c, sqlite3_column_blob(stmt, 0), sizeof *c);
    sqlite3_finalize(stmt);
    return error;
}
