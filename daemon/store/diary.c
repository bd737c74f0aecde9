#include "diary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What has been released is never edited: a change is a new line. Each line leads from its index to the next
 * version. */
static const char *const migrations[] = {
    "CREATE TABLE minute(minute INTEGER PRIMARY KEY, utc_offset_s INTEGER NOT NULL,"
    " unsure_s REAL, sitting_s REAL, standing_s REAL, walking_s REAL, lying_s REAL, not_worn_s REAL, missing_s REAL,"
    " slouch_sitting_s REAL, slouch_standing_s REAL, lean_left_s REAL, lean_right_s REAL,"
    " flexion_mean_deg REAL, flexion_sd_deg REAL, flexion_min_deg REAL, flexion_max_deg REAL, lateral_mean_deg REAL,"
    " angle_s REAL, bin0_s REAL, bin1_s REAL, bin2_s REAL, bin3_s REAL, bin4_s REAL, bin5_s REAL, bin6_s REAL,"
    " bin7_s REAL, p_sitting REAL, creep REAL, steps INTEGER, bends INTEGER, shifts INTEGER);"
    "CREATE TABLE event(kind INTEGER NOT NULL, start_run_ns INTEGER NOT NULL, id INTEGER NOT NULL,"
    " kind_name TEXT NOT NULL, reason INTEGER NOT NULL, reason_name TEXT NOT NULL,"
    " start_wall_ns INTEGER NOT NULL, end_wall_ns INTEGER, utc_offset_s INTEGER NOT NULL, value REAL,"
    " PRIMARY KEY(kind, start_run_ns, id)) WITHOUT ROWID;"
    "CREATE INDEX event_start ON event(start_wall_ns);"
    "CREATE TABLE entry(id INTEGER PRIMARY KEY, wall_s INTEGER NOT NULL, kind INTEGER NOT NULL, kind_name TEXT"
    " NOT NULL, value INTEGER, what TEXT NOT NULL);"
    "CREATE INDEX entry_wall ON entry(wall_s);"
    "CREATE TABLE workout(id INTEGER PRIMARY KEY, start_wall_s INTEGER NOT NULL, end_wall_s INTEGER NOT NULL,"
    " type INTEGER NOT NULL, title TEXT NOT NULL, UNIQUE(start_wall_s, title));"
    "CREATE TABLE calibration(id INTEGER PRIMARY KEY, wall_s INTEGER NOT NULL, run_ns INTEGER NOT NULL,"
    " version INTEGER NOT NULL, state INTEGER NOT NULL, bytes BLOB NOT NULL);",
    /* What becomes of a minute or an event takes the totals that were made of it along, whoever writes: outcome.h says
     * that a day is made of what began from a UTC day before it to a UTC day after it. (A row that is replaced is not
     * deleted as far as triggers go, and an event may be replaced by one of another time.) */
    "CREATE TABLE day(day INTEGER PRIMARY KEY, version INTEGER NOT NULL, start_wall_s INTEGER, length_min INTEGER,"
    " utc_offset_s INTEGER, minutes INTEGER, worn_min REAL, unsure_min REAL, sitting_min REAL, standing_min REAL,"
    " walking_min REAL, lying_min REAL, not_worn_min REAL, missing_min REAL, slouch_min REAL,"
    " slouch_standing_min REAL, slouch_share REAL, lean_left_min REAL, lean_right_min REAL, asymmetry_min REAL,"
    " flexed_20_min REAL, bin0_min REAL, bin1_min REAL, bin2_min REAL, bin3_min REAL, bin4_min REAL, bin5_min REAL,"
    " bin6_min REAL, bin7_min REAL, flexion_mean_deg REAL, angle_min REAL, steps INTEGER, bends INTEGER,"
    " shifts INTEGER, shifts_per_h REAL, creep_max REAL, creep_last REAL, confidence REAL, enough_wear INTEGER,"
    " bouts INTEGER, bouts_prolonged INTEGER, bout_total_min REAL, bout_mean_min REAL, bout_median_min REAL,"
    " bout_longest_min REAL, bout_prolonged_min REAL, bout_prolonged_share REAL, bout_bin0_min REAL,"
    " bout_bin1_min REAL, bout_bin2_min REAL, bout_fragmentation_per_h REAL, bout_alpha REAL, bout_alpha_se REAL,"
    " bout_w50_fit_min REAL, bout_w50_fit_n REAL, bout_w50_fit_sse REAL, bout_w50_nearest_min REAL,"
    " bout_w50_first_min REAL, bout_gini_biased REAL, bout_gini REAL, longest_from_min REAL, longest_to_min REAL,"
    " prompts_sent INTEGER, prompts_corrected_60s INTEGER, prompts_done INTEGER, prompts_snoozed INTEGER,"
    " prompts_skipped INTEGER, prompts_ignored INTEGER, prompts_wrong INTEGER, prompts_recovery_s REAL,"
    " prompts_acted_on INTEGER, breaks INTEGER, rises INTEGER, gaps INTEGER, rezeros INTEGER, gap_min REAL);"
    "CREATE TRIGGER minute_put AFTER INSERT ON minute BEGIN"
    " DELETE FROM day WHERE day BETWEEN NEW.minute/1440-1 AND NEW.minute/1440+1; END;"
    "CREATE TRIGGER minute_changed AFTER UPDATE ON minute BEGIN"
    " DELETE FROM day WHERE day BETWEEN OLD.minute/1440-1 AND OLD.minute/1440+1;"
    " DELETE FROM day WHERE day BETWEEN NEW.minute/1440-1 AND NEW.minute/1440+1; END;"
    "CREATE TRIGGER minute_gone AFTER DELETE ON minute BEGIN"
    " DELETE FROM day WHERE day BETWEEN OLD.minute/1440-1 AND OLD.minute/1440+1; END;"
    "CREATE TRIGGER event_put BEFORE INSERT ON event BEGIN"
    " DELETE FROM day WHERE day BETWEEN NEW.start_wall_ns/86400000000000-1 AND NEW.start_wall_ns/86400000000000+1;"
    " DELETE FROM day WHERE EXISTS (SELECT 1 FROM event WHERE kind=NEW.kind AND start_run_ns=NEW.start_run_ns AND"
    " id=NEW.id AND day BETWEEN start_wall_ns/86400000000000-1 AND start_wall_ns/86400000000000+1); END;"
    "CREATE TRIGGER event_changed AFTER UPDATE ON event BEGIN"
    " DELETE FROM day WHERE day BETWEEN OLD.start_wall_ns/86400000000000-1 AND OLD.start_wall_ns/86400000000000+1;"
    " DELETE FROM day WHERE day BETWEEN NEW.start_wall_ns/86400000000000-1 AND NEW.start_wall_ns/86400000000000+1;"
    " END;"
    "CREATE TRIGGER event_gone AFTER DELETE ON event BEGIN"
    " DELETE FROM day WHERE day BETWEEN OLD.start_wall_ns/86400000000000-1 AND OLD.start_wall_ns/86400000000000+1;"
    " END;"
    "CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL, serial TEXT NOT NULL,"
    " first_wall_s INTEGER NOT NULL, last_wall_s INTEGER NOT NULL, UNIQUE(name, serial));",
};
_Static_assert(OUTCOME_DAYS_AROUND == 1, "the triggers reach that far");

int diary_errno(sqlite3 *db, int result)
{
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return 0;
    case SQLITE_NOMEM: return -ENOMEM;
    case SQLITE_FULL: return -ENOSPC;
    case SQLITE_READONLY: return -EROFS;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return -EBUSY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return -EBADMSG;
    case SQLITE_PERM:
    case SQLITE_AUTH: return -EACCES;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: {
        int os = db ? sqlite3_system_errno(db) : 0;
        return os > 0 ? -os : -EIO;
    }
    default: return -EINVAL;
    }
}

static int row_says_ok(void *ok, int n, char **text, char **names)
{
    (void)names;
    *(bool *)ok = n == 1 && text[0] && strcmp(text[0], "ok") == 0;
    return 0;
}

int diary_check(sqlite3 *db, const char *how)
{
    char pragma[48];
    bool ok = false;
    snprintf(pragma, sizeof pragma, "PRAGMA %s(1)", how);
    int r = sqlite3_exec(db, pragma, row_says_ok, &ok, NULL);
    if (r != SQLITE_OK) return diary_errno(db, r);
    return ok ? 0 : -EBADMSG;
}

int diary_version(void) { return (int)(sizeof migrations / sizeof *migrations); }

static int step_to(sqlite3 *db, int version)
{
    char set[64];
    snprintf(set, sizeof set, "PRAGMA user_version=%d", version);
    int r = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (r == SQLITE_OK) r = sqlite3_exec(db, migrations[version - 1], NULL, NULL, NULL);
    if (r == SQLITE_OK) r = sqlite3_exec(db, set, NULL, NULL, NULL);
    if (r == SQLITE_OK) r = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (r == SQLITE_OK) return 0;
    int error = diary_errno(db, r);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return error;
}

int diary_migrate(sqlite3 *db)
{
    sqlite3_stmt *stmt;
    int r = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);
    if (r != SQLITE_OK) return diary_errno(db, r);
    r = sqlite3_step(stmt);
    int version = r == SQLITE_ROW ? sqlite3_column_int(stmt, 0) : 0;
    int error = diary_errno(db, r);
    sqlite3_finalize(stmt);
    if (error) return error;
    if (version > diary_version()) return -EPROTO;
    while (error == 0 && version < diary_version()) error = step_to(db, ++version);
    return error;
}
