/* view — reading the daemon's status reply, for the commands that show it, and fitting words to a terminal. */
#ifndef PLUMBLINE_VIEW_H
#define PLUMBLINE_VIEW_H

#include "plumbline/figure.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A value by section and name; NAN, "" or false where it is absent or null. */
double view_number(const json_t *status, const char *section, const char *name);
const char *view_text(const json_t *status, const char *section, const char *name);
bool view_bool(const json_t *status, const char *section, const char *name);
/* "1 h 05 min", "12 min", "40 s". */
void view_duration(double seconds, char *text, size_t n);
/* "next: break in 12 min", "held: do not disturb", "paused for 20 min". */
void view_coach(const json_t *status, char *text, size_t n);

/* Columns and rows of the terminal on standard output; 80 and 24 where it does not tell. */
void view_terminal(int *columns, int *rows);
/* Bytes of TEXT (UTF-8) that fill at most COLUMNS columns, a character each. */
int view_cut(const char *text, int columns);
/* Prints TEXT and a newline, broken between words at the terminal's edge (80 at most); lines after the first begin with INDENT spaces, and the
 * first is INDENT wide already. A word that is longer stays whole, so that a path can be copied. */
void view_paragraph(const char *text, int indent);

/* The picture of the catalogue's item ID in at most COLUMNS columns; lines end with a newline. How many, 0: it has none. */
enum { VIEW_PICTURE_MAX = FIGURE_TEXT_MAX };
int view_picture(const char *id, unsigned columns, char out[VIEW_PICTURE_MAX]);

#endif
