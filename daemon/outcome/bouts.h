/* bouts — how sitting accumulates over bout lengths; see plumbline/outcome.h for the definitions. Lengths in minutes,
 * all > 0, ascending where nothing else is said. Pure. */
#ifndef OUTCOME_BOUTS_H
#define OUTCOME_BOUTS_H

#include "plumbline/outcome.h"

/* All of OUT from N lengths in any order, which are sorted, OPEN of which have not ended. */
void bouts_figures(double *length_min, size_t n, size_t open, struct bout_outcome *out);

/* Usual bout duration: fit and the two empirical figures. NAN where N is too small (fit: two different lengths). */
void bouts_w50(const double *length_min, size_t n, struct bout_outcome *out);

#endif
