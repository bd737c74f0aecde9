/* sitting — a day's sitting bouts from the diary's events; see plumbline/outcome.h. Pure. */
#ifndef OUTCOME_SITTING_H
#define OUTCOME_SITTING_H

#include "plumbline/outcome.h"

/* Fills bouts, longest, breaks and rises of OUT, of which the span is known. BOUT and SCRATCH have room for
 * n_events. */
void sitting_count(const struct day_rows *rows, struct day_bout *bout, double *scratch, struct day_total *out);

#endif
