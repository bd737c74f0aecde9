/* Why this is exact:
 *   samples       enter the log in the order of the ring, and run time grows from one to the next: those up to the newest
 *                 one in the log are in, the others are not.
 *   contexts      are numbered, and their numbers grow.
 *   entries       two may be alike in all that a person said, so each knows which row it will be. A row of that number
 *                 with other contents was made by a command while no daemon ran: then ours is not in.
 *   calibrations  the run time tells them apart.
 *   the others    replace what they find (diary_writer.c).
 */
#include "past.h"

#include "diary.h"
#include "folder.h"
#include "record.h"

#include <string.h>

#define SLACK_NS SECONDS_NS(1) /* more than the log's wall time of a sample is ever off (rawlog.c) */

/* ---- samples ----------------------------------------------------------------------------------------------------- */

static void widen(struct past_span *span, int64_t wall_ns)
{
    if (wall_ns - SLACK_NS < span->from_wall_ns) span->from_wall_ns = wall_ns - SLACK_NS;
    if (wall_ns + SLACK_NS > span->to_wall_ns) span->to_wall_ns = wall_ns + SLACK_NS;
}

void past_widen_context(struct past_span *span, const struct rawlog_context *c) { widen(span, c->wall_ns); }

void past_widen(struct past_span *span, const struct rawlog_sample *s)
{
    widen(span, s->wall_ns);
    if (s->reading.t_ns > span->last_t_ns) span->last_t_ns = s->reading.t_ns;
}

static int find_newest(struct past *p, const char *root, const struct past_span *span)
{
    struct log_reader *reader;
    struct log_item item;
    p->newest_t_ns = INT64_MIN;
    if (span->from_wall_ns > span->to_wall_ns) return 0;
    int r = log_reader_open(root, span->from_wall_ns, span->to_wall_ns, &reader);
    if (r < 0) return r;
    while (log_reader_next_item(reader, &item) == 1) {
        int64_t t_ns = item.sample.t_ns;
        if (item.is_context && item.context.number > p->newest_number) p->newest_number = item.context.number;
        if (!item.is_context && t_ns <= span->last_t_ns && t_ns > p->newest_t_ns) p->newest_t_ns = t_ns;
    }
    log_reader_close(reader);
    return 0;
}

/* ---- what is in the diary ---------------------------------------------------------------------------------------- */

static sqlite3_stmt *prepare(struct past *p, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    if (p->db) sqlite3_prepare_v2(p->db, sql, -1, &stmt, NULL);
    return stmt;
}

/* The first column of the only row; 0 without one. */
static int64_t ask(sqlite3_stmt *stmt)
{
    int64_t answer = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return answer;
}

static void open_diary(struct past *p, const char *root)
{
    char path[FOLDER_PATH];
    p->db = NULL;
    if (folder_path(root, DIARY_FILE, path) < 0) return;
    if (sqlite3_open_v2(path, &p->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) past_close(p);
    p->last_row = ask(prepare(p, "SELECT max(id) FROM entry"));
}

static bool has_entry(struct past *p, const struct past_entry *e)
{
    sqlite3_stmt *stmt = prepare(p, "SELECT 1 FROM entry WHERE id=? AND wall_s=? AND kind=? AND ifnull(value,-1)=?"
                                    " AND what=?");
    if (!stmt) return false;
    sqlite3_bind_int64(stmt, 1, e->row);
    sqlite3_bind_int64(stmt, 2, e->entry.wall_s);
    sqlite3_bind_int(stmt, 3, (int)e->entry.kind);
    sqlite3_bind_int(stmt, 4, e->entry.value < 0 ? -1 : e->entry.value);
    sqlite3_bind_text(stmt, 5, e->entry.what, -1, SQLITE_STATIC);
    return ask(stmt);
}

static bool has_calibration(struct past *p, const struct record_calibration *c)
{
    sqlite3_stmt *stmt = prepare(p, "SELECT 1 FROM calibration WHERE run_ns=? AND wall_s=? AND bytes=? LIMIT 1");
    if (!stmt) return false;
    sqlite3_bind_int64(stmt, 1, c->t_ns);
    sqlite3_bind_int64(stmt, 2, c->wall_s);
    sqlite3_bind_blob(stmt, 3, &c->calibration, sizeof c->calibration, SQLITE_STATIC);
    return ask(stmt);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

int past_open(struct past *p, const char *root, const struct past_span *span)
{
    *p = (struct past){0};
    int r = find_newest(p, root, span);
    if (r == 0) open_diary(p, root);
    return r;
}

void past_close(struct past *p)
{
    sqlite3_close(p->db);
    p->db = NULL;
}

bool past_has(struct past *p, uint32_t type, const void *record)
{
    switch (type) {
    case RECORD_SAMPLE: return ((const struct rawlog_sample *)record)->reading.t_ns <= p->newest_t_ns;
    case RECORD_CONTEXT: return ((const struct rawlog_context *)record)->number <= p->newest_number;
    case RECORD_ENTRY: return has_entry(p, record);
    case RECORD_CALIBRATION: return has_calibration(p, record);
    default: return false;
    }
}
