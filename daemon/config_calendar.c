/* [calendar]: where calendars lie, and which words in a title mean a workout. */
#include "config_key.h"

#include <string.h>

bool config_calendar_read_file(struct config *c, const char *value, char why[128])
{
    size_t n = strlen(value);
    if (c->n_calendar >= CALENDARS_MAX) return snprintf(why, 128, "at most %d lines of calendars", CALENDARS_MAX), false;
    if ((value[0] != '/' && strncmp(value, "~/", 2) != 0) || n >= PATH_LEN) return false;
    memcpy(c->calendar[c->n_calendar++], value, n + 1);
    return true;
}

void config_calendar_write_file(const struct config *c, const struct key *k, FILE *out)
{
    for (unsigned i = 0; i < c->n_calendar; i++) fprintf(out, "%s = %s\n", k->name, c->calendar[i]);
}

bool config_calendar_read_words(struct config *c, const char *value, char why[128])
{
    size_t n = strlen(value);
    if (n >= sizeof c->calendar_words) return snprintf(why, 128, "at most %zu letters", sizeof c->calendar_words - 1), false;
    memcpy(c->calendar_words, value, n + 1);
    return true;
}

void config_calendar_write_words(const struct config *c, const struct key *k, FILE *out)
{
    if (c->calendar_words[0]) fprintf(out, "%s = %s\n", k->name, c->calendar_words);
}
