/* Presence and sleep against a logind played by the test itself, on the loop of the desk. */
#include "desk_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define MANAGER_PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"
#define SESSION_PATH "/org/freedesktop/login1/session/_31"
#define SESSION "org.freedesktop.login1.Session"

enum { SOON_MS = 60000, WHILE_MS = 300 };

struct logind_double {
    sd_bus *bus;
    int locked, idle;
    bool has_session;
    int watch; /* our end of the inhibitor: hangs up when the desk lets go; −1 none */
};

static struct fixture f;
static struct logind_double logind;

static int on_get_session(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const char *id;
    (void)arg;
    if (!logind.has_session || sd_bus_message_read(m, "s", &id) < 0 || strcmp(id, "auto") != 0)
        return sd_bus_error_set_const(error, "org.freedesktop.login1.NoSuchSession", "none");
    return sd_bus_reply_method_return(m, "o", SESSION_PATH);
}

static int on_inhibit(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    const char *what, *who, *why, *mode;
    int end[2];
    (void)arg;
    (void)error;
    if (sd_bus_message_read(m, "ssss", &what, &who, &why, &mode) < 0 || strcmp(what, "sleep") != 0 ||
        strcmp(mode, "delay") != 0 || pipe(end) < 0)
        return -EINVAL;
    if (logind.watch >= 0) close(logind.watch);
    logind.watch = end[0];
    int r = sd_bus_reply_method_return(m, "h", end[1]);
    close(end[1]);
    return r;
}

static const sd_bus_vtable manager[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetSession", "s", "o", on_get_session, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Inhibit", "ssss", "h", on_inhibit, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("PrepareForSleep", "b", 0),
    SD_BUS_SIGNAL("SessionNew", "so", 0),
    SD_BUS_SIGNAL("SessionRemoved", "so", 0),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable session[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("LockedHint", "b", NULL, offsetof(struct logind_double, locked),
                    SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_PROPERTY("IdleHint", "b", NULL, offsetof(struct logind_double, idle), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_VTABLE_END,
};

static void start_logind(bool has_session)
{
    logind = (struct logind_double){.has_session = has_session, .watch = -1};
    assert_true(sd_bus_open_user(&logind.bus) >= 0);
    assert_true(sd_bus_attach_event(logind.bus, f.loop, 0) >= 0);
    assert_true(sd_bus_add_object_vtable(logind.bus, NULL, MANAGER_PATH, MANAGER, manager, &logind) >= 0);
    assert_true(sd_bus_add_object_vtable(logind.bus, NULL, SESSION_PATH, SESSION, session, &logind) >= 0);
    assert_true(sd_bus_request_name(logind.bus, "org.freedesktop.login1", 0) >= 0);
}

static void stop_logind(void)
{
    if (!logind.bus) return;
    sd_bus_detach_event(logind.bus);
    logind.bus = sd_bus_flush_close_unref(logind.bus);
    if (logind.watch >= 0) close(logind.watch);
    logind.watch = -1;
}

static int open_fixture(void **state)
{
    (void)state;
    fixture_open(&f);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    stop_logind();
    fixture_close(&f);
    return 0;
}

static bool is_presence(struct fixture *x, const void *what)
{
    const struct presence *p = what;
    return p->locked == x->presence.locked && p->idle == x->presence.idle &&
           p->do_not_disturb == x->presence.do_not_disturb;
}

static void presence(bool locked, bool idle, bool do_not_disturb)
{
    struct presence p = {.locked = locked, .idle = idle, .do_not_disturb = do_not_disturb};
    assert_true(fixture_run(&f, is_presence, &p, SOON_MS));
}

static void hint(const char *name, int *value, int to)
{
    *value = to;
    assert_true(sd_bus_emit_properties_changed(logind.bus, SESSION_PATH, SESSION, name, NULL) >= 0);
}

static void test_lock_and_idle(void **state)
{
    (void)state;
    start_logind(true);
    logind.locked = 1; /* locked before the daemon came */
    fixture_desk(&f);
    presence(true, false, false);
    assert_true(fixture_described(&f, "lock: logind"));
    hint("IdleHint", &logind.idle, 1);
    presence(true, true, false);
    hint("LockedHint", &logind.locked, 0);
    presence(false, true, false);
    unsigned told = f.presences;
    hint("LockedHint", &logind.locked, 0);
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.presences, told); /* nothing new, nothing said */
    stop_logind();
    presence(false, false, false);
    assert_true(fixture_run(&f, fixture_described, "lock: not told", SOON_MS));
}

/* A daemon started before its wearer logged in. */
static void test_session_comes_later(void **state)
{
    (void)state;
    fixture_desk(&f);
    fixture_idle(&f, WHILE_MS);
    start_logind(false);
    assert_true(fixture_run(&f, fixture_described, "sleep: held back", SOON_MS));
    assert_true(fixture_described(&f, "lock: not told"));
    logind.has_session = true;
    logind.locked = 1;
    assert_true(sd_bus_emit_signal(logind.bus, MANAGER_PATH, MANAGER, "SessionNew", "so", "1", SESSION_PATH) >= 0);
    presence(true, false, false);
    unsigned told = f.presences;
    assert_true(sd_bus_emit_signal(logind.bus, MANAGER_PATH, MANAGER, "SessionNew", "so", "2", SESSION_PATH "2") >= 0);
    fixture_idle(&f, WHILE_MS);
    assert_int_equal(f.presences, told); /* another's login does not unlock this screen, not for a moment */
    logind.has_session = false;
    assert_true(sd_bus_emit_signal(logind.bus, MANAGER_PATH, MANAGER, "SessionRemoved", "so", "1", SESSION_PATH) >= 0);
    presence(false, false, false);
}

static bool has_slept(struct fixture *x, const void *count) { return x->sleeps == *(const unsigned *)count; }
static bool has_let_go(struct fixture *x, const void *unused)
{
    struct pollfd p = {.fd = logind.watch};
    (void)x;
    (void)unused;
    return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR));
}

static void sleep_signal(int going)
{
    assert_true(sd_bus_emit_signal(logind.bus, MANAGER_PATH, MANAGER, "PrepareForSleep", "b", going) >= 0);
}

/* The machine waits until the listener was told, and is held back anew after waking. */
static void test_sleep(void **state)
{
    (void)state;
    start_logind(true);
    fixture_desk(&f);
    assert_true(fixture_run(&f, fixture_described, "sleep: held back until all is saved", SOON_MS));
    assert_false(has_let_go(&f, NULL));
    sleep_signal(1);
    assert_true(fixture_run(&f, has_slept, &(unsigned){1}, SOON_MS));
    assert_true(f.asleep);
    assert_true(fixture_run(&f, has_let_go, NULL, SOON_MS));
    sleep_signal(0);
    assert_true(fixture_run(&f, has_slept, &(unsigned){2}, SOON_MS));
    assert_false(f.asleep);
    assert_true(fixture_run(&f, fixture_described, "sleep: held back until all is saved", SOON_MS));
    assert_false(has_let_go(&f, NULL));
}

static void test_saver_and_do_not_disturb(void **state)
{
    (void)state;
    fixture_start_server(&f, NULL, NULL);
    fixture_desk(&f);
    assert_true(fixture_run(&f, fixture_described, "screen saver: freedesktop; do not disturb: dunst", SOON_MS));
    fixture_person(&f, "Pause", "b", 1);
    presence(false, false, true);
    fixture_person(&f, "Saver", "b", 1);
    presence(true, false, true);
    fixture_person(&f, "Pause", "b", 0);
    presence(true, false, false);
    fixture_stop_server(&f);
    presence(false, false, false); /* a saver that died keeps nobody locked */
    assert_true(fixture_run(&f, fixture_described, "screen saver: not told; do not disturb: not told", SOON_MS));
}

/* ---- typing and pointing ---- */

struct monitor_double {
    sd_bus *bus;
    uint64_t idle_ms, rest_ms;
    uint32_t watches, at_rest, at_use; /* numbers given out; 0 none */
};
static struct monitor_double monitor;

static int on_idle_time(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    (void)arg;
    (void)error;
    return sd_bus_reply_method_return(m, "t", monitor.idle_ms);
}

static int on_rest_watch(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    (void)arg;
    (void)error;
    if (sd_bus_message_read(m, "t", &monitor.rest_ms) < 0) return -EINVAL;
    return sd_bus_reply_method_return(m, "u", monitor.at_rest = ++monitor.watches);
}

static int on_use_watch(sd_bus_message *m, void *arg, sd_bus_error *error)
{
    (void)arg;
    (void)error;
    return sd_bus_reply_method_return(m, "u", monitor.at_use = ++monitor.watches);
}

static const sd_bus_vtable monitor_methods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("GetIdletime", "", "t", on_idle_time, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("AddIdleWatch", "t", "u", on_rest_watch, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("AddUserActiveWatch", "", "u", on_use_watch, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("WatchFired", "u", 0),
    SD_BUS_VTABLE_END,
};

static void start_monitor(uint64_t idle_ms)
{
    monitor = (struct monitor_double){.idle_ms = idle_ms};
    assert_true(sd_bus_open_user(&monitor.bus) >= 0);
    assert_true(sd_bus_attach_event(monitor.bus, f.loop, 0) >= 0);
    assert_true(sd_bus_add_object_vtable(monitor.bus, NULL, "/org/gnome/Mutter/IdleMonitor/Core",
                                         "org.gnome.Mutter.IdleMonitor", monitor_methods, &monitor) >= 0);
    assert_true(sd_bus_request_name(monitor.bus, "org.gnome.Mutter.IdleMonitor", 0) >= 0);
}

static void stop_monitor(void)
{
    sd_bus_detach_event(monitor.bus);
    monitor.bus = sd_bus_flush_close_unref(monitor.bus);
}

static bool is_input(struct fixture *x, const void *input) { return x->presence.input == *(const enum desk_input *)input; }
static bool is_watched(struct fixture *x, const void *id) { return (void)x, *(const uint32_t *)id != 0; }

static void input(enum desk_input now) { assert_true(fixture_run(&f, is_input, &now, SOON_MS)); }

static void fire(uint32_t *watch)
{
    assert_true(fixture_run(&f, is_watched, watch, SOON_MS));
    fixture_idle(&f, WHILE_MS); /* until the desk has its number as well */
    assert_true(sd_bus_emit_signal(monitor.bus, "/org/gnome/Mutter/IdleMonitor/Core", "org.gnome.Mutter.IdleMonitor",
                                   "WatchFired", "u", *watch) >= 0);
}

static void test_input(void **state)
{
    (void)state;
    start_monitor(1000);
    fixture_desk(&f);
    input(DESK_INPUT_ACTIVE);
    fire(&monitor.at_rest);
    assert_int_equal(monitor.rest_ms, 60000);
    input(DESK_INPUT_QUIET);
    fire(&monitor.at_use);
    input(DESK_INPUT_ACTIVE);
    monitor.at_use = 0;
    fire(&monitor.at_rest); /* the same watch again: the other one is taken anew */
    input(DESK_INPUT_QUIET);
    fire(&monitor.at_use);
    input(DESK_INPUT_ACTIVE);
    stop_monitor();
    input(DESK_INPUT_UNKNOWN);
    start_monitor(90000); /* back, and nobody has typed for a while */
    input(DESK_INPUT_QUIET);
    fire(&monitor.at_use);
    input(DESK_INPUT_ACTIVE);
    stop_monitor();
}

static void test_nothing_there(void **state)
{
    (void)state;
    fixture_desk(&f);
    fixture_idle(&f, WHILE_MS);
    assert_non_null(strstr(desk_describe(f.desk),
                           "lock: not told; screen saver: not told; do not disturb: not told; full screen: not told; "
                           "screen sharing: not told; input: not told; sleep: not told"));
    assert_int_equal(f.presences, 0);
}

int main(void)
{
    logind.watch = -1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_there, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_lock_and_idle, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_session_comes_later, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_sleep, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_input, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(test_saver_and_do_not_disturb, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests_name("presence", tests, NULL, NULL);
}
