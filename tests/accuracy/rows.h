/* rows — gzipped or plain tables of integers, a line at a time. */
#ifndef ACCURACY_ROWS_H
#define ACCURACY_ROWS_H

#include <stdlib.h>
#include <zlib.h>

/* Reads up to N integers, separated by commas, of the next line; returns how many there were, −1 at the end. */
static inline int rows_next(gzFile file, long *value, int n)
{
    char line[512], *at = line;
    if (!gzgets(file, line, sizeof line)) return -1;
    for (int i = 0; i < n; i++) {
        char *end;
        value[i] = strtol(at, &end, 10);
        if (end == at) return i;
        at = *end == ',' ? end + 1 : end;
    }
    return n;
}

#endif
