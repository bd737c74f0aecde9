/* What a person says of himself: pain, stress, soreness, what was done; pause, resume, answer. By the daemon where one
 * runs; else entries are written to the diary directly. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { WORDS_MAX = 16 };

static int tell(const char *name, int argc, char **argv, json_t **reply)
{
    const char *words[WORDS_MAX] = {name};
    if (argc > WORDS_MAX) return tool_fail(2, "too many words");
    for (int i = 1; i < argc; i++) words[i] = argv[i];
    return client_do(words, (size_t)argc, reply);
}

static bool daemon_runs(void)
{
    const char *const words[] = {"status"};
    json_t *reply = NULL;
    int failed = client_ask(words, 1, &reply);
    json_decref(reply);
    return failed != -ENOTCONN;
}

static int write_entry(const struct entry *e)
{
    struct store *s;
    int code = offline_open(&s);
    if (code) return code;
    store_entry(s, e);
    store_close(s);
    return 0;
}

/* The words by which the daemon knows regions (daemon/coach/region.c), spelt with a space there; a hyphen spares the
 * shell's quotes. NULL for any other word. */
static const char *area_find(const char *word)
{
    static const char *const areas[] = {"neck", "shoulder", "upper back", "low back", "chest", "arm",   "hip",
                                        "glute", "thigh",   "knee",       "calf",     "leg",   "ankle", "foot"};
    char plain[24];
    snprintf(plain, sizeof plain, "%s", strcmp(word, "lower-back") && strcmp(word, "lower back") ? word : "low back");
    for (char *p = plain; *p; p++)
        if (*p == '-') *p = ' ';
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
        if (!strcasecmp(plain, areas[i])) return areas[i];
    return NULL;
}

static int enter(enum entry_kind kind, int argc, char **argv, int most)
{
    if (argc < 2 || argc > most) return tool_fail(2, "expected a number from 0 to 10%s", most > 2 ? " and an area" : "");
    char *end;
    long value = strtol(argv[1], &end, 10);
    if (end == argv[1] || *end || value < 0 || value > 10) return tool_fail(2, "'%s' is no number from 0 to 10", argv[1]);
    const char *area = argc > 2 ? area_find(argv[2]) : "";
    if (!area) return tool_fail(2, "'%s' is no area; use neck, shoulder, upper-back, low-back, chest, arm, hip, glute, thigh, knee, "
                                   "calf, leg, ankle or foot", argv[2]);
    if (daemon_runs()) {
        const char *const words[] = {argv[0], argv[1], area};
        json_t *reply;
        int code = client_do(words, (size_t)argc, &reply);
        if (code) return code;
        const char *note = json_string_value(json_object_get(reply, "note"));
        if (note) puts(note);
        json_decref(reply);
    } else {
        struct entry e = {.wall_s = time(NULL), .kind = kind, .value = (int)value};
        snprintf(e.what, sizeof e.what, "%s", area);
        int code = write_entry(&e);
        if (code) return code;
    }
    puts("noted");
    return 0;
}

int cmd_pain(int argc, char **argv) { return enter(ENTRY_PAIN, argc, argv, 3); }
int cmd_stress(int argc, char **argv) { return enter(ENTRY_STRESS, argc, argv, 2); }
int cmd_soreness(int argc, char **argv) { return enter(ENTRY_SORENESS, argc, argv, 3); }

static int simple(int argc, char **argv, int least, int most, const char *done)
{
    json_t *reply;
    if (argc < least || argc > most) return tool_fail(2, "wrong words; see plumbline %s --help", argv[0]);
    int code = tell(argv[0], argc, argv, &reply);
    if (code) return code;
    json_decref(reply);
    puts(done);
    return 0;
}

int cmd_pause(int argc, char **argv)
{
    json_t *reply;
    if (argc > 2) return tool_fail(2, "expected one duration, as 45m or 2h");
    int code = tell("pause", argc, argv, &reply);
    if (code) return code;
    time_t until = time(NULL) + (time_t)json_integer_value(json_object_get(reply, "paused_s"));
    struct tm tm;
    localtime_r(&until, &tm);
    printf("no notices until %02d:%02d; everything is still measured\n", tm.tm_hour, tm.tm_min);
    json_decref(reply);
    return 0;
}

int cmd_resume(int argc, char **argv) { return simple(argc, argv, 1, 1, "notices are on"); }
int cmd_answer(int argc, char **argv) { return simple(argc, argv, 3, 3, "noted"); }
int cmd_did(int argc, char **argv) { return simple(argc, argv, 2, 9, "noted"); }
