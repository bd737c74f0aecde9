/* Workouts ahead: added by hand, and listed with those of the configuration. */
#include "tool.h"
#include "plumbline/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int minutes_of(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || n < 1) return -1;
    if (!strcmp(end, "h")) n *= 60;
    else if (*end && strcmp(end, "m") != 0) return -1;
    return n <= 1440 ? (int)n : -1;
}

/* A kind it knows, or "unknown" or "-" said on purpose. */
static bool type_of(const char *word, enum workout_type *type)
{
    *type = workout_type_find(word);
    return *type != WORKOUT_UNKNOWN || !strcmp(word, "-") || !strcasecmp(word, workout_type_name(WORKOUT_UNKNOWN));
}

static int refuse_type(const char *word)
{
    char list[128] = "";
    size_t n = 0;
    for (int t = WORKOUT_UNKNOWN + 1; t < WORKOUT_TYPE_COUNT; t++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s, ", workout_type_name((enum workout_type)t));
    return tool_fail(2, "'%s' is no kind of workout; use %sor unknown", word, list);
}

static int add_offline(const struct workout *w)
{
    struct store *s;
    int code = offline_open(&s);
    if (code) return code;
    store_workout(s, w);
    store_close(s);
    return 0;
}

static int add(int argc, char **argv)
{
    struct workout w = {0};
    if (argc < 5 || argc > 6) return tool_fail(2, "expected: workout add TIME LENGTH TYPE [TITLE], as 'tomorrow 18:00' 60m squat");
    if (!tool_time(argv[2], &w.start_wall_s)) return tool_fail(2, "'%s' is no time; use 18:00, 'tomorrow 18:00' or '2026-03-02 18:00'", argv[2]);
    int minutes = minutes_of(argv[3]);
    if (minutes < 0) return tool_fail(2, "'%s' is no length; use 60m or 1h", argv[3]);
    w.end_wall_s = w.start_wall_s + minutes * 60;
    if (!type_of(argv[4], &w.type)) return refuse_type(argv[4]);
    if (argc > 5) text_copy(w.title, sizeof w.title, argv[5]);
    char start[24], length[12];
    snprintf(start, sizeof start, "%lld", (long long)w.start_wall_s);
    snprintf(length, sizeof length, "%d", minutes);
    const char *words[] = {"workout", start, length, workout_type_name(w.type), argc > 5 ? argv[5] : ""};
    json_t *reply = NULL;
    int failed = client_ask(words, argc > 5 ? 5 : 4, &reply);
    const char *error = json_string_value(json_object_get(reply, "error"));
    int code = failed == -ENOTCONN ? add_offline(&w) : failed || error ? tool_fail(1, "%s", error ? error : strerror(-failed)) : 0;
    json_decref(reply);
    if (!code) printf("noted: %s\n", workout_type_name(w.type));
    return code;
}

static void print_one(int64_t start_s, int minutes, const char *type, const char *title)
{
    time_t start = (time_t)start_s;
    struct tm tm;
    char when[32];
    localtime_r(&start, &tm);
    strftime(when, sizeof when, "%a %Y-%m-%d %H:%M", &tm);
    printf("%s  %3d min  %-8s %s\n", when, minutes, type, title);
}

static int print_row(void *arg, const struct workout *w)
{
    ++*(int *)arg;
    print_one(w->start_wall_s, (int)((w->end_wall_s - w->start_wall_s) / 60), workout_type_name(w->type), w->title);
    return 0;
}

static int list_offline(void)
{
    struct diary *d;
    char why[256];
    int n = 0;
    int failed = diary_open(tool_config()->data, &d, why);
    if (failed == -ENOENT) return puts("no workouts"), 0;
    if (failed) return tool_fail(1, "%s", why);
    diary_workouts(d, time(NULL) - 3600, INT64_MAX / 2, print_row, &n);
    diary_close(d);
    if (!n) puts("no workouts; those of the configuration are listed while the daemon runs");
    return 0;
}

static int list(void)
{
    const char *const words[] = {"status"};
    json_t *reply = NULL, *one;
    size_t i;
    if (client_ask(words, 1, &reply)) return list_offline();
    json_t *all = json_object_get(reply, "workouts");
    json_array_foreach(all, i, one)
        print_one(json_integer_value(json_object_get(one, "start_s")), (int)json_integer_value(json_object_get(one, "minutes")),
                  json_string_value(json_object_get(one, "type")), json_string_value(json_object_get(one, "title")));
    if (!json_array_size(all)) puts("no workouts");
    json_decref(reply);
    return 0;
}

int cmd_workout(int argc, char **argv)
{
    if (argc >= 2 && !strcmp(argv[1], "add")) return add(argc, argv);
    if (argc == 2 && !strcmp(argv[1], "list")) return list();
    return tool_fail(2, "expected add or list");
}
