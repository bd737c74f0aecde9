/* Totals of days: what is kept is what would be made from the minutes, whatever was changed since, and whoever asks. */
#include "folder_fixture.h"

#include "daemon/store/diary.h"

#include <math.h>
#include <sqlite3.h>

enum { DAY_MIN = 1440, FIRST = 20500, DAYS = 12, MOST = 40 };

static sqlite3 *db;

static int close_and_tear_down(void **state)
{
    sqlite3_close(db);
    db = NULL;
    return tear_down(state);
}

/* ---- days made up ------------------------------------------------------------------------------------------------ */

static struct minute minute_at(int64_t minute, int32_t offset_s)
{
    uint32_t seed = (uint32_t)minute * 2654435761u + 1;
    struct minute m = {.minute = minute, .utc_offset_s = offset_s, .p_sitting = 0.9f, .angle_s = 60};
    enum posture posture = (enum posture)(fixture_random(&seed) % POSTURE_LYING);
    m.posture_s[posture] = 60;
    m.slouch_sitting_s = posture == POSTURE_SITTING ? (float)(fixture_random(&seed) % 60) : 0;
    m.flexion_mean_deg = (float)(fixture_random(&seed) % 300) / 10;
    m.flexion_sd_deg = m.flexion_min_deg = m.flexion_max_deg = m.lateral_mean_deg = NAN;
    m.bin_s[fixture_random(&seed) % INCLINATION_BINS] = 60;
    m.steps = (uint16_t)(fixture_random(&seed) % 90);
    m.creep = (float)(fixture_random(&seed) % 100) / 100;
    return m;
}

static void put_event(struct store *s, enum event_kind kind, int reason, int64_t from_min, int64_t to_min, uint32_t id)
{
    struct now now = {.utc_offset_s = 3600};
    struct event e = {kind, reason, SECONDS_NS(from_min * 60), SECONDS_NS(to_min * 60), 7.5f, id};
    store_event(s, &e, &now);
}

/* From eight in the evening, over midnight, to four in the morning, each day's minutes in the offset of ZONE. */
static void live(struct store *s, int from, int to, int32_t (*zone)(int))
{
    for (int day = from; day < to; day++) {
        int64_t evening = (int64_t)(FIRST + day) * DAY_MIN + 20 * 60;
        for (int i = 0; i < 8 * 60; i++) {
            struct minute m = minute_at(evening + i, zone(day));
            store_minute(s, &m);
        }
        put_event(s, EVENT_SITTING, BOUT_ROSE, evening + 10, evening + 50, 0);
        put_event(s, EVENT_SITTING, BOUT_WALKED, evening + 60, evening + 300, 0);
        put_event(s, EVENT_GAP, GAP_SILENT, evening + 100, evening + 104, 0);
        put_event(s, EVENT_ALERT, TOPIC_BREAK, evening + 90, evening + 91, (uint32_t)day + 1);
        put_event(s, EVENT_ANSWER, ANSWER_DONE, evening + 91, evening + 91, (uint32_t)day + 1);
        store_flush(s);
    }
}

static int32_t paris(int day)
{
    (void)day;
    return 3600;
}

/* Clocks change after three days, a flight east after six. */
static int32_t travelling(int day) { return day < 3 ? 3600 : day < 6 ? 7200 : 9 * 3600; }

/* ---- asking ------------------------------------------------------------------------------------------------------ */

struct days {
    int n;
    struct day_total total[MOST];
};

static int on_day(void *arg, const struct day_total *total)
{
    struct days *days = arg;
    assert_true(days->n < MOST);
    days->total[days->n++] = *total;
    return 0;
}

static struct days ask(void)
{
    struct days days = {0};
    struct diary *d;
    char why[256] = "";
    if (diary_open(folder, &d, why) != 0) fail_msg("%s", why);
    assert_int_equal(diary_days(d, 0, INT64_MAX, on_day, &days), 0);
    diary_close(d);
    return days;
}

static int64_t number(const char *sql)
{
    sqlite3_stmt *stmt;
    if (!db) assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    int r = sqlite3_step(stmt);
    int64_t answer = r == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    return answer;
}

/* What is kept says the same as what is made anew, to the bit. */
static void assert_right(void)
{
    struct days kept = ask();
    number("BEGIN");
    number("CREATE TEMP TABLE aside AS SELECT * FROM day");
    number("DELETE FROM day");
    number("COMMIT");
    struct days made = ask();
    number("INSERT INTO day SELECT * FROM aside");
    number("DROP TABLE aside");
    assert_int_equal(kept.n, made.n);
    for (int i = 0; i < kept.n; i++) {
        for (int c = 0; c < DIARY_DAY_COLUMNS; c++) {
            const struct diary_column *column = &diary_day[c];
            const char *a = (char *)&kept.total[i] + column->offset, *b = (char *)&made.total[i] + column->offset;
            size_t size = column->type == DIARY_BOOL                              ? 1
                          : column->type == DIARY_I64 || column->type == DIARY_F64 ? 8
                                                                                   : 4;
            bool unknown = column->type == DIARY_F64 && isnan(*(const double *)a) && isnan(*(const double *)b);
            if (!unknown && memcmp(a, b, size) != 0) fail_msg("day %d: %s", i, column->name);
        }
    }
}

static void fill(void)
{
    struct diary_writer *w;
    char away[160];
    if (db) sqlite3_close(db), db = NULL;
    assert_int_equal(diary_writer_open(folder, false, &w, away), 0);
    struct minute last = minute_at((int64_t)(FIRST + DAYS) * DAY_MIN + 600, 3600);
    assert_int_equal(diary_writer_begin(w, false), 0);
    assert_int_equal(diary_writer_put(w, 3 /* a minute */, &last), 0);
    assert_int_equal(diary_writer_end(w), 0);
    int r;
    while ((r = diary_writer_fill(w)) == 1) continue;
    assert_int_equal(r, 0);
    diary_writer_close(w);
}

static int64_t kept(void) { return number("SELECT count(*) FROM day"); }

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void test_known(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, DAYS, paris);
    store_close(s);
    struct days days = ask();
    /* 20:00 UTC is 21:00 there: three hours of each evening, five of the next morning */
    assert_int_equal(days.n, DAYS + 1);
    assert_int_equal(days.total[0].span.date, FIRST);
    assert_int_equal(days.total[0].figures.minutes, 180);
    assert_int_equal(days.total[1].figures.minutes, 480);
    assert_int_equal(days.total[1].span.start_wall_s, (int64_t)(FIRST + 1) * 86400 - 3600);
    assert_int_equal(days.total[1].span.length_min, 1440);
    assert_int_equal(days.total[1].bouts.n, 3);
    assert_true(days.total[1].bouts.total_min == 40 + 240);
    assert_true(days.total[1].bouts.longest_min == 120);
    assert_int_equal(days.total[1].breaks, 2);
    assert_int_equal(days.total[1].gaps, 1);
    assert_true(days.total[1].gap_min == 4);
    assert_int_equal(days.total[1].responses.sent, 1);
    assert_int_equal(days.total[1].responses.done, 1);
    assert_int_equal(days.total[DAYS].figures.minutes, 300);
    assert_true(kept() >= DAYS - 2);
    assert_right();
}

static void test_filled_at_midnight(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, 3, paris); /* until the morning of the fourth day */
    assert_int_equal(number("SELECT max(day) FROM day"), FIRST + 1);
    assert_int_equal(number("SELECT count(*) FROM day WHERE day>=20500"), 2);
    live(s, 3, 4, paris);
    assert_int_equal(number("SELECT max(day) FROM day"), FIRST + 2);
    store_close(s);
    assert_right();
}

static void test_zones(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, DAYS, travelling);
    store_close(s);
    fill();
    assert_right();
    struct days days = ask();
    unsigned minutes = 0;
    for (int i = 0; i < days.n; i++) minutes += days.total[i].figures.minutes;
    assert_int_equal(minutes, DAYS * 480 + 1);
    for (int i = 1; i < days.n; i++)
        assert_int_equal(days.total[i].span.start_wall_s,
                         days.total[i - 1].span.start_wall_s + days.total[i - 1].span.length_min * 60);
}

static void test_never_stale(void **state)
{
    static const char *const changes[] = {
        "UPDATE minute SET sitting_s=1, standing_s=2 WHERE minute=20503*1440+1210",
        "UPDATE minute SET utc_offset_s=-36000 WHERE minute BETWEEN 20504*1440 AND 20505*1440",
        "UPDATE minute SET minute=minute-600 WHERE minute=20502*1440+1210",
        "DELETE FROM minute WHERE minute=20501*1440+1300",
        "DELETE FROM minute WHERE minute<20503*1440",
        "INSERT INTO minute(minute,utc_offset_s,walking_s,sitting_s,unsure_s,standing_s,lying_s,not_worn_s,missing_s,"
        "angle_s) VALUES(20506*1440+600,3600,60,0,0,0,0,0,0,0)",
        "INSERT OR REPLACE INTO minute SELECT * FROM minute WHERE minute/1440=20504",
        "DELETE FROM event WHERE kind=1 AND start_wall_ns/86400000000000=20507",
        "UPDATE event SET end_wall_ns=NULL WHERE kind=1 AND start_wall_ns/86400000000000=20508",
        "UPDATE event SET start_wall_ns=start_wall_ns+86400000000000 WHERE kind=12",
        "INSERT OR REPLACE INTO event SELECT kind,start_run_ns,id,kind_name,reason,reason_name,"
        "start_wall_ns+3*86400000000000,end_wall_ns+3*86400000000000,utc_offset_s,value FROM event"
        " WHERE kind=1 AND start_wall_ns/86400000000000=20504",
        "DELETE FROM event",
    };
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, DAYS, paris);
    store_close(s);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        fill();
        int64_t before = kept();
        assert_true(before > 4);
        number(changes[i]);
        if (kept() >= before) fail_msg("nothing was given up: %s", changes[i]);
        assert_right();
    }
    fill();
    assert_right();
}

static void test_another_computation(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, DAYS, paris);
    store_close(s);
    fill();
    int64_t before = kept();
    number("UPDATE day SET version=version+1, sitting_min=-1, minutes=99999");
    struct days days = ask();
    for (int i = 0; i < days.n; i++) assert_true(days.total[i].figures.minutes <= 480);
    fill();
    assert_int_equal(kept(), before);
    assert_int_equal(number("SELECT count(*) FROM day WHERE sitting_min<0"), 0);
}

static void test_a_schema_of_before(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, DAYS, paris);
    store_close(s);
    struct days with = ask();
    number("DROP TRIGGER minute_put");
    number("DROP TABLE day");
    number("PRAGMA user_version=1");
    struct days without = ask();
    assert_int_equal(with.n, without.n);
    assert_true(with.total[3].figures.worn_min == without.total[3].figures.worn_min);
}

static void test_rows_that_cannot_be(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    live(s, 0, 2, paris);
    store_close(s);
    number("UPDATE minute SET sitting_s=1e30 WHERE minute%7=0");
    number("UPDATE minute SET utc_offset_s=2000000000 WHERE minute%7=1");
    number("INSERT INTO minute(minute,utc_offset_s) VALUES(-9223372036854775807,0),(9223372036854775807,0),(-1,0)");
    number("UPDATE event SET end_wall_ns=9223372036854775807 WHERE kind=9");
    number("UPDATE event SET start_wall_ns=-9223372036854775807 WHERE kind=12");
    number("UPDATE event SET kind=77 WHERE kind=13");
    struct days days = ask();
    assert_in_range(days.n, 2, 3);
    assert_in_range(days.total[1].figures.minutes, 300, 400);
    assert_true(isfinite(days.total[1].figures.worn_min) && days.total[1].figures.worn_min < 480);
    fill();
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, close_and_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_known),       TEST(test_filled_at_midnight),  TEST(test_zones),
        TEST(test_never_stale), TEST(test_another_computation), TEST(test_a_schema_of_before),
        TEST(test_rows_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
