/* text — words that come from people, devices and calendars, made fit to be stored and shown. */
#ifndef PLUMBLINE_TEXT_H
#define PLUMBLINE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Copies FROM into TO (SIZE ≥ 1 bytes, terminated), cut between characters when it is too long. What is not UTF-8, and
 * control characters, become '?'. Returns false when something was cut or replaced. */
bool text_copy(char *to, size_t size, const char *from);

#endif
