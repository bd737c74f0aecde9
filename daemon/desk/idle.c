/* Invariants:
 *   input is known only while the monitor's name has an owner;
 *   at_rest, at_use: the numbers of our two watches, 0 while there is none; the watch of rest fires at the end of each
 *   minute without input, the one of use once, and is then taken anew.
 */
#include "idle.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MONITOR "org.gnome.Mutter.IdleMonitor"
#define MONITOR_PATH "/org/gnome/Mutter/IdleMonitor/Core"

static const uint64_t rest_ms = 60000;

struct idle {
    struct idle_user user;
    sd_bus *bus;
    sd_bus_slot *owner, *fired, *call[3]; /* two matches; calls in flight: idle time, watch of rest, watch of use */
    uint32_t at_rest, at_use;
    enum desk_input input;
};

static void set(struct idle *i, enum desk_input input)
{
    if (i->input == input) return;
    i->input = input;
    i->user.changed(i->user.arg);
}

static void forget(struct idle *i)
{
    for (size_t k = 0; k < sizeof i->call / sizeof i->call[0]; k++) i->call[k] = sd_bus_slot_unref(i->call[k]);
    i->at_rest = i->at_use = 0;
    set(i, DESK_INPUT_UNKNOWN);
}

/* MS = 0: without an argument. */
static void ask(struct idle *i, size_t k, const char *method, uint64_t ms, sd_bus_message_handler_t on_reply)
{
    sd_bus_message *m = NULL;
    i->call[k] = sd_bus_slot_unref(i->call[k]);
    int r = sd_bus_message_new_method_call(i->bus, &m, MONITOR, MONITOR_PATH, MONITOR, method);
    if (r >= 0) r = sd_bus_message_set_auto_start(m, 0);
    if (r >= 0 && ms) r = sd_bus_message_append(m, "t", ms);
    if (r >= 0) sd_bus_call_async(i->bus, &i->call[k], m, on_reply, i, 0);
    sd_bus_message_unref(m);
}

static int on_use_watch(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct idle *i = arg;
    (void)error;
    if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "u", &i->at_use) < 0) forget(i);
    return 0;
}

static int on_rest_watch(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct idle *i = arg;
    (void)error;
    if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "u", &i->at_rest) < 0) forget(i);
    return 0;
}

static void rest(struct idle *i)
{
    set(i, DESK_INPUT_QUIET);
    ask(i, 2, "AddUserActiveWatch", 0, on_use_watch);
}

static int on_idle_time(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct idle *i = arg;
    uint64_t ms;
    (void)error;
    if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "t", &ms) < 0) return 0;
    ask(i, 1, "AddIdleWatch", rest_ms, on_rest_watch);
    if (ms >= rest_ms)
        rest(i);
    else
        set(i, DESK_INPUT_ACTIVE);
    return 0;
}

static int on_fired(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct idle *i = arg;
    uint32_t watch;
    (void)error;
    if (sd_bus_message_read(m, "u", &watch) < 0 || watch == 0) return 0;
    if (watch == i->at_rest && i->input == DESK_INPUT_ACTIVE) rest(i);
    if (watch == i->at_use) {
        i->at_use = 0;
        set(i, DESK_INPUT_ACTIVE);
    }
    return 0;
}

static int on_owner(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct idle *i = arg;
    const char *name, *before, *after;
    (void)error;
    if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0) return 0;
    forget(i);
    if (*after) ask(i, 0, "GetIdletime", 0, on_idle_time);
    return 0;
}

int idle_open(const struct idle_user *user, struct idle **i)
{
    struct idle *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->user = *user;
    *i = new;
    return 0;
}

void idle_up(struct idle *i, sd_bus *session)
{
    i->bus = session;
    sd_bus_add_match_async(session, &i->owner,
                           "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                           "member='NameOwnerChanged',arg0='" MONITOR "'",
                           on_owner, NULL, i);
    sd_bus_match_signal_async(session, &i->fired, MONITOR, MONITOR_PATH, MONITOR, "WatchFired", on_fired, NULL, i);
    ask(i, 0, "GetIdletime", 0, on_idle_time);
}

static void drop_matches(struct idle *i)
{
    i->owner = sd_bus_slot_unref(i->owner);
    i->fired = sd_bus_slot_unref(i->fired);
}

void idle_down(struct idle *i)
{
    drop_matches(i);
    forget(i);
    i->bus = NULL;
}

enum desk_input idle_input(const struct idle *i) { return i->input; }

void idle_close(struct idle *i)
{
    if (!i) return;
    drop_matches(i);
    for (size_t k = 0; k < sizeof i->call / sizeof i->call[0]; k++) sd_bus_slot_unref(i->call[k]);
    free(i);
}
