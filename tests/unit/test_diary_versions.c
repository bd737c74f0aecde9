/* Every schema that was ever released: read as it is, brought up to date by the writer with nothing lost, also when
 * that is broken off. The texts here are what was released and never change; a new version adds its own. */
#include "folder_fixture.h"

#include "daemon/store/diary.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <sys/wait.h>

static const char version_1[] =
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
    " version INTEGER NOT NULL, state INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "PRAGMA user_version=1;";

/* Five evenings of an hour's sitting, and some of all else. */
static const char rows[] =
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<299)"
    "INSERT INTO minute SELECT (20500+i/60)*1440+1200+i%60, 3600, 0, 58.5, 1.5, 0, 0, 0, 0, i%30, 0, 0, 0, 12.25, 1.5,"
    " 9, 15, NULL, 60, 0, 0, 0, 0, 60, 0, 0, 0, 0.97, 0.5, 7, 1, 2 FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<4)"
    "INSERT INTO event SELECT 1, 1000+i, 0, 'sitting', 1, 'walked', ((20500+i)*1440+1200)*60000000000,"
    " ((20500+i)*1440+1260)*60000000000, 3600, NULL FROM n;"
    "INSERT INTO entry VALUES(7, 1771200000, 1, 'pain', 4, 'low-back'),(9, 1771200001, 6, 'note', NULL, 'Rücken; ok');"
    "INSERT INTO workout VALUES(3, 1771200000, 1771203600, 1, 'Leg day');"
    "INSERT INTO calibration VALUES(1, 1771200000, 5, 1, 2, x'0102030405');";

enum { MINUTES = 300, SEATED_MIN = 60 };

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s", why);
}

static sqlite3 *open_file(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    return db;
}

static void run_once(const char *sql)
{
    sqlite3 *db = open_file();
    run(db, sql);
    sqlite3_close(db);
}

static int set_up_version_1(void **state)
{
    set_up(state);
    sqlite3 *db = open_file();
    run(db, "PRAGMA journal_mode=WAL");
    run(db, version_1);
    run(db, rows);
    sqlite3_close(db);
    return 0;
}

static int64_t number(const char *sql)
{
    sqlite3 *db = open_file();
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return answer;
}

/* All that is in the tables of before, as one number. */
static int64_t contents(void)
{
    return number("SELECT (SELECT sum(minute%9973+utc_offset_s+sitting_s*4+slouch_sitting_s+flexion_mean_deg*4+steps)"
                  " FROM minute)*1000003+(SELECT sum(kind+start_run_ns+id+reason+start_wall_ns/60000000000"
                  "+end_wall_ns/60000000000)+sum(length(kind_name)+length(reason_name)) FROM event)*31"
                  "+(SELECT sum(id*wall_s+kind+ifnull(value,77)+length(what)+unicode(what)) FROM entry)"
                  "+(SELECT sum(id+start_wall_s+end_wall_s+type+length(title)) FROM workout)"
                  "+(SELECT sum(id+wall_s+run_ns+version+state+length(bytes)) FROM calibration)");
}

static int on_day(void *arg, const struct day_total *total)
{
    double *seated_min = arg;
    *seated_min += total->figures.posture_min[POSTURE_SITTING] + total->figures.posture_min[POSTURE_STANDING];
    assert_int_equal(total->bouts.n, 1);
    assert_true(total->bouts.longest_min == SEATED_MIN);
    return 0;
}

static int count(void *n, const struct minute *m)
{
    (void)m;
    return ++*(int *)n, 0;
}

static void assert_readable(void)
{
    struct diary *d;
    char why[256] = "";
    double seated_min = 0;
    int n = 0;
    if (diary_open(folder, &d, why) != 0) fail_msg("%s", why);
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, count, &n), 0);
    assert_int_equal(n, MINUTES);
    assert_int_equal(diary_days(d, 0, INT64_MAX, on_day, &seated_min), 0);
    assert_true(fabs(seated_min - MINUTES) < 1e-9);
    diary_close(d);
}

static void bring_up(void)
{
    struct store *s = fixture_open(folder, fixture_options());
    struct store_state st;
    store_state(s, &st);
    assert_string_equal(st.recovered, "");
    store_close(s);
    assert_int_equal(number("PRAGMA user_version"), diary_version());
}

static void test_read_as_it_is(void **state)
{
    (void)state;
    assert_readable();
    assert_int_equal(number("PRAGMA user_version"), 1);
}

static void test_read_where_nobody_may_write(void **state)
{
    (void)state;
    assert_int_equal(chmod(file, 0400), 0);
    assert_int_equal(chmod(folder, 0500), 0);
    assert_readable();
    chmod(folder, 0700);
}

static void test_brought_up(void **state)
{
    (void)state;
    int64_t before = contents();
    bring_up();
    assert_int_equal(contents(), before);
    assert_readable();
    bring_up();
    assert_int_equal(contents(), before);
    assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* The new tables serve: a minute of another day, and what came before has its totals. */
static void test_totals_of_before(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    store_minute(s, &(struct minute){.minute = 20600 * 1440});
    store_close(s);
    assert_true(number("SELECT count(*) FROM day WHERE minutes>0") == MINUTES / 60);
    run_once("DELETE FROM minute WHERE minute=20600*1440");
    assert_readable();
}

static void test_broken_off(void **state)
{
    (void)state;
    int64_t before = contents();
    pid_t pid = fork();
    if (pid == 0) { /* killed in the middle of it, with half of it in the write-ahead file */
        sqlite3 *db = open_file();
        sqlite3_exec(db,
                     "PRAGMA cache_size=2; BEGIN IMMEDIATE; CREATE TABLE day(day INTEGER PRIMARY KEY);"
                     "CREATE TABLE large(x); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<999)"
                     "INSERT INTO large SELECT zeroblob(900) FROM n",
                     NULL, NULL, NULL);
        _exit(sqlite3_get_autocommit(db));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_readable();
    bring_up();
    assert_int_equal(contents(), before);
    assert_int_equal(number("SELECT count(*) FROM sqlite_schema WHERE name='large'"), 0);
    assert_readable();
}

/* It cannot be done now (another program is writing): all is as before, and it is done when it can be. */
static void test_refused(void **state)
{
    struct diary_writer *w = NULL;
    char away[160];
    (void)state;
    int64_t before = contents();
    sqlite3 *other = open_file();
    run(other, "BEGIN IMMEDIATE");
    assert_int_equal(diary_writer_open(folder, false, &w, away), -EBUSY);
    assert_string_equal(away, "");
    run(other, "ROLLBACK");
    sqlite3_close(other);
    assert_int_equal(number("PRAGMA user_version"), 1);
    assert_int_equal(contents(), before);
    assert_readable();
    bring_up();
    assert_int_equal(contents(), before);
}

/* It can never be done: a table of that name is there, which is none of ours. A new diary has all rows of the
 * others. */
static void test_not_what_it_says(void **state)
{
    struct diary_writer *w = NULL;
    char away[160];
    (void)state;
    int64_t before = contents();
    run_once("CREATE TABLE device(mine)");
    assert_int_equal(diary_writer_open(folder, false, &w, away), 0);
    diary_writer_close(w);
    assert_non_null(strstr(away, "kept as"));
    assert_int_equal(number("PRAGMA user_version"), diary_version());
    assert_int_equal(contents(), before);
    assert_readable();
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_version_1, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read_as_it_is),    TEST(test_read_where_nobody_may_write),
        TEST(test_brought_up),       TEST(test_totals_of_before),
        TEST(test_broken_off),       TEST(test_refused),
        TEST(test_not_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
