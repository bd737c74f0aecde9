/* Invariants:
 *   told is what the listener heard last; it begins all false, as the coach does.
 *   What a service told is forgotten when the service or its bus is gone: nobody stays "locked" because a program died.
 *   Services are asked and watched, never started.
 */
#include "presence.h"

#include "idle.h"
#include "logind.h"
#include "props.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAVER "org.freedesktop.ScreenSaver"
#define SAVER_PATH "/org/freedesktop/ScreenSaver"
#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define DUNST "org.dunstproject.cmd0"

enum { INHIBITED, PAUSED, QUIETS };

struct presence_watch {
    const struct desk_listener *listener;
    sd_bus *session;
    struct logind *logind;
    struct idle *idle;
    bool has_saver, saver_active;
    struct props_bool quiet[QUIETS];
    struct presence told;
};

static void sum_up(void *arg)
{
    struct presence_watch *w = arg;
    struct presence p = {
        .locked = logind_locked(w->logind) || w->saver_active,
        .idle = logind_idle(w->logind),
        .do_not_disturb = w->quiet[INHIBITED].value || w->quiet[PAUSED].value,
        .input = idle_input(w->idle),
    };
    bool same = p.locked == w->told.locked && p.idle == w->told.idle && p.input == w->told.input;
    if (same && p.do_not_disturb == w->told.do_not_disturb) return;
    w->told = p;
    w->listener->presence(w->listener->arg, &p);
}

static void on_sleep(void *arg, bool going_to_sleep)
{
    struct presence_watch *w = arg;
    w->listener->sleep(w->listener->arg, going_to_sleep);
}

/* ---- screen saver ---- */

/* The answer to GetActive, and the signal ActiveChanged. */
static int on_saver(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct presence_watch *w = arg;
    int active = 0;
    (void)error;
    w->has_saver = !sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "b", &active) >= 0;
    w->saver_active = active != 0;
    sum_up(w);
    return 0;
}

static void ask_saver(struct presence_watch *w)
{
    sd_bus_message *m = NULL;
    if (sd_bus_message_new_method_call(w->session, &m, SAVER, SAVER_PATH, SAVER, "GetActive") >= 0 &&
        sd_bus_message_set_auto_start(m, 0) >= 0)
        sd_bus_call_async(w->session, NULL, m, on_saver, w, 0);
    sd_bus_message_unref(m);
}

/* ---- do not disturb ---- */

static int on_quiet(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct presence_watch *w = arg;
    (void)error;
    if (!sd_bus_message_is_method_error(m, NULL) && props_take(m, w->quiet, QUIETS)) sum_up(w);
    return 0;
}

static int on_quiet_changed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const char *interface;
    if (sd_bus_message_read(m, "s", &interface) < 0 ||
        (strcmp(interface, SERVER) != 0 && strcmp(interface, DUNST) != 0))
        return 0;
    return on_quiet(m, arg, error);
}

static void ask_quiet(struct presence_watch *w)
{
    props_ask(w->session, SERVER, SERVER_PATH, SERVER, on_quiet, w);
    props_ask(w->session, SERVER, SERVER_PATH, DUNST, on_quiet, w);
}

/* ---- coming and going ---- */

static void forget_saver(struct presence_watch *w) { w->has_saver = w->saver_active = false; }

static void forget_quiet(struct presence_watch *w)
{
    w->quiet[INHIBITED] = (struct props_bool){.name = "Inhibited"};
    w->quiet[PAUSED] = (struct props_bool){.name = "paused"};
}

static int on_owner(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct presence_watch *w = arg;
    const char *name, *before, *after;
    (void)error;
    if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0) return 0;
    bool saver = strcmp(name, SAVER) == 0;
    if (saver)
        forget_saver(w);
    else
        forget_quiet(w);
    sum_up(w);
    if (*after && saver)
        ask_saver(w);
    else if (*after)
        ask_quiet(w);
    return 0;
}

static void watch_owner(struct presence_watch *w, const char *name)
{
    char match[256];
    snprintf(match, sizeof match,
             "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',"
             "arg0='%s'",
             name);
    sd_bus_add_match_async(w->session, NULL, match, on_owner, NULL, w);
}

int presence_open(const struct desk_listener *listener, struct presence_watch **w)
{
    struct presence_watch *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->listener = listener;
    forget_quiet(new);
    struct logind_user user = {.arg = new, .changed = sum_up, .sleep = on_sleep};
    struct idle_user idle_user = {.arg = new, .changed = sum_up};
    if (idle_open(&idle_user, &new->idle) < 0 || logind_open(&user, &new->logind) < 0) {
        presence_close(new);
        return -ENOMEM;
    }
    *w = new;
    return 0;
}

void presence_system_up(struct presence_watch *w, sd_bus *system) { logind_up(w->logind, system); }
void presence_system_down(struct presence_watch *w) { logind_down(w->logind); }

void presence_session_up(struct presence_watch *w, sd_bus *session)
{
    w->session = session;
    watch_owner(w, SAVER);
    watch_owner(w, SERVER);
    sd_bus_match_signal_async(session, NULL, SAVER, SAVER_PATH, SAVER, "ActiveChanged", on_saver, NULL, w);
    sd_bus_match_signal_async(session, NULL, SERVER, SERVER_PATH, "org.freedesktop.DBus.Properties",
                              "PropertiesChanged", on_quiet_changed, NULL, w);
    ask_saver(w);
    ask_quiet(w);
    idle_up(w->idle, session);
}

void presence_session_down(struct presence_watch *w)
{
    w->session = NULL;
    idle_down(w->idle);
    forget_saver(w);
    forget_quiet(w);
    sum_up(w);
}

void presence_describe(const struct presence_watch *w, char *out, size_t cap)
{
    bool quiet = w->quiet[INHIBITED].known || w->quiet[PAUSED].known;
    snprintf(out, cap, "lock: %s; screen saver: %s; do not disturb: %s; input: %s; sleep: %s",
             logind_has_session(w->logind) ? "logind" : "none", w->has_saver ? "told" : "none",
             quiet ? "told" : "not told", idle_input(w->idle) == DESK_INPUT_UNKNOWN ? "not told" : "told",
             logind_has_inhibitor(w->logind) ? "held back until all is saved" : "none");
}

void presence_close(struct presence_watch *w)
{
    if (!w) return;
    idle_close(w->idle);
    logind_close(w->logind);
    free(w);
}
