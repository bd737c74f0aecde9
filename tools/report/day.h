/* day — one local day's figures from the rows of the diary; the parts of struct report_day by their files. */
#ifndef PLUMBLINE_REPORT_DAY_H
#define PLUMBLINE_REPORT_DAY_H

#include "report.h"

/* Makes the day NUMBER (see date.h); IN_FULL also its runs, marks, ticks and angles. 0 or −ENOMEM. */
int day_make(const struct report_source *s, int64_t number, bool in_full, struct report_day *day);
/* A day of the history: its figures and its longest bout. 0 or −ENOMEM. */
int day_recall(const struct report_source *s, int64_t number, struct report_day *day);
void day_free(struct report_day *day);
bool day_holds(const struct report_day *day, int64_t wall_s);
double day_at_min(const struct report_day *day, int64_t wall_ns);
/* The wall clock at AT_MIN of the day, minutes after midnight. */
int day_local_min(const struct report_source *s, const struct report_day *day, double at_min);

/* The list of sitting bouts, and the longest (bouts.c). */
int bouts_make(const struct report_source *s, const struct day_bout *bout, size_t n, struct report_day *day);
/* What the wearer noted that day (noted.c). */
int noted_make(const struct report_source *s, struct report_day *day);
/* Runs, ticks, angles and marks (ribbon.c). */
int ribbon_make(const struct report_source *s, struct report_day *day);
/* What became of the alert at INDEX of the source's events; RECOVERY_S is NAN when the body did not answer
 * (alerts.c). */
enum report_mark_kind alerts_fate(const struct report_source *s, size_t index, double *recovery_s);
/* What came before and after each workout (workouts.c). */
int workouts_make(const struct report_source *s, struct report_day *day);

#endif
