/* What an X11 display tells, on a display of the test's own (Xvfb), where the test plays window manager and wearer. */
#include "daemon/desk/screen.h"
#include "desk_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xcb.h>

enum { SOON_MS = 60000, WHILE_MS = 300, REST_MS = 400, FLOOD = 2000 };

static struct {
    struct fixture f;
    struct screen *screen;
    unsigned changes, uses; /* uses: how often the input came to life; it may be over before the test has its turn */
    enum desk_input input;
    pid_t server;
    char display[16];
    xcb_connection_t *x; /* the window manager's */
    xcb_window_t root, window;
} t;

static void on_changed(void *arg)
{
    (void)arg;
    t.changes++;
    enum desk_input input = t.screen ? screen_input(t.screen) : DESK_INPUT_UNKNOWN;
    t.uses += input == DESK_INPUT_ACTIVE && t.input != DESK_INPUT_ACTIVE;
    t.input = input;
}

static void open_screen(void)
{
    const struct screen_user user = {NULL, on_changed};
    assert_int_equal(screen_open(t.f.loop, &user, REST_MS, &t.screen), 0);
}

/* Xvfb finds itself a number and writes it down. */
static void start_server(void)
{
    int number[2];
    char fd[16], line[16] = "";
    assert_int_equal(pipe(number), 0);
    snprintf(fd, sizeof fd, "%d", number[1]);
    t.server = fixture_spawn((const char *[]){"Xvfb", "-displayfd", fd, "-screen", "0", "320x200x24", "-nolisten", "tcp",
                                              "-noreset", NULL});
    close(number[1]);
    FILE *in = fdopen(number[0], "r");
    assert_non_null(fgets(line, sizeof line, in));
    fclose(in);
    line[strcspn(line, "\n")] = '\0';
    snprintf(t.display, sizeof t.display, ":%s", line);
    setenv("DISPLAY", t.display, 1);
}

static xcb_atom_t atom(const char *name)
{
    xcb_intern_atom_reply_t *r =
        xcb_intern_atom_reply(t.x, xcb_intern_atom(t.x, 0, (uint16_t)strlen(name), name), NULL);
    xcb_atom_t a = r->atom;
    free(r);
    return a;
}

static void set_property(xcb_window_t of, const char *name, xcb_atom_t type, uint32_t n, const uint32_t *values)
{
    xcb_change_property(t.x, XCB_PROP_MODE_REPLACE, of, atom(name), type, 32, n, values);
    xcb_flush(t.x);
}

static void activate(xcb_window_t window)
{
    set_property(t.root, "_NET_ACTIVE_WINDOW", XCB_ATOM_WINDOW, 1, &window);
}

static void fill_screen(xcb_window_t window, bool full)
{
    const uint32_t states[2] = {atom("_NET_WM_STATE_ABOVE"), atom("_NET_WM_STATE_FULLSCREEN")};
    set_property(window, "_NET_WM_STATE", XCB_ATOM_ATOM, full ? 2 : 1, states);
}

static xcb_window_t new_window(void)
{
    xcb_window_t w = xcb_generate_id(t.x);
    xcb_create_window(t.x, XCB_COPY_FROM_PARENT, w, t.root, 0, 0, 100, 100, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      XCB_COPY_FROM_PARENT, 0, NULL);
    return w;
}

static void manage(void)
{
    t.x = xcb_connect(t.display, NULL);
    assert_int_equal(xcb_connection_has_error(t.x), 0);
    t.root = xcb_setup_roots_iterator(xcb_get_setup(t.x)).data->root;
}

static int open_all(void **state)
{
    (void)state;
    memset(&t, 0, sizeof t);
    fixture_open(&t.f);
    unsetenv("WAYLAND_DISPLAY");
    start_server();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    screen_close(t.screen);
    if (t.x) xcb_disconnect(t.x);
    if (t.server) fixture_reap(t.server);
    fixture_close(&t.f);
    return 0;
}

static bool is_full(struct fixture *f, const void *what)
{
    (void)f;
    return screen_full(t.screen) == *(const bool *)what;
}
static bool is_told(struct fixture *f, const void *what)
{
    (void)f;
    return screen_tells(t.screen) == *(const bool *)what;
}
static bool is_input(struct fixture *f, const void *what)
{
    (void)f;
    return screen_input(t.screen) == *(const enum desk_input *)what;
}
static bool is_used(struct fixture *f, const void *times)
{
    (void)f;
    return t.uses >= *(const unsigned *)times;
}
static void full(bool what) { assert_true(fixture_run(&t.f, is_full, &what, SOON_MS)); }
static void tells(bool what) { assert_true(fixture_run(&t.f, is_told, &what, SOON_MS)); }
static void input(enum desk_input what) { assert_true(fixture_run(&t.f, is_input, &what, SOON_MS)); }

static void test_full_screen(void **state)
{
    (void)state;
    open_screen();
    fixture_idle(&t.f, WHILE_MS);
    assert_false(screen_tells(t.screen)); /* no window manager */
    manage();
    xcb_window_t film = new_window(), text = new_window();
    activate(text), tells(true);
    full(false);
    fill_screen(film, true); /* not the active one */
    activate(film), full(true);
    activate(text), full(false);
    fill_screen(text, true), full(true);
    fill_screen(text, false), full(false);
    activate(film), full(true);
    activate(XCB_WINDOW_NONE), full(false);
    activate(film), full(true);
    xcb_destroy_window(t.x, film);
    activate(text), full(false);
}

/* Whoever may write properties writes them without end: the last word counts, and the loop has its turns. */
static void test_flood(void **state)
{
    (void)state;
    open_screen();
    manage();
    xcb_window_t film = new_window(), text = new_window();
    fill_screen(film, true);
    for (int i = 0; i < FLOOD; i++) activate(i % 2 ? film : text);
    activate(0xffffff0); /* no window at all */
    set_property(t.root, "_NET_ACTIVE_WINDOW", XCB_ATOM_STRING, 1, &film); /* of a wrong type */
    fixture_idle(&t.f, WHILE_MS);
    activate(film), full(true);
    activate(text), full(false);
}

static void press_key(void)
{
    pid_t child = fixture_spawn((const char *[]){"xdotool", "key", "shift", NULL});
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_input(void **state)
{
    (void)state;
    open_screen();
    input(DESK_INPUT_QUIET); /* nobody has touched it yet */
    for (int i = 0; i < 3; i++) {
        unsigned uses = t.uses + 1;
        press_key();
        assert_true(fixture_run(&t.f, is_used, &uses, SOON_MS));
        input(DESK_INPUT_QUIET);
    }
}

static void test_server_dies(void **state)
{
    (void)state;
    open_screen();
    manage();
    activate(t.root), tells(true);
    xcb_disconnect(t.x);
    t.x = NULL;
    fixture_reap(t.server);
    t.server = 0;
    tells(false);
    assert_int_equal(screen_input(t.screen), DESK_INPUT_UNKNOWN);
    assert_true(fixture_idle(&t.f, 1000) < 10); /* one try */
}

static void test_wayland(void **state)
{
    (void)state;
    setenv("WAYLAND_DISPLAY", "wayland-0", 1);
    open_screen();
    manage();
    activate(t.root);
    fixture_idle(&t.f, WHILE_MS);
    assert_int_equal(t.changes, 0);
}

static bool has_come(struct fixture *f, const void *ear)
{
    struct pollfd p = {.fd = *(const int *)ear, .events = POLLIN};
    (void)f;
    return poll(&p, 1, 0) == 1;
}

/* A display that takes the connection and never says a word holds nobody, not even at the end. */
static void test_server_hangs(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    unsigned number = 100000 + (unsigned)getpid();
    (void)state;
    int ear = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int n = snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "/tmp/.X11-unix/X%u", number); /* in the abstract */
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
    assert_int_equal(bind(ear, (const struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(ear, 4), 0);
    snprintf(t.display, sizeof t.display, ":%u", number);
    setenv("DISPLAY", t.display, 1);
    open_screen();
    assert_true(fixture_run(&t.f, has_come, &ear, SOON_MS));
    fixture_idle(&t.f, WHILE_MS);
    assert_int_equal(t.changes, 0);
    screen_close(t.screen);
    t.screen = NULL;
    close(ear);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_full_screen, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_flood, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_input, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_server_dies, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_wayland, open_all, close_all),
        cmocka_unit_test_setup_teardown(test_server_hangs, open_all, close_all),
    };
    for (int i = 0; i < 2; i++) {
        const char *program = i ? "xdotool" : "Xvfb";
        char look[64];
        snprintf(look, sizeof look, "command -v %s >/dev/null", program);
        if (system(look) == 0) continue;
        printf("skipped: %s is missing (tools/needs desktop --install)\n", program);
        return 77;
    }
    return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
