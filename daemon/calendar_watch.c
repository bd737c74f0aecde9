/* Invariants: a watch is on a folder, which outlives what is renamed over a file in it; where a folder is not there
 * yet, on the nearest one above it, for the name that must come next. All are set anew before each look. */
#include "calendar.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

enum { PLACES = 128 };

struct place {
    struct calendar_watch *watch;
    sd_event_source *source;
    char name[NAME_MAX + 1]; /* empty: anything in the folder */
};

struct calendar_watch {
    sd_event *loop;
    void (*changed)(void *arg);
    void *arg;
    unsigned n;
    struct place place[PLACES];
};

void calendar_watch_path(const char *written, char path[PATH_LEN])
{
    const char *home = getenv("HOME");
    bool in_home = written[0] == '~' && home;
    snprintf(path, PATH_LEN, "%s%s", in_home ? home : "", in_home ? written + 1 : written);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/';) path[--n] = 0;
}

static int on_change(sd_event_source *source, const struct inotify_event *event, void *arg)
{
    const struct place *place = arg;
    (void)source;
    bool mine = !place->name[0] || !event->len || !strcmp(event->name, place->name);
    if (mine) place->watch->changed(place->watch->arg);
    return 0;
}

static int add(struct calendar_watch *w, const char *folder, const char *name)
{
    struct place *place = &w->place[w->n];
    if (w->n == PLACES) return -ENOSPC;
    if (strlen(name) > NAME_MAX) return -ENAMETOOLONG;
    place->watch = w;
    snprintf(place->name, sizeof place->name, "%s", name);
    const uint32_t any = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB |
                         IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    int failed = sd_event_add_inotify(w->loop, &place->source, folder, any, on_change, place);
    if (failed < 0) return failed;
    w->n++;
    return 0;
}

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* The name of PATH in its folder, or of the first part of it that is not there. */
static int add_name(struct calendar_watch *w, const char *path)
{
    char folder[PATH_LEN], name[PATH_LEN];
    snprintf(folder, sizeof folder, "%s", path);
    for (;;) {
        char *slash = strrchr(folder, '/');
        if (!slash) return -EINVAL;
        snprintf(name, sizeof name, "%s", slash + 1);
        *slash = 0;
        if (!folder[0]) return add(w, "/", name);
        if (is_folder(folder)) return add(w, folder, name);
    }
}

/* The folder PATH and those in it: vdirsyncer keeps one a collection. */
static int add_folder(struct calendar_watch *w, const char *path)
{
    char inner[PATH_LEN];
    int failed = add(w, path, "");
    DIR *dir = failed ? NULL : opendir(path);
    for (struct dirent *e; dir && !failed && (e = readdir(dir));)
        if (e->d_name[0] != '.' && snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) < PATH_LEN &&
            is_folder(inner))
            failed = add(w, inner, "");
    if (dir) closedir(dir);
    return failed;
}

static int add_path(struct calendar_watch *w, const char *path)
{
    char *real = realpath(path, NULL);
    int failed = add_name(w, path);
    if (!failed && is_folder(path))
        failed = add_folder(w, path);
    else if (!failed && real && strcmp(real, path) != 0 && strlen(real) < PATH_LEN)
        failed = add_name(w, real);
    free(real);
    return failed;
}

static void drop_all(struct calendar_watch *w)
{
    for (unsigned i = 0; i < w->n; i++) w->place[i].source = sd_event_source_disable_unref(w->place[i].source);
    w->n = 0;
}

int calendar_watch_set(struct calendar_watch *w, const struct config *config)
{
    int failed = 0;
    drop_all(w);
    for (unsigned i = 0; i < config->n_calendar; i++) {
        char path[PATH_LEN];
        calendar_watch_path(config->calendar[i], path);
        int failed_here = add_path(w, path);
        if (failed_here) failed = failed_here;
    }
    return failed;
}

int calendar_watch_open(sd_event *loop, void (*changed)(void *arg), void *arg, struct calendar_watch **out)
{
    struct calendar_watch *w = calloc(1, sizeof *w);
    if (!w) return -ENOMEM;
    w->loop = loop;
    w->changed = changed;
    w->arg = arg;
    *out = w;
    return 0;
}

void calendar_watch_close(struct calendar_watch *w)
{
    if (!w) return;
    drop_all(w);
    free(w);
}
