/* Invariants:
 *   heard is what the listener heard last; it begins all false, as the coach does.
 *   What a service told is forgotten when the service or its bus is gone: nobody stays "locked" because a program died.
 */
#include "presence.h"

#include "idle.h"
#include "logind.h"
#include "screen.h"
#include "told.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { REST_MS = 60000 };

struct presence_watch {
    const struct desk_listener *listener;
    struct logind *logind;
    struct idle *idle;
    struct told *told;
    struct screen *screen;
    struct presence heard;
};

/* The compositor's own word before X's, which may be Xwayland's. */
static enum desk_input input(const struct presence_watch *w)
{
    enum desk_input i = idle_input(w->idle);
    return i == DESK_INPUT_UNKNOWN ? screen_input(w->screen) : i;
}

static void sum_up(void *arg)
{
    struct presence_watch *w = arg;
    struct presence p = {
        .locked = logind_locked(w->logind) || told_holds(w->told, TOLD_SAVER),
        .idle = logind_idle(w->logind),
        .do_not_disturb = told_holds(w->told, TOLD_QUIET),
        .full_screen = screen_full(w->screen),
        .sharing = told_holds(w->told, TOLD_SHARING),
        .input = input(w),
    };
    const struct presence *h = &w->heard;
    if (p.locked == h->locked && p.idle == h->idle && p.do_not_disturb == h->do_not_disturb &&
        p.full_screen == h->full_screen && p.sharing == h->sharing && p.input == h->input)
        return;
    w->heard = p;
    w->listener->presence(w->listener->arg, &p);
}

static void on_sleep(void *arg, bool going_to_sleep)
{
    struct presence_watch *w = arg;
    w->listener->sleep(w->listener->arg, going_to_sleep);
}

int presence_open(sd_event *loop, const struct desk_listener *listener, struct presence_watch **w)
{
    struct presence_watch *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->listener = listener;
    struct logind_user logind = {.arg = new, .changed = sum_up, .sleep = on_sleep};
    struct idle_user idle = {.arg = new, .changed = sum_up};
    struct told_user told = {.arg = new, .changed = sum_up};
    struct screen_user screen = {.arg = new, .changed = sum_up};
    if (idle_open(&idle, &new->idle) < 0 || logind_open(&logind, &new->logind) < 0 ||
        told_open(&told, &new->told) < 0 || screen_open(loop, &screen, REST_MS, &new->screen) < 0) {
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
    told_up(w->told, session);
    idle_up(w->idle, session);
}

void presence_session_down(struct presence_watch *w)
{
    idle_down(w->idle);
    told_down(w->told);
}

static const char *teller(const char *who) { return who ? who : "not told"; }

void presence_describe(const struct presence_watch *w, char *out, size_t cap)
{
    const char *x11 = screen_input(w->screen) == DESK_INPUT_UNKNOWN ? NULL : "X11";
    snprintf(out, cap,
             "lock: %s; screen saver: %s; do not disturb: %s; full screen: %s; screen sharing: %s; input: %s; sleep: %s",
             teller(logind_has_session(w->logind) ? "logind" : NULL), teller(told_by(w->told, TOLD_SAVER)),
             teller(told_by(w->told, TOLD_QUIET)), teller(screen_tells(w->screen) ? "X11" : NULL),
             teller(told_by(w->told, TOLD_SHARING)),
             teller(idle_input(w->idle) == DESK_INPUT_UNKNOWN ? x11 : "Mutter"),
             logind_has_inhibitor(w->logind) ? "held back until all is saved" : "not told");
}

void presence_close(struct presence_watch *w)
{
    if (!w) return;
    screen_close(w->screen);
    told_close(w->told);
    idle_close(w->idle);
    logind_close(w->logind);
    free(w);
}
