/* presence — whether this is a moment to speak, and whether somebody types: logind's session hints, what programs tell on
 * the session bus (told.h), the idle monitor and an X11 display, summed into one struct presence. Whatever of these the
 * desktop lacks counts as "no". The listener is told only when the sum changes.
 */
#ifndef PLUMBLINE_DESK_PRESENCE_H
#define PLUMBLINE_DESK_PRESENCE_H

#include "plumbline/desk.h"

#include <stddef.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

struct presence_watch;
/* 0 or −ENOMEM. LISTENER is kept and must outlive it; `presence` and `sleep` are called. */
int presence_open(sd_event *loop, const struct desk_listener *listener, struct presence_watch **w);
void presence_system_up(struct presence_watch *w, sd_bus *system);
void presence_system_down(struct presence_watch *w);
void presence_session_up(struct presence_watch *w, sd_bus *session);
void presence_session_down(struct presence_watch *w);
/* "lock: logind; screen saver: not told; do not disturb: dunst; full screen: X11; …", each with who tells. */
void presence_describe(const struct presence_watch *w, char *out, size_t cap);
void presence_close(struct presence_watch *w); /* NULL is fine */

#endif
