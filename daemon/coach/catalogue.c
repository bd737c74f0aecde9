/* Invariants: C holds only whole, checked items, ids unique; a stanza with any fault adds nothing. libinih splits lines
 * into keys; our reader hands them over one by one, so that each fault has its line, and refuses what libinih would
 * quietly cut (long lines) or join (indented ones). */
#include "catalogue.h"

#include "need.h"
#include "region.h"

#include <ini.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct parser {
    struct catalogue *catalogue;
    const char *rest;
    int line, faults, fault_line; /* a line counts as one fault */
    char *why;
    struct item item;  /* the stanza being read */
    bool open, broken; /* inside a stanza; it has a fault */
    unsigned keys;     /* bits of the keys it has given */
};

__attribute__((format(printf, 2, 3))) static void fault(struct parser *p, const char *format, ...)
{
    char what[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (p->faults == 0) snprintf(p->why, 160, "line %d: %s", p->line, what);
    if (p->fault_line != p->line) p->faults++;
    p->fault_line = p->line;
    p->broken = true;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void set_kind(struct parser *p, const char *value)
{
    int k = 0;
    while (k < ITEM_KIND_COUNT && strcmp(item_kind_name((enum item_kind)k), value) != 0) k++;
    if (k == ITEM_KIND_COUNT)
        fault(p, "kind '%.20s' is none of stretch, mobility, foam-roll …", value);
    else
        p->item.kind = (enum item_kind)k;
}

/* Next word of *LIST into OUT; false at the end. A word that does not fit is cut, and then matches nothing. */
static bool next_word(const char **list, char out[24])
{
    *list += strspn(*list, " \t,");
    size_t n = strcspn(*list, " \t,");
    if (n == 0) return false;
    snprintf(out, 24, "%.*s", (int)n, *list);
    *list += n;
    return true;
}

static void set_when(struct parser *p, const char *value)
{
    char word[24];
    while (next_word(&value, word)) {
        enum moment m = moment_find(word);
        if (m == MOMENT_COUNT)
            fault(p, "when '%s' is none of pre, post, micro, evening", word);
        else
            p->item.when |= (uint8_t)(1u << m);
    }
}

static void set_contra(struct parser *p, const char *value)
{
    char word[24];
    while (next_word(&value, word)) {
        if (word[1] || !strchr(CONTRA_LETTERS, word[0]))
            fault(p, "contra '%s' is not one of " CONTRA_LETTERS, word);
        else
            p->item.contra |= 1u << (word[0] - 'a');
    }
}

static void set_workouts(struct parser *p, const char *value)
{
    char word[24];
    while (next_word(&value, word)) {
        enum workout_type type = workout_type_find(word);
        if (type == WORKOUT_UNKNOWN && strcmp(word, "unknown") != 0)
            fault(p, "workouts: '%s' is not known", word);
        else
            p->item.workouts |= 1u << type;
    }
}

/* "120 s: 2 x 30 s a side" */
static void set_dose(struct parser *p, enum moment m, const char *value)
{
    unsigned seconds = 0;
    const char *v = value;
    for (; *v >= '0' && *v <= '9' && seconds <= UINT16_MAX; v++) seconds = seconds * 10 + (unsigned)(*v - '0');
    v += strspn(v, " ");
    if (seconds == 0 || seconds > UINT16_MAX || strncmp(v, "s:", 2) != 0) {
        fault(p, "dose '%.20s' does not begin like '60 s: '", value);
        return;
    }
    v += 2 + strspn(v + 2, " ");
    if (strlen(v) >= sizeof p->item.dose[m])
        fault(p, "the words of a dose have at most %zu bytes", sizeof p->item.dose[m] - 1);
    else
        snprintf(p->item.dose[m], sizeof p->item.dose[m], "%s", v);
    p->item.seconds[m] = (uint16_t)seconds;
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

enum key {
    KEY_NAME,
    KEY_AREA,
    KEY_NEED,
    KEY_STEP1,
    KEY_STEP2,
    KEY_STEP3,
    KEY_STOP,
    KEY_SOURCE,
    KEY_EVIDENCE,
    KEY_KIND,
    KEY_WHEN,
    KEY_CONTRA,
    KEY_WORKOUTS,
    KEY_DOSE_PRE,
    KEY_DOSE_POST,
    KEY_DOSE_MICRO,
    KEY_DOSE_EVENING,
    KEY_COUNT
};

#define FIELD(member) offsetof(struct item, member), sizeof((struct item *)0)->member
static const struct {
    const char *name;
    size_t at, size; /* of the string field; 0 where the value is read by a function */
    bool needed;
} keys[KEY_COUNT] = {
    [KEY_NAME] = {"name", FIELD(name), true},
    [KEY_AREA] = {"area", FIELD(area), true},
    [KEY_NEED] = {"need", FIELD(need), false},
    [KEY_STEP1] = {"step1", FIELD(step[0]), true},
    [KEY_STEP2] = {"step2", FIELD(step[1]), false},
    [KEY_STEP3] = {"step3", FIELD(step[2]), false},
    [KEY_STOP] = {"stop", FIELD(stop), true},
    [KEY_SOURCE] = {"source", FIELD(source), true},
    [KEY_EVIDENCE] = {"evidence", FIELD(evidence), true},
    [KEY_KIND] = {"kind", 0, 0, true},
    [KEY_WHEN] = {"when", 0, 0, true},
    [KEY_CONTRA] = {"contra", 0, 0, false},
    [KEY_WORKOUTS] = {"workouts", 0, 0, false},
    [KEY_DOSE_PRE] = {"dose.pre", 0, 0, false},
    [KEY_DOSE_POST] = {"dose.post", 0, 0, false},
    [KEY_DOSE_MICRO] = {"dose.micro", 0, 0, false},
    [KEY_DOSE_EVENING] = {"dose.evening", 0, 0, false},
};

static void set_string(struct parser *p, enum key k, const char *value)
{
    if (strlen(value) >= keys[k].size) {
        fault(p, "%s has more than %zu bytes", keys[k].name, keys[k].size - 1);
        return;
    }
    memcpy((char *)&p->item + keys[k].at, value, strlen(value) + 1);
}

static void set_value(struct parser *p, enum key k, const char *value)
{
    switch (k) {
    case KEY_KIND: set_kind(p, value); break;
    case KEY_WHEN: set_when(p, value); break;
    case KEY_CONTRA: set_contra(p, value); break;
    case KEY_WORKOUTS: set_workouts(p, value); break;
    case KEY_DOSE_PRE:
    case KEY_DOSE_POST:
    case KEY_DOSE_MICRO:
    case KEY_DOSE_EVENING: set_dose(p, (enum moment)(k - KEY_DOSE_PRE), value); break;
    default: set_string(p, k, value); break;
    }
}

/* libinih's handler: 1 goes on. */
static int take_key(void *user, const char *section, const char *name, const char *value)
{
    struct parser *p = user;
    int k = 0;
    while (k < KEY_COUNT && strcmp(keys[k].name, name) != 0) k++;
    if (!p->open)
        fault(p, "'%.20s' stands before the first [id]", name);
    else if (k == KEY_COUNT)
        fault(p, "[%.15s] key '%.20s' is not known", section, name);
    else if (p->keys & 1u << k)
        fault(p, "[%.15s] %s is given twice", section, name);
    else {
        p->keys |= 1u << k;
        set_value(p, (enum key)k, value);
    }
    return 1;
}

/* ---- stanzas ----------------------------------------------------------------------------------------------------- */

/* Holds of ≥ 60 s a muscle cost strength (Behm 2016), at the hip's front from 270 s on (Konrad 2021); a dose counts
 * both sides. */
static unsigned longest_hold_before_s(const struct item *item)
{
    return region_of(item->area) & REGION_HIP ? 240 : 120;
}

static bool rolls(const struct item *item) { return item->kind == ITEM_FOAM_ROLL || item->kind == ITEM_BALL_RELEASE; }

static bool is_grade(const char *word)
{
    static const char *const grades[] = {"good", "some", "custom", "unverified"};
    for (size_t i = 0; i < sizeof grades / sizeof grades[0]; i++)
        if (strcmp(grades[i], word) == 0) return true;
    return false;
}

static void check_sense(struct parser *p)
{
    struct item *item = &p->item;
    char why[96];
    if (need_check(item->need, why) < 0) fault(p, "[%s] %s", item->id, why);
    if (!is_grade(item->evidence)) fault(p, "[%s] evidence is none of good, some, custom, unverified", item->id);
    if (rolls(item) && region_of(item->area) & REGION_LOW_BACK) fault(p, "[%s] rolls the low back", item->id);
    if (item->kind == ITEM_STRETCH && item->seconds[MOMENT_PRE] > longest_hold_before_s(item))
        fault(p, "[%s] holds too long before a workout", item->id);
    for (unsigned m = 0; m < MOMENT_COUNT; m++)
        if ((item->when >> m & 1) != (item->seconds[m] != 0))
            fault(p, "[%s] 'when' and dose.%s do not agree", item->id, moment_name((enum moment)m));
}

static void keep(struct parser *p)
{
    struct catalogue *c = p->catalogue;
    unsigned i = 0;
    while (i < c->n && strcmp(c->item[i].id, p->item.id) != 0) i++;
    if (i == CATALOGUE_MAX) {
        fault(p, "more than %d items", CATALOGUE_MAX);
        return;
    }
    c->item[i] = p->item;
    if (i == c->n) c->n++;
}

static void end_stanza(struct parser *p)
{
    if (!p->open) return;
    for (int k = 0; k < KEY_COUNT; k++)
        if (keys[k].needed && !(p->keys & 1u << k)) fault(p, "[%s] has no %s", p->item.id, keys[k].name);
    if (!p->broken) check_sense(p);
    if (!p->broken) keep(p);
    p->open = false;
}

static void begin_stanza(struct parser *p, const char *line)
{
    size_t n = strspn(line + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    memset(&p->item, 0, sizeof p->item);
    p->open = true;
    p->broken = false;
    p->keys = 0;
    if (n == 0 || n >= ITEM_ID_MAX || line[1 + n] != ']')
        fault(p, "expected [id], 1 to %d of a-z 0-9 _ -", ITEM_ID_MAX - 1);
    else
        memcpy(p->item.id, line + 1, n);
}

static void look_at(struct parser *p, const char *line)
{
    const char *start = line + strspn(line, " \t\r\n");
    if (*start == 0 || *start == ';' || *start == '#') return;
    if (start > line)
        fault(p, "a line begins with a blank");
    else if (*line == '[') {
        p->line--;
        end_stanza(p);
        p->line++;
        begin_stanza(p, line);
    } else if (!strpbrk(line, "=:"))
        fault(p, "expected 'key = value'");
}

/* libinih's reader, as fgets(): the next line of the text, or NULL. A line that does not fit is cut and refused. */
static char *next_line(char *line, int size, void *user)
{
    struct parser *p = user;
    if (!*p->rest) return NULL;
    size_t length = strcspn(p->rest, "\n"), kept = length < (size_t)size - 2 ? length : (size_t)size - 2;
    memcpy(line, p->rest, kept);
    line[kept] = '\n';
    line[kept + 1] = 0;
    p->rest += length + (p->rest[length] == '\n');
    p->line++;
    look_at(p, line);
    if (kept < length) fault(p, "a line has more than %zu bytes", kept);
    return line;
}

int catalogue_parse(struct catalogue *c, const char *text, char why[160])
{
    struct parser p = {.catalogue = c, .rest = text, .why = why};
    why[0] = 0;
    ini_parse_stream(next_line, &p, take_key, &p);
    end_stanza(&p);
    return p.faults;
}

const struct item *catalogue_find(const struct catalogue *c, const char *id)
{
    for (unsigned i = 0; i < c->n; i++)
        if (strcmp(c->item[i].id, id) == 0) return &c->item[i];
    return NULL;
}
