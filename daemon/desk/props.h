/* props — boolean properties as D-Bus objects give them out (org.freedesktop.DBus.Properties).
 */
#ifndef PLUMBLINE_DESK_PROPS_H
#define PLUMBLINE_DESK_PROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-bus.h>

/* A property to look for, and what is known of it. */
struct props_bool {
    const char *name;
    bool known, value;
};

/* Asks for all properties of INTERFACE of the object at SERVICE, PATH; never starts the service. */
int props_ask(sd_bus *bus, const char *service, const char *path, const char *interface,
              sd_bus_message_handler_t on_reply, void *arg);
/* Reads an a{sv} at M's reading position: the reply to props_ask(), or a PropertiesChanged after its interface name.
 * Returns whether one of WANTED was there; others, and those that are no boolean, are passed over. */
bool props_take(sd_bus_message *m, struct props_bool *wanted, size_t n);

#endif
