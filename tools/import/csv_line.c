/* Hostile text: every access is bounded by its length, nothing relies on a terminator. */
#include "csv.h"

#include <math.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static struct csv_cell trimmed(const char *text, const char *end)
{
    while (text < end && is_blank(*text)) text++;
    while (text < end && is_blank(end[-1])) end--;
    if (end - text >= 2 && *text == '"' && end[-1] == '"') text++, end--;
    return (struct csv_cell){text, (size_t)(end - text)};
}

bool csv_line_split(const char *text, size_t n, char delimiter, struct csv_line *line)
{
    const char *p = text, *end = text + n;
    line->n = 0;
    while (p < end && end[-1] == '\r') end--;
    for (;;) {
        bool quoted = false;
        while (delimiter == ' ' && p < end && *p == ' ') p++; /* several are one */
        const char *start = p;
        for (; p < end && (quoted || *p != delimiter); p++) quoted = quoted != (*p == '"');
        if (line->n == CSV_CELLS) return false;
        line->cell[line->n++] = trimmed(start, p);
        if (p++ >= end) break;
    }
    return true;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

struct cursor {
    const char *p, *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->p == c->end || *c->p != wanted) return false;
    c->p++;
    return true;
}

static unsigned digits(struct cursor *c, double *value)
{
    unsigned n = 0;
    for (; c->p < c->end && is_digit(*c->p); c->p++, n++) *value = *value * 10 + (*c->p - '0');
    return n;
}

static double sign(struct cursor *c)
{
    if (take(c, '-')) return -1;
    take(c, '+');
    return 1;
}

bool csv_line_number(struct csv_cell cell, double *value)
{
    enum { DIGITS_MAX = 40, EXPONENT_MAX = 60 };
    struct cursor c = {cell.text, cell.text + cell.n};
    double mantissa = 0, exponent = 0, minus = sign(&c);
    unsigned whole = digits(&c, &mantissa), fraction = 0;
    if (take(&c, '.') || take(&c, ',')) fraction = digits(&c, &mantissa);
    if (whole + fraction == 0 || whole + fraction > DIGITS_MAX) return false;
    if (take(&c, 'e') || take(&c, 'E')) {
        double lower = sign(&c);
        if (!digits(&c, &exponent) || exponent > EXPONENT_MAX) return false;
        exponent *= lower;
    }
    *value = minus * mantissa * pow(10, exponent - fraction);
    return c.p == c.end;
}

/* ---- times ------------------------------------------------------------------------------------------------------- */

/* LEAST to MOST digits as a number. */
static bool field(struct cursor *c, int least, int most, int *value)
{
    int n = 0;
    *value = 0;
    for (; n < most && c->p < c->end && is_digit(*c->p); c->p++, n++) *value = *value * 10 + (*c->p - '0');
    return n >= least;
}

static bool read_fraction(struct cursor *c, int64_t *ns)
{
    int64_t weight = NS_PER_S / 10;
    *ns = 0;
    if (!take(c, '.') && !take(c, ',')) return true;
    const char *start = c->p;
    for (; c->p < c->end && is_digit(*c->p); c->p++, weight /= 10) *ns += (*c->p - '0') * weight;
    return c->p > start;
}

/* hh:mm[:ss[.fff]] */
static bool time_of_day(struct cursor *c, int part[3], int64_t *ns)
{
    part[2] = 0;
    *ns = 0;
    if (!field(c, 1, 2, &part[0]) || !take(c, ':') || !field(c, 1, 2, &part[1])) return false;
    return !take(c, ':') || (field(c, 1, 2, &part[2]) && read_fraction(c, ns));
}

/* Nothing (local), Z, or ±hh[[:]mm]. */
static bool zone(struct cursor *c, int64_t *ns, enum import_clock *clock)
{
    int hours, minutes = 0;
    *clock = IMPORT_LOCAL;
    take(c, ' ');
    if (c->p == c->end) return true;
    *clock = IMPORT_UTC;
    if (take(c, 'Z')) return true;
    int east = *c->p == '+' ? 1 : *c->p == '-' ? -1 : 0;
    if (!east || (c->p++, !field(c, 2, 2, &hours))) return false;
    take(c, ':');
    if (c->p < c->end && !field(c, 2, 2, &minutes)) return false;
    *ns -= east * SECONDS_NS(hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

bool csv_line_time(struct csv_cell cell, int64_t *ns, enum import_clock *clock)
{
    struct cursor c = {cell.text, cell.text + cell.n}, day = c;
    int d[6], part[3];
    int64_t fraction_ns;
    bool date = field(&c, 4, 4, &d[0]) && (take(&c, '-') || take(&c, '/') || take(&c, '.')) && field(&c, 1, 2, &d[1]) &&
                (take(&c, '-') || take(&c, '/') || take(&c, '.')) && field(&c, 1, 2, &d[2]);
    if (!date)
        c = day, d[0] = 2000, d[1] = d[2] = 1;
    else if (!take(&c, ' ') && !take(&c, 'T'))
        return false;
    if (!time_of_day(&c, part, &fraction_ns)) return false;
    memcpy(d + 3, part, sizeof part);
    if (!import_date(d, ns)) return false;
    *ns += fraction_ns;
    if (!zone(&c, ns, clock) || c.p != c.end) return false;
    if (!date) *clock = IMPORT_RUNNING;
    return true;
}
