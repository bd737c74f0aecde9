/* The diary: what goes in comes out, twice is once, an older schema is brought up and a newer one is left alone. */
#include "folder_fixture.h"

#include "daemon/store/diary.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>

/* Rows as they come. */
struct rows {
    unsigned n, stop_after;
    struct minute minute[8];
    struct diary_event event[8];
    struct entry entry[8];
    struct workout workout[8];
};

static int on_minute(void *arg, const struct minute *m)
{
    struct rows *r = arg;
    r->minute[r->n++] = *m;
    return r->n == r->stop_after ? 77 : 0;
}

static int on_event(void *arg, const struct diary_event *e)
{
    struct rows *r = arg;
    r->event[r->n++] = *e;
    return 0;
}

static int on_entry(void *arg, const struct entry *e)
{
    struct rows *r = arg;
    r->entry[r->n++] = *e;
    return 0;
}

static int on_workout(void *arg, const struct workout *w)
{
    struct rows *r = arg;
    r->workout[r->n++] = *w;
    return 0;
}

static struct diary *read_it(void)
{
    struct diary *d;
    char why[256] = "";
    if (diary_open(folder, &d, why) != 0) fail_msg("%s", why);
    return d;
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Every field another number. */
static struct minute make_minute(int64_t at)
{
    struct minute m = {.minute = at, .utc_offset_s = -12600, .steps = 65535, .bends = 2, .shifts = 3};
    float *field = m.posture_s;
    for (size_t i = 0; i < POSTURE_COUNT; i++) field[i] = 0.1f * (float)(i + 1);
    m.slouch_sitting_s = 1.1f, m.slouch_standing_s = 1.2f, m.lean_left_s = 1.3f, m.lean_right_s = 1.4f;
    m.flexion_mean_deg = 12.345678f, m.flexion_sd_deg = 0.3f, m.flexion_min_deg = -7.7f, m.flexion_max_deg = 31.1f;
    m.lateral_mean_deg = -1e-7f, m.angle_s = 59.9f, m.p_sitting = 0.987654f, m.creep = 0.33f;
    for (size_t i = 0; i < INCLINATION_BINS; i++) m.bin_s[i] = 0.7f * (float)i;
    return m;
}

static void test_minutes(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    struct minute m = make_minute(29540760), bare = {.minute = 29540761, .utc_offset_s = 0};
    bare.flexion_mean_deg = bare.flexion_sd_deg = bare.flexion_min_deg = bare.flexion_max_deg = bare.lateral_mean_deg =
        NAN;
    struct minute half = m;
    half.posture_s[POSTURE_SITTING] = 0;
    store_minute(s, &half);
    store_minute(s, &bare);
    store_flush(s);
    store_minute(s, &m); /* after a restart: replaces */
    store_minute(s, &half); /* the clock was set back: the fuller one stays */
    store_flush(s);
    struct diary *d = read_it();
    struct rows r = {0};
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, on_minute, &r), 0);
    assert_int_equal(r.n, 2);
    for (int i = 0; i < DIARY_MINUTE_COLUMNS; i++) {
        const struct diary_column *c = &diary_minute[i];
        size_t size = c->type == DIARY_I64 ? 8 : c->type == DIARY_U16 ? 2 : 4;
        assert_memory_equal((char *)&r.minute[0] + c->offset, (char *)&m + c->offset, size);
    }
    assert_true(isnan(r.minute[1].flexion_mean_deg) && isnan(r.minute[1].lateral_mean_deg));
    assert_true(r.minute[1].angle_s == 0);
    r = (struct rows){.stop_after = 1};
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, on_minute, &r), 77);
    r = (struct rows){0};
    assert_int_equal(diary_minutes(d, 29540761, 29540762, on_minute, &r), 0);
    assert_int_equal(r.n, 1);
    diary_close(d);
    store_close(s);
}

static void test_events(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    struct now now = fixture_now(0);
    struct event bout = {
        .kind = EVENT_SITTING, .start_ns = now.t_ns - SECONDS_NS(60), .end_ns = EVENT_OPEN, .value = NAN};
    struct event alert = {
        .kind = EVENT_ALERT, .reason = 1, .start_ns = now.t_ns, .end_ns = now.t_ns, .value = 4.5f, .id = 9};
    store_event(s, &bout, &now);
    store_event(s, &alert, &now);
    alert.id = 10; /* another one at the same time */
    store_event(s, &alert, &now);
    store_flush(s);
    struct diary *d = read_it();
    struct rows r = {0};
    assert_int_equal(diary_events(d, 0, INT64_MAX, on_event, &r), 0);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.event[0].end_wall_ns, EVENT_OPEN);
    assert_int_equal(r.event[0].start_wall_ns, FIXTURE_WALL_NS - SECONDS_NS(60));
    assert_true(isnan(r.event[0].value));

    bout.end_ns = now.t_ns + SECONDS_NS(60), bout.reason = BOUT_WALKED, bout.value = 3;
    for (int i = 0; i < 3; i++) store_event(s, &bout, &now);
    store_flush(s);
    r = (struct rows){0};
    assert_int_equal(diary_events(d, 0, INT64_MAX, on_event, &r), 0);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.event[0].kind, EVENT_SITTING);
    assert_int_equal(r.event[0].reason, BOUT_WALKED);
    assert_int_equal(r.event[0].end_wall_ns, FIXTURE_WALL_NS + SECONDS_NS(60));
    assert_int_equal(r.event[0].utc_offset_s, 3600);
    assert_true(r.event[0].value == 3 && r.event[2].value == 4.5f);
    assert_int_equal(r.event[2].id, 10);
    r = (struct rows){0};
    assert_int_equal(diary_events(d, FIXTURE_WALL_NS / NS_PER_S, INT64_MAX, on_event, &r), 0);
    assert_int_equal(r.n, 2);
    diary_close(d);
    store_close(s);
}

static void test_what_a_person_enters(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    struct entry pain = {.wall_s = 100, .kind = ENTRY_PAIN, .value = 4},
                 note = {.wall_s = 50, .kind = ENTRY_NOTE, .value = -1};
    memset(pain.what, 'x', sizeof pain.what); /* no end */
    snprintf(note.what, sizeof note.what, "it's; DROP TABLE entry; ü");
    store_entry(s, &pain);
    store_entry(s, &note);
    struct workout squat = {.start_wall_s = 1000, .end_wall_s = 4600, .type = WORKOUT_SQUAT, .title = "Leg day"};
    store_workout(s, &squat);
    squat.end_wall_s = 5000;
    store_workout(s, &squat); /* the same one, longer */
    store_flush(s);
    struct diary *d = read_it();
    struct rows r = {0};
    assert_int_equal(diary_entries(d, 0, 1000, on_entry, &r), 0);
    assert_int_equal(r.n, 2);
    assert_string_equal(r.entry[0].what, "it's; DROP TABLE entry; ü");
    assert_int_equal(r.entry[0].value, -1);
    assert_int_equal(strlen(r.entry[1].what), sizeof pain.what - 1);
    assert_int_equal(r.entry[1].value, 4);
    r.n = 0;
    assert_int_equal(diary_workouts(d, 0, 2000, on_workout, &r), 0);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.workout[0].end_wall_s, 5000);
    struct workout moved = r.workout[0];
    moved.start_wall_s = 1500;
    store_workout(s, &moved); /* by its id */
    store_flush(s);
    r.n = 0;
    assert_int_equal(diary_workouts(d, 0, 2000, on_workout, &r), 0);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.workout[0].start_wall_s, 1500);
    assert_int_equal(r.workout[0].id, moved.id);
    assert_string_equal(r.workout[0].title, "Leg day");

    static const int64_t heard_s[] = {500, 900, 300, 700};
    for (int i = 0; i < 4; i++) store_device(s, &(struct device_seen){"plumb", "00ab", heard_s[i]});
    store_device(s, &(struct device_seen){"plumb", "00cd", 600});
    store_flush(s);
    run_sql("CREATE TEMP TABLE told(x CHECK(x)); INSERT INTO told SELECT count(*)=2 AND min(first_wall_s)=300 AND"
            " max(last_wall_s)=900 FROM device");

    struct calibration c = {.version = CALIBRATION_VERSION, .state = REFERENCE_CALIBRATED, .strap_id = 1}, got;
    struct now now = fixture_now(0);
    assert_int_equal(diary_calibration(d, &got), -ENOENT);
    store_calibration(s, &c, &now);
    c.strap_id = 2;
    store_calibration(s, &c, &now);
    store_flush(s);
    assert_int_equal(diary_calibration(d, &got), 0);
    assert_int_equal(got.strap_id, 2);
    assert_memory_equal(&got, &c, sizeof c);
    diary_close(d);
    store_close(s);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static void put_minutes(int64_t from, int64_t to)
{
    struct store *s = fixture_open(folder, fixture_options());
    for (int64_t i = from; i < to; i++) {
        struct minute m = make_minute(i);
        store_minute(s, &m);
    }
    store_close(s);
}

static int count_only(void *n, const struct minute *m)
{
    (void)m;
    ++*(unsigned *)n;
    return 0;
}

static unsigned count_minutes(void)
{
    unsigned n = 0;
    struct diary *d = read_it();
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, count_only, &n), 0);
    diary_close(d);
    return n;
}

static void test_versions(void **state)
{
    (void)state;
    struct diary *d;
    struct store *s;
    struct store_options o = fixture_options();
    char why[256];
    assert_int_equal(diary_open(folder, &d, why), -ENOENT);
    close(open(file, O_CREAT | O_RDWR, 0600)); /* version 0: an empty file */
    put_minutes(0, 10);
    put_minutes(10, 20);
    assert_int_equal(count_minutes(), 20);
    run_sql("PRAGMA user_version=9999");
    assert_int_equal(store_open(folder, &o, &s, why), -EPROTO);
    assert_non_null(strstr(why, "newer Plumbline"));
    assert_int_equal(diary_open(folder, &d, why), -EPROTO);
    assert_non_null(strstr(why, "newer Plumbline"));
    run_sql("PRAGMA user_version=2");
    assert_int_equal(count_minutes(), 20);
}

static void test_year(void **state)
{
    (void)state;
    put_minutes(0, 100000);
    assert_int_equal(count_minutes(), 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_minutes),  TEST(test_events),  TEST(test_what_a_person_enters),
        TEST(test_versions), TEST(test_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
