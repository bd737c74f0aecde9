/* Invariants:
 *   A signal is believed nothing: it leads to the row's question. One question a row is in flight, and what changes
 *   meanwhile is asked once more, so that a flood of signals costs a round trip at a time.
 *   known and value are what the name's present owner has answered; they are forgotten with it or with the bus: nobody
 *   stays "quiet" because a program died.
 *   Services are asked and watched, never started.
 */
#include "told.h"

#include "dconf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define BUS "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"
#define CHANGED(path, of) "type='signal',path='" path "',interface='" PROPERTIES "',arg0='" of "'"
#define SIGNALS(path, interface) "type='signal',path='" path "',interface='" interface "'"
#define DCONF(key) "type='signal',path='/ca/desrt/dconf/Writer/user',interface='ca.desrt.dconf.Writer'," \
                   "member='Notify',arg0path='" key "'"

struct source {
    enum told_what what;
    const char *teller;                       /* as the status names it */
    const char *owner;                        /* the name on the bus that it lives and dies with */
    const char *service, *path, *interface;   /* the question */
    const char *method, *arg[2];
    const char *word;                         /* a text or a list holds when this is in it */
    const char *key;                          /* dconf's key, asked when the answer is yes; of GNOME's kin */
    bool key_quiet;                           /* its value that means "quiet" */
    const char *signal[2];                    /* what says that the answer may be another */
    unsigned only_with;                       /* 1 + the row that has to hold for this one to count; 0 none */
};

enum { XFCE_SERVER };

#define SAVER_ROW(name, bus, at)                                                                    \
    {.what = TOLD_SAVER, .teller = name, .owner = bus, .service = bus, .path = at, .interface = bus, \
     .method = "GetActive", .signal = {SIGNALS(at, bus)}}
#define DCONF_ROW(name, shell, in, quiet)                                                          \
    {TOLD_QUIET, name, shell, BUS, "NameHasOwner", {shell}, .key = in, .key_quiet = quiet, .signal = {DCONF(in)}}

static const struct source sources[] = {
    /* xfconf may be there without Xfce, with an old setting. */
    [XFCE_SERVER] = {TOLD_SERVER, "Xfce", SERVER, SERVER, SERVER_PATH, SERVER, "GetServerInformation", .word = "Xfce"},

    SAVER_ROW("freedesktop", "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    SAVER_ROW("Cinnamon", "org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    SAVER_ROW("MATE", "org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    SAVER_ROW("Xfce", "org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),

    /* KDE Plasma: also while the screen is shared and, from 6.4, in full screen. */
    {TOLD_QUIET, "Plasma", SERVER, SERVER, SERVER_PATH, PROPERTIES, "Get", {SERVER, "Inhibited"},
     .signal = {CHANGED(SERVER_PATH, SERVER)}},
    {TOLD_QUIET, "dunst", SERVER, SERVER, SERVER_PATH, PROPERTIES, "Get", {"org.dunstproject.cmd0", "paused"},
     .signal = {CHANGED(SERVER_PATH, "org.dunstproject.cmd0")}},
    /* The mode's name is the one of mako's manual. Older ones tell their modes only when asked: nothing is told. */
    {TOLD_QUIET, "mako", SERVER, SERVER, "/fr/emersion/Mako", PROPERTIES, "Get", {"fr.emersion.Mako", "Modes"},
     .word = "do-not-disturb", .signal = {CHANGED("/fr/emersion/Mako", "fr.emersion.Mako")}},
    {TOLD_QUIET, "swaync", "org.erikreider.swaync.cc", "org.erikreider.swaync.cc", "/org/erikreider/swaync/cc",
     "org.erikreider.swaync.cc", "GetDnd", .signal = {SIGNALS("/org/erikreider/swaync/cc", "org.erikreider.swaync.cc")}},
    {TOLD_QUIET, "Xfce", "org.xfce.Xfconf", "org.xfce.Xfconf", "/org/xfce/Xfconf", "org.xfce.Xfconf", "GetProperty",
     {"xfce4-notifyd", "/do-not-disturb"}, .only_with = 1 + XFCE_SERVER,
     .signal = {SIGNALS("/org/xfce/Xfconf", "org.xfce.Xfconf") ",arg0='xfce4-notifyd',arg1='/do-not-disturb'"}},
    /* These tell on no bus; the settings portal leaves this one out. The writer of the file says when it has changed. */
    DCONF_ROW("GNOME", "org.gnome.Shell", "/org/gnome/desktop/notifications/show-banners", false),
    DCONF_ROW("Cinnamon", "org.Cinnamon", "/org/cinnamon/desktop/notifications/display-notifications", false),
    DCONF_ROW("MATE", "org.mate.SettingsDaemon", "/org/mate/notification-daemon/do-not-disturb", true),

    /* Each stream of a shared or recorded screen is an object below this path while it lasts. */
    {TOLD_SHARING, "Mutter", "org.gnome.Mutter.ScreenCast", "org.gnome.Mutter.ScreenCast",
     "/org/gnome/Mutter/ScreenCast/Stream", "org.freedesktop.DBus.Introspectable", "Introspect", .word = "<node name=",
     .signal = {"type='signal',path_namespace='/org/gnome/Mutter/ScreenCast'",
                "type='signal',path_namespace='/org/gnome/Mutter/RemoteDesktop'"}},
};
enum { SOURCES = sizeof sources / sizeof sources[0], SIGNALS_MAX = 2 };

struct row {
    struct told *told;
    const struct source *source;
    sd_bus_slot *match[1 + SIGNALS_MAX], *call;
    bool again; /* asked for while the call was in flight */
    bool known, value;
};

struct told {
    struct told_user user;
    sd_bus *bus;
    struct row row[SOURCES];
};

/* ---- the answer ---- */

static int list_has(sd_bus_message *m, const char *word)
{
    const char *s;
    int r, has = 0;
    if (sd_bus_message_enter_container(m, 'a', "s") < 0) return -EBADMSG;
    while ((r = sd_bus_message_read(m, "s", &s)) > 0) has |= strcmp(s, word) == 0;
    return r < 0 ? -EBADMSG : has;
}

/* 1 or 0; −EBADMSG for what is no answer to such a question. */
static int read_answer(sd_bus_message *m, const char *word)
{
    char type;
    const char *contents, *s;
    int b;
    if (sd_bus_message_peek_type(m, &type, &contents) <= 0) return -EBADMSG;
    if (type == 'v') {
        if (sd_bus_message_enter_container(m, 'v', contents) < 0) return -EBADMSG;
        if (sd_bus_message_peek_type(m, &type, &contents) <= 0) return -EBADMSG;
    }
    if (type == 'b') return sd_bus_message_read(m, "b", &b) < 0 ? -EBADMSG : b != 0;
    if (!word) return -EBADMSG;
    if (type == 's') return sd_bus_message_read(m, "s", &s) < 0 ? -EBADMSG : strstr(s, word) != NULL;
    return type == 'a' && strcmp(contents, "s") == 0 ? list_has(m, word) : -EBADMSG;
}

static int evaluate(sd_bus_message *m, const struct source *s)
{
    if (sd_bus_message_is_method_error(m, NULL)) /* no stream, so there is nothing at the path above */
        return s->what == TOLD_SHARING && sd_bus_message_is_method_error(m, SD_BUS_ERROR_UNKNOWN_OBJECT) ? 0 : -EBADMSG;
    int answer = read_answer(m, s->word);
    if (!s->key) return answer;
    if (answer != 1) return -EBADMSG;
    bool value = !s->key_quiet; /* what was never set is as it came: loud */
    answer = dconf_read_bool(s->key, &value);
    return answer < 0 && answer != -ENOENT ? answer : value == s->key_quiet;
}

static void set(struct row *row, int answer)
{
    bool known = answer >= 0, value = answer > 0;
    if (row->known == known && row->value == value) return;
    row->known = known;
    row->value = value;
    row->told->user.changed(row->told->user.arg);
}

static void ask(struct row *row);

static int on_answer(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    struct row *row = arg;
    (void)error;
    row->call = sd_bus_slot_unref(row->call);
    int answer = evaluate(m, row->source);
    if (row->again) ask(row);
    set(row, answer);
    return 0;
}

/* ---- the question ---- */

static void ask(struct row *row)
{
    const struct source *s = row->source;
    sd_bus_message *m = NULL;
    row->again = row->call != NULL;
    if (row->again) return;
    int r = sd_bus_message_new_method_call(row->told->bus, &m, s->service, s->path, s->interface, s->method);
    if (r >= 0) r = sd_bus_message_set_auto_start(m, 0);
    for (int i = 0; i < 2 && s->arg[i] && r >= 0; i++) r = sd_bus_message_append(m, "s", s->arg[i]);
    if (r >= 0) sd_bus_call_async(row->told->bus, &row->call, m, on_answer, row, 0);
    sd_bus_message_unref(m);
}

static int on_signal(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    (void)m;
    (void)error;
    ask(arg);
    return 0;
}

static void forget(struct row *row)
{
    row->call = sd_bus_slot_unref(row->call);
    row->again = false;
    set(row, -ENOENT);
}

static int on_owner(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const char *name, *before, *after;
    (void)error;
    if (sd_bus_message_read(m, "sss", &name, &before, &after) < 0) return 0;
    forget(arg);
    if (*after) ask(arg);
    return 0;
}

/* ---- the face ---- */

int told_open(const struct told_user *user, struct told **t)
{
    struct told *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->user = *user;
    for (int i = 0; i < SOURCES; i++) new->row[i] = (struct row){.told = new, .source = &sources[i]};
    *t = new;
    return 0;
}

void told_up(struct told *t, sd_bus *session)
{
    t->bus = session;
    for (int i = 0; i < SOURCES; i++) {
        struct row *row = &t->row[i];
        char match[256];
        snprintf(match, sizeof match,
                 "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
                 "member='NameOwnerChanged',arg0='%s'",
                 row->source->owner);
        sd_bus_add_match_async(session, &row->match[0], match, on_owner, NULL, row);
        for (int k = 0; k < SIGNALS_MAX && row->source->signal[k]; k++)
            sd_bus_add_match_async(session, &row->match[1 + k], row->source->signal[k], on_signal, NULL, row);
        ask(row);
    }
}

static void drop(struct row *row)
{
    for (int k = 0; k < 1 + SIGNALS_MAX; k++) row->match[k] = sd_bus_slot_unref(row->match[k]);
    row->call = sd_bus_slot_unref(row->call);
}

void told_down(struct told *t)
{
    for (int i = 0; i < SOURCES; i++) {
        drop(&t->row[i]);
        forget(&t->row[i]);
    }
    t->bus = NULL;
}

static bool counts(const struct told *t, const struct row *row, enum told_what what)
{
    unsigned with = row->source->only_with;
    return row->source->what == what && row->known && (!with || t->row[with - 1].value);
}

bool told_holds(const struct told *t, enum told_what what)
{
    for (int i = 0; i < SOURCES; i++)
        if (counts(t, &t->row[i], what) && t->row[i].value) return true;
    return false;
}

const char *told_by(const struct told *t, enum told_what what)
{
    for (int i = 0; i < SOURCES; i++)
        if (counts(t, &t->row[i], what)) return t->row[i].source->teller;
    return NULL;
}

void told_close(struct told *t)
{
    if (!t) return;
    for (int i = 0; i < SOURCES; i++) drop(&t->row[i]);
    free(t);
}
