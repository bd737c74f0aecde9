/* Hostile text: every access is bounded by LENGTH, every number by its digits; nothing relies on a terminator.
 * Numbers are read here and not by strtod, which obeys a locale and takes "nan", "inf" and hexadecimal. */
#include "text_line.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { EXPONENT_MAX = 30 };

struct cursor {
    const char *p, *end;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_separator(char c) { return c == ',' || c == ';' || c == '|' || c == ' ' || c == '\t'; }

static bool is_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((text[i] < 0x20 && text[i] != '\t') || text[i] > 0x7e) return false;
    return true;
}

static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static bool is_nmea(const char *text, size_t length)
{
    if (length > 0 && (text[0] == '$' || text[0] == '!')) return true;
    return length > 3 && text[length - 3] == '*' && is_hex(text[length - 2]) && is_hex(text[length - 1]);
}

static unsigned digits(struct cursor *c, double *value)
{
    unsigned n = 0;
    for (; c->p < c->end && is_digit(*c->p); c->p++, n++) *value = *value * 10 + (*c->p - '0');
    return n;
}

/* The exponent after an e, or 0 with the cursor where it was. */
static int exponent(struct cursor *c)
{
    struct cursor look = *c;
    if (look.p == look.end || (*look.p != 'e' && *look.p != 'E')) return 0;
    look.p++;
    int sign = 1;
    if (look.p < look.end && (*look.p == '-' || *look.p == '+')) sign = *look.p++ == '-' ? -1 : 1;
    double value = 0;
    if (digits(&look, &value) == 0) return 0;
    *c = look;
    return sign * (int)fmin(value, EXPONENT_MAX);
}

/* A whole number up to a separator or the end; the cursor moves only on success. */
static bool read_number(struct cursor *c, double *value)
{
    struct cursor look = *c;
    double sign = 1, mantissa = 0;
    if (look.p < look.end && (*look.p == '-' || *look.p == '+')) sign = *look.p++ == '-' ? -1 : 1;
    unsigned whole = digits(&look, &mantissa), fraction = 0;
    if (look.p < look.end && *look.p == '.') {
        look.p++;
        fraction = digits(&look, &mantissa);
    }
    if (whole + fraction == 0 || whole + fraction > 20) return false;
    int power = exponent(&look) - (int)fraction;
    if (look.p < look.end && !is_separator(*look.p)) return false;
    *value = sign * mantissa * pow(10, power);
    *c = look;
    return true;
}

/* "08:30:15.25" as seconds, "22/11/2025" and "2025-11-22" as 0; up to a separator or the end. */
static bool read_moment(struct cursor *c, double *value)
{
    struct cursor look = *c;
    double part[3] = {0, 0, 0}, tenth = 0.1;
    char mark = 0;
    for (int i = 0; i < 3; i++) {
        if (digits(&look, &part[i]) == 0) return false;
        if (i == 2) break;
        if (look.p == look.end || (i == 1 && *look.p != mark)) return false;
        mark = *look.p++;
        if (mark != ':' && mark != '/' && mark != '-') return false;
    }
    if (mark == ':' && look.p < look.end && *look.p == '.')
        for (look.p++; look.p < look.end && is_digit(*look.p); look.p++, tenth /= 10)
            part[2] += tenth * (*look.p - '0');
    if (look.p < look.end && !is_separator(*look.p)) return false;
    *value = mark == ':' ? fmin((part[0] * 60 + part[1]) * 60 + part[2], 1e9) : 0;
    *c = look;
    return true;
}

static void add_word(struct text_line *line, const char *text, const char *start, const char *end)
{
    line->word[line->words].start = (unsigned char)(start - text);
    line->word[line->words].length = (unsigned char)(end - start);
    line->words++;
}

/* A name runs to a colon, an equals sign or a separator; so "IMU A:" is two names. */
static bool read_name(struct cursor *c, const char *text, struct text_line *line)
{
    const char *start = c->p;
    if (!is_letter(*start) || line->words == TEXT_WORDS) return false;
    while (c->p < c->end && !is_separator(*c->p) && *c->p != ':' && *c->p != '=') c->p++;
    add_word(line, text, start, c->p);
    if (c->p < c->end && !is_separator(*c->p)) c->p++;
    return true;
}

static void add_value(struct text_line *line, double value)
{
    unsigned i = line->values++;
    line->value[i] = value;
    line->name[i] = (signed char)((int)line->words - 1);
    line->part[i] = i > 0 && line->name[i] == line->name[i - 1] ? (unsigned char)(line->part[i - 1] + 1) : 0;
}

static bool read_data(const char *text, size_t length, struct text_line *line)
{
    struct cursor c = {text, text + length};
    for (;;) {
        while (c.p < c.end && is_separator(*c.p)) c.p++;
        if (c.p == c.end) return line->values > 0;
        double value;
        if (read_number(&c, &value) || read_moment(&c, &value)) {
            if (line->values == TEXT_COLUMNS) return false;
            add_value(line, value);
        } else if (!read_name(&c, text, line)) {
            return false;
        }
    }
}

/* Columns of a header stand between commas, semicolons or tabs; only where there are none, between spaces. */
static bool read_header(const char *text, size_t length, struct text_line *line)
{
    bool spaced = true;
    for (size_t i = 0; i < length; i++) spaced = spaced && (text[i] == ' ' || !is_separator(text[i]));
    const char *p = text, *end = text + length;
    while (p < end) {
        while (p < end && *p == ' ') p++;
        const char *start = p;
        while (p < end && !(is_separator(*p) && (spaced || *p != ' '))) p++;
        if (p == start || !is_letter(*start) || line->words == TEXT_WORDS) return false;
        add_word(line, text, start, p);
        if (p < end) p++;
    }
    return line->words > 1;
}

bool text_line_read(const char *text, size_t length, struct text_line *line)
{
    memset(line, 0, sizeof *line);
    if (length > TEXT_LINE_MAX || !is_text(text, length) || is_nmea(text, length)) return false;
    if (read_data(text, length, line)) return true;
    memset(line, 0, sizeof *line);
    return read_header(text, length, line);
}
