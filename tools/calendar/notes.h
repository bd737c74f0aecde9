/* What is said of files that could not be read whole: once a kind and file, with what to do. Never what a calendar
 * says. */
#ifndef CALENDAR_NOTES_H
#define CALENDAR_NOTES_H

#include <stdio.h>

enum note {
    NOTE_UNREADABLE,
    NOTE_NO_FILE,
    NOTE_TOO_LARGE,
    NOTE_TOO_MANY_FILES,
    NOTE_NO_CALENDAR,
    NOTE_TRUNCATED,
    NOTE_BAD_EVENT,
    NOTE_LARGE_EVENT,
    NOTE_BAD_RULE,
    NOTE_ZONE,
    NOTE_OWN_ZONE,
    NOTE_OFTEN,
    NOTE_EFFORT,
    NOTE_MANY_EVENTS,
    NOTE_MANY_LINES,
    NOTE_KINDS
};

enum { NOTES_MAX = 40 };

struct notes {
    unsigned count, unsaid;
    struct {
        enum note kind;
        char file[128];
    } note[NOTES_MAX];
};

/* FILE is cut from its front to what fits. */
void notes_add(struct notes *n, enum note kind, const char *file);
void notes_print(const struct notes *n, FILE *out);

#endif
