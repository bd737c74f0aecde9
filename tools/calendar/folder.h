/* The calendar files under a path: the file itself, or a vdir: a folder of .ics files, and of folders of them. */
#ifndef CALENDAR_FOLDER_H
#define CALENDAR_FOLDER_H

#include "ics.h"

struct folder {
    struct ics *ics;
    unsigned files, folders; /* looked at so far */
    uint64_t bytes;
};

/* Reads what lies under PATH. Links are followed to files only; pipes and devices are not opened. What cannot be
 * read is noted. */
void folder_read(struct folder *f, const char *path);

#endif
