/* What programs tell on the session bus, each played by the test on the desk's own loop: as they do, as they should not,
 * not at all, and without end. */
#include "desk_fixture.h"
#include "dconf_sample.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOON_MS = 60000, WHILE_MS = 200, FLOOD = 500 };
#define SERVER "org.freedesktop.Notifications"
#define PROPERTIES "org.freedesktop.DBus.Properties"

enum shape { PLAIN, IN_VARIANT, MODES, STREAMS, SETTING };
enum says { NO, YES, NONSENSE, REFUSAL, NOTHING };

/* A program and how it says that something has changed. */
struct program {
    const char *told;  /* in the description */
    const char *owner, *member;
    const char *about; /* first argument of the question, NULL any */
    enum shape shape;
    const char *path, *interface, *signal, *types, *arg[2];
    size_t field; /* of struct presence */
};
#define FIELD(name) offsetof(struct presence, name)
#define SAVER(who, name, at) \
    {"screen saver: " who, name, "GetActive", NULL, PLAIN, at, name, "ActiveChanged", "b", {NULL}, FIELD(locked)}

static const struct program programs[] = {
    SAVER("freedesktop", "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    SAVER("Cinnamon", "org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    SAVER("MATE", "org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    SAVER("Xfce", "org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
    {"do not disturb: Plasma", SERVER, "Get", SERVER, IN_VARIANT, "/org/freedesktop/Notifications", PROPERTIES,
     "PropertiesChanged", "sa{sv}as", {SERVER}, FIELD(do_not_disturb)},
    {"do not disturb: dunst", SERVER, "Get", "org.dunstproject.cmd0", IN_VARIANT, "/org/freedesktop/Notifications",
     PROPERTIES, "PropertiesChanged", "sa{sv}as", {"org.dunstproject.cmd0"}, FIELD(do_not_disturb)},
    {"do not disturb: mako", SERVER, "Get", "fr.emersion.Mako", MODES, "/fr/emersion/Mako", PROPERTIES,
     "PropertiesChanged", "sa{sv}as", {"fr.emersion.Mako"}, FIELD(do_not_disturb)},
    {"do not disturb: swaync", "org.erikreider.swaync.cc", "GetDnd", NULL, PLAIN, "/org/erikreider/swaync/cc",
     "org.erikreider.swaync.cc", "SubscribeV2", "", {NULL}, FIELD(do_not_disturb)},
    {"do not disturb: Xfce", "org.xfce.Xfconf", "GetProperty", "xfce4-notifyd", IN_VARIANT, "/org/xfce/Xfconf",
     "org.xfce.Xfconf", "PropertyChanged", "ss", {"xfce4-notifyd", "/do-not-disturb"}, FIELD(do_not_disturb)},
    {"do not disturb: GNOME", "org.gnome.Shell", "", NULL, SETTING, "/ca/desrt/dconf/Writer/user",
     "ca.desrt.dconf.Writer", "Notify", "s", {SHOW_BANNERS}, FIELD(do_not_disturb)},
    {"screen sharing: Mutter", "org.gnome.Mutter.ScreenCast", "Introspect", NULL, STREAMS,
     "/org/gnome/Mutter/ScreenCast/Stream/u1", "org.gnome.Mutter.ScreenCast.Stream", "PipeWireStreamAdded", "", {NULL},
     FIELD(sharing)},
};
enum { PROGRAMS = sizeof programs / sizeof programs[0] };

static struct fixture f;
static struct {
    sd_bus *bus;
    const struct program *program;
    enum says says;
    unsigned asked;
} actor;

/* ---- the actor ---- */

static int reply(sd_bus_message *m, const struct program *p)
{
    bool yes = actor.says == YES;
    if (actor.says == REFUSAL) return sd_bus_reply_method_errnof(m, EACCES, "no");
    if (actor.says == NONSENSE) return sd_bus_reply_method_return(m, "(du)", 0.5, 7u);
    switch (p->shape) {
    case PLAIN: return sd_bus_reply_method_return(m, "b", yes);
    case IN_VARIANT: return sd_bus_reply_method_return(m, "v", "b", yes);
    case MODES: return sd_bus_reply_method_return(m, "v", "as", 2, "default", yes ? "do-not-disturb" : "disturb");
    case STREAMS:
        return sd_bus_reply_method_return(m, "s", yes ? "<node>\n <node name=\"u1\"/>\n</node>" : "<node>\n</node>");
    case SETTING: break;
    }
    return -EINVAL;
}

static int on_call(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const struct program *p = actor.program;
    const char *about = "";
    (void)arg;
    (void)error;
    if (!sd_bus_message_is_method_call(m, NULL, NULL)) return 0;
    if (sd_bus_message_is_method_call(m, NULL, "GetServerInformation"))
        return sd_bus_reply_method_return(m, "ssss", "Xfce Notify Daemon", "Xfce", "0.7.3", "1.2");
    if (strcmp(sd_bus_message_get_member(m), p->member) != 0) return 0;
    if (p->about && (sd_bus_message_read(m, "s", &about) < 0 || strcmp(about, p->about) != 0)) return 0;
    actor.asked++;
    return actor.says == NOTHING ? 1 : reply(m, p);
}

static void write_setting(const char *folder)
{
    char path[128];
    uint8_t file[sizeof dconf_sample];
    memcpy(file, dconf_sample, sizeof file);
    file[SHOW_BANNERS_AT] = actor.says != YES;
    snprintf(path, sizeof path, "%s/dconf", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/dconf/user", folder);
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    size_t size = actor.says == REFUSAL ? 0 : actor.says == NONSENSE ? sizeof file / 2 : sizeof file;
    assert_int_equal(fwrite(file, 1, size, out), size);
    fclose(out);
}

static void remove_setting(const char *folder)
{
    char path[128];
    snprintf(path, sizeof path, "%s/dconf/user", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/dconf", folder);
    rmdir(path);
}

static void signal_change(void)
{
    const struct program *p = actor.program;
    sd_bus_message *m = NULL;
    assert_true(sd_bus_message_new_signal(actor.bus, &m, p->path, p->interface, p->signal) >= 0);
    if (strcmp(p->types, "b") == 0) assert_true(sd_bus_message_append(m, "b", actor.says == YES) >= 0);
    for (int i = 0; i < 2 && p->arg[i]; i++) assert_true(sd_bus_message_append(m, "s", p->arg[i]) >= 0);
    if (strcmp(p->types, "sa{sv}as") == 0) assert_true(sd_bus_message_append(m, "a{sv}as", 0, 0) >= 0);
    assert_true(sd_bus_send(actor.bus, m, NULL) >= 0);
    sd_bus_message_unref(m);
}

static void say(enum says what)
{
    actor.says = what;
    if (actor.program->shape == SETTING) write_setting(f.folder);
    if (actor.bus) signal_change();
}

static void enter(const struct program *p, enum says what)
{
    actor.program = p;
    actor.asked = 0;
    say(what);
    assert_true(sd_bus_open_user(&actor.bus) >= 0);
    assert_true(sd_bus_attach_event(actor.bus, f.loop, 0) >= 0);
    assert_true(sd_bus_add_filter(actor.bus, NULL, on_call, NULL) >= 0);
    if (strcmp(p->owner, SERVER) != 0) assert_true(sd_bus_request_name(actor.bus, SERVER, 0) >= 0);
    assert_true(sd_bus_request_name(actor.bus, p->owner, 0) >= 0);
}

static void quit(void)
{
    if (!actor.bus) return;
    sd_bus_detach_event(actor.bus);
    actor.bus = sd_bus_flush_close_unref(actor.bus);
}

/* ---- the tests ---- */

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&f);
    setenv("XDG_CONFIG_HOME", f.folder, 1);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    quit();
    remove_setting(f.folder);
    fixture_close(&f);
    return 0;
}

static bool holds(struct fixture *x, const void *value)
{
    const char *at = (const char *)&x->presence + actor.program->field;
    return *(const bool *)(const void *)at == *(const bool *)value;
}
static void told(bool value) { assert_true(fixture_run(&f, holds, &value, SOON_MS)); }
static void described(const char *text) { assert_true(fixture_run(&f, fixture_described, text, SOON_MS)); }

static void untold(void)
{
    char text[64];
    const char *colon = strchr(actor.program->told, ':');
    snprintf(text, sizeof text, "%.*s: not told", (int)(colon - actor.program->told), actor.program->told);
    described(text);
    told(false);
}

static void each(const struct program *p)
{
    enter(p, NO);
    described(p->told);
    told(false);
    say(YES), told(true);
    say(NO), told(false);
    say(YES), told(true);
    say(NONSENSE), untold();
    say(YES), told(true);
    say(REFUSAL), untold();
    say(YES), told(true);
    quit(), untold(); /* who died keeps nobody quiet */
    enter(p, YES), told(true); /* and is heard when it comes back */
    quit(), untold();
}

static void test_each(void **state)
{
    (void)state;
    fixture_desk(&f);
    for (int i = 0; i < PROGRAMS; i++) {
        print_message("%s\n", programs[i].told);
        each(&programs[i]);
        remove_setting(f.folder);
    }
}

static bool has_asked(struct fixture *x, const void *times)
{
    (void)x;
    return actor.asked >= *(const unsigned *)times;
}

/* A program that calls out without end and never answers is asked once. */
static void test_flood(void **state)
{
    (void)state;
    fixture_desk(&f);
    for (int i = 0; i < PROGRAMS; i++) {
        if (programs[i].shape == SETTING) continue; /* the bus answers this one */
        enter(&programs[i], NOTHING);
        assert_true(fixture_run(&f, has_asked, &(unsigned){1}, SOON_MS));
        for (int k = 0; k < FLOOD; k++) signal_change();
        fixture_idle(&f, WHILE_MS);
        assert_int_equal(actor.asked, 1);
        quit();
        untold();
    }
}

/* An old setting of Xfce's counts with Xfce's server alone. */
static void test_another_server(void **state)
{
    const struct program *xfce = NULL;
    (void)state;
    for (int i = 0; i < PROGRAMS; i++)
        if (strcmp(programs[i].told, "do not disturb: Xfce") == 0) xfce = &programs[i];
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    actor.program = xfce;
    actor.says = YES;
    assert_true(sd_bus_open_user(&actor.bus) >= 0);
    assert_true(sd_bus_attach_event(actor.bus, f.loop, 0) >= 0);
    assert_true(sd_bus_add_filter(actor.bus, NULL, on_call, NULL) >= 0);
    assert_true(sd_bus_request_name(actor.bus, "org.xfce.Xfconf", 0) >= 0);
    assert_true(fixture_run(&f, has_asked, &(unsigned){1}, SOON_MS));
    fixture_idle(&f, WHILE_MS);
    assert_false(f.presence.do_not_disturb);
    assert_true(fixture_described(&f, "do not disturb: dunst"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_flood, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_another_server, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests_name("told", tests, NULL, NULL);
}
