/* bouts — how sitting accumulates over bout lengths; see plumbline/outcome.h for the definitions. Lengths in minutes,
 * ascending, all > 0. Pure. */
#ifndef OUTCOME_BOUTS_H
#define OUTCOME_BOUTS_H

#include "plumbline/outcome.h"

/* Usual bout duration: fit and the two empirical figures. NAN where N is too small (fit: two different lengths). */
void bouts_w50(const double *length_min, size_t n, struct bout_outcome *out);

#endif
