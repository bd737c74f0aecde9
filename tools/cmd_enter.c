/* What a person says of himself: pain, stress, soreness, what was done; pause, resume, answer. By the daemon where one
 * runs; else entries are written to the diary directly. */
#include "said.h"

#include "plumbline/health.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORDS_MAX = 16 };

static int tell(const char *name, int argc, char **argv, json_t **reply)
{
    const char *words[WORDS_MAX] = {name};
    if (argc > WORDS_MAX) return tool_fail(2, "too many words");
    for (int i = 1; i < argc; i++) words[i] = argv[i];
    return client_do(words, (size_t)argc, reply);
}

static int enter(enum entry_kind kind, int argc, char **argv, int most)
{
    if (argc < 2 || argc > most)
        return tool_fail(2, "expected a number from 0 to 10%s", most > 2 ? ", and an area if you like" : "");
    char *end;
    long value = strtol(argv[1], &end, 10);
    bool scale = end != argv[1] && !*end && value >= 0 && value <= 10;
    if (!scale) return tool_fail(2, "'%s' is no number from 0 to 10", argv[1]);
    const char *area = argc > 2 ? health_area(argv[2]) : "";
    if (!area) return tool_fail(2, "'%s' is no area; use %s", argv[2], health_areas);
    struct entry e = {.wall_s = time(NULL), .kind = kind, .value = (int)value};
    snprintf(e.what, sizeof e.what, "%s", area);
    const char *const words[] = {argv[0], argv[1], area};
    int code = said_tell(words, (size_t)argc, &e, 1, NULL);
    if (!code) puts("noted");
    return code;
}

/* ---- pain, and when it asks for more than a routine ---- */

enum { RATINGS_MAX = 4096, WEEKS_S = 8 * 7 * 86400 };
struct pains {
    size_t n;
    struct rating rating[RATINGS_MAX];
};

static int take_pain(void *arg, const struct entry *e)
{
    struct pains *p = arg;
    if (e->kind != ENTRY_PAIN) return 0;
    if (p->n == RATINGS_MAX - 1) memmove(p->rating, p->rating + 1, --p->n * sizeof p->rating[0]);
    p->rating[p->n++] = (struct rating){e->wall_s, e->value};
    return 0;
}

int cmd_pain(int argc, char **argv)
{
    static struct pains pains;
    int code = enter(ENTRY_PAIN, argc, argv, 3);
    if (code) return code;
    int64_t now_s = time(NULL);
    if (said_each(now_s - WEEKS_S, take_pain, &pains)) pains.n = 0; /* told; the new one counts all the same */
    pains.rating[pains.n++] = (struct rating){now_s, atoi(argv[1])}; /* it may not be in the file yet */
    const char *advice = health_pain_advice(health_pain_look(pains.rating, pains.n, now_s));
    if (advice[0]) puts(advice);
    return 0;
}

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
int cmd_did(int argc, char **argv) { return simple(argc, argv, 2, 1 + ROUTINE_MAX, "noted"); }
