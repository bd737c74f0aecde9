#include "desk_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static void must(int r, const char *what)
{
    if (r >= 0) return;
    fprintf(stderr, "%s: %s\n", what, strerror(-r));
    abort();
}

static uint64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void on_answered(void *arg, uint32_t id, enum answer a)
{
    struct fixture *f = arg;
    f->answers++;
    f->answer_id = id;
    f->answer = a;
}

static void on_presence(void *arg, const struct presence *p)
{
    struct fixture *f = arg;
    f->presences++;
    f->presence = *p;
}

static void on_sleep(void *arg, bool going_to_sleep)
{
    struct fixture *f = arg;
    f->sleeps++;
    f->asleep = going_to_sleep;
}

void fixture_open(struct fixture *f)
{
    *f = (struct fixture){0};
    must(sd_event_new(&f->loop), "event loop");
    snprintf(f->folder, sizeof f->folder, "/tmp/plumbline-desk-XXXXXX");
    must(mkdtemp(f->folder) ? 0 : -errno, f->folder);
    snprintf(f->log, sizeof f->log, "%s/log", f->folder);
}

void fixture_desk(struct fixture *f)
{
    struct desk_listener listener = {f, on_answered, on_presence, on_sleep};
    must(desk_open_bus(f->loop, &listener, &f->desk), "desk");
}

void fixture_close(struct fixture *f)
{
    desk_close(f->desk);
    fixture_stop_server(f);
    sd_bus_flush_close_unref(f->peer);
    sd_event_unref(f->loop);
    unlink(f->log);
    rmdir(f->folder);
}

pid_t fixture_spawn(const char *const argv[])
{
    pid_t child = fork();
    must(child, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(argv[0], (char *const *)argv); /* POSIX: the words are not changed */
        perror(argv[0]);
        _exit(127);
    }
    return child;
}

void fixture_reap(pid_t child)
{
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
}

void fixture_start_server(struct fixture *f, const char *arg, const char *value)
{
    char path[512];
    const char *bin = getenv("PLUMBLINE_BIN");
    snprintf(path, sizeof path, "%s/notify_server", bin ? bin : ".");
    unlink(f->log);
    f->server = fixture_spawn((const char *[]){path, "--log", f->log, arg, value, NULL});
    must(fixture_run(f, fixture_logged, "ready", 60000) ? 0 : -ETIMEDOUT, path);
}

void fixture_stop_server(struct fixture *f)
{
    if (f->server) fixture_reap(f->server);
    f->server = 0;
}

bool fixture_run(struct fixture *f, bool (*holds)(struct fixture *f, const void *what), const void *what, unsigned ms)
{
    for (uint64_t end = clock_ms() + ms; !holds(f, what);) {
        if (clock_ms() >= end) return false;
        must(sd_event_run(f->loop, 20000), "loop");
    }
    return true;
}

unsigned fixture_idle(struct fixture *f, unsigned ms)
{
    unsigned wakeups = 0;
    for (uint64_t now, end = clock_ms() + ms; (now = clock_ms()) < end;) {
        int r = sd_event_run(f->loop, (end - now) * 1000);
        must(r, "loop");
        wakeups += r > 0;
    }
    return wakeups;
}

unsigned fixture_count(struct fixture *f, const char *text)
{
    unsigned count = 0;
    char line[4096];
    FILE *log = fopen(f->log, "re");
    while (log && fgets(line, sizeof line, log)) count += strstr(line, text) != NULL;
    if (log) fclose(log);
    return count;
}

bool fixture_logged(struct fixture *f, const void *text) { return fixture_count(f, text) > 0; }
bool fixture_described(struct fixture *f, const void *text) { return strstr(desk_describe(f->desk), text) != NULL; }
bool fixture_answered(struct fixture *f, const void *count) { return f->answers >= *(const unsigned *)count; }

void fixture_person(struct fixture *f, const char *method, const char *types, ...)
{
    va_list args;
    if (!f->peer) must(sd_bus_open_user(&f->peer), "peer");
    va_start(args, types);
    must(sd_bus_call_methodv(f->peer, NAME, PATH, "plumbline.Test", method, NULL, NULL, types, args), method);
    va_end(args);
}

void fixture_advise(struct fixture *f, enum advice_action action, enum topic topic, uint32_t id, const char *title,
                    const char *body)
{
    struct advice a = {.action = action,
                       .topic = topic,
                       .id = id,
                       .answers = 1u << ANSWER_DONE | 1u << ANSWER_SNOOZE | 1u << ANSWER_WRONG};
    struct now now = {0};
    snprintf(a.title, sizeof a.title, "%s", title);
    snprintf(a.body, sizeof a.body, "%s", body);
    desk_advise(f->desk, &a, &now);
}
