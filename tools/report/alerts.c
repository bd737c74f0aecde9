/* Invariant: the first kinds of marks are the fates of prompts, in their order. */
#include "day.h"
#include "source.h"

_Static_assert(MARK_CORRECTED == (int)FATE_CORRECTED && MARK_SNOOZED == (int)FATE_SNOOZED &&
                   MARK_SKIPPED == (int)FATE_SKIPPED && MARK_IGNORED == (int)FATE_IGNORED &&
                   MARK_WRONG == (int)FATE_WRONG && MARK_WITHDRAWN == (int)FATE_WITHDRAWN,
               "a mark a fate");

enum report_mark_kind alerts_fate(const struct report_source *s, size_t index, double *recovery_s)
{
    struct day_rows rows = source_rows(s);
    return (enum report_mark_kind)outcome_fate(&rows, index, recovery_s);
}
