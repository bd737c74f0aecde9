/* Invariant: what is no such value changes nothing. */
#include "config_key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool config_value_copy(char *to, size_t size, const char *value)
{
    size_t n = strlen(value);
    if (n >= size) return false;
    memcpy(to, value, n + 1);
    return true;
}

bool config_value_whole(const char *value, long low, long high, int *out)
{
    char *end;
    errno = 0;
    long v = strtol(value, &end, 10);
    if (errno || end == value || *end || v < low || v > high) return false;
    *out = (int)v;
    return true;
}

bool config_value_real(const char *value, float low, float high, float *out)
{
    char *end;
    float v = strtof(value, &end);
    if (end == value || *end || !(v >= low && v <= high)) return false;
    *out = v;
    return true;
}

bool config_value_yes_no(const char *value, bool *out)
{
    if (!strcasecmp(value, "yes") || !strcasecmp(value, "on") || !strcasecmp(value, "true")) return *out = true, true;
    if (!strcasecmp(value, "no") || !strcasecmp(value, "off") || !strcasecmp(value, "false")) return *out = false, true;
    return false;
}

int config_value_word(const char *value, const char *const *words, int n)
{
    for (int i = 0; i < n; i++)
        if (!strcasecmp(value, words[i])) return i;
    return -1;
}

void config_value_line(FILE *out, const struct config_key *k, const char *value)
{
    fprintf(out, "%s = %s\n", k->name, value);
}

void config_value_line_int(FILE *out, const struct config_key *k, int value)
{
    fprintf(out, "%s = %d\n", k->name, value);
}
