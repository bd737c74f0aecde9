/* screen — what an X11 display tells: whether the active window fills the screen (EWMH), and whether keyboard or pointer
 * were used within the last minute (the IDLETIME counter of the SYNC extension). Nothing is polled.
 *
 * Under Wayland ($WAYLAND_DISPLAY) the display is Xwayland's, which knows of X's windows and input alone: it is not asked.
 * Built without libxcb nothing is told either. A display that goes away is tried again after 1, 2, 4 … 300 s.
 */
#ifndef PLUMBLINE_DESK_SCREEN_H
#define PLUMBLINE_DESK_SCREEN_H

#include "plumbline/coach.h"

#include <systemd/sd-event.h>

struct screen_user {
    void *arg;
    void (*changed)(void *arg); /* one of the three below may be other than before */
};

struct screen;
/* REST_MS without input is rest. 0 or −ENOMEM; a display that is not there is no error, and is never waited for. */
int screen_open(sd_event *loop, const struct screen_user *user, unsigned rest_ms, struct screen **s);
bool screen_tells(const struct screen *s); /* a window manager names the active window */
bool screen_full(const struct screen *s);  /* false while not known */
enum desk_input screen_input(const struct screen *s);
void screen_close(struct screen *s); /* NULL is fine */

#endif
