/* Invariant: the built-in text is all of data/figures, one SVG behind the other, each with its item as id: <svg id="ID" …>. */
#include "plumbline/figure.h"

#include <errno.h>
#include <string.h>

__asm__(".section .rodata\n"
        ".global figure_shipped\n"
        "figure_shipped:\n"
        ".incbin \"" PLUMBLINE_FIGURES "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char figure_shipped[];

static const char begin[] = "<svg id=\"", end[] = "</svg>";

const char *figure_svg(const char *id, size_t *n)
{
    size_t length = strlen(id);
    if (length != strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-")) return NULL;
    for (const char *at = figure_shipped; (at = strstr(at, begin)); at++) {
        const char *name = at + strlen(begin);
        if (strncmp(name, id, length) != 0 || name[length] != '"') continue;
        const char *last = strstr(name, end);
        if (!last) return NULL;
        *n = (size_t)(last - at) + strlen(end);
        return at;
    }
    return NULL;
}

int figure_find(const char *id, struct figure *f)
{
    size_t n;
    const char *svg = figure_svg(id, &n);
    return svg ? figure_read(svg, f) : -ENOENT;
}
