/* What a figure's file may hold: <svg viewBox="0 0 96 96"> with <title> and, one deep, groups
 *   <g class="floor|prop|ghost|far|body|move">
 * of <path stroke-width="W" d="…"> with M, L, Q and Z (absolute, each letter written out) and <circle stroke-width="W" cx cy r>,
 * a disc when it has a fill. Other attributes (colours) are for other viewers.
 * Invariants: nothing is read beyond the NUL; each number is finite and near the box; no stroke is without points.
 */
#include "plumbline/figure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_PARTS = 8, NUMBER_MAX = 4 };

static const char *const looks[FIGURE_LOOK_COUNT] = {
    [FIGURE_FLOOR] = "floor", [FIGURE_PROP] = "prop", [FIGURE_GHOST] = "ghost",
    [FIGURE_FAR] = "far",     [FIGURE_BODY] = "body", [FIGURE_MOVE] = "move",
};

struct reader {
    struct figure *f;
    enum figure_look look; /* of the group */
    bool in_group;
};

/* ---- words ---- */

static const char *blank(const char *p) { return p + strspn(p, " \t\r\n,"); }

static bool starts(const char *p, const char *word) { return strncmp(p, word, strlen(word)) == 0; }

/* The value of an attribute within the tag at TAG ("<name a="v" …>"), NULL when it has none of that name. */
static const char *attribute(const char *tag, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = tag + strcspn(tag, " \n>"); *p && *p != '>';) {
        p = blank(p);
        size_t word = strcspn(p, "=\" \n>");
        if (p[word] != '=' || p[word + 1] != '"') {
            p += word + (p[word] && p[word] != '>');
            continue;
        }
        const char *value = p + word + 2;
        if (word == length && strncmp(p, name, length) == 0) return value;
        p = value + strcspn(value, "\"");
        p += *p == '"';
    }
    return NULL;
}

/* Behind the tag at TAG; ">" stands in no value of ours. NULL when it does not end. */
static const char *behind(const char *tag)
{
    const char *close = strchr(tag, '>');
    return close ? close + 1 : NULL;
}

/* N numbers at *P, which moves behind them. */
static bool numbers(const char **p, unsigned n, float out[NUMBER_MAX])
{
    for (unsigned i = 0; i < n; i++) {
        char *end;
        *p = blank(*p);
        out[i] = strtof(*p, &end);
        if (end == *p || !(fabsf(out[i]) <= 2 * FIGURE_BOX)) return false;
        *p = end;
    }
    return true;
}

static bool number(const char *tag, const char *name, float *out)
{
    const char *value = attribute(tag, name);
    return value && numbers(&value, 1, out);
}

static bool width(const char *tag, float *out) { return number(tag, "stroke-width", out) && *out > 0; }

/* ---- strokes ---- */

static int add_stroke(struct reader *r, const struct figure_stroke *s)
{
    struct figure *f = r->f;
    if (f->n_strokes == FIGURE_STROKES_MAX) return -E2BIG;
    f->stroke[f->n_strokes] = *s;
    f->stroke[f->n_strokes++].first = (uint16_t)f->n_points;
    return 0;
}

/* To the newest stroke. */
static int add_point(struct figure *f, float x, float y)
{
    if (f->n_points == FIGURE_POINTS_MAX) return -E2BIG;
    struct figure_stroke *s = &f->stroke[f->n_strokes - 1];
    float reach = s->radius + s->width / 2;
    f->point[f->n_points++] = (struct figure_point){x, y};
    s->x0 = s->n ? fminf(s->x0, x - reach) : x - reach;
    s->y0 = s->n ? fminf(s->y0, y - reach) : y - reach;
    s->x1 = s->n ? fmaxf(s->x1, x + reach) : x + reach;
    s->y1 = s->n ? fmaxf(s->y1, y + reach) : y + reach;
    s->n++;
    return 0;
}

/* From the newest point around (v[0], v[1]) to (v[2], v[3]). */
static int add_curve(struct figure *f, const float v[NUMBER_MAX])
{
    struct figure_point from = f->point[f->n_points - 1];
    int error = 0;
    for (int i = 1; i <= CURVE_PARTS && !error; i++) {
        float t = (float)i / CURVE_PARTS, a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;
        error = add_point(f, a * from.x + b * v[0] + c * v[2], a * from.y + b * v[1] + c * v[3]);
    }
    return error;
}

static int read_path(struct reader *r, const char *tag)
{
    struct figure *f = r->f;
    struct figure_stroke s = {.look = r->look};
    const char *d = attribute(tag, "d");
    bool begun = false;
    float v[NUMBER_MAX];
    int error = d && width(tag, &s.width) ? 0 : -EINVAL;
    while (!error && *(d = blank(d)) != '"') {
        char letter = *d++;
        unsigned n = letter == 'M' || letter == 'L' ? 2 : letter == 'Q' ? 4 : 0;
        if ((n == 0 && letter != 'Z') || (!begun && letter != 'M') || !numbers(&d, n, v)) return -EINVAL;
        if (letter == 'M') error = add_stroke(r, &s);
        if (letter == 'Z') {
            struct figure_point first = f->point[f->stroke[f->n_strokes - 1].first];
            v[0] = first.x, v[1] = first.y;
        }
        if (!error) error = letter == 'Q' ? add_curve(f, v) : add_point(f, v[0], v[1]);
        begun = true;
    }
    return error || begun ? error : -EINVAL;
}

static int read_circle(struct reader *r, const char *tag)
{
    struct figure_stroke s = {.look = r->look, .filled = attribute(tag, "fill") != NULL};
    float x, y;
    if (!number(tag, "cx", &x) || !number(tag, "cy", &y) || !number(tag, "r", &s.radius) || !(s.radius > 0) || !width(tag, &s.width))
        return -EINVAL;
    int error = add_stroke(r, &s);
    return error ? error : add_point(r->f, x, y);
}

static int open_group(struct reader *r, const char *tag)
{
    const char *class = attribute(tag, "class");
    if (r->in_group || !class) return -EINVAL;
    for (int i = 0; i < FIGURE_LOOK_COUNT && !r->in_group; i++) {
        r->in_group = starts(class, looks[i]) && class[strlen(looks[i])] == '"';
        r->look = (enum figure_look)i;
    }
    return r->in_group ? 0 : -EINVAL;
}

static int read_tag(struct reader *r, const char *tag)
{
    if (starts(tag, "<g ")) return open_group(r, tag);
    if (starts(tag, "<path ") && r->in_group) return read_path(r, tag);
    if (starts(tag, "<circle ") && r->in_group) return read_circle(r, tag);
    if (starts(tag, "</g>") && r->in_group) return r->in_group = false, 0;
    return starts(tag, "<title>") || starts(tag, "</title>") ? 0 : -EINVAL;
}

int figure_read(const char *svg, struct figure *f)
{
    struct reader r = {.f = f};
    f->n_strokes = f->n_points = 0;
    const char *box = attribute(svg, "viewBox");
    if (!starts(svg, "<svg ") || !box || !starts(box, "0 0 96 96\"")) return -EINVAL;
    for (const char *p = behind(svg); p && (p = strchr(p, '<')); p = behind(p)) {
        if (starts(p, "</svg>")) return r.in_group || f->n_strokes == 0 ? -EINVAL : 0;
        int error = read_tag(&r, p);
        if (error) return error;
    }
    return -EINVAL;
}
