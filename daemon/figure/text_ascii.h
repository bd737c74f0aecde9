/* text_ascii — one cell of a figure as a character, where there are no Braille dots. */
#ifndef PLUMBLINE_FIGURE_TEXT_ASCII_H
#define PLUMBLINE_FIGURE_TEXT_ASCII_H

#include "plumbline/figure.h"

/* The cell at COLUMN of LINE, when the box is COLUMNS wide. */
char text_ascii_cell(const struct figure *f, unsigned columns, unsigned line, unsigned column);

#endif
