/* buslink — one connection to a message bus that comes back by itself.
 *
 * Tries at once, then after 1, 2, 4 … 300 s, on CLOCK_BOOTTIME. The user is told `up` when the bus has answered its
 * first call and `down` when it is gone; between the two it may make matches and calls on the bus that `up` hands over,
 * all of them asynchronous: nothing here ever waits.
 */
#ifndef PLUMBLINE_DESK_BUSLINK_H
#define PLUMBLINE_DESK_BUSLINK_H

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

enum buslink_kind { BUSLINK_SESSION, BUSLINK_SYSTEM };

struct buslink_user {
    void *arg;
    void (*up)(void *arg, sd_bus *bus);
    void (*down)(void *arg); /* only after up */
};

struct buslink;
/* 0 or −ENOMEM; a bus that is not there is no error. */
int buslink_open(sd_event *loop, enum buslink_kind kind, const struct buslink_user *user, struct buslink **l);
/* Tells nobody, drops all matches and calls. NULL is fine. */
void buslink_close(struct buslink *l);

#endif
