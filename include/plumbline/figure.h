/* figure — the pictures of the catalogue's items, each one SVG file (data/figures/ID.svg) shown in three places: as it is
 * on the page, as an image in a notification, and as text in a terminal.
 *
 * Pure. The files are built in. What they may hold is a small part of SVG, so that any viewer shows them and the reader
 * here stays small: svg.c says which.
 */
#ifndef PLUMBLINE_FIGURE_H
#define PLUMBLINE_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FIGURE_BOX = 96, FIGURE_STROKES_MAX = 64, FIGURE_POINTS_MAX = 384 };

/* What a stroke belongs to; its group's class in the file. */
enum figure_look {
    FIGURE_FLOOR,
    FIGURE_PROP,  /* roller, ball, band, door, chair, wall */
    FIGURE_GHOST, /* where the movement comes from or goes to */
    FIGURE_FAR,   /* the other arm and leg */
    FIGURE_BODY,
    FIGURE_MOVE, /* arrow of the movement */
    FIGURE_LOOK_COUNT
};

struct figure_point {
    float x, y; /* 0…FIGURE_BOX, y down */
};
/* A line with round ends through points, or a circle. */
struct figure_stroke {
    enum figure_look look;
    bool filled;        /* a disc */
    float width;        /* of the line */
    float radius;       /* > 0: a circle round its only point */
    uint16_t first, n;  /* its points */
    float x0, y0, x1, y1; /* all that it inks */
};
struct figure {
    unsigned n_strokes, n_points;
    struct figure_stroke stroke[FIGURE_STROKES_MAX];
    struct figure_point point[FIGURE_POINTS_MAX];
};

/* The SVG of an item, *N bytes from "<svg" to "</svg>", and not NUL-terminated; NULL when it has none. */
const char *figure_svg(const char *id, size_t *n);
/* −ENOENT when the item has none. */
int figure_find(const char *id, struct figure *f);
/* Reads SVG, at most to its "</svg>" or NUL. −EINVAL when it is not of the kind svg.c describes, −E2BIG when it has too many
 * strokes or points; *F is undefined then. */
int figure_read(const char *svg, struct figure *f);

/* SIZE × SIZE pixels of red, green, blue, alpha, a byte each: the figure on a light card with round corners, to be seen on
 * light and dark. */
void figure_raster(const struct figure *f, unsigned size, uint8_t *rgba);

enum { FIGURE_COLUMNS_MIN = 12, FIGURE_COLUMNS_MAX = 48, FIGURE_TEXT_MAX = FIGURE_COLUMNS_MAX / 2 * (FIGURE_COLUMNS_MAX * 3 + 1) + 1 };
/* The figure in at most COLUMNS × COLUMNS/2 cells, COLUMNS brought within the limits above; lines end with a newline, blank
 * ones above and below and blanks at a line's end are left out. UTF8: in Braille dots, else in ASCII. Returns the lines. */
unsigned figure_text(const struct figure *f, unsigned columns, bool utf8, char out[FIGURE_TEXT_MAX]);

#endif
