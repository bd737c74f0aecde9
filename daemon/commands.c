/* One row of commands[] a command: its name, its words, what it does. The socket and replay scripts speak the same ones. */
#include "daemon.h"
#include "plumbline/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *name;
    int min, max; /* words behind the name */
    const char *usage;
    int (*run)(struct daemon *d, int argc, const char *const *argv, json_t *reply); /* argv[0] is the first of them */
};

int commands_refuse(json_t *reply, const char *format, ...)
{
    char raw[256], text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_copy(text, sizeof text, raw); /* a word may have been cut within a character */
    json_object_set_new(reply, "error", json_string(text));
    return -EINVAL;
}

/* "90s", "10m", "1h30m" or plain minutes; −1 when it is none. */
static int duration_s(const char *text)
{
    long total = 0;
    const char *p = text;
    while (isdigit((unsigned char)*p)) {
        char *end;
        long n = strtol(p, &end, 10);
        long unit = *end == 'h' ? 3600 : *end == 'm' ? 60 : *end == 's' ? 1 : *end == 0 && p == text ? 60 : 0;
        if (!unit || n > 100000) return -1;
        total += n * unit;
        p = *end ? end + 1 : end;
    }
    return *p || p == text || total > 7 * 86400 ? -1 : (int)total;
}

bool commands_number(const char *text, long long low, long long high, long long *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return isdigit((unsigned char)text[0]) && !*end && !errno && *value >= low && *value <= high;
}

static int run_status(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc, (void)argv;
    status_fill(d, reply);
    return 0;
}

static int run_calibrate(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc;
    for (int i = 0; i < POSE_COUNT; i++)
        if (!strcmp(argv[0], pose_name((enum pose)i))) {
            pipeline_calibrate(d->pipeline, (enum pose)i);
            return 0;
        }
    return commands_refuse(reply, "'%.32s' is no pose; use sit-upright, sit-slouched, lean-back, bend or stand",
                           argv[0]);
}

static int run_pause(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    int s = argc ? duration_s(argv[0]) : 3600;
    if (s <= 0) return commands_refuse(reply, "'%.32s' is no duration; use for example 45m or 2h", argv[0]);
    pipeline_pause(d->pipeline, s);
    json_object_set_new(reply, "paused_s", json_integer(s));
    return 0;
}

static int run_resume(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc, (void)argv, (void)reply;
    pipeline_pause(d->pipeline, 0);
    return 0;
}

/* The advice meant: by number, or the newest of a topic. 0 when there is none. */
static uint32_t advice_id(struct daemon *d, const char *word)
{
    char *end;
    unsigned long id = strtoul(word, &end, 10);
    if (end != word && !*end) return (uint32_t)id;
    struct pipeline_status status;
    pipeline_status(d->pipeline, &status);
    for (int i = 0; i < TOPIC_COUNT; i++)
        if (!strcmp(word, topic_name((enum topic)i))) return status.last_advice[i];
    return 0;
}

static int run_answer(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc;
    enum answer a = answer_find(argv[1]);
    if (a == ANSWER_COUNT)
        return commands_refuse(reply, "'%.32s' is no answer; use done, snooze, skip or wrong", argv[1]);
    if (pipeline_answer(d->pipeline, advice_id(d, argv[0]), a))
        return commands_refuse(reply, "no notice '%.32s' waits for an answer", argv[0]);
    return 0;
}

static int enter(struct daemon *d, enum entry_kind kind, int argc, const char *const *argv, json_t *reply)
{
    struct entry e = {.kind = kind};
    long long value;
    if (!commands_number(argv[0], 0, 10, &value))
        return commands_refuse(reply, "'%.32s' is no number from 0 to 10", argv[0]);
    const char *area = argc > 1 ? argv[1] : "";
    if (area[0]) area = health_area(area);
    if (!area) return commands_refuse(reply, "'%.32s' is no area; use %s", argv[1], health_areas);
    e.value = (int)value;
    text_copy(e.what, sizeof e.what, area);
    pipeline_enter(d->pipeline, &e);
    return 0;
}

static int run_pain(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    return enter(d, ENTRY_PAIN, argc, argv, reply);
}

static int run_stress(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    return enter(d, ENTRY_STRESS, argc, argv, reply);
}

static int run_soreness(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    return enter(d, ENTRY_SORENESS, argc, argv, reply);
}

static int run_did(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    for (int i = 0; i < argc; i++)
        if (!catalogue_find(pipeline_catalogue(d->pipeline), argv[i]))
            return commands_refuse(reply, "'%.32s' is no exercise; 'plumbline catalogue' lists their names", argv[i]);
    for (int i = 0; i < argc; i++) {
        struct entry e = {.kind = ENTRY_ROUTINE, .value = -1};
        text_copy(e.what, ITEM_ID_MAX, argv[i]);
        pipeline_enter(d->pipeline, &e);
    }
    return 0;
}

/* Without a moment: the one that fits now. */
static int run_routine(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct routine r;
    struct load load;
    enum moment moment = argc ? moment_find(argv[0]) : MOMENT_COUNT;
    if (argc && moment == MOMENT_COUNT)
        return commands_refuse(reply, "'%.32s' is no moment; use pre, post, micro or evening", argv[0]);
    pipeline_routine(d->pipeline, moment, &load, &r);
    status_routine_fill(&r, &load, reply);
    return 0;
}

static int run_presence(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct presence p = {0};
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "locked")) p.locked = true;
        else if (!strcmp(argv[i], "idle")) p.idle = true;
        else if (!strcmp(argv[i], "do-not-disturb")) p.do_not_disturb = true;
        else if (!strcmp(argv[i], "full-screen")) p.full_screen = true;
        else if (!strcmp(argv[i], "sharing")) p.sharing = true;
        else if (!strcmp(argv[i], "busy")) p.busy = true;
        else if (!strcmp(argv[i], "input")) p.input = DESK_INPUT_ACTIVE;
        else if (!strcmp(argv[i], "no-input")) p.input = DESK_INPUT_QUIET;
        else if (strcmp(argv[i], "free") != 0)
            return commands_refuse(reply, "'%.32s' is no presence", argv[i]);
    }
    pipeline_presence(d->pipeline, &p);
    return 0;
}

static int run_battery(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc;
    char *end;
    long percent = strtol(argv[0], &end, 10);
    if (end == argv[0] || *end || percent < 0 || percent > 100) return commands_refuse(reply, "expected a percentage");
    pipeline_battery(d->pipeline, (int)percent);
    return 0;
}

static int run_clock(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc;
    char *end;
    long s = strtol(argv[0], &end, 10);
    if (end == argv[0] || *end || labs(s) > 86400) return commands_refuse(reply, "expected seconds, at most a day");
    if (d->loop) return commands_refuse(reply, "only a replay's clock can be set");
    pipeline_step_clock(d->pipeline, (int)s);
    return 0;
}

static int run_sleep(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc, (void)argv;
    if (d->loop) return commands_refuse(reply, "only a replay can be put to sleep");
    pipeline_on_sleep(d->pipeline, true);
    return 0;
}

static int run_unplugged(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc, (void)argv;
    if (d->loop) return commands_refuse(reply, "only a replay can be told that the sensor was unplugged");
    pipeline_on_unplugged(d->pipeline);
    return 0;
}

static int run_reload(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc, (void)argv;
    int mistakes = d->reload ? d->reload(d) : 0;
    if (mistakes < 0) return commands_refuse(reply, "%s: %s", d->config_path, strerror(-mistakes));
    return mistakes ? commands_refuse(reply, "the configuration has mistakes; see 'plumbline config check'") : 0;
}

static const struct command commands[] = {
    {"status", 0, 0, "", run_status},
    {"calibrate", 1, 1, "POSE", run_calibrate},
    {"pause", 0, 1, "[DURATION]", run_pause},
    {"resume", 0, 0, "", run_resume},
    {"answer", 2, 2, "TOPIC|NUMBER done|snooze|skip|wrong", run_answer},
    {"pain", 1, 2, "0-10 [AREA]", run_pain},
    {"stress", 1, 1, "0-10", run_stress},
    {"soreness", 1, 2, "0-10 [AREA]", run_soreness},
    {"feel", 1, 2, "0-10 [TITLE]", workout_command_feel},
    {"did", 1, ROUTINE_MAX, "ITEM…", run_did},
    {"health", 0, HEALTH_CODES + 1, "[set none|LETTER… | flag NAME… | clear [NAME] | forget]", wearer_command_health},
    {"session", 1, 3, "swedish|deep-tissue|trigger-point|other [START_S [0-10]]", wearer_command_session},
    {"range", 0, 1, "[check|start|stop]", wearer_command_range},
    {"workout", 1, 5, "START_S MINUTES TYPE [TITLE] | start TYPE [TITLE] [LENGTH] | done | cancel [WHICH]", workout_command_run},
    {"routine", 0, 1, "[pre|post|micro|evening]", run_routine},
    {"presence", 1, 6, "free|locked|idle|do-not-disturb|full-screen|sharing|busy|input|no-input…", run_presence},
    {"battery", 1, 1, "PERCENT", run_battery},
    {"clock", 1, 1, "SECONDS", run_clock},
    {"busy", 2, 2, "MINUTES_FROM_NOW LENGTH", workout_command_busy},
    {"calendar", 1, 1, "FILE", workout_command_calendar},
    {"sleep", 0, 0, "", run_sleep},
    {"unplugged", 0, 0, "", run_unplugged},
    {"reload", 0, 0, "", run_reload},
    {"devices", 0, 2, "[pair|never|forget [KEY|PORT]]", devices_command},
    {"sensor", 1, 5, "rate|range|content|zero|identify|vibrate [NUMBER…]", sensor_command_run},
};

int commands_run(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    for (size_t i = 0; argc && i < sizeof commands / sizeof commands[0]; i++) {
        const struct command *c = &commands[i];
        if (strcmp(c->name, argv[0]) != 0) continue;
        if (argc - 1 < c->min || argc - 1 > c->max) return commands_refuse(reply, "usage: %s %s", c->name, c->usage);
        return c->run(d, argc - 1, argv + 1, reply);
    }
    return commands_refuse(reply, "there is no command '%.32s'", argc ? argv[0] : "");
}
