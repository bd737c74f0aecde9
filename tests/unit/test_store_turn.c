/* The folder is lent to another writer for a while: nothing is lost, and nothing is there twice. */
#include "folder_fixture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

/* Waits for the turn as the daemon's loop does. */
static struct store_state await(struct store *s, enum store_turn turn)
{
    struct pollfd turned = {.fd = store_turned(s), .events = POLLIN};
    eventfd_t times;
    while (fixture_state(s).turn != turn) {
        assert_int_equal(poll(&turned, 1, 60000), 1);
        eventfd_read(turned.fd, &times);
    }
    return fixture_state(s);
}

static void put_entry(struct store *s, const char *what)
{
    struct entry e = {.wall_s = FIXTURE_WALL_NS / NS_PER_S, .kind = ENTRY_NOTE, .value = -1};
    snprintf(e.what, sizeof e.what, "%s", what);
    store_entry(s, &e);
}

static int list_entry(void *text, const struct entry *e)
{
    size_t n = strlen(text);
    snprintf((char *)text + n, 256 - n, "%s ", e->what);
    return 0;
}

/* All that was entered, in order. */
static const char *entries(void)
{
    static char text[256];
    struct diary *d;
    char why[256];
    text[0] = 0;
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_entries(d, 0, INT64_MAX, list_entry, text), 0);
    diary_close(d);
    return text;
}

static void test_another_writes(void **state)
{
    (void)state;
    struct store_options o = fixture_options();
    o.floor_bytes = INT64_MAX; /* a command may come to make room: what waits is written all the same */
    struct store *s = fixture_open(folder, o), *other;
    fixture_put(s, 0, 1234);
    put_entry(s, "before");
    store_let_go(s);
    struct store_state st = await(s, STORE_APART);
    assert_int_equal(st.error, -EBUSY);
    assert_non_null(strstr(st.error_text, "another program"));
    assert_int_equal(st.samples_waiting, 0);
    assert_int_equal(fixture_count(folder, NULL), 1234);

    other = fixture_open(folder, fixture_options());
    put_entry(other, "other");
    fixture_put(other, 1234, 2000);
    put_entry(s, "meanwhile");
    fixture_put(s, 2000, 9000);
    store_flush(s);
    assert_int_equal(fixture_state(s).samples_waiting, 7000);
    store_take_back(s);
    store_flush(s);
    assert_int_equal(fixture_state(s).turn, STORE_TAKING_BACK);
    store_flush(other);
    assert_int_equal(fixture_count(folder, NULL), 2000);
    store_close(other);
    await(s, STORE_OURS);
    put_entry(s, "after");
    store_let_go(s);
    await(s, STORE_APART);
    assert_int_equal(fixture_count(folder, NULL), 9000);
    store_close(s);
    assert_string_equal(entries(), "before other meanwhile after ");
}

/* The folder that is taken back is another one. */
static void test_other_folder(void **state)
{
    (void)state;
    char new[96], old[96], bytes[100] = "snapshot", found[100];
    snprintf(new, sizeof new, "%s/new", folder);
    snprintf(old, sizeof old, "%s/old", folder);
    struct store *other = fixture_open(new, fixture_options());
    fixture_put(other, 0, 3000);
    store_snapshot(other, bytes, sizeof bytes, 7);
    store_close(other);
    struct store *s = fixture_open(old, fixture_options());
    fixture_put(s, 3000, 4000);
    store_let_go(s);
    await(s, STORE_APART);
    fixture_put(s, 4000, 6000);
    char why[256];
    int lock = store_lock(old, why), next = store_lock(new, why);
    assert_true(lock >= 0 && next >= 0);
    store_take_back(s);
    assert_int_equal(renameat2(-1, old, -1, new, RENAME_EXCHANGE), 0);
    close(lock);
    store_flush(s);
    assert_int_equal(fixture_state(s).turn, STORE_TAKING_BACK);
    close(next);
    await(s, STORE_OURS);
    snprintf(bytes, sizeof bytes, "newer");
    store_snapshot(s, bytes, sizeof bytes, 7);
    store_close(s);
    assert_int_equal(fixture_count(old, NULL), 5000);
    assert_int_equal(fixture_count(new, NULL), 1000);
    s = fixture_open(old, fixture_options());
    assert_true(store_last_snapshot(s, found, sizeof found, 7));
    assert_string_equal(found, "newer");
    store_close(s);
}

static void test_nothing_is_let_go_unwritten(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 6001);
    store_flush(s);
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 60000;
    setrlimit(RLIMIT_FSIZE, &small);
    fixture_put(s, 6001, 30000);
    store_let_go(s);
    struct store_state st = await(s, STORE_OURS);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(st.error, -EFBIG);
    char why[256];
    assert_int_equal(store_lock(folder, why), -EWOULDBLOCK);
    store_take_back(s); /* no harm */
    store_let_go(s);    /* and again, now that it can be */
    await(s, STORE_APART);
    assert_int_equal(fixture_count(folder, NULL), 30000);
    fixture_put(s, 30000, 30010);
    store_close(s); /* takes it back by itself */
    assert_int_equal(fixture_count(folder, NULL), 30010);
}

/* Asked and withdrawn, many times over, samples coming all the while. */
static void test_to_and_fro(void **state)
{
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    uint32_t seed = 5;
    for (uint64_t i = 0; i < 400; i++) {
        fixture_put(s, i * 25, i * 25 + 25);
        if (fixture_random(&seed) % 2)
            store_let_go(s);
        else
            store_take_back(s);
        if (fixture_random(&seed) % 4 == 0) store_flush(s);
    }
    store_take_back(s);
    await(s, STORE_OURS);
    store_close(s);
    assert_int_equal(fixture_count(folder, NULL), 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_another_writes),
        TEST(test_other_folder),
        TEST(test_nothing_is_let_go_unwritten),
        TEST(test_to_and_fro),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
