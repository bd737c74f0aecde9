/* A name is its runs of letters, in lower case: "gyroY(rad/s)" is gyroy, rad, s. The first run and perhaps a lone
 * letter after it say what and which axis; the rest say the unit. */
#include "plumbline/sensor.h"

#include <string.h>

enum { RUNS = 4, RUN_MAX = 16 };

static const struct {
    const char *run;
    unsigned char role;
    double unit;
} units[] = {
    {"g", TEXT_ACCEL, 9.80665},
    {"mg", TEXT_ACCEL, 0.00980665},
    {"m", TEXT_ACCEL, 1},
    {"ms", TEXT_ACCEL, 1},
    {"mss", TEXT_ACCEL, 1},
    {"mps", TEXT_ACCEL, 1},
    {"dps", TEXT_GYRO, 0.0174532925199432958},
    {"deg", TEXT_GYRO, 0.0174532925199432958},
    {"degs", TEXT_GYRO, 0.0174532925199432958},
    {"mdps", TEXT_GYRO, 0.0000174532925199432958},
    {"rad", TEXT_GYRO, 1},
    {"rads", TEXT_GYRO, 1},
    {"rps", TEXT_GYRO, 1},
    {"s", TEXT_TIME, 1e9},
    {"sec", TEXT_TIME, 1e9},
    {"seconds", TEXT_TIME, 1e9},
    {"ms", TEXT_TIME, 1e6},
    {"msec", TEXT_TIME, 1e6},
    {"millis", TEXT_TIME, 1e6},
    {"us", TEXT_TIME, 1e3},
    {"usec", TEXT_TIME, 1e3},
    {"micros", TEXT_TIME, 1e3},
    {"timems", TEXT_TIME, 1e6},
    {"timeus", TEXT_TIME, 1e3},
    {"ns", TEXT_TIME, 1},
};

static bool is_one_of(const char *run, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(run, *list) == 0) return true;
    return false;
}

static double unit_of(const char *run, unsigned char role)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].role == role && strcmp(run, units[i].run) == 0) return units[i].unit;
    return 0;
}

static unsigned split(const char *name, size_t length, char run[RUNS][RUN_MAX])
{
    unsigned runs = 0, n = 0;
    for (size_t i = 0; i <= length; i++) {
        char c = i < length ? (char)(name[i] | 0x20) : ' ';
        bool letter = c >= 'a' && c <= 'z';
        if (letter && n < RUN_MAX - 1) run[runs][n++] = c;
        if (letter || n == 0) continue;
        run[runs][n] = '\0';
        n = 0;
        if (++runs == RUNS) break;
    }
    return runs;
}

static signed char axis_of(char c) { return c >= 'x' && c <= 'z' ? (signed char)(c - 'x') : -1; }

/* The quantity that BASE names, its axis taken off; a lone x, y or z is taken for acceleration. */
static unsigned char role_of(const char *base)
{
    static const char *const accel[] = {"", "a", "acc", "accel", "acceleration", "accelerometer", NULL};
    static const char *const gyro[] = {"g", "w", "as", "gyr", "gyro", "gyroscope", "rotation", NULL};
    if (is_one_of(base, accel)) return TEXT_ACCEL;
    return is_one_of(base, gyro) ? TEXT_GYRO : TEXT_OTHER;
}

struct text_column text_name_column(const char *name, size_t length)
{
    static const char *const time[] = {"t",  "ts",     "time",   "timestamp", "millis",  "micros", "ms",
                                       "us", "timems", "timeus", "seconds",   "rtctime", NULL};
    struct text_column c = {TEXT_OTHER, -1, 0};
    char run[RUNS][RUN_MAX];
    unsigned runs = split(name, length, run), unit_from = 1;
    if (runs == 0) return c;
    if (is_one_of(run[0], time)) {
        c.role = TEXT_TIME;
        unit_from = 0;
    } else {
        size_t last = strlen(run[0]) - 1;
        c.axis = axis_of(run[0][last]);
        if (c.axis >= 0)
            run[0][last] = '\0';
        else if (runs > 1 && run[1][1] == '\0')
            c.axis = axis_of(run[1][0]);
        c.role = role_of(run[0]);
    }
    for (unsigned i = unit_from; i < runs && c.unit == 0; i++) c.unit = unit_of(run[i], c.role);
    return c;
}
