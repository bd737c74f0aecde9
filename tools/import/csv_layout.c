/* A table's layout from its beginning: what divides cells is what divides most lines into the same three or more; the
 * header is the first line with as many cells whose names tell an accelerometer (or those that the user names); times and
 * units are told by the user, else by names, else by values (text_layout_find, of lines from all over the beginning).
 */
#include "csv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LOOKED_AT = 200 }; /* lines that decide on the delimiter */

struct lines {
    const char *p, *end;
};

/* The next line that ended, without its end. */
static bool next_line(struct lines *l, struct csv_cell *line)
{
    const char *end = l->p < l->end ? memchr(l->p, '\n', (size_t)(l->end - l->p)) : NULL;
    if (!end) return false;
    *line = (struct csv_cell){l->p, (size_t)(end - l->p)};
    l->p = end + 1;
    return true;
}

static unsigned numbers_in(const struct csv_line *line)
{
    unsigned n = 0;
    double v;
    for (unsigned i = 0; i < line->n; i++) n += csv_line_number(line->cell[i], &v);
    return n;
}

/* What a position receiver says, "$GPGGA,…*47", has numbers between commas and is no table. */
static bool is_sentence(const struct csv_cell *line)
{
    return line->n > 0 && (line->text[0] == '$' || line->text[0] == '!');
}

/* How many of the first lines have as many cells as the last of them, and at least three numbers among them. */
static unsigned lines_divided(struct lines l, char delimiter, unsigned *cells)
{
    unsigned count[CSV_CELLS + 1] = {0}, best = 0;
    struct csv_cell text;
    struct csv_line line;
    for (int i = 0; i < LOOKED_AT && next_line(&l, &text); i++)
        if (!is_sentence(&text) && csv_line_split(text.text, text.n, delimiter, &line) && numbers_in(&line) >= 3)
            count[line.n]++;
    for (unsigned n = 3; n <= CSV_CELLS; n++)
        if (count[n] > best) best = count[n], *cells = n;
    return best;
}

static int find_delimiter(struct csv_layout *l, struct lines lines, unsigned *cells, char why[256])
{
    static const char delimiters[] = "\t;,| ";
    unsigned most = 0;
    for (const char *d = delimiters; *d; d++) {
        unsigned cells_by_d = 0, n = lines_divided(lines, *d, &cells_by_d);
        if (n <= most) continue;
        most = n;
        l->delimiter = *d;
        *cells = cells_by_d;
    }
    if (most) return 0;
    snprintf(why, 256, "there are no lines with three numbers in it; is it a table of an accelerometer's readings?");
    return -EINVAL;
}

/* ---- which column is what ---------------------------------------------------------------------------------------- */

static bool place_by_name(const struct csv_line *header, int at[CSV_COLUMNS], double unit[CSV_COLUMNS])
{
    for (int i = 0; i < CSV_COLUMNS; i++) at[i] = -1, unit[i] = 0;
    for (unsigned i = 0; i < header->n; i++) {
        struct text_column c = text_name_column(header->cell[i].text, header->cell[i].n);
        int what = c.role == TEXT_TIME    ? CSV_TIME
                   : c.role == TEXT_ACCEL ? CSV_ACCEL
                   : c.role == TEXT_GYRO  ? CSV_GYRO
                                          : -1;
        if (what < 0 || (what != CSV_TIME && c.axis < 0)) continue;
        if (what != CSV_TIME) what += c.axis;
        if (at[what] < 0) at[what] = (int)i, unit[what] = c.unit;
    }
    if (at[CSV_GYRO] < 0 || at[CSV_GYRO + 1] < 0 || at[CSV_GYRO + 2] < 0) at[CSV_GYRO] = -1;
    return at[CSV_ACCEL] >= 0 && at[CSV_ACCEL + 1] >= 0 && at[CSV_ACCEL + 2] >= 0;
}

static bool is_data(const struct csv_line *line, unsigned cells) { return line->n == cells && numbers_in(line) >= 3; }

/* The last line above the numbers that has as many cells; a cell less is pardoned, tables end lines with a delimiter. */
static bool find_header(struct lines lines, char delimiter, unsigned cells, struct csv_line *header)
{
    struct csv_cell text;
    struct csv_line line;
    bool found = false;
    while (next_line(&lines, &text)) {
        if (!csv_line_split(text.text, text.n, delimiter, &line)) continue;
        if (is_data(&line, cells)) break;
        if (line.n + 1 < cells || numbers_in(&line) >= 3) continue;
        *header = line;
        found = true;
    }
    return found;
}

/* The values of the line's first cells, those that are no number as NAN. */
static unsigned values_of(const struct csv_line *line, double *value)
{
    unsigned n = line->n < TEXT_COLUMNS ? line->n : TEXT_COLUMNS;
    for (unsigned i = 0; i < n; i++)
        if (!csv_line_number(line->cell[i], &value[i])) value[i] = (double)NAN;
    return n;
}

/* The run of numbers in LINE that is the longest, into ROW; *FIRST its column. Returns its length. */
static unsigned numbers_of(const struct csv_line *line, double row[TEXT_COLUMNS], unsigned *first)
{
    double value[TEXT_COLUMNS];
    unsigned n = values_of(line, value), longest = 0;
    for (unsigned i = 0; i < n; i++) {
        unsigned length = 0;
        while (i + length < n && !isnan(value[i + length])) length++;
        if (length > longest) longest = length, *first = i;
        i += length;
    }
    if (longest) memcpy(row, value + *first, longest * sizeof value[0]);
    return longest;
}

/* Without names: by value, dates and words put aside. */
static bool place_by_value(struct csv_layout *l, struct lines lines, unsigned cells)
{
    static const struct text_column unnamed[TEXT_COLUMNS];
    double row[TEXT_LEARN_LINES][TEXT_COLUMNS] = {{0}}, one[TEXT_COLUMNS] = {0};
    unsigned n = 0, first = 0, columns = 0, first_now = 0;
    struct text_layout found;
    struct csv_cell text;
    struct csv_line line;
    while (n < TEXT_LEARN_LINES && next_line(&lines, &text)) {
        if (!csv_line_split(text.text, text.n, l->delimiter, &line) || !is_data(&line, cells)) continue;
        unsigned now = numbers_of(&line, one, &first_now);
        if (n == 0) columns = now, first = first_now;
        if (now == columns && first_now == first) memcpy(row[n++], one, sizeof one);
    }
    for (unsigned i = n; n && i < TEXT_LEARN_LINES; i++) memcpy(row[i], row[i % n], sizeof row[i]);
    if (!n || !text_layout_find(&found, unnamed, columns, row)) return false;
    for (int i = 0; i < 3; i++) l->at[CSV_ACCEL + i] = found.accel[i] + (int)first;
    for (int i = 0; i < 3; i++) l->at[CSV_GYRO + i] = found.gyro[0] < 0 ? -1 : found.gyro[i] + (int)first;
    l->at[CSV_TIME] = found.time < 0 ? -1 : found.time + (int)first;
    return true;
}

/* The columns as the user, the header or else the values tell. A time that the user does not name may be named there. */
static int place(struct csv_layout *l, struct lines lines, unsigned cells, const char *map, double unit[CSV_COLUMNS],
                 char why[256])
{
    struct csv_line header;
    int at[CSV_COLUMNS];
    double named[CSV_COLUMNS];
    bool headed = find_header(lines, l->delimiter, cells, &header),
         by_name = headed && place_by_name(&header, at, named);
    if (map) {
        int failed = csv_map_read(map, headed ? &header : NULL, l->at, unit, why);
        if (!failed && by_name && l->at[CSV_TIME] < 0) l->at[CSV_TIME] = at[CSV_TIME], unit[CSV_TIME] = named[CSV_TIME];
        return failed;
    }
    if (by_name) {
        memcpy(l->at, at, sizeof at);
        memcpy(unit, named, sizeof named);
        return 0;
    }
    if (!headed && place_by_value(l, lines, cells)) return 0;
    snprintf(why, 256, "it does not say which columns are the accelerometer; say it, as --columns t=1,ax=2,ay=3,az=4");
    return -EINVAL;
}

/* ---- units ------------------------------------------------------------------------------------------------------- */

/* One row for text_layout_find: the three or six columns, and the time behind them if it is a number. */
static bool compact(const struct csv_layout *l, const struct csv_cell *text, double row[TEXT_COLUMNS])
{
    struct csv_line line;
    double value[CSV_COLUMNS];
    int64_t ns;
    if (!csv_line_split(text->text, text->n, l->delimiter, &line) || !csv_layout_row(l, &line, value, &ns))
        return false;
    memcpy(row, value + CSV_ACCEL, 6 * sizeof row[0]);
    row[6] = l->at[CSV_TIME] >= 0 && !l->dated ? value[CSV_TIME] : 0;
    return true;
}

/* TEXT_LEARN_LINES rows, every STEP-th of those that can be read. Returns how many rows there are in all. */
static unsigned gather(const struct csv_layout *l, struct lines lines, unsigned step,
                       double row[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    struct csv_cell text;
    double one[TEXT_COLUMNS] = {0};
    unsigned n = 0;
    while (next_line(&lines, &text)) {
        if (!compact(l, &text, one)) continue;
        if (n % step == 0 && n / step < TEXT_LEARN_LINES) memcpy(row[n / step], one, sizeof one);
        n++;
    }
    for (unsigned i = n / step; n && i < TEXT_LEARN_LINES; i++)
        memcpy(row[i], row[i % (n / step ? n / step : 1)], sizeof one);
    return n;
}

static int no_unit(char why[256])
{
    snprintf(why, 256,
             "its accelerometer's unit is not clear; name it, as --columns ax=1:g,ay=2:g,az=3:g (g, mg or m/s2)");
    return -EINVAL;
}

static int find_units(struct csv_layout *l, struct lines lines, const double unit[CSV_COLUMNS], char why[256])
{
    double row[TEXT_LEARN_LINES][TEXT_COLUMNS] = {{0}};
    struct text_column column[6];
    struct text_layout found;
    bool gyro = l->at[CSV_GYRO] >= 0;
    unsigned n = gather(l, lines, 1, row);
    if (n == 0) return snprintf(why, 256, "no line of it has a number in each of these columns"), -EINVAL;
    gather(l, lines, n / TEXT_LEARN_LINES + (n < TEXT_LEARN_LINES), row);
    for (int i = 0; i < 6; i++)
        column[i] = (struct text_column){i < 3  ? TEXT_ACCEL
                                         : gyro ? TEXT_GYRO
                                                : TEXT_OTHER,
                                         (signed char)(i % 3), unit[CSV_ACCEL + i]};
    if (!text_layout_find(&found, column, 6, row)) return no_unit(why);
    l->accel_mps2 = found.accel_mps2;
    l->gyro_rads = gyro ? found.gyro_rads : 0;
    return 0;
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

/* Whether the time of day in column I, or the date, is to be the time: a date says more than what is called time, and is
 * taken unless the user chose a column. */
static bool better(const struct csv_layout *l, bool chosen, int i, enum import_clock clock)
{
    if (chosen || l->at[CSV_TIME] == i) return l->at[CSV_TIME] == i;
    return clock != IMPORT_RUNNING ? !l->dated || l->clock == IMPORT_RUNNING : l->at[CSV_TIME] < 0;
}

static void find_time(struct csv_layout *l, struct lines lines, unsigned cells, bool chosen)
{
    struct csv_cell text;
    struct csv_line line;
    enum import_clock clock;
    int64_t ns;
    do
        if (!next_line(&lines, &text)) return;
    while (!csv_line_split(text.text, text.n, l->delimiter, &line) || !is_data(&line, cells));
    for (int i = 0; i < (int)cells; i++) {
        if (!csv_line_time(line.cell[i], &ns, &clock) || !better(l, chosen, i, clock)) continue;
        l->at[CSV_TIME] = i;
        l->dated = true;
        l->clock = clock;
    }
}

/* A number that as seconds, ms, µs or ns since 1970 lies in this century, with steps as a sensor's (counters of µs, too,
 * have such numbers for an hour). 0: it is none. */
static double epoch_unit(double row[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    double value = row[0][6], steps = fabs(row[TEXT_LEARN_LINES - 1][6] - value) / (TEXT_LEARN_LINES - 1);
    for (double unit_ns = NS_PER_S; unit_ns >= 1; unit_ns /= 1000) {
        double s = value * unit_ns / NS_PER_S;
        if (s > (double)IMPORT_EPOCH_S && s < 4e9 && steps * unit_ns <= 2.0 * NS_PER_S) return unit_ns;
    }
    return 0;
}

/* The unit in which the steps of the time are as a sensor's: the text protocol's rule, beside a triple that is surely g. */
static double running_unit(double row[TEXT_LEARN_LINES][TEXT_COLUMNS])
{
    static const struct text_column column[] = {
        {TEXT_ACCEL, 0, 0}, {TEXT_ACCEL, 1, 0}, {TEXT_ACCEL, 2, 0}, {TEXT_TIME, -1, 0}};
    double only_time[TEXT_LEARN_LINES][TEXT_COLUMNS] = {{0}};
    struct text_layout found;
    for (int i = 0; i < TEXT_LEARN_LINES; i++) only_time[i][2] = 1, only_time[i][3] = row[i][6];
    return text_layout_find(&found, column, 4, only_time) && found.time >= 0 ? found.time_ns : 0;
}

static int find_time_unit(struct csv_layout *l, struct lines lines, double said, char why[256])
{
    double row[TEXT_LEARN_LINES][TEXT_COLUMNS] = {{0}};
    if (l->at[CSV_TIME] < 0 || l->dated) return 0;
    gather(l, lines, 1, row);
    double epoch = epoch_unit(row);
    bool since_1970 = epoch > 0 && (said <= 0 || fabs(said / epoch - 1) < 0.5);
    l->clock = since_1970 ? IMPORT_UTC : IMPORT_RUNNING;
    l->time_ns = since_1970 ? epoch : said > 0 ? said : running_unit(row);
    if (l->time_ns > 0) return 0;
    snprintf(why, 256, "the unit of its times is not clear; name it, as --columns t=1:ms,… (s, ms, us or ns)");
    return -EINVAL;
}

int csv_layout_learn(struct csv_layout *l, const char *text, size_t n, const char *map, char why[256])
{
    static const char bom[] = {'\xef', '\xbb', '\xbf'};
    struct lines lines = {text, text + n};
    double unit[CSV_COLUMNS] = {0};
    unsigned cells = 0;
    if (n >= sizeof bom && !memcmp(text, bom, sizeof bom)) lines.p += sizeof bom;
    *l = (struct csv_layout){.clock = IMPORT_NO_CLOCK};
    for (int i = 0; i < CSV_COLUMNS; i++) l->at[i] = -1;
    int failed = find_delimiter(l, lines, &cells, why);
    if (!failed) failed = place(l, lines, cells, map, unit, why);
    if (failed) return failed;
    find_time(l, lines, cells, map && l->at[CSV_TIME] >= 0 && strstr(map, "t="));
    failed = find_units(l, lines, unit, why);
    return failed ? failed : find_time_unit(l, lines, unit[CSV_TIME], why);
}

bool csv_layout_row(const struct csv_layout *l, const struct csv_line *line, double value[CSV_COLUMNS],
                    int64_t *time_ns)
{
    enum import_clock clock;
    for (int i = 0; i < CSV_COLUMNS; i++) {
        value[i] = 0;
        if (l->at[i] < 0 || (i > CSV_GYRO && l->at[CSV_GYRO] < 0)) continue;
        if (l->at[i] >= (int)line->n) return false;
        struct csv_cell cell = line->cell[l->at[i]];
        bool whole =
            i == CSV_TIME && l->dated ? csv_line_time(cell, time_ns, &clock) : csv_line_number(cell, &value[i]);
        if (!whole) return false;
    }
    return true;
}
