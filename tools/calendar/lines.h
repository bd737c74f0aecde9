/* Logical lines of a calendar file (RFC 5545, 3.1): CR LF or LF ends one, a blank after that goes on with it. */
#ifndef CALENDAR_LINES_H
#define CALENDAR_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE_ROOM = 65536 };

/* LINE: without its end, closed by a 0, no other control characters in it but blanks; of the caller until it
 * returns, and may be written to. CUT: it was longer than LINE_ROOM − 1 bytes. */
typedef void lines_take(void *arg, char *line, size_t n, bool cut);

struct lines {
    size_t held;
    bool ended, cut; /* ended: the next byte tells whether the line goes on */
    char line[LINE_ROOM];
};

void lines_init(struct lines *l);
void lines_push(struct lines *l, const char *bytes, size_t n, lines_take *take, void *arg);
void lines_finish(struct lines *l, lines_take *take, void *arg); /* the last line may have no end */

#endif
