/* Invariants: segments follow each other without a hole, the first is a posture; length_s is the sum of durations; a
 * statement that is not understood to its last word is refused.
 */
#include "scenario.h"

#include "imu.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 6 };
static const double LENGTH_MAX_S = 14 * 86400.0;

enum angle_rule { NO_ANGLE, ANGLE, MAYBE_ANGLE };

static const struct statement {
    const char *word, *second; /* second: a fixed word, or NULL */
    const char *usage, *meaning;
    enum segment_kind kind;
    int side;
    double duration_s; /* 0: the statement says it */
    enum angle_rule angle;
    double default_deg;
} statements[] = {
    {"sit", "upright", "sit upright DUR", "seated, upright", SEGMENT_SIT, 0, 0, NO_ANGLE, 0},
    {"slouch", NULL, "slouch DUR ANGLE", "seated, flexed beyond own upright", SEGMENT_SLOUCH, 0, 0, ANGLE, 0},
    {"recline", NULL, "recline DUR ANGLE", "seated, leaning back", SEGMENT_RECLINE, 0, 0, ANGLE, 0},
    {"lean", "left", "lean left DUR [ANGLE]", "seated, sideways (15deg)", SEGMENT_LEAN, 1, 0, MAYBE_ANGLE, 15},
    {"lean", "right", "lean right DUR [ANGLE]", "the other way", SEGMENT_LEAN, -1, 0, MAYBE_ANGLE, 15},
    {"desk-bend", NULL, "desk-bend DUR ANGLE", "seated, bent over the desk", SEGMENT_DESK_BEND, 0, 0, ANGLE, 0},
    {"fidget", NULL, "fidget DUR", "seated, restless", SEGMENT_FIDGET, 0, 0, NO_ANGLE, 0},
    {"stand", NULL, "stand DUR", "standing", SEGMENT_STAND, 0, 0, NO_ANGLE, 0},
    {"stand-slouch", NULL, "stand-slouch DUR ANGLE", "standing, flexed", SEGMENT_STAND_SLOUCH, 0, 0, ANGLE, 0},
    {"walk", NULL, "walk DUR [CADENCE]", "walking, e.g. at 110spm", SEGMENT_WALK, 0, 0, NO_ANGLE, 0},
    {"lie", NULL, "lie DUR", "lying on the back", SEGMENT_LIE, 0, 0, NO_ANGLE, 0},
    {"take", "off", "take off DUR", "the sensor lies on a table", SEGMENT_TAKE_OFF, 0, 0, NO_ANGLE, 0},
    {"bend", NULL, "bend [ANGLE]", "down and up again in 4 s (50deg)", SEGMENT_BEND, 0, 4, MAYBE_ANGLE, 50},
    {"reach", NULL, "reach", "to the side and back in 2.5 s", SEGMENT_REACH, 0, 2.5, NO_ANGLE, 0},
    {"turn", NULL, "turn DUR X Y Z", "the sensor turns on the body", SEGMENT_TURN, 0, 0, NO_ANGLE, 0},
    {"unplug", NULL, "unplug DUR", "no link; the device counts on", SEGMENT_UNPLUG, 0, 0, NO_ANGLE, 0},
    {"stall", NULL, "stall DUR", "the device hangs: samples are lost in it", SEGMENT_STALL, 0, 0, NO_ANGLE, 0},
    {"reboot", NULL, "reboot", "the device starts anew, in 1.5 s", SEGMENT_REBOOT, 0, 1.5, NO_ANGLE, 0},
};
enum { STATEMENTS = sizeof statements / sizeof *statements };

void scenario_explain(FILE *out)
{
    for (int i = 0; i < STATEMENTS; i++) fprintf(out, "  %-24s %s\n", statements[i].usage, statements[i].meaning);
    fputs("  DUR is like 20s, 12m, 1h or 1h30m; ANGLE like 15deg.\n", out);
}

struct reader {
    struct scenario *s;
    const char *name;
    FILE *errors;
    int line;
    bool began; /* segments or commands seen: no more `set` */
};

__attribute__((format(printf, 2, 3))) static int refuse(const struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(r->errors, "%s:%d: ", r->name, r->line);
    vfprintf(r->errors, format, args);
    fputc('\n', r->errors);
    va_end(args);
    return -EINVAL;
}

/* A finite number within LOW … HIGH with nothing after it but UNIT (which may be left out). */
static bool read_number(const char *text, const char *unit, double low, double high, double *value)
{
    char *end;
    if (!isdigit((unsigned char)text[text[0] == '-' || text[0] == '+'])) return false;
    *value = strtod(text, &end);
    return (*end == '\0' || strcmp(end, unit) == 0) && isfinite(*value) && *value >= low && *value <= high;
}

bool scenario_duration(const char *text, double *seconds)
{
    *seconds = 0;
    while (*text) {
        char *end;
        if (!isdigit((unsigned char)*text)) return false;
        double value = strtod(text, &end);
        double unit = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : 0;
        if (unit == 0) return false;
        *seconds += value * unit;
        text = end + 1;
    }
    return *seconds > 0 && *seconds <= LENGTH_MAX_S;
}

static int read_three(const struct reader *r, int n, char **words, double limit, double *out)
{
    bool good = n == 5;
    for (int i = 0; good && i < 3; i++) good = read_number(words[2 + i], "deg", -limit, limit, &out[i]);
    return good ? 0 : refuse(r, "expected `set %s X Y Z`, three numbers within ±%g", words[1], limit);
}

static int set_number(const struct reader *r, int n, char **words, const char *unit, double low, double high,
                      double *out)
{
    if (n == 3 && read_number(words[2], unit, low, high, out)) return 0;
    return refuse(r, "expected `set %s NUMBER`, %g to %g", words[1], low, high);
}

static int set_part(const struct reader *r, int n, char **words)
{
    r->s->part = n == 3 ? imu_part_find(words[2]) : NULL;
    return r->s->part ? 0 : refuse(r, "expected `set part NAME`; the parts are listed by --list-parts");
}

static int set_placement(const struct reader *r, int n, char **words)
{
    bool upper = n == 3 && strcmp(words[2], "upper-back") == 0, lower = n == 3 && strcmp(words[2], "lower-back") == 0;
    r->s->placement = lower ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK;
    return upper || lower ? 0 : refuse(r, "expected `set placement upper-back` or `set placement lower-back`");
}

static int set(const struct reader *r, int n, char **words)
{
    struct scenario *s = r->s;
    const char *key = n > 1 ? words[1] : "";
    double value = 0;
    int error = 0;
    if (r->began) return refuse(r, "expected every `set` before the first segment");
    if (strcmp(key, "part") == 0) return set_part(r, n, words);
    if (strcmp(key, "placement") == 0) return set_placement(r, n, words);
    if (strcmp(key, "mount") == 0) return read_three(r, n, words, 360, s->mount_deg);
    if (strcmp(key, "rate") == 0) return set_number(r, n, words, "Hz", 1, 1000, &s->rate_hz);
    if (strcmp(key, "ppm") == 0) return set_number(r, n, words, "", -10000, 10000, &s->ppm);
    if (strcmp(key, "gyro-bias") == 0) {
        s->have_gyro_bias = true;
        return read_three(r, n, words, 50, s->gyro_bias_dps);
    }
    if (strcmp(key, "accel-bias") == 0) {
        s->have_accel_bias = true;
        return read_three(r, n, words, 500, s->accel_bias_mg);
    }
    if (strcmp(key, "seed") == 0) {
        error = set_number(r, n, words, "", 0, 0x1p53, &value);
        if (!error) s->seed = (uint64_t)value;
    } else if (strcmp(key, "batch") == 0) {
        error = set_number(r, n, words, "", 1, 19, &value);
        if (!error) s->batch = (unsigned)value;
    } else {
        error =
            refuse(r,
                   "unknown setting `%s`; expected seed, rate, part, mount, placement, gyro-bias, accel-bias, ppm or "
                   "batch",
                   key);
    }
    return error;
}

static int add_command(const struct reader *r, const char *words)
{
    struct scenario *s = r->s;
    struct scenario_command *more = realloc(s->commands, (s->n_commands + 1) * sizeof *more);
    if (!more) return -ENOMEM;
    s->commands = more;
    more[s->n_commands] = (struct scenario_command){.at_s = s->length_s, .words = strdup(words)};
    return more[s->n_commands++].words ? 0 : -ENOMEM;
}

static int add_segment(const struct reader *r, struct segment segment)
{
    struct scenario *s = r->s;
    if (s->n_segments == 0 && !segment_is_posture(segment.kind))
        return refuse(r, "expected a posture first (sit, stand, walk …): this segment goes on with the one before it");
    if (s->length_s + segment.duration_s > LENGTH_MAX_S) return refuse(r, "the scenario is longer than two weeks");
    struct segment *more = realloc(s->segments, (s->n_segments + 1) * sizeof *more);
    if (!more) return -ENOMEM;
    s->segments = more;
    segment.start_s = s->length_s;
    s->length_s += segment.duration_s;
    more[s->n_segments++] = segment;
    return 0;
}

static const struct statement *find_statement(int n, char **words, const char **hint)
{
    *hint = NULL;
    for (const struct statement *st = statements; st < statements + STATEMENTS; st++) {
        if (strcmp(st->word, words[0]) != 0) continue;
        *hint = st->usage;
        if (!st->second || (n > 1 && strcmp(st->second, words[1]) == 0)) return st;
    }
    return NULL;
}

static const char *take(int n, char **words, int *at) { return *at < n ? words[(*at)++] : NULL; }

static int read_segment(const struct reader *r, int n, char **words)
{
    const char *hint, *found = NULL;
    const struct statement *st = find_statement(n, words, &hint);
    if (!st && hint) return refuse(r, "expected `%s`", hint);
    if (!st) return refuse(r, "expected a segment (sit, slouch, stand, walk …), found `%s`; see --help", words[0]);

    struct segment segment = {
        .kind = st->kind, .side = st->side, .duration_s = st->duration_s, .angle_deg = st->default_deg};
    int at = st->second ? 2 : 1;
    bool good = true;
    if (st->duration_s == 0) good = (found = take(n, words, &at)) && scenario_duration(found, &segment.duration_s);
    if (good && (st->angle == ANGLE || (st->angle == MAYBE_ANGLE && at < n)))
        good = (found = take(n, words, &at)) && read_number(found, "deg", 0, 90, &segment.angle_deg);
    for (int i = 0; good && st->kind == SEGMENT_TURN && i < 3; i++)
        good = (found = take(n, words, &at)) && read_number(found, "deg", -360, 360, &segment.turn_deg[i]);
    if (good && st->kind == SEGMENT_WALK && (found = take(n, words, &at)))
        good = read_number(found, "spm", 40, 200, &segment.cadence_spm);
    if (good && (found = take(n, words, &at))) good = false;
    if (!good) return refuse(r, "expected `%s`, found `%s`", st->usage, found ? found : "nothing more");
    return add_segment(r, segment);
}

/* Ends LINE at its comment (a # at its start or after a blank) and at trailing blanks; returns its first word. */
static char *trim(char *line)
{
    for (char *p = line; *p; p++) {
        if (*p == '#' && (p == line || isspace((unsigned char)p[-1]))) *p = '\0';
        if (*p == '\0') break;
    }
    size_t n = strlen(line);
    while (n > 0 && isspace((unsigned char)line[n - 1])) line[--n] = '\0';
    while (isspace((unsigned char)*line)) line++;
    return line;
}

static int read_line(struct reader *r, char *line)
{
    char *rest;
    int n = 0;
    line = trim(line);
    if (*line == '\0') return 0;
    if (*line == '!') {
        r->began = true;
        line++;
        while (isspace((unsigned char)*line)) line++;
        return *line ? add_command(r, line) : refuse(r, "expected a daemon command after `!`");
    }
    char *words[WORDS_MAX] = {line};
    for (char *word = strtok_r(line, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        if (n == WORDS_MAX) return refuse(r, "too many words");
        words[n++] = word;
    }
    if (strcmp(words[0], "set") == 0) return set(r, n, words);
    r->began = true;
    return read_segment(r, n, words);
}

int scenario_read(struct scenario *s, FILE *file, const char *name, FILE *errors)
{
    struct reader r = {.s = s, .name = name, .errors = errors};
    *s = (struct scenario){.seed = 1, .rate_hz = 50, .part = imu_part_find("lsm6dso"), .batch = 10};
    char *line = NULL;
    size_t size = 0;
    int error = 0;
    while (!error && getline(&line, &size, file) >= 0) {
        r.line++;
        error = read_line(&r, line);
    }
    free(line);
    if (!error && ferror(file)) error = refuse(&r, "cannot be read further");
    if (!error && s->n_segments == 0) error = refuse(&r, "expected at least one segment, e.g. `sit upright 10m`");
    return error;
}

void scenario_free(struct scenario *s)
{
    for (size_t i = 0; i < s->n_commands; i++) free(s->commands[i].words);
    free(s->commands);
    free(s->segments);
    s->commands = NULL;
    s->segments = NULL;
    s->n_commands = s->n_segments = 0;
}
