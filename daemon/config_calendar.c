/* [calendar]: where calendars lie, and which words in a title mean a workout. */
#include "config_key.h"

#include <string.h>

READ(file)
{
    size_t n = strlen(value);
    if (c->n_calendar >= CALENDARS_MAX)
        return snprintf(why, 128, "at most %d lines of calendars", CALENDARS_MAX), false;
    if ((value[0] != '/' && strncmp(value, "~/", 2) != 0) || n >= PATH_LEN) return false;
    memcpy(c->calendar[c->n_calendar++], value, n + 1);
    return true;
}

WRITE(file)
{
    for (unsigned i = 0; i < c->n_calendar; i++) fprintf(out, "%s = %s\n", k->name, c->calendar[i]);
}

READ(words)
{
    size_t n = strlen(value);
    if (n >= sizeof c->calendar_words)
        return snprintf(why, 128, "at most %zu letters", sizeof c->calendar_words - 1), false;
    memcpy(c->calendar_words, value, n + 1);
    return true;
}

WRITE(words)
{
    if (c->calendar_words[0]) fprintf(out, "%s = %s\n", k->name, c->calendar_words);
}

READ(busy) { return config_value_yes_no(value, &c->calendar_busy); }
WRITE(busy) { config_value_line(out, k, c->calendar_busy ? "yes" : "no"); }

const struct config_key config_calendar_keys[] = {
    CONFIG_KEY("calendar", "file", file, "a whole path of an .ics file, or of a folder of them"),
    CONFIG_KEY("calendar", "busy", busy, "yes or no"),
    CONFIG_KEY("calendar", "workouts", words, "words as gym, padel, -press"),
    CONFIG_KEYS_END,
};
