/* notify — the notifications on the screen, by org.freedesktop.Notifications (Desktop Notifications Specification 1.2).
 *
 * What should be on the screen is kept here, one advice a topic and one question; the server is brought in line with it when it is
 * there. A server that comes late or starts anew is given what is still live and younger than ten minutes.
 */
#ifndef PLUMBLINE_DESK_NOTIFY_H
#define PLUMBLINE_DESK_NOTIFY_H

#include "plumbline/desk.h"

#include <stddef.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

struct notify;
/* 0 or −ENOMEM. LISTENER is kept and must outlive it; only `answered` and `chosen` are called. */
int notify_open(sd_event *loop, const struct desk_listener *listener, struct notify **n);
void notify_up(struct notify *n, sd_bus *bus);
void notify_down(struct notify *n);
void notify_advise(struct notify *n, const struct advice *a);
void notify_ask(struct notify *n, const char *key, const char *title, const char *body);
/* "dunst 1.9.0 (buttons)" or "none (no notification server)". */
void notify_describe(const struct notify *n, char *out, size_t cap);
/* Takes what is on the screen away. NULL is fine. */
void notify_close(struct notify *n);

#endif
