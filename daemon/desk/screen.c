/* Invariants:
 *   At most one of meeting, met.x and retry is there; none of them under Wayland or without $DISPLAY.
 *   One question is in flight at a time (asked != 0); what changes meanwhile is asked once more when its reply is there.
 *   window is the active window as last answered; we hear of its properties, and of those of no other.
 *   After requests were sent the queue is looked at again: libxcb may have read events while it wrote.
 */
#include "screen.h"

#include <errno.h>
#include <stdlib.h>

#ifdef PLUMBLINE_X11
#include "meeting.h"

#include <sys/epoll.h>
#include <xcb/xcbext.h>

#define FIRST_PAUSE_US 1000000u
#define LONGEST_PAUSE_US 300000000u
enum { STATES_MAX = 64, ROUNDS_MAX = 8 };

struct screen {
    sd_event *loop;
    struct screen_user user;
    unsigned rest_ms;
    struct meeting *meeting;
    struct met met;
    sd_event_source *io, *retry;
    uint64_t pause_us;
    unsigned asked; /* sequence number of the question in flight; 0 none */
    bool asked_state, want_active, want_state;
    xcb_window_t window;
    bool tells, full;
    enum desk_input input;
};

static void set(struct screen *s, bool tells, bool full, enum desk_input input)
{
    bool same = s->tells == tells && s->full == full && s->input == input;
    s->tells = tells;
    s->full = full;
    s->input = input;
    if (!same) s->user.changed(s->user.arg);
}

/* ---- the active window ---- */

static void listen_to(struct screen *s, xcb_window_t window, uint32_t events)
{
    if (window && window != s->met.root) xcb_change_window_attributes(s->met.x, window, XCB_CW_EVENT_MASK, &events);
}

static void ask(struct screen *s)
{
    if (s->asked) return;
    if (s->want_active) {
        s->want_active = s->asked_state = false;
        s->asked = xcb_get_property(s->met.x, 0, s->met.root, s->met.active_window, XCB_ATOM_WINDOW, 0, 1).sequence;
    } else if (s->want_state) {
        s->want_state = false;
        s->asked_state = true;
        s->asked =
            xcb_get_property(s->met.x, 0, s->window, s->met.window_state, XCB_ATOM_ATOM, 0, STATES_MAX).sequence;
    }
}

/* The 32-bit values of R, which may be NULL; returns how many. */
static uint32_t values_of(const xcb_get_property_reply_t *r, const uint32_t **values)
{
    if (!r || r->format != 32) return 0;
    *values = xcb_get_property_value(r);
    return r->value_len < r->length ? r->value_len : r->length;
}

static void take_active(struct screen *s, const xcb_get_property_reply_t *r)
{
    const uint32_t *value;
    xcb_window_t window = values_of(r, &value) ? value[0] : XCB_WINDOW_NONE;
    if (window != s->window) {
        listen_to(s, s->window, XCB_EVENT_MASK_NO_EVENT);
        listen_to(s, window, XCB_EVENT_MASK_PROPERTY_CHANGE);
    }
    s->window = window;
    s->want_state = window != XCB_WINDOW_NONE;
    set(s, r && r->type == XCB_ATOM_WINDOW, s->full && s->want_state, s->input);
}

static void take_state(struct screen *s, const xcb_get_property_reply_t *r)
{
    const uint32_t *value;
    bool full = false;
    for (uint32_t n = values_of(r, &value); n-- > 0;) full |= value[n] == s->met.full_screen;
    set(s, s->tells, full, s->input);
}

static bool take_reply(struct screen *s)
{
    void *reply = NULL;
    xcb_generic_error_t *error = NULL;
    if (!s->asked || !xcb_poll_for_reply(s->met.x, s->asked, &reply, &error)) return false;
    s->asked = 0;
    if (s->asked_state)
        take_state(s, reply); /* NULL: the window is gone */
    else
        take_active(s, reply);
    free(reply);
    free(error);
    return true;
}

/* ---- events ---- */

static void take_event(struct screen *s, const xcb_generic_event_t *e)
{
    uint8_t type = e->response_type & 0x7f;
    if (type == XCB_PROPERTY_NOTIFY) {
        const xcb_property_notify_event_t *p = (const void *)e;
        s->want_active |= p->window == s->met.root && p->atom == s->met.active_window;
        s->want_state |= s->window && p->window == s->window && p->atom == s->met.window_state;
    } else if (s->met.counts_idle && type == s->met.alarm_event) {
        const xcb_sync_alarm_notify_event_t *a = (const void *)e;
        if (a->alarm == s->met.at_rest) set(s, s->tells, s->full, DESK_INPUT_QUIET);
        if (a->alarm == s->met.at_use) set(s, s->tells, s->full, DESK_INPUT_ACTIVE);
    }
}

static bool take_queued(struct screen *s, xcb_generic_event_t *e)
{
    bool any = e != NULL;
    for (; e; e = xcb_poll_for_queued_event(s->met.x)) {
        take_event(s, e);
        free(e);
    }
    return any;
}

static void lose(struct screen *s);

/* Reads once, so that a display that never stops talking leaves the loop its turn. */
static void look(struct screen *s)
{
    bool any = take_queued(s, xcb_poll_for_event(s->met.x));
    for (int i = 0; i < ROUNDS_MAX; i++) {
        any |= take_reply(s);
        any |= take_queued(s, xcb_poll_for_queued_event(s->met.x));
        if (i && !any) break;
        ask(s);
        xcb_flush(s->met.x);
        any = false;
    }
    if (xcb_connection_has_error(s->met.x)) lose(s);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    (void)source;
    (void)fd;
    (void)events;
    look(arg);
    return 0;
}

/* ---- coming and going ---- */

static int on_retry(sd_event_source *source, uint64_t usec, void *arg);

static void try_later(struct screen *s)
{
    if (sd_event_add_time_relative(s->loop, &s->retry, CLOCK_BOOTTIME, s->pause_us, s->pause_us / 10, on_retry, s) < 0)
        return; /* the loop is ending */
    s->pause_us = s->pause_us * 2 < LONGEST_PAUSE_US ? s->pause_us * 2 : LONGEST_PAUSE_US;
}

static void leave(struct screen *s)
{
    s->io = sd_event_source_disable_unref(s->io);
    if (s->met.x) xcb_disconnect(s->met.x);
    s->met = (struct met){0};
    s->asked = s->window = 0;
    s->want_active = s->want_state = false;
    meeting_leave(s->meeting);
    s->meeting = NULL;
}

static void lose(struct screen *s)
{
    leave(s);
    set(s, false, false, DESK_INPUT_UNKNOWN);
    try_later(s);
}

static void start(struct screen *s)
{
    const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
    s->pause_us = FIRST_PAUSE_US;
    xcb_change_window_attributes(s->met.x, s->met.root, XCB_CW_EVENT_MASK, &events);
    if (s->met.counts_idle)
        set(s, false, false, s->met.idle_ms < s->rest_ms ? DESK_INPUT_ACTIVE : DESK_INPUT_QUIET);
    s->want_active = true;
    look(s);
}

static int on_met(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    struct screen *s = arg;
    (void)source;
    (void)fd;
    (void)events;
    struct met met = meeting_take(s->meeting);
    leave(s);
    s->met = met;
    if (met.x && sd_event_add_io(s->loop, &s->io, xcb_get_file_descriptor(met.x), EPOLLIN, on_io, s) >= 0)
        start(s);
    else
        lose(s);
    return 0;
}

static void try_now(struct screen *s)
{
    s->meeting = meeting_begin(s->rest_ms);
    if (!s->meeting || sd_event_add_io(s->loop, &s->io, meeting_fd(s->meeting), EPOLLIN, on_met, s) < 0) lose(s);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *arg)
{
    struct screen *s = arg;
    (void)source;
    (void)usec;
    s->retry = sd_event_source_disable_unref(s->retry);
    try_now(s);
    return 0;
}

static bool is_set(const char *name) { return getenv(name) && *getenv(name); }

int screen_open(sd_event *loop, const struct screen_user *user, unsigned rest_ms, struct screen **s)
{
    struct screen *new = calloc(1, sizeof *new);
    if (!new) return -ENOMEM;
    new->loop = sd_event_ref(loop);
    new->user = *user;
    new->rest_ms = rest_ms;
    new->pause_us = FIRST_PAUSE_US;
    *s = new;
    if (is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")) try_now(new);
    return 0;
}

bool screen_tells(const struct screen *s) { return s->tells; }
bool screen_full(const struct screen *s) { return s->full; }
enum desk_input screen_input(const struct screen *s) { return s->input; }

void screen_close(struct screen *s)
{
    if (!s) return;
    leave(s);
    sd_event_source_disable_unref(s->retry);
    sd_event_unref(s->loop);
    free(s);
}

#else
int screen_open(sd_event *loop, const struct screen_user *user, unsigned rest_ms, struct screen **s)
{
    (void)loop;
    (void)user;
    (void)rest_ms;
    *s = NULL;
    return 0;
}

bool screen_tells(const struct screen *s) { return (void)s, false; }
bool screen_full(const struct screen *s) { return (void)s, false; }
enum desk_input screen_input(const struct screen *s) { return (void)s, DESK_INPUT_UNKNOWN; }
void screen_close(struct screen *s) { (void)s; }
#endif
