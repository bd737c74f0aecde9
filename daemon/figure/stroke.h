/* stroke — how far a place is from a stroke's ink. */
#ifndef PLUMBLINE_FIGURE_STROKE_H
#define PLUMBLINE_FIGURE_STROKE_H

#include "plumbline/figure.h"

/* From (X, Y) to the edge of the ink, in units of the box; negative within. */
float stroke_distance(const struct figure *f, const struct figure_stroke *s, float x, float y);
/* Whether (X, Y) is within MARGIN of the stroke's box, so that stroke_distance() may be less than that. */
bool stroke_is_near(const struct figure_stroke *s, float x, float y, float margin);

#endif
