/* Where things lie, after the XDG base directory specification. */
#include "plumbline/config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void beside(char path[PATH_LEN], const char *variable, const char *fallback, const char *rest)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && base[0] == '/')
        snprintf(path, PATH_LEN, "%s/%s", base, rest);
    else
        snprintf(path, PATH_LEN, "%s/%s/%s", home && home[0] == '/' ? home : "", fallback, rest);
}

void config_default_path(char path[PATH_LEN]) { beside(path, "XDG_CONFIG_HOME", ".config", "plumbline/plumbline.conf"); }

/* $XDG_RUNTIME_DIR/plumbline/NAME, its folder made for this user only. */
static int runtime_path(char path[PATH_LEN], const char *name)
{
    const char *base = getenv("XDG_RUNTIME_DIR");
    if (!base || base[0] != '/') return -ENOENT;
    int n = snprintf(path, PATH_LEN, "%s/plumbline", base);
    if (n >= PATH_LEN) return -ENAMETOOLONG;
    if (mkdir(path, 0700) && errno != EEXIST) return -errno;
    return n + snprintf(path + n, (size_t)(PATH_LEN - n), "/%s", name);
}

int config_socket_path(char path[PATH_LEN])
{
    int n = runtime_path(path, "control");
    return n < 0 ? n : n < 108 ? 0 : -ENAMETOOLONG; /* struct sockaddr_un holds no more */
}

int config_memory_path(char path[PATH_LEN])
{
    int n = runtime_path(path, "under-way");
    return n < 0 ? n : n < PATH_LEN ? 0 : -ENAMETOOLONG;
}

bool config_names_device(const struct config *c) { return c->device[0] && strcmp(c->device, "auto") != 0; }

void config_default(struct config *c)
{
    memset(c, 0, sizeof *c);
    memcpy(c->device, "auto", 5);
    memcpy(c->protocol, "auto", 5);
    beside(c->data, "XDG_DATA_HOME", ".local/share", "plumbline");
    c->retention_days = 90;
    c->tracker.sensitivity = SENSITIVITY_MEDIUM;
    c->tracker.sitting_bias = NAN; /* the placement's own */
    c->calendar_busy = true;
    coach_config_default(&c->coach);
    c->coach.n_work = 0; /* the first line of hours replaces the coach's own */
}
