/* What can be asked and said of body and health. Answers go into the diary and the reply, never to standard error. */
#include "daemon.h"
#include "plumbline/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void note(struct daemon *d, enum entry_kind kind, int value, const char *what)
{
    struct entry e = {.kind = kind, .value = value};
    text_copy(e.what, sizeof e.what, what);
    pipeline_enter(d->pipeline, &e);
}

/* ---- health ---- */

static json_t *flags_of(const struct health *h)
{
    json_t *list = json_array();
    for (int i = 0; i < HEALTH_FLAGS; i++)
        if (h->red >> i & 1) json_array_append_new(list, json_string(health_flags[i].id));
    return list;
}

json_t *wearer_command_describe(const struct daemon *d)
{
    struct health h;
    pipeline_health(d->pipeline, &h);
    return json_pack("{s:b, s:b, s:b}", "answered", h.answered, "red_flag", h.red != 0, "emergency",
                     health_emergency(&h));
}

static int show_health(struct daemon *d, json_t *reply)
{
    struct health h;
    char text[HEALTH_TEXT_MAX];
    pipeline_health(d->pipeline, &h);
    health_text(&h, text);
    json_object_set_new(reply, "answered", json_boolean(h.answered));
    json_object_set_new(reply, "contra", json_string(text));
    json_object_set_new(reply, "red_flags", flags_of(&h));
    return 0;
}

static int set_health(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct health h = {0};
    char text[2 * HEALTH_TEXT_MAX] = "";
    for (int i = 0; i < argc; i++) {
        size_t n = strlen(text), more = strlen(argv[i]);
        if (n + more + 2 > sizeof text) return commands_refuse(reply, "those are too many letters");
        if (n) text[n++] = ' ';
        memcpy(text + n, argv[i], more + 1);
    }
    if (!health_answer(&h, text) || !h.answered)
        return commands_refuse(reply,
                               "expected 'none', or letters of " HEALTH_LETTERS "; 'plumbline health' asks in words");
    health_text(&h, text); /* each letter once */
    note(d, ENTRY_HEALTH, -1, text);
    return show_health(d, reply);
}

static int note_flags(struct daemon *d, int argc, const char *const *argv, bool noted, json_t *reply)
{
    for (int i = 0; i < argc; i++)
        if (health_flag_find(argv[i]) < 0)
            return commands_refuse(reply, "there is no such sign; 'plumbline health --help' lists them");
    for (int i = 0; i < argc; i++) note(d, ENTRY_RED_FLAG, noted, argv[i]);
    if (!argc && !noted) note(d, ENTRY_RED_FLAG, 0, "");
    return show_health(d, reply);
}

int wearer_command_health(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    if (!argc) return show_health(d, reply);
    if (!strcmp(argv[0], "set")) return set_health(d, argc - 1, argv + 1, reply);
    if (!strcmp(argv[0], "flag") && argc > 1) return note_flags(d, argc - 1, argv + 1, true, reply);
    if (!strcmp(argv[0], "clear")) return note_flags(d, argc - 1, argv + 1, false, reply);
    if (strcmp(argv[0], "forget") != 0 || argc > 1)
        return commands_refuse(reply, "expected set, flag, clear or forget");
    note(d, ENTRY_HEALTH, -1, "");
    return show_health(d, reply);
}

/* ---- therapist sessions ---- */

int wearer_command_session(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    enum { YEARS_S = 10 * 366 * 86400, SOON_S = 60 };
    struct entry e = {.kind = ENTRY_SESSION, .value = -1};
    struct pipeline_status status;
    long long at_s, felt;
    if (!outcome_session_known(argv[0]))
        return commands_refuse(reply, "expected swedish, deep-tissue, trigger-point or other");
    text_copy(e.what, sizeof e.what, argv[0]);
    pipeline_status(d->pipeline, &status);
    long long now_s = status.now.wall_ns / NS_PER_S;
    if (argc > 1) {
        if (!commands_number(argv[1], now_s - YEARS_S, now_s + SOON_S, &at_s))
            return commands_refuse(reply, "expected a time of the last ten years; what is ahead is noted when it was");
        e.wall_s = at_s;
    }
    if (argc > 2) {
        if (!commands_number(argv[2], 0, 10, &felt))
            return commands_refuse(reply, "expected a number from 0 to 10 for how it felt");
        e.value = (int)felt;
    }
    pipeline_enter(d->pipeline, &e);
    return 0;
}

/* ---- range of motion ---- */

static const char *against(struct daemon *d, int error)
{
    struct health h;
    switch (error) {
    case -ENODATA: return "no samples come; is the sensor on? (plumbline doctor)";
    case -ENOTUNIQ: return "the sensor is not worn, it seems; put it on and walk a few steps";
    case -EDOM: return "which way is forward is not known yet; walk a few steps, or plumbline calibrate";
    default: pipeline_health(d->pipeline, &h); return health_against_range(&h, 10);
    }
}

static void show_range(struct daemon *d, json_t *reply)
{
    static const char *const state[] = {"idle", "running", "done", "refused"};
    static const char *const fault[] = {"", "no-samples", "no-reference", "not-worn", "moved", "not-back", "walked"};
    struct range_view v;
    pipeline_range(d->pipeline, &v);
    json_t *found = json_object();
    for (int w = 0; w < RANGE_WAYS; w++)
        json_object_set_new(found, range_way_name((enum range_way)w),
                            isfinite(v.deg[w]) ? json_real((double)v.deg[w]) : json_null());
    json_object_update_new(reply, json_pack("{s:s, s:s, s:i, s:f, s:f, s:o}", "state", state[v.state], "fault",
                                            fault[v.fault], "phase", v.phase, "phase_left_s", (double)v.phase_left_s,
                                            "left_s", (double)v.left_s, "deg", found));
}

int wearer_command_range(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    if (argc && !strcmp(argv[0], "stop")) {
        pipeline_range_stop(d->pipeline);
    } else if (argc) {
        bool start = !strcmp(argv[0], "start");
        if (!start && strcmp(argv[0], "check") != 0) return commands_refuse(reply, "expected check, start or stop");
        int failed = start ? pipeline_range_start(d->pipeline) : pipeline_range_check(d->pipeline);
        if (failed) return commands_refuse(reply, "%s", against(d, failed));
    }
    show_range(d, reply);
    return 0;
}
