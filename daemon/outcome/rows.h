/* rows — finding one's way in the rows of the diary; see plumbline/outcome.h. Pure. */
#ifndef OUTCOME_ROWS_H
#define OUTCOME_ROWS_H

#include "plumbline/outcome.h"

enum { ROWS_DAY_S = 86400 };
#define ROWS_NS_PER_S 1000000000ll

/* The local date of a minute by its own offset. */
int64_t rows_date(const struct minute *m);

#endif
