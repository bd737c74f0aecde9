/* Invariants:
 *   Everything but an entry may be put again and changes nothing: minutes replace by minute, events by kind, start (run
 *   time) and id, workouts by id or by start and title. So what was in flight when a writer died can be replayed.
 *   A file that SQLite cannot read is renamed, never deleted.
 */
#include "diary.h"

#include "folder.h"
#include "record.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NEW ".new"
enum { SMALLEST = 512 };
enum { DAY_MIN = 1440, FILL_AT_ONCE = 16 /* days: a tenth of a second */ };
enum { STMT_MINUTE, STMT_EVENT, STMT_ENTRY, STMT_WORKOUT, STMT_CALIBRATION, STMT_DEVICE, STMT_COUNT };

struct diary_writer {
    sqlite3 *db;
    sqlite3_stmt *stmt[STMT_COUNT];
    bool fully;
    bool started, due; /* a minute was put; totals of days are due */
    int64_t day;       /* UTC day of the last minute */
};

static const char *const sql[STMT_COUNT] = {
    [STMT_EVENT] =
        "INSERT OR REPLACE INTO event(kind,start_run_ns,id,kind_name,reason,reason_name,start_wall_ns,end_wall_ns,"
        "utc_offset_s,value) VALUES(?,?,?,?,?,?,?,?,?,?)",
    [STMT_ENTRY] = "INSERT INTO entry(wall_s,kind,kind_name,value,what) VALUES(?,?,?,?,?)",
    [STMT_WORKOUT] = "INSERT INTO workout(id,start_wall_s,end_wall_s,type,title) VALUES(NULLIF(?1,0),?2,?3,?4,?5)"
                     " ON CONFLICT(id) DO UPDATE SET start_wall_s=?2,end_wall_s=?3,type=?4,title=?5"
                     " ON CONFLICT(start_wall_s,title) DO UPDATE SET end_wall_s=?3,type=?4",
    [STMT_DEVICE] = "INSERT INTO device(name,serial,first_wall_s,last_wall_s) VALUES(?1,?2,?3,?3)"
                    " ON CONFLICT(name,serial) DO UPDATE SET first_wall_s=min(first_wall_s,?3),"
                    "last_wall_s=max(last_wall_s,?3)",
    [STMT_CALIBRATION] = "INSERT INTO calibration(wall_s,run_ns,version,state,bytes) VALUES(?,?,?,?,?)",
};

/* When the clock was set back, the same minutes come again: each keeps what was observed for longer. (Columns 3 to 9 are the
 * seconds a posture.) */
#define KEEP_THE_FULLER                                                                                                \
    " WHERE NOT EXISTS (SELECT 1 FROM minute WHERE minute=?1 AND unsure_s+sitting_s+standing_s+walking_s+lying_s"      \
    "+not_worn_s+missing_s > ?3+?4+?5+?6+?7+?8+?9+0.01)"

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int run(struct diary_writer *w, const char *text)
{
    return diary_errno(w->db, sqlite3_exec(w->db, text, NULL, NULL, NULL));
}

static int prepare(struct diary_writer *w)
{
    char names[DIARY_NAMES], marks[2 * DIARY_DAY_COLUMNS + 4], minute[2 * DIARY_NAMES];
    diary_names(diary_minute, DIARY_MINUTE_COLUMNS, names);
    diary_marks(DIARY_MINUTE_COLUMNS, marks);
    snprintf(minute, sizeof minute, "INSERT OR REPLACE INTO minute(%s) SELECT %s" KEEP_THE_FULLER, names, marks);
    for (int i = 0; i < STMT_COUNT; i++) {
        int r = sqlite3_prepare_v3(w->db, i == STMT_MINUTE ? minute : sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                   &w->stmt[i], NULL);
        if (r != SQLITE_OK) return diary_errno(w->db, r);
    }
    return 0;
}

static int row_says_ok(void *ok, int n, char **text, char **names)
{
    (void)names;
    *(bool *)ok = n == 1 && text[0] && strcmp(text[0], "ok") == 0;
    return 0;
}

/* A clean close removes the write-ahead log. Where there is one, the last writer died: look closer. */
static int check(struct diary_writer *w)
{
    bool ok = false;
    int r = sqlite3_exec(w->db, "PRAGMA quick_check(1)", row_says_ok, &ok, NULL);
    if (r != SQLITE_OK) return diary_errno(w->db, r);
    return ok ? 0 : -EBADMSG;
}

static int try_open(struct diary_writer *w, const char *path, bool suspect)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600); /* so that SQLite's umask does not decide */
    if (fd < 0) return -errno;
    struct stat st;
    bool stump = fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < SMALLEST; /* SQLite would take it for empty */
    close(fd);
    if (stump) return -EBADMSG;
    int r = sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (r != SQLITE_OK) return diary_errno(w->db, r);
    sqlite3_busy_timeout(w->db, 2000);
    r = run(w,
            "PRAGMA trusted_schema=0; PRAGMA cell_size_check=1; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-512; PRAGMA wal_autocheckpoint=128;"
            "PRAGMA journal_size_limit=1048576;");
    if (r == 0 && suspect) r = check(w);
    if (r == 0) r = diary_migrate(w->db);
    return r < 0 ? r : prepare(w);
}

static void shut(struct diary_writer *w)
{
    for (int i = 0; i < STMT_COUNT; i++) sqlite3_finalize(w->stmt[i]);
    sqlite3_close(w->db);
    *w = (struct diary_writer){0};
}

/* Gives the damaged file the name ASIDE, its -wal likewise. */
static int move_aside(const char *path, char aside[FOLDER_PATH + 64])
{
    static const char *const parts[] = {"", "-wal"};
    char suffix[48], from[FOLDER_PATH], to[FOLDER_PATH + 80];
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(suffix, sizeof suffix, ".damaged-%Y%m%dT%H%M%SZ", &tm);
    snprintf(aside, FOLDER_PATH + 64, "%s%s", path, suffix);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(from, sizeof from, "%s%s", path, parts[i]);
        snprintf(to, sizeof to, "%s%s", aside, parts[i]);
        if (rename(from, to) < 0 && errno != ENOENT) return -errno;
    }
    snprintf(from, sizeof from, "%s-shm", path);
    unlink(from);
    return 0;
}

/* The new file is made beside the damaged one and takes its place when all is in it: killed on the way, the next writer
 * finds either of them, or the new one under its first name (take_up_new). */
static int begin_anew(struct diary_writer *w, const char *path, char away[160])
{
    char aside[FOLDER_PATH + 64], made[FOLDER_PATH], copy[FOLDER_PATH];
    struct diary_salvaged saved;
    snprintf(made, sizeof made, "%s" NEW, path);
    snprintf(copy, sizeof copy, "%s.copy", path);
    unlink(made);
    int r = try_open(w, made, false);
    if (r == 0) r = diary_salvage(w->db, path, copy, &saved);
    shut(w);
    if (r == 0) r = move_aside(path, aside);
    if (r == 0 && rename(made, path) < 0) r = -errno;
    folder_sync_parent(path);
    if (r == 0) r = try_open(w, path, false);
    if (r == 0) words_damaged(away, strrchr(aside, '/') + 1, saved.minutes, saved.entries);
    return r;
}

static void take_up_new(const char *path)
{
    char made[FOLDER_PATH], aside[FOLDER_PATH + 64];
    snprintf(made, sizeof made, "%s" NEW, path);
    if (access(made, F_OK) < 0) return;
    if (access(path, F_OK) == 0)
        unlink(made);
    else if (move_aside(path, aside) == 0) /* the -wal of the damaged one would be played into the new one */
        (void)rename(made, path);
}

static bool is_suspect(const char *path)
{
    char wal[FOLDER_PATH], mark[FOLDER_PATH];
    struct stat st;
    snprintf(wal, sizeof wal, "%s-wal", path);
    snprintf(mark, sizeof mark, "%s" DIARY_SUSPECT, path);
    return (stat(wal, &st) == 0 && st.st_size > 0) || unlink(mark) == 0;
}

int diary_writer_open(const char *root, bool suspect, struct diary_writer **out, char away[160])
{
    char path[FOLDER_PATH - 16];
    int n = snprintf(path, sizeof path, "%s/%s", root, DIARY_FILE);
    if (n < 0 || (size_t)n >= sizeof path) return -ENAMETOOLONG;
    away[0] = 0;
    struct diary_writer *w = calloc(1, sizeof *w);
    if (!w) return -ENOMEM;
    take_up_new(path);
    bool told = is_suspect(path);
    int r = try_open(w, path, suspect || told);
    if (r == -EBADMSG || r == -EINVAL) { /* EINVAL: a schema that is not what its version says */
        shut(w);
        r = begin_anew(w, path, away);
    }
    if (r < 0) {
        diary_writer_close(w);
        return r;
    }
    *out = w;
    return 0;
}

int diary_writer_open_scratch(struct diary_writer **out, sqlite3 **db)
{
    struct diary_writer *w = calloc(1, sizeof *w);
    if (!w) return -ENOMEM;
    int r = sqlite3_open_v2("", &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    r = r == SQLITE_OK ? diary_migrate(w->db) : diary_errno(w->db, r);
    if (r == 0) r = prepare(w);
    if (r < 0) {
        diary_writer_close(w);
        return r;
    }
    *out = w;
    *db = w->db;
    return 0;
}

void diary_writer_close(struct diary_writer *w)
{
    if (!w) return;
    shut(w);
    free(w);
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

int diary_writer_begin(struct diary_writer *w, bool fully)
{
    if (fully != w->fully) {
        int r = run(w, fully ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        if (r < 0) return r;
        w->fully = fully;
    }
    return run(w, "BEGIN IMMEDIATE");
}

int diary_writer_end(struct diary_writer *w) { return run(w, "COMMIT"); }

void diary_writer_undo(struct diary_writer *w)
{
    if (!sqlite3_get_autocommit(w->db)) run(w, "ROLLBACK");
}

int diary_writer_fill(struct diary_writer *w)
{
    if (!w->due) return 0;
    int r = diary_writer_begin(w, false);
    if (r == 0) r = diary_days_fill(w->db, FILL_AT_ONCE);
    w->due = r == 1;
    if (r >= 0) r = diary_writer_end(w);
    if (r < 0) diary_writer_undo(w);
    return r;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void bind_real(sqlite3_stmt *stmt, int i, float value)
{
    if (isnan(value))
        sqlite3_bind_null(stmt, i);
    else
        sqlite3_bind_double(stmt, i, (double)value);
}

static void bind_text(sqlite3_stmt *stmt, int i, const char *text)
{
    sqlite3_bind_text(stmt, i, text, -1, SQLITE_TRANSIENT);
}

static void bind_name(sqlite3_stmt *stmt, int i, const char *name)
{
    sqlite3_bind_text(stmt, i, name, -1, SQLITE_STATIC);
}

static void bind_event(sqlite3_stmt *stmt, const struct record_event *r)
{
    const struct event *e = &r->event;
    sqlite3_bind_int(stmt, 1, (int)e->kind);
    sqlite3_bind_int64(stmt, 2, e->start_ns);
    sqlite3_bind_int64(stmt, 3, e->id);
    bind_name(stmt, 4, event_kind_name(e->kind));
    sqlite3_bind_int(stmt, 5, e->reason);
    bind_name(stmt, 6, event_reason_name(e->kind, e->reason));
    sqlite3_bind_int64(stmt, 7, r->start_wall_ns);
    if (r->end_wall_ns == EVENT_OPEN)
        sqlite3_bind_null(stmt, 8);
    else
        sqlite3_bind_int64(stmt, 8, r->end_wall_ns);
    sqlite3_bind_int(stmt, 9, r->utc_offset_s);
    bind_real(stmt, 10, e->value);
}

static void bind_entry(sqlite3_stmt *stmt, const struct entry *e)
{
    sqlite3_bind_int64(stmt, 1, e->wall_s);
    sqlite3_bind_int(stmt, 2, (int)e->kind);
    bind_name(stmt, 3, entry_kind_name(e->kind));
    if (e->value < 0)
        sqlite3_bind_null(stmt, 4);
    else
        sqlite3_bind_int(stmt, 4, e->value);
    bind_text(stmt, 5, e->what);
}

static void bind_workout(sqlite3_stmt *stmt, const struct workout *w)
{
    sqlite3_bind_int64(stmt, 1, w->id);
    sqlite3_bind_int64(stmt, 2, w->start_wall_s);
    sqlite3_bind_int64(stmt, 3, w->end_wall_s);
    sqlite3_bind_int(stmt, 4, (int)w->type);
    bind_text(stmt, 5, w->title);
}

static void bind_calibration(sqlite3_stmt *stmt, const struct record_calibration *c)
{
    sqlite3_bind_int64(stmt, 1, c->wall_s);
    sqlite3_bind_int64(stmt, 2, c->t_ns);
    sqlite3_bind_int64(stmt, 3, c->calibration.version);
    sqlite3_bind_int(stmt, 4, (int)c->calibration.state);
    sqlite3_bind_blob(stmt, 5, &c->calibration, sizeof c->calibration, SQLITE_TRANSIENT);
}

static void bind_device(sqlite3_stmt *stmt, const struct device_seen *d)
{
    bind_text(stmt, 1, d->name);
    bind_text(stmt, 2, d->serial);
    sqlite3_bind_int64(stmt, 3, d->wall_s);
}

static int put(struct diary_writer *w, sqlite3_stmt *stmt)
{
    int r = sqlite3_step(stmt);
    int error = diary_errno(w->db, r);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return error;
}

/* The first minute of another day: totals of days may have become due. */
static void note_day(struct diary_writer *w, int64_t day)
{
    if (w->started && day == w->day) return;
    w->started = w->due = true;
    w->day = day;
}

int diary_writer_put(struct diary_writer *w, uint32_t type, const void *record)
{
    switch (type) {
    case RECORD_MINUTE:
        diary_bind(w->stmt[STMT_MINUTE], diary_minute, DIARY_MINUTE_COLUMNS, record);
        note_day(w, ((const struct minute *)record)->minute / DAY_MIN);
        return put(w, w->stmt[STMT_MINUTE]);
    case RECORD_EVENT: bind_event(w->stmt[STMT_EVENT], record); return put(w, w->stmt[STMT_EVENT]);
    case RECORD_ENTRY: bind_entry(w->stmt[STMT_ENTRY], record); return put(w, w->stmt[STMT_ENTRY]);
    case RECORD_WORKOUT: bind_workout(w->stmt[STMT_WORKOUT], record); return put(w, w->stmt[STMT_WORKOUT]);
    case RECORD_CALIBRATION:
        bind_calibration(w->stmt[STMT_CALIBRATION], record);
        return put(w, w->stmt[STMT_CALIBRATION]);
    case RECORD_DEVICE: bind_device(w->stmt[STMT_DEVICE], record); return put(w, w->stmt[STMT_DEVICE]);
    default: return 0;
    }
}
