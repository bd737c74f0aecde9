/* Workouts: added, begun, done, called off, and listed with those of configuration and calendar. By the daemon where
 * one runs; else the diary's rows are read and written here. */
#include "tool.h"
#include "plumbline/agenda.h"
#include "plumbline/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { YEAR_S = 366 * 86400 };

static struct agenda agenda; /* without a daemon: what the diary and the configuration tell */

static int64_t look_offline(void)
{
    int64_t now_s = time(NULL);
    agenda_load(&agenda, tool_config()->data, now_s);
    agenda_lay_out(&agenda, tool_config(), now_s);
    return now_s;
}

static int keep_offline(const struct workout *w)
{
    struct store *s;
    int code = offline_open(&s);
    if (code) return code;
    store_workout(s, w);
    store_close(s);
    return 0;
}

/* "Leg day, Mon 2026-03-02 18:00" */
static void print_name(const char *before, const char *name, int64_t start_s)
{
    char when[32];
    printf("%s%s, %s", before, name, agenda_when(start_s, when));
}

static void print_overlap(const char *name, int64_t start_s)
{
    if (!name) return;
    print_name("; it overlaps ", name, start_s);
    fputs(" ('plumbline workout cancel' takes one out)", stdout);
}

/* What came of the words, by the daemon; −ENOTCONN: none runs. */
static int tell(const char *done, const char *const *words, size_t n)
{
    json_t *reply = NULL;
    int failed = client_ask(words, n, &reply);
    const char *error = json_string_value(json_object_get(reply, "error"));
    if (failed == -ENOTCONN) return failed;
    int code = failed || error ? tool_fail(1, "%s", error ? error : strerror(-failed)) : 0;
    if (!code) {
        print_name(done, json_string_value(json_object_get(reply, "name")),
                   json_integer_value(json_object_get(reply, "start_s")));
        print_overlap(json_string_value(json_object_get(reply, "overlaps")),
                      json_integer_value(json_object_get(reply, "overlaps_s")));
        putchar('\n');
    }
    json_decref(reply);
    return code;
}

/* The same where none runs. */
static int tell_offline(const char *done, const struct workout *w)
{
    int other = w->end_wall_s > w->start_wall_s ? agenda_overlap(&agenda, w) : -1;
    int code = keep_offline(w);
    if (code) return code;
    print_name(done, agenda_name(w), w->start_wall_s);
    if (other >= 0) print_overlap(agenda_name(&agenda.workout[other]), agenda.workout[other].start_wall_s);
    putchar('\n');
    return 0;
}

/* Of a workout that is to be; the words behind the command's name have been read into W. */
static int put(const char *done, const struct workout *w)
{
    char start[24], length[12];
    snprintf(start, sizeof start, "%lld", (long long)w->start_wall_s);
    snprintf(length, sizeof length, "%d", (int)((w->end_wall_s - w->start_wall_s) / 60));
    const char *words[] = {"workout", start, length, workout_type_name(w->type), w->title};
    int code = tell(done, words, w->title[0] ? 5 : 4);
    if (code != -ENOTCONN) return code;
    look_offline();
    return tell_offline(done, w);
}

static int add(int argc, const char *const *argv)
{
    struct workout w = {0};
    char why[160];
    if (argc < 3 || argc > 4)
        return tool_fail(2, "expected: workout add TIME LENGTH TYPE [TITLE], as 'tomorrow 18:00' 60m squat");
    if (!tool_time(argv[0], &w.start_wall_s))
        return tool_fail(2, "'%s' is no time; use 18:00, 'tomorrow 18:00' or '2026-03-02 18:00'", argv[0]);
    if (llabs(w.start_wall_s - time(NULL)) > YEAR_S) return tool_fail(2, "'%s' is more than a year away", argv[0]);
    int minutes = agenda_minutes(argv[1]);
    if (minutes < 0) return tool_fail(2, "'%s' is no length; use 60m or 1h", argv[1]);
    w.end_wall_s = w.start_wall_s + minutes * 60;
    if (agenda_type(argv[2], &w.type, why)) return tool_fail(2, "%s", why);
    if (argc > 3) text_copy(w.title, sizeof w.title, argv[3]);
    return put("noted: ", &w);
}

static int start(int argc, const char *const *argv)
{
    struct workout w;
    char why[160];
    if (agenda_begin(&w, argc, argv, time(NULL), why)) return tool_fail(2, "%s", why);
    return put("begun: ", &w);
}

static int done(void)
{
    const char *const words[] = {"workout", "done"};
    int code = tell("done: ", words, 2);
    if (code != -ENOTCONN) return code;
    int64_t now_s = look_offline();
    int i = agenda_running(&agenda, now_s);
    if (i < 0) return tool_fail(1, "no workout is going on; 'plumbline workout list' shows what is ahead");
    struct workout w = agenda.workout[i];
    w.end_wall_s = now_s > w.start_wall_s ? now_s : w.start_wall_s + 1;
    return tell_offline("done: ", &w);
}

static int cancel(const char *which)
{
    char start[24], why[160];
    int64_t start_s;
    if (tool_time(which, &start_s)) {
        snprintf(start, sizeof start, "%lld", (long long)start_s);
        which = start;
    }
    const char *const words[] = {"workout", "cancel", which};
    int code = tell("called off: ", words, 3);
    if (code != -ENOTCONN) return code;
    int i = agenda_find(&agenda, which, look_offline(), why);
    if (i < 0) return tool_fail(1, "%s", why);
    struct workout w = agenda.workout[i];
    w.end_wall_s = w.start_wall_s;
    return tell_offline("called off: ", &w);
}

/* ---- feel -------------------------------------------------------------------------------------------------------- */

static int feel_offline(int value, const char *title)
{
    struct entry e = {.kind = ENTRY_FEEL, .value = value, .wall_s = time(NULL)};
    struct store *s;
    int last = agenda_last(&agenda, look_offline());
    if (!title && last < 0)
        return tool_fail(1, "no workout since yesterday is known; say which: workout feel %d 'Leg day'", value);
    text_copy(e.what, sizeof e.what, title ? title : agenda_name(&agenda.workout[last]));
    int code = offline_open(&s);
    if (code) return code;
    store_entry(s, &e);
    store_close(s);
    printf("noted: %d for %s\n", value, e.what);
    return 0;
}

static int feel(int argc, const char *const *argv)
{
    const char *words[] = {"feel", argc > 0 ? argv[0] : "", argc > 1 ? argv[1] : ""};
    char *end;
    long value = strtol(words[1], &end, 10);
    json_t *reply = NULL;
    if (argc < 1 || argc > 2)
        return tool_fail(2, "expected a number from 0 (awful) to 10 (great), and a title if you like");
    if (end == words[1] || *end || value < 0 || value > 10)
        return tool_fail(2, "'%s' is no number from 0 to 10", argv[0]);
    int failed = client_ask(words, (size_t)argc + 1, &reply);
    if (failed == -ENOTCONN) return feel_offline((int)value, argc > 1 ? argv[1] : NULL);
    const char *error = json_string_value(json_object_get(reply, "error"));
    int code = failed || error ? tool_fail(1, "%s", error ? error : strerror(-failed)) : 0;
    if (!code) printf("noted: %ld for %s\n", value, json_string_value(json_object_get(reply, "name")));
    json_decref(reply);
    return code;
}

/* ---- list -------------------------------------------------------------------------------------------------------- */

static json_t *list_offline(void)
{
    json_t *list = json_array();
    int64_t now_s = look_offline();
    for (unsigned i = 0; i < agenda.n; i++) {
        const struct workout *w = &agenda.workout[i];
        if (w->end_wall_s > now_s)
            json_array_append_new(list, json_pack("{s:I, s:i, s:s, s:s, s:s}", "start_s", (json_int_t)w->start_wall_s,
                                                  "minutes", (int)((w->end_wall_s - w->start_wall_s) / 60), "type",
                                                  workout_type_name(w->type), "title", w->title, "from",
                                                  agenda_source_name(agenda.source[i])));
    }
    return list;
}

static void print_one(const json_t *one)
{
    char when[32];
    agenda_when(json_integer_value(json_object_get(one, "start_s")), when);
    printf("%s  %3d min  %-8s  %-8s  %s\n", when, (int)json_integer_value(json_object_get(one, "minutes")),
           json_string_value(json_object_get(one, "type")), json_string_value(json_object_get(one, "from")),
           json_string_value(json_object_get(one, "title")));
}

static int list(bool json)
{
    const char *const words[] = {"status"};
    json_t *reply = NULL, *one;
    size_t i;
    int failed = client_ask(words, 1, &reply);
    if (failed && failed != -ENOTCONN) return tool_fail(1, "the daemon does not answer (%s)", strerror(-failed));
    json_t *all = failed ? list_offline() : json_incref(json_object_get(reply, "workouts"));
    if (json) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        json_array_foreach(all, i, one) print_one(one);
        if (!json_array_size(all)) puts("no workouts");
        if (failed && tool_config()->n_calendar) puts("(those of the calendar are known while the daemon runs)");
    }
    json_decref(all);
    json_decref(reply);
    return 0;
}

int cmd_workout(int argc, char **argv)
{
    const char *const *words = (const char *const *)argv + 2;
    const char *verb = argc > 1 ? argv[1] : "";
    int n = argc - 2;
    if (!strcmp(verb, "add")) return add(n, words);
    if (!strcmp(verb, "start")) return start(n, words);
    if (!strcmp(verb, "done") && n == 0) return done();
    if (!strcmp(verb, "cancel") && n <= 1) return cancel(n ? words[0] : "next");
    if (!strcmp(verb, "feel")) return feel(n, words);
    if (!strcmp(verb, "list") && (n == 0 || (n == 1 && !strcmp(words[0], "--json")))) return list(n == 1);
    return tool_fail(2, "expected add, list [--json], start, done, cancel [WHICH] or feel");
}
