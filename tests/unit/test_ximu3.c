/* x-IMU3: the manual's messages, binary and text, the device's clock, what is asked of it, faults. */
#include "fault_fixture.h"

#include <math.h>

static const struct protocol *ximu3;

enum { STREAM_MAX = 1 << 20 };
static uint8_t stream[STREAM_MAX];
static size_t length;
static struct fed fed;

static void add(const char *text)
{
    memcpy(stream + length, text, strlen(text));
    length += strlen(text);
}

static void add_stuffed(const void *bytes, size_t n)
{
    for (const uint8_t *p = bytes; n > 0; n--, p++) {
        if (*p == 0x0a || *p == 0xdb) stream[length++] = 0xdb;
        stream[length++] = *p == 0x0a ? 0xdc : *p == 0xdb ? 0xdd : *p;
    }
}

/* Both ends are little-endian wherever these tests run. */
static void add_message(char letter, uint64_t us, const float *value, unsigned n)
{
    stream[length++] = (uint8_t)(0x80 + letter);
    add_stuffed(&us, 8);
    add_stuffed(value, 4 * n);
    stream[length++] = '\n';
}

static void add_inertial(uint64_t us, float wobble)
{
    add_message('I', us, (float[]){0.5f + wobble, -1.25f, 2 * wobble, 0.1f, -0.2f + wobble / 100, 0.97f}, 6);
}

/* Pairs of inertial and quaternion messages, 20 ms apart; no two alike, some with bytes that are stuffed. */
static void add_pairs(uint64_t first_us, unsigned n)
{
    uint32_t dice = 5;
    for (unsigned k = 0; k < n; k++) {
        float tilt = 0.2f + 0.001f * (float)(next_random(&dice) % 100);
        add_inertial(first_us + 20000 * k, (float)(next_random(&dice) % 1000) / 77);
        add_message('Q', first_us + 20000 * k, (float[]){cosf(tilt / 2), -sinf(tilt / 2), 0, 0}, 4);
    }
}

static void play(void) { feed(ximu3, stream, length, length, FED_MAX, &fed); }

static void assert_one_g_at_a_second(const struct raw_sample *s)
{
    assert_int_equal(s->have, HAVE_ACCEL | HAVE_GYRO);
    assert_true(s->device_ns == NS_PER_S);
    assert_int_equal(s->accel[2], 16384);
    assert_int_equal(s->accel[0] | s->accel[1] | s->gyro[0] | s->gyro[1] | s->gyro[2], 0);
}

static const char *const one_g = "\xc9\x40\x42\x0f\0\0\0\0\0" /* a second */
                                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\x3f\n";

static void test_manuals_inertial_message(void **state)
{
    (void)state;
    feed(ximu3, (const uint8_t *)one_g, 34, 34, FED_MAX, &fed);
    assert_int_equal(fed.n, 1);
    assert_one_g_at_a_second(fed.sample);
    length = 0;
    add("I,1000000,0.0000,0.0000,0.0000,0.0000,0.0000,1.0000\n");
    play();
    assert_int_equal(fed.n, 1);
    assert_one_g_at_a_second(fed.sample);
    length = 0;
    add("I,1000000,0.0000,0.0000,0.0000,0.0000,0.0000,1.0000\r\n");
    play();
    assert_int_equal(fed.n, 1);
    assert_one_g_at_a_second(fed.sample);
    assert_true(fed.info.has_clock && !fed.info.has_counter && !fed.info.has_vibration);
    assert_string_equal(fed.info.model, "x-IMU3");
}

/* Every message of the manual's list is recognised, and only the inertial one is a sample. Texts that the list breaks
 * over lines ("\linebreak") or shows bytes of are left out. */
static void test_manuals_vectors(void **state)
{
    (void)state;
    FILE *f = open_data("protocols/ximu3/manual_vectors.txt");
    char line[512];
    unsigned binary = 0, texts = 0;
    if (!f) skip();
    while (fgets(line, sizeof line, f)) {
        char *end = strstr(line, "\\n"), *p = line + strspn(line, " ");
        length = 0;
        if (p == line) continue;
        if (end && !strchr(p, '?') && !strstr(p, "\\l")) {
            strcpy(end, "\n");
            add(p);
            texts++;
        } else if (!end) {
            length = append_hex(p, stream, 0, STREAM_MAX);
            binary++;
        }
        if (length == 0) continue;
        play();
        if (fed.stats.frames != 1) print_error("not recognised: %s", line);
        assert_int_equal(fed.stats.frames, 1);
        assert_int_equal(fed.stats.skipped_bytes, 0);
        assert_int_equal(fed.n, stream[0] == 0xc9 || stream[0] == 'I');
    }
    fclose(f);
    printf("%u binary messages and %u of text\n", binary, texts);
    assert_true(binary >= 12 && texts >= 10);
}

static void test_quaternion_and_battery(void **state)
{
    (void)state;
    length = 0;
    add_pairs(5000000, 3);
    add_message('B', 5050000, (float[]){41.6f, 3.7f, 1}, 3);
    add_inertial(6000000, 0); /* no quaternion of that time */
    play();
    assert_int_equal(fed.n, 4);
    assert_int_equal(fed.sample[0].have, HAVE_ACCEL | HAVE_GYRO);
    assert_int_equal(fed.sample[1].have, HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT);
    assert_true(fed.sample[1].quat[0] > 32000 && fed.sample[1].quat[1] < -3000 && fed.sample[1].quat[2] == 0);
    assert_int_equal(fed.sample[3].have, HAVE_ACCEL | HAVE_GYRO);
    assert_int_equal(fed.info.battery_percent, 42);
    assert_float_equal(fed.sample[0].gyro[1] * fed.sample[0].scale.gyro_rads * 57.29578f, -1.25f, 0.04f);
}

/* A quaternion to an earth whose z points down is none of ours. */
static void test_an_earth_that_points_down(void **state)
{
    (void)state;
    length = 0;
    for (unsigned k = 0; k < 1000; k++) {
        add_message('Q', 1000000 + 20000 * k, (float[]){0, 1, 0, 0}, 4);
        add_inertial(1000000 + 20000 * k, 0);
    }
    play();
    assert_int_equal(fed.sample[fed.n - 1].have, HAVE_ACCEL | HAVE_GYRO);
}

static void test_clock(void **state)
{
    (void)state;
    length = 0;
    add_pairs(1000000, 3);            /* 1.00, 1.02, 1.04 s */
    add_inertial(900000000000ull, 1); /* damaged: nobody confirms it */
    add_pairs(1060000, 2);
    add_pairs(500000000, 2); /* eight minutes on: the first is not believed yet */
    add_pairs(2000, 3);      /* and it was switched off and on */
    add_pairs(0xffffffffffffffull, 2);
    play();
    static const int64_t us[] = {1000000, 1020000, 1040000, 1060000, 1080000, 500020000, 22000, 42000};
    static const uint8_t flags[] = {0, 0, 0, 0, 0, SAMPLE_GAP_BEFORE, SAMPLE_RESTARTED, 0};
    assert_int_equal(fed.n, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_true(fed.sample[i].device_ns == us[i] * NS_PER_US);
        assert_int_equal(fed.sample[i].flags, flags[i]);
    }
    assert_int_equal(fed.sample[6].index, 0);
}

static void test_what_no_sensor_sends(void **state)
{
    (void)state;
    length = 0;
    add_message('I', 1000000, (float[]){0, 0, 0, 0, 0, NAN}, 6);
    add_message('I', 1000000, (float[]){0, 0, 0, INFINITY, 0, 1}, 6);
    add_message('I', 1000000, (float[]){0, 0, 0, 0, 0, 18}, 6);
    add_message('I', 1000000, (float[]){0, 2300, 0, 0, 0, 1}, 6);
    add_message('Q', 1000000, (float[]){1, 0.5f, 0, 0}, 4);
    add_message('I', 1000000, (float[]){0, 0, 0, 0, 0}, 5);
    add("I,1000000,0,0,0,0,0\nI,x,0,0,0,0,0,1\nI,-5,0,0,0,0,0,1\n");
    play();
    assert_int_equal(fed.n + fed.stats.frames, 0);
    assert_int_equal(fed.stats.bad_frames, 6);
    length = 0;
    add_message('I', 1000000, (float[]){2000, 0, 0, 0, 0, -16}, 6);
    play();
    assert_int_equal(fed.sample[0].flags, SAMPLE_CLIPPED);
}

static void test_any_slices(void **state)
{
    (void)state;
    length = 0;
    add("boot text\n{\"ping\":{\"interface\":\"USB\",\"name\":\"Back\",\"sn\":\"0123-4567-89AB-CDEF\"}}\n");
    add_pairs(1000000, 12);
    add("\xdb\n\xc9\xdb\xdb\n");
    add("I,2000000,0.5,0,0,0,0,1\n");
    play();
    assert_int_equal(fed.n, 13);
    assert_string_equal(fed.info.model, "Back");
    assert_true(fed.info.serial == 0x0123456789abcdefull);
    assert_slicing_is_free(ximu3, stream, length);
}

static void test_single_faults(void **state)
{
    (void)state;
    static const int most[] = {
        16, /* the first byte of an escape */
        0,
        3437,
        2 * 3399,
    };
    length = 0;
    add_pairs(1000000, 20);
    assert_single_faults(ximu3, stream, length, most, 16);
}

static void test_noise_is_no_stream(void **state)
{
    (void)state;
    assert_in_range(longest_run_in_noise(ximu3, 2024), 0, 1);
}

/* Lines that begin with a letter are not yet its: a maker's sketch prints such, too. */
static void test_text_of_others(void **state)
{
    (void)state;
    length = 0;
    for (int k = 0; k < 40; k++) {
        char line[80];
        snprintf(line, sizeof line, "A,%d,0.1,-0.2,0.9\nI,%d,1,2\nM,0.1,2,3\n", 1000 + 10 * k, k);
        add(line);
    }
    play();
    assert_int_equal(fed.n + fed.stats.run, 0);
}

static void assert_asks(const struct sensor_command *command, const char *expected)
{
    uint8_t buf[64];
    size_t n = ximu3->encode(NULL, command, buf, sizeof buf);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(buf, expected, n);
    if (n > 0) assert_int_equal(ximu3->encode(NULL, command, buf, n - 1), 0);
}

static void test_commands(void **state)
{
    (void)state;
    assert_asks(&(struct sensor_command){.kind = SENSOR_HELLO}, "{\"ping\":null}\n");
    assert_asks(&(struct sensor_command){.kind = SENSOR_IDENTIFY}, "{\"strobe\":null}\n");
    static const struct {
        float rate_hz;
        const char *expected;
    } rates[] = {{50, "8"}, {100, "4"}, {400, "1"}, {1e6f, "1"}, {0, "400"}, {NAN, "400"}, {60, "7"}};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "{\"inertial_message_rate_divisor\":%s}\n", rates[i].expected);
        assert_asks(&(struct sensor_command){.kind = SENSOR_SET_RATE, .rate_hz = rates[i].rate_hz}, expected);
    }
    assert_asks(&(struct sensor_command){.kind = SENSOR_SET_CONTENT}, "{\"ahrs_message_rate_divisor\":0}\n");
    assert_asks(&(struct sensor_command){.kind = SENSOR_START, .rate_hz = 50}, "");
    assert_asks(&(struct sensor_command){.kind = SENSOR_VIBRATE, .strength_percent = 50}, "");
}

int main(void)
{
    ximu3 = protocol_find("ximu3");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manuals_inertial_message),
        cmocka_unit_test(test_manuals_vectors),
        cmocka_unit_test(test_quaternion_and_battery),
        cmocka_unit_test(test_an_earth_that_points_down),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_what_no_sensor_sends),
        cmocka_unit_test(test_any_slices),
        cmocka_unit_test(test_single_faults),
        cmocka_unit_test(test_noise_is_no_stream),
        cmocka_unit_test(test_text_of_others),
        cmocka_unit_test(test_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
