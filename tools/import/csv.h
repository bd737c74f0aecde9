/* csv — tables of numbers: cells, and which column is what.
 *
 * Cells stand between tabs, semicolons, commas, bars or spaces, whichever divides the lines alike; quotes are taken off. A
 * comma inside a number is a decimal mark (where commas divide cells there is none inside). Times are dates ("2026-03-02
 * 08:30:00.250", T and zone as in ISO 8601, year first), times of day, or numbers; a number that can only be seconds,
 * ms, µs or ns since 1970 is that, others run from anywhere.
 */
#ifndef PLUMBLINE_CSV_H
#define PLUMBLINE_CSV_H

#include "import.h"
#include "plumbline/sensor.h"

enum { CSV_CELLS = 64, CSV_LINE = 4096 };

struct csv_cell {
    const char *text;
    size_t n;
};
struct csv_line {
    unsigned n;
    struct csv_cell cell[CSV_CELLS];
};

/* The cells of the N bytes at TEXT; false when there are too many. */
bool csv_line_split(const char *text, size_t n, char delimiter, struct csv_line *line);
/* A whole cell as a finite number. Independent of the locale. */
bool csv_line_number(struct csv_cell cell, double *value);
/* A whole cell as a date and time since 2000-01-01, or a time of day (IMPORT_RUNNING). */
bool csv_line_time(struct csv_cell cell, int64_t *ns, enum import_clock *clock);

/* Where what stands. Columns count from 0; −1 there is none. */
enum { CSV_TIME, CSV_ACCEL, CSV_GYRO = CSV_ACCEL + 3, CSV_COLUMNS = CSV_GYRO + 3 };
struct csv_layout {
    char delimiter;
    int at[CSV_COLUMNS];
    enum import_clock clock;
    bool dated;                            /* the time is a date or a time of day, not a number */
    double time_ns, accel_mps2, gyro_rads; /* for one of a column's unit */
};

/* Learns the layout from a file's first N bytes. MAP: NULL, or what the user says: "ax,ay,az[,gx,gy,gz]" or "WHAT=COLUMN
 * [:UNIT]" with commas between, WHAT of t ax ay az gx gy gz, COLUMN by name or number from 1. 0, or −EINVAL and WHY. */
int csv_layout_learn(struct csv_layout *l, const char *text, size_t n, const char *map, char why[256]);
/* LINE by L: false when a column that is needed holds no number. VALUE[CSV_TIME] is not set where the time is a date. */
bool csv_layout_row(const struct csv_layout *l, const struct csv_line *line, double value[CSV_COLUMNS],
                    int64_t *time_ns);

/* csv_map.c: what a user's MAP says of the columns whose names stand in HEADER (NULL: the file has none). */
int csv_map_read(const char *map, const struct csv_line *header, int at[CSV_COLUMNS], double unit[CSV_COLUMNS],
                 char why[256]);

#endif
