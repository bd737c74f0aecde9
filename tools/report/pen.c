/* Invariant: no line is wider than 80 columns, a column being a character (of a script that is written narrow). */
#include "pen.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 78, INDENT = 2, NAME_COLUMNS = 20, FIGURE_COLUMNS = 13, BAR_COLUMNS = 40 };

static bool begins_character(char c) { return ((unsigned char)c & 0xc0) != 0x80; }

size_t pen_columns(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += begins_character(*text);
    return n;
}

static const char *ascii_for(const char *text)
{
    static const char *const pairs[][2] = {{"–", "-"}, {"°", "'"}, {"×", "x"}, {"…", "."}, {"“", "\""}, {"”", "\""}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strncmp(text, pairs[i][0], strlen(pairs[i][0])) == 0) return pairs[i][1];
    return "?";
}

static void put_n(const struct pen *pen, const char *text, size_t n)
{
    if (!pen->style.ascii) {
        fwrite(text, 1, n, pen->out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < 0x80)
            fputc(text[i], pen->out);
        else if (begins_character(text[i]))
            fputs(ascii_for(text + i), pen->out);
    }
}

void pen_put(const struct pen *pen, const char *text) { put_n(pen, text, strlen(text)); }

void pen_glyph(const struct pen *pen, const char *glyph, const char *ascii)
{
    fputs(pen->style.ascii ? ascii : glyph, pen->out);
}

void pen_padded(const struct pen *pen, const char *text, size_t columns)
{
    pen_put(pen, text);
    for (size_t n = pen_columns(text); n < columns; n++) fputc(' ', pen->out);
}

void pen_colour(const struct pen *pen, const char *code)
{
    if (pen->style.colour) fprintf(pen->out, "\033[%sm", code);
}

void pen_newline(const struct pen *pen) { fputc('\n', pen->out); }

void pen_heading(const struct pen *pen, const char *text)
{
    pen_newline(pen);
    pen_colour(pen, "1");
    pen_put(pen, text);
    pen_colour(pen, "0");
    pen_newline(pen);
}

void pen_paragraph(const struct pen *pen, const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t n = strcspn(text, " "), wide = 0;
        for (size_t i = 0; i < n; i++) wide += begins_character(text[i]);
        if (column && column + 1 + wide > WIDTH - INDENT) {
            pen_newline(pen);
            column = 0;
        }
        pen_put(pen, column ? " " : "  ");
        put_n(pen, text, n);
        column += wide + (column ? 1 : 0);
        text += n;
        text += strspn(text, " ");
    }
    pen_newline(pen);
}

void pen_bar(const struct pen *pen, const char *name, const char *figure, double value, double most)
{
    long n = most > 0 ? lround(value / most * BAR_COLUMNS) : 0;
    if (value >= 0.5 && n == 0) n = 1;
    pen_put(pen, "  ");
    pen_padded(pen, name, NAME_COLUMNS);
    pen_padded(pen, figure, FIGURE_COLUMNS);
    for (long i = 0; i < n; i++) pen_glyph(pen, "▆", "=");
    pen_newline(pen);
}

/* As much of CELL as fits, filled up with blanks unless it is the last. */
static void put_cell(const struct pen *pen, const char *cell, size_t width, bool last)
{
    size_t bytes = 0, columns = 0;
    while (cell[bytes] && (columns < width || !begins_character(cell[bytes])))
        columns += begins_character(cell[bytes++]);
    pen_put(pen, "  ");
    put_n(pen, cell, bytes);
    for (; !last && columns < width; columns++) fputc(' ', pen->out);
}

void pen_table(const struct pen *pen, const struct table *t, const char *columns)
{
    size_t width[TABLE_COLUMNS], left = WIDTH;
    for (const char *c = columns; *c; c++) {
        unsigned column = (unsigned)(*c - '0');
        width[column] = pen_columns(t->head[column]);
        for (size_t i = 0; i < t->rows; i++)
            if (pen_columns(t->cell[i][column]) > width[column]) width[column] = pen_columns(t->cell[i][column]);
        if (width[column] + INDENT > left) width[column] = left > INDENT ? left - INDENT : 0;
        left -= width[column] + INDENT > left ? left : width[column] + INDENT;
    }
    for (size_t i = 0; i <= t->rows; i++) {
        for (const char *c = columns; *c; c++)
            put_cell(pen, i ? t->cell[i - 1][*c - '0'] : t->head[*c - '0'], width[*c - '0'], !c[1]);
        pen_newline(pen);
    }
}
