/* meeting — the first words with an X server, on a thread of their own: libxcb waits there for the server's greeting, and a
 * server that hangs would hold the daemon.
 */
#ifndef PLUMBLINE_DESK_MEETING_H
#define PLUMBLINE_DESK_MEETING_H

#include <stdbool.h>
#include <stdint.h>
#include <xcb/sync.h>
#include <xcb/xcb.h>

/* What was learnt. */
struct met {
    xcb_connection_t *x; /* NULL: no display */
    xcb_window_t root;
    xcb_atom_t active_window, window_state, full_screen;
    bool counts_idle;
    uint64_t idle_ms;                  /* without input, asked for once the alarms were set: no crossing is missed */
    xcb_sync_alarm_t at_rest, at_use;  /* the idle time reaches the rest, and falls below it */
    uint8_t alarm_event;               /* the number of an alarm's event */
};

struct meeting;
/* Begins to meet the display in $DISPLAY, where REST_MS without input is rest; NULL when there is no memory, descriptor
 * or thread for it. */
struct meeting *meeting_begin(unsigned rest_ms);
/* Readable once the meeting is over. */
int meeting_fd(const struct meeting *m);
/* Hands over what was learnt, and the connection; only when it is over. */
struct met meeting_take(struct meeting *m);
/* Over or not: a thread that still waits ends by itself, whenever that is. NULL is fine. */
void meeting_leave(struct meeting *m);

#endif
