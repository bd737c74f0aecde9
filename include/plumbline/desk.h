/* desk — the wearer's desktop: notifications, presence (lock, idle, do-not-disturb, full screen, sharing), sleep. By
 * sd-bus and, for an X11 display, libxcb; all optional: no bus, no notification server, a server without buttons, no
 * display are states that desk_describe() tells, never errors.
 */
#ifndef PLUMBLINE_DESK_H
#define PLUMBLINE_DESK_H

#include "plumbline/coach.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct sd_event;

/* What the desktop tells the daemon. Called from the event loop. */
struct desk_listener {
    void *arg;
    void (*answered)(void *arg, uint32_t advice_id, enum answer a);
    void (*presence)(void *arg, const struct presence *p);
    void (*sleep)(void *arg, bool going_to_sleep);
    void (*chosen)(void *arg, const char *key, bool yes); /* the answer to desk_ask(); may be NULL */
};

struct desk;
/* Notifications over the session bus. Always succeeds but for −ENOMEM: without a bus it tries again later by itself. */
int desk_open_bus(struct sd_event *loop, const struct desk_listener *listener, struct desk **d);
/* Notifications as lines on F (replays, the demo, tests): "2026-03-02 10:12:31 show break 3: title | body". */
int desk_open_file(FILE *f, struct desk **d);
/* Shows a new advice, replacing the live one of its topic, or closes it. NOW for the file sink's time stamp. */
void desk_advise(struct desk *d, const struct advice *a, const struct now *now);
/* Asks a question of two answers, "Yes" and "Never"; KEY (at most 127 characters) comes back with the answer. The latest
 * question takes the place of one still on the screen; one that is closed is not answered. */
void desk_ask(struct desk *d, const char *key, const char *title, const char *body, const struct now *now);
/* "notifications: dunst 1.9.0 (buttons); lock: logind; …; full screen: not told; …". Lasts until the next call. */
const char *desk_describe(const struct desk *d);
void desk_close(struct desk *d); /* NULL is fine */

#endif
