/* Memory that is given back all at once, and no more of it than a limit. */
#ifndef CALENDAR_ARENA_H
#define CALENDAR_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks;
    size_t left, all; /* left: of the newest block */
};

/* Zeroed and aligned for anything; NULL: the limit (24 MB) is reached. */
void *arena_get(struct arena *a, size_t n);
char *arena_text(struct arena *a, const char *text);
void arena_free(struct arena *a);

#endif
