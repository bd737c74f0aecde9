/* Invariants: a value is taken whole or not at all; every text is UTF-8 without control characters, so that it can go to
 * a terminal, a notice and the socket as it is. */
#include "catalogue_values.h"

#include "need.h"
#include "plumbline/health.h"
#include "region.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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
    KEY_OFF,
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
    [KEY_OFF] = {"off", 0, 0, false},
    [KEY_DOSE_PRE] = {"dose.pre", 0, 0, false},
    [KEY_DOSE_POST] = {"dose.post", 0, 0, false},
    [KEY_DOSE_MICRO] = {"dose.micro", 0, 0, false},
    [KEY_DOSE_EVENING] = {"dose.evening", 0, 0, false},
};

__attribute__((format(printf, 2, 3))) static bool fault(char why[CATALOGUE_FAULT_MAX], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, CATALOGUE_FAULT_MAX, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- single values ----------------------------------------------------------------------------------------------- */

/* Length in bytes of the character at S, 0 when it is none that may be shown. */
static size_t character(const unsigned char *s)
{
    if (s[0] < 0x20 || s[0] == 0x7f) return 0;
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    size_t n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool none = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f) || (s[0] == 0xc2 && s[1] < 0xa0);
    return overlong || none ? 0 : n;
}

static bool is_text(const char *value)
{
    const unsigned char *s = (const unsigned char *)value;
    while (*s) {
        size_t n = character(s);
        if (n == 0) return false;
        s += n;
    }
    return true;
}

static bool take_string(struct stanza *s, enum key k, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    if (keys[k].needed && !*value) return fault(why, "%s is empty", keys[k].name);
    if (strlen(value) >= keys[k].size) return fault(why, "%s has more than %zu bytes", keys[k].name, keys[k].size - 1);
    memcpy((char *)&s->item + keys[k].at, value, strlen(value) + 1);
    return true;
}

static bool take_kind(struct item *item, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    for (int k = 0; k < ITEM_KIND_COUNT; k++)
        if (strcmp(item_kind_name((enum item_kind)k), value) == 0) {
            item->kind = (enum item_kind)k;
            return true;
        }
    return fault(why,
                 "kind '%.20s' is none of mobility, stretch, foam-roll, ball-release, breathing, strengthen, "
                 "professional",
                 value);
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

static bool take_when(struct item *item, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    char word[24];
    while (next_word(&value, word)) {
        enum moment m = moment_find(word);
        if (m == MOMENT_COUNT) return fault(why, "when '%s' is none of pre, post, micro, evening", word);
        item->when |= (uint8_t)(1u << m);
    }
    return item->when ? true : fault(why, "when is empty; expected some of pre, post, micro, evening");
}

static bool take_contra(struct item *item, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    char word[24];
    if (strcmp(value, "none") == 0) return true;
    while (next_word(&value, word)) {
        if (word[1] || !health_is_letter(word[0]))
            return fault(why, "contra '%s' is not one of " HEALTH_LETTERS, word);
        item->contra |= HEALTH_BIT(word[0]);
    }
    return true;
}

static bool take_workouts(struct item *item, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    char word[24];
    while (next_word(&value, word)) {
        enum workout_type type = workout_type_find(word);
        if (type == WORKOUT_UNKNOWN && strcmp(word, "unknown") != 0)
            return fault(why, "workouts: '%s' is not known", word);
        item->workouts |= 1u << type;
    }
    return true;
}

/* "120 s: 2 x 30 s a side" */
static bool take_dose(struct item *item, enum moment m, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    unsigned seconds = 0;
    const char *v = value;
    for (; *v >= '0' && *v <= '9' && seconds <= UINT16_MAX; v++) seconds = seconds * 10 + (unsigned)(*v - '0');
    v += strspn(v, " ");
    if (seconds == 0 || seconds > UINT16_MAX || strncmp(v, "s:", 2) != 0)
        return fault(why, "dose '%.20s' does not begin like '60 s: '", value);
    v += 2 + strspn(v + 2, " ");
    if (strlen(v) >= sizeof item->dose[m])
        return fault(why, "the words of a dose have at most %zu bytes", sizeof item->dose[m] - 1);
    snprintf(item->dose[m], sizeof item->dose[m], "%s", v);
    item->seconds[m] = (uint16_t)seconds;
    return true;
}

static bool take_off(struct stanza *s, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    s->off = strcmp(value, "yes") == 0;
    return s->off || strcmp(value, "no") == 0 ? true : fault(why, "off '%.20s' is neither yes nor no", value);
}

bool catalogue_values_take(struct stanza *s, const char *key, const char *value, char why[CATALOGUE_FAULT_MAX])
{
    int k = 0;
    while (k < KEY_COUNT && strcmp(keys[k].name, key) != 0) k++;
    if (k == KEY_COUNT) return fault(why, "[%.15s] key '%.20s' is not known", s->item.id, key);
    if (s->keys & 1u << k) return fault(why, "[%.15s] %s is given twice", s->item.id, key);
    s->keys |= 1u << k;
    if (!is_text(value)) return fault(why, "%s is not UTF-8 text", key);
    switch (k) {
    case KEY_KIND: return take_kind(&s->item, value, why);
    case KEY_WHEN: return take_when(&s->item, value, why);
    case KEY_CONTRA: return take_contra(&s->item, value, why);
    case KEY_WORKOUTS: return take_workouts(&s->item, value, why);
    case KEY_OFF: return take_off(s, value, why);
    case KEY_DOSE_PRE:
    case KEY_DOSE_POST:
    case KEY_DOSE_MICRO:
    case KEY_DOSE_EVENING: return take_dose(&s->item, (enum moment)(k - KEY_DOSE_PRE), value, why);
    default: return take_string(s, (enum key)k, value, why);
    }
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

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

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static bool is_whole(const struct stanza *s, char why[CATALOGUE_FAULT_MAX])
{
    size_t n = 0;
    for (unsigned k = 0; k < KEY_COUNT; k++)
        if (keys[k].needed && !(s->keys & 1u << k))
            n += n ? (size_t)snprintf(why + n, CATALOGUE_FAULT_MAX - n, ", %s", keys[k].name)
                   : (size_t)snprintf(why, CATALOGUE_FAULT_MAX, "[%.15s] has no %s", s->item.id, keys[k].name);
    return n == 0;
}

bool catalogue_values_agree(const struct stanza *s, char why[CATALOGUE_FAULT_MAX])
{
    const struct item *item = &s->item;
    char rule[96];
    if (!is_whole(s, why)) return false;
    if (characters(item->name) > ITEM_NAME_CHARACTERS)
        return fault(why, "[%s] name has more than %d characters", item->id, ITEM_NAME_CHARACTERS);
    if (need_check(item->need, rule) < 0) return fault(why, "[%s] %s", item->id, rule);
    if (!is_grade(item->evidence))
        return fault(why, "[%s] evidence is none of good, some, custom, unverified", item->id);
    if (rolls(item) && region_of(item->area) & REGION_LOW_BACK) return fault(why, "[%s] rolls the low back", item->id);
    if (rolls(item) && !region_of(item->area) && !region_is_bone(item->area))
        return fault(why, "[%s] rolls '%s', which is no known part of the body", item->id, item->area);
    if (rolls(item) && region_is_bone(item->area))
        return fault(why, "[%s] rolls on bone; name the muscle beside it", item->id);
    if (item->kind == ITEM_STRETCH && item->seconds[MOMENT_PRE] > longest_hold_before_s(item))
        return fault(why, "[%s] holds longer than %u s before a workout", item->id, longest_hold_before_s(item));
    for (unsigned m = 0; m < MOMENT_COUNT; m++)
        if ((item->when >> m & 1) != (item->seconds[m] != 0))
            return fault(why, "[%s] 'when' and dose.%s do not agree", item->id, moment_name((enum moment)m));
    return true;
}

/* What every shipped item of the kind names. */
static uint32_t least_contra(enum item_kind kind)
{
    uint32_t rolled = HEALTH_BIT('w') | HEALTH_BIT('f') | HEALTH_BIT('d') | HEALTH_BIT('i');
    if (kind == ITEM_FOAM_ROLL || kind == ITEM_BALL_RELEASE) return rolled;
    return kind == ITEM_PROFESSIONAL
               ? rolled | HEALTH_BIT('e') | HEALTH_BIT('p') | HEALTH_BIT('c') | HEALTH_BIT('b')
               : 0;
}

void catalogue_values_be_careful(struct stanza *s, const struct item *before)
{
    s->item.contra |= least_contra(s->item.kind);
    if (before)
        s->item.contra |= before->contra;
    else if (!(s->keys & 1u << KEY_CONTRA))
        s->item.contra |= HEALTH_HARMFUL;
}
