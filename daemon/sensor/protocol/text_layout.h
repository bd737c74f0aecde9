/* text_layout — which column of a text stream is what, and in which unit.
 *
 * Names win over inference. What no name tells is inferred from the values: the triple whose norm is about 1 counts g,
 * 9.8 m/s², 1000 mg, 2048/4096/8192/16384 the raw counts of a chip set to 16/8/4/2 g. Of angular rates at rest nothing
 * can be told, so their unit follows the habit of the boards: rad/s beside m/s² (SI throughout), the counts of the
 * usual chips beside counts, deg/s otherwise; a rate no chip has in rad/s is in deg/s. A norm of 1000 without a name is
 * no acceleration: air pressure in hPa looks just so.
 */
#ifndef PLUMBLINE_TEXT_LAYOUT_H
#define PLUMBLINE_TEXT_LAYOUT_H

#include "text_line.h"

#include <stdbool.h>

enum { TEXT_LEARN_LINES = 20 };

enum text_role { TEXT_OTHER, TEXT_ACCEL, TEXT_GYRO, TEXT_TIME };

/* What the name of a column says; what it does not say stays 0. */
struct text_column {
    unsigned char role; /* enum text_role */
    signed char axis;   /* 0…2, −1 not said: the value's part tells */
    double unit;        /* m/s², rad/s or ns for one of it; 0 not said */
};

struct text_layout {
    signed char accel[3], gyro[3], time;   /* columns; gyro[0] and time −1 when there is none */
    double accel_mps2, gyro_rads, time_ns; /* for one of the column's unit */
};

/* Reads one column's name, e.g. "ax", "gyroY(rad/s)", "acc_x_mg", "t_ms", "Timestamp". */
struct text_column text_name_column(const char *name, size_t length);

/* Whether the names tell all three axes of an accelerometer. */
bool text_layout_names_accel(const struct text_column *named, unsigned columns);

/* Finds the layout of TEXT_LEARN_LINES lines of COLUMNS values. NAMED: what headers or names in the lines said of each,
 * NULL without names. False when no accelerometer with a credible unit is among them. */
bool text_layout_find(struct text_layout *layout, const struct text_column *named, unsigned columns,
                      double value[TEXT_LEARN_LINES][TEXT_COLUMNS]);

#endif
