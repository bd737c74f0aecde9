/* date — local dates as day numbers (days since 1970-01-01), so that they can be counted with. */
#ifndef PLUMBLINE_REPORT_DATE_H
#define PLUMBLINE_REPORT_DATE_H

#include "report.h"

enum { DAY_S = 86400, DAY_MIN = 1440, HOUR_MIN = 60 };

/* −EINVAL when there is no such date (or it lies before 1970 or beyond 9999). */
int date_number(struct report_date date, int64_t *number);
struct report_date date_of_number(int64_t number);
/* Day number of a moment for a clock UTC_OFFSET_S east of UTC. */
int64_t date_number_of(int64_t wall_s, int32_t utc_offset_s);
/* Minutes after local midnight, 0…1439. */
int date_local_min(int64_t wall_s, int32_t utc_offset_s);
/* 0 = Monday. */
int date_weekday(struct report_date date);
const char *date_weekday_name(struct report_date date);
/* "14 October 2026". */
void date_words(struct report_date date, char words[32]);
/* "2026-10-14". */
void date_iso(struct report_date date, char iso[16]);

#endif
