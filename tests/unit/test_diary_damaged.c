/* A diary that something has happened to: the file is kept, what can be read of it is in the new one, nothing crashes, and
 * everybody says a clear word. */
#include "store_fixture.h"

#include "daemon/store/diary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>

enum { MINUTES = 3000, ENTRIES = 400, EVENTS = 200, PAGE = 4096 };

static char *folder;
static char file[128], wal[160];

static int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    snprintf(file, sizeof file, "%s/" DIARY_FILE, folder);
    snprintf(wal, sizeof wal, "%s-wal", file);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_remove(folder);
    return 0;
}

static void write_diary(void)
{
    struct store *s = fixture_open(folder, fixture_options());
    struct now now = fixture_now(0);
    for (int i = 0; i < MINUTES; i++) {
        struct minute m = {.minute = 29540760 + i, .flexion_mean_deg = (float)i / 7, .posture_s = {1.5f, 58.5f}};
        store_minute(s, &m);
    }
    for (int i = 0; i < ENTRIES; i++) {
        struct entry e = {1000 + i, ENTRY_NOTE, i % 11, ""};
        snprintf(e.what, sizeof e.what, "note %d, in so many words that it fills some room", i);
        store_entry(s, &e);
    }
    for (int i = 0; i < EVENTS; i++) {
        struct event e = {EVENT_RISE, 0, now.t_ns + i, now.t_ns + i, 1, 0};
        store_event(s, &e, &now);
    }
    store_workout(s, &(struct workout){0, 1000, 2000, WORKOUT_SQUAT, "Leg day"});
    store_calibration(s, &(struct calibration){.version = CALIBRATION_VERSION, .strap_id = 9}, &now);
    store_close(s);
}

static void scramble(const char *path, off_t at, size_t n)
{
    uint32_t seed = 7;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)fixture_random(&seed);
        assert_int_equal(pwrite(fd, &byte, 1, at + (off_t)i), 1);
    }
    close(fd);
}

/* Where a page of minutes lies that is neither their first nor their last: a leaf of a table (13) without a note. */
static off_t page_of_minutes(void)
{
    static uint8_t bytes[1 << 21];
    unsigned seen = 0;
    int fd = open(file, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    for (off_t at = 8 * PAGE; at < n; at += PAGE)
        if (bytes[at] == 13 && !memmem(bytes + at, PAGE, "note", 4) && ++seen == 10) return at;
    fail_msg("there is no page of minutes");
    return 0;
}

static void mark_as_crashed(void) { close(open(wal, O_CREAT | O_RDWR, 0600)), scramble(wal, 0, 32); }

static unsigned count_aside(bool of_wal)
{
    unsigned n = 0, others = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir));) {
        n += strstr(e->d_name, ".db.damaged-") && of_wal == (strstr(e->d_name, "-wal") != NULL);
        others += strstr(e->d_name, ".copy") || strstr(e->d_name, ".new") || strstr(e->d_name, DIARY_SUSPECT);
    }
    closedir(dir);
    assert_int_equal(others, 0);
    return n;
}

static unsigned moved_aside(void) { return count_aside(false); }

static unsigned moved_aside_wal(void) { return count_aside(true); }

static int one_minute(void *n, const struct minute *m)
{
    assert_true(m->flexion_mean_deg == (float)(m->minute - 29540760) / 7);
    return ++*(unsigned *)n, 0;
}

static int one_entry(void *n, const struct entry *e)
{
    char what[64];
    snprintf(what, sizeof what, "note %d, in so many words that it fills some room", (int)(e->wall_s - 1000));
    assert_string_equal(e->what, what);
    return ++*(unsigned *)n, 0;
}

static int one_event(void *n, const struct diary_event *e)
{
    assert_int_equal(e->kind, EVENT_RISE);
    return ++*(unsigned *)n, 0;
}

static struct diary *read_it(void)
{
    struct diary *d;
    char why[256] = "";
    if (diary_open(folder, &d, why) != 0) fail_msg("%s", why);
    return d;
}

static void count(unsigned *minutes, unsigned *entries, unsigned *events)
{
    struct diary *d = read_it();
    *minutes = *entries = *events = 0;
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, one_minute, minutes), 0);
    assert_int_equal(diary_entries(d, 0, INT64_MAX, one_entry, entries), 0);
    assert_int_equal(diary_events(d, 0, INT64_MAX / NS_PER_S, one_event, events), 0);
    diary_close(d);
}

/* Opened by the next daemon: what it says. */
static void restart(char recovered[160])
{
    struct store *s = fixture_open(folder, fixture_options());
    struct store_state st;
    store_state(s, &st);
    memcpy(recovered, st.recovered, 160);
    store_close(s);
}

static void test_kept_and_read_out(void **state)
{
    static const struct {
        const char *what;
        off_t at;
        size_t n;
        bool crashed;
        unsigned minutes, entries; /* at least */
    } damage[] = {
        {"the magic", 0, 16, false, MINUTES, ENTRIES},
        {"the header", 0, 100, false, MINUTES, ENTRIES},
        {"the first page", 0, PAGE, false, MINUTES, ENTRIES},
        {"a page of minutes", 0, PAGE, true, MINUTES - 200, ENTRIES},
        {"three pages", 20 * PAGE, 3 * PAGE, true, MINUTES - 400, 0},
        {"the schema and a page", 100, PAGE - 100, false, MINUTES, ENTRIES},
    };
    char recovered[160];
    unsigned minutes, entries, events;
    (void)state;
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        write_diary();
        bool minutes_only = damage[i].crashed && damage[i].at == 0;
        scramble(file, minutes_only ? page_of_minutes() : damage[i].at, damage[i].n);
        if (damage[i].crashed) mark_as_crashed();
        restart(recovered);
        if (!strstr(recovered, "the diary was damaged")) fail_msg("%s: '%s'", damage[i].what, recovered);
        count(&minutes, &entries, &events);
        print_message("%s: %s\n", damage[i].what, recovered);
        if (minutes < damage[i].minutes || entries < damage[i].entries) fail_msg("%s: too little", damage[i].what);
        assert_int_equal(moved_aside(), 1);
        restart(recovered);
        assert_string_equal(recovered, "");
        fixture_remove(folder);
        mkdir(folder, 0700);
    }
}

/* A page at a time, all of them: whatever it is, the rest is read. */
static void test_every_page(void **state)
{
    unsigned minutes, entries, events, worst = MINUTES + ENTRIES + EVENTS, pages = 0;
    char recovered[160];
    (void)state;
    write_diary();
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    for (off_t at = 0; at < st.st_size; at += PAGE, pages++) {
        if (at > 0) write_diary();
        scramble(file, at, PAGE);
        mark_as_crashed();
        restart(recovered);
        count(&minutes, &entries, &events);
        if (minutes + entries + events < worst) worst = minutes + entries + events;
        if (minutes < MINUTES - 70 || entries < ENTRIES - 70 || events < EVENTS - 80)
            fail_msg("page %d: %u minutes, %u entries, %u events", (int)(at / PAGE), minutes, entries, events);
        fixture_remove(folder);
        mkdir(folder, 0700);
    }
    print_message("%u pages; at worst %u of %u rows are left\n", pages, worst, MINUTES + ENTRIES + EVENTS);
}

static void test_vacuumed(void **state)
{
    unsigned minutes, entries, events;
    char recovered[160];
    sqlite3 *db;
    (void)state;
    write_diary();
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "VACUUM", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    scramble(file, 0, PAGE);
    restart(recovered);
    count(&minutes, &entries, &events);
    assert_int_equal(minutes, MINUTES);
    assert_int_equal(entries, ENTRIES);
    assert_int_equal(events, EVENTS);
}

static void test_cut_off(void **state)
{
    static const off_t lengths[] = {1, 99, 100, 511, 4095, 4096, 5000, 40960, 100001};
    char recovered[160];
    unsigned minutes, entries, events;
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        write_diary();
        assert_int_equal(truncate(file, lengths[i]), 0);
        mark_as_crashed();
        restart(recovered);
        if (!strstr(recovered, "the diary was damaged")) fail_msg("%d: '%s'", (int)lengths[i], recovered);
        count(&minutes, &entries, &events);
        assert_int_equal(moved_aside(), 1);
        fixture_remove(folder);
        mkdir(folder, 0700);
    }
}

/* What the write-ahead file had beyond the last good frame is gone; the rest is not. */
static void test_write_ahead(void **state)
{
    unsigned minutes, entries, events;
    char recovered[160];
    (void)state;
    write_diary();
    for (off_t at = 0; at < 3; at++) {
        close(open(wal, O_CREAT | O_RDWR | O_TRUNC, 0600));
        scramble(wal, at * 1000, 9000);
        restart(recovered);
        count(&minutes, &entries, &events);
        assert_int_equal(minutes, MINUTES);
        assert_int_equal(entries, ENTRIES);
    }
}

/* A reader finds it first: it says so, and the next writer looks. */
static void test_found_by_a_reader(void **state)
{
    unsigned minutes = 0, entries, events;
    char recovered[160];
    (void)state;
    write_diary();
    scramble(file, page_of_minutes(), PAGE);
    struct diary *d = read_it();
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, one_minute, &minutes), -EBADMSG);
    diary_close(d);
    assert_non_null(strstr(diary_error(-EBADMSG), "restart plumblined"));
    restart(recovered);
    assert_non_null(strstr(recovered, "the diary was damaged"));
    count(&minutes, &entries, &events);
    assert_in_range(minutes, MINUTES - 200, MINUTES - 1);
    assert_int_equal(moved_aside(), 1);
}

/* Killed while the new one was made, or just before it got its name. */
static void test_killed_on_the_way(void **state)
{
    char made[160], recovered[160];
    unsigned minutes, entries, events;
    (void)state;
    snprintf(made, sizeof made, "%s.new", file);
    write_diary();
    int fd = open(made, O_CREAT | O_RDWR, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    restart(recovered);
    count(&minutes, &entries, &events);
    assert_int_equal(minutes, MINUTES);
    assert_int_equal(rename(file, made), 0);
    mark_as_crashed(); /* what the damaged one has beside it is not the new one's */
    restart(recovered);
    count(&minutes, &entries, &events);
    assert_int_equal(minutes, MINUTES);
    assert_int_equal(moved_aside(), 0);
    assert_int_equal(moved_aside_wal(), 1);
}

/* Something else has its name: recording goes on in memory, and the way out is said. */
static void test_something_in_its_place(void **state)
{
    struct store_state st;
    struct diary *d;
    char why[256] = "";
    (void)state;
    assert_int_equal(mkdir(file, 0700), 0);
    struct store *s = fixture_open(folder, fixture_options());
    store_minute(s, &(struct minute){.minute = 5});
    store_flush(s);
    store_state(s, &st);
    assert_int_equal(st.error, -EISDIR);
    assert_non_null(strstr(st.error_text, "move it away"));
    assert_true(diary_open(folder, &d, why) < 0);
    assert_non_null(strstr(why, "cannot be read"));
    assert_int_equal(rmdir(file), 0);
    store_close(s); /* tries once more */
    unsigned minutes = 0;
    d = read_it();
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM minute", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    minutes = (unsigned)sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    assert_int_equal(minutes, 1);
    diary_close(d);
}

static void test_not_ours_to_read(void **state)
{
    struct diary *d;
    char why[256] = "";
    (void)state;
    if (geteuid() == 0) skip(); /* root reads everything */
    write_diary();
    assert_int_equal(chmod(file, 0), 0);
    assert_int_equal(diary_open(folder, &d, why), -EACCES);
    assert_non_null(strstr(why, "cannot be read"));
    chmod(file, 0600);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept_and_read_out), TEST(test_every_page),        TEST(test_vacuumed),
        TEST(test_cut_off),           TEST(test_write_ahead),       TEST(test_found_by_a_reader),
        TEST(test_killed_on_the_way), TEST(test_something_in_its_place), TEST(test_not_ours_to_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
