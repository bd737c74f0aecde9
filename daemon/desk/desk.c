/* Invariants:
 *   Exactly one sink: file != NULL, or the bus.
 *   The rooms on a bus hear `up` and `down` in turn; they are told goodbye before the buses are closed.
 */
#include "plumbline/desk.h"

#include "buslink.h"
#include "notify.h"
#include "presence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DESCRIPTION_MAX = 400 };

struct desk {
    FILE *file;
    char *description; /* DESCRIPTION_MAX bytes, refreshed by desk_describe() */
    struct desk_listener listener;
    struct buslink *session, *system;
    struct notify *notify;
    struct presence_watch *presence;
};

static struct desk *desk_new(FILE *f)
{
    struct desk *d = calloc(1, sizeof *d + DESCRIPTION_MAX);
    if (d) {
        d->file = f;
        d->description = (char *)(d + 1);
    }
    return d;
}

/* ---- the file ---- */

static void print_time(FILE *f, const struct now *now)
{
    time_t local_s = (time_t)(now->wall_ns / NS_PER_S + now->utc_offset_s);
    struct tm tm;
    char when[32] = "";
    if (gmtime_r(&local_s, &tm)) strftime(when, sizeof when, "%F %T", &tm);
    fputs(when, f);
}

static void file_advise(FILE *f, const struct advice *a, const struct now *now)
{
    print_time(f, now);
    if (a->action == ADVICE_SHOW)
        fprintf(f, " show %s %u: %s | %s\n", topic_name(a->topic), a->id, a->title, a->body);
    else
        fprintf(f, " close %s %u\n", topic_name(a->topic), a->id);
    fflush(f);
}

int desk_open_file(FILE *f, struct desk **d)
{
    *d = desk_new(f);
    return *d ? 0 : -ENOMEM;
}

/* ---- the bus ---- */

#ifdef PLUMBLINE_DBUS
static void session_up(void *arg, sd_bus *bus)
{
    struct desk *d = arg;
    notify_up(d->notify, bus);
    presence_session_up(d->presence, bus);
}

static void session_down(void *arg)
{
    struct desk *d = arg;
    notify_down(d->notify);
    presence_session_down(d->presence);
}

static void system_up(void *arg, sd_bus *bus)
{
    struct desk *d = arg;
    presence_system_up(d->presence, bus);
}

static void system_down(void *arg)
{
    struct desk *d = arg;
    presence_system_down(d->presence);
}

static int open_buses(struct desk *d, struct sd_event *loop)
{
    struct buslink_user session = {d, session_up, session_down}, system = {d, system_up, system_down};
    int r = notify_open(loop, &d->listener, &d->notify);
    if (r >= 0) r = presence_open(loop, &d->listener, &d->presence);
    if (r >= 0) r = buslink_open(loop, BUSLINK_SESSION, &session, &d->session);
    if (r >= 0) r = buslink_open(loop, BUSLINK_SYSTEM, &system, &d->system);
    return r;
}
#else
static int open_buses(struct desk *d, struct sd_event *loop)
{
    (void)d;
    (void)loop;
    return 0;
}
#endif

int desk_open_bus(struct sd_event *loop, const struct desk_listener *listener, struct desk **d)
{
    struct desk *new = desk_new(NULL);
    if (!new) return -ENOMEM;
    new->listener = *listener;
    if (open_buses(new, loop) < 0) {
        desk_close(new);
        return -ENOMEM;
    }
    *d = new;
    return 0;
}

static void bus_describe(const struct desk *d)
{
    char server[96], rest[280];
    notify_describe(d->notify, server, sizeof server);
    presence_describe(d->presence, rest, sizeof rest);
    snprintf(d->description, DESCRIPTION_MAX, "notifications: %s; %s", server, rest);
}

/* ---- the face ---- */

void desk_advise(struct desk *d, const struct advice *a, const struct now *now)
{
    if (a->topic >= TOPIC_COUNT) return;
    if (d->file)
        file_advise(d->file, a, now);
    else if (d->notify)
        notify_advise(d->notify, a);
}

void desk_ask(struct desk *d, const char *key, const char *title, const char *body, const struct now *now)
{
    if (d->notify) notify_ask(d->notify, key, title, body);
    if (!d->file) return;
    print_time(d->file, now);
    fprintf(d->file, " ask %s: %s | %s\n", key, title, body);
    fflush(d->file);
}

const char *desk_describe(const struct desk *d)
{
    if (d->file) return "notifications: written to a file";
    if (!d->notify) return "notifications: built without D-Bus";
    bus_describe(d);
    return d->description;
}

void desk_close(struct desk *d)
{
    if (!d) return;
    notify_close(d->notify);
    presence_close(d->presence);
    buslink_close(d->session);
    buslink_close(d->system);
    free(d);
}
