/* What may be told to a sensor, and within which limits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/daemon.h"

#include <errno.h>
#include <string.h>

static int parse(const char *line, struct sensor_command *c, char why[256])
{
    static char text[128];
    const char *word[8];
    int n = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok(text, " "); w; w = strtok(NULL, " ")) word[n++] = w;
    return sensor_command_parse(n, word, c, why);
}

static void test_good_words(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        struct sensor_command c;
    } rows[] = {
        {"rate 50", {.kind = SENSOR_SET_RATE, .rate_hz = 50}},
        {"rate 12.5", {.kind = SENSOR_SET_RATE, .rate_hz = 12.5f}},
        {"range 8", {.kind = SENSOR_SET_RANGE, .accel_g = 8, .gyro_dps = 2000}},
        {"range 4 500", {.kind = SENSOR_SET_RANGE, .accel_g = 4, .gyro_dps = 500}},
        {"content", {.kind = SENSOR_SET_CONTENT}},
        {"zero", {.kind = SENSOR_ZERO}},
        {"identify", {.kind = SENSOR_IDENTIFY, .on_ms = 2000}},
        {"identify 500", {.kind = SENSOR_IDENTIFY, .on_ms = 500}},
        {"vibrate", {.kind = SENSOR_VIBRATE, .strength_percent = 50, .repeats = 1, .on_ms = 300, .off_ms = 300}},
        {"vibrate 100 3 200 100",
         {.kind = SENSOR_VIBRATE, .strength_percent = 100, .repeats = 3, .on_ms = 200, .off_ms = 100}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sensor_command c;
        char why[256] = "";
        int failed = parse(rows[i].line, &c, why);
        if (failed) print_message("%s: %s\n", rows[i].line, why);
        assert_int_equal(failed, 0);
        assert_memory_equal(&c, &rows[i].c, sizeof c);
    }
}

static void test_wrong_words(void **state)
{
    (void)state;
    static const struct {
        const char *line, *why;
    } rows[] = {
        {"", "expected rate, range, content, zero, identify or vibrate"},
        {"explode", "expected rate, range"},
        {"rate", "expected 1 to 1000 samples a second behind 'rate'"},
        {"rate 0", "'0' does not do; expected 1 to 1000 samples a second"},
        {"rate 1001", "'1001' does not do"},
        {"rate -50", "'-50' does not do"},
        {"rate nan", "'nan' does not do"},
        {"rate inf", "'inf' does not do"},
        {"rate 50Hz", "'50Hz' does not do"},
        {"rate 50 60", "'60' is one word too many"},
        {"range 100", "expected 1 to 64 g"},
        {"range 8 9000", "expected 100 to 4000 degrees a second"},
        {"zero now", "'now' is one word too many"},
        {"vibrate 101", "expected 0 to 100 percent"},
        {"vibrate 50 6", "expected 1 to 5 times"},
        {"vibrate 50 1 2001", "expected 20 to 2000 milliseconds on"},
        {"vibrate 50 1 100 100 1", "'1' is one word too many"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sensor_command c;
        char why[256] = "";
        assert_int_equal(parse(rows[i].line, &c, why), -EINVAL);
        if (!strstr(why, rows[i].why)) print_message("%s: %s\n", rows[i].line, why);
        assert_non_null(strstr(why, rows[i].why));
    }
}

/* ---- through the daemon ---- */

static struct sensor_command sent;
static int answer;

static int send_it(struct link *link, const struct sensor_command *c)
{
    (void)link;
    sent = *c;
    return answer;
}

static void test_what_the_link_says(void **state)
{
    (void)state;
    static struct daemon d;
    const struct {
        int answer;
        const char *name, *text;
    } rows[] = {
        {0, "done", "sent"},
        {-ENOTSUP, "error", "this sensor has no such command"},
        {-ENOTCONN, "error", "no sensor is there"},
        {-EPERM, "error", "not permitted"},
    };
    const char *const words[] = {"sensor", "rate", "50"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *reply = json_object();
        d.send = send_it;
        answer = rows[i].answer;
        sent = (struct sensor_command){0};
        assert_int_equal(commands_run(&d, 3, words, reply), answer);
        assert_int_equal(sent.kind, SENSOR_SET_RATE);
        assert_non_null(strstr(json_string_value(json_object_get(reply, rows[i].name)), rows[i].text));
        json_decref(reply);
    }
    d.send = NULL; /* a replay */
    json_t *reply = json_object();
    assert_int_equal(commands_run(&d, 3, words, reply), -ENOTCONN);
    json_decref(reply);
}

/* A WitMotion out of the box: 44 bytes a sample at 9600 baud. */
static void test_what_the_line_holds(void **state)
{
    (void)state;
    const struct link_stats stats = {.bytes = 4400, .samples = 100};
    char why[256] = "";
    assert_int_equal(sensor_command_fits(20, 9600, &stats, why), 0);
    assert_int_equal(sensor_command_fits(50, 9600, &stats, why), -EINVAL);
    assert_non_null(strstr(why, "50 samples a second do not fit through 9600 baud, 21 do"));
    assert_int_equal(sensor_command_fits(200, 115200, &stats, why), 0);
    assert_int_equal(sensor_command_fits(1000, 0, &stats, why), 0); /* no speed */
    assert_int_equal(sensor_command_fits(1000, 9600, &(struct link_stats){0}, why), 0); /* nothing came yet */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_words),
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_what_the_link_says),
        cmocka_unit_test(test_what_the_line_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
