/* said — what a person says goes into the diary, by the daemon where one runs, else at once; and is read from there. */
#ifndef TOOLS_SAID_H
#define TOOLS_SAID_H

#include "tool.h"

#include "plumbline/diary.h"
#include "plumbline/health.h"

/* Gives the WORDS to the daemon; where none runs, writes the N entries. Exit code, told. REPLY may be NULL; else the
 * daemon's, for json_decref(), or NULL where none runs. */
int said_tell(const char *const *words, size_t n_words, const struct entry *entries, size_t n, json_t **reply);
/* Asks the daemon; *REPLY is NULL where none runs. Exit code, told. */
int said_ask(const char *const *words, size_t n, json_t **reply);
/* Each entry of the diary from FROM_S on, by time; none where there is no diary. Exit code, told. */
int said_each(int64_t from_s, int (*fn)(void *, const struct entry *), void *arg);
/* What the wearer has said of health, from the daemon, else from the diary and the configuration. Exit code, told. */
int said_health(struct health *h);
/* "2026-03-02 18:00", local time. */
void said_time(int64_t wall_s, char text[24]);
/* Asks at the terminal; true for yes. */
bool said_yes(const char *question);

#endif
