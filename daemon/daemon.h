/* daemon — what the files of plumblined itself share: the one struct that ties loop, link, store and desk together. */
#ifndef PLUMBLINE_DAEMON_H
#define PLUMBLINE_DAEMON_H

#include "plumbline/config.h"
#include "plumbline/desk.h"
#include "plumbline/pipeline.h"
#include "plumbline/sensor.h"
#include "plumbline/store.h"

#include <jansson.h>
#include <stdbool.h>
#include <systemd/sd-event.h>
#include <time.h>

struct calendar;
struct link;
struct control;

/* What is and was plugged in (devices.c). */
enum { DEVICES_SEEN = 32, ARRIVALS_KEPT = 64 };
struct devices_seen {
    bool looked; /* once at least */
    int n;
    char key[DEVICES_SEEN][128];
    unsigned arrivals; /* ever; the latest of them: */
    int64_t arrival_ns[ARRIVALS_KEPT]; /* CLOCK_BOOTTIME, a ring */
    struct timespec told;              /* the pairings' file whose mistakes were told, by its time */
};

enum { CALENDAR_TEXT_LEN = 512 };
struct daemon {
    char config_path[PATH_LEN];
    struct config config;
    struct store *store;
    struct desk *desk;
    struct pipeline *pipeline;
    sd_event *loop;            /* NULL in a replay */
    sd_event_source *deadline; /* the one timer of all rooms */
    sd_event_source *settle;   /* runs while an editor may still be writing the configuration */
    const char *device, *protocol; /* from the command line; NULL: as configured. A reload keeps them */
    float rate_hz;                 /* the same; 0 */
    struct link *link;
    struct control *control;
    struct calendar *calendar;
    char link_text[512];       /* what the link is doing, for status */
    bool link_up;
    char link_address[PATH_LEN]; /* of the device that is open, as devices_list() has it; empty: none */
    char link_key[128];          /* who it is, empty: not known */
    unsigned link_baud;          /* 0: it has no speed */
    char calendar_text[CALENDAR_TEXT_LEN]; /* how calendars are read, for status */
    bool calendar_failed;                  /* the newest run */
    int64_t calendar_read_s;               /* wall time of the newest whole answer; 0: none since the start */
    struct devices_seen seen;
    int (*reload)(struct daemon *d); /* reads the configuration again; NULL in a replay */
    /* what commands may do to the link, link_restart() and link_send(); NULL in a replay */
    void (*restart)(struct link *link);
    int (*send)(struct link *link, const struct sensor_command *command);
};

/* main.c: puts the command line's words over C. */
void main_override(const struct daemon *d, struct config *c);

/* ---- live.c: the event loop ---- */

/* Runs until SIGTERM or SIGINT. Returns an exit code. */
int live_run(struct daemon *d);
/* Arms the one timer for the earliest deadline; after anything that may have changed it. */
void live_rearm(struct daemon *d);

/* ---- link.c: the device, found and lost and found again ---- */

int link_open(struct daemon *d, struct link **link);
/* The configured address or protocol changed. */
void link_restart(struct link *link);
/* Sends what a person asked for. 0, −ENOTSUP: its protocol has no such command, −ENOTCONN: no device is there or its protocol
 * is not known yet, or another negative errno. */
int link_send(struct link *link, const struct sensor_command *command);
/* The machine woke: whatever happened to the device meanwhile shows at once. */
void link_wake(struct link *link);
void link_close(struct link *link);

/* ---- devices.c: what is plugged in, and what the wearer said of it ---- */

/* A device came or went, or the daemon begins: counts arrivals and asks, once each, whether a new bridge or board is the
 * sensor. Does not touch the link. */
void devices_look(struct daemon *d);
/* The answer to that question; restarts the link. */
void devices_chosen(struct daemon *d, const char *key, bool yes);
/* Whether D may be opened unasked: an exact id that was not refused, or what was paired. P is what was said of it (all 0 when
 * nothing was), with the protocol and speed it was last understood at. */
bool devices_allowed(struct daemon *d, const struct device_info *device, struct pairing *p);
/* The device KEY was understood: kept for the next time. Writes only what is new, and only for a paired device. */
void devices_learnt(struct daemon *d, const char *key, const char *protocol, unsigned baud);
/* For status: the file, what is open, what each protocol makes of its bytes, arrivals in the last hour. */
json_t *devices_describe(const struct daemon *d);
/* "devices [pair|never|forget [KEY|PORT]]" */
int devices_command(struct daemon *d, int argc, const char *const *argv, json_t *reply);

/* ---- sensor_command.c: "sensor rate 50" and the like ---- */

/* Reads the words into C. 0, or −EINVAL and WHY: one line with what was expected. */
int sensor_command_parse(int argc, const char *const *argv, struct sensor_command *c, char why[256]);
/* Whether a device whose bytes came as STATS tells can send so many samples at BAUD (0: any). 0, or −EINVAL and WHY. */
int sensor_command_fits(float rate_hz, unsigned baud, const struct link_stats *stats, char why[256]);
int sensor_command_run(struct daemon *d, int argc, const char *const *argv, json_t *reply);

/* ---- wearer_command.c: "health set f k", "session swedish", "range start" ---- */

int wearer_command_health(struct daemon *d, int argc, const char *const *argv, json_t *reply);
int wearer_command_session(struct daemon *d, int argc, const char *const *argv, json_t *reply);
int wearer_command_range(struct daemon *d, int argc, const char *const *argv, json_t *reply);
/* For status: whether health was answered, and whether a red flag stands. */
json_t *wearer_command_describe(const struct daemon *d);

/* ---- workout_command.c: "workout done" and the like, as commands_run() ---- */

int workout_command_run(struct daemon *d, int argc, const char *const *argv, json_t *reply);
int workout_command_feel(struct daemon *d, int argc, const char *const *argv, json_t *reply);
/* For replays: a busy stretch, and a file of lines as plumbline-calendar writes them. */
int workout_command_busy(struct daemon *d, int argc, const char *const *argv, json_t *reply);
int workout_command_calendar(struct daemon *d, int argc, const char *const *argv, json_t *reply);

/* ---- control.c: the Unix socket, one JSON object a line in and out; by it the data folder is lent to another command:
 * "hold DATA", answered {"held": true} when the store has let go, until "release [restored]" or the end of the
 * connection ---- */

int control_open(struct daemon *d, struct control **c);
void control_close(struct control *c);

/* ---- commands.c: what can be asked and said, by socket or by script ---- */

/* Runs the command made of ARGC words and fills REPLY (an empty object). On failure REPLY holds "error", one sentence
 * that says what to do, and the return value is negative. */
int commands_run(struct daemon *d, int argc, const char *const *argv, json_t *reply);
/* For what it runs: puts the sentence into REPLY. −EINVAL. */
__attribute__((format(printf, 2, 3))) int commands_refuse(json_t *reply, const char *format, ...);
/* Digits only, within LOW…HIGH. */
bool commands_number(const char *text, long long low, long long high, long long *value);

/* ---- status.c ---- */

void status_fill(struct daemon *d, json_t *reply);
void status_routine_fill(const struct routine *r, const struct load *load, json_t *reply); /* status_routine.c */

/* ---- script.c: commands at given seconds of a replay ---- */

/* Opens SCRIPT and gives the hook that runs it; 0 or a negative errno. Closed by script_close(). */
struct script;
int script_open(struct daemon *d, const char *path, struct script **s);
struct pipeline_hook script_hook(struct script *s);
void script_close(struct script *s);

#endif
