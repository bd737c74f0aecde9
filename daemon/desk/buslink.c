/* Invariants:
 *   bus == NULL: the retry timer is armed; bus != NULL: it is not.
 *   up implies bus, and that the user heard `up` and not yet `down`.
 *   The pause before the next try goes back to its start only when a bus has answered, so that a bus that takes
 *   connections and drops them is not courted faster than one that is not there.
 */
#include "buslink.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define FIRST_PAUSE_US 1000000u
#define LONGEST_PAUSE_US 300000000u

struct buslink {
    sd_event *loop;
    enum buslink_kind kind;
    struct buslink_user user;
    sd_bus *bus;
    sd_event_source *retry;
    uint64_t pause_us;
    bool up;
};

static int on_retry(sd_event_source *source, uint64_t usec, void *arg);

static void try_later(struct buslink *l)
{
    sd_event_source_disable_unref(l->retry);
    l->retry = NULL;
    if (sd_event_add_time_relative(l->loop, &l->retry, CLOCK_BOOTTIME, l->pause_us, l->pause_us / 10, on_retry, l) < 0)
        return; /* the loop is ending */
    l->pause_us = l->pause_us * 2 < LONGEST_PAUSE_US ? l->pause_us * 2 : LONGEST_PAUSE_US;
}

static void drop(struct buslink *l)
{
    sd_bus_detach_event(l->bus);
    sd_bus_close(l->bus);
    l->bus = sd_bus_unref(l->bus);
}

static int on_gone(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct buslink *l = arg;
    bool was_up = l->up;
    (void)m;
    (void)error;
    l->up = false;
    if (was_up) l->user.down(l->user.arg);
    drop(l);
    try_later(l);
    return 0;
}

static int on_answer(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct buslink *l = arg;
    (void)error;
    if (sd_bus_message_is_method_error(m, NULL)) return 0; /* a closed bus says so a second time, by its last signal */
    l->up = true;
    l->pause_us = FIRST_PAUSE_US;
    l->user.up(l->user.arg, l->bus);
    return 0;
}

static int greet(struct buslink *l)
{
    int r = sd_bus_attach_event(l->bus, l->loop, SD_EVENT_PRIORITY_NORMAL);
    if (r < 0) return r;
    r = sd_bus_match_signal_async(l->bus, NULL, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
                                  "org.freedesktop.DBus.Local", "Disconnected", on_gone, NULL, l);
    if (r < 0) return r;
    return sd_bus_call_method_async(l->bus, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                    "org.freedesktop.DBus", "GetId", on_answer, l, NULL);
}

static void try_now(struct buslink *l)
{
    int r = l->kind == BUSLINK_SESSION ? sd_bus_open_user(&l->bus) : sd_bus_open_system(&l->bus);
    if (r >= 0 && greet(l) >= 0) return;
    if (l->bus) drop(l);
    try_later(l);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *arg)
{
    struct buslink *l = arg;
    (void)source;
    (void)usec;
    l->retry = sd_event_source_disable_unref(l->retry);
    try_now(l);
    return 0;
}

int buslink_open(sd_event *loop, enum buslink_kind kind, const struct buslink_user *user, struct buslink **l)
{
    struct buslink *n = calloc(1, sizeof *n);
    if (!n) return -ENOMEM;
    *n = (struct buslink){.loop = sd_event_ref(loop), .kind = kind, .user = *user, .pause_us = FIRST_PAUSE_US};
    *l = n;
    try_now(n);
    return 0;
}

void buslink_close(struct buslink *l)
{
    if (!l) return;
    sd_event_source_disable_unref(l->retry);
    if (l->bus) drop(l);
    sd_event_unref(l->loop);
    free(l);
}
