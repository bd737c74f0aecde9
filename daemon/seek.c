/* Invariants:
 *   while a device is away, news of arrivals wakes the daemon (hotplug, or a watch on the folder of its name), and a timer
 *   ever more seldom, up to once a minute;
 *   a device is known by its key (VID:PID and serial number or USB port), never by its name, which changes at a replug;
 *   one that is neither named, paired nor a sensor by its id is opened only with 'auto-scan = yes'.
 */
#include "seek.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

enum { DEVICES_MAX = 32, RETRY_FIRST_S = 1, RETRY_MAX_S = 60, LOOKS = 4 };
/* The node of a new device, and its access rights, come some time after the news of it. */
static const uint64_t look_after_us[LOOKS] = {20000, 200000, 1000000, 3000000};

struct seek {
    struct daemon *daemon;
    void (*look)(void *arg);
    void *arg;
    struct hotplug *hotplug; /* NULL where the system gives no word */
    sd_event_source *news, *folder, *retry, *again;
    bool waiting;
    int retry_s;
    unsigned looks;          /* of the present series */
    unsigned turn;           /* which of several that come into question */
    char key[128];           /* of the named device, once it was seen */
    struct device_info device[DEVICES_MAX];
};

/* ---- which ---- */

static bool is_named(const struct seek *s)
{
    return config_names_device(&s->daemon->config);
}

static int list(struct seek *s)
{
    int n = devices_list(s->device, DEVICES_MAX);
    return n < DEVICES_MAX ? n : DEVICES_MAX;
}

static const char *bare(const char *address) { return strncmp(address, "serial:", 7) ? address : address + 7; }

/* The node behind a link such as /dev/serial/by-id/…; what is no link stays as it is. */
static const char *node(const char *path, char real[PATH_MAX])
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && realpath(path, real) ? real : path;
}

/* The named device: where it is now, if it came back under another name. */
static void find_named(struct seek *s, struct target *t)
{
    const struct config *c = &s->daemon->config;
    snprintf(t->address, sizeof t->address, "%s", c->device);
    t->baud = c->baud;
    t->settled = true;
    int n = list(s);
    char real[PATH_MAX];
    const char *named = node(bare(c->device), real);
    const struct device_info *same = NULL, *here = NULL;
    for (int i = 0; i < n; i++) {
        const struct device_info *d = &s->device[i];
        if (!strcmp(bare(d->address), named)) here = d;
        if (s->key[0] && !strcmp(d->key, s->key)) same = d;
    }
    if (same && same != here) snprintf(t->address, sizeof t->address, "%s", same->address);
    const struct device_info *d = same ? same : here;
    if (!d) return;
    snprintf(t->key, sizeof t->key, "%s", d->key);
    if (d->protocol) snprintf(t->protocol, sizeof t->protocol, "%s", d->protocol);
}

/* How soon D comes into question; 0 not at all. P: what is known of it. */
static int rank(const struct seek *s, const struct device_info *d, struct pairing *p)
{
    bool allowed = devices_allowed(s->daemon, d, p);
    if (allowed) return p->answer == PAIRING_YES ? 3 : 2;
    if (p->answer == PAIRING_NEVER || d->class == DEVICE_OTHER) return 0;
    return s->daemon->config.auto_scan && !strncmp(d->address, "serial:", 7) ? 1 : 0; /* listening takes it from nobody */
}

static int nothing(const struct seek *s, int n, char why[256])
{
    int unknown = 0;
    for (int i = 0; i < n; i++) unknown += s->device[i].class != DEVICE_OTHER;
    if (unknown)
        snprintf(why, 256, "waiting for a sensor; %d device%s here that might be one: see 'plumbline devices'", unknown,
                 unknown == 1 ? " is" : "s are");
    else
        snprintf(why, 256, "waiting for a sensor; plug it in, or name it with 'device = …' (see 'plumbline doctor')");
    return -ENOENT;
}

static int find_automatically(struct seek *s, struct target *t, char why[256])
{
    const struct device_info *candidate[DEVICES_MAX];
    struct pairing known[DEVICES_MAX];
    int ranks[DEVICES_MAX], n = list(s), found = 0;
    for (int i = 0; i < n; i++) ranks[i] = rank(s, &s->device[i], &known[i]);
    for (int r = 3; r > 0; r--)
        for (int i = 0; i < n; i++)
            if (ranks[i] == r) candidate[found++] = &s->device[i];
    if (!found) return nothing(s, n, why);
    const struct device_info *d = candidate[s->turn % (unsigned)found];
    const struct pairing *p = &known[d - s->device];
    snprintf(t->address, sizeof t->address, "%s", d->address);
    snprintf(t->key, sizeof t->key, "%s", d->key);
    t->settled = found == 1;
    t->baud = p->baud;
    snprintf(t->guess, sizeof t->guess, "%s", p->protocol);
    if (d->protocol) snprintf(t->protocol, sizeof t->protocol, "%s", d->protocol);
    return 0;
}

int seek_find(struct seek *s, struct target *t, char why[256])
{
    const struct config *c = &s->daemon->config;
    *t = (struct target){.protocol = "auto"};
    if (!is_named(s)) {
        int failed = find_automatically(s, t, why);
        if (failed) return failed;
    } else {
        find_named(s, t);
    }
    if (strcmp(c->protocol, "auto") != 0) snprintf(t->protocol, sizeof t->protocol, "%s", c->protocol);
    if (c->baud) t->baud = c->baud;
    return 0;
}

bool seek_pass_over(struct seek *s, const struct target *t)
{
    if (t->settled) return false;
    s->turn++;
    return true;
}

void seek_settle(struct seek *s, const struct target *t, const char *protocol, unsigned baud)
{
    s->retry_s = RETRY_FIRST_S;
    if (is_named(s)) snprintf(s->key, sizeof s->key, "%s", t->key);
    if (t->key[0]) devices_learnt(s->daemon, t->key, protocol, baud);
}

void seek_forget(struct seek *s)
{
    s->key[0] = 0;
    s->turn = 0;
    s->retry_s = RETRY_FIRST_S;
    s->folder = sd_event_source_disable_unref(s->folder);
}

/* ---- when ---- */

static void look(struct seek *s)
{
    devices_look(s->daemon);
    if (s->waiting) s->look(s->arg);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *arg)
{
    (void)source, (void)usec;
    look(arg);
    return 0;
}

static void look_soon(struct seek *s)
{
    sd_event_source_set_time_relative(s->again, look_after_us[s->looks]);
    sd_event_source_set_enabled(s->again, SD_EVENT_ONESHOT);
}

static int on_again(sd_event_source *source, uint64_t usec, void *arg)
{
    struct seek *s = arg;
    (void)source, (void)usec;
    look(s);
    if (++s->looks < LOOKS) look_soon(s);
    return 0;
}

static void begin_looking(struct seek *s)
{
    s->looks = 0;
    s->retry_s = RETRY_FIRST_S;
    look_soon(s);
}

static int on_news(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    struct seek *s = arg;
    (void)source, (void)fd, (void)events;
    if (hotplug_take(s->hotplug)) begin_looking(s);
    return 0;
}

/* A name appeared, or its rights changed, in the folder of the device's name. */
static int on_folder(sd_event_source *source, const struct inotify_event *event, void *arg)
{
    struct seek *s = arg;
    const char *name = strrchr(s->daemon->config.device, '/');
    (void)source;
    if (!s->waiting || !event->len) return 0;
    if (!is_named(s) || (name && !strcmp(event->name, name + 1))) begin_looking(s);
    return 0;
}

static void watch_folder(struct seek *s)
{
    char folder[PATH_LEN];
    const char *path = is_named(s) ? strchr(s->daemon->config.device, '/') : "/dev/";
    if (s->folder || !path) return;
    snprintf(folder, sizeof folder, "%s", path);
    char *end = strrchr(folder, '/');
    end[end == folder] = 0;
    if (sd_event_add_inotify(s->daemon->loop, &s->folder, folder, IN_CREATE | IN_MOVED_TO | IN_ATTRIB, on_folder, s) < 0)
        s->folder = NULL;
}

/* The timer stands beside the news: a container gets none, and of a device that is torn down and put in again at the same
 * time the last word may have come too early. */
void seek_wait(struct seek *s)
{
    uint64_t wait_us = (uint64_t)s->retry_s * 1000000;
    s->waiting = true;
    watch_folder(s);
    sd_event_source_set_time_relative(s->retry, wait_us);
    sd_event_source_set_enabled(s->retry, SD_EVENT_ONESHOT);
    s->retry_s = s->retry_s * 2 < RETRY_MAX_S ? s->retry_s * 2 : RETRY_MAX_S;
}

void seek_stop_waiting(struct seek *s)
{
    s->waiting = false;
    s->folder = sd_event_source_disable_unref(s->folder);
    sd_event_source_set_enabled(s->retry, SD_EVENT_OFF);
}

/* ---- opening, closing ---- */

static int add_timer(struct seek *s, sd_event_source **source, sd_event_time_handler_t on_time)
{
    int failed = sd_event_add_time(s->daemon->loop, source, CLOCK_BOOTTIME, 0, 50000, on_time, s);
    return failed < 0 ? failed : sd_event_source_set_enabled(*source, SD_EVENT_OFF);
}

int seek_open(struct daemon *d, void (*look_again)(void *arg), void *arg, struct seek **out)
{
    struct seek *s = calloc(1, sizeof *s);
    if (!s) return -ENOMEM;
    *s = (struct seek){.daemon = d, .look = look_again, .arg = arg, .retry_s = RETRY_FIRST_S};
    int failed = add_timer(s, &s->retry, on_retry);
    if (failed >= 0) failed = add_timer(s, &s->again, on_again);
    if (failed < 0) {
        seek_close(s);
        return failed;
    }
    if (hotplug_open(&s->hotplug) || sd_event_add_io(d->loop, &s->news, hotplug_fd(s->hotplug), EPOLLIN, on_news, s) < 0) {
        hotplug_close(s->hotplug);
        s->hotplug = NULL;
    }
    begin_looking(s); /* what is plugged in already is met like what comes later */
    *out = s;
    return 0;
}

void seek_close(struct seek *s)
{
    if (!s) return;
    sd_event_source_disable_unref(s->news);
    sd_event_source_disable_unref(s->folder);
    sd_event_source_disable_unref(s->retry);
    sd_event_source_disable_unref(s->again);
    hotplug_close(s->hotplug);
    free(s);
}
