/* The file of paired and refused devices: read strictly, written in one step; and which device a person means. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/sensor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128], beside[160];
static struct pairings list, again;
static char said[4096];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/plumbline-pairing-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/data/devices", folder);
    snprintf(beside, sizeof beside, "%s.new", path);
    list.n = again.n = 0;
    return 0;
}

static int tear_down(void **state)
{
    char data[128];
    (void)state;
    snprintf(data, sizeof data, "%s/data", folder);
    rmdir(beside);
    unlink(path);
    rmdir(data);
    return rmdir(folder);
}

static void put(const char *text)
{
    assert_int_equal(pairing_write(&(struct pairings){0}, path), 0); /* makes the folder */
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* Reads the file; what it says of mistakes is in `said`, without the folder. */
static int take(struct pairings *into)
{
    FILE *err = fmemopen(said, sizeof said, "w");
    assert_non_null(err);
    memset(said, 0, sizeof said);
    int r = pairing_read(into, path, err);
    fclose(err);
    return r;
}

static void test_no_file_is_an_empty_list(void **state)
{
    (void)state;
    list.n = 3;
    assert_int_equal(take(&list), 0);
    assert_int_equal(list.n, 0);
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    struct pairing *p = pairing_add(&list, "1a86:7523@1-2.3", "USB Serial");
    assert_non_null(p);
    assert_int_equal(p->answer, PAIRING_ASKED);
    p = pairing_add(&list, "2639:0300:0F1A", "");
    p->answer = PAIRING_YES;
    p->baud = 921600;
    snprintf(p->protocol, sizeof p->protocol, "text");
    p = pairing_add(&list, "0403:6001:A1", "someone's printer");
    p->answer = PAIRING_NEVER;
    assert_int_equal(pairing_write(&list, path), 0);
    assert_int_equal(take(&again), 0);
    assert_int_equal(again.n, 3);
    assert_memory_equal(&list, &again, sizeof list);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(access(beside, F_OK), -1);
}

static void test_lines_as_people_write_them(void **state)
{
    (void)state;
    put("# mine\n\n  1a86:7523@1-2 \t yes  witmotion 9600   my WT901  \r\n2639:0300:X never - -\nlast:one:Y asked - -");
    assert_int_equal(take(&list), 0);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.device[0].name, "my WT901");
    assert_string_equal(list.device[0].protocol, "witmotion");
    assert_int_equal(list.device[0].baud, 9600);
    assert_int_equal(list.device[1].answer, PAIRING_NEVER);
    assert_string_equal(list.device[2].key, "last:one:Y");
}

static void test_mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *line, *told;
    } rows[] = {
        {"a:b:c maybe - -\n", ":1: answer: got 'maybe', expected yes, never or asked"},
        {"a:b:c yes morse -\n", ":1: protocol: got 'morse', expected '-' or the name of one"},
        {"a:b:c yes - fast\n", ":1: speed: got 'fast', expected '-' or 300 to 4000000 baud"},
        {"a:b:c yes - -9600\n", ":1: speed: got '-9600'"},
        {"a:b:c yes - 299\n", ":1: speed: got '299'"},
        {"a:b:c yes - 99999999999999999999\n", ":1: speed: got '9999999999999999999"},
        {"\na:b:c yes -\n", ":2: words: got 'a:b:c', expected KEY yes|never|asked PROTOCOL|- BAUD|- NAME"},
        {"a:\x01:c yes - -\n", ":1: device: got 'a:?:c'"},
        {"a:b:c yes - - na\x07me\n", ":1: name: got 'na?me'"},
        {"a:b:c yes - -\na:b:c never - -\n", ":2: device: got 'a:b:c', expected each device once"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(rows[i].line);
        assert_int_equal(take(&list), 1);
        assert_true(list.n <= 1);
        if (!strstr(said, rows[i].told)) print_message("%s", said);
        assert_non_null(strstr(said, rows[i].told));
        assert_memory_equal(said, path, strlen(path));
    }
}

static void test_long_and_many(void **state)
{
    (void)state;
    static char text[PAIRINGS_MAX * 40 + 2000];
    memset(text, 'x', 600);
    strcpy(text + 600, "\n");
    put(text);
    assert_int_equal(take(&list), 1);
    assert_non_null(strstr(said, "less than 512 characters"));
    text[0] = 0;
    for (int i = 0; i < PAIRINGS_MAX + 2; i++) sprintf(text + strlen(text), "1a86:7523@%d yes - -\n", i);
    put(text);
    assert_int_equal(take(&list), 2);
    assert_int_equal(list.n, PAIRINGS_MAX);
    assert_non_null(strstr(said, ":65: device: got '1a86:7523@64', expected at most 64 devices"));
}

static void test_the_oldest_question_makes_room(void **state)
{
    (void)state;
    char key[32];
    for (int i = 0; i < PAIRINGS_MAX; i++) {
        snprintf(key, sizeof key, "key:%d", i);
        struct pairing *p = pairing_add(&list, key, "");
        assert_non_null(p);
        if (i != 7 && i != 9) p->answer = PAIRING_NEVER;
    }
    assert_non_null(pairing_add(&list, "one:more", ""));
    assert_null(pairing_find(&list, "key:7"));
    assert_non_null(pairing_find(&list, "key:9"));
    pairing_find(&list, "one:more")->answer = PAIRING_YES;
    assert_non_null(pairing_add(&list, "another", ""));
    pairing_find(&list, "another")->answer = PAIRING_YES;
    assert_null(pairing_add(&list, "too:many", ""));
    assert_true(pairing_remove(&list, "key:0"));
    assert_false(pairing_remove(&list, "key:0"));
    assert_non_null(pairing_add(&list, "too:many", ""));
    assert_null(pairing_add(&list, "with space", ""));
    assert_null(pairing_add(&list, "", ""));
}

static void test_a_failed_write_changes_nothing(void **state)
{
    (void)state;
    put("a:b:c yes - -\n");
    assert_int_equal(take(&list), 0);
    pairing_add(&list, "d:e:f", "");
    assert_int_equal(mkdir(beside, 0700), 0); /* in the way */
    assert_true(pairing_write(&list, path) < 0);
    assert_int_equal(take(&again), 0);
    assert_int_equal(again.n, 1);
    assert_int_equal(pairing_write(&list, "nowhere"), -EINVAL);
}

/* ---- what a person means ---- */

static const struct device_info bridge = {"serial:/dev/ttyUSB0", "1a86:7523@1-2", "1a86:7523",
                                          "USB Serial",          DEVICE_BRIDGE,   NULL};
static const struct device_info board = {"serial:/dev/ttyACM0", "2341:0043:AB", "2341:0043", "Uno", DEVICE_BOARD, NULL};
static const struct device_info exact = {"usb:1209:7690@1-3", "1209:7690:77", "1209:7690",
                                         "Receiver",          DEVICE_EXACT,   NULL};
static const struct device_info onboard = {"serial:/dev/ttyS0", "", "", "", DEVICE_OTHER, NULL};

static void change(enum pairing_change c, const char *word, int expected, const char *text)
{
    const struct device_info present[] = {onboard, exact, bridge, board};
    char got[256];
    int r = pairing_change(path, c, word, present, 4, got);
    if (r != expected || !strstr(got, text)) print_message("%d %s\n", r, got);
    assert_int_equal(r, expected);
    assert_non_null(strstr(got, text));
    assert_int_equal(take(&list), 0);
}

static void test_changes(void **state)
{
    (void)state;
    change(PAIRING_PAIR, "", -EINVAL, "there are 2; say which, as 'plumbline devices pair /dev/ttyUSB0'");
    change(PAIRING_REFUSE, "/dev/ttyACM0", 0, "2341:0043:AB Uno will be left alone");
    change(PAIRING_PAIR, "", 0, "paired 1a86:7523@1-2 USB Serial");
    assert_int_equal(pairing_find(&list, bridge.key)->answer, PAIRING_YES);
    assert_string_equal(pairing_find(&list, bridge.key)->name, "USB Serial");
    change(PAIRING_PAIR, "", -ENOENT, "nothing new is plugged in");
    change(PAIRING_PAIR, "serial:/dev/ttyACM0", 0, "paired");
    assert_int_equal(pairing_find(&list, board.key)->answer, PAIRING_YES);
    change(PAIRING_REFUSE, "1209:7690:77", 0, "left alone");
    change(PAIRING_PAIR, "/dev/ttyS0", -ENOTSUP, "is not on USB");
    change(PAIRING_PAIR, "/dev/ttyUSB7", -ENOENT, "neither plugged in nor known");
    change(PAIRING_FORGET, "2341:0043:AB", 0, "forgot 2341:0043:AB");
    change(PAIRING_FORGET, "2341:0043:AB", -ENOENT, "was not known");
    assert_int_equal(list.n, 2);
}

static void test_a_file_with_mistakes_is_left_as_it_is(void **state)
{
    (void)state;
    char got[256];
    put("a:b:c maybe - -\n");
    assert_int_equal(pairing_change(path, PAIRING_PAIR, "x:y", &bridge, 1, got), -EINVAL);
    assert_non_null(strstr(got, "has 1 line to mend first"));
    assert_int_equal(take(&list), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_file_is_an_empty_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_written_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines_as_people_write_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mistakes_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_and_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_oldest_question_makes_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_failed_write_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_with_mistakes_is_left_as_it_is, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
