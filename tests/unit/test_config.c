/* The configuration: what ships reads without a mistake, what is written reads back the same, five mistakes are five
 * messages with file and line. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads TEXT as a file; the messages land in ERRORS. */
static int read_text(struct config *c, const char *text, char *errors, size_t size)
{
    char path[] = "/tmp/plumbline-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    FILE *err = fmemopen(errors, size, "w");
    config_default(c);
    int result = config_read(c, path, err);
    fclose(err);
    unlink(path);
    return result;
}

static void reads_every_key(void **state)
{
    struct config c;
    char errors[2048] = "";
    (void)state;
    int mistakes = read_text(&c,
                             "[sensor]\ndevice = /dev/ttyUSB0\nprotocol = witmotion\nbaud = 9600\nrate = 20\nplacement = lower-back\n"
                             "[posture]\nsensitivity = high\ndesk = standing\nsitting-bias = 0.2\n"
                             "[coach]\nhours = Mon-Thu 07:30-16:00\nhours = Fri 07:30-13:00\nquiet = Mon-Sun 21:00-07:00\n"
                             "slouch-delay = 300\nbreak-after = 45\nmax-per-hour = 2\nmax-per-day = 10\nroutine = 12\ntraining = yes\n"
                             "haptics = no\nsession-every = 4w\nself-test = yes\n"
                             "notices = battery, report\nworkout = Mon,Wed 18:00 60m squat \"Leg day\"\nworkout = Sat 10:00 45m run\n"
                             "[health]\ncontra = o, k\n[store]\ndata = /tmp/x\nretention-days = 30\n",
                             errors, sizeof errors);
    assert_string_equal(errors, "");
    assert_int_equal(mistakes, 0);
    assert_string_equal(c.device, "/dev/ttyUSB0");
    assert_int_equal(c.baud, 9600);
    assert_int_equal(c.tracker.placement, PLACEMENT_LOWER_BACK);
    assert_int_equal(c.tracker.sensitivity, SENSITIVITY_HIGH);
    assert_int_equal(c.coach.n_work, 2);
    assert_int_equal(c.coach.work[1].days, 1 << 4);
    assert_int_equal(c.coach.work[1].to_min, 13 * 60);
    assert_int_equal(c.coach.quiet.days, 127);
    assert_true(c.coach.training && c.coach.notice_battery && c.coach.notice_report && !c.coach.notice_lost);
    assert_true(!c.coach.haptics && c.coach.session_weeks == 4 && c.coach.self_test);
    assert_int_equal(c.n_workout, 2);
    assert_int_equal(c.workout[0].type, WORKOUT_SQUAT);
    assert_string_equal(c.workout[0].title, "Leg day");
    assert_true(c.health_answered);
    assert_int_equal(c.contra, 1 << ('o' - 'a') | 1 << ('k' - 'a'));
    assert_int_equal(c.retention_days, 30);
}

static void every_mistake_is_named(void **state)
{
    struct config c;
    char errors[2048] = "";
    (void)state;
    int mistakes = read_text(&c,
                             "[sensor]\nbaud = fast\nplacement = head\nthis is nothing\n[coach]\nhours = sometimes\n"
                             "brake-after = 20\nslouch-delay = 5\nbaud = 9600\nbreak-after = 40\n"
                             "session-every = 9w\nsession-every = w\nsession-every = 0w\nsession-every = 2\nhaptics = some\n",
                             errors, sizeof errors);
    assert_int_equal(mistakes, 12);
    static const char *const expected[] = {":2: key 'baud': got 'fast': expected", ":3: key 'placement': got 'head': expected upper-back",
                                           ":4: expected [section]", ":6: key 'hours': got 'sometimes': ",
                                           ":7: there is no key 'brake-after'", ":8: key 'slouch-delay': got '5': expected seconds, 10 to 900",
                                           ":9: key 'baud' belongs under [sensor]",
                                           ":11: key 'session-every': got '9w': expected none, or weeks from 1w to 8w",
                                           ":12: key", ":13: key", ":14: key", ":15: key 'haptics'"};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        if (!strstr(errors, expected[i])) fail_msg("no '%s' in:\n%s", expected[i], errors);
    assert_int_equal(c.coach.break_after_min, 40); /* what is right is taken */
    assert_int_equal(c.coach.slouch_delay_s, 120); /* what is wrong keeps its default */
}

static void writes_what_it_reads(void **state)
{
    struct config a, b;
    char errors[2048] = "", *text = NULL;
    size_t n = 0;
    (void)state;
    assert_int_equal(read_text(&a, "[coach]\nhours = Mon-Fri 08:00-12:00\nsession-every = 8w\nworkout = Tue 07:00 30m swim \"Early\"\n[health]\ncontra = none\n",
                               errors, sizeof errors), 0);
    FILE *out = open_memstream(&text, &n);
    config_write(&a, out);
    fclose(out);
    assert_int_equal(read_text(&b, text, errors, sizeof errors), 0);
    assert_string_equal(errors, "");
    assert_true(isnan(a.tracker.sitting_bias) && isnan(b.tracker.sitting_bias));
    a.tracker.sitting_bias = b.tracker.sitting_bias = 0;
    assert_memory_equal(&a.coach, &b.coach, sizeof a.coach);
    assert_memory_equal(&a.workout, &b.workout, sizeof a.workout);
    assert_int_equal(a.contra, b.contra);
    free(text);
}

static void what_ships_is_right(void **state)
{
    static const char *const files[] = {"data/plumbline.conf", "data/demo.conf", "tests/golden/default.conf", "tests/golden/lower-back.conf"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512];
        struct config c;
        snprintf(path, sizeof path, "%s/%s", PLUMBLINE_SOURCE_DIR, files[i]);
        config_default(&c);
        assert_int_equal(config_read(&c, path, stderr), 0);
    }
}

static void hostile_files_cost_a_message(void **state)
{
    struct config c;
    char errors[8192] = "", text[5000];
    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    assert_true(read_text(&c, text, errors, sizeof errors) > 0);
    assert_non_null(strstr(errors, "longer than"));
    assert_int_equal(read_text(&c, "", errors, sizeof errors), 0);
    assert_int_equal(config_read(&c, "/nowhere/at/all", stderr), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_key),     cmocka_unit_test(every_mistake_is_named),       cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(what_ships_is_right), cmocka_unit_test(hostile_files_cost_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
