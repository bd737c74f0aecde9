/* logind — the wearer's session (locked, idle) and the machine's sleep, by org.freedesktop.login1 on the system bus.
 *
 * A delay inhibitor holds the machine awake until the daemon was told that it is going to sleep, so that the last
 * minutes are written first.
 */
#ifndef PLUMBLINE_DESK_LOGIND_H
#define PLUMBLINE_DESK_LOGIND_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct logind_user {
    void *arg;
    void (*changed)(void *arg); /* logind_locked() or logind_idle() may be other than before */
    void (*sleep)(void *arg, bool going_to_sleep);
};

struct logind;
int logind_open(const struct logind_user *user, struct logind **l); /* 0 or −ENOMEM */
void logind_up(struct logind *l, sd_bus *system);
void logind_down(struct logind *l);
bool logind_has_session(const struct logind *l);
bool logind_has_inhibitor(const struct logind *l);
bool logind_locked(const struct logind *l); /* false while not known */
bool logind_idle(const struct logind *l);
void logind_close(struct logind *l); /* NULL is fine */

#endif
