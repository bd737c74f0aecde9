/* Lines of numbers: what the boards print, what their columns mean, and text that is no sensor's. */
#include "sensor_fixture.h"

#include <math.h>

static const struct protocol *text;

enum { LINES = 40, BYTES_MAX = 1 << 20 };
static char bytes[BYTES_MAX];
static size_t length;
static struct fed fed;

static const double GRAVITY = 9.80665, DEG = 0.017453292519943295;

static void add(const char *s)
{
    size_t n = strlen(s);
    assert_true(length + n < BYTES_MAX);
    memcpy(bytes + length, s, n + 1);
    length += n;
}

/* Appends COUNT lines. In FORMAT, %T stands for milliseconds, %U for microseconds, %S for seconds, %H for a time of day,
 * %a %b %c for the acceleration and %g %h %i for the rate, times their unit. The body leans, so that no axis is 0. */
static void add_lines(const char *format, int count, double accel_unit, double gyro_unit)
{
    static int tick;
    for (int k = 0; k < count; k++, tick++) {
        double wobble = 0.002 * (k % 5);
        for (const char *f = format; *f; f++) {
            char out[40] = {*f, 0};
            if (*f == '%' && f[1]) {
                static const double g[3] = {0.1, -0.2, 0.9747}, w[3] = {3.5, -7.0, 1.25};
                char c = *++f;
                if (c == 'T') snprintf(out, sizeof out, "%d", 1000 + 10 * tick);
                if (c == 'U') snprintf(out, sizeof out, "%d", 1000000 + 10000 * tick);
                if (c == 'S') snprintf(out, sizeof out, "%.3f", 1 + 0.01 * tick);
                if (c == 'H') snprintf(out, sizeof out, "08:30:%05.2f", 10 + 0.01 * tick);
                if (c >= 'a' && c <= 'c') snprintf(out, sizeof out, "%.4f", (g[c - 'a'] + wobble) * accel_unit);
                if (c >= 'g' && c <= 'i') snprintf(out, sizeof out, "%.4f", (w[c - 'g'] + wobble) * gyro_unit);
            }
            add(out);
        }
        add("\n");
    }
}

static void play(void) { feed(text, (const uint8_t *)bytes, length, length, FED_MAX, &fed); }

static void assert_leaning(const struct raw_sample *s, bool gyro)
{
    static const double g[3] = {0.1, -0.2, 0.9747}, w[3] = {3.5, -7.0, 1.25};
    assert_int_equal(s->have, gyro ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL);
    for (int a = 0; a < 3; a++) {
        assert_true(fabs(s->accel[a] * (double)s->scale.accel_mps2 - g[a] * GRAVITY) < 0.1);
        if (gyro) assert_true(fabs(s->gyro[a] * (double)s->scale.gyro_rads - w[a] * DEG) < 0.005);
    }
}

enum clock { NO_CLOCK, CLOCK };
static const struct {
    const char *header, *line;
    double accel_unit, gyro_unit;
    bool gyro;
    enum clock clock;
} formats[] = {
    {"t_ms,ax,ay,az,gx,gy,gz\n", "%T,%a,%b,%c,%g,%h,%i", 1, 1, true, CLOCK},
    {"", "%T,%a,%b,%c,%g,%h,%i", 1, 1, true, CLOCK},
    {"", "%U,%a,%b,%c,%g,%h,%i", 1, 1, true, CLOCK},
    {"", "%S %a %b %c", 1, 1, false, CLOCK},
    {"", "%a,%b,%c,%g,%h,%i", 1, 1, true, NO_CLOCK},
    {"", "%a\t%b\t%c", 9.80665, 1, false, NO_CLOCK},                      /* Edge Impulse forwarder */
    {"", "%a, %b, %c, %g, %h, %i", 9.80665, 0.017453293, true, NO_CLOCK}, /* SI throughout */
    {"", "%g,%h,%i,%a,%b,%c", 1, 1, true, NO_CLOCK},                      /* the other way round */
    {"", "AX:%a AY:%b AZ:%c", 1, 1, false, NO_CLOCK},
    {"", "ax=%a, ay=%b, az=%c, gx=%g, gy=%h, gz=%i", 16384, 131, true, NO_CLOCK},
    {"", "IMU A:%a,%b,%c G:%g,%h,%i", 1, 1, true, NO_CLOCK},
    {"", "acc:%a,%b,%c gyro:%g,%h,%i", 1000, 1, true, NO_CLOCK},
    {"aX,aY,aZ,gX,gY,gZ,imu_degC\n", "%a,%b,%c,%g,%h,%i,24.5", 1000, 1, true, NO_CLOCK}, /* OpenLog Artemis */
    {"Timestamp,AccX (m/s^2),AccY (m/s^2),AccZ (m/s^2)\n", "%T,%a,%b,%c", 9.80665, 1, false, CLOCK},
    {"micros,accel_x_mg,accel_y_mg,accel_z_mg,gyro_x_rad_s,gyro_y_rad_s,gyro_z_rad_s\n", "%U,%a,%b,%c,%g,%h,%i", 1000,
     0.017453293, true, CLOCK},
    {"gyroX(dps),gyroY(dps),gyroZ(dps),accX(g),accY(g),accZ(g)\n", "%g,%h,%i,%a,%b,%c", 1, 1, true, NO_CLOCK},
    {"", "%a,%b,%c,%g,%h,%i", 8192, 65.5, true, NO_CLOCK},
    {"", "%a,%b,%c,%g,%h,%i", 4096, 32.8, true, NO_CLOCK},
    {"", "%a,%b,%c,%g,%h,%i", 2048, 16.4, true, NO_CLOCK},
    {"rtcDate,rtcTime,aX,aY,aZ,gX,gY,gZ,mX,mY,mZ,imu_degC,output_Hz,\r\n",
     "22/11/2025,%H,%a,%b,%c,%g,%h,%i,12.1,-3.2,40.0,24.5,9.98,", 1000, 1, true, CLOCK}, /* OpenLog Artemis, whole */
    {"", "%H,%a,%b,%c", 1, 1, false, CLOCK},
    {"", "| Acc[mg]: %a %b %c | Gyr[mdps]: %g %h %i |", 1000, 1000, true, NO_CLOCK},
    {"", "Accel X: %a Y: %b Z: %c m/s^2, Gyro X: %g Y: %h Z: %i", 9.80665, 0.017453293, true, NO_CLOCK},
    {"", "a/g:\t%a\t%b\t%c\t%g\t%h\t%i", 16384, 131, true, NO_CLOCK}, /* one name for six values */
    {"", "%a,%b,%c,3012,%g,%h,%i", 16384, 131, false, NO_CLOCK}, /* temperature between, as in the registers */
    {"Connecting...\r\nMPU6050 Found!\r\n\r\n", "%a,%b,%c", 1, 1, false, NO_CLOCK},
};

static void test_what_boards_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        length = 0;
        add(formats[i].header);
        add_lines(formats[i].line, LINES, formats[i].accel_unit, formats[i].gyro_unit);
        play();
        if (fed.n != LINES) printf("  %zu lines of \"%s\"\n", fed.n, formats[i].line);
        assert_int_equal(fed.n, LINES);
        assert_int_equal(fed.stats.run, LINES);
        assert_int_equal(fed.info.has_clock, formats[i].clock);
        for (size_t k = 0; k < fed.n; k++) {
            assert_leaning(&fed.sample[k], formats[i].gyro);
            assert_int_equal(fed.sample[k].index, k);
            assert_int_equal(fed.sample[k].flags, 0);
            assert_int_equal(fed.sample[k].device_ns != NO_DEVICE_TIME, formats[i].clock);
            if (k > 0 && formats[i].clock)
                assert_true(llabs(fed.sample[k].device_ns - fed.sample[k - 1].device_ns - 10 * NS_PER_MS) < 2000);
        }
    }
}

static void test_slicing(void **state)
{
    (void)state;
    length = 0;
    add_lines("%T,%a,%b,%c,%g,%h,%i", 24, 1, 1);
    add("rubbish\n\n$GPGGA,1,2*3f\r\n");
    add_lines("%T,%a,%b,%c,%g,%h,%i", 3, 1, 1);
    assert_slicing_is_free(text, (const uint8_t *)bytes, length);
}

static void test_nineteen_lines_say_nothing(void **state)
{
    (void)state;
    length = 0;
    add_lines("%a,%b,%c", 19, 1, 1);
    play();
    assert_int_equal(fed.n, 0);
    assert_int_equal(fed.stats.run, 19);
    add_lines("%a,%b,%c", 1, 1, 1);
    play();
    assert_int_equal(fed.n, 20);
}

static void test_text_of_other_devices(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", /* a GPS receiver */
        "1,0.1,0.2,0.97*3f",                                                 /* a sentence that lost its head */
        "!AIVDM,1,1,,B,177KQJ5000G?tO,0*5C",
        "#YPR=-142.28,-5.38,33.52",    /* angles only */
        "T:24.1 /0.0 B:21.9 /0.0 @:0", /* a 3-D printer */
        "23.4,41.2,1013",              /* a weather station */
        "1,2",
        "0.1,0.2,nan",
        "0x1,0x2,0x3",
        "inf,0,1",
        "512,17,3000,8,9",
        "hello world",
        "X:0.00 Y:0.00 Z:9.80 E:0.00", /* where the head of a printer stands */
        "<Idle|MPos:0.000,0.000,1.000|FS:0,0>",
        "12:34:56",
        "1/2,3/4,5/6",
        "",
        "1e999,1e999,1e999",
        ",,,,,",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        length = 0;
        for (int k = 0; k < 200; k++) add(lines[i]), add("\n");
        play();
        if (fed.n > 0) printf("  taken: %s\n", lines[i]);
        assert_int_equal(fed.n, 0);
        assert_true(fed.stats.run < text->lock_run);
    }
}

static void test_hostile_lines_between_good_ones(void **state)
{
    (void)state;
    length = 0;
    add_lines("%a,%b,%c", 20, 1, 1);
    for (int k = 0; k < 5000; k++) add("1,");
    add("\n1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18\n");
    add("\x01\x80\xff,1,2\n");
    add("a:b:c=d=e,f;g h i j k l m n o p q r s t u v\n");
    add("0.1,-0.2,99999999999999999999999999999999\n");
    add("+,-,.\n1e,2e+,3e-\n--1,2,3\n0.1,0.2,0.97x\n");
    add_lines("%a,%b,%c", 5, 1, 1);
    play();
    assert_int_equal(fed.n, 25);
    assert_leaning(&fed.sample[24], false);
    assert_true(fed.stats.skipped_bytes > 10000);
}

static void test_too_much_for_a_count_is_clipped(void **state)
{
    (void)state;
    length = 0;
    add_lines("%a,%b,%c", 20, 1, 1);
    add("17,-17,1e30\n");
    play();
    const struct raw_sample *s = &fed.sample[20];
    assert_int_equal(s->flags, SAMPLE_CLIPPED);
    assert_true(s->accel[0] == INT16_MAX && s->accel[1] == INT16_MIN && s->accel[2] == INT16_MAX);
}

static void test_board_restarts_and_clock_turns_over(void **state)
{
    (void)state;
    length = 0;
    add("t_us,ax,ay,az\n");
    char line[80];
    for (uint64_t k = 0; k < 60; k++) {
        uint32_t us = (uint32_t)(4294967296ull - 300000 + k * 10000); /* micros() turns over at line 30 */
        if (k >= 50) us = (uint32_t)(5000 + k * 10000);               /* reset */
        snprintf(line, sizeof line, "%u,0.1,-0.2,0.9%d\n", us, (int)(k % 4) + 5);
        add(line);
    }
    play();
    assert_int_equal(fed.n, 60);
    for (size_t k = 1; k < 60; k++) {
        assert_int_equal(fed.sample[k].flags, 0);
        if (k == 49) break;
        assert_int_equal(fed.sample[k].device_ns - fed.sample[k - 1].device_ns, 10 * NS_PER_MS);
    }
    /* 195 ms to 505 ms is no step back: the reset shows only where time runs back */
    add("100,0.1,-0.2,0.97\n");
    play();
    assert_int_equal(fed.sample[60].flags & SAMPLE_RESTARTED, SAMPLE_RESTARTED);
    assert_int_equal(fed.sample[60].index, 0);
}

static void test_another_sketch_is_learnt_anew(void **state)
{
    (void)state;
    length = 0;
    add_lines("%a,%b,%c", 30, 1, 1);
    add_lines("%T,%a,%b,%c,%g,%h,%i", 60, 9.80665, 0.017453293);
    play();
    assert_int_equal(fed.n, 30 + 60 - 19); /* nineteen lines before the old columns are given up */
    assert_leaning(&fed.sample[29], false);
    assert_leaning(&fed.sample[fed.n - 1], true);
}

static void test_noise_is_no_text(void **state)
{
    (void)state;
    uint32_t random = 8;
    for (length = 0; length < BYTES_MAX; length++) bytes[length] = (char)next_random(&random);
    play();
    assert_int_equal(fed.n, 0);
    static const char letters[] = "0123456789.,-+eE:= \t\naxyzg$*";
    for (length = 0; length < BYTES_MAX; length++) bytes[length] = letters[next_random(&random) % (sizeof letters - 1)];
    play();
    assert_int_equal(fed.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_boards_print),
        cmocka_unit_test(test_slicing),
        cmocka_unit_test(test_nineteen_lines_say_nothing),
        cmocka_unit_test(test_text_of_other_devices),
        cmocka_unit_test(test_hostile_lines_between_good_ones),
        cmocka_unit_test(test_too_much_for_a_count_is_clipped),
        cmocka_unit_test(test_board_restarts_and_clock_turns_over),
        cmocka_unit_test(test_another_sketch_is_learnt_anew),
        cmocka_unit_test(test_noise_is_no_text),
    };
    text = protocol_find("text");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
