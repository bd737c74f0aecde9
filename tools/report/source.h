/* source — rows of the diary in memory, each checked once, so that the model need not doubt them. */
#ifndef PLUMBLINE_REPORT_SOURCE_H
#define PLUMBLINE_REPORT_SOURCE_H

#include "report.h"

/* Reads what the days FIRST … FIRST + N_DAYS − 1 (day numbers) and their margins need, and the totals of the
 * REPORT_HISTORY days before. */
int source_read(struct report_source *s, struct diary *d, int64_t first, unsigned n_days);
void source_free(struct report_source *s);

/* Add a row, or count it as damaged: 0 or −ENOMEM. Rows must come in time order. */
int source_add_minute(struct report_source *s, const struct minute *m);
int source_add_event(struct report_source *s, const struct diary_event *e);
int source_add_entry(struct report_source *s, const struct entry *e);
int source_add_workout(struct report_source *s, const struct workout *w);

struct day_rows source_rows(const struct report_source *s);
/* UTC offset of the last minute that began at or before WALL_S, else of the first; 0 without minutes. */
int32_t source_offset_at(const struct report_source *s, int64_t wall_s);
/* What the diary says that a day of before came to; NULL when it has no minute of it. */
const struct day_total *source_total(const struct report_source *s, int64_t date);

#endif
