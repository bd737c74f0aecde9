/* tomorrow — the one thing worth trying next: the worst hour that can be changed. Rules and thresholds are ours. */
#ifndef PLUMBLINE_REPORT_TOMORROW_H
#define PLUMBLINE_REPORT_TOMORROW_H

#include "report.h"

/* Over N days: hours of the wall clock are averaged, so a week's worst hour is one that comes back. */
void tomorrow_choose(const struct report_day *days, unsigned n, struct report_tomorrow *t);

#endif
