/* The shipped catalogue, for tests. */
#ifndef PLUMBLINE_TEST_CATALOGUE_FIXTURE_H
#define PLUMBLINE_TEST_CATALOGUE_FIXTURE_H

#include "plumbline/config.h"

static struct catalogue catalogue;

static inline int read_catalogue(void **state)
{
    (void)state;
    catalogue_load_shipped(&catalogue);
    return catalogue.n ? 0 : -1;
}

static inline unsigned words_in(const char *text)
{
    unsigned n = 0;
    while (*text) {
        while (*text == ' ') text++;
        n += *text != 0;
        while (*text && *text != ' ') text++;
    }
    return n;
}

#endif
