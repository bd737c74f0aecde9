/* config_key — one key of the configuration file: how it is read, and how it is written back. */
#ifndef PLUMBLINE_CONFIG_KEY_H
#define PLUMBLINE_CONFIG_KEY_H

#include "plumbline/config.h"

struct key {
    const char *section, *name;
    bool (*read)(struct config *c, const char *value, char why[128]); /* WHY is left alone when .expected says it all */
    void (*write)(const struct config *c, const struct key *k, FILE *out);
    const char *expected;
};

/* config_calendar.c: files and words of [calendar]. */
bool config_calendar_read_file(struct config *c, const char *value, char why[128]);
void config_calendar_write_file(const struct config *c, const struct key *k, FILE *out);
bool config_calendar_read_words(struct config *c, const char *value, char why[128]);
void config_calendar_write_words(const struct config *c, const struct key *k, FILE *out);

#endif
