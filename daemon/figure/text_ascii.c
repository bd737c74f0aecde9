/* A cell shows the stroke that passes through it: its slope as one of - _ / \ |, a head or ball as O. Of several the one
 * that tells most: body, then arrow, prop, far limbs, floor, ghost.
 */
#include "text_ascii.h"

#include <math.h>

/* Higher is told first. */
static const uint8_t rank[FIGURE_LOOK_COUNT] = {
    [FIGURE_GHOST] = 1, [FIGURE_FLOOR] = 2, [FIGURE_FAR] = 3, [FIGURE_PROP] = 4, [FIGURE_MOVE] = 5, [FIGURE_BODY] = 6,
};

/* In cells from the middle of the cell: places within ±0.5 are in it. */
struct cell {
    float x, y, wide, high; /* of the box */
};

static struct figure_point in_cells(const struct cell *c, struct figure_point p)
{
    return (struct figure_point){(p.x - c->x) / c->wide, (p.y - c->y) / c->high};
}

static bool is_within(struct figure_point p) { return fabsf(p.x) <= .5f && fabsf(p.y) <= .5f; }

/* The place of the line from A to B that is nearest to the middle. */
static struct figure_point nearest(struct figure_point a, struct figure_point b)
{
    float dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
    float t = square > 0 ? -(a.x * dx + a.y * dy) / square : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return (struct figure_point){a.x + t * dx, a.y + t * dy};
}

static char slope(struct figure_point a, struct figure_point b, struct figure_point at)
{
    float dx = b.x - a.x, dy = 2 * (b.y - a.y); /* a cell is twice as high as wide */
    if (fabsf(dy) < fabsf(dx) * .45f) return at.y > .2f ? '_' : '-';
    if (fabsf(dx) < fabsf(dy) * .3f) return '|';
    return (dx > 0) == (dy > 0) ? '\\' : '/';
}

static char of_circle(const struct figure *f, const struct figure_stroke *s, const struct cell *c)
{
    struct figure_point p = f->point[s->first];
    float dx = c->x - p.x, dy = c->y - p.y, distance = sqrtf(dx * dx + dy * dy), slack = c->wide * .6f;
    bool inked = s->filled || s->radius < c->wide ? distance <= s->radius + s->width / 2 : fabsf(distance - s->radius) <= slack;
    return inked ? 'O' : 0;
}

static char of_line(const struct figure *f, const struct figure_stroke *s, const struct cell *c)
{
    char found = 0;
    float best = 1;
    for (unsigned i = 1; i < s->n; i++) {
        struct figure_point a = in_cells(c, f->point[s->first + i - 1]), b = in_cells(c, f->point[s->first + i]);
        struct figure_point at = nearest(a, b);
        float distance = at.x * at.x + at.y * at.y;
        if (!is_within(at) || distance >= best) continue;
        best = distance;
        found = slope(a, b, at);
    }
    return found;
}

char text_ascii_cell(const struct figure *f, unsigned columns, unsigned line, unsigned column)
{
    float wide = (float)FIGURE_BOX / (float)columns;
    struct cell c = {((float)column + .5f) * wide, ((float)line + .5f) * 2 * wide, wide, 2 * wide};
    unsigned told = 0;
    char out = ' ';
    for (unsigned i = 0; i < f->n_strokes; i++) {
        const struct figure_stroke *s = &f->stroke[i];
        if (rank[s->look] < told) continue;
        char found = s->radius > 0 ? of_circle(f, s, &c) : of_line(f, s, &c);
        if (!found) continue;
        told = rank[s->look];
        out = s->look == FIGURE_GHOST ? '.' : found;
    }
    return out;
}
