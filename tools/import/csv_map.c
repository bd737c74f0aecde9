/* What the user says of a table's columns. */
#include "csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[CSV_COLUMNS] = {"t", "ax", "ay", "az", "gx", "gy", "gz"};
static const double RADS_A_DEG = 0.017453292519943295;

static const struct {
    const char *word;
    unsigned char role;
    double unit;
} units[] = {
    {"g", TEXT_ACCEL, (double)STANDARD_GRAVITY_MPS2},
    {"mg", TEXT_ACCEL, (double)STANDARD_GRAVITY_MPS2 / 1000},
    {"m/s2", TEXT_ACCEL, 1},
    {"deg/s", TEXT_GYRO, RADS_A_DEG},
    {"dps", TEXT_GYRO, RADS_A_DEG},
    {"mdps", TEXT_GYRO, RADS_A_DEG / 1000},
    {"rad/s", TEXT_GYRO, 1},
    {"s", TEXT_TIME, NS_PER_S},
    {"ms", TEXT_TIME, NS_PER_MS},
    {"us", TEXT_TIME, NS_PER_US},
    {"ns", TEXT_TIME, 1},
};

static unsigned char role_of(int what)
{
    return what == CSV_TIME ? TEXT_TIME : what < CSV_GYRO ? TEXT_ACCEL : TEXT_GYRO;
}

/* The unit that ENTRY ends with, as ":mg", is taken off it; 0 when it names none. */
static double take_unit(const char *entry, size_t *n, int what)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].word);
        if (units[i].role != role_of(what) || *n < length + 2 || entry[*n - length - 1] != ':') continue;
        if (strncmp(entry + *n - length, units[i].word, length) != 0) continue;
        *n -= length + 1;
        return units[i].unit;
    }
    return 0;
}

/* A column by its name in the header, or by its number. */
static int find(const char *name, size_t n, const struct csv_line *header)
{
    for (unsigned i = 0; header && i < header->n; i++)
        if (header->cell[i].n == n && !memcmp(header->cell[i].text, name, n)) return (int)i;
    int number = 0;
    for (size_t i = 0; i < n; i++) {
        if (name[i] < '0' || name[i] > '9' || i > 2) return -1;
        number = 10 * number + (name[i] - '0');
    }
    return number >= 1 && number <= CSV_CELLS ? number - 1 : -1;
}

/* Which quantity ENTRY is of, when it begins "WHAT="; −1 else. */
static int what_of(const char *entry, size_t n)
{
    for (int i = 0; i < CSV_COLUMNS; i++) {
        size_t length = strlen(names[i]);
        if (n > length && entry[length] == '=' && !strncmp(entry, names[i], length)) return i;
    }
    return -1;
}

int csv_map_read(const char *map, const struct csv_line *header, int at[CSV_COLUMNS], double unit[CSV_COLUMNS],
                 char why[256])
{
    int in_order = CSV_ACCEL;
    for (int i = 0; i < CSV_COLUMNS; i++) at[i] = -1, unit[i] = 0;
    for (const char *p = map; *p;) {
        size_t n = strcspn(p, ","), whole = n;
        int what = what_of(p, n);
        const char *name = what < 0 ? p : p + strlen(names[what]) + 1;
        n -= (size_t)(name - p);
        if (what < 0) what = in_order < CSV_COLUMNS ? in_order++ : -1;
        if (what < 0) return snprintf(why, 256, "--columns names more than six columns"), -EINVAL;
        unit[what] = take_unit(name, &n, what);
        at[what] = find(name, n, header);
        if (at[what] < 0) {
            snprintf(why, 256, "there is no column '%.*s' in it; name one of its first line, or give its number",
                     (int)n, name);
            return -EINVAL;
        }
        p += whole + (p[whole] == ',');
    }
    bool gyro = at[CSV_GYRO] >= 0 || at[CSV_GYRO + 1] >= 0 || at[CSV_GYRO + 2] >= 0;
    for (int i = CSV_ACCEL; i < (gyro ? CSV_COLUMNS : CSV_GYRO); i++)
        if (at[i] < 0) return snprintf(why, 256, "--columns does not say which column is %s", names[i]), -EINVAL;
    return 0;
}
