/* therapist_chart — pictures of the sheet: SVG in black, told apart by marks, dashes and figures, never by colour. */
#ifndef PLUMBLINE_REPORT_THERAPIST_CHART_H
#define PLUMBLINE_REPORT_THERAPIST_CHART_H

#include "therapist.h"

enum { THERAPIST_LINES = 4 };
struct therapist_line {
    const char *name;
    double value[THERAPIST_WEEKS_MAX]; /* 0 to 10; NAN: a hole */
};
/* N lines over the weeks of T, with what each mark means below. TITLE is read out where there are no pictures. */
void therapist_chart_lines(const struct therapist *t, const char *title, const struct therapist_line *line, unsigned n,
                           FILE *out);
/* A bar a week, each with its FIGURE over it; NAN: no bar. */
void therapist_chart_bars(const struct therapist *t, const char *title, const double value[THERAPIST_WEEKS_MAX],
                          const char (*figure)[16], FILE *out);

#endif
