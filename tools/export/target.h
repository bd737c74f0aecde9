/* target — where an export goes: standard output, or a private file (0600) that is there only when it is whole.
 *
 * The file is written as FILE.part and renamed at the end. A FILE that is no ordinary one (/dev/stdout, a pipe) is
 * written to as it is. WHY says what to do.
 */
#ifndef EXPORT_TARGET_H
#define EXPORT_TARGET_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct target {
    FILE *out;
    const char *file;    /* lives as long as this; "standard output" */
    char part[PATH_MAX]; /* empty when there is none */
    bool force;
};

/* FILE: NULL or "-" is standard output. FORCE: one that exists may be replaced. 0 or a negative errno. */
int target_open(struct target *t, const char *file, bool force, char why[256]);
/* On the disk and under its name. 0 or a negative errno; the part is removed then. */
int target_finish(struct target *t, char why[256]);
void target_discard(struct target *t);
/* What to do about ERROR in writing. */
void target_explain(const struct target *t, int error, char why[256]);

#endif
