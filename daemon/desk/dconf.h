/* dconf — a truth value of the wearer's dconf database, $XDG_CONFIG_HOME/dconf/user: read as it lies there, for the few
 * settings that desktops of GNOME's kin tell on no bus. The system's own defaults and locks are not looked at.
 */
#ifndef PLUMBLINE_DESK_DCONF_H
#define PLUMBLINE_DESK_DCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills *VALUE. −ENOENT when KEY is not set (or there is no database), another negative errno when it cannot be told. */
int dconf_read_bool(const char *key, bool *value);
/* The same in the SIZE bytes of such a file, which may hold anything: −EBADMSG when it is none, or KEY is no truth value. */
int dconf_find_bool(const uint8_t *file, size_t size, const char *key, bool *value);

#endif
