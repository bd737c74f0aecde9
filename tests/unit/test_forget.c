/* What is forgotten is nowhere in the files, what is newer is untouched, and an interruption is made good by another
 * run. */
#include "folder_fixture.h"

#include "plumbline/upkeep.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { DAYS = 6, A_DAY = 3000, FIRST_DAY = 20511 /* 2026-02-27 */, KEPT_FROM = FIRST_DAY + 3 };
enum { OFFSET_S = 3600, ROUNDS = 25 };

static int64_t midnight_s(int day) { return (int64_t)day * 86400 - OFFSET_S; }

static void put_day(struct store *s, int day)
{
    int64_t begin_s = midnight_s(day);
    for (uint64_t i = 0; i < A_DAY; i++) {
        struct sample sample = fixture_sample(i);
        sample.t_ns = SECONDS_NS(begin_s) + (int64_t)i * PERIOD_NS;
        sample.raw.index += (uint64_t)day * A_DAY;
        struct now now = {sample.t_ns, sample.t_ns, OFFSET_S};
        store_sample(s, &sample, &now);
    }
    struct now now = {SECONDS_NS(begin_s), SECONDS_NS(begin_s), OFFSET_S};
    struct minute m = {.minute = begin_s / 60, .utc_offset_s = OFFSET_S, .posture_s = {[POSTURE_SITTING] = 60}};
    struct event e = {.kind = EVENT_SITTING, .start_ns = now.t_ns, .end_ns = now.t_ns + SECONDS_NS(30)};
    struct entry note = {.wall_s = begin_s, .kind = ENTRY_NOTE, .value = -1};
    struct workout w = {.start_wall_s = begin_s, .end_wall_s = begin_s + 3600};
    struct calibration c = {.version = CALIBRATION_VERSION};
    snprintf(note.what, sizeof note.what, "secret-note-%d", day);
    snprintf(w.title, sizeof w.title, "secret-title-%d", day);
    store_minute(s, &m);
    store_event(s, &e, &now);
    store_entry(s, &note);
    store_workout(s, &w);
    if (day < FIRST_DAY + 2) store_calibration(s, &c, &now);
}

static void make(void)
{
    static const char *const others[] = {
        "plumbline.db.damaged-20260226T101112Z",  "plumbline.db.damaged-20260226T101112Z-wal",
        "plumbline.db.damaged-20260310T101112Z",  "reports/plumbline-2026-02-27.html",
        "reports/plumbline-2026-03-02-week.html", "20250101.csv",
        "reports/plumbline-therapist-2026-02-28.html", "reports/plumbline-therapist-2026-03-10.html"};
    struct store *s = fixture_open(folder, fixture_options());
    for (int day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) put_day(s, day);
    store_snapshot(s, "state", 5, 1);
    store_close(s);
    char path[256];
    const struct timeval then[2] = {{midnight_s(KEPT_FROM) - 1, 0}, {midnight_s(KEPT_FROM) - 1, 0}};
    snprintf(path, sizeof path, "%s/state.bin", folder);
    assert_int_equal(utimes(path, then), 0);
    snprintf(path, sizeof path, "%s/reports", folder);
    mkdir(path, 0700);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, others[i]);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fprintf(f, "secret-file-%zu", i);
        fclose(f);
    }
}

static const char *needle;
static int found;

static int search_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)ftw;
    if (type != FTW_F) return 0;
    char *bytes = malloc((size_t)st->st_size + 1);
    FILE *f = fopen(path, "r");
    assert_true(bytes && f);
    size_t n = fread(bytes, 1, (size_t)st->st_size, f);
    found += memmem(bytes, n, needle, strlen(needle)) != NULL;
    fclose(f);
    free(bytes);
    return 0;
}

/* In how many files of the folder TEXT stands. */
static int search(const char *text)
{
    needle = text;
    found = 0;
    nftw(folder, search_one, 16, FTW_PHYS);
    return found;
}

static bool there(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static void count_staying(void *n, const char *path)
{
    assert_true(strstr(path, "20260310") || strstr(path, "2026-03-10"));
    ++*(int *)n;
}

static void check_forgotten(void)
{
    char text[32];
    for (int day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
        snprintf(text, sizeof text, "secret-note-%d", day);
        assert_int_equal(search(text), day >= KEPT_FROM);
        snprintf(text, sizeof text, "secret-title-%d", day);
        assert_int_equal(search(text), day >= KEPT_FROM);
    }
    assert_int_equal(search("secret-file"), 4);
    assert_false(there("raw/2026/02"));
    assert_false(there("raw/2026/03/20260301.plog"));
    assert_false(there("state.bin"));
    assert_true(there("raw/2026/03/20260302.plog") && there("20250101.csv"));
    struct forget_sum sum;
    int staying = 0;
    assert_int_equal(forget_look(folder, KEPT_FROM, midnight_s(KEPT_FROM), &sum, count_staying, &staying), 0);
    for (unsigned i = 0; i < FORGET_TABLES; i++) assert_int_equal(sum.rows[i], 0);
    assert_int_equal(sum.files + sum.days, 0);
    assert_int_equal(staying, 2);
    assert_int_equal(forget_look(folder, 30000, midnight_s(30000), &sum, NULL, NULL), 0);
    assert_int_equal(sum.samples, 3 * A_DAY);
    for (unsigned i = 0; i < 4; i++) assert_int_equal(sum.rows[i], 3);
    assert_string_equal(forget_table(4), "calibration");
    assert_int_equal(sum.rows[4], 0); /* the newest stays, however old */
    struct diary *d;
    struct calibration c;
    char why[256];
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_calibration(d, &c), 0);
    diary_close(d);
}

static int forget_all(struct forget_sum *sum)
{
    int r = forget_files(folder, KEPT_FROM, midnight_s(KEPT_FROM), sum);
    return r < 0 ? r : forget_rows(folder, KEPT_FROM, midnight_s(KEPT_FROM), sum);
}

static void test_forgets(void **state)
{
    (void)state;
    struct forget_sum look, gone = {0};
    make();
    assert_int_equal(forget_look(folder, KEPT_FROM, midnight_s(KEPT_FROM), &look, NULL, NULL), 0);
    assert_int_equal(look.days, 3);
    assert_int_equal(look.samples, 3 * A_DAY);
    assert_int_equal(search("secret-note-20511"), 1);
    assert_int_equal(forget_all(&gone), 0);
    assert_int_equal(look.files, 7); /* three days, two parts of a diary, a report, a sheet */
    assert_int_equal(gone.files, look.files);
    assert_int_equal(gone.bytes, look.bytes);
    assert_memory_equal(gone.rows, look.rows, sizeof gone.rows);
    assert_int_equal(gone.rows[4], 1);
    check_forgotten();
}

/* Killed at any moment, and done again. */
static void test_interrupted(void **state)
{
    (void)state;
    uint32_t seed = 11;
    for (int round = 0; round < ROUNDS; round++) {
        make();
        pid_t child = fork();
        if (child == 0) {
            struct forget_sum sum = {0};
            _exit(forget_all(&sum) != 0);
        }
        usleep(fixture_random(&seed) % 30000);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct forget_sum sum = {0};
        assert_int_equal(forget_all(&sum), 0);
        check_forgotten();
        fixture_remove(folder);
    }
}

static void put_said(struct store *s, enum entry_kind kind, int64_t wall_s, int value, const char *what)
{
    struct entry e = {.wall_s = wall_s, .kind = kind, .value = value};
    snprintf(e.what, sizeof e.what, "%s", what);
    store_entry(s, &e);
}

static int add_said(void *arg, const struct entry *e)
{
    char *said = arg;
    snprintf(said + strlen(said), 128 - strlen(said), "%s %d;", e->what, e->value);
    return 0;
}

static void check_said(const char *expected)
{
    struct diary *d;
    char why[256], said[128] = "";
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_entries(d, INT64_MIN, INT64_MAX, add_said, said), 0);
    diary_close(d);
    assert_string_equal(said, expected);
}

/* Days that go take no answer along that still spares the wearer something; those go when that is said. */
static void test_health_stays_in_use(void **state)
{
    (void)state;
    struct forget_sum sum = {0};
    const int64_t at_s = midnight_s(KEPT_FROM) - 86400;
    struct store *s = fixture_open(folder, fixture_options());
    put_said(s, ENTRY_HEALTH, at_s, -1, "w");
    put_said(s, ENTRY_HEALTH, at_s + 1, -1, "k p");
    put_said(s, ENTRY_RED_FLAG, at_s, 1, "immune");
    put_said(s, ENTRY_RED_FLAG, at_s + 1, 0, "");
    put_said(s, ENTRY_RED_FLAG, at_s + 2, 1, "fever");
    put_said(s, ENTRY_RED_FLAG, at_s + 3, 1, "age");
    put_said(s, ENTRY_RED_FLAG, at_s + 90000, 0, "age");
    put_said(s, ENTRY_PAIN, at_s, 8, "low back");
    store_close(s);
    assert_int_equal(forget_look(folder, KEPT_FROM, midnight_s(KEPT_FROM), &sum, NULL, NULL), 0);
    assert_int_equal(sum.rows[2], 5);
    assert_int_equal(forget_all(&sum), 0);
    check_said("k p -1;fever 1;age 0;");
    assert_int_equal(forget_health(folder), 0);
    check_said("fever 1;");
    assert_int_equal(search("k p"), 0);
}

/* A reader that keeps the old pages from going is told of; nothing is there, nothing is wrong. */
static void test_refusals(void **state)
{
    (void)state;
    struct forget_sum sum = {0};
    assert_int_equal(forget_all(&sum), 0);
    make();
    char path[256];
    snprintf(path, sizeof path, "%s/plumbline.db", folder);
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    fputs("this is no diary any more", f);
    fclose(f);
    assert_int_equal(forget_look(folder, KEPT_FROM, midnight_s(KEPT_FROM), &sum, NULL, NULL), -EBADMSG);
    assert_int_equal(forget_rows(folder, KEPT_FROM, midnight_s(KEPT_FROM), &sum), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_forgets),
        TEST(test_interrupted),
        TEST(test_health_stays_in_use),
        TEST(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
