#include "said.h"

#include <errno.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

int said_ask(const char *const *words, size_t n, json_t **reply)
{
    int fd = client_connect(1);
    *reply = NULL;
    if (fd == -ENOTCONN) return 0;
    if (fd >= 0) close(fd);
    return client_do(words, n, reply);
}

static int write_entries(const struct entry *entries, size_t n)
{
    struct store *s;
    int code = offline_open(&s);
    if (code) return code;
    for (size_t i = 0; i < n; i++) store_entry(s, &entries[i]);
    store_close(s);
    return 0;
}

int said_tell(const char *const *words, size_t n_words, const struct entry *entries, size_t n, json_t **reply)
{
    json_t *answer = NULL;
    int code = said_ask(words, n_words, &answer);
    if (!code && !answer) code = write_entries(entries, n);
    if (reply)
        *reply = answer;
    else
        json_decref(answer);
    return code;
}

int said_each(int64_t from_s, int (*fn)(void *, const struct entry *), void *arg)
{
    struct diary *d;
    char why[256];
    int failed = diary_open(tool_config()->data, &d, why);
    if (failed == -ENOENT) return 0;
    if (failed) return tool_fail(1, "%s", why);
    failed = diary_entries(d, from_s, INT64_MAX, fn, arg);
    diary_close(d);
    return failed < 0 ? tool_fail(1, "%s", diary_error(failed)) : 0;
}

static int take_health(void *arg, const struct entry *e)
{
    struct health *h = arg;
    if (e->kind == ENTRY_HEALTH) health_answer(h, e->what);
    if (e->kind == ENTRY_RED_FLAG) health_note_flag(h, e->what, e->value > 0);
    return 0;
}

static int read_health(struct health *h)
{
    int code = said_each(INT64_MIN, take_health, h);
    if (!code && tool_config()->health_answered) health_unite(h, tool_config()->contra);
    return code;
}

int said_health(struct health *h)
{
    const char *const words[] = {"health"};
    json_t *reply, *flag;
    size_t i;
    *h = (struct health){0};
    int code = said_ask(words, 1, &reply);
    if (code || !reply) return code ? code : read_health(h);
    const char *text = json_string_value(json_object_get(reply, "contra"));
    if (text) health_answer(h, text);
    json_array_foreach(json_object_get(reply, "red_flags"), i, flag)
    {
        if (json_is_string(flag)) health_note_flag(h, json_string_value(flag), true);
    }
    json_decref(reply);
    return 0;
}

void said_time(int64_t wall_s, char text[24])
{
    time_t t = (time_t)wall_s;
    struct tm tm;
    if (!localtime_r(&t, &tm) || !strftime(text, 24, "%Y-%m-%d %H:%M", &tm)) snprintf(text, 24, "?");
}

bool said_yes(const char *question)
{
    char line[16] = "";
    printf("%s [y/N] ", question);
    fflush(stdout);
    return fgets(line, sizeof line, stdin) && (!strcasecmp(line, "y\n") || !strcasecmp(line, "yes\n"));
}
