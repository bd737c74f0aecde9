/* presence — whether this is a moment to speak, and whether somebody types: logind's session hints, the screen saver, the
 * notification server's own do-not-disturb and the idle monitor, summed into one struct presence. Whatever of these the desktop lacks counts as "no".
 *
 * Do-not-disturb is read where a notification server has it as a property: "Inhibited" (KDE Plasma), "paused" (dunst).
 * The listener is told only when the sum changes.
 */
#ifndef PLUMBLINE_DESK_PRESENCE_H
#define PLUMBLINE_DESK_PRESENCE_H

#include "plumbline/desk.h"

#include <stddef.h>
#include <systemd/sd-bus.h>

struct presence_watch;
/* 0 or −ENOMEM. LISTENER is kept and must outlive it; `presence` and `sleep` are called. */
int presence_open(const struct desk_listener *listener, struct presence_watch **w);
void presence_system_up(struct presence_watch *w, sd_bus *system);
void presence_system_down(struct presence_watch *w);
void presence_session_up(struct presence_watch *w, sd_bus *session);
void presence_session_down(struct presence_watch *w);
/* "lock: logind; screen saver: none; do not disturb: told; input: not told; sleep: held back until all is saved" */
void presence_describe(const struct presence_watch *w, char *out, size_t cap);
void presence_close(struct presence_watch *w); /* NULL is fine */

#endif
