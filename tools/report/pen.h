/* pen — lines of at most 80 columns on a terminal that may know no more than ASCII, and may have no colours. */
#ifndef PLUMBLINE_REPORT_PEN_H
#define PLUMBLINE_REPORT_PEN_H

#include "table.h"

struct pen {
    FILE *out;
    struct report_style style;
};

/* Columns that TEXT takes. */
size_t pen_columns(const char *text);
/* UTF-8; without it each character becomes the nearest one of the same width. */
void pen_put(const struct pen *pen, const char *text);
/* GLYPH, or ASCII where the terminal knows no more. */
void pen_glyph(const struct pen *pen, const char *glyph, const char *ascii);
/* Filled up with blanks to COLUMNS. */
void pen_padded(const struct pen *pen, const char *text, size_t columns);
/* SGR code ("1" bold, "34" blue, "0" plain again); nothing without colours. */
void pen_colour(const struct pen *pen, const char *code);
void pen_newline(const struct pen *pen);
void pen_heading(const struct pen *pen, const char *text);
/* Indented and broken at blanks. */
void pen_paragraph(const struct pen *pen, const char *text);
/* "  NAME   FIGURE  ▆▆▆▆": a bar of VALUE, the longest being MOST. */
void pen_bar(const struct pen *pen, const char *name, const char *figure, double value, double most);
/* The columns named by the digits of COLUMNS, as wide as their widest cell. */
void pen_table(const struct pen *pen, const struct table *t, const char *columns);

#endif
