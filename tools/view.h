/* view — reading the daemon's status reply, for the commands that show it. */
#ifndef PLUMBLINE_VIEW_H
#define PLUMBLINE_VIEW_H

#include <jansson.h>
#include <stddef.h>

/* A value by section and name; NAN, "" or false where it is absent or null. */
double view_number(const json_t *status, const char *section, const char *name);
const char *view_text(const json_t *status, const char *section, const char *name);
/* "1 h 05 min", "12 min", "40 s". */
void view_duration(double seconds, char *text, size_t n);
/* "next: break in 12 min", "held: do not disturb", "paused for 20 min". */
void view_coach(const json_t *status, char *text, size_t n);

#endif
