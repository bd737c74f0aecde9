/* notify_server — a notification server for tests: draws nothing, logs what it is asked, answers as it is told.
 *
 *   notify_server [--as gnome-shell|plasma|dunst|mako|xfce|lxqt|notify-osd] [--no-actions] [--reuse-ids]
 *                 [--answer KEY] [--log FILE]
 *
 * --as NAME     says of itself what that server says, and does with a notification whose button was pressed what it does
 * --no-actions  a server that cannot draw buttons
 * --reuse-ids   the number of a notification that is gone is given to the next
 * --answer KEY  clicks KEY 100 ms after each notification that offers it
 * Log lines: "ready", "image WIDTHxHEIGHT ROW ALPHA BITS CHANNELS BYTES" before the notification that has one,
 * "notify ID replaces R urgency U: TITLE | BODY [key,key]", with " transient" after it, a line feed as "\n"; "close ID".
 * The interface plumbline.Test on the same object plays the person: Click(u id, s key), Dismiss(u id), Expire(u id),
 * Pause(b on) (do-not-disturb, as dunst tells it) and Saver(b on) (the screen saver).
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"
#define SAVER "org.freedesktop.ScreenSaver"
#define SAVER_PATH "/org/freedesktop/ScreenSaver"
#define DUNST "org.dunstproject.cmd0"

enum closed { CLOSED_EXPIRED = 1, CLOSED_DISMISSED = 2, CLOSED_BY_CALL = 3 };

/* What servers say of themselves, as read from them (dunst, Xfce) or in their sources. */
static const struct profile {
    const char *word, *name, *version;
    const char *capabilities[12];
    bool leaves; /* a notification whose button was pressed stays on the screen */
} profiles[] = {
    {"test", "test-server", "1.0", {"body", "body-markup", "actions"}, false},
    {"gnome-shell", "gnome-shell", "43.9", {"actions", "body", "body-markup", "icon-static", "persistence", "sound"}, false},
    {"plasma", "Plasma", "5.27.5",
     {"body", "body-hyperlinks", "body-markup", "body-images", "icon-static", "actions", "persistence", "inline-reply",
      "x-kde-urls", "x-kde-origin-name", "inhibitions"}, false},
    {"dunst", "dunst", "1.9.0 (2022-06-27)",
     {"actions", "body", "body-hyperlinks", "icon-static", "synchronous", "private-synchronous",
      "x-canonical-private-synchronous", "x-dunst-stack-tag", "body-markup"}, true},
    {"mako", "mako", "0.0.0", {"body", "body-markup", "actions", "icon-static"}, false},
    {"xfce", "Xfce Notify Daemon", "0.7.3",
     {"action-icons", "actions", "body", "body-hyperlinks", "body-markup", "icon-static",
      "x-canonical-private-icon-only"}, false},
    {"lxqt", "lxqt-notificationd", "1.2.0",
     {"actions", "body", "body-hyperlinks", "body-images", "body-markup", "persistence"}, false},
    {"notify-osd", "notify-osd", "1.0",
     {"body", "body-markup", "icon-static", "image/svg+xml", "x-canonical-private-synchronous", "x-canonical-append",
      "x-canonical-private-icon-only", "x-canonical-truncation"}, false},
};

struct server {
    sd_event *loop;
    sd_bus *bus;
    FILE *log;
    const char *answer; /* NULL: nobody clicks */
    const struct profile *profile;
    bool actions, reuse_ids;
    uint32_t last_id, answer_id;
    bool shown[64]; /* by number, where numbers are used again */
    int paused, saver;
};

static int closed(struct server *s, uint32_t id, enum closed reason)
{
    if (id < sizeof s->shown) s->shown[id] = false;
    return sd_bus_emit_signal(s->bus, PATH, NAME, "NotificationClosed", "uu", id, (uint32_t)reason);
}

static int click(struct server *s, uint32_t id, const char *key)
{
    int r = sd_bus_emit_signal(s->bus, PATH, NAME, "ActionInvoked", "us", id, key);
    return r < 0 || s->profile->leaves ? r : closed(s, id, CLOSED_DISMISSED);
}

static uint32_t new_id(struct server *s)
{
    uint32_t id = 1;
    if (!s->reuse_ids) return ++s->last_id;
    while (id + 1 < sizeof s->shown && s->shown[id]) id++;
    s->shown[id] = true;
    return id;
}

static int on_answer(sd_event_source *source, uint64_t usec, void *arg)
{
    struct server *s = arg;
    (void)source;
    (void)usec;
    return click(s, s->answer_id, s->answer);
}

static bool offered(char **actions, const char *key)
{
    for (char **a = actions; a && a[0] && a[1]; a += 2)
        if (strcmp(a[0], key) == 0) return true;
    return false;
}

static void log_actions(FILE *log, char **actions)
{
    const char *comma = "";
    fputs(" [", log);
    for (char **a = actions; a && a[0] && a[1]; a += 2, comma = ",") fprintf(log, "%s%s", comma, a[0]);
    fputs("]", log);
}

static void log_text(FILE *log, const char *text)
{
    for (; *text; text++)
        if (*text == '\n')
            fputs("\\n", log);
        else
            fputc(*text, log);
}

static int log_image(sd_bus_message *m, FILE *log)
{
    int wide, high, row, alpha, bits, channels;
    const void *pixels;
    size_t size;
    int r = sd_bus_message_enter_container(m, 'v', "(iiibiiay)");
    if (r >= 0) r = sd_bus_message_enter_container(m, 'r', "iiibiiay");
    if (r >= 0) r = sd_bus_message_read(m, "iiibii", &wide, &high, &row, &alpha, &bits, &channels);
    if (r >= 0) r = sd_bus_message_read_array(m, 'y', &pixels, &size);
    if (r >= 0) r = sd_bus_message_exit_container(m);
    if (r >= 0) r = sd_bus_message_exit_container(m);
    if (r >= 0) fprintf(log, "image %dx%d %d %d %d %d %zu\n", wide, high, row, alpha, bits, channels, size);
    return r;
}

static int read_hints(sd_bus_message *m, FILE *log, int *urgency, int *transient)
{
    *urgency = -1;
    *transient = 0;
    int r = sd_bus_message_enter_container(m, 'a', "{sv}");
    while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
        const char *name;
        uint8_t value;
        r = sd_bus_message_read(m, "s", &name);
        if (r >= 0 && strcmp(name, "urgency") == 0) {
            r = sd_bus_message_read(m, "v", "y", &value);
            *urgency = value;
        } else if (r >= 0 && strcmp(name, "transient") == 0) {
            r = sd_bus_message_read(m, "v", "b", transient);
        } else if (r >= 0 && strcmp(name, "image-data") == 0) {
            r = log_image(m, log);
        } else if (r >= 0) {
            r = sd_bus_message_skip(m, "v");
        }
        if (r >= 0) r = sd_bus_message_exit_container(m);
    }
    return r;
}

static int on_notify(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct server *s = arg;
    const char *app, *icon, *title, *body;
    char **actions = NULL;
    uint32_t replaces;
    int urgency, transient;
    int r = sd_bus_message_read(m, "susss", &app, &replaces, &icon, &title, &body);
    if (r >= 0) r = sd_bus_message_read_strv(m, &actions);
    if (r >= 0) r = read_hints(m, s->log, &urgency, &transient);
    if (r < 0) return sd_bus_error_set_errno(error, r);
    uint32_t id = replaces ? replaces : new_id(s);
    fprintf(s->log, "notify %u replaces %u urgency %d: %s | ", id, replaces, urgency, title);
    log_text(s->log, body);
    log_actions(s->log, actions);
    fputs(transient ? " transient\n" : "\n", s->log);
    if (s->answer && offered(actions, s->answer)) {
        s->answer_id = id;
        sd_event_add_time_relative(s->loop, NULL, CLOCK_MONOTONIC, 100000, 0, on_answer, s);
    }
    for (char **a = actions; a && *a; a++) free(*a);
    free(actions);
    return sd_bus_reply_method_return(m, "u", id);
}

static int on_close(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct server *s = arg;
    uint32_t id;
    (void)error;
    if (sd_bus_message_read(m, "u", &id) < 0) return -EINVAL;
    fprintf(s->log, "close %u\n", id);
    closed(s, id, CLOSED_BY_CALL);
    return sd_bus_reply_method_return(m, "");
}

static int on_capabilities(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct server *s = arg;
    (void)error;
    sd_bus_message *reply = NULL;
    int r = sd_bus_message_new_method_return(m, &reply);
    if (r >= 0) r = sd_bus_message_open_container(reply, 'a', "s");
    for (const char *const *c = s->profile->capabilities; *c && r >= 0; c++)
        if (s->actions || strcmp(*c, "body") == 0) r = sd_bus_message_append(reply, "s", *c);
    if (r >= 0) r = sd_bus_message_close_container(reply);
    if (r >= 0) r = sd_bus_send(s->bus, reply, NULL);
    sd_bus_message_unref(reply);
    return r < 0 ? r : 1;
}

static int on_information(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const struct server *s = arg;
    (void)error;
    return sd_bus_reply_method_return(m, "ssss", s->profile->name, "somebody", s->profile->version, "1.2");
}

static const sd_bus_vtable notifications[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Notify", "susssasa{sv}i", "u", on_notify, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("CloseNotification", "u", "", on_close, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetCapabilities", "", "as", on_capabilities, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("GetServerInformation", "", "ssss", on_information, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("NotificationClosed", "uu", 0),
    SD_BUS_SIGNAL("ActionInvoked", "us", 0),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable dunst[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("paused", "b", NULL, offsetof(struct server, paused), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_VTABLE_END,
};

/* ---- the screen saver and the person ---- */

static int on_get_active(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct server *s = arg;
    (void)error;
    return sd_bus_reply_method_return(m, "b", s->saver);
}

static const sd_bus_vtable screen_saver[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetActive", "", "b", on_get_active, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("ActiveChanged", "b", 0),
    SD_BUS_VTABLE_END,
};

static int on_test(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct server *s = arg;
    uint32_t id;
    const char *key, *what = sd_bus_message_get_member(m);
    (void)error;
    int r = -EINVAL;
    if (strcmp(what, "Click") == 0 && sd_bus_message_read(m, "us", &id, &key) >= 0)
        r = click(s, id, key);
    else if (strcmp(what, "Dismiss") == 0 && sd_bus_message_read(m, "u", &id) >= 0)
        r = closed(s, id, CLOSED_DISMISSED);
    else if (strcmp(what, "Expire") == 0 && sd_bus_message_read(m, "u", &id) >= 0)
        r = closed(s, id, CLOSED_EXPIRED);
    else if (strcmp(what, "Pause") == 0 && sd_bus_message_read(m, "b", &s->paused) >= 0)
        r = sd_bus_emit_properties_changed(s->bus, PATH, DUNST, "paused", NULL);
    else if (strcmp(what, "Saver") == 0 && sd_bus_message_read(m, "b", &s->saver) >= 0)
        r = sd_bus_emit_signal(s->bus, SAVER_PATH, SAVER, "ActiveChanged", "b", s->saver);
    return r < 0 ? r : sd_bus_reply_method_return(m, "");
}

static const sd_bus_vtable person[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Click", "us", "", on_test, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Dismiss", "u", "", on_test, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Expire", "u", "", on_test, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Pause", "b", "", on_test, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Saver", "b", "", on_test, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static int serve(struct server *s)
{
    int r = sd_event_default(&s->loop);
    if (r >= 0) r = sd_bus_open_user(&s->bus);
    if (r >= 0) r = sd_bus_set_exit_on_disconnect(s->bus, true);
    if (r >= 0) r = sd_bus_attach_event(s->bus, s->loop, SD_EVENT_PRIORITY_NORMAL);
    if (r >= 0) r = sd_bus_add_object_vtable(s->bus, NULL, PATH, NAME, notifications, s);
    if (r >= 0) r = sd_bus_add_object_vtable(s->bus, NULL, PATH, DUNST, dunst, s);
    if (r >= 0) r = sd_bus_add_object_vtable(s->bus, NULL, PATH, "plumbline.Test", person, s);
    if (r >= 0) r = sd_bus_add_object_vtable(s->bus, NULL, SAVER_PATH, SAVER, screen_saver, s);
    if (r >= 0) r = sd_bus_request_name(s->bus, SAVER, 0);
    if (r >= 0) r = sd_bus_request_name(s->bus, NAME, 0);
    if (r < 0) return r;
    fputs("ready\n", s->log);
    r = sd_event_loop(s->loop);
    sd_bus_flush_close_unref(s->bus);
    sd_event_unref(s->loop);
    return r;
}

static const struct profile *find_profile(const char *word)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i].word, word) == 0) return &profiles[i];
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"as", required_argument, NULL, 'p'},
        {"reuse-ids", no_argument, NULL, 'r'},
        {"no-actions", no_argument, NULL, 'n'},
        {"answer", required_argument, NULL, 'a'},
        {"log", required_argument, NULL, 'l'},
        {NULL, 0, NULL, 0},
    };
    struct server s = {.log = stdout, .actions = true, .profile = profiles};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'p') s.profile = find_profile(optarg);
        if (c == 'r') s.reuse_ids = true;
        if (c == 'n') s.actions = false;
        if (c == 'a') s.answer = optarg;
        if (c == 'l') s.log = fopen(optarg, "ae");
        if (c == '?' || !s.profile) return EXIT_FAILURE;
    }
    if (!s.log) return perror("notify_server: the log"), EXIT_FAILURE;
    setvbuf(s.log, NULL, _IOLBF, 0);
    int r = serve(&s);
    if (r < 0) fprintf(stderr, "notify_server: %s\n", strerror(-r));
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
