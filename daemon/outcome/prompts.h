/* prompts — what a day's prompts about posture and breaks came to; see plumbline/outcome.h. Pure. */
#ifndef OUTCOME_PROMPTS_H
#define OUTCOME_PROMPTS_H

#include "plumbline/outcome.h"

/* Fills responses and acted_on of OUT, of which the span is known. SCRATCH has room for n_events. */
void prompts_count(const struct day_rows *rows, double *scratch, struct day_total *out);

#endif
