/* idle — whether keyboard or pointer were used within the last minute, by org.gnome.Mutter.IdleMonitor on the session bus
 * (GNOME, and what offers the same name). No permission is needed, and nothing wakes up but when it changes.
 *
 * X11 is asked itself (screen.h). Other desktops tell this on no bus: logind's IdleHint comes after minutes, where it comes at all, and
 * org.freedesktop.ScreenSaver's GetSessionIdleTime is in seconds here, milliseconds there, and 0 for ever under Wayland.
 * There it stays unknown.
 */
#ifndef PLUMBLINE_DESK_IDLE_H
#define PLUMBLINE_DESK_IDLE_H

#include "plumbline/coach.h"

#include <systemd/sd-bus.h>

struct idle_user {
    void *arg;
    void (*changed)(void *arg); /* idle_input() may be other than before */
};

struct idle;
int idle_open(const struct idle_user *user, struct idle **i); /* 0 or −ENOMEM */
void idle_up(struct idle *i, sd_bus *session);
void idle_down(struct idle *i);
enum desk_input idle_input(const struct idle *i);
void idle_close(struct idle *i); /* NULL is fine */

#endif
