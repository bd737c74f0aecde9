/* Invariants: line[0 .. held) are the bytes of the line so far; what does not fit is counted as cut and forgotten. */
#include "lines.h"

void lines_init(struct lines *l) { l->held = 0, l->ended = l->cut = false; }

static void hand_over(struct lines *l, lines_take *take, void *arg)
{
    l->line[l->held] = 0;
    if (l->held) take(arg, l->line, l->held, l->cut);
    lines_init(l);
}

static void keep(struct lines *l, char c)
{
    if (l->held + 1 < LINE_ROOM) l->line[l->held++] = (unsigned char)c < ' ' || c == 127 ? ' ' : c;
    else l->cut = true;
}

void lines_push(struct lines *l, const char *bytes, size_t n, lines_take *take, void *arg)
{
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (l->ended) {
            l->ended = false;
            if (c == ' ' || c == '\t') continue;
            hand_over(l, take, arg);
        }
        if (c == '\n') l->ended = true;
        else if (c != '\r') keep(l, c);
    }
}

void lines_finish(struct lines *l, lines_take *take, void *arg) { hand_over(l, take, arg); }
