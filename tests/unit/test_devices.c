/* What the daemon makes of what is plugged in: made-up devices in place of the list, a desk that writes to a file. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct device_info present[4];
static int n_present;

int devices_list(struct device_info *out, size_t max)
{
    for (int i = 0; i < n_present && (size_t)i < max; i++) out[i] = present[i];
    return n_present;
}

static const struct device_info bridge = {"serial:/dev/ttyUSB0", "1a86:7523@1-2", "1a86:7523",
                                          "USB Serial",          DEVICE_BRIDGE,   NULL};
static const struct device_info board = {"serial:/dev/ttyACM0", "2341:0043:AB", "2341:0043", "Uno", DEVICE_BOARD, NULL};
static const struct device_info exact = {"usb:1209:7690@1-3", "1209:7690:77", "1209:7690",
                                         "Receiver",          DEVICE_EXACT,   "slime"};
static const struct device_info other = {"serial:/dev/rfcomm0", "", "", "", DEVICE_OTHER, NULL};

static struct daemon d;
static char *notices;
static size_t notices_n;
static FILE *sink;
static int restarts;

static void restart(struct link *link)
{
    (void)link;
    restarts++;
}

static int set_up(void **state)
{
    (void)state;
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(1791961200)};
    memset(&d, 0, sizeof d);
    config_default(&d.config);
    snprintf(d.config.data, sizeof d.config.data, "/tmp/plumbline-devices-XXXXXX");
    if (!mkdtemp(d.config.data)) return -1;
    sink = open_memstream(&notices, &notices_n);
    desk_open_file(sink, &d.desk);
    d.restart = restart;
    n_present = restarts = 0;
    sd_event_new(&d.loop); /* alive, not a replay */
    return pipeline_open(&d.config, &options, NULL, NULL, &d.pipeline);
}

static int tear_down(void **state)
{
    char path[PATH_LEN + 16];
    (void)state;
    pipeline_close(d.pipeline);
    desk_close(d.desk);
    sd_event_unref(d.loop);
    fclose(sink);
    free(notices);
    snprintf(path, sizeof path, "%s/devices", d.config.data);
    unlink(path);
    return rmdir(d.config.data);
}

static void plug(const struct device_info *one)
{
    present[n_present++] = *one;
    devices_look(&d);
}

static void unplug_all(void)
{
    n_present = 0;
    devices_look(&d);
}

static int questions(const char *key)
{
    char what[160];
    int n = 0;
    snprintf(what, sizeof what, " ask %s:", key);
    fflush(sink);
    for (const char *p = notices; p && (p = strstr(p, what)); p++) n++;
    return n;
}

static bool allowed(const struct device_info *device)
{
    struct pairing p;
    return devices_allowed(&d, device, &p);
}

static void test_asked_once(void **state)
{
    (void)state;
    plug(&exact);
    plug(&other);
    plug(&bridge);
    assert_int_equal(questions(bridge.key), 1);
    assert_non_null(strstr(notices, "Is this your posture sensor? | USB Serial (1a86:7523) was plugged in."));
    assert_int_equal(questions(exact.key), 0);
    unplug_all();
    plug(&bridge);
    memset(&d.seen, 0, sizeof d.seen); /* the daemon begins anew */
    devices_look(&d);
    assert_int_equal(questions(bridge.key), 1);
    assert_false(allowed(&bridge));
    assert_int_equal(restarts, 0);
}

static void test_answers(void **state)
{
    (void)state;
    plug(&bridge);
    present[n_present++] = board;
    assert_int_equal(questions(board.key), 0);
    devices_chosen(&d, bridge.key, true);
    assert_int_equal(restarts, 1);
    assert_true(allowed(&bridge));
    assert_int_equal(questions(board.key), 1); /* one at a time */
    devices_chosen(&d, board.key, false);
    assert_false(allowed(&board));
}

static void test_who_named_the_sensor_is_not_asked(void **state)
{
    (void)state;
    snprintf(d.config.device, sizeof d.config.device, "/dev/ttyUSB0");
    plug(&bridge);
    assert_int_equal(questions(bridge.key), 0);
}

static void test_who_may_be_opened(void **state)
{
    (void)state;
    assert_true(allowed(&exact));
    assert_false(allowed(&bridge));
    assert_false(allowed(&board));
    assert_false(allowed(&other));
    plug(&exact);
    devices_chosen(&d, exact.key, false);
    assert_false(allowed(&exact));
}

static void test_what_was_learnt_is_kept(void **state)
{
    (void)state;
    struct pairing p;
    plug(&bridge);
    devices_learnt(&d, "not:known", "text", 9600);
    devices_chosen(&d, bridge.key, true);
    devices_learnt(&d, bridge.key, "witmotion", 9600);
    assert_true(devices_allowed(&d, &bridge, &p));
    assert_string_equal(p.protocol, "witmotion");
    assert_int_equal(p.baud, 9600);
}

static json_t *command(int expected, const char *const *words, int n)
{
    json_t *reply = json_object();
    assert_int_equal(commands_run(&d, n, words, reply), expected);
    return reply;
}

static void test_commands(void **state)
{
    (void)state;
    plug(&bridge);
    json_t *reply = command(0, (const char *const[]){"devices", "pair"}, 2);
    assert_non_null(strstr(json_string_value(json_object_get(reply, "done")), "paired 1a86:7523@1-2"));
    json_decref(reply);
    assert_true(allowed(&bridge));
    json_decref(command(0, (const char *const[]){"devices", "never", "/dev/ttyUSB0"}, 3));
    assert_false(allowed(&bridge));
    json_decref(command(0, (const char *const[]){"devices", "forget", "1a86:7523@1-2"}, 3));
    json_decref(command(-ENOENT, (const char *const[]){"devices", "forget", "1a86:7523@1-9"}, 3));
    json_decref(command(-EINVAL, (const char *const[]){"devices", "eat"}, 2));
    assert_int_equal(restarts, 3);
    sd_event *loop = d.loop;
    d.loop = NULL;
    json_decref(command(-ENODEV, (const char *const[]){"devices", "pair"}, 2));
    d.loop = loop;
}

static void test_arrivals_are_counted(void **state)
{
    (void)state;
    devices_look(&d);
    for (int i = 0; i < 12; i++) {
        plug(&bridge);
        devices_look(&d); /* nothing new */
        unplug_all();
    }
    json_t *reply = command(0, (const char *const[]){"devices"}, 1);
    assert_int_equal(json_integer_value(json_object_get(reply, "arrivals_last_hour")), 12);
    json_decref(reply);
}

/* Plugged in since before the daemon began: that is no arrival. */
static void test_what_was_there_did_not_arrive(void **state)
{
    (void)state;
    plug(&bridge);
    assert_int_equal(d.seen.arrivals, 0);
    assert_int_equal(questions(bridge.key), 1);
}

static const char *heard(json_t **reply)
{
    *reply = command(0, (const char *const[]){"devices"}, 1);
    return json_string_value(json_object_get(*reply, "heard"));
}

static void test_reasons(void **state)
{
    (void)state;
    json_t *reply;
    assert_string_equal(heard(&reply), "");
    json_decref(reply);
    pipeline_begin_stream(d.pipeline, "auto");
    pipeline_on_bytes(d.pipeline, (const uint8_t *)"\x01\x02\x03 what is this", 17, 0);
    assert_string_equal(heard(&reply), "bytes that no protocol understands");
    json_decref(reply);
    for (int k = 0; k < 5; k++) pipeline_on_bytes(d.pipeline, (const uint8_t *)"\n0.1,0.2,9.8", 12, 0);
    assert_non_null(strstr(heard(&reply), "text 4 of 20 in a row"));
    json_decref(reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_asked_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_named_the_sensor_is_not_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_may_be_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_learnt_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_commands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_arrivals_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_there_did_not_arrive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reasons, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
