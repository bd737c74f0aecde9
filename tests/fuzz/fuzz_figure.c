/* A figure's file: never a crash, nothing read beyond its end, and what is taken can be drawn. */
#include "plumbline/figure.h"
#include "tests/fuzz/fuzz_replay.h"

enum { SIZE = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct figure f;
    char *svg = malloc(size + 1), text[FIGURE_TEXT_MAX];
    uint8_t rgba[SIZE * SIZE * 4];
    if (!svg) abort();
    memcpy(svg, data, size);
    svg[size] = 0;
    int error = figure_read(svg, &f);
    free(svg);
    if (error) return 0;
    if (f.n_strokes > FIGURE_STROKES_MAX || f.n_points > FIGURE_POINTS_MAX) abort();
    figure_raster(&f, SIZE, rgba);
    for (int utf8 = 0; utf8 < 2; utf8++)
        if (figure_text(&f, 12, utf8, text) > 6 || strlen(text) >= sizeof text) abort();
    return 0;
}
