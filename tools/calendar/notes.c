#include "notes.h"

#include "title.h"

#include <string.h>

static const char *const words[NOTE_KINDS] = {
    [NOTE_UNREADABLE] = "cannot be read; look whether it is there and yours to read",
    [NOTE_NO_FILE] = "is neither a file nor a folder; name an .ics file or a folder of them",
    [NOTE_TOO_LARGE] = "is larger than 32 MB, or all files together larger than 64 MB; export the last years only",
    [NOTE_TOO_MANY_FILES] = "more than 20000 files, or more than 2000 folders; the others were not read",
    [NOTE_NO_CALENDAR] = "holds no calendar; export it as iCalendar (.ics)",
    [NOTE_TRUNCATED] = "ends in the middle; its last event was skipped, export it again",
    [NOTE_BAD_EVENT] = "has an event whose time is missing or cannot be read; it was skipped",
    [NOTE_LARGE_EVENT] = "has an event with more than 4000 dates or 16 rules; it was skipped",
    [NOTE_BAD_RULE] = "has an event that repeats by a rule that cannot be read; only its first time counts",
    [NOTE_ZONE] = "names a time zone that is not known here; its times were read as local ones",
    [NOTE_OWN_ZONE] = "this computer's time zone has no name; times without one are UTC; set it: timedatectl set-timezone",
    [NOTE_OFTEN] = "has an event that repeats more than 400 times in these days; it was left out",
    [NOTE_EFFORT] = "has events that take too long to work out; some were skipped",
    [NOTE_MANY_EVENTS] = "has more events than there is room for; the others were skipped",
    [NOTE_MANY_LINES] = "more than 512 events in these days; the later ones are left out",
};

void notes_add(struct notes *n, enum note kind, const char *file)
{
    size_t length = strlen(file), room = sizeof n->note[0].file - 1;
    const char *end = length > room ? file + length - room : file;
    for (unsigned i = 0; i < n->count; i++)
        if (n->note[i].kind == kind && !strcmp(n->note[i].file, end)) return;
    if (n->count == NOTES_MAX) {
        n->unsaid++;
        return;
    }
    n->note[n->count].kind = kind;
    strcpy(n->note[n->count++].file, end);
}

void notes_print(const struct notes *n, FILE *out)
{
    char file[TITLE_ROOM];
    for (unsigned i = 0; i < n->count; i++) {
        title_clean(file, n->note[i].file);
        fprintf(out, "note %s: %s\n", file, words[n->note[i].kind]);
    }
    if (n->unsaid) fprintf(out, "note calendar: and %u more like these\n", n->unsaid);
}
