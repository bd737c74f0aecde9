/* Invariants:
 *   at most one child runs, in a process group of its own; it is killed for whatever goes wrong, and its end, which the
 *   loop tells, is the one place where a run is over; sd-event reaps it;
 *   reading never waits, and stops at the bounds of calendar_lines.h.
 */
#include "calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "plumbline-calendar"
enum { CHUNK = 4096, WORDS = 8 + CALENDARS_MAX };
/* Its own limits end it sooner; a machine that is busy or starting may take long. */
#define MOST_US (10 * 1000000ULL)

struct calendar_child {
    sd_event *loop;
    calendar_ended *ended;
    void *arg;
    pid_t pid; /* 0: none runs */
    int out;
    sd_event_source *end, *io, *limit;
    const char *why; /* it was killed */
    struct calendar_lines lines;
};

/* ---- the program and its words ---- */

/* Beside this program, as in a build folder; else where it is installed. */
static bool find_program(char path[PATH_LEN])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_LEN - sizeof PROGRAM);
    char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;
    if (slash) {
        memcpy(slash + 1, PROGRAM, sizeof PROGRAM);
        if (access(path, X_OK) == 0) return true;
    }
    snprintf(path, PATH_LEN, "%s/" PROGRAM, PLUMBLINE_LIBEXEC);
    return access(path, X_OK) == 0;
}

/* Times without a zone are the machine's: $TZ, or what /etc/localtime is a link to. Empty: it has no name, as where
 * /etc/localtime is a copy; the child's note says so. */
static void zone_name(char name[PATH_LEN])
{
    const char *tz = getenv("TZ"), *marker = "/zoneinfo/";
    char *link = tz ? NULL : realpath("/etc/localtime", NULL);
    if (tz && tz[0] == ':') tz++;
    const char *whole = tz && tz[0] ? tz : link ? link : "UTC", *at = strstr(whole, marker);
    snprintf(name, PATH_LEN, "%s", at ? at + strlen(marker) : whole[0] == '/' ? "" : whole);
    free(link);
}

static int spawn(pid_t *pid, int out, char *const words[])
{
    char *environment[] = {"LANG=C.UTF-8", "PATH=/usr/bin:/bin", NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual; /* the daemon blocks some signals, and ignores SIGPIPE */
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    int failed = posix_spawn_file_actions_init(&files);
    if (failed) return -failed;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed) failed = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!failed) failed = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!failed) failed = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    if (!failed) failed = posix_spawn(pid, words[0], &files, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return -failed;
}

/* ---- its end ---- */

static void stop(struct calendar_child *c, const char *why)
{
    if (!c->why) c->why = why;
    if (c->pid) kill(-c->pid, SIGKILL);
}

/* Bytes, 0 at the end, or a negative errno: −EPROTO, no more of it is wanted. */
static ssize_t read_some(struct calendar_child *c)
{
    char bytes[CHUNK];
    ssize_t n = read(c->out, bytes, sizeof bytes);
    if (n < 0) return -errno;
    bool good = calendar_lines_push(&c->lines, bytes, (size_t)n);
    explicit_bzero(bytes, sizeof bytes); /* titles */
    return good ? n : -EPROTO;
}

static int on_bytes(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    struct calendar_child *c = arg;
    (void)fd, (void)events;
    ssize_t n = read_some(c);
    if (n > 0 || n == -EAGAIN || n == -EINTR) return 0;
    if (n == -EPROTO) stop(c, c->lines.fault);
    return sd_event_source_set_enabled(source, SD_EVENT_OFF);
}

static int on_limit(sd_event_source *source, uint64_t usec, void *arg)
{
    (void)source, (void)usec;
    stop(arg, "it took longer than 10 s");
    return 0;
}

static const char *judge(const struct calendar_child *c, const siginfo_t *info)
{
    if (c->why) return c->why;
    if (c->lines.fault) return c->lines.fault;
    if (info->si_code != CLD_EXITED) return "it was stopped, or stopped itself at its limits";
    if (info->si_status == 2) return "it is of another version; install all of Plumbline anew";
    if (info->si_status != 0) return "it failed";
    return calendar_lines_whole(&c->lines) ? NULL : "its answer breaks off";
}

static void close_run(struct calendar_child *c)
{
    c->end = sd_event_source_disable_unref(c->end);
    c->io = sd_event_source_disable_unref(c->io);
    c->limit = sd_event_source_disable_unref(c->limit);
    if (c->out >= 0) close(c->out);
    c->out = -1;
    c->pid = 0;
    c->why = NULL;
    memset(&c->lines, 0, sizeof c->lines);
}

/* sd-event reaps it behind this. */
static int on_end(sd_event_source *source, const siginfo_t *info, void *arg)
{
    struct calendar_child *c = arg;
    (void)source;
    kill(-c->pid, SIGKILL); /* whatever it may have started */
    while (!c->why && read_some(c) > 0) {
    }
    c->ended(c->arg, &c->lines, judge(c, info));
    close_run(c);
    return 0;
}

/* ---- beginning ---- */

static int listen_to(struct calendar_child *c)
{
    int failed = sd_event_add_child(c->loop, &c->end, c->pid, WEXITED, on_end, c);
    if (failed >= 0) failed = sd_event_add_io(c->loop, &c->io, c->out, EPOLLIN, on_bytes, c);
    if (failed >= 0) failed = sd_event_add_time_relative(c->loop, &c->limit, CLOCK_MONOTONIC, MOST_US, 0, on_limit, c);
    if (failed >= 0) return 0;
    c->end = sd_event_source_disable_unref(c->end);
    kill(-c->pid, SIGKILL);
    waitpid(c->pid, NULL, 0);
    close_run(c);
    return failed;
}

int calendar_child_start(struct calendar_child *c, const struct config *config, int64_t from_s, int64_t to_s)
{
    static char path[CALENDARS_MAX][PATH_LEN]; /* 4 KB, kept off the stack */
    char program[PATH_LEN], from[24], to[24], zone[PATH_LEN];
    char *words[WORDS] = {program, "--from", from, "--to", to, "--zone", zone};
    int ends[2], n = 7;
    if (!find_program(program)) return -ENOENT;
    snprintf(from, sizeof from, "%lld", (long long)from_s);
    snprintf(to, sizeof to, "%lld", (long long)to_s);
    zone_name(zone);
    for (unsigned i = 0; i < config->n_calendar; i++) {
        calendar_watch_path(config->calendar[i], path[i]);
        words[n++] = path[i];
    }
    if (pipe2(ends, O_CLOEXEC)) return -errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    calendar_lines_begin(&c->lines, config, from_s, to_s);
    c->out = ends[0];
    int failed = spawn(&c->pid, ends[1], words);
    close(ends[1]);
    if (!failed) return listen_to(c);
    c->pid = 0;
    close_run(c);
    return failed;
}

bool calendar_child_runs(const struct calendar_child *c) { return c->pid > 0; }

int calendar_child_open(sd_event *loop, calendar_ended *ended, void *arg, struct calendar_child **out)
{
    struct calendar_child *c = calloc(1, sizeof *c);
    if (!c) return -ENOMEM;
    c->loop = loop;
    c->ended = ended;
    c->arg = arg;
    c->out = -1;
    *out = c;
    return 0;
}

void calendar_child_close(struct calendar_child *c)
{
    if (!c) return;
    pid_t pid = c->pid;
    if (pid) kill(-pid, SIGKILL);
    close_run(c);
    if (pid) waitpid(pid, NULL, 0);
    free(c);
}
