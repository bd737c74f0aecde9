/* table — the figures behind each picture, as rows of words: under the pictures of the page, and in the terminal.
 * A table is empty (rows = 0) when there is nothing to tell. The caller frees it with table_free().
 */
#ifndef PLUMBLINE_REPORT_TABLE_H
#define PLUMBLINE_REPORT_TABLE_H

#include "report.h"

enum { TABLE_COLUMNS = 10, TABLE_CELL = 56 };

struct table {
    const char *caption;
    unsigned columns;
    size_t rows;
    char head[TABLE_COLUMNS][TABLE_CELL];
    char (*cell)[TABLE_COLUMNS][TABLE_CELL]; /* [row][column]; the first column names the row */
    bool failed;                             /* no memory: rows are missing */
};
void table_free(struct table *t);

/* Of the first (or only) day. */
void table_hours(const struct report *r, struct table *t);
void table_bouts(const struct report *r, struct table *t);
void table_prompts(const struct report *r, struct table *t);
/* Of all days. */
void table_angles(const struct report *r, struct table *t);
void table_side(const struct report *r, struct table *t);
void table_workouts(const struct report *r, struct table *t);
void table_more(const struct report *r, struct table *t);
void table_days(const struct report *r, struct table *t);
void table_responses(const struct report *r, struct table *t);
/* Hour of the day × day of the week: share of sitting that was slouched, and minutes sat in that hour (a mean over the
 * days with that name that were worn then). */
void table_slouch_map(const struct report *r, struct table *t);
void table_sitting_map(const struct report *r, struct table *t);

/* The cell of both maps: minutes summed over the days, and how many days were worn in that hour. */
struct table_map {
    double seated_min, slouch_min;
    unsigned days;
};
void table_map(const struct report *r, struct table_map map[REPORT_HOURS][7]);

#endif
