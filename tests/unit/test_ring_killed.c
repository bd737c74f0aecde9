/* The store with its ring in lasting memory, killed at any moment: nothing that was put is missing, nothing is there
 * twice. No assertion in here knows of time. */
#include "ring_fixture.h"

#include "plumbline/event.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { SAMPLES_MAX = 1 << 25, ROWS_MAX = 1 << 16, KILLS = 50 }; /* or as many as $PLUMBLINE_KILLS says */

/* Told by the one who puts: trying before, put after. What was only tried may be there or not. */
enum { NOT_YET, TRYING, PUT };
struct told {
    _Atomic uint8_t sample[SAMPLES_MAX], entry[ROWS_MAX], minute[ROWS_MAX], event[ROWS_MAX];
};
static struct told *told;

static unsigned fresh_from(const _Atomic uint8_t *of)
{
    unsigned i = 0;
    while (of[i] != NOT_YET) i++;
    return i;
}

static void put_rows(struct store *s, unsigned *i)
{
    struct now now = fixture_now(*i);
    /* Four in a row are alike. */
    struct entry entry = {
        .wall_s = 1772445600 + *i / 4, .kind = ENTRY_PAIN, .value = (int)(*i / 4 % 12) - 1, .what = "neck"};
    struct minute minute = {.minute = 29540760 + *i};
    struct event event = {.kind = EVENT_BEND, .start_ns = now.t_ns, .end_ns = EVENT_OPEN, .id = *i};
    told->entry[*i] = told->minute[*i] = told->event[*i] = TRYING;
    store_entry(s, &entry);
    store_minute(s, &minute);
    store_event(s, &event, &now);
    event.end_ns = event.start_ns;
    store_event(s, &event, &now);
    told->entry[*i] = told->minute[*i] = told->event[*i] = PUT;
    ++*i;
}

/* Puts at random, as fast as it can when HASTY, until it is killed. */
static void live(bool hasty, uint32_t seed)
{
    struct store *s;
    char why[256];
    struct store_options o = options();
    if (store_open(folder, &o, &s, why) < 0) _exit(1);
    unsigned i = fresh_from(told->sample), row = fresh_from(told->entry);
    while (i < SAMPLES_MAX - 1) {
        uint32_t dice = fixture_random(&seed);
        told->sample[i] = TRYING;
        fixture_put(s, i, i + 1);
        told->sample[i++] = PUT;
        if (dice % 300 == 0) store_cut(s);
        if (dice % 1024 == 1 && row < ROWS_MAX - 1) put_rows(s, &row);
        if (dice % 7000 == 2) store_flush(s);
        if (!hasty && dice % 8 == 0) usleep(dice >> 4 & 0x3ff);
    }
    for (;;) pause();
}

static void killed_life(bool hasty, uint32_t seed, unsigned after_us)
{
    int status;
    pid_t child = fork();
    if (child == 0) live(hasty, seed);
    usleep(after_us);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
}

static void sees_samples(void)
{
    struct log_reader *r;
    struct sample s;
    int64_t wall_ns, last_ns = INT64_MIN;
    uint64_t next = 0;
    assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
    while (log_reader_next(r, &s, &wall_ns) == 1) {
        assert_true(s.t_ns > last_ns && s.raw.index >= next);
        for (; next < s.raw.index; next++) assert_int_not_equal(told->sample[next], PUT);
        assert_int_not_equal(told->sample[next], NOT_YET);
        struct sample expected = fixture_sample(next++);
        assert_int_equal(s.t_ns, expected.t_ns);
        assert_memory_equal(s.raw.accel, expected.raw.accel, sizeof s.raw.accel);
        last_ns = s.t_ns;
    }
    for (; next < SAMPLES_MAX; next++) assert_int_not_equal(told->sample[next], PUT);
    assert_int_equal(log_reader_damaged(r), 0);
    log_reader_close(r);
}

struct seen {
    unsigned entry[ROWS_MAX / 4], minute[ROWS_MAX], event[ROWS_MAX];
};

static int see_entry(void *arg, const struct entry *e)
{
    unsigned group = (unsigned)(e->wall_s - 1772445600);
    assert_int_equal(e->value, (int)(group % 12) - 1);
    ((struct seen *)arg)->entry[group]++;
    return 0;
}

static int see_minute(void *arg, const struct minute *m)
{
    ((struct seen *)arg)->minute[m->minute - 29540760]++;
    return 0;
}

static int see_event(void *arg, const struct diary_event *e)
{
    if (e->end_wall_ns == EVENT_OPEN) assert_int_not_equal(told->event[e->id], PUT);
    ((struct seen *)arg)->event[e->id]++;
    return 0;
}

static unsigned sees_rows(void)
{
    struct diary *d;
    char why[256];
    struct seen *seen = calloc(1, sizeof *seen);
    unsigned entries = 0;
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_entries(d, 0, INT64_MAX, see_entry, seen), 0);
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, see_minute, seen), 0);
    assert_int_equal(diary_events(d, 0, INT64_MAX / NS_PER_S, see_event, seen), 0);
    diary_close(d);
    for (unsigned i = 0; i < ROWS_MAX; i += 4) {
        unsigned put = 0, tried = 0;
        for (unsigned k = i; k < i + 4; k++) {
            put += told->entry[k] == PUT;
            tried += told->entry[k] == TRYING;
            assert_in_range(seen->minute[k], told->minute[k] == PUT, told->minute[k] != NOT_YET);
            assert_in_range(seen->event[k], told->event[k] == PUT, told->event[k] != NOT_YET);
        }
        assert_in_range(seen->entry[i / 4], put, put + tried);
        entries += put;
    }
    free(seen);
    return entries;
}

static unsigned kills_wanted(void)
{
    const char *wanted = getenv("PLUMBLINE_KILLS");
    return wanted ? (unsigned)strtoul(wanted, NULL, 10) : KILLS;
}

/* Killed at fifty moments, in haste and at leisure, often again while it takes in what the one before it left. */
static void test_killed(void **state)
{
    (void)state;
    if (!memory[0]) skip();
    uint32_t seed = 20260302;
    unsigned brought = 0, kills = kills_wanted();
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(told, MAP_FAILED);
    for (unsigned i = 0; i < kills; i++) {
        bool hasty = i % 3 == 0;
        killed_life(hasty, fixture_random(&seed) | 1,
                    fixture_random(&seed) % (i % 4 == 3 ? 8000
                                             : hasty    ? 60000
                                                        : 600000));
        if (i % 5 != 4) continue;
        struct store *s = fixture_open(folder, options());
        struct store_state st;
        store_state(s, &st);
        brought += strstr(st.recovered, "brought back") != NULL;
        sees_samples(); /* store_open() has done it all: before anything else is put, and with the thread at rest */
        sees_rows();
        store_close(s);
        sees_samples();
        assert_int_equal(access(memory, F_OK), -1);
    }
    print_message("SIGKILL, %u times: all %u samples and %u entries there, once; %u of %u looks found some under way\n",
                  kills, fresh_from(told->sample), sees_rows(), brought, kills / 5);
    munmap(told, sizeof *told);
}

/* Killed while the disk takes nothing: the ring has the last minute all the same. */
static void test_killed_while_refused(void **state)
{
    enum { N = 6000 };
    (void)state;
    if (!memory[0]) skip();
    struct store *s;
    struct store_options o = options();
    struct store_state st;
    char why[256];
    o.floor_bytes = INT64_MAX;                         /* never enough */
    for (uint64_t from = 0; from < N; from += N / 3) { /* the second and third take it over and fare no better */
        int status;
        pid_t child = fork();
        if (child == 0) {
            if (store_open(folder, &o, &s, why) < 0) _exit(1);
            fixture_put(s, from, from + N / 3);
            store_flush(s);
            kill(getpid(), SIGKILL);
        }
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(fixture_count(folder, NULL), 0);
    }
    s = fixture_open(folder, options());
    store_state(s, &st);
    assert_non_null(strstr(st.recovered, "6000 samples brought back"));
    assert_int_equal(fixture_count(folder, NULL), N);
    store_close(s);
}

/* ---- while another writer has the folder ---- */

static struct store *open_apart(const char *path)
{
    struct store_state st;
    struct store_options o = options();
    struct store *s = fixture_open(path, o);
    fixture_put(s, 0, 1000);
    store_let_go(s);
    do store_flush(s), store_state(s, &st);
    while (st.turn != STORE_APART);
    fixture_put(s, 1000, 3000);
    store_entry(s, &(struct entry){.wall_s = 1, .kind = ENTRY_NOTE, .value = -1, .what = "meanwhile"});
    store_flush(s);
    return s;
}

static int count_entry(void *n, const struct entry *e)
{
    (void)e;
    ++*(unsigned *)n;
    return 0;
}

static unsigned entries_in(const char *path)
{
    struct diary *d;
    char why[256];
    unsigned n = 0;
    assert_int_equal(diary_open(path, &d, why), 0);
    assert_int_equal(diary_entries(d, 0, INT64_MAX, count_entry, &n), 0);
    diary_close(d);
    return n;
}

/* What was gathered while a restore put another folder there is that one's, killed or ended in the middle. */
static void test_ends_while_apart(void **state)
{
    char path[96], restored[96], byte = 1;
    (void)state;
    if (!memory[0]) skip();
    snprintf(path, sizeof path, "%s/data", folder);
    snprintf(restored, sizeof restored, "%s/restored", folder);
    for (int ends_cleanly = 0; ends_cleanly < 2; ends_cleanly++) {
        struct store *other = fixture_open(restored, fixture_options()), *s = NULL;
        store_entry(other, &(struct entry){.wall_s = 1, .kind = ENTRY_NOTE, .value = -1, .what = "before"});
        store_close(other);
        int told_by[2], status;
        assert_int_equal(pipe(told_by), 0);
        pid_t child = ends_cleanly ? 0 : fork();
        if (child == 0) s = open_apart(path);
        if (!ends_cleanly && child == 0) {
            if (write(told_by[1], &byte, 1) == 1) pause();
            _exit(1);
        }
        if (!ends_cleanly) {
            assert_int_equal(read(told_by[0], &byte, 1), 1);
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
        }
        assert_int_equal(renameat2(-1, path, -1, restored, RENAME_EXCHANGE), 0);
        store_close(s);
        if (ends_cleanly) assert_int_not_equal(access(memory, F_OK), 0);
        store_close(fixture_open(path, options()));
        assert_int_equal(fixture_count(path, NULL), 2000);
        assert_int_equal(fixture_count(restored, NULL), 1000);
        assert_int_equal(entries_in(path), 2);
        close(told_by[0]);
        close(told_by[1]);
        fixture_remove(path);
        fixture_remove(restored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_killed), TEST(test_killed_while_refused),
                                       TEST(test_ends_while_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
