/* Invariants:
 *   one thread, one loop; nothing here waits: device, socket, bus and clock are all sources of it;
 *   one timer serves every room: it stands at pipeline_due_ns().
 */
#include "calendar.h"
#include "daemon.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <systemd/sd-daemon.h>

/* A deadline may wait for the next look at a sensor that sends: the two are one wake then. */
enum { DEADLINE_SLACK_US = 300 * 1000, ACCURACY_US = 50 * 1000, SETTLE_US = 200 * 1000 };

void live_rearm(struct daemon *d)
{
    int64_t due_ns = pipeline_due_ns(d->pipeline);
    uint64_t usec = due_ns == INT64_MAX ? UINT64_MAX : due_ns < 0 ? 0 : (uint64_t)due_ns / NS_PER_US + 1;
    sd_event_source_set_time(d->deadline, usec);
    sd_event_source_set_enabled(d->deadline, usec == UINT64_MAX ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
    calendar_look(d->calendar);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *arg)
{
    struct daemon *d = arg;
    (void)source, (void)usec;
    pipeline_on_time(d->pipeline);
    live_rearm(d);
    return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *arg)
{
    (void)info, (void)arg;
    return sd_event_exit(sd_event_source_get_event(source), 0);
}

/* 0, or the number of mistakes, told on standard error (the old configuration stays). */
static int reload(struct daemon *d)
{
    static struct config fresh; /* 12 KB: kept off the stack */
    config_default(&fresh);
    int mistakes = config_read(&fresh, d->config_path, stderr);
    if (mistakes) {
        fprintf(stderr, "%s was not taken%s%s; the settings from before stay\n", d->config_path, mistakes < 0 ? ": " : "",
                mistakes < 0 ? strerror(-mistakes) : "");
        return mistakes;
    }
    bool other_sensor = strcmp(fresh.device, d->config.device) || strcmp(fresh.protocol, d->config.protocol) ||
                        fresh.baud != d->config.baud || fresh.auto_scan != d->config.auto_scan || fresh.rate_hz < d->config.rate_hz || fresh.rate_hz > d->config.rate_hz;
    memcpy(fresh.data, d->config.data, sizeof fresh.data); /* the open store stays where it is */
    main_override(d, &fresh);
    d->config = fresh;
    pipeline_configure(d->pipeline, &d->config);
    if (other_sensor) link_restart(d->link);
    calendar_ask(d->calendar);
    live_rearm(d);
    fprintf(stderr, "%s is in effect\n", d->config_path);
    return 0;
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *arg)
{
    (void)source, (void)info;
    reload(arg);
    return 0;
}

static int on_settled(sd_event_source *source, uint64_t usec, void *arg)
{
    (void)source, (void)usec;
    reload(arg);
    return 0;
}

/* An editor writes a file in several steps: read it when it has been quiet for a moment. */
static int on_config_folder(sd_event_source *source, const struct inotify_event *event, void *arg)
{
    struct daemon *d = arg;
    const char *name = strrchr(d->config_path, '/');
    (void)source;
    if (!event->len || !name || strcmp(event->name, name + 1) != 0) return 0;
    sd_event_source_set_time_relative(d->settle, SETTLE_US);
    sd_event_source_set_enabled(d->settle, SD_EVENT_ONESHOT);
    return 0;
}

static void watch_config(struct daemon *d)
{
    char folder[PATH_LEN];
    snprintf(folder, sizeof folder, "%s", d->config_path);
    char *slash = strrchr(folder, '/');
    if (!slash) return;
    *slash = 0;
    if (sd_event_add_time(d->loop, &d->settle, CLOCK_BOOTTIME, 0, ACCURACY_US, on_settled, d) < 0) return;
    sd_event_source_set_enabled(d->settle, SD_EVENT_OFF);
    sd_event_add_inotify(d->loop, NULL, folder, IN_CLOSE_WRITE | IN_MOVED_TO, on_config_folder, d);
}

static void on_answered(void *arg, uint32_t advice_id, enum answer a)
{
    struct daemon *d = arg;
    if (!d->pipeline) return;
    pipeline_answer(d->pipeline, advice_id, a);
    live_rearm(d);
}

static void on_presence(void *arg, const struct presence *presence)
{
    struct daemon *d = arg;
    if (!d->pipeline) return;
    pipeline_presence(d->pipeline, presence);
    live_rearm(d);
}

static void on_sleep(void *arg, bool going)
{
    struct daemon *d = arg;
    if (!d->pipeline) return;
    pipeline_on_sleep(d->pipeline, going);
    if (!going && d->link) link_wake(d->link);
    if (!going) calendar_ask(d->calendar);
    live_rearm(d);
}

static void on_chosen(void *arg, const char *key, bool yes) { devices_chosen(arg, key, yes); }

static int open_signals(struct daemon *d)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD); /* so sd-event wants it for children, which it waits for by descriptor */
    if (sigprocmask(SIG_BLOCK, &set, NULL)) return -errno;
    int failed = sd_event_add_signal(d->loop, NULL, SIGTERM, on_stop, d);
    if (failed >= 0) failed = sd_event_add_signal(d->loop, NULL, SIGINT, on_stop, d);
    return failed < 0 ? failed : sd_event_add_signal(d->loop, NULL, SIGHUP, on_hangup, d);
}

static int open_rooms(struct daemon *d)
{
    const struct desk_listener listener = {d, on_answered, on_presence, on_sleep, on_chosen};
    const struct pipeline_options options = {.clock = CLOCK_LIVE};
    int failed = 0;
    d->reload = reload;
    d->restart = link_restart;
    d->send = link_send;
    if (!d->desk) failed = desk_open_bus(d->loop, &listener, &d->desk);
    if (!failed) failed = pipeline_open(&d->config, &options, d->store, d->desk, &d->pipeline);
    if (!failed)
        failed = sd_event_add_time(d->loop, &d->deadline, CLOCK_BOOTTIME, 0, DEADLINE_SLACK_US, on_deadline, d);
    if (failed < 0) return failed;
    if ((failed = control_open(d, &d->control)))
        fprintf(stderr, "no control socket (%s); 'plumbline status' will not find this daemon. Is XDG_RUNTIME_DIR set?\n",
                strerror(-failed));
    if ((failed = calendar_open(d, &d->calendar)) < 0) return failed;
    return link_open(d, &d->link);
}

int live_run(struct daemon *d)
{
    int failed = sd_event_new(&d->loop), code = 1;
    if (failed >= 0) failed = open_signals(d);
    if (failed >= 0) failed = open_rooms(d);
    if (failed >= 0) {
        watch_config(d);
        live_rearm(d);
        sd_event_set_watchdog(d->loop, true);
        malloc_trim(0); /* what only the start needed */
        sd_notifyf(0, "READY=1\nSTATUS=%s", d->link_text);
        failed = sd_event_loop(d->loop);
        sd_notify(0, "STOPPING=1");
        code = failed < 0;
    }
    if (failed < 0) fprintf(stderr, "stopped: %s\n", strerror(-failed));
    link_close(d->link);
    control_close(d->control);
    calendar_close(d->calendar);
    pipeline_close(d->pipeline);
    desk_close(d->desk);
    sd_event_source_unref(d->deadline);
    sd_event_source_unref(d->settle);
    sd_event_unref(d->loop);
    return code;
}
