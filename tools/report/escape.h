/* escape — text for a page: nothing in it can end an element or an attribute. */
#ifndef PLUMBLINE_REPORT_ESCAPE_H
#define PLUMBLINE_REPORT_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

void escape_text(FILE *out, const char *text);
void escape_bytes(FILE *out, const char *text, size_t n);

#endif
