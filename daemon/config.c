/* Invariants:
 *   one row of keys[] a key: how it is read, how it is written back, what a person should have typed;
 *   a mistake costs its own line only: it is reported with file and line, and the key keeps its default.
 */
#include "config_key.h"
#include "plumbline/sensor.h"
#include "plumbline/text.h"

#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- kinds of values ---- */

static bool copy(char *to, size_t size, const char *value)
{
    size_t n = strlen(value);
    if (n >= size) return false;
    memcpy(to, value, n + 1);
    return true;
}

static bool whole(const char *value, long low, long high, int *out)
{
    char *end;
    errno = 0;
    long v = strtol(value, &end, 10);
    if (errno || end == value || *end || v < low || v > high) return false;
    *out = (int)v;
    return true;
}

static bool real(const char *value, float low, float high, float *out)
{
    char *end;
    float v = strtof(value, &end);
    if (end == value || *end || !(v >= low && v <= high)) return false;
    *out = v;
    return true;
}

static bool yes_no(const char *value, bool *out)
{
    if (!strcasecmp(value, "yes") || !strcasecmp(value, "on") || !strcasecmp(value, "true")) return *out = true, true;
    if (!strcasecmp(value, "no") || !strcasecmp(value, "off") || !strcasecmp(value, "false")) return *out = false, true;
    return false;
}

/* Index of VALUE among the N words, −1 when it is none of them. */
static int word(const char *value, const char *const *words, int n)
{
    for (int i = 0; i < n; i++)
        if (!strcasecmp(value, words[i])) return i;
    return -1;
}

static const char *const placements[] = {"upper-back", "lower-back"};
static const char *const desks[] = {"seated", "standing", "mixed"};
static const char *const sensitivities[] = {"low", "medium", "high"};
static const char *const day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/* ---- one function a key ---- */

#define READ(what) static bool read_##what(struct config *c, const char *value, char why[128] __attribute__((unused)))
#define WRITE(what) static void write_##what(const struct config *c, const struct key *k, FILE *out)

static void line(FILE *out, const struct key *k, const char *value) { fprintf(out, "%s = %s\n", k->name, value); }
static void line_int(FILE *out, const struct key *k, int value) { fprintf(out, "%s = %d\n", k->name, value); }

READ(device) { return copy(c->device, sizeof c->device, value); }
WRITE(device) { line(out, k, c->device); }
READ(auto_scan) { return yes_no(value, &c->auto_scan); }
WRITE(auto_scan) { line(out, k, c->auto_scan ? "yes" : "no"); }
bool config_protocol_known(const char *name, char why[128])
{
    if (!strcmp(name, "auto") || protocol_find(name)) return true;
    int n = snprintf(why, 128, "auto");
    for (size_t i = 0; protocols[i] && n < 128; i++) n += snprintf(why + n, 128 - (size_t)n, ", %s", protocols[i]->name);
    return false;
}
READ(protocol)
{
    char known[128];
    if (config_protocol_known(value, known)) return copy(c->protocol, sizeof c->protocol, value);
    snprintf(why, 128, "expected one of %.100s", known);
    return false;
}
WRITE(protocol) { line(out, k, c->protocol); }
READ(baud)
{
    int v;
    if (!whole(value, 0, 4000000, &v)) return false;
    c->baud = (unsigned)v;
    return true;
}
WRITE(baud) { line_int(out, k, (int)c->baud); }
READ(rate) { return real(value, 0, 1000, &c->rate_hz); }
WRITE(rate) { fprintf(out, "%s = %g\n", k->name, (double)c->rate_hz); }

READ(placement)
{
    int i = word(value, placements, 2);
    if (i < 0) return false;
    c->tracker.placement = (enum placement)i;
    return true;
}
WRITE(placement) { line(out, k, placements[c->tracker.placement]); }
READ(desk)
{
    int i = word(value, desks, 3);
    if (i < 0) return false;
    c->tracker.desk = (enum desk_kind)i;
    return true;
}
WRITE(desk) { line(out, k, desks[c->tracker.desk]); }
READ(sensitivity)
{
    int i = word(value, sensitivities, 3);
    if (i < 0) return false;
    c->tracker.sensitivity = (enum sensitivity)i;
    return true;
}
WRITE(sensitivity) { line(out, k, sensitivities[c->tracker.sensitivity]); }
READ(bias) { return real(value, -2, 2, &c->tracker.sitting_bias); }
WRITE(bias)
{
    if (!isnan(c->tracker.sitting_bias)) fprintf(out, "%s = %g\n", k->name, (double)c->tracker.sitting_bias);
}

READ(hours)
{
    if (c->coach.n_work >= HOURS_MAX) return snprintf(why, 128, "at most %d lines of hours", HOURS_MAX), false;
    if (schedule_parse_hours(value, &c->coach.work[c->coach.n_work], why)) return false;
    c->coach.n_work++;
    return true;
}
static void print_days(FILE *out, unsigned days)
{
    const char *comma = "";
    for (unsigned d = 0; d < 7; d++)
        if (days >> d & 1) fprintf(out, "%s%s", comma, day_names[d]), comma = ",";
}
static void print_hours(FILE *out, const struct key *k, const struct hours *h)
{
    fprintf(out, "%s = ", k->name);
    print_days(out, h->days);
    fprintf(out, " %02d:%02d-%02d:%02d\n", h->from_min / 60, h->from_min % 60, h->to_min / 60, h->to_min % 60);
}
WRITE(hours)
{
    struct coach_config standard;
    coach_config_default(&standard);
    if (!c->coach.n_work) print_hours(out, k, &standard.work[0]);
    for (unsigned i = 0; i < c->coach.n_work; i++) print_hours(out, k, &c->coach.work[i]);
}
READ(quiet) { return schedule_parse_hours(value, &c->coach.quiet, why) == 0; }
WRITE(quiet)
{
    if (c->coach.quiet.days) print_hours(out, k, &c->coach.quiet);
}
READ(slouch_delay) { return whole(value, 10, 900, &c->coach.slouch_delay_s); }
WRITE(slouch_delay) { line_int(out, k, c->coach.slouch_delay_s); }
READ(break_after) { return whole(value, 5, 180, &c->coach.break_after_min); }
WRITE(break_after) { line_int(out, k, c->coach.break_after_min); }
READ(max_per_hour) { return whole(value, 0, 4, &c->coach.max_per_hour); }
WRITE(max_per_hour) { line_int(out, k, c->coach.max_per_hour); }
READ(max_per_day) { return whole(value, 0, 16, &c->coach.max_per_day); }
WRITE(max_per_day) { line_int(out, k, c->coach.max_per_day); }
READ(routine) { return whole(value, 1, 60, &c->coach.routine_min); }
WRITE(routine) { line_int(out, k, c->coach.routine_min); }

READ(training) { return yes_no(value, &c->coach.training); }
WRITE(training) { line(out, k, c->coach.training ? "yes" : "no"); }

static const char *const notices[] = {"battery", "sensor-lost", "not-seen", "report"};
static void set_notices(struct coach_config *c, unsigned bits)
{
    c->notice_battery = bits & 1;
    c->notice_lost = bits & 2;
    c->notice_not_seen = bits & 4;
    c->notice_report = bits & 8;
}
READ(notices)
{
    char text[128], *rest = text, *one;
    unsigned bits = 0;
    if (!copy(text, sizeof text, value)) return false;
    if (!strcasecmp(text, "none")) return set_notices(&c->coach, 0), true;
    while ((one = strsep(&rest, " ,"))) {
        int i = word(one, notices, 4);
        if (*one && i < 0) return false;
        if (*one) bits |= 1u << i;
    }
    set_notices(&c->coach, bits);
    return true;
}
WRITE(notices)
{
    const bool on[] = {c->coach.notice_battery, c->coach.notice_lost, c->coach.notice_not_seen, c->coach.notice_report};
    fprintf(out, "%s =", k->name);
    for (int i = 0; i < 4; i++)
        if (on[i]) fprintf(out, " %s", notices[i]);
    fputs(on[0] || on[1] || on[2] || on[3] ? "\n" : " none\n", out);
}

READ(workout)
{
    if (c->n_workout >= WORKOUT_RULES_MAX) return snprintf(why, 128, "at most %d workout lines", WORKOUT_RULES_MAX), false;
    if (schedule_parse_rule(value, &c->workout[c->n_workout], why)) return false;
    c->n_workout++;
    return true;
}
WRITE(workout)
{
    for (unsigned i = 0; i < c->n_workout; i++) {
        const struct workout_rule *w = &c->workout[i];
        fprintf(out, "%s = ", k->name);
        print_days(out, w->days);
        fprintf(out, " %02d:%02d %dm %s", w->start_min / 60, w->start_min % 60, w->length_min, workout_type_name(w->type));
        if (w->title[0]) fprintf(out, " \"%s\"", w->title);
        fputc('\n', out);
    }
}

READ(contra)
{
    uint32_t bits = 0;
    if (strcasecmp(value, "none") != 0)
        for (const char *p = value; *p; p++) {
            if (*p == ' ' || *p == ',') continue;
            if (!strchr("wfodiprvbksce", *p)) return false;
            bits |= 1u << (*p - 'a');
        }
    c->contra = bits;
    c->health_answered = true;
    return true;
}
WRITE(contra)
{
    if (!c->health_answered) return;
    fprintf(out, "%s =%s", k->name, c->contra ? "" : " none");
    for (unsigned i = 0; i < 26; i++)
        if (c->contra >> i & 1) fprintf(out, " %c", (char)('a' + i));
    fputc('\n', out);
}
READ(catalogue) { return copy(c->catalogue, sizeof c->catalogue, value); }
WRITE(catalogue)
{
    if (c->catalogue[0]) line(out, k, c->catalogue);
}
READ(calendar_busy) { return yes_no(value, &c->calendar_busy); }
WRITE(calendar_busy) { line(out, k, c->calendar_busy ? "yes" : "no"); }
READ(data) { return value[0] == '/' && copy(c->data, sizeof c->data, value); }
WRITE(data) { line(out, k, c->data); }
READ(retention) { return whole(value, 0, 36500, &c->retention_days); }
WRITE(retention) { line_int(out, k, c->retention_days); }

#define KEY(section, name, function, expected) {section, name, read_##function, write_##function, expected}
static const struct key keys[] = {
    KEY("sensor", "device", device, "auto, a path as /dev/ttyUSB0, or serial:…, usb:…, stream:… or file:…"),
    KEY("sensor", "auto-scan", auto_scan, "yes or no"),
    KEY("sensor", "protocol", protocol, "the name of a protocol"),
    KEY("sensor", "baud", baud, "a speed in bit/s as 115200, or 0 for the usual one"),
    KEY("sensor", "rate", rate, "samples a second, 0 to 1000 (0: learn it)"),
    KEY("sensor", "placement", placement, "upper-back or lower-back"),
    KEY("posture", "sensitivity", sensitivity, "low, medium or high"),
    KEY("posture", "desk", desk, "seated, standing or mixed"),
    KEY("posture", "sitting-bias", bias, "a number from -2 to 2"),
    KEY("coach", "hours", hours, "days and hours as Mon-Fri 08:00-17:30"),
    KEY("coach", "quiet", quiet, "days and hours as Mon-Sun 21:00-07:00"),
    KEY("coach", "slouch-delay", slouch_delay, "seconds, 10 to 900"),
    KEY("coach", "break-after", break_after, "minutes, 5 to 180"),
    KEY("coach", "max-per-hour", max_per_hour, "0 to 4"),
    KEY("coach", "max-per-day", max_per_day, "0 to 16"),
    KEY("coach", "routine", routine, "minutes, 1 to 60"),
    KEY("coach", "training", training, "yes or no"),
    KEY("coach", "notices", notices, "any of battery, sensor-lost, not-seen, report; or none"),
    KEY("coach", "workout", workout, "as Mon,Wed,Fri 18:00 60m squat \"Leg day\""),
    KEY("coach", "catalogue", catalogue, "a file's path"),
    {"calendar", "file", config_calendar_read_file, config_calendar_write_file, "a whole path of an .ics file, or of a folder of them"},
    KEY("calendar", "busy", calendar_busy, "yes or no"),
    {"calendar", "workouts", config_calendar_read_words, config_calendar_write_words, "words as gym, padel, -press"},
    KEY("health", "contra", contra, "none, or letters of w f o d i p r v b k s c e (see the comment in the file)"),
    KEY("store", "data", data, "a folder's whole path"),
    KEY("store", "retention-days", retention, "days, 0 to 36500 (0: keep for ever)"),
};
enum { KEYS = sizeof keys / sizeof keys[0] };

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

static int on_value(void *user, const char *section, const char *name, const char *given)
{
    struct reading *r = user;
    char value[PATH_LEN];
    if (!name || !given) return 1;
    text_copy(value, sizeof value, given);
    cut_comment(value);
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].section, section) != 0 || strcmp(keys[i].name, name) != 0) continue;
        char why[128] = "";
        struct config before = *r->config;
        if (keys[i].read(r->config, value, why)) return 1;
        *r->config = before;
        mistake(r, "key '%s': got '%s': %s%s", name, value, why[0] ? "" : "expected ", why[0] ? why : keys[i].expected);
        return 1;
    }
    for (size_t i = 0; i < KEYS; i++)
        if (!strcmp(keys[i].name, name)) {
            mistake(r, "key '%s' belongs under [%s], not [%s]", name, keys[i].section, section);
            return 1;
        }
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
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(section, keys[i].section) != 0) fprintf(out, "%s[%s]\n", i ? "\n" : "", section = keys[i].section);
        keys[i].write(c, &keys[i], out);
    }
}
