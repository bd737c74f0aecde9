/* Invariant: a layout that was found has three different columns for the accelerometer, inside the line, and units
 * that are positive; gyro and time are whole or absent. */
#include "plumbline/sensor.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const double RAD_PER_DEG = 0.017453292519943295;
enum { CHIP_RATE_MAX_RADS = 35 }; /* 2000 deg/s, the widest range of the usual chips */

/* What one g amounts to in the units boards print, and what a gyro set as the same chip's example prints beside it. */
static const struct {
    double one_g, gyro_rads; /* 0: rad/s or deg/s */
} habits[] = {
    {1, 0},
    {9.80665, 1},
    {1000, 0},
    {16384, 0.017453292519943295 / 131.0},
    {8192, 0.017453292519943295 / 65.5},
    {4096, 0.017453292519943295 / 32.8},
    {2048, 0.017453292519943295 / 16.4},
};
enum { HABITS = sizeof habits / sizeof habits[0], MILLI_G = 2 };

static double median(double *v, int n)
{
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && v[j - 1] > v[j]; j--) {
            double higher = v[j - 1];
            v[j - 1] = v[j];
            v[j] = higher;
        }
    return v[n / 2];
}

static double median_norm(const signed char column[3], double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    double norm[TEXT_LEARN_LINES];
    for (int i = 0; i < TEXT_LEARN_LINES; i++) {
        double x = value[i][column[0]], y = value[i][column[1]], z = value[i][column[2]];
        norm[i] = sqrt(x * x + y * y + z * z);
    }
    return median(norm, TEXT_LEARN_LINES);
}

/* The habit whose g is nearest to NORM, and by which share it is OFF. Worn sensors' scales err by some percent. */
static int habit_of(double norm, double *off)
{
    int nearest = 0;
    *off = fabs(norm / habits[0].one_g - 1);
    for (int i = 1; i < HABITS; i++) {
        if (fabs(norm / habits[i].one_g - 1) >= *off) continue;
        *off = fabs(norm / habits[i].one_g - 1);
        nearest = i;
    }
    return *off < 0.2 ? nearest : -1;
}

static bool accel_unit(struct text_layout *layout, double named, double value[TEXT_LEARN_LINES][TEXT_COLUMNS],
                       int *habit)
{
    double norm = median_norm(layout->accel, value);
    double off;
    *habit = habit_of(norm, &off);
    if (named > 0) {
        double g = norm * named / (double)STANDARD_GRAVITY_MPS2;
        layout->accel_mps2 = named;
        return g > 0.1 && g < 6;
    }
    if (*habit < 0) return false;
    layout->accel_mps2 = (double)STANDARD_GRAVITY_MPS2 / habits[*habit].one_g;
    return true;
}

static double gyro_unit(const struct text_layout *layout, int habit, double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    double unit = habit >= 0 && habits[habit].gyro_rads > 0 ? habits[habit].gyro_rads : RAD_PER_DEG;
    for (int i = 0; i < TEXT_LEARN_LINES; i++)
        for (int a = 0; a < 3; a++)
            if (unit * fabs(value[i][layout->gyro[a]]) > CHIP_RATE_MAX_RADS) return RAD_PER_DEG;
    return unit;
}

/* The unit of time in which the lines come at 2 to 500 Hz; 0 when there is none. */
static double time_unit(int column, double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    double step[TEXT_LEARN_LINES - 1];
    for (int i = 0; i < TEXT_LEARN_LINES - 1; i++) step[i] = value[i + 1][column] - value[i][column];
    double typical = median(step, TEXT_LEARN_LINES - 1);
    for (double unit_ns = NS_PER_S; unit_ns >= NS_PER_US; unit_ns /= 1000)
        if (typical * unit_ns >= 2e6 && typical * unit_ns <= 5e8) return unit_ns;
    return 0;
}

static bool falls(int column, double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    for (int i = 1; i < TEXT_LEARN_LINES; i++)
        if (value[i][column] < value[i - 1][column]) return true;
    return false;
}

static bool whole(const signed char column[3]) { return column[0] >= 0 && column[1] >= 0 && column[2] >= 0; }

static bool place_by_name(struct text_layout *layout, const struct text_column *named, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++) {
        signed char *triple = named[i].role == TEXT_ACCEL ? layout->accel : layout->gyro;
        if (named[i].role == TEXT_TIME && layout->time < 0) layout->time = (signed char)i;
        if (named[i].role != TEXT_ACCEL && named[i].role != TEXT_GYRO) continue;
        if (named[i].axis >= 0 && triple[named[i].axis] < 0) triple[named[i].axis] = (signed char)i;
    }
    return whole(layout->accel);
}

/* [time] a a a, [time] a a a g g g or [time] g g g a a a, and whatever follows a second triple. A column too many that
 * is no time may stand anywhere behind the first triple (the chips' registers have the temperature between both): then
 * that triple is all that is taken. */
static bool place_by_value(struct text_layout *layout, unsigned columns, double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    if (columns % 3 == 2) return false;
    signed char first = columns % 3 == 1 && !falls(0, value) && time_unit(0, value) > 0 ? 1 : 0;
    signed char at[2][3];
    for (signed char i = 0; i < 6; i++) at[i / 3][i % 3] = (signed char)(first + i);
    bool two = columns >= 6 && columns % 3 == (unsigned)first;
    double off[2] = {0, 1};
    for (int i = 0; i < 2 && two; i++) habit_of(median_norm(at[i], value), &off[i]);
    int accel = off[1] < off[0] ? 1 : 0;
    memcpy(layout->accel, at[accel], 3);
    if (two) memcpy(layout->gyro, at[1 - accel], 3);
    if (first) layout->time = 0;
    return true;
}

static const struct text_layout nowhere = {{-1, -1, -1}, {-1, -1, -1}, -1, 0, 0, 0};

bool text_layout_names_accel(const struct text_column *named, unsigned columns)
{
    struct text_layout layout = nowhere;
    return place_by_name(&layout, named, columns);
}

bool text_layout_find(struct text_layout *layout, const struct text_column *named, unsigned columns,
                      double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    *layout = nowhere;
    if (columns < 3 || columns > TEXT_COLUMNS) return false;
    bool by_name = place_by_name(layout, named, columns);
    if (!by_name) {
        *layout = nowhere;
        if (!place_by_value(layout, columns, value)) return false;
    }
    int habit;
    if (!accel_unit(layout, by_name ? named[layout->accel[0]].unit : 0, value, &habit)) return false;
    if (!by_name && habit == MILLI_G) return false;
    if (whole(layout->gyro)) {
        double said = by_name ? named[layout->gyro[0]].unit : 0;
        layout->gyro_rads = said > 0 ? said : gyro_unit(layout, habit, value);
    } else {
        layout->gyro[0] = -1;
    }
    if (layout->time >= 0) {
        double said = by_name ? named[layout->time].unit : 0;
        layout->time_ns = said > 0 ? said : time_unit(layout->time, value);
        if (layout->time_ns <= 0) layout->time = -1;
    }
    return true;
}

bool text_layout_changes(const struct text_layout *layout, double value[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    for (int i = 1; i < TEXT_LEARN_LINES; i++)
        for (int a = 0; a < 3; a++) {
            double now = value[i][layout->accel[a]], first = value[0][layout->accel[a]];
            if (now < first || now > first) return true;
        }
    return false;
}
