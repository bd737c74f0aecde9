/* Invariant: a message of another shape than expected changes nothing more; what was read before stays. */
#include "props.h"

#include <string.h>

int props_ask(sd_bus *bus, const char *service, const char *path, const char *interface,
              sd_bus_message_handler_t on_reply, void *arg)
{
    sd_bus_message *m = NULL;
    int r = sd_bus_message_new_method_call(bus, &m, service, path, "org.freedesktop.DBus.Properties", "GetAll");
    if (r >= 0) r = sd_bus_message_set_auto_start(m, 0);
    if (r >= 0) r = sd_bus_message_append(m, "s", interface);
    if (r >= 0) r = sd_bus_call_async(bus, NULL, m, on_reply, arg, 0);
    sd_bus_message_unref(m);
    return r;
}

static struct props_bool *find(struct props_bool *wanted, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(wanted[i].name, name) == 0) return &wanted[i];
    return NULL;
}

bool props_take(sd_bus_message *m, struct props_bool *wanted, size_t n)
{
    bool any = false;
    if (sd_bus_message_enter_container(m, 'a', "{sv}") < 0) return false;
    while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
        const char *name, *contents;
        char type;
        int value;
        if (sd_bus_message_read(m, "s", &name) < 0 || sd_bus_message_peek_type(m, &type, &contents) < 0) return any;
        struct props_bool *p = find(wanted, n, name);
        if (p && strcmp(contents, "b") == 0 && sd_bus_message_read(m, "v", "b", &value) >= 0) {
            p->known = any = true;
            p->value = value != 0;
        } else if (sd_bus_message_skip(m, "v") < 0) {
            return any;
        }
        if (sd_bus_message_exit_container(m) < 0) return any;
    }
    return any;
}
