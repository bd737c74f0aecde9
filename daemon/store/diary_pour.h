/* diary_pour — the rows of a damaged diary into a new one, around what cannot be read. */
#ifndef STORE_DIARY_POUR_H
#define STORE_DIARY_POUR_H

#include "diary.h"

enum { DIARY_POUR_PAGE = 4096 }; /* SQLite's, in all our files */

/* Whether the tables begin where FROM's schema says, as far as they have rows. */
bool diary_pour_fits(sqlite3 *from);
/* FROM lies in the file COPY and is no good afterwards. Within a transaction of TO. */
void diary_pour(sqlite3 *from, sqlite3 *to, const char *copy, struct diary_salvaged *out);

#endif
