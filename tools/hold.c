/* Whoever holds is known by two descriptors, lock and connection: the kernel closes both for one that was killed. */
#include "tool.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 120 }; /* the daemon's disk may be slow in taking what waits */

static int refused(const char *data, const char *why)
{
    return tool_fail(1, "the daemon does not let go of %s: %s", data, why);
}

static int ask_daemon(struct hold *h, const char *data, const char *locked)
{
    char whole[PATH_MAX];
    const char *const words[] = {"hold", realpath(data, whole)}; /* the daemon has another working folder */
    json_t *reply = NULL;
    h->daemon = words[1] ? client_connect(PATIENCE_S) : -1;
    if (h->daemon < 0) return tool_fail(1, "%s", locked);
    int failed = client_say(h->daemon, words, 2, &reply), code = 0;
    const char *error = json_string_value(json_object_get(reply, "error"));
    if (failed)
        code = refused(data, strerror(-failed));
    else if (!json_is_true(json_object_get(reply, "held")))
        code = refused(data, error ? error : "try again");
    json_decref(reply);
    return code;
}

int hold_take(struct hold *h, const char *data)
{
    char why[256];
    *h = (struct hold){.daemon = -1, .lock = -1};
    h->lock = store_lock(data, why);
    if (h->lock == -EWOULDBLOCK) {
        int code = ask_daemon(h, data, why);
        if (!code) h->lock = store_lock(data, why);
        if (code) {
            hold_end(h);
            return code;
        }
    }
    if (h->lock >= 0) return 0;
    hold_end(h);
    return tool_fail(1, "%s", why);
}

int hold_ask(struct hold *h, const char *data)
{
    int code = hold_take(h, data);
    if (h->lock >= 0) close(h->lock);
    h->lock = -1;
    return code;
}

void hold_end(struct hold *h)
{
    const char *const words[] = {"release"};
    json_t *reply = NULL;
    if (h->lock >= 0) close(h->lock);
    if (h->daemon >= 0) {
        client_say(h->daemon, words, 1, &reply);
        json_decref(reply);
        close(h->daemon);
    }
    *h = (struct hold){.daemon = -1, .lock = -1};
}
