/* Names of topics and answers stand in daemon/event.c, once: the diary and the buttons spell them alike. */
#include "plumbline/routine.h"

#include <string.h>
#include <strings.h>

const char *topic_name(enum topic t) { return event_reason_name(EVENT_ALERT, (int)t); }

const char *answer_name(enum answer a) { return event_reason_name(EVENT_ANSWER, (int)a); }

enum answer answer_find(const char *name)
{
    enum answer a = ANSWER_DONE;
    while (a < ANSWER_COUNT && strcmp(answer_name(a), name) != 0) a++;
    return a;
}

static const char *const workout_types[WORKOUT_TYPE_COUNT] = {
    [WORKOUT_UNKNOWN] = "unknown", [WORKOUT_SQUAT] = "squat", [WORKOUT_DEADLIFT] = "deadlift",
    [WORKOUT_RUN] = "run",         [WORKOUT_SWIM] = "swim",   [WORKOUT_UPPER] = "upper",
    [WORKOUT_CYCLE] = "cycle",     [WORKOUT_YOGA] = "yoga",   [WORKOUT_ROW] = "row",
};

static const struct {
    const char *word;
    enum workout_type type;
} synonyms[] = {
    {"squats", WORKOUT_SQUAT},   {"legs", WORKOUT_SQUAT},
    {"leg", WORKOUT_SQUAT},      {"deadlifts", WORKOUT_DEADLIFT},
    {"hinge", WORKOUT_DEADLIFT}, {"running", WORKOUT_RUN},
    {"jog", WORKOUT_RUN},        {"jogging", WORKOUT_RUN},
    {"swimming", WORKOUT_SWIM},  {"pull", WORKOUT_UPPER},
    {"press", WORKOUT_UPPER},    {"push", WORKOUT_UPPER},
    {"bench", WORKOUT_UPPER},    {"tennis", WORKOUT_UPPER},
    {"climbing", WORKOUT_UPPER}, {"bike", WORKOUT_CYCLE},
    {"cycling", WORKOUT_CYCLE},  {"spinning", WORKOUT_CYCLE},
    {"mobility", WORKOUT_YOGA},  {"stretching", WORKOUT_YOGA},
    {"pilates", WORKOUT_YOGA},   {"rowing", WORKOUT_ROW},
    {"erg", WORKOUT_ROW},
};

const char *workout_type_name(enum workout_type t)
{
    return workout_types[(unsigned)t < WORKOUT_TYPE_COUNT ? t : WORKOUT_UNKNOWN];
}

enum workout_type workout_type_find(const char *word)
{
    for (unsigned i = 0; i < WORKOUT_TYPE_COUNT; i++)
        if (strcasecmp(word, workout_types[i]) == 0) return (enum workout_type)i;
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
        if (strcasecmp(word, synonyms[i].word) == 0) return synonyms[i].type;
    return WORKOUT_UNKNOWN;
}

bool workout_loads_spine(enum workout_type t)
{
    return t == WORKOUT_SQUAT || t == WORKOUT_DEADLIFT || t == WORKOUT_ROW;
}

static const char *const item_kinds[ITEM_KIND_COUNT] = {
    "mobility", "stretch", "foam-roll", "ball-release", "breathing", "strengthen", "professional",
};
static const char *const moments[MOMENT_COUNT] = {"pre", "post", "micro", "evening"};

const char *item_kind_name(enum item_kind k) { return (unsigned)k < ITEM_KIND_COUNT ? item_kinds[k] : "unknown"; }

const char *moment_name(enum moment m) { return (unsigned)m < MOMENT_COUNT ? moments[m] : "unknown"; }

enum moment moment_find(const char *name)
{
    enum moment m = MOMENT_PRE;
    while (m < MOMENT_COUNT && strcmp(moments[m], name) != 0) m++;
    return m;
}
