/* A script says at which second of a replay which command is given: "12.500 calibrate sit-upright". */
#include "daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 16, LINE = 256 };

struct script {
    struct daemon *daemon;
    FILE *in;
    const char *path;
    int line;
    bool started, waiting; /* waiting: words hold a command that is not due yet */
    int64_t start_ns, due_ns;
    char text[LINE];
    int argc;
    char *argv[WORDS];
};

static bool take_line(struct script *s)
{
    char *rest = s->text, *word, *end;
    s->argc = 0;
    double at_s = strtod(rest, &end);
    if (end == rest || !(at_s >= 0 && at_s < 1e9)) {
        if (rest[strspn(rest, " \t\r\n")] && rest[0] != '#')
            fprintf(stderr, "%s:%d: expected SECONDS and a command\n", s->path, s->line);
        return false;
    }
    rest = end;
    while ((word = strsep(&rest, " \t\r\n")) && s->argc < WORDS)
        if (*word) s->argv[s->argc++] = word;
    s->due_ns = s->start_ns + (int64_t)(at_s * NS_PER_S);
    return s->argc > 0;
}

static void advance(struct script *s)
{
    s->waiting = false;
    while (fgets(s->text, sizeof s->text, s->in)) {
        s->line++;
        if (take_line(s)) {
            s->waiting = true;
            return;
        }
    }
}

static int64_t due_ns(void *arg, const struct now *now)
{
    struct script *s = arg;
    if (!s->started) {
        s->started = true;
        s->start_ns = now->t_ns;
        advance(s);
    }
    return s->waiting ? s->due_ns : INT64_MAX;
}

/* The next line is read first: a command may run deadlines itself, and must not meet itself there. */
static void run(void *arg, struct pipeline *p)
{
    struct script *s = arg;
    struct script now = *s;
    const char *argv[WORDS];
    json_t *reply = json_object();
    (void)p;
    for (int i = 0; i < now.argc; i++) argv[i] = now.text + (s->argv[i] - s->text);
    advance(s);
    if (commands_run(now.daemon, now.argc, argv, reply) < 0)
        fprintf(stderr, "%s:%d: %s\n", now.path, now.line, json_string_value(json_object_get(reply, "error")));
    json_decref(reply);
}

int script_open(struct daemon *d, const char *path, struct script **out)
{
    struct script *s = calloc(1, sizeof *s);
    if (!s) return -ENOMEM;
    s->daemon = d;
    s->path = path;
    s->in = fopen(path, "re");
    if (!s->in) {
        int failed = -errno;
        free(s);
        return failed;
    }
    *out = s;
    return 0;
}

struct pipeline_hook script_hook(struct script *s) { return (struct pipeline_hook){s, due_ns, run}; }

void script_close(struct script *s)
{
    if (!s) return;
    fclose(s->in);
    free(s);
}
