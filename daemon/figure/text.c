/* Invariants: a line has at most COLUMNS cells; a cell is twice as high as wide, a Braille dot as high as wide. */
#include "stroke.h"
#include "text_ascii.h"

/* Whether a dot at (X, Y), PITCH from its neighbours, ROW and COLUMN of all, is raised. What is drawn lighter is dotted. */
static bool is_dot(const struct figure *f, float x, float y, float pitch, unsigned row, unsigned column)
{
    bool raised = false;
    for (unsigned i = 0; i < f->n_strokes; i++) {
        const struct figure_stroke *s = &f->stroke[i];
        float slack = s->width < pitch ? (pitch - s->width) / 2 : 0;
        if (!stroke_is_near(s, x, y, slack) || stroke_distance(f, s, x, y) > slack) continue;
        if (s->look == FIGURE_GHOST)
            raised |= (row + column) % 2 == 0;
        else
            raised = true;
    }
    return raised;
}

static unsigned braille_cell(const struct figure *f, unsigned columns, unsigned line, unsigned column, char *out)
{
    static const uint8_t bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    float pitch = FIGURE_BOX / (2.0f * (float)columns);
    unsigned dots = 0;
    for (unsigned r = 0; r < 4; r++)
        for (unsigned c = 0; c < 2; c++) {
            unsigned row = line * 4 + r, col = column * 2 + c;
            if (is_dot(f, ((float)col + .5f) * pitch, ((float)row + .5f) * pitch, pitch, row, col)) dots |= bit[r][c];
        }
    if (!dots) return *out = ' ', 1;
    out[0] = (char)0xe2; /* U+2800 + dots */
    out[1] = (char)(0xa0 | dots >> 6);
    out[2] = (char)(0x80 | (dots & 0x3f));
    return 3;
}

unsigned figure_text(const struct figure *f, unsigned columns, bool utf8, char out[FIGURE_TEXT_MAX])
{
    char *end = out, *keep = out;
    unsigned lines = 0, kept = 0;
    columns = columns < FIGURE_COLUMNS_MIN ? FIGURE_COLUMNS_MIN : columns > FIGURE_COLUMNS_MAX ? FIGURE_COLUMNS_MAX : columns;
    for (unsigned line = 0; line < columns / 2; line++) {
        char *begin = end, *last = end;
        for (unsigned column = 0; column < columns; column++) {
            if (utf8)
                end += braille_cell(f, columns, line, column, end);
            else
                *end++ = text_ascii_cell(f, columns, line, column);
            if (end[-1] != ' ') last = end;
        }
        end = last;
        if (end == begin && !lines) continue;
        *end++ = '\n';
        lines++;
        if (end - begin > 1) keep = end, kept = lines;
    }
    *keep = 0;
    return kept;
}
