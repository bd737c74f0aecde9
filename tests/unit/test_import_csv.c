/* Tables: what divides cells, what columns are, what times and units mean. */
#include "sensor_fixture.h"
#include "tools/import/csv.h"

#include <math.h>

enum { ROWS_MAX = 400 };

struct table {
    size_t n;
    char text[64 * 1024];
};
struct decoded {
    int n;
    struct raw_sample s[ROWS_MAX];
    struct import_told told;
};

static struct table table;
static struct decoded got;

static void add(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    table.n += (size_t)vsnprintf(table.text + table.n, sizeof table.text - table.n, format, args);
    va_end(args);
}

static void decode(const char *map, size_t slice)
{
    char why[256] = "";
    size_t count;
    const uint8_t *bytes = (const uint8_t *)table.text;
    void *state = malloc(csv_format.size());
    assert_non_null(state);
    if (csv_format.begin(state, bytes, table.n, &(struct import_options){map}, why)) fail_msg("%s", why);
    got.n = 0;
    for (size_t at = 0; at < table.n;) {
        size_t offered = table.n - at < slice ? table.n - at : slice;
        at += csv_format.push(state, bytes + at, offered, got.s + got.n, slice % 2 ? 3 : 50, &count);
        got.n += (int)count;
    }
    while ((count = csv_format.finish(state, got.s + got.n, 50)) > 0) got.n += (int)count;
    csv_format.told(state, &got.told);
    free(state);
}

static void assert_refused(const char *map, const char *pattern)
{
    struct csv_layout l;
    char why[256] = "";
    assert_int_not_equal(csv_layout_learn(&l, table.text, table.n, map, why), 0);
    if (!strstr(why, pattern)) fail_msg("expected '%s' in '%s'", pattern, why);
}

static void assert_accel(int i, double x, double y, double z)
{
    const double g[] = {x, y, z};
    for (int k = 0; k < 3; k++) assert_true(fabs(got.s[i].accel[k] / 2048.0 - g[k]) < 1e-3);
}

static void assert_date(int i, int year, int month, int day, int hour, int minute, double second)
{
    int64_t ns;
    assert_true(import_date((const int[]){year, month, day, hour, minute, 0}, &ns));
    assert_true(fabs((double)(got.s[i].device_ns - ns) / 1e9 - second) < 1e-6);
}

static int set_up(void **state)
{
    (void)state;
    table.n = 0;
    return 0;
}

static void numbers_are_read_with_either_mark(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1", 1}, {"-0.5", -0.5}, {"+3,25", 3.25}, {".5", 0.5}, {"1e3", 1000}, {"-2.5E-2", -0.025}, {"7.", 7}};
    static const char *const bad[] = {"", "-", "nan", "inf", "0x10", "1.2.3", "1e", "1e99", "12a", "--1", "1 2"};
    double v;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(csv_line_number((struct csv_cell){good[i].text, strlen(good[i].text)}, &v));
        assert_true(fabs(v - good[i].value) < 1e-12);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (csv_line_number((struct csv_cell){bad[i], strlen(bad[i])}, &v)) fail_msg("'%s' is no number", bad[i]);
}

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum import_clock clock;
        double s; /* since 2026-03-02 08:30 */
    } good[] = {{"2026-03-02 08:30:00.250", IMPORT_LOCAL, 0.25},
                {"2026-03-02T08:30:01Z", IMPORT_UTC, 1},
                {"2026/3/2 8:30", IMPORT_LOCAL, 0},
                {"2026-03-02T08:30:00,5+01:00", IMPORT_UTC, -3599.5},
                {"2026-03-02 08:30:00-0230", IMPORT_UTC, 9000},
                {"2026-03-02T08:30:00.000001+00", IMPORT_UTC, 1e-6}};
    static const char *const bad[] = {
        "",     "2026-02-30 08:00",     "2026-13-01 08:00",          "2026-03-02",      "08:60", "25:00",
        "8.30", "2026-03-02 08:30:00x", "2026-03-02 08:30:00+99:00", "02.03.2026 08:30"};
    int64_t ns, start_ns;
    enum import_clock clock;
    assert_true(import_date((const int[]){2026, 3, 2, 8, 30, 0}, &start_ns));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(csv_line_time((struct csv_cell){good[i].text, strlen(good[i].text)}, &ns, &clock));
        assert_int_equal(clock, good[i].clock);
        assert_true(fabs((double)(ns - start_ns) / 1e9 - good[i].s) < 1e-9);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (csv_line_time((struct csv_cell){bad[i], strlen(bad[i])}, &ns, &clock)) fail_msg("'%s' is no time", bad[i]);
}

static void a_german_spreadsheet(void **state)
{
    (void)state;
    add("\xef\xbb\xbfMessung;Nr. 7;;;\r\nZeit;\"x (g)\";y (g);z (g);Bemerkung\r\n");
    for (int i = 0; i < 100; i++) add("2026-03-02 08:30:%02d,%02d;0,25;-0,5;\"0,85\";\r\n", i / 50, 2 * (i % 50));
    decode(NULL, 1000);
    assert_int_equal(got.n, 100);
    assert_int_equal(got.told.clock, IMPORT_LOCAL);
    assert_int_equal(got.told.damaged, 0);
    assert_accel(0, 0.25, -0.5, 0.85);
    assert_date(50, 2026, 3, 2, 8, 30, 1.0);
    assert_int_equal(got.s[0].have, HAVE_ACCEL);
}

/* The maker's program: tabs, a first line of its own, dates, degrees a second. */
static void a_recording_of_the_witmotion_program(void **state)
{
    (void)state;
    add("StartTime: 2026-03-02 08:30:00.000\n"
        "address\tTime(s)\tChipTime\tax(g)\tay(g)\taz(g)\twx(deg/s)\twy(deg/s)\twz(deg/s)\tAngleX(deg)\n");
    for (int i = 0; i < 60; i++)
        add("0x50\t08:30:0%d.%d00\t2026-3-2 8:30:%d.%d00\t0.1\t0.2\t0.97\t90\t0\t-45\t1.5\n", i / 10, i % 10, i / 10,
            i % 10);
    decode(NULL, 77);
    assert_int_equal(got.n, 60);
    assert_int_equal(got.s[0].have, HAVE_ACCEL | HAVE_GYRO);
    assert_accel(59, 0.1, 0.2, 0.97);
    assert_true(fabsf((float)got.s[0].gyro[0] * got.s[0].scale.gyro_rads - 1.5708f) < 2e-3f);
    assert_int_equal(got.told.clock, IMPORT_LOCAL); /* a date says more than the time of day that is called time */
    assert_date(10, 2026, 3, 2, 8, 30, 1.0);
    decode("t=Time(s),ax=ax(g),ay=ay(g),az=az(g)", 77);
    assert_int_equal(got.told.clock, IMPORT_RUNNING);
}

static void times_since_1970_in_each_unit(void **state)
{
    (void)state;
    static const double units[] = {1, 1e3, 1e6};
    for (size_t u = 0; u < 3; u++) {
        table.n = 0;
        add("timestamp,x,y,z\n");
        for (int i = 0; i < 50; i++) add("%.3f,0,0,9.81\n", (1772440200 + 0.02 * i) * units[u]);
        decode(NULL, 100);
        assert_int_equal(got.told.clock, IMPORT_UTC);
        assert_accel(0, 0, 0, 1.0003);
        assert_date(0, 2026, 3, 2, 8, 30, 0);
        assert_true(llabs(got.s[49].device_ns - got.s[0].device_ns - 980 * NS_PER_MS) < NS_PER_MS);
    }
}

static void counters_run_from_anywhere(void **state)
{
    (void)state;
    add("micros,ax,ay,az\n"); /* half an hour after power-on: as seconds, a date in 2027 */
    for (int i = 0; i < 50; i++) add("%d,16384,0,%d\n", 1800000000 + 20000 * i, i);
    decode(NULL, 100);
    assert_int_equal(got.told.clock, IMPORT_RUNNING);
    assert_true(got.s[1].device_ns - got.s[0].device_ns == 20 * NS_PER_MS);
    assert_accel(0, 1, 0, 0);
}

static void without_a_header_values_tell(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) add("%.2f 0.01 -0.02 0.03 0.5 0.5 0.7\n", 0.02 * i);
    decode(NULL, 33);
    assert_int_equal(got.n, 100);
    assert_int_equal(got.s[0].have, HAVE_ACCEL | HAVE_GYRO);
    assert_accel(0, 0.5, 0.5, 0.7);
    assert_true(got.s[50].device_ns - got.s[0].device_ns == NS_PER_S);
    table.n = 0;
    for (int i = 0; i < 100; i++) add("2026-03-02T08:30:%02d.%02dZ,0,0,1000\n", i / 50, 2 * (i % 50));
    assert_refused(NULL, "--columns"); /* could be air pressure */
    decode("ax=2:mg,ay=3:mg,az=4:mg", 33);
    assert_int_equal(got.told.clock, IMPORT_UTC);
    assert_accel(0, 0, 0, 1);
}

static void whole_seconds_are_spread(void **state)
{
    (void)state;
    add("time,ax,ay,az\n");
    for (int i = 0; i < 120; i++) add("2026-03-02 08:30:%02d,0,0,1\n", i / 20 + (i >= 60 ? 30 : 0));
    decode(NULL, 5);
    assert_int_equal(got.n, 120);
    for (int i = 1; i < 120; i++) {
        double step_s = (double)(got.s[i].device_ns - got.s[i - 1].device_ns) / 1e9;
        assert_true(fabs(step_s - (i == 60 ? 30.05 : 0.05)) < 1e-6); /* the pause stays one */
    }
}

static void midnight_passes(void **state)
{
    (void)state;
    add("time,ax,ay,az\n");
    for (int i = 0; i < 40; i++)
        add("%s.%d,0,0,1\n", i < 20 ? i < 10 ? "23:59:58" : "23:59:59" : i < 30 ? "00:00:00" : "00:00:01", i % 10);
    decode(NULL, 5);
    for (int i = 1; i < 40; i++) assert_true(got.s[i].device_ns - got.s[i - 1].device_ns == 100 * NS_PER_MS);
}

static void what_is_no_row_is_counted(void **state)
{
    (void)state;
    add("t_ms,ax,ay,az\n");
    for (int i = 0; i < 60; i++)
        add(i == 30 ? "%d,0.1,,1\n" : i == 40 ? "%d,0\n" : i == 50 ? "%d,NaN,0,1\n" : "%d,0,0,1\n", 20 * i);
    add("1200,0,0,1"); /* the last line has no end */
    decode(NULL, 1);
    assert_int_equal(got.n, 58);
    assert_int_equal(got.told.damaged, 3);
    assert_true(got.s[57].device_ns - got.s[0].device_ns == 1200 * NS_PER_MS);
}

static void refusals_say_what_to_do(void **state)
{
    (void)state;
    add("when,a1,a2,a3\n");
    for (int i = 0; i < 40; i++) add("%d,0,0,523\n", 20 * i);
    assert_refused(NULL, "--columns t=1,ax=2");
    assert_refused("a1,a2,a3", "unit is not clear");
    assert_refused("a1,a2,a9", "no column 'a9'");
    assert_refused("a1,a2", "which column is az");
    assert_refused("ax=a1,ay=a2,az=a3,gx=a1", "which column is gy");
    assert_refused("a1,a2,a3,a1,a2,a3,a1", "more than six");
    assert_refused("1,2,50", "no line of it");
    decode("t=when:ms,ax=a1:mg,ay=a2:mg,az=4:mg", 9);
    assert_accel(0, 0, 0, 0.523);
    table.n = 0;
    add("Dear reader,\nthis is a letter, with commas, in it.\n");
    assert_refused(NULL, "no lines with three numbers");
    table.n = 0; /* NMEA 0183, whose satellites, dilution and number would have the length of an acceleration */
    for (int i = 0; i < 40; i++) add("$GPGGA,1235%02d,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n", i);
    assert_refused(NULL, "no lines with three numbers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(numbers_are_read_with_either_mark, set_up),
        cmocka_unit_test_setup(times_are_read, set_up),
        cmocka_unit_test_setup(a_german_spreadsheet, set_up),
        cmocka_unit_test_setup(a_recording_of_the_witmotion_program, set_up),
        cmocka_unit_test_setup(times_since_1970_in_each_unit, set_up),
        cmocka_unit_test_setup(counters_run_from_anywhere, set_up),
        cmocka_unit_test_setup(without_a_header_values_tell, set_up),
        cmocka_unit_test_setup(whole_seconds_are_spread, set_up),
        cmocka_unit_test_setup(midnight_passes, set_up),
        cmocka_unit_test_setup(what_is_no_row_is_counted, set_up),
        cmocka_unit_test_setup(refusals_say_what_to_do, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
