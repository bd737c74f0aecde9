/* Invariants:
 *   hint[] is known only while `watch` follows the session at `path`, which they came from.
 *   inhibitor >= 0 from the answer to Inhibit until the listener has been told of a sleep; taken again on waking.
 *   A session that begins or ends (SessionNew, SessionRemoved) leads to a new look-up: the daemon outlives both.
 */
#include "logind.h"

#include "props.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICE "org.freedesktop.login1"
#define MANAGER_PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"
#define SESSION "org.freedesktop.login1.Session"

enum { LOCKED, IDLE, HINTS };

struct logind {
    struct logind_user user;
    sd_bus *bus;
    sd_bus_slot *look_up; /* GetSession in flight */
    sd_bus_slot *ask;     /* Inhibit in flight */
    sd_bus_slot *watch;   /* PropertiesChanged of the session */
    char path[128];       /* of the session; empty when there is none */
    int inhibitor;
    struct props_bool hint[HINTS];
};

/* ---- the session ---- */

static void forget_session(struct logind *l)
{
    l->look_up = sd_bus_slot_unref(l->look_up);
    l->watch = sd_bus_slot_unref(l->watch);
    l->path[0] = '\0';
    l->hint[LOCKED] = (struct props_bool){.name = "LockedHint"};
    l->hint[IDLE] = (struct props_bool){.name = "IdleHint"};
    l->user.changed(l->user.arg);
}

static int on_hints(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct logind *l = arg;
    (void)error;
    if (l->watch && !sd_bus_message_is_method_error(m, NULL) && props_take(m, l->hint, HINTS))
        l->user.changed(l->user.arg);
    return 0;
}

static int on_changed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const char *interface;
    if (sd_bus_message_read(m, "s", &interface) < 0 || strcmp(interface, SESSION) != 0) return 0;
    return on_hints(m, arg, error);
}

static int on_session(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct logind *l = arg;
    const char *path;
    (void)error;
    l->look_up = sd_bus_slot_unref(l->look_up);
    if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "o", &path) < 0) path = "";
    if (strcmp(path, l->path) == 0) return 0; /* somebody else came or went: what is known stays */
    forget_session(l);
    if (!*path || strlen(path) >= sizeof l->path) return 0;
    memcpy(l->path, path, strlen(path) + 1);
    if (sd_bus_match_signal_async(l->bus, &l->watch, SERVICE, path, "org.freedesktop.DBus.Properties",
                                  "PropertiesChanged", on_changed, NULL, l) >= 0)
        props_ask(l->bus, SERVICE, path, SESSION, on_hints, l);
    return 0;
}

/* "auto": the caller's session or, for a user's service that has none, the user's graphical one. */
static int look_up(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct logind *l = arg;
    (void)m;
    (void)error;
    l->look_up = sd_bus_slot_unref(l->look_up);
    sd_bus_call_method_async(l->bus, &l->look_up, SERVICE, MANAGER_PATH, MANAGER, "GetSession", on_session, l, "s",
                             "auto");
    return 0;
}

/* ---- sleep ---- */

static void release(struct logind *l)
{
    l->ask = sd_bus_slot_unref(l->ask);
    if (l->inhibitor >= 0) close(l->inhibitor);
    l->inhibitor = -1;
}

static int on_inhibitor(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct logind *l = arg;
    int fd;
    (void)error;
    release(l);
    if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "h", &fd) >= 0)
        l->inhibitor = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* fd itself is the message's */
    return 0;
}

static void inhibit(struct logind *l)
{
    release(l);
    sd_bus_call_method_async(l->bus, &l->ask, SERVICE, MANAGER_PATH, MANAGER, "Inhibit", on_inhibitor, l, "ssss",
                             "sleep", "Plumbline", "Writes down the last minutes first", "delay");
}

static int on_sleep(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct logind *l = arg;
    int going;
    (void)error;
    if (sd_bus_message_read(m, "b", &going) < 0) return 0;
    l->user.sleep(l->user.arg, going != 0);
    if (going)
        release(l);
    else
        inhibit(l);
    return 0;
}

/* ---- coming and going ---- */

static int on_owner(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct logind *l = arg;
    const char *name, *before, *after;
    if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0) return 0;
    forget_session(l);
    release(l);
    if (*after) {
        look_up(m, l, error);
        inhibit(l);
    }
    return 0;
}

int logind_open(const struct logind_user *user, struct logind **l)
{
    struct logind *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->user = *user;
    new->inhibitor = -1;
    *l = new;
    return 0;
}

void logind_up(struct logind *l, sd_bus *system)
{
    l->bus = system;
    sd_bus_match_signal_async(system, NULL, SERVICE, MANAGER_PATH, MANAGER, "PrepareForSleep", on_sleep, NULL, l);
    sd_bus_match_signal_async(system, NULL, SERVICE, MANAGER_PATH, MANAGER, "SessionNew", look_up, NULL, l);
    sd_bus_match_signal_async(system, NULL, SERVICE, MANAGER_PATH, MANAGER, "SessionRemoved", look_up, NULL, l);
    sd_bus_add_match_async(system, NULL,
                           "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                           "member='NameOwnerChanged',arg0='" SERVICE "'",
                           on_owner, NULL, l);
    look_up(NULL, l, NULL);
    inhibit(l);
}

void logind_down(struct logind *l)
{
    forget_session(l);
    release(l);
    l->bus = NULL;
}

bool logind_has_session(const struct logind *l) { return l->hint[LOCKED].known || l->hint[IDLE].known; }
bool logind_has_inhibitor(const struct logind *l) { return l->inhibitor >= 0; }
bool logind_locked(const struct logind *l) { return l->hint[LOCKED].value; }
bool logind_idle(const struct logind *l) { return l->hint[IDLE].value; }

void logind_close(struct logind *l)
{
    if (!l) return;
    sd_bus_slot_unref(l->look_up);
    sd_bus_slot_unref(l->watch);
    release(l);
    free(l);
}
