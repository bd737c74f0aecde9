/* budget — how often the coach may speak: a few times an hour, a few times a day, never twice in the same minute. */
#ifndef PLUMBLINE_COACH_BUDGET_H
#define PLUMBLINE_COACH_BUDGET_H

#include "state.h"

/* Two prompts are at least this far apart. */
enum { BUDGET_SPACING_S = 60 };

void budget_spend(struct budget *b, int64_t now_ns);
void budget_new_day(struct budget *b);
/* Prompts within the hour before NOW_NS. */
unsigned budget_last_hour(const struct budget *b, int64_t now_ns);
/* Earliest moment, not before NOW_NS, at which one more prompt fits; NEVER_NS when none does today. KEEP_HOUR and
 * KEEP_DAY are kept free for others. */
int64_t budget_free_ns(const struct budget *b, const struct coach_config *config, unsigned keep_hour, unsigned keep_day,
                       int64_t now_ns);

#endif
