/* told — what programs of the desktop tell on the session bus: screen saver on, do-not-disturb, screen shared. A table
 * (told.c) has a row for each source; a source that is not there, or answers otherwise than it should, tells nothing.
 */
#ifndef PLUMBLINE_DESK_TOLD_H
#define PLUMBLINE_DESK_TOLD_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

enum told_what { TOLD_SAVER, TOLD_QUIET, TOLD_SHARING, TOLD_SERVER };

struct told_user {
    void *arg;
    void (*changed)(void *arg); /* told_holds() or told_by() may be other than before */
};

struct told;
int told_open(const struct told_user *user, struct told **t); /* 0 or −ENOMEM */
void told_up(struct told *t, sd_bus *session);
void told_down(struct told *t);
/* Whether one of the sources says so; false while nobody tells. */
bool told_holds(const struct told *t, enum told_what what);
/* Who tells, as "dunst"; NULL: nobody. */
const char *told_by(const struct told *t, enum told_what what);
void told_close(struct told *t); /* NULL is fine */

#endif
