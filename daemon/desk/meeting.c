/* Invariants: thread and caller hold the meeting together, whoever leaves last frees it. The thread writes `met` before
 * it writes to the descriptor, the caller reads it after. */
#ifdef PLUMBLINE_X11
#include "meeting.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { STACK_BYTES = 256 * 1024 };

struct meeting {
    atomic_int holders;
    int fd;
    unsigned rest_ms;
    struct met met;
};

static xcb_atom_t atom(xcb_connection_t *x, const char *name)
{
    xcb_intern_atom_cookie_t asked = xcb_intern_atom(x, 0, (uint16_t)strlen(name), name);
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(x, asked, NULL);
    xcb_atom_t a = reply ? reply->atom : XCB_ATOM_NONE;
    free(reply);
    return a;
}

static bool find_idle_counter(xcb_connection_t *x, xcb_sync_counter_t *counter)
{
    static const char wanted[] = "IDLETIME";
    xcb_sync_list_system_counters_reply_t *list =
        xcb_sync_list_system_counters_reply(x, xcb_sync_list_system_counters(x), NULL);
    if (!list) return false;
    bool found = false;
    xcb_sync_systemcounter_iterator_t i = xcb_sync_list_system_counters_counters_iterator(list);
    for (; i.rem && !found; xcb_sync_systemcounter_next(&i)) {
        const char *name = (const char *)(&i.data->name_len + 1); /* libxcb's own accessor skips padding that is not sent */
        found = i.data->name_len == strlen(wanted) && memcmp(name, wanted, strlen(wanted)) == 0;
        *counter = i.data->counter;
    }
    free(list);
    return found;
}

static xcb_sync_alarm_t set_alarm(xcb_connection_t *x, xcb_sync_counter_t counter, uint32_t test, unsigned ms)
{
    const xcb_sync_create_alarm_value_list_t how = {
        .counter = counter,
        .valueType = XCB_SYNC_VALUETYPE_ABSOLUTE,
        .value = {.hi = 0, .lo = ms},
        .testType = test,
        .events = 1,
    };
    xcb_sync_alarm_t alarm = xcb_generate_id(x);
    xcb_sync_create_alarm_aux(x, alarm,
                              XCB_SYNC_CA_COUNTER | XCB_SYNC_CA_VALUE_TYPE | XCB_SYNC_CA_VALUE | XCB_SYNC_CA_TEST_TYPE |
                                  XCB_SYNC_CA_DELTA | XCB_SYNC_CA_EVENTS,
                              &how);
    return alarm;
}

static void meet_idle_counter(struct met *met, unsigned rest_ms)
{
    xcb_connection_t *x = met->x;
    xcb_sync_counter_t counter;
    const xcb_query_extension_reply_t *sync = xcb_get_extension_data(x, &xcb_sync_id);
    if (!sync || !sync->present) return;
    met->alarm_event = (uint8_t)(sync->first_event + XCB_SYNC_ALARM_NOTIFY);
    free(xcb_sync_initialize_reply(x, xcb_sync_initialize(x, 3, 1), NULL));
    if (!find_idle_counter(x, &counter)) return;
    met->at_rest = set_alarm(x, counter, XCB_SYNC_TESTTYPE_POSITIVE_TRANSITION, rest_ms);
    met->at_use = set_alarm(x, counter, XCB_SYNC_TESTTYPE_NEGATIVE_TRANSITION, rest_ms - 1);
    xcb_sync_query_counter_reply_t *now =
        xcb_sync_query_counter_reply(x, xcb_sync_query_counter(x, counter), NULL);
    if (!now) return;
    met->idle_ms = (uint64_t)(uint32_t)now->counter_value.hi << 32 | now->counter_value.lo;
    met->counts_idle = true;
    free(now);
}

static void meet(struct met *met, unsigned rest_ms)
{
    int n;
    xcb_connection_t *x = xcb_connect(NULL, &n);
    if (xcb_connection_has_error(x)) {
        xcb_disconnect(x);
        return;
    }
    met->x = x;
    xcb_screen_iterator_t i = xcb_setup_roots_iterator(xcb_get_setup(x));
    for (; n > 0 && i.rem > 1; n--) xcb_screen_next(&i);
    met->root = i.data->root;
    met->active_window = atom(x, "_NET_ACTIVE_WINDOW");
    met->window_state = atom(x, "_NET_WM_STATE");
    met->full_screen = atom(x, "_NET_WM_STATE_FULLSCREEN");
    meet_idle_counter(met, rest_ms);
}

static void *run(void *arg)
{
    struct meeting *m = arg;
    meet(&m->met, m->rest_ms);
    eventfd_write(m->fd, 1);
    meeting_leave(m);
    return NULL;
}

struct meeting *meeting_begin(unsigned rest_ms)
{
    struct meeting *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->rest_ms = rest_ms;
    m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    atomic_init(&m->holders, 2);
    pthread_attr_t how;
    pthread_t thread;
    pthread_attr_init(&how);
    pthread_attr_setdetachstate(&how, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&how, STACK_BYTES);
    bool ok = m->fd >= 0 && pthread_create(&thread, &how, run, m) == 0;
    pthread_attr_destroy(&how);
    if (ok) return m;
    if (m->fd >= 0) close(m->fd);
    free(m);
    return NULL;
}

int meeting_fd(const struct meeting *m) { return m->fd; }

struct met meeting_take(struct meeting *m)
{
    struct met met = m->met;
    m->met.x = NULL;
    return met;
}

void meeting_leave(struct meeting *m)
{
    if (!m || atomic_fetch_sub(&m->holders, 1) > 1) return;
    if (m->met.x) xcb_disconnect(m->met.x);
    close(m->fd);
    free(m);
}
#else
enum { MEETING_NEEDS_XCB }; /* a file of C declares something */
#endif
