/* Invariants:
 *   one row of a table a key (config_key.h);
 *   a mistake costs its own line only: it is reported with file and line, and the key keeps its default.
 */
#include "config_key.h"

#include "plumbline/health.h"
#include "plumbline/sensor.h"
#include "plumbline/text.h"

#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

static const char *const placements[] = {"upper-back", "lower-back"};
static const char *const desks[] = {"seated", "standing", "mixed"};
static const char *const sensitivities[] = {"low", "medium", "high"};

/* ---- one function a key ---- */

READ(device) { return config_value_copy(c->device, sizeof c->device, value); }
WRITE(device) { config_value_line(out, k, c->device); }
READ(auto_scan) { return config_value_yes_no(value, &c->auto_scan); }
WRITE(auto_scan) { config_value_line(out, k, c->auto_scan ? "yes" : "no"); }
bool config_protocol_known(const char *name, char why[128])
{
    if (!strcmp(name, "auto") || protocol_find(name)) return true;
    int n = snprintf(why, 128, "auto");
    for (size_t i = 0; protocols[i] && n < 128; i++)
        n += snprintf(why + n, 128 - (size_t)n, ", %s", protocols[i]->name);
    return false;
}
READ(protocol)
{
    char known[128];
    if (config_protocol_known(value, known)) return config_value_copy(c->protocol, sizeof c->protocol, value);
    snprintf(why, 128, "expected one of %.100s", known);
    return false;
}
WRITE(protocol) { config_value_line(out, k, c->protocol); }
READ(baud)
{
    int v;
    if (!config_value_whole(value, 0, 4000000, &v)) return false;
    c->baud = (unsigned)v;
    return true;
}
WRITE(baud) { config_value_line_int(out, k, (int)c->baud); }
READ(rate) { return config_value_real(value, 0, 1000, &c->rate_hz); }
WRITE(rate) { fprintf(out, "%s = %g\n", k->name, (double)c->rate_hz); }

READ(placement)
{
    int i = config_value_word(value, placements, 2);
    if (i < 0) return false;
    c->tracker.placement = (enum placement)i;
    return true;
}
WRITE(placement) { config_value_line(out, k, placements[c->tracker.placement]); }
READ(desk)
{
    int i = config_value_word(value, desks, 3);
    if (i < 0) return false;
    c->tracker.desk = (enum desk_kind)i;
    return true;
}
WRITE(desk) { config_value_line(out, k, desks[c->tracker.desk]); }
READ(sensitivity)
{
    int i = config_value_word(value, sensitivities, 3);
    if (i < 0) return false;
    c->tracker.sensitivity = (enum sensitivity)i;
    return true;
}
WRITE(sensitivity) { config_value_line(out, k, sensitivities[c->tracker.sensitivity]); }
READ(bias) { return config_value_real(value, -2, 2, &c->tracker.sitting_bias); }
WRITE(bias)
{
    if (!isnan(c->tracker.sitting_bias)) fprintf(out, "%s = %g\n", k->name, (double)c->tracker.sitting_bias);
}

/* A letter that is not there is a no: who leaves one open answers at the terminal. */
READ(contra)
{
    struct health h = {0};
    bool none = !strcasecmp(value, "none");
    if (strchr(value, '?') || !health_answer(&h, none ? "none" : value) || !h.answered) return false;
    c->contra = h.yes;
    c->health_answered = true;
    return true;
}
WRITE(contra)
{
    struct health h = {0};
    char text[HEALTH_TEXT_MAX];
    if (!c->health_answered) return;
    health_unite(&h, c->contra);
    health_text(&h, text);
    config_value_line(out, k, text);
}
READ(data) { return value[0] == '/' && config_value_copy(c->data, sizeof c->data, value); }
WRITE(data) { config_value_line(out, k, c->data); }
READ(retention) { return config_value_whole(value, 0, 36500, &c->retention_days); }
WRITE(retention) { config_value_line_int(out, k, c->retention_days); }

static const struct config_key sensor_keys[] = {
    CONFIG_KEY("sensor", "device", device, "auto, a path as /dev/ttyUSB0, or serial:…, usb:…, stream:… or file:…"),
    CONFIG_KEY("sensor", "auto-scan", auto_scan, "yes or no"),
    CONFIG_KEY("sensor", "protocol", protocol, "the name of a protocol"),
    CONFIG_KEY("sensor", "baud", baud, "a speed in bit/s as 115200, or 0 for the usual one"),
    CONFIG_KEY("sensor", "rate", rate, "samples a second, 0 to 1000 (0: learn it)"),
    CONFIG_KEY("sensor", "placement", placement, "upper-back or lower-back"),
    CONFIG_KEY("posture", "sensitivity", sensitivity, "low, medium or high"),
    CONFIG_KEY("posture", "desk", desk, "seated, standing or mixed"),
    CONFIG_KEY("posture", "sitting-bias", bias, "a number from -2 to 2"),
    CONFIG_KEYS_END,
};
static const struct config_key wearer_keys[] = {
    CONFIG_KEY("health", "contra", contra, "none, or letters of " HEALTH_LETTERS " (see the comment in the file)"),
    CONFIG_KEY("store", "data", data, "a folder's whole path"),
    CONFIG_KEY("store", "retention-days", retention, "days, 0 to 36500 (0: keep for ever)"),
    CONFIG_KEYS_END,
};
/* In the order of the file. */
static const struct config_key *const tables[] = {sensor_keys, config_coach_keys, config_calendar_keys, wearer_keys};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* ---- reading ---- */

struct reading {
    struct config *config;
    FILE *in, *err;
    const char *path;
    int line, mistakes;
};

__attribute__((format(printf, 2, 3))) static void mistake(struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(r->err, "%s:%d: ", r->path, r->line);
    vfprintf(r->err, format, args);
    fputc('\n', r->err);
    va_end(args);
    r->mistakes++;
}

static bool is_statement(const char *text)
{
    text += strspn(text, " \t\r\n");
    return !*text || *text == '#' || *text == ';' || *text == '[' || strpbrk(text, "=:") != NULL;
}

/* Feeds inih a line, counting; a line that is no statement is reported here and read as empty, so that one mistake does
 * not hide the next. */
static char *next_line(char *text, int size, void *stream)
{
    struct reading *r = stream;
    if (!fgets(text, size, r->in)) return NULL;
    r->line++;
    if (!strchr(text, '\n') && !feof(r->in)) {
        for (int ch; (ch = fgetc(r->in)) != EOF && ch != '\n';) {}
        mistake(r, "the line is longer than %d characters", size - 2);
        text[0] = 0;
    } else if (!is_statement(text)) {
        mistake(r, "expected [section], key = value or # comment");
        text[0] = 0;
    }
    size_t blanks = strspn(text, " \t"); /* an indented line is a line of its own, not the rest of the one before */
    memmove(text, text + blanks, strlen(text + blanks) + 1);
    return text;
}

/* Takes off what a person wrote behind a value: a comment begins with a # (or ;) after a blank, outside quotes. */
static void cut_comment(char *value)
{
    bool quoted = false;
    for (char *p = value; *p; p++) {
        if (*p == '"') quoted = !quoted;
        if (!quoted && (*p == '#' || *p == ';') && p > value && (p[-1] == ' ' || p[-1] == '\t')) {
            while (p > value && (p[-1] == ' ' || p[-1] == '\t')) p--;
            *p = 0;
            return;
        }
    }
}

/* SECTION = NULL: in whichever. NULL when there is no such key. */
static const struct config_key *find(const char *section, const char *name)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct config_key *k = tables[t]; k->section; k++)
            if ((!section || !strcmp(k->section, section)) && !strcmp(k->name, name)) return k;
    return NULL;
}

static int on_value(void *user, const char *section, const char *name, const char *given)
{
    struct reading *r = user;
    char value[PATH_LEN];
    if (!name || !given) return 1;
    text_copy(value, sizeof value, given);
    cut_comment(value);
    const struct config_key *k = find(section, name);
    if (k) {
        char why[128] = "";
        struct config before = *r->config;
        if (k->read(r->config, value, why)) return 1;
        *r->config = before;
        bool told = strcmp(k->section, "health") != 0; /* the journal is no place for an answer on health */
        mistake(r, "key '%s': %s%s%s%s%s", name, told ? "got '" : "", told ? value : "", told ? "': " : "",
                why[0] ? "" : "expected ", why[0] ? why : k->expected);
    } else if ((k = find(NULL, name)))
        mistake(r, "key '%s' belongs under [%s], not [%s]", name, k->section, section);
    else
        mistake(r, "there is no key '%.40s'; 'plumbline config show' lists them all", name);
    return 1;
}

int config_read(struct config *c, const char *path, FILE *err)
{
    struct reading r = {.config = c, .err = err, .path = path};
    r.in = fopen(path, "re");
    if (!r.in) return -errno;
    ini_parse_stream(next_line, &r, on_value, &r);
    int failed = ferror(r.in) ? -EIO : 0;
    fclose(r.in);
    return failed ? failed : r.mistakes;
}

void config_write(const struct config *c, FILE *out)
{
    const char *section = "";
    for (size_t t = 0; t < TABLES; t++)
        for (const struct config_key *k = tables[t]; k->section; k++) {
            if (strcmp(section, k->section) != 0) fprintf(out, "%s[%s]\n", section[0] ? "\n" : "", k->section);
            section = k->section;
            k->write(c, k, out);
        }
}
