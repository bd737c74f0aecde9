/* rows — a table as text: CSV (RFC 4180, but for line ends of one byte) with a line of names, or JSON lines. */
#ifndef EXPORT_ROWS_H
#define EXPORT_ROWS_H

#include "export.h"

struct rows;
/* Writes CSV's first line. 0 or a negative errno. */
int rows_open(FILE *out, const struct export_table *t, bool json, struct rows **r);
int rows_row(struct rows *r, const struct export_cell *row);
void rows_close(struct rows *r);

#endif
