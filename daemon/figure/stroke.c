/* Invariant: a stroke has a point. */
#include "stroke.h"

#include <math.h>

static float to_segment(struct figure_point a, struct figure_point b, float x, float y)
{
    float dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
    float t = square > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / square : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    float ex = x - a.x - t * dx, ey = y - a.y - t * dy;
    return sqrtf(ex * ex + ey * ey);
}

float stroke_distance(const struct figure *f, const struct figure_stroke *s, float x, float y)
{
    const struct figure_point *p = &f->point[s->first];
    float nearest = to_segment(p[0], p[0], x, y);
    if (s->radius > 0) nearest = s->filled ? nearest - s->radius : fabsf(nearest - s->radius);
    for (unsigned i = 1; i < s->n; i++) nearest = fminf(nearest, to_segment(p[i - 1], p[i], x, y));
    return nearest - s->width / 2;
}

bool stroke_is_near(const struct figure_stroke *s, float x, float y, float margin)
{
    return x >= s->x0 - margin && x <= s->x1 + margin && y >= s->y0 - margin && y <= s->y1 + margin;
}
