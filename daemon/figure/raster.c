/* Invariants: neighbours of one look are one layer, so that ink half seen through does not darken where they cross; the
 * same figure gives the same bytes on every machine (no contraction, no library function but sqrt).
 */
#include "stroke.h"

#include <math.h>

struct ink {
    uint8_t rgb[3];
    float opacity;
};
/* As in the files. */
static const struct ink inks[FIGURE_LOOK_COUNT] = {
    [FIGURE_FLOOR] = {{0x8b, 0x95, 0xa1}, 1},    [FIGURE_PROP] = {{0xd9, 0x82, 0x2b}, 1},
    [FIGURE_GHOST] = {{0x1f, 0x2d, 0x3d}, .22f}, [FIGURE_FAR] = {{0x1f, 0x2d, 0x3d}, .5f},
    [FIGURE_BODY] = {{0x1f, 0x2d, 0x3d}, 1},     [FIGURE_MOVE] = {{0x1a, 0x9a, 0x8a}, 1},
};
static const uint8_t card[3] = {0xfb, 0xfa, 0xf7};
static const float corner = 12;

/* Share of a pixel that is covered when the edge is DISTANCE pixels from its middle. */
static float coverage(float distance) { return fmaxf(0, fminf(1, .5f - distance)); }

static float card_coverage(float x, float y, float pixels)
{
    float half = FIGURE_BOX / 2.0f, dx = fabsf(x - half) - (half - corner), dy = fabsf(y - half) - (half - corner);
    if (dx <= 0 || dy <= 0) return 1;
    return coverage((sqrtf(dx * dx + dy * dy) - corner) * pixels);
}

static void pixel(const struct figure *f, float x, float y, float pixels, uint8_t rgba[4])
{
    float rgb[3] = {card[0], card[1], card[2]};
    for (unsigned i = 0; i < f->n_strokes;) {
        enum figure_look look = f->stroke[i].look;
        float covered = 0;
        for (; i < f->n_strokes && f->stroke[i].look == look; i++)
            if (stroke_is_near(&f->stroke[i], x, y, 1 / pixels))
                covered = fmaxf(covered, coverage(stroke_distance(f, &f->stroke[i], x, y) * pixels));
        covered *= inks[look].opacity;
        for (int c = 0; c < 3; c++) rgb[c] += (inks[look].rgb[c] - rgb[c]) * covered;
    }
    for (int c = 0; c < 3; c++) rgba[c] = (uint8_t)(rgb[c] + .5f);
    rgba[3] = (uint8_t)(255 * card_coverage(x, y, pixels) + .5f);
}

void figure_raster(const struct figure *f, unsigned size, uint8_t *rgba)
{
    float pixels = (float)size / FIGURE_BOX; /* a unit of the box */
    for (unsigned row = 0; row < size; row++)
        for (unsigned column = 0; column < size; column++, rgba += 4)
            pixel(f, ((float)column + .5f) / pixels, ((float)row + .5f) / pixels, pixels, rgba);
}
