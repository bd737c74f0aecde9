/* markup — text made safe for a notification server.
 *
 * The body of a notification is read as a small HTML by servers with "body-markup" (Desktop Notifications
 * Specification 1.2), and a D-Bus string must be UTF-8 without NUL: a byte that is not would lose the whole connection.
 */
#ifndef PLUMBLINE_DESK_MARKUP_H
#define PLUMBLINE_DESK_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

/* Copies TEXT to OUT (CAP bytes, > 0, NUL-terminated, cut between characters where it does not fit). Bytes that are not
 * UTF-8 become '?', control characters a space, and with ESCAPE the five characters of XML their entities. */
void markup_clean(const char *text, bool escape, char *out, size_t cap);

#endif
