/* lane — the day as rows of characters: what the ribbon shows on the page, for a terminal. */
#ifndef PLUMBLINE_REPORT_LANE_H
#define PLUMBLINE_REPORT_LANE_H

#include "report.h"

enum { LANE_COLUMNS = 72 };

/* The part of the day that holds wear and marks, in whole columns. */
struct lane {
    int from_min, column_min; /* elapsed minutes at the left end; minutes a column: 10, 15, 20, 30, … */
    unsigned columns;         /* 0…LANE_COLUMNS; 0 nothing to draw */
};
struct lane lane_of(const struct report_day *day);

/* One cell a column. Posture: prevailing one, POSTURE_MISSING where nothing was seen. */
void lane_postures(const struct lane *lane, const struct report_day *day, enum posture cell[LANE_COLUMNS]);
/* Mean trunk angle, degrees; NAN unknown. */
void lane_angles(const struct lane *lane, const struct report_day *day, double cell[LANE_COLUMNS]);
/* The mark that weighs most, MARK_KIND_COUNT none. */
void lane_marks(const struct lane *lane, const struct report_day *day, enum report_mark_kind cell[LANE_COLUMNS]);
/* Hours of the wall clock below it, as text without a newline. */
void lane_hours(const struct lane *lane, const struct report_day *day, char line[LANE_COLUMNS + 1]);

#endif
