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
};

#define AT(member) offsetof(struct minute, member)
const struct diary_column diary_minute[DIARY_MINUTE_COLUMNS] = {
    {"minute", AT(minute), DIARY_I64},
    {"utc_offset_s", AT(utc_offset_s), DIARY_I32},
    {"unsure_s", AT(posture_s[POSTURE_UNSURE]), DIARY_F32},
    {"sitting_s", AT(posture_s[POSTURE_SITTING]), DIARY_F32},
    {"standing_s", AT(posture_s[POSTURE_STANDING]), DIARY_F32},
    {"walking_s", AT(posture_s[POSTURE_WALKING]), DIARY_F32},
    {"lying_s", AT(posture_s[POSTURE_LYING]), DIARY_F32},
    {"not_worn_s", AT(posture_s[POSTURE_NOT_WORN]), DIARY_F32},
    {"missing_s", AT(posture_s[POSTURE_MISSING]), DIARY_F32},
    {"slouch_sitting_s", AT(slouch_sitting_s), DIARY_F32},
    {"slouch_standing_s", AT(slouch_standing_s), DIARY_F32},
    {"lean_left_s", AT(lean_left_s), DIARY_F32},
    {"lean_right_s", AT(lean_right_s), DIARY_F32},
    {"flexion_mean_deg", AT(flexion_mean_deg), DIARY_F32},
    {"flexion_sd_deg", AT(flexion_sd_deg), DIARY_F32},
    {"flexion_min_deg", AT(flexion_min_deg), DIARY_F32},
    {"flexion_max_deg", AT(flexion_max_deg), DIARY_F32},
    {"lateral_mean_deg", AT(lateral_mean_deg), DIARY_F32},
    {"angle_s", AT(angle_s), DIARY_F32},
    {"bin0_s", AT(bin_s[0]), DIARY_F32},
    {"bin1_s", AT(bin_s[1]), DIARY_F32},
    {"bin2_s", AT(bin_s[2]), DIARY_F32},
    {"bin3_s", AT(bin_s[3]), DIARY_F32},
    {"bin4_s", AT(bin_s[4]), DIARY_F32},
    {"bin5_s", AT(bin_s[5]), DIARY_F32},
    {"bin6_s", AT(bin_s[6]), DIARY_F32},
    {"bin7_s", AT(bin_s[7]), DIARY_F32},
    {"p_sitting", AT(p_sitting), DIARY_F32},
    {"creep", AT(creep), DIARY_F32},
    {"steps", AT(steps), DIARY_U16},
    {"bends", AT(bends), DIARY_U16},
    {"shifts", AT(shifts), DIARY_U16},
};

_Static_assert(POSTURE_COUNT == 7 && INCLINATION_BINS == 8, "a column a posture and a bin: add a migration");

void diary_minute_names(char text[1024])
{
    size_t n = 0;
    for (size_t i = 0; i < DIARY_MINUTE_COLUMNS; i++)
        n += (size_t)snprintf(text + n, 1024 - n, "%s%s", i ? "," : "", diary_minute[i].name);
}

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
