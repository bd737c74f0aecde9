/* json — struct report as one object, schema "plumbline-report-1" (docs/report-json.md). */
#ifndef PLUMBLINE_REPORT_JSON_H
#define PLUMBLINE_REPORT_JSON_H

#include "report.h"

#include <jansson.h>

/* A new reference, or NULL without memory. */
json_t *json_report(const struct report *r);

#endif
