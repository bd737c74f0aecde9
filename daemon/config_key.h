/* config_key — one row a key of the configuration file: how it is read, how it is written back, what a person should
 * have typed. A table ends with a row without a section; config.c knows them all. */
#ifndef PLUMBLINE_CONFIG_KEY_H
#define PLUMBLINE_CONFIG_KEY_H

#include "plumbline/config.h"

struct config_key {
    const char *section, *name;
    bool (*read)(struct config *c, const char *value, char why[128]); /* WHY is left alone when .expected says it all */
    void (*write)(const struct config *c, const struct config_key *k, FILE *out);
    const char *expected;
};
#define CONFIG_KEY(section, name, function, expected) {section, name, read_##function, write_##function, expected}
#define CONFIG_KEYS_END {0}
#define READ(what) static bool read_##what(struct config *c, const char *value, char why[128] __attribute__((unused)))
#define WRITE(what) static void write_##what(const struct config *c, const struct config_key *k, FILE *out)

extern const struct config_key config_coach_keys[], config_calendar_keys[];

/* Kinds of values, as a person types them; false: VALUE is none, or beyond LOW…HIGH, and *OUT is left alone. */
bool config_value_copy(char *to, size_t size, const char *value);
bool config_value_whole(const char *value, long low, long high, int *out);
bool config_value_real(const char *value, float low, float high, float *out);
bool config_value_yes_no(const char *value, bool *out);
/* Index of VALUE among the N words, −1 when it is none of them. */
int config_value_word(const char *value, const char *const *words, int n);

/* A line of the file. */
void config_value_line(FILE *out, const struct config_key *k, const char *value);
void config_value_line_int(FILE *out, const struct config_key *k, int value);

#endif
