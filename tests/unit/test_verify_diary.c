/* store_check() and store_repair() on the diary and what lies beside it. */
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>

enum { MINUTES = 3000, EVENTS = 1000, ENTRIES = 50, KINDS = FINDING_NO_SAMPLES + 1, PAGE = 4096 };
#define FIRST_MINUTE (FIXTURE_WALL_NS / SECONDS_NS(60))

static char *folder;
static char copy[80], diary_path[96];
static unsigned found[KINDS];
static int64_t number[KINDS], from_wall_ns[KINDS], to_wall_ns[KINDS];

static void keep(void *arg, const struct finding *f)
{
    (void)arg;
    found[f->kind]++;
    number[f->kind] = f->number;
    from_wall_ns[f->kind] = f->from_wall_ns;
    to_wall_ns[f->kind] = f->to_wall_ns;
}

static struct store_check check(const char *path)
{
    struct store_check c = {.to_wall_ns = INT64_MAX, .found = keep};
    memset(found, 0, sizeof found);
    assert_int_equal(store_check(path, &c), 0);
    return c;
}

static struct minute a_minute(int64_t i)
{
    struct minute m = {.minute = FIRST_MINUTE + i, .utc_offset_s = 3600, .angle_s = 60};
    m.posture_s[POSTURE_SITTING] = 60;
    m.bin_s[2] = 60;
    return m;
}

static void make_diary(unsigned minutes)
{
    struct store *s = fixture_open(folder, fixture_options());
    struct now now = {0, 0, 3600};
    for (unsigned i = 0; i < minutes; i++) {
        struct minute m = a_minute(i);
        store_minute(s, &m);
    }
    for (unsigned i = 0; i < EVENTS; i++) {
        struct event e = {
            .kind = i % 2 ? EVENT_WALK : EVENT_RISE, .start_ns = FIXTURE_WALL_NS + SECONDS_NS(i), .value = 3};
        e.end_ns = e.start_ns;
        store_event(s, &e, &now);
    }
    for (int i = 0; i < ENTRIES; i++) {
        struct entry e = {.wall_s = 1772445600 + i, .kind = ENTRY_PAIN, .value = i % 11};
        snprintf(e.what, sizeof e.what, "neck");
        store_entry(s, &e);
    }
    store_close(s);
}

static int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    snprintf(copy, sizeof copy, "%s-copy", folder);
    snprintf(diary_path, sizeof diary_path, "%s/plumbline.db", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_remove(copy);
    fixture_remove(folder);
    return 0;
}

static int64_t ask(const char *path, const char *sql)
{
    char file[160];
    sqlite3 *db;
    sqlite3_stmt *row;
    snprintf(file, sizeof file, "%s/plumbline.db", path);
    assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    int r = sqlite3_step(row);
    if (r != SQLITE_ROW && r != SQLITE_DONE) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t value = r == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    sqlite3_close(db);
    return value;
}

static void repair(void)
{
    char why[256] = "";
    struct store_check c = {0};
    if (store_repair(folder, copy, &c, why)) fail_msg("%s", why);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void test_clean(void **state)
{
    (void)state;
    make_diary(100);
    struct store_check c = check(folder);
    assert_int_equal(c.damages, 0);
    assert_int_equal(c.minutes, 100);
    assert_int_equal(c.events, EVENTS);
    repair();
    c = check(copy);
    assert_int_equal(c.damages, 0);
    assert_int_equal(c.minutes, 100);
    assert_int_equal(ask(copy, "SELECT count(*) FROM entry"), ENTRIES);
    char why[256];
    assert_int_equal(store_repair(folder, copy, &c, why), -ENOTEMPTY);
    assert_non_null(strstr(why, "not empty"));
    char inside[96];
    snprintf(inside, sizeof inside, "%s/inside", folder);
    assert_int_equal(store_repair(folder, inside, &c, why), -EINVAL);
    assert_int_equal(access(inside, F_OK), -1);
}

static void test_rows_that_must_not_be(void **state)
{
    static const struct {
        const char *sql;
        enum finding_kind kind;
        int64_t number;
    } cases[] = {
        {"UPDATE minute SET sitting_s=90 WHERE minute%10=0", FINDING_MINUTES, 10},
        {"UPDATE minute SET angle_s=-1 WHERE minute%50=0", FINDING_MINUTES, 2},
        {"UPDATE event SET end_wall_ns=start_wall_ns-1 WHERE kind=5 AND start_run_ns%100000000000=0", FINDING_EVENTS,
         EVENTS / 100},
        {"UPDATE event SET end_wall_ns=NULL WHERE kind=7 AND start_run_ns<(SELECT min(start_run_ns)+5000000000 FROM "
         "event)",
         FINDING_EVENTS_OPEN, 2},
        {"INSERT INTO "
         "event(kind,start_run_ns,id,kind_name,reason,reason_name,start_wall_ns,end_wall_ns,utc_offset_s,value)"
         " VALUES(13,5,77,'answer',0,'done',5,5,0,0)",
         FINDING_ANSWERS, 1},
    };
    (void)state;
    make_diary(100);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask(folder, cases[i].sql);
        check(folder);
        if (found[cases[i].kind] != 1 || number[cases[i].kind] != cases[i].number)
            fail_msg("%s: found %u, %d", cases[i].sql, found[cases[i].kind], (int)number[cases[i].kind]);
        ask(folder, "UPDATE minute SET sitting_s=60,angle_s=60");
    }
}

/* Samples from minute 0 on for 20 minutes, and a diary that lacks some of these and has some more. */
static void test_minutes_and_samples(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 20 * 6000);
    for (int i = 0; i < 20; i++) {
        struct minute m = a_minute(i);
        if (i < 3 || i >= 7) store_minute(s, &m);
    }
    store_close(s);
    struct store_check c = check(folder);
    assert_int_equal(c.damages, 1);
    assert_int_equal(found[FINDING_NO_MINUTE], 1);
    assert_int_equal(number[FINDING_NO_MINUTE], 4);
    assert_int_equal(from_wall_ns[FINDING_NO_MINUTE], FIXTURE_WALL_NS + SECONDS_NS(180));
    assert_int_equal(to_wall_ns[FINDING_NO_MINUTE], FIXTURE_WALL_NS + SECONDS_NS(420));

    s = fixture_open(folder, fixture_options());
    for (int i = 3; i < 30; i++) {
        struct minute m = a_minute(i < 20 ? i : i < 25 ? i + 100 : i + 3000); /* later that day; two days later */
        store_minute(s, &m);
    }
    store_close(s);
    c = check(folder);
    assert_int_equal(c.damages, 1);
    assert_int_equal(found[FINDING_NO_MINUTE], 0);
    assert_int_equal(number[FINDING_NO_SAMPLES], 5);
    assert_int_equal(from_wall_ns[FINDING_NO_SAMPLES], FIXTURE_WALL_NS + SECONDS_NS(120 * 60));
    assert_int_equal(number[FINDING_NO_DAY], 5);

    c = (struct store_check){
        .from_wall_ns = FIXTURE_WALL_NS, .to_wall_ns = FIXTURE_WALL_NS + SECONDS_NS(3600), .found = keep};
    memset(found, 0, sizeof found);
    assert_int_equal(store_check(folder, &c), 0);
    assert_int_equal(c.damages, 0);
    assert_int_equal(c.minutes, 20);
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static void scramble_page(unsigned page)
{
    uint8_t noise[PAGE];
    uint32_t seed = page + 1;
    for (size_t i = 0; i < PAGE; i++) noise[i] = (uint8_t)fixture_random(&seed);
    int fd = open(diary_path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, noise, PAGE, (off_t)page * PAGE), PAGE);
    close(fd);
}

/* Whichever page is gone: only rows of its own are, and none of the copy's is another one. */
static void test_any_page(void **state)
{
    unsigned tried = 0, lost = 0, spoilt = 0;
    (void)state;
    make_diary(MINUTES);
    unsigned pages = (unsigned)ask(folder, "PRAGMA page_count");
    for (unsigned page = 0; page < pages; page += 1 + pages / 40) {
        scramble_page(page);
        tried++;
        struct store_check c = check(folder);
        if (c.damages) {
            repair();
            int64_t minutes = ask(copy, "SELECT count(*) FROM minute"),
                    entries = ask(copy, "SELECT count(*) FROM entry");
            assert_int_equal(ask(copy, "SELECT count(*) FROM minute WHERE sitting_s<>60 OR sitting_s IS NULL"), 0);
            assert_int_equal(found[FINDING_DIARY_DAMAGED] > 0, true);
            check(copy);
            assert_int_equal(found[FINDING_DIARY_DAMAGED], 0);
            lost += minutes < MINUTES || entries < ENTRIES;
            /* a leaf holds some 20 minutes; without the page that leads to the others there is no way to them */
            spoilt += minutes < MINUTES - 100;
            fixture_remove(copy);
        }
        fixture_remove(folder);
        mkdir(folder, 0700);
        make_diary(MINUTES);
    }
    print_message("%u of %u pages: %u cost rows, %u more than a hundred\n", tried, pages, lost, spoilt);
    assert_true(lost > 0);
    assert_in_range(spoilt, 0, 3);
}

static void test_no_diary_at_all(void **state)
{
    (void)state;
    make_diary(10);
    int fd = open(diary_path, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "this is no database, though long enough to be taken for one", 59), 59);
    close(fd);
    check(folder);
    assert_int_equal(found[FINDING_DIARY_DAMAGED], 1);
    repair();
    struct store_check c = check(copy);
    assert_int_equal(c.damages, 0);
    char kept[128];
    struct stat st;
    snprintf(kept, sizeof kept, "%s/plumbline.db.damaged", copy);
    assert_int_equal(stat(kept, &st), 0);
    assert_int_equal(st.st_size, 59);
}

/* ---- what lies beside it ----------------------------------------------------------------------------------------- */

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    fchmod(fd, mode);
    close(fd);
}

static void test_other_files(void **state)
{
    struct stat st;
    char path[160];
    (void)state;
    make_diary(10);
    write_file("devices", "key yes plumb - name\n", 0644);
    write_file("state.bin", "no snapshot", 0600);
    snprintf(path, sizeof path, "%s/raw", folder);
    mkdir(path, 0700);
    write_file("raw/20260302.plog", "", 0600);
    struct store_check c = check(folder);
    assert_int_equal(c.damages, 3);
    assert_int_equal(found[FINDING_MODE], 1);
    assert_int_equal(number[FINDING_MODE], 0644);
    assert_int_equal(found[FINDING_SNAPSHOT], 1);
    assert_int_equal(found[FINDING_MISPLACED], 1);
    repair();
    snprintf(path, sizeof path, "%s/devices", copy);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/state.bin", copy);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_nothing_to_look_at(void **state)
{
    (void)state;
    struct store_check c = {.to_wall_ns = INT64_MAX};
    assert_int_equal(store_check("/nonexistent/plumbline", &c), -ENOENT);
    assert_int_equal(store_check("/dev/null", &c), -ENOTDIR);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_clean),
        TEST(test_rows_that_must_not_be),
        TEST(test_minutes_and_samples),
        TEST(test_any_page),
        TEST(test_no_diary_at_all),
        TEST(test_other_files),
        TEST(test_nothing_to_look_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
