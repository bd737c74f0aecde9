/* array — arrays that grow by doubling; used only while a report is made. */
#ifndef PLUMBLINE_REPORT_ARRAY_H
#define PLUMBLINE_REPORT_ARRAY_H

#include <stdlib.h>

/* BASE holds N elements of SIZE bytes; returns it with room for one more, or NULL (BASE stays valid). The room doubles
 * whenever N is a power of two, so that no capacity need be kept. */
static inline void *array_room(void *base, size_t n, size_t size)
{
    if (n & (n - 1)) return base;
    return reallocarray(base, n ? 2 * n : 1, size);
}

#endif
